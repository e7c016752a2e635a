"""A folder of DICOM files and a table of labels to a cohort."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bsgi.cohort.writer import CohortWriter, explain_disk_errors
from bsgi.dicom.pseudonyms import Pseudonyms
from bsgi.errors import ConfigError
from bsgi.files import check_vacant
from bsgi.intake.archive import Listing, list_files, name_files, show_path
from bsgi.intake.collect import Progress, collect_views
from bsgi.intake.exams import Adding
from bsgi.intake.found import Collection
from bsgi.intake.labels import NO_LABELS, LabelTable, load_labels
from bsgi.intake.naming import Naming, count_lost_zeros, name_studies
from bsgi.intake.outside import (
    check_apart,
    choose_pseudonyms,
    is_own_table,
    list_outside,
    report_nothing,
)
from bsgi.intake.overrule import Overrules, load_overrules
from bsgi.intake.rules import ImportRules
from bsgi.intake.spool import Spool, open_spool
from bsgi.intake.summary import Counted, ImportSummary, summarize
from bsgi.provenance import describe


def import_folder(
    source: Path,
    labels: Path | None,
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
        labels: Table of pathology; None for a cohort without labels, to look at an
            archive first.
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
        ConfigError: If `source` or `truth` is no folder, `source` holds `out`, or a key
            is given for ids that are kept.
        LabelTableError: If the label table cannot be read without guessing.
        CohortError: If no file gives a view; the reasons are in a table beside `out`.
        OutputError: If `out` is taken or cannot be written.
    """
    rules = rules or ImportRules()
    check_vacant(out)
    table = NO_LABELS if labels is None else load_labels(labels, rules.words)
    overrules = None if rules.overrule is None else load_overrules(rules.overrule)
    for folder in (source, truth):
        if folder is not None and not folder.is_dir():
            raise ConfigError(f"{folder} must be a folder, and it is none.")
    check_apart(out, source)
    found = list_files(source)
    pseudonyms = choose_pseudonyms(key, keep_ids=keep_ids)
    beside = [*filter(None, (labels, rules.overrule, key))]
    files = _drop_tables(found, beside)
    shown = name_files(source, files, hidden=pseudonyms.key is not None)
    task = _Import(
        source, out, shown, found, pseudonyms, table, labels, truth, overrules
    )
    with explain_disk_errors(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        with open_spool(out.parent) as spool:
            collection = collect_views(
                shown, spool, progress, rules=rules.reading, repeats=rules.repeats,
                processes=rules.processes, name_uid=pseudonyms.name_uid,
            )  # fmt: skip
            return task.write(collection, spool, rules.inputs)


@dataclass(frozen=True, slots=True)
class _Import:
    """What an import is of, and where it goes."""

    source: Path
    out: Path
    shown: Mapping[Path, str]
    found: Listing
    pseudonyms: Pseudonyms
    table: LabelTable
    labels: Path | None
    truth: Path | None
    overrules: Overrules | None

    def write(
        self, collection: Collection, spool: Spool, inputs: Mapping[str, Path]
    ) -> ImportSummary:
        """Write the cohort of what was found, and the refused files beside it."""
        naming = name_studies(collection, self.table, self.pseudonyms)
        rejected = {**collection.rejected, **naming.unsafe}
        by_path = [*_show_paths(rejected, self.shown, self.source)]
        by_path += self.found.name_skipped()
        if not naming.studies:
            report_nothing(self.source, self.out, by_path, "DICOM files")
        hidden = self.pseudonyms.key is not None
        skipped = self.found.name_skipped(hidden=hidden)
        # A hospital may name a table after a patient, as it does folders.
        name = "label table" if hidden or self.labels is None else self.labels.name
        inputs = inputs if self.labels is None else {"labels": self.labels, **inputs}
        with CohortWriter(self.out) as writer:
            adding = Adding(writer, spool, self.pseudonyms, self.truth, self.overrules)
            adding.add_all(naming.studies)
            for file, reason in (*rejected.items(), *skipped):
                writer.reject(file, reason)
            _note_table(writer, self.table, naming, name)
            for remark in naming.remarks:
                writer.note("", remark)
            cohort = writer.finish(
                describe("bsgi import", inputs=inputs),
                files=collection.files + len(skipped),
                used=len(adding.files_used),
            )
        list_outside(self.out, by_path, self.pseudonyms)
        counted = _count(collection, naming, self.table, adding.views_left_out)
        return summarize(
            cohort,
            replace(
                counted,
                files=counted.files + len(skipped),
                reasons=(*counted.reasons, *(reason for _, reason in skipped)),
            ),
        )


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
        labels_without_images=len(naming.unused),
        ids_without_zeros=count_lost_zeros(collection, table),
        numeric_ids=table.numeric_ids,
        women_under_two_ids=naming.women_under_two_ids,
        exams_of_two_women=naming.exams_of_two_women,
        views_left_out=views_left_out,
        remarks=(*table.notes, *naming.remarks),
    )


def _drop_tables(found: Listing, beside: Sequence[Path]) -> list[Path]:
    """The files that are to be read as images."""
    return [
        path
        for path in found.files
        if not (_is_among(path, beside) or is_own_table(path, found.folder))
    ]


def _is_among(path: Path, others: Iterable[Path]) -> bool:
    """Whether a file is one of those that are given beside the folder."""
    try:
        return any(path.samefile(other) for other in others)
    except OSError:
        return False


def _show_paths(
    rejected: Mapping[str, str], shown: Mapping[Path, str], source: Path
) -> Iterator[tuple[str, str]]:
    """Refused files by their paths, whatever the cohort's own tables call them."""
    for path, name in shown.items():
        if name in rejected:
            yield show_path(path, source), rejected[name]


def _note_table(
    writer: CohortWriter, table: LabelTable, naming: Naming, file: str
) -> None:
    """Note how the table was read, and the rows that no exam took, without the id."""
    for remark in table.notes:
        writer.note(file, remark)
    for line, why in naming.unused:
        writer.note(file, f"line {line}: no exam takes this row: {why}")
