"""A view to a Nuclear Medicine Image Storage file.

References:
    DICOM PS3.3 A.5 (NM IOD), C.8.4 (NM modules), C.7.6.6 (multi-frame).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import UInt16
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, NuclearMedicineImageStorage
from pydicom.valuerep import format_number_as_ds

from bsgi.dicom import codes
from bsgi.dicom.dynamic import add_frames
from bsgi.dicom.header import StudyHeader
from bsgi.errors import DicomError
from bsgi.exam.record import View, ViewName
from bsgi.files import new_file

SIMULATED_COMMENT: Final = "SIMULATED IMAGE, NOT A PATIENT"
"""Image Comments of every simulated file."""

# Patient coordinates of DICOM: x to the left, y to the back, z to the head.
_DIRECTIONS: Final = {
    "L": (1.0, 0.0, 0.0),
    "R": (-1.0, 0.0, 0.0),
    "P": (0.0, 1.0, 0.0),
    "A": (0.0, -1.0, 0.0),
    "H": (0.0, 0.0, 1.0),
    "F": (0.0, 0.0, -1.0),
}


def write_view(
    path: Path,
    view: View,
    header: StudyHeader,
    frames: UInt16[np.ndarray, "frame head row col"] | None = None,
    frame_s: Sequence[float] = (),
) -> None:
    """Write one view as one NM image that other programs can read.

    Args:
        path: The file to make or replace, in one piece.
        view: The view; its counts are stored as they are, 16 bits, heads as frames.
        header: The study it belongs to.
        frames: The view as a list of frames, posed as its counts; None writes the
            static image.
        frame_s: Duration of each of these frames.

    Raises:
        DicomError: If counts do not fit 16 bits or the events do not fit their field.
        ValueError: If the frames are not those of the view.
    """
    dataset = build_dataset(view, header)
    if frames is not None:
        if not np.array_equal(frames.sum(axis=0, dtype=np.int64), view.counts):
            raise ValueError("frames must sum to the counts of their view.")
        add_frames(dataset, frames, frame_s)
    with new_file(path) as partial:
        dataset.save_as(partial, enforce_file_format=True)


def build_dataset(view: View, header: StudyHeader) -> Dataset:
    """The complete DICOM dataset of a view.

    Args:
        view: The view.
        header: The study it belongs to.

    Raises:
        DicomError: If counts do not fit 16 bits or the events do not fit their field.
    """
    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 192"
    _add_identity(dataset, view, header)
    _add_image(dataset, view, header)
    _add_pixels(dataset, view)
    _add_isotope(dataset, view, header)
    _add_detectors(dataset, view)
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return dataset


def _dicom_date(moment: datetime) -> str:
    return moment.strftime("%Y%m%d")


def _dicom_time(moment: datetime) -> str:
    return moment.strftime("%H%M%S.%f") if moment.microsecond else f"{moment:%H%M%S}"


def _ds(value: float) -> str:
    return str(format_number_as_ds(float(value))).removesuffix(".0")


def _start(view: View, header: StudyHeader) -> datetime:
    """When the acquisition began, as far as the study knows."""
    if header.injection_datetime is not None and view.start_s is not None:
        return header.injection_datetime + timedelta(seconds=view.start_s)
    return header.study_datetime


def _add_identity(dataset: Dataset, view: View, header: StudyHeader) -> None:
    """Patient, study, series, equipment and SOP common modules."""
    start = _start(view, header)
    dataset.SOPClassUID = NuclearMedicineImageStorage
    dataset.SOPInstanceUID = view.source_uid or codes.make_uid(
        header.study_uid, view.name
    )
    dataset.InstanceCreationDate = _dicom_date(start)
    dataset.InstanceCreationTime = _dicom_time(start)
    dataset.PatientName = header.patient_name
    dataset.PatientID = header.patient_id
    dataset.PatientBirthDate = (
        header.birth_date.strftime("%Y%m%d") if header.birth_date else ""
    )
    dataset.PatientSex = "F"
    if header.age_years is not None:
        dataset.PatientAge = f"{header.age_years:03d}Y"
    dataset.StudyInstanceUID = header.study_uid
    dataset.StudyDate = _dicom_date(header.study_datetime)
    dataset.StudyTime = _dicom_time(header.study_datetime)
    dataset.StudyID = "1"
    dataset.AccessionNumber = header.accession
    dataset.ReferringPhysicianName = ""
    dataset.StudyDescription = "Breast-specific gamma imaging"
    dataset.Modality = "NM"
    dataset.SeriesInstanceUID = header.series_uid
    dataset.SeriesNumber = 1
    # Names no view: the views of a study share one series.
    dataset.SeriesDescription = "Breast, planar"
    dataset.BodyPartExamined = "BREAST"
    dataset.Manufacturer = header.manufacturer
    dataset.ManufacturerModelName = header.camera
    if header.software:
        dataset.SoftwareVersions = header.software
    orientation = codes.ERECT.to_item()
    orientation.PatientOrientationModifierCodeSequence = [codes.SITTING.to_item()]
    dataset.PatientOrientationCodeSequence = [orientation]
    dataset.PatientGantryRelationshipCodeSequence = []


def _add_image(dataset: Dataset, view: View, header: StudyHeader) -> None:
    """General image and NM image modules."""
    start = _start(view, header)
    counts = view.total_counts
    if counts > 2**31 - 1:
        raise DicomError(f"a view must have fewer than 2^31 events, got {counts}.")
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "STATIC", "EMISSION"]
    dataset.InstanceNumber = list(ViewName).index(view.name) + 1
    dataset.ContentDate = dataset.AcquisitionDate = _dicom_date(start)
    dataset.ContentTime = dataset.AcquisitionTime = _dicom_time(start)
    dataset.ImageID = str(view.name)
    # Sent per image instead of Laterality, which would hold for the whole series.
    dataset.ImageLaterality = str(view.name.side)
    if view.orientation is not None:
        dataset.PatientOrientation = list(view.orientation)
    if header.simulated:
        # Synthetic Data (0008,001C) is newer than the validators in use, which call it
        # an error; the manufacturer and this text say it instead.
        dataset.ImageComments = SIMULATED_COMMENT
    dataset.AnatomicRegionSequence = [codes.BREAST.to_item()]
    dataset.BurnedInAnnotation = "NO"
    dataset.LossyImageCompression = "00"
    dataset.CountsAccumulated = counts
    dataset.AcquisitionTerminationCondition = (
        "CNTS" if view.stopped_by_counts else "TIME"
    )
    dataset.ActualFrameDuration = round(view.duration_s * 1000)


def _add_pixels(dataset: Dataset, view: View) -> None:
    """Image pixel, NM image pixel, multi-frame and NM multi-frame modules."""
    heads, rows, columns = view.counts.shape
    if int(view.counts.max()) > 65535:
        raise DicomError(
            f"counts must fit 16 bits, got {view.counts.max()} in one pixel."
        )
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.Rows, dataset.Columns = rows, columns
    dataset.BitsAllocated = dataset.BitsStored = 16
    dataset.HighBit = 15
    dataset.PixelRepresentation = 0
    dataset.PixelSpacing = [_ds(value) for value in view.spacing_mm]
    if view.rescale_slope != 1:
        dataset.RescaleIntercept, dataset.RescaleSlope = "0", _ds(view.rescale_slope)
    dataset.NumberOfFrames = heads
    dataset.FrameIncrementPointer = [0x00540010, 0x00540020]
    dataset.EnergyWindowVector = [1] * heads
    dataset.NumberOfEnergyWindows = 1
    dataset.DetectorVector = list(range(1, heads + 1))
    dataset.NumberOfDetectors = heads
    dataset.PixelData = np.ascontiguousarray(view.counts).astype("<u2").tobytes()


def _add_isotope(dataset: Dataset, view: View, header: StudyHeader) -> None:
    """NM isotope module: energy window and radiopharmaceutical."""
    window = Dataset()
    if view.energy_window_kev is not None:
        window.EnergyWindowName = "Tc-99m"
        limits = Dataset()
        limits.EnergyWindowLowerLimit = _ds(view.energy_window_kev[0])
        limits.EnergyWindowUpperLimit = _ds(view.energy_window_kev[1])
        window.EnergyWindowRangeSequence = [limits]
    dataset.EnergyWindowInformationSequence = [window]
    tracer = Dataset()
    tracer.Radiopharmaceutical = "Tc-99m sestamibi"
    if header.injection_datetime is not None:
        tracer.RadiopharmaceuticalStartTime = _dicom_time(header.injection_datetime)
    if header.dose_mbq is not None:
        # In MBq for NM; PET images hold Bq in the same attribute.
        tracer.RadionuclideTotalDose = _ds(header.dose_mbq)
    tracer.RadionuclideCodeSequence = [codes.TECHNETIUM.to_item()]
    tracer.RadiopharmaceuticalCodeSequence = [codes.SESTAMIBI.to_item()]
    dataset.RadiopharmaceuticalInformationSequence = [tracer]


def _add_detectors(dataset: Dataset, view: View) -> None:
    """NM detector module: one item per head, each with the code of the view."""
    items = []
    for mirrored in view.heads_mirrored:
        item = Dataset()
        item.CollimatorType = "PARA"
        item.FocalDistance = 0
        item.ImagePositionPatient = None
        item.ImageOrientationPatient = _orientation(view, mirrored)
        code = codes.VIEW_CODES[view.name.projection].to_item()
        code.ViewModifierCodeSequence = []
        item.ViewCodeSequence = [code]
        items.append(item)
    dataset.DetectorInformationSequence = items


def _orientation(view: View, mirrored: bool) -> list[str] | None:
    """Direction cosines of a head's rows and columns; None if unknown."""
    if view.orientation is None:
        return None
    row, column = (_cosines(letters) for letters in view.orientation)
    if mirrored:
        row = -row
    # Zero is added because a mirrored row has -0, which would be written so.
    return [_ds(value + 0.0) for value in (*row, *column)]


def _cosines(letters: str) -> np.ndarray:
    """Unit vector of a patient direction such as A or FR."""
    vector = np.sum([_DIRECTIONS[letter] for letter in letters], axis=0)
    return np.asarray(np.round(vector / np.linalg.norm(vector), 6))
