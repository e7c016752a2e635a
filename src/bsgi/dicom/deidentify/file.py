"""A file to a clean file, checked by reading it back.

The importer reads both. It must find the same views with the same counts, times and
dose in the clean file as in the original, or none in both: what it tells apart by free
text only is written as a code, and what cannot be written so is refused.
"""

from dataclasses import dataclass, field
from pathlib import Path

from pydicom.dataset import Dataset

from bsgi.dicom.deidentify.clean import clean_dataset
from bsgi.dicom.deidentify.refusals import check_taken
from bsgi.dicom.deidentify.views import remove_codes, write_codes
from bsgi.dicom.frames.heads import OppositeHead
from bsgi.dicom.parse import FAILURES, parse_file, quiet, read_text
from bsgi.dicom.pseudonyms import Pseudonyms
from bsgi.dicom.read import ReadingRules, SourceView, read_file
from bsgi.dicom.views.words import ViewWords, load_words
from bsgi.errors import DicomError

MAX_AGE_YEARS = 90.0


@dataclass(frozen=True, slots=True)
class CleanFile:
    """What names a de-identified file; only `person` could identify a patient.

    Args:
        patient_id: Pseudonym of the patient.
        study_uid: Pseudonym of the study.
        sop_uid: Pseudonym of the instance.
        study_date: Moved date of the study, YYYYMMDD; empty if unknown.
        views: Names of the views that the importer finds in it.
        notes: What is worth a look.
        person: Digest of name and birth date in the original, to notice one woman under
            two ids; empty if unknown. It must not be written.
    """

    patient_id: str
    study_uid: str
    sop_uid: str
    study_date: str
    views: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    person: str = field(default="", repr=False)


def deidentify_file(
    path: Path, out: Path, pseudonyms: Pseudonyms, words: ViewWords | None = None
) -> CleanFile:
    """De-identify one nuclear medicine image.

    Args:
        path: The original.
        out: The file to write; on an error it is not there.
        pseudonyms: Keyed names of patients, identifiers, dates and cameras.
        words: The spellings that the original is read with; None for the shipped ones.

    Raises:
        DicomError: If the file is refused, with the reason.
        OSError: If `out` cannot be written.
    """
    words = words or load_words()
    # Whatever a site says of opposite heads when it imports, the views must be right:
    # this rule takes all that the others take.
    rules = ReadingRules(words, OppositeHead.AS_STORED)
    # A site's words are of no use later: what they say is written as codes.
    later = ReadingRules(opposite_head=OppositeHead.AS_STORED)
    with quiet():
        before = read_file(path, rules).views
        clean = _clean(path, pseudonyms)
        notes: tuple[str, ...] = ()
        try:
            _save(clean, out)
            if _compare(before, read_file(out, later).views):
                return _describe(clean, before, notes)
            if before:
                whole = len(before) == 1 and not before[0].frame
                name = before[0].view.name if whole else None
                write_codes(clean, parse_file(path), name, words)
            else:
                remove_codes(clean)
                notes = (
                    "its codes of side and view were removed: the importer does not "
                    "take the original, and without its texts it would",
                )
            _save(clean, out)
            if not _compare(before, read_file(out, later).views):
                raise DicomError(
                    "would be read differently without its free text, which alone "
                    "says what it shows."
                )
        except DicomError:
            out.unlink(missing_ok=True)
            raise
        return _describe(clean, before, notes)


def _clean(path: Path, pseudonyms: Pseudonyms) -> Dataset:
    """The clean dataset of a file.

    Raises:
        DicomError: If it is refused, or cannot be decoded somewhere.
    """
    dataset = parse_file(path)
    try:
        check_taken(dataset)
        return clean_dataset(dataset, pseudonyms)
    except FAILURES as reason:
        # pydicom decodes when it is asked: any access may meet the damage first.
        raise DicomError(
            f"is a damaged DICOM file: it cannot be decoded ({type(reason).__name__})."
        ) from None


def _describe(
    clean: Dataset, views: tuple[SourceView, ...], notes: tuple[str, ...]
) -> CleanFile:
    return CleanFile(
        patient_id=read_text(clean, "PatientID"),
        study_uid=read_text(clean, "StudyInstanceUID"),
        sop_uid=read_text(clean, "SOPInstanceUID"),
        study_date=read_text(clean, "StudyDate"),
        views=tuple(str(source.view.name) for source in views),
        notes=notes,
        person=views[0].person if views else "",
    )


def _save(clean: Dataset, out: Path) -> None:
    """Write a clean file.

    Raises:
        DicomError: If it cannot be encoded.
        OSError: If it cannot be written.
    """
    try:
        clean.save_as(out, enforce_file_format=True)
    except OSError:
        raise
    except FAILURES as reason:
        raise DicomError(f"cannot be written again: {type(reason).__name__}.") from None


def _compare(before: tuple[SourceView, ...], after: tuple[SourceView, ...]) -> bool:
    """Whether two files hold the same views for the importer."""
    return len(before) == len(after) and all(
        _tell(one) == _tell(other) for one, other in zip(before, after, strict=True)
    )


def _tell(source: SourceView) -> tuple[object, ...]:
    """What a cohort has of a view, but for names and dates."""
    view = source.view
    age = source.age_years
    return (
        view.name,
        view.counts.shape,
        view.counts.tobytes(),
        view.spacing_mm,
        view.duration_s,
        view.start_s,
        view.energy_window_kev,
        view.orientation,
        view.heads_mirrored,
        view.rescale_slope,
        view.stopped_by_counts,
        source.dose_mbq,
        None if age is None else min(age, MAX_AGE_YEARS),
        source.isotope,
        source.simulated,
    )
