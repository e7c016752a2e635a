"""A folder of DICOM files and a table of labels to a cohort."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bsgi.cohort.arrays import load_truth
from bsgi.cohort.store import Cohort
from bsgi.cohort.writer import CohortWriter, explain_disk_errors, save_rejected
from bsgi.errors import CohortError, ConfigError
from bsgi.exam.quality import assess_exam
from bsgi.exam.record import Exam, Label, Truth, ViewName
from bsgi.files import check_vacant
from bsgi.intake.collect import (
    Collection,
    Found,
    Progress,
    Spool,
    Study,
    collect_views,
    list_files,
    name_files,
    open_spool,
    show_path,
)
from bsgi.intake.labels import LabelRow, LabelTable, load_labels
from bsgi.intake.naming import NamedStudy, name_studies
from bsgi.intake.pseudonyms import Pseudonyms, load_key, make_key
from bsgi.provenance import describe

MAX_AGE_YEARS: Final = 90.0
"""Ages above 89 identify a patient and are all written as 90 under a pseudonym.

References: 45 CFR 164.514(b)(2)(i)(C).
"""


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What came of an import.

    Args:
        cohort: The folder that was made.
        files: Files that were looked at.
        views: Views in the cohort.
        exams: Exams in the cohort.
        patients: Patients in the cohort.
        malignant: Exams labelled malignant.
        benign: Exams labelled benign.
        unlabelled: Exams without a label.
        rejected: Files that gave no view, listed in rejected.csv.
        left_out: Duplicates and later acquisitions, listed in notes.csv.
        labels_without_images: Rows of the label table that no exam matched.
        doubtful: Exams whose quality raises a doubt, listed in exams.csv.
        reasons: Reasons of refusal and how many files had them, most frequent first.
    """

    cohort: Path
    files: int
    views: int
    exams: int
    patients: int
    malignant: int
    benign: int
    unlabelled: int
    rejected: int
    left_out: int
    labels_without_images: int
    doubtful: int
    reasons: tuple[tuple[str, int], ...]


def import_folder(
    source: Path,
    labels: Path,
    out: Path,
    *,
    key: Path | None = None,
    keep_ids: bool = False,
    truth: Path | None = None,
    progress: Progress | None = None,
) -> ImportSummary:
    """Read a folder of DICOM files and a table of labels into a cohort.

    Args:
        source: Folder with DICOM files, at any depth.
        labels: Table of pathology.
        out: The cohort to make; it must not exist, or be empty.
        key: File with the secret key of the pseudonyms, made if it is missing. Without
            it a new key is used and forgotten.
        keep_ids: Whether patient ids and identifiers stay as they are.
        truth: Folder of truth that a simulation wrote, one file per study.
        progress: Called after every file.

    Returns:
        What came of it.

    Raises:
        ConfigError: If `source` or `truth` is no folder, or a key is given for ids that
            are kept.
        LabelTableError: If the label table cannot be read without guessing.
        CohortError: If no file gives a view; the reasons are in a table beside `out`.
        OutputError: If `out` is taken or cannot be written.
    """
    check_vacant(out)
    table = load_labels(labels)
    for folder in (source, truth):
        if folder is not None and not folder.is_dir():
            raise ConfigError(f"{folder} must be a folder, and it is none.")
    pseudonyms = _choose_pseudonyms(key, keep_ids=keep_ids)
    files = [path for path in list_files(source) if not _is_same(path, labels)]
    shown = name_files(source, files, hidden=pseudonyms.key is not None)
    with explain_disk_errors(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        with open_spool(out.parent) as spool:
            collection = collect_views(shown, spool, progress)
            named, unsafe = name_studies(collection, table, pseudonyms)
            rejected = (*collection.rejected, *unsafe)
            if not named:
                _report_nothing(source, out, _show_paths(rejected, shown, source))
            with CohortWriter(out) as writer:
                for file, reason in rejected:
                    writer.reject(file, reason)
                for item in named:
                    _add_exam(writer, item, spool, pseudonyms, truth)
                unused = _note_unused_labels(writer, table, named, labels.name)
                cohort = writer.finish(
                    describe("bsgi import", inputs={"labels": labels})
                )
        _list_outside(out, _show_paths(rejected, shown, source), pseudonyms)
    return _summarize(cohort, collection, rejected, unused)


def _choose_pseudonyms(key: Path | None, *, keep_ids: bool) -> Pseudonyms:
    if not keep_ids:
        return Pseudonyms(make_key() if key is None else load_key(key))
    if key is not None:
        raise ConfigError("a key is for pseudonyms: give a key or keep ids, not both.")
    return Pseudonyms(None)


def _is_same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:
        return False


def _rejected_path(out: Path) -> Path:
    return out.with_name(f"{out.name}.rejected.csv")


def _show_paths(
    rejected: Sequence[tuple[str, str]], shown: Mapping[Path, str], source: Path
) -> list[tuple[str, str]]:
    """Refused files by their paths, whatever the cohort's own tables call them."""
    paths = {name: show_path(path, source) for path, name in shown.items()}
    return [(paths[name], reason) for name, reason in rejected]


def _list_outside(
    out: Path, rejected: Sequence[tuple[str, str]], pseudonyms: Pseudonyms
) -> None:
    """List refused files by path beside a cohort that must not hold these paths.

    None of them gave an exam, so the list ties no path to a pseudonym.
    """
    if rejected and pseudonyms.key is not None:
        save_rejected(_rejected_path(out), rejected)
    else:
        _rejected_path(out).unlink(missing_ok=True)


def _report_nothing(
    source: Path, out: Path, rejected: Sequence[tuple[str, str]]
) -> None:
    """Say that no file gave a view, with the reasons in a table.

    Raises:
        CohortError: Always.
    """
    path = _rejected_path(out)
    save_rejected(path, rejected)
    if not rejected:
        raise CohortError(
            f"{source} must hold DICOM files, and there is no file in it."
        )
    reason, count = Counter(reason for _, reason in rejected).most_common(1)[0]
    raise CohortError(
        f"{source} must hold BSGI views, and none of its {len(rejected)} files gives "
        f"one ({count} times: {reason.rstrip('.')}); see {path} for each file."
    )


def _add_exam(
    writer: CohortWriter,
    named: NamedStudy,
    spool: Spool,
    pseudonyms: Pseudonyms,
    truth: Path | None,
) -> None:
    """Build one exam from its files, and write it with its notes."""
    study, row = named.study, named.label
    notes = list(named.notes)
    age_years = _choose_age(study.views, row, notes)
    if pseudonyms.key is not None and age_years is not None:
        age_years = min(age_years, MAX_AGE_YEARS)
    cameras = [item.source.camera for item in study.views if item.source.camera]
    doses_mbq = [
        item.source.dose_mbq for item in study.views if item.source.dose_mbq is not None
    ]
    for what, values in (("camera", set(cameras)), ("dose", set(doses_mbq))):
        if len(values) > 1:
            notes.append(f"views differ in {what}; that of the first view is listed")
    views = {}
    for item in study.views:
        view = spool.load_view(item)
        uid = pseudonyms.name_uid(view.source_uid)
        views[item.name] = replace(view, source_uid=uid)
    simulated = any(item.source.simulated for item in study.views)
    exam = Exam(
        exam_id=named.exam_id,
        patient_id=named.patient_id,
        views=views,
        site=row.site if row else "",
        camera=cameras[0] if cameras else "",
        dose_mbq=doses_mbq[0] if doses_mbq else None,
        age_years=age_years,
        label=row.label if row else Label.UNKNOWN,
        label_left=row.label_left if row else Label.UNKNOWN,
        label_right=row.label_right if row else Label.UNKNOWN,
        simulated=simulated,
    )
    known = _load_truth(truth, study, exam) if truth and simulated else None
    if truth and simulated and known is None:
        notes.append("no truth of this simulated exam")
    missing = [name for name in ViewName if name not in views]
    if missing:
        notes.append(f"views missing: {', '.join(missing)}")
    writer.add(
        exam,
        known,
        quality="; ".join(assess_exam(exam)),
        time_order=named.time_order,
        notes=[*(("", note) for note in notes), *study.notes],
    )


def _choose_age(
    views: Sequence[Found], row: LabelRow | None, notes: list[str]
) -> float | None:
    """Age from the table, or from the first file that has one."""
    ages = [
        item.source.age_years for item in views if item.source.age_years is not None
    ]
    if row is not None and row.age_years is not None:
        if ages and abs(ages[0] - row.age_years) > 1:
            notes.append("age differs between files and table; the table's is listed")
        return row.age_years
    if not ages:
        notes.append("age unknown")
        return None
    return ages[0]


def _load_truth(folder: Path, study: Study, exam: Exam) -> Truth | None:
    """The truth of a simulated study, of the views that are there.

    Raises:
        CohortError: If it is damaged, or its masks do not fit the views.
    """
    path = folder / f"{study.study_uid}.npz"
    if not path.exists():
        return None
    truth = load_truth(path)
    masks = {name: mask for name, mask in truth.masks.items() if name in exam.views}
    for name, mask in masks.items():
        if mask.shape != exam.views[name].counts.shape[1:]:
            raise CohortError(
                f"{path}: the mask of {name} must have the shape of its view, "
                f"{exam.views[name].counts.shape[1:]}, got {mask.shape}."
            )
    return replace(truth, masks=masks)


def _note_unused_labels(
    writer: CohortWriter, table: LabelTable, named: Sequence[NamedStudy], file: str
) -> int:
    """List the rows of the table that no exam took, by line and without the id."""
    used = {item.label.line for item in named if item.label is not None}
    unused = [row for row in table.rows if row.line not in used]
    for row in unused:
        writer.note(file, f"line {row.line}: no exam takes this row")
    return len(unused)


def _summarize(
    cohort: Cohort,
    collection: Collection,
    rejected: Sequence[tuple[str, str]],
    unused: int,
) -> ImportSummary:
    rows = cohort.rows
    reasons = Counter(reason for _, reason in rejected)
    labels = Counter(row.label for row in rows)
    views = sum(len(row.views) for row in rows)
    return ImportSummary(
        cohort=cohort.folder,
        files=collection.files,
        views=views,
        exams=len(rows),
        patients=len({row.patient_id for row in rows}),
        malignant=labels[Label.MALIGNANT],
        benign=labels[Label.BENIGN],
        unlabelled=labels[Label.UNKNOWN],
        rejected=len(rejected),
        left_out=collection.files - len(rejected) - views,
        labels_without_images=unused,
        doubtful=sum(bool(row.quality) for row in rows),
        reasons=tuple(reasons.most_common()),
    )
