"""A DICOM file to a view of a BSGI exam, or the reason why it is none."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from pydicom.dataset import Dataset

from bsgi.dicom.find_view import find_view_name
from bsgi.dicom.identity import Identity, read_identity
from bsgi.dicom.parse import (
    FAILURES,
    name_uid,
    parse_file,
    read_number,
    read_numbers,
    read_text,
    read_values,
    shown,
)
from bsgi.dicom.pixels import Frames, read_frames
from bsgi.errors import DicomError, ExamError
from bsgi.exam.record import View, ViewName

NM_IMAGE: Final = "1.2.840.10008.5.1.4.1.1.20"

_DIRECTIONS: Final = frozenset("APRLHF")
_OPPOSITE: Final = ({"A", "P"}, {"R", "L"}, {"H", "F"})


@dataclass(frozen=True, slots=True)
class SourceView:
    """One view as a file holds it, with what the file says of exam and patient.

    Args:
        view: The view, in the orientation the camera saved.
        patient_id: As in the file, not a pseudonym.
        study_uid: Study Instance UID, as in the file.
        study_date: Date of the study; None if unknown.
        acquired: Begin of the acquisition; None if unknown.
        camera: Model of the camera; empty if unknown.
        dose_mbq: Injected activity; None if unknown.
        age_years: Age at the study; None if unknown.
        simulated: Whether the file says that it was simulated.
        site: Hospital; empty, as files do not name it reliably.
        notes: What was accepted but is worth a look.
    """

    view: View
    patient_id: str
    study_uid: str
    study_date: date | None = None
    acquired: datetime | None = None
    camera: str = ""
    dose_mbq: float | None = None
    age_years: float | None = None
    simulated: bool = False
    site: str = ""
    notes: tuple[str, ...] = ()


def read_view(path: Path) -> SourceView:
    """Read one file as one view of a BSGI exam.

    Args:
        path: Any file.

    Returns:
        The view, with what the file says of patient, study and tracer.

    Raises:
        DicomError: If the file is not a view that can be used without a guess; the
            message is the reason, without the path and without patient data.
    """
    dataset = parse_file(path)
    try:
        return _read_dataset(dataset)
    except FAILURES as reason:
        # pydicom decodes when it is asked: any access may meet the damage first.
        raise DicomError(
            f"is a damaged DICOM file: it cannot be decoded ({type(reason).__name__})."
        ) from None


def _read_dataset(dataset: Dataset) -> SourceView:
    """A parsed file as a view, the first thing that is wrong as the reason."""
    _check_kind(dataset)
    _check_original(dataset)
    name = find_view_name(dataset)
    identity = read_identity(dataset)
    frames = read_frames(dataset)
    try:
        view = _build_view(dataset, name, identity, frames)
    except ExamError as reason:
        raise DicomError(f"is not a usable view: {reason}") from None
    return SourceView(
        view=view,
        patient_id=identity.patient_id,
        study_uid=identity.study_uid,
        study_date=identity.study_date,
        acquired=identity.acquired,
        camera=identity.camera,
        dose_mbq=identity.dose_mbq,
        age_years=identity.age_years,
        simulated=identity.simulated,
        notes=(*identity.notes, *frames.notes, *_check_counts(dataset, frames, view)),
    )


def _check_kind(dataset: Dataset) -> None:
    """Refuse what is no nuclear medicine image."""
    sop_class = read_text(dataset, "SOPClassUID")
    if sop_class != NM_IMAGE:
        found = name_uid(sop_class) if sop_class else "no SOP class"
        raise DicomError(f"must be a Nuclear Medicine Image, got {found}.")
    modality = read_text(dataset, "Modality")
    if modality != "NM":
        raise DicomError(f"must have modality NM, got {shown(modality)}.")


def _check_original(dataset: Dataset) -> None:
    """Refuse copies, other kinds of acquisition and images with text in them."""
    kinds = [str(value).strip() for value in read_values(dataset, "ImageType")]
    if len(kinds) < 4:
        raise DicomError(f"Image Type must have 4 values, got {len(kinds)}.")
    if kinds[0] != "ORIGINAL" or kinds[1] != "PRIMARY":
        raise DicomError(
            "must be an original primary image, "
            f"got {', '.join(map(shown, kinds[:3]))}."
        )
    if kinds[2] != "STATIC":
        raise DicomError(f"must be a static image, got {shown(kinds[2])}.")
    if kinds[3] != "EMISSION":
        raise DicomError(f"must be an emission image, got {shown(kinds[3])}.")
    if read_text(dataset, "BurnedInAnnotation").upper() == "YES":
        raise DicomError("has annotation burned in, which may hold a name.")


def _build_view(
    dataset: Dataset, name: ViewName, identity: Identity, frames: Frames
) -> View:
    spacing = read_numbers(dataset, "PixelSpacing")
    if len(spacing) != 2:
        raise DicomError(f"Pixel Spacing must have 2 values, got {len(spacing)}.")
    duration_ms = read_number(dataset, "ActualFrameDuration")
    if duration_ms is None:
        raise DicomError("must say how long it took: Actual Frame Duration is missing.")
    slope = read_number(dataset, "RescaleSlope")
    condition = read_text(dataset, "AcquisitionTerminationCondition").upper()
    return View(
        name=name,
        counts=frames.counts,
        spacing_mm=(spacing[0], spacing[1]),
        duration_s=duration_ms / 1000,
        start_s=identity.start_s,
        energy_window_kev=frames.energy_window_kev,
        orientation=_read_orientation(dataset),
        heads_mirrored=frames.heads_mirrored,
        rescale_slope=1.0 if slope is None else slope,
        source_uid=identity.sop_uid,
        stopped_by_counts=condition == "CNTS",
    )


def _read_orientation(dataset: Dataset) -> tuple[str, str] | None:
    """Patient directions of rows and columns; None if the file does not say.

    References:
        DICOM PS3.3 C.7.6.1.1.1: each direction has up to three letters, none of which
        may be the opposite of another.
    """
    values = [
        str(value).strip() for value in read_values(dataset, "PatientOrientation")
    ]
    if not any(values):
        return None
    for value in values:
        letters = set(value)
        if (
            not letters
            or not letters <= _DIRECTIONS
            or len(letters) != len(value)
            or any(pair <= letters for pair in _OPPOSITE)
        ):
            raise DicomError("Patient Orientation must be made of A, P, R, L, H and F.")
    if len(values) != 2:
        raise DicomError(f"Patient Orientation must have 2 values, got {len(values)}.")
    return values[0], values[1]


def _check_counts(dataset: Dataset, frames: Frames, view: View) -> tuple[str, ...]:
    """Notes on what the file says of its own counts."""
    notes = []
    stated = read_number(dataset, "CountsAccumulated")
    if stated is not None and stated != frames.total_counts:
        notes.append("the pixels do not sum to Counts Accumulated")
    intercept = read_number(dataset, "RescaleIntercept")
    if view.rescale_slope != 1 or intercept:
        notes.append("the file has a rescale slope or intercept; counts are as stored")
    return tuple(notes)
