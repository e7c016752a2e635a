"""A DICOM file to the views of a BSGI exam, or the reasons why it has none."""

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final

from pydicom.dataset import Dataset

from bsgi.dicom.frames.gather import Frames, read_frames
from bsgi.dicom.frames.heads import OppositeHead, read_directions
from bsgi.dicom.identity import Identity, find_exam, is_nuclear, read_identity
from bsgi.dicom.kind import check_kind
from bsgi.dicom.parse import (
    FAILURES,
    parse_file,
    quiet,
    read_number,
    read_numbers,
    read_text,
    read_values,
)
from bsgi.dicom.views.find import find_view_name
from bsgi.dicom.views.notes import note_texts
from bsgi.dicom.views.words import ViewWords, load_words
from bsgi.errors import DicomError, ExamError
from bsgi.exam.quality.motion import measure_shift_mm
from bsgi.exam.record import View, ViewName

_DIRECTIONS: Final = frozenset("APRLHF")
_OPPOSITE: Final = ({"A", "P"}, {"R", "L"}, {"H", "F"})


@dataclass(frozen=True, slots=True)
class ReadingRules:
    """How the files of a site are read, where they leave it open.

    Args:
        words: Spellings of views.
        opposite_head: How a second head lies if its file does not say it.
    """

    words: ViewWords = field(default_factory=load_words)
    opposite_head: OppositeHead = OppositeHead.STATED


@dataclass(frozen=True, slots=True)
class SourceView:
    """One view as a file holds it, with what the file says of exam and patient.

    Args:
        view: The view, in the orientation the camera saved.
        patient_id: As in the file, not a pseudonym.
        study_uid: Study Instance UID, as in the file.
        series_uid: Series Instance UID, as in the file; empty if unknown.
        study_date: Date of the study; None if unknown.
        acquired: Begin of the acquisition; None if unknown.
        camera: Model of the camera; empty if unknown.
        dose_mbq: Injected activity; None if unknown.
        age_years: Age at the study; None if unknown.
        simulated: Whether the file says that it was simulated.
        site: Hospital; empty, as files do not name it reliably.
        notes: What was accepted but is worth a look.
        frame: Which frames of the file it is, such as ``frames 1 to 2``; empty if it is
            the whole file.
        issuer: Who gave the Patient ID, as in the file; empty if unknown. Two women may
            have one id from two issuers.
        person: Digest of name and birth date, to notice one woman under two ids; empty
            if one of them is missing. It is not a secret: it must not be written.
        isotope: ``"Tc-99m"`` or ``"another than Tc-99m"``; empty if not stated.
        motion_mm: Largest shift between the thirds of a dynamic acquisition; None for a
            static one.
        dates_moved: Whether the file says that its dates were changed or removed, so
            that they cannot be compared with those of other patients.
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
    series_uid: str = ""
    frame: str = ""
    issuer: str = ""
    person: str = field(default="", repr=False)
    isotope: str = ""
    motion_mm: float | None = None
    dates_moved: bool = False


@dataclass(frozen=True, slots=True)
class SourceFile:
    """What one file gave.

    Args:
        views: Its views; several where one file holds an exam.
        refusals: Why it, or parts of it, gave none; each a line without patient data.
        patient_id: As in the file; empty where it does not tell.
        study_uid: As in the file; empty where it does not tell.
        nuclear: Whether it may come from a gamma camera; a refused file of another
            modality is no part of an exam that was lost.
    """

    views: tuple[SourceView, ...]
    refusals: tuple[str, ...] = ()
    patient_id: str = ""
    study_uid: str = ""
    nuclear: bool = True


def read_file(path: Path, rules: ReadingRules | None = None) -> SourceFile:
    """Read one file as views of a BSGI exam.

    Args:
        path: Any file.
        rules: How files of the site are read; None for the shipped rules.

    Returns:
        Its views and the reasons why it, or parts of it, gave none: at least one of
        either. Whatever is in the file, this is the answer and never an error.
    """
    try:
        with quiet():
            return _read_parsed(parse_file(path), rules or ReadingRules())
    except DicomError as reason:
        return SourceFile((), (str(reason),))


def read_view(path: Path, rules: ReadingRules | None = None) -> SourceView:
    """Read one file that is one view.

    Args:
        path: Any file.
        rules: How files of the site are read; None for the shipped rules.

    Raises:
        DicomError: If the file is not one view that can be used without a guess; the
            message is the reason, without the path and without patient data.
    """
    source = read_file(path, rules)
    if source.refusals:
        raise DicomError(source.refusals[0])
    if len(source.views) != 1:
        raise DicomError(f"must be one view, got {len(source.views)}.")
    return source.views[0]


def _read_parsed(dataset: Dataset, rules: ReadingRules) -> SourceFile:
    """The views of a dataset; a refusal still says whose exam it belongs to."""
    try:
        return _read_dataset(dataset, rules)
    except DicomError as error:
        reason = str(error)
    except FAILURES as error:
        # pydicom decodes when it is asked: any access may meet the damage first.
        reason = (
            f"is a damaged DICOM file: it cannot be decoded ({type(error).__name__})."
        )
    try:
        return SourceFile((), (reason,), *find_exam(dataset), is_nuclear(dataset))
    except FAILURES:
        return SourceFile((), (reason,))


def _read_dataset(dataset: Dataset, rules: ReadingRules) -> SourceFile:
    check_kind(dataset, rules.words)

    def find_name(detector: Dataset | None) -> ViewName:
        return find_view_name(dataset, rules.words, detector)

    frames = read_frames(dataset, find_name, rules.opposite_head)
    identity = read_identity(dataset)
    views, refusals = [], list(frames.refusals)
    for each in frames.views:
        try:
            alone = not each.part.frame
            said = note_texts(dataset, each.part.name, rules.words, alone=alone)
            notes = (*frames.notes, *said)
            views.append(_build_source(dataset, each, identity, notes))
        except ExamError as reason:
            where = f"{each.part.frame}: " if each.part.frame else ""
            refusals.append(f"{where}is not a usable view: {reason}")
    return SourceFile(
        tuple(views), tuple(refusals), identity.patient_id, identity.study_uid
    )


def _build_source(
    dataset: Dataset, frames: Frames, identity: Identity, notes: tuple[str, ...]
) -> SourceView:
    view, said = _build_view(dataset, frames, identity)
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
        notes=(*identity.notes, *frames.notes, *notes, *said),
        series_uid=identity.series_uid,
        frame=frames.part.frame,
        issuer=identity.issuer,
        person=identity.person,
        isotope=identity.isotope,
        motion_mm=_measure_motion(frames, view.spacing_mm),
        dates_moved=identity.dates_moved,
    )


def _build_view(
    dataset: Dataset, frames: Frames, identity: Identity
) -> tuple[View, tuple[str, ...]]:
    """The view, and notes on what its file says of it."""
    spacing = read_numbers(dataset, "PixelSpacing")
    if len(spacing) != 2:
        raise DicomError(f"Pixel Spacing must have 2 values, got {len(spacing)}.")
    slope = read_number(dataset, "RescaleSlope")
    slope = 1.0 if slope is None else slope
    notes = []
    if slope != 1 or read_number(dataset, "RescaleIntercept"):
        notes.append("the file has a rescale slope or intercept; counts are as stored")
    start_s = identity.start_s
    if not frames.part.frame:
        orientation = _read_orientation(dataset)
    else:
        # What stands in the file once cannot hold for several views.
        orientation = read_directions(dataset, frames.part.heads[0])
        if start_s is not None:
            notes.append("the file has one time for several views; it was left out")
        start_s = None
    view = View(
        name=frames.part.name,
        counts=frames.counts,
        spacing_mm=(spacing[0], spacing[1]),
        duration_s=frames.duration_s,
        start_s=start_s,
        energy_window_kev=frames.energy_window_kev,
        orientation=orientation,
        heads_mirrored=frames.heads_mirrored,
        rescale_slope=slope,
        source_uid=identity.sop_uid,
        stopped_by_counts=_is_stopped_by_counts(dataset),
    )
    return view, tuple(notes)


def _is_stopped_by_counts(dataset: Dataset) -> bool:
    condition = read_text(dataset, "AcquisitionTerminationCondition")
    return condition.upper() == "CNTS"


def _measure_motion(frames: Frames, spacing_mm: tuple[float, float]) -> float | None:
    """The largest shift of any head from one third of the time to another."""
    if not frames.thirds:
        return None
    first, *later = frames.thirds
    return max(
        measure_shift_mm(before, after, spacing_mm)
        for third in later
        for before, after in zip(first, third, strict=True)
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
