"""The heat map of a view: a Parametric Map in the pixels of its source image.

Values are integers of 16 bits with one slope for all views, so that views can be
compared; the slope takes them back to the evidence itself. A planar view has no place
in the patient that another image shares: each map has a frame of reference of its own
and a nominal geometry, which it says. highdicom has this object too, but takes no
planar nuclear medicine image as its source.

References:
    DICOM PS3.3 A.75 (Parametric Map), C.8.32 (its modules), C.7.6.16 (multi-frame
    functional groups), C.7.6.16.2.11 (real world value mapping); PS3.16 CID 7180.
"""

from typing import Final

import numpy as np
from jaxtyping import Float32, UInt16
from pydicom.dataset import Dataset
from pydicom.uid import ParametricMapStorage

from bsgi.dicom import codes as standard
from bsgi.dicom.results import codes
from bsgi.dicom.results.instance import (
    Origin,
    ResultKind,
    begin_instance,
    format_ds,
    list_series,
)
from bsgi.dicom.results.source import SourceImage
from bsgi.dicom.results.uids import derive_uid
from bsgi.exam.prediction import HeatMap
from bsgi.exam.record import View, ViewName

KIND: Final = ResultKind(
    name="map",
    sop_class=ParametricMapStorage,
    modality="OT",
    series_number=9002,
    description="Algorithm heat maps, research use only",
)
NOMINAL: Final = (
    "Nominal geometry: a planar view has no position in the patient. "
    "Do not fuse or measure in space."
)
_TOP: Final = 65535

# Patient coordinates of DICOM: x to the left, y to the back, z to the head.
_DIRECTIONS: Final = {
    "L": (1.0, 0.0, 0.0),
    "R": (-1.0, 0.0, 0.0),
    "P": (0.0, 1.0, 0.0),
    "A": (0.0, -1.0, 0.0),
    "H": (0.0, 0.0, 1.0),
    "F": (0.0, 0.0, -1.0),
}
_NOMINAL_CC: Final = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def find_top(origin: Origin, full_evidence: float | None) -> float:
    """Evidence that is shown as the end of the scale, for all views of an exam.

    Args:
        origin: The maps.
        full_evidence: What the model's maps reach in exams that it knows: an exam
            without evidence then looks empty. None: the exam's own maximum.
    """
    highest = [float(heat.evidence.max()) for heat in origin.prediction.maps]
    own = max(highest, default=0.0)
    return full_evidence or own or 1.0


def build_map(
    origin: Origin, heat: HeatMap, full_evidence: float | None = None
) -> Dataset:
    """The heat map of one view.

    Args:
        origin: What the model says, and the files that it says it of.
        heat: One of its maps.
        full_evidence: End of the scale in which it is shown; see `find_top`.
    """
    image = origin.sources.images[heat.view]
    number = list(ViewName).index(heat.view) + 1
    dataset = begin_instance(origin, KIND, str(heat.view), number)
    # One slope for all views, whether or not the scale they are shown in is reached.
    highest = max(float(each.evidence.max()) for each in origin.prediction.maps)
    top = find_top(origin, full_evidence)
    slope = max(highest, top) / _TOP
    _add_image(dataset, origin, heat)
    _add_pixels(dataset, heat.evidence, slope)
    dataset.FrameOfReferenceUID = derive_uid(
        origin.prediction, origin.sources, "frame of reference", str(heat.view)
    )
    dataset.PositionReferenceIndicator = ""
    dataset.SharedFunctionalGroupsSequence = [_share(dataset, image, slope, top)]
    dataset.PerFrameFunctionalGroupsSequence = [_place(image.view.name)]
    _add_dimension(dataset, origin, heat.view)
    dataset.ReferencedSeriesSequence = list_series(
        origin.sources, "ReferencedInstanceSequence"
    )
    return dataset


def _add_image(dataset: Dataset, origin: Origin, heat: HeatMap) -> None:
    """Parametric map image and general image modules."""
    dataset.ImageType = ["DERIVED", "PRIMARY", "STATIC", "NONE"]
    dataset.ContentLabel = f"HEATMAP_{heat.view}"
    dataset.ContentDescription = f"Algorithm heat map {heat.view}, research use only"
    dataset.ContentCreatorName = ""  # no person made it
    dataset.ContentQualification = "RESEARCH"
    dataset.ImageComments = f"{'. '.join(origin.conditions())}. {NOMINAL}"
    dataset.ImageLaterality = str(heat.view.side)
    dataset.BodyPartExamined = "BREAST"
    dataset.BurnedInAnnotation = "NO"
    dataset.RecognizableVisualFeatures = "NO"
    dataset.LossyImageCompression = "00"
    dataset.PresentationLUTShape = "IDENTITY"
    dataset.PixelPresentation = "MONOCHROME"
    dataset.AcquisitionContextSequence = []


def _add_pixels(
    dataset: Dataset, evidence: Float32[np.ndarray, "row col"], slope: float
) -> None:
    """Image pixel and multi-frame modules."""
    stored: UInt16[np.ndarray, "row col"] = np.rint(
        evidence.astype(np.float64) / slope
    ).astype(np.uint16)
    dataset.NumberOfFrames = 1
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.Rows, dataset.Columns = stored.shape
    dataset.BitsAllocated = dataset.BitsStored = 16
    dataset.HighBit = 15
    dataset.PixelRepresentation = 0
    dataset.PixelData = stored.astype("<u2").tobytes()


def _share(dataset: Dataset, image: SourceImage, slope: float, top: float) -> Dataset:
    """What holds for all frames of the map, which is one."""
    group = Dataset()
    measures = Dataset()
    measures.PixelSpacing = [format_ds(value) for value in image.view.spacing_mm]
    # A planar view sums over the breast: there is no slice. The value is nominal.
    measures.SliceThickness = "1"
    group.PixelMeasuresSequence = [measures]
    plane = Dataset()
    plane.ImageOrientationPatient = [
        format_ds(value) for value in find_orientation(image.view)
    ]
    group.PlaneOrientationSequence = [plane]
    kind = Dataset()
    kind.FrameType = dataset.ImageType
    group.ParametricMapFrameTypeSequence = [kind]
    identity = Dataset()
    identity.RescaleIntercept, identity.RescaleSlope = "0", "1"
    identity.RescaleType = "US"
    group.PixelValueTransformationSequence = [identity]
    window = Dataset()
    window.WindowCenter = format_ds(round(top / slope / 2, 1))
    window.WindowWidth = format_ds(max(round(top / slope, 1), 1.0))
    window.VOILUTFunction = "LINEAR_EXACT"
    group.FrameVOILUTSequence = [window]
    group.RealWorldValueMappingSequence = [_map_values(slope)]
    group.DerivationImageSequence = [_derive(image)]
    anatomy = Dataset()
    anatomy.FrameLaterality = str(image.view.name.side)
    anatomy.AnatomicRegionSequence = [standard.BREAST.to_item()]
    group.FrameAnatomySequence = [anatomy]
    return group


def _map_values(slope: float) -> Dataset:
    """From stored integers to evidence, logit per pixel of the network's maps."""
    mapping = Dataset()
    mapping.RealWorldValueFirstValueMapped = 0
    mapping.RealWorldValueLastValueMapped = _TOP
    mapping.RealWorldValueIntercept = 0.0
    mapping.RealWorldValueSlope = slope
    mapping.LUTExplanation = "Evidence for malignant, logit per feature map pixel"
    mapping.LUTLabel = "EVIDENCE"
    mapping.MeasurementUnitsCodeSequence = [codes.NO_UNITS.to_item()]
    quantity = Dataset()
    quantity.ValueType = "CODE"
    quantity.ConceptNameCodeSequence = [codes.QUANTITY.to_item()]
    quantity.ConceptCodeSequence = [codes.GRAD_CAM.to_item()]
    mapping.QuantityDefinitionSequence = [quantity]
    return mapping


def _derive(image: SourceImage) -> Dataset:
    """Which image the map was made from, and how."""
    source = image.to_item()
    source.PurposeOfReferenceCodeSequence = [codes.SOURCE_PURPOSE.to_item()]
    source.SpatialLocationsPreserved = "YES"
    derivation = Dataset()
    derivation.DerivationDescription = "Grad-CAM of a neural network, for malignant"
    derivation.DerivationCodeSequence = [codes.GRAD_CAM.to_item()]
    derivation.SourceImageSequence = [source]
    return derivation


def _place(name: ViewName) -> Dataset:
    """The frame's place, which is nominal."""
    content = Dataset()
    content.FrameAcquisitionNumber = 1
    content.DimensionIndexValues = [1]
    content.StackID = str(name)
    content.InStackPositionNumber = 1
    content.FrameComments = NOMINAL
    position = Dataset()
    position.ImagePositionPatient = ["0", "0", "0"]
    group = Dataset()
    group.FrameContentSequence = [content]
    group.PlanePositionSequence = [position]
    return group


def _add_dimension(dataset: Dataset, origin: Origin, name: ViewName) -> None:
    """The one dimension: the place in a stack of one."""
    uid = derive_uid(origin.prediction, origin.sources, "dimension", str(name))
    organization = Dataset()
    organization.DimensionOrganizationUID = uid
    dataset.DimensionOrganizationSequence = [organization]
    index = Dataset()
    index.DimensionOrganizationUID = uid
    index.DimensionIndexPointer = 0x00209057  # In-Stack Position Number
    index.FunctionalGroupPointer = 0x00209111  # Frame Content Sequence
    index.DimensionDescriptionLabel = "In-Stack Position Number"
    dataset.DimensionIndexSequence = [index]


def find_orientation(view: View) -> tuple[float, ...]:
    """Direction cosines of rows and columns as the file names them, else any.

    Args:
        view: The view; where its orientation is missing or not at right angles, the
            cosines are those of an axial image.
    """
    if view.orientation is None:
        return _NOMINAL_CC
    vectors = []
    for letters in view.orientation:
        vector = np.sum([_DIRECTIONS[letter] for letter in letters], axis=0)
        vectors.append(vector / np.linalg.norm(vector))
    if abs(float(vectors[0] @ vectors[1])) > 1e-6:
        return _NOMINAL_CC
    # Zero is added because -0 would be written so.
    return tuple(round(float(value), 6) + 0.0 for each in vectors for value in each)
