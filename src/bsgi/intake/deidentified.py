"""A folder of DICOM files to a folder of de-identified DICOM files.

Nothing is lost: each file is written under pseudonyms or listed with the reason why it
was refused. Which file became which is written nowhere.
"""

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from bsgi.dicom.deidentify.file import CleanFile, deidentify_file
from bsgi.dicom.pseudonyms import Pseudonyms
from bsgi.dicom.views.words import ViewWords
from bsgi.errors import ConfigError, DicomError, OutputError
from bsgi.exam.record import Label
from bsgi.files import check_vacant, new_folder, save_csv
from bsgi.intake.archive import list_files, name_files, show_path
from bsgi.intake.exams import hide_age
from bsgi.intake.labels import LabelRow, LabelTable, load_labels
from bsgi.intake.last_look import LastLook, look_once_more
from bsgi.intake.outside import choose_pseudonyms, list_outside
from bsgi.intake.tables.fields import TableWords
from bsgi.provenance import describe, save_provenance

Progress = Callable[[int, int, str], None]
"""Called with the number of files done, their total and what is being done."""

_Rows = Mapping[int, tuple[LabelRow, LabelRow]]
"""By line, each row of the table of labels as it was and under pseudonyms."""

LABELS: Final = "labels.csv"

_COLUMNS: Final = (
    "patient_id", "label", "study_date", "label_left", "label_right", "age", "site",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DeidentifySummary:
    """What came of a de-identification.

    Args:
        folder: The folder that was made.
        files: Files that were looked at.
        written: Files that were written.
        patients: Patients among them.
        studies: Studies among them.
        views: Views of a BSGI exam that `bsgi import` will find in them.
        rejected: Files that were refused.
        notes: Files that are worth a look, listed in notes.csv.
        labels: Rows of the table of labels that were written; None without a table.
        labels_without_files: Rows that no study takes, listed in notes.csv.
        ids_without_zeros: Ids of the table that would match with other zeros in front.
        women_under_two_ids: Women whose name and birth date stand under several ids.
        studies_of_two_women: Studies whose files name two women.
        reasons: Reasons of refusal and how many files had them, most frequent first.
    """

    folder: Path
    files: int
    written: int
    patients: int
    studies: int
    views: int
    rejected: int
    notes: int
    labels: int | None
    labels_without_files: int
    ids_without_zeros: int
    women_under_two_ids: int
    studies_of_two_women: int
    reasons: tuple[tuple[str, int], ...]


@dataclass(slots=True)
class _Written:
    """What was written so far.

    Args:
        studies: Files of each patient and study, by their temporary names.
        rejected: Pairs of file and reason.
        notes: Pairs of file and note.
        views: Views that the importer finds.
    """

    studies: dict[tuple[str, str], list[CleanFile]] = field(
        default_factory=lambda: defaultdict(list)
    )
    rejected: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    views: int = 0

    @property
    def files(self) -> int:
        """Files that were written."""
        return sum(map(len, self.studies.values()))


def deidentify_folder(
    source: Path,
    out: Path,
    *,
    key: Path | None = None,
    labels: Path | None = None,
    label_words: TableWords | None = None,
    view_words: ViewWords | None = None,
    progress: Progress | None = None,
) -> DeidentifySummary:
    """Write the nuclear medicine images of a folder again, without identities.

    Args:
        source: Folder with DICOM files, at any depth.
        out: The folder to make; it must not exist, or be empty.
        key: File with the secret key of the pseudonyms, made if it is missing. Without
            it a new key is used and forgotten.
        labels: Table of labels to write beside the files, ids and dates changed too.
        label_words: What that table calls its columns and labels.
        view_words: The spellings of views in the original files.
        progress: Called after every file.

    Returns:
        What came of it.

    Raises:
        ConfigError: If `source` is no folder, or holds `out`.
        LabelTableError: If the label table cannot be read without guessing.
        DicomError: If every file is refused; the reasons are in a table beside `out`.
        OutputError: If `out` is taken or cannot be written.
    """
    _check_places(source, out)
    table = None if labels is None else load_labels(labels, label_words)
    pseudonyms = choose_pseudonyms(key, keep_ids=False)
    apart = [path for path in (key, labels) if path is not None]
    found = list_files(source)
    files = [path for path in found.files if not _is_one_of(path, apart)]
    shown = name_files(source, files, hidden=True)
    try:
        with new_folder(out) as folder:
            written = _write_files(shown, folder, pseudonyms, view_words, progress)
            by_path = _show_paths(written, shown, source) + found.name_skipped()
            written.rejected += found.name_skipped(hidden=True)
            if not written.studies:
                list_outside(out, by_path, pseudonyms)
                raise DicomError(_explain_nothing(source, out, by_path))
            _name_studies(folder, written)
            rows = {} if table is None else _change_rows(table, pseudonyms)
            look = look_once_more(written.studies, rows, pseudonyms)
            _write_tables(folder, written, None if table is None else rows, look)
        list_outside(out, by_path, pseudonyms)
    except OSError as reason:
        raise OutputError(
            f"{out} cannot be written: {reason.strerror or reason}; choose another "
            "place, or make room."
        ) from None
    number = len(files) + len(found.skipped)
    return _summarize(out, number, written, None if table is None else rows, look)


def _check_places(source: Path, out: Path) -> None:
    """Refuse a place for the output that is taken or lies inside the source."""
    check_vacant(out)
    if not source.is_dir():
        raise ConfigError(f"{source} must be a folder, and it is none.")
    if out.resolve().is_relative_to(source.resolve()):
        raise ConfigError(f"{out} must lie outside of {source}; choose another place.")


def _is_one_of(path: Path, others: Sequence[Path]) -> bool:
    try:
        return any(path.samefile(other) for other in others)
    except OSError:
        return False


def _write_files(
    shown: Mapping[Path, str],
    folder: Path,
    pseudonyms: Pseudonyms,
    view_words: ViewWords | None,
    progress: Progress | None,
) -> _Written:
    """Write every file that is taken, under a folder for each study."""
    written = _Written()
    numbers: dict[tuple[str, str], int] = {}
    partial = folder / "file.partial"
    for number, (path, name) in enumerate(shown.items(), start=1):
        try:
            clean = deidentify_file(path, partial, pseudonyms, view_words)
        except DicomError as reason:
            written.rejected.append((name, str(reason)))
        else:
            study = clean.patient_id, clean.study_uid
            rank = numbers.setdefault(study, len(numbers) + 1)
            place = folder / clean.patient_id / f"new-{rank}"
            place.mkdir(parents=True, exist_ok=True)
            target = _free_name(place, clean.sop_uid)
            with partial.open("rb") as stream:
                os.fsync(stream.fileno())
            partial.rename(target)
            if target.stem != clean.sop_uid:
                note = "has the SOP Instance UID of another file; both were written"
                written.notes.append((name, note))
            written.studies[study].append(clean)
            written.notes.extend((name, note) for note in clean.notes)
            written.views += len(clean.views)
        if progress is not None:
            progress(number, len(shown), f"{written.files} written")
    return written


def _free_name(folder: Path, uid: str) -> Path:
    """A file name that nothing has yet."""
    path, number = folder / f"{uid}.dcm", 2
    while path.exists():
        path, number = folder / f"{uid}-{number}.dcm", number + 1
    return path


def _name_studies(folder: Path, written: _Written) -> None:
    """Number the studies of each patient in the order of their dates."""
    ranks = {study: rank for rank, study in enumerate(written.studies, start=1)}
    by_patient: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for study in written.studies:
        by_patient[study[0]].append(study)
    for patient_id, studies in by_patient.items():
        ordered = sorted(
            studies,
            key=lambda study: (written.studies[study][0].study_date or "9", study[1]),
        )
        for number, study in enumerate(ordered, start=1):
            place = folder / patient_id / f"new-{ranks[study]}"
            place.rename(folder / patient_id / f"study-{number}")


def _write_tables(
    folder: Path,
    written: _Written,
    rows: _Rows | None,
    look: LastLook,
) -> None:
    """The tables beside the files, with numbers of files and with pseudonyms."""
    if rows is not None:
        kept = (row for line, (_, row) in rows.items() if line not in look.doubtful)
        save_csv(folder / LABELS, _COLUMNS, map(_format_row, kept))
    written.notes.extend(("", note) for note in look.notes)
    written.notes.extend(
        ("label table", f"line {line}: no study takes this row: {why}")
        for line, why in look.unmatched
    )
    save_csv(folder / "rejected.csv", ("file", "reason"), sorted(written.rejected))
    save_csv(folder / "notes.csv", ("file", "note"), sorted(written.notes))
    save_provenance(folder, describe("bsgi deidentify"))


def _change_rows(table: LabelTable, pseudonyms: Pseudonyms) -> _Rows:
    return {row.line: (row, _change_row(row, pseudonyms)) for row in table.rows}


def _change_row(row: LabelRow, pseudonyms: Pseudonyms) -> LabelRow:
    """A row of the table under pseudonyms of patient and hospital, its date moved."""
    days = timedelta(pseudonyms.shift_days(row.patient_id))
    moved: date | None = None if row.study_date is None else row.study_date + days
    return replace(
        row,
        patient_id=pseudonyms.name_patient(row.patient_id),
        study_date=moved,
        age_years=hide_age(row.age_years),
        # Somebody typed it: it may be the name of a town or of a physician.
        site=row.site and pseudonyms.name_text("site", row.site),
    )


def _format_row(row: LabelRow) -> tuple[str, ...]:
    labels = {Label.BENIGN: "0", Label.MALIGNANT: "1", Label.UNKNOWN: ""}
    return (
        row.patient_id,
        labels[row.label],
        "" if row.study_date is None else row.study_date.isoformat(),
        labels[row.label_left],
        labels[row.label_right],
        "" if row.age_years is None else f"{row.age_years:g}",
        row.site,
    )


def _show_paths(
    written: _Written, shown: Mapping[Path, str], source: Path
) -> list[tuple[str, str]]:
    """Refused files by their paths, for the person who has the originals."""
    paths = {name: show_path(path, source) for path, name in shown.items()}
    return [(paths[name], reason) for name, reason in written.rejected]


def _explain_nothing(
    source: Path, out: Path, rejected: Sequence[tuple[str, str]]
) -> str:
    """Why nothing was written, and where the reasons are."""
    if not rejected:
        return f"{source} must hold DICOM files, and there is no file in it."
    reason, count = Counter(why for _, why in rejected).most_common(1)[0]
    return (
        f"{source} must hold nuclear medicine images, and all of its {len(rejected)} "
        f"files are refused ({count} times: {reason.rstrip('.')}); see "
        f"{out.name}.rejected.csv beside {out} for each file."
    )


def _summarize(
    out: Path, files: int, written: _Written, rows: _Rows | None, look: LastLook
) -> DeidentifySummary:
    reasons = Counter(reason for _, reason in written.rejected)
    return DeidentifySummary(
        folder=out,
        files=files,
        written=written.files,
        patients=len({patient_id for patient_id, _ in written.studies}),
        studies=len(written.studies),
        views=written.views,
        rejected=len(written.rejected),
        notes=len(written.notes),
        labels=None if rows is None else len(rows) - len(look.doubtful),
        labels_without_files=len(look.unmatched),
        ids_without_zeros=look.ids_without_zeros,
        women_under_two_ids=look.women_under_two_ids,
        studies_of_two_women=look.studies_of_two_women,
        reasons=tuple(reasons.most_common()),
    )
