"""The attributes that a nuclear medicine image needs, and how each is passed on.

What is not listed is not copied. Private attributes, overlays, curves, icons, comments,
descriptions and names of persons, places and procedures are not listed.

References:
    DICOM PS3.3 A.5 and C.8.4 (nuclear medicine image), C.7 (general modules).
"""

from typing import Final

from pydicom.datadict import tag_for_keyword

_GENERAL: Final = """
    SOPClassUID SOPInstanceUID InstanceCreationDate InstanceCreationTime SyntheticData
    StudyInstanceUID StudyDate StudyTime
    Modality SeriesInstanceUID SeriesNumber SeriesDate SeriesTime Laterality
    BodyPartExamined PatientPosition
    FrameOfReferenceUID SynchronizationFrameOfReferenceUID SynchronizationTrigger
    AcquisitionTimeSynchronized
    AcquisitionNumber AcquisitionDate AcquisitionTime AcquisitionDateTime
    AcquisitionDuration ImagesInAcquisition
    InstanceNumber PatientOrientation ContentDate ContentTime ImageType
    QualityControlImage BurnedInAnnotation RecognizableVisualFeatures
    LossyImageCompression LossyImageCompressionRatio LossyImageCompressionMethod
    PresentationLUTShape ImageLaterality ViewPosition
    AnatomicRegionSequence AnatomicRegionModifierSequence
    PrimaryAnatomicStructureSequence PrimaryAnatomicStructureModifierSequence
    DerivationCodeSequence
    PatientOrientationCodeSequence PatientOrientationModifierCodeSequence
    PatientGantryRelationshipCodeSequence
"""

_PATIENT: Final = """
    PatientAge PatientSex PatientSize PatientWeight SmokingStatus PregnancyStatus
"""
"""Retain Patient Characteristics; ethnic group is free text and not retained."""

_PIXELS: Final = """
    SamplesPerPixel PhotometricInterpretation Rows Columns BitsAllocated BitsStored
    HighBit PixelRepresentation SmallestImagePixelValue LargestImagePixelValue
    PixelPaddingValue PixelPaddingRangeLimit PixelAspectRatio PixelSpacing
    SpacingBetweenSlices SliceThickness SliceLocation SpatialResolution
    NumberOfFrames FrameIncrementPointer FrameTime FrameTimeVector
    RescaleIntercept RescaleSlope WindowCenter WindowWidth VOILUTFunction
"""

_NM_IMAGE: Final = """
    EnergyWindowVector NumberOfEnergyWindows DetectorVector NumberOfDetectors
    PhaseVector NumberOfPhases RotationVector NumberOfRotations RRIntervalVector
    NumberOfRRIntervals TimeSlotVector NumberOfTimeSlots SliceVector NumberOfSlices
    AngularViewVector TimeSliceVector
    CountsAccumulated AcquisitionTerminationCondition
    AcquisitionTerminationConditionData AcquisitionStartCondition
    AcquisitionStartConditionData TableHeight TableTraverse ActualFrameDuration
    CountRate ScanVelocity WholeBodyTechnique ScanLength
    CorrectedImage DoseCalibrationFactor DeadTimeFactor DecayFactor Units CountsSource
    DecayCorrection ReprojectionMethod SeriesType SliceProgressionDirection
    ScanProgressionDirection FrameReferenceTime
"""

_NM_ISOTOPE: Final = """
    EnergyWindowInformationSequence EnergyWindowRangeSequence EnergyWindowLowerLimit
    EnergyWindowUpperLimit EnergyWindowName
    RadiopharmaceuticalInformationSequence RadionuclideCodeSequence Radionuclide
    Radiopharmaceutical
    RadiopharmaceuticalCodeSequence AdministrationRouteCodeSequence
    RadiopharmaceuticalVolume RadiopharmaceuticalStartTime RadiopharmaceuticalStopTime
    RadiopharmaceuticalStartDateTime RadiopharmaceuticalStopDateTime
    RadionuclideTotalDose RadionuclideHalfLife RadionuclidePositronFraction
    RadiopharmaceuticalSpecificActivity CalibrationDataSequence EnergyWindowNumber
    SyringeCounts ResidualSyringeCounts
"""

_NM_DETECTOR: Final = """
    DetectorInformationSequence CollimatorType FieldOfViewShape FieldOfViewDimensions
    FocalDistance XFocusCenter YFocusCenter ZoomCenter ZoomFactor
    CenterOfRotationOffset GantryDetectorTilt DistanceSourceToDetector
    DistanceSourceToPatient StartAngle RadialPosition ImageOrientationPatient
    ImagePositionPatient ViewCodeSequence ViewModifierCodeSequence
    RotationInformationSequence RotationDirection RotationOffset AngularStep ScanArc
    NumberOfFramesInRotation TypeOfDetectorMotion ReconstructionDiameter
"""

_NM_PHASES: Final = """
    PhaseInformationSequence PhaseDelay NumberOfFramesInPhase PauseBetweenFrames
    PhaseDescription TriggerVector NumberOfTriggersInPhase
    GatedInformationSequence TriggerTime CardiacFramingType
    DataInformationSequence NominalInterval LowRRValue HighRRValue IntervalsAcquired
    IntervalsRejected SkipBeats HeartRate BeatRejectionFlag TimeSlotInformationSequence
    TimeSlotTime NumberOfTimeSlices
"""

_CODE: Final = "CodeValue CodingSchemeDesignator CodeMeaning"


def _tags(text: str) -> frozenset[int]:
    """Tags of keywords; one that this version of the dictionary lacks is left out."""
    tags = (tag_for_keyword(keyword) for keyword in text.split())
    return frozenset(int(tag) for tag in tags if tag is not None)


PATIENT: Final = _tags(_PATIENT)
"""Characteristics of the patient; copied at the top level only."""

COPIED: Final = PATIENT | _tags(
    _GENERAL + _PIXELS + _NM_IMAGE + _NM_ISOTOPE + _NM_DETECTOR + _NM_PHASES
)
"""Attributes that are copied if their value is what it should be."""

CODE: Final = _tags(_CODE)
"""Attributes of a coded concept, which is copied as a whole or not at all."""

EMPTIED: Final = _tags(
    """
    PatientBirthDate AccessionNumber StudyID ReferringPhysicianName
    PositionReferenceIndicator
    """
)
"""Attributes that the standard wants to see, without a value (type 2)."""

RETAINED: Final = PATIENT | _tags(
    """
    InstanceCreationDate InstanceCreationTime StudyDate StudyTime SeriesDate SeriesTime
    AcquisitionDate AcquisitionTime AcquisitionDateTime ContentDate ContentTime
    RadiopharmaceuticalStartTime RadiopharmaceuticalStopTime
    RadiopharmaceuticalStartDateTime RadiopharmaceuticalStopDateTime
    StudyInstanceUID SeriesInstanceUID SOPInstanceUID FrameOfReferenceUID
    SynchronizationFrameOfReferenceUID
    """
)
"""What the options retain against the table of the basic profile: dates and times
(modified), identifiers (replaced) and characteristics of the patient."""

NEEDED_SEQUENCES: Final = _tags(
    """
    RadionuclideCodeSequence PatientOrientationCodeSequence
    PatientGantryRelationshipCodeSequence RadiopharmaceuticalInformationSequence
    EnergyWindowInformationSequence DetectorInformationSequence
    ViewModifierCodeSequence
    """
)
"""Sequences that the standard wants to see, empty too (type 2)."""
