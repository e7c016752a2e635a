"""A folder of DICOM files and a table of labels to a cohort."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bsgi.cohort.writer import CohortWriter, explain_disk_errors
from bsgi.dicom.pseudonyms import Pseudonyms
from bsgi.errors import ConfigError
from bsgi.files import check_vacant
from bsgi.intake.archive import list_files, name_files, show_path
from bsgi.intake.collect import Progress, collect_views
from bsgi.intake.exams import Adding
from bsgi.intake.found import Collection
from bsgi.intake.labels import LabelRow, LabelTable, load_labels
from bsgi.intake.naming import NamedStudy, Naming, count_lost_zeros, name_studies
from bsgi.intake.outside import choose_pseudonyms, list_outside, report_nothing
from bsgi.intake.overrule import Overrules, load_overrules
from bsgi.intake.rules import ImportRules
from bsgi.intake.spool import Spool, open_spool
from bsgi.intake.summary import Counted, ImportSummary, summarize
from bsgi.provenance import describe


def import_folder(
    source: Path,
    labels: Path,
    out: Path,
    *,
    key: Path | None = None,
    keep_ids: bool = False,
    truth: Path | None = None,
    progress: Progress | None = None,
    rules: ImportRules | None = None,
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
        rules: What a site has set; None for the usual.

    Returns:
        What came of it.

    Raises:
        ConfigError: If `source` or `truth` is no folder, or a key is given for ids that
            are kept.
        LabelTableError: If the label table cannot be read without guessing.
        CohortError: If no file gives a view; the reasons are in a table beside `out`.
        OutputError: If `out` is taken or cannot be written.
    """
    rules = rules or ImportRules()
    check_vacant(out)
    table = load_labels(labels, rules.words)
    overrules = None if rules.overrule is None else load_overrules(rules.overrule)
    for folder in (source, truth):
        if folder is not None and not folder.is_dir():
            raise ConfigError(f"{folder} must be a folder, and it is none.")
    pseudonyms = choose_pseudonyms(key, keep_ids=keep_ids)
    beside = [labels, *filter(None, (rules.overrule, key))]
    files = [path for path in list_files(source) if not _is_among(path, beside)]
    shown = name_files(source, files, hidden=pseudonyms.key is not None)
    task = _Import(source, out, shown, pseudonyms, table, labels, truth, overrules)
    with explain_disk_errors(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        with open_spool(out.parent) as spool:
            collection = collect_views(
                shown, spool, progress, rules=rules.reading, repeats=rules.repeats,
                processes=rules.processes,
            )  # fmt: skip
            return task.write(collection, spool, rules.inputs)


@dataclass(frozen=True, slots=True)
class _Import:
    """What an import is of, and where it goes."""

    source: Path
    out: Path
    shown: Mapping[Path, str]
    pseudonyms: Pseudonyms
    table: LabelTable
    labels: Path
    truth: Path | None
    overrules: Overrules | None

    def write(
        self, collection: Collection, spool: Spool, inputs: Mapping[str, Path]
    ) -> ImportSummary:
        """Write the cohort of what was found, and the refused files beside it."""
        naming = name_studies(collection, self.table, self.pseudonyms)
        rejected = {**collection.rejected, **naming.unsafe}
        by_path = _show_paths(rejected, self.shown, self.source)
        if not naming.studies:
            report_nothing(self.source, self.out, by_path, "DICOM files")
        hidden = self.pseudonyms.key is not None
        # A hospital may name a table after a patient, as it does folders.
        name = "label table" if hidden else self.labels.name
        with CohortWriter(self.out) as writer:
            adding = Adding(writer, spool, self.pseudonyms, self.truth, self.overrules)
            adding.add_all(naming.studies)
            for file, reason in rejected.items():
                writer.reject(file, reason)
            _note_table(writer, self.table, naming.studies, name)
            cohort = writer.finish(
                describe("bsgi import", inputs={"labels": self.labels, **inputs}),
                files=collection.files,
                used=len(adding.files_used),
            )
        list_outside(self.out, by_path, self.pseudonyms)
        counted = _count(collection, naming, self.table, adding.views_left_out)
        return summarize(cohort, counted)


def _count(
    collection: Collection, naming: Naming, table: LabelTable, views_left_out: int
) -> Counted:
    """What the summary says beside the cohort."""
    return Counted(
        files=collection.files,
        reasons=(*collection.rejected.values(), *naming.unsafe.values()),
        in_part=collection.in_part,
        left_out=len(collection.left_out - set(naming.unsafe)),
        repeats=collection.repeats,
        rule=str(collection.rule),
        labels_without_images=len(_list_unused(table, naming.studies)),
        ids_without_zeros=count_lost_zeros(collection, table),
        numeric_ids=table.numeric_ids,
        women_under_two_ids=naming.women_under_two_ids,
        views_left_out=views_left_out,
        remarks=table.notes,
    )


def _is_among(path: Path, others: Iterable[Path]) -> bool:
    """Whether a file is one of those that are given beside the folder."""
    try:
        return any(path.samefile(other) for other in others)
    except OSError:
        return False


def _show_paths(
    rejected: Mapping[str, str], shown: Mapping[Path, str], source: Path
) -> dict[str, str]:
    """Refused files by their paths, whatever the cohort's own tables call them."""
    return {
        show_path(path, source): rejected[name]
        for path, name in shown.items()
        if name in rejected
    }


def _note_table(
    writer: CohortWriter, table: LabelTable, named: Sequence[NamedStudy], file: str
) -> None:
    """Note how the table was read, and the rows that no exam took, without the id."""
    for remark in table.notes:
        writer.note(file, remark)
    for row in _list_unused(table, named):
        writer.note(file, f"line {row.line}: no exam takes this row")


def _list_unused(table: LabelTable, named: Sequence[NamedStudy]) -> list[LabelRow]:
    used = {item.label.line for item in named if item.label is not None}
    return [row for row in table.rows if row.line not in used]
