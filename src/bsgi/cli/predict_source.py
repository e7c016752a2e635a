"""Where the exams of `bsgi predict` come from: a cohort, or a folder of DICOM files."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bsgi.cli.terminal import Progress
from bsgi.errors import ConfigError
from bsgi.exam.record import Exam, Label

if TYPE_CHECKING:
    from bsgi.dicom.pseudonyms import Pseudonyms
    from bsgi.intake.naming import NamedStudy
    from bsgi.intake.spool import Spool


@dataclass(frozen=True, slots=True)
class ExamSource:
    """Exams one after the other, and what is known of them.

    Args:
        exams: Read as they are needed.
        number: How many there are.
        labels: Pathology of those that have one.
        rejected: Reason of each file that gave no view.
        inputs: Files to be recorded, by what they are.
        notes: What is worth a look, as pairs of exam and note.
    """

    exams: Iterator[Exam]
    number: int
    labels: Mapping[str, Label]
    rejected: Mapping[str, str]
    inputs: Mapping[str, Path]
    notes: tuple[tuple[str, str], ...] = ()


@contextmanager
def open_source(
    source: Path,
    out: Path,
    *,
    key: Path | None,
    keep_ids: bool,
    progress: Progress,
) -> Iterator[ExamSource]:
    """The exams of a folder, whichever it is.

    Args:
        source: A cohort, or a folder of DICOM files.
        out: Where results will lie; refused files are listed beside it by their paths.
        key: File with the secret key of pseudonyms.
        keep_ids: Whether ids stay as they are.
        progress: Called after every DICOM file.

    Yields:
        The exams, until the block ends.

    Raises:
        ConfigError: If `source` is no folder, or ids of a cohort are to be changed.
        CohortError: If the cohort is damaged, or no file gives a view.
    """
    if not source.is_dir():
        raise ConfigError(
            f"{source} must be a cohort or a folder of DICOM files, and it is none."
        )
    if not (source / "cohort.json").exists():
        with _open_files(source, out, key, keep_ids, progress) as found:
            yield found
        return
    if key is not None or keep_ids:
        raise ConfigError(
            f"{source} is a cohort, whose ids are settled; leave --key and --keep-ids "
            "out."
        )
    yield _open_cohort(source)


def _open_cohort(folder: Path) -> ExamSource:
    from bsgi.cohort.store import load_cohort

    cohort = load_cohort(folder)
    return ExamSource(
        exams=(cohort.load_exam(row.exam_id) for row in cohort.rows),
        number=len(cohort.rows),
        labels={row.exam_id: row.label for row in cohort.rows},
        rejected={},
        inputs={"exams.csv": folder / "exams.csv"},
    )


@contextmanager
def _open_files(
    source: Path, out: Path, key: Path | None, keep_ids: bool, progress: Progress
) -> Iterator[ExamSource]:
    from bsgi.intake.archive import list_files, name_files, show_path
    from bsgi.intake.collect import collect_views
    from bsgi.intake.labels import NO_LABELS
    from bsgi.intake.naming import name_studies
    from bsgi.intake.outside import (
        check_apart,
        choose_pseudonyms,
        is_own_table,
        list_outside,
        report_nothing,
    )
    from bsgi.intake.spool import open_spool

    check_apart(out, source)
    listing = list_files(source)
    pseudonyms = choose_pseudonyms(key, keep_ids=keep_ids)
    files = [
        path
        for path in listing.files
        if not (is_own_table(path, source) or (key and path.samefile(key)))
    ]
    hidden = pseudonyms.key is not None
    shown = name_files(source, files, hidden=hidden)
    out.parent.mkdir(parents=True, exist_ok=True)
    with open_spool(out.parent) as spool:
        collection = collect_views(shown, spool, progress)
        naming = name_studies(collection, NO_LABELS, pseudonyms)
        rejected = {**collection.rejected, **naming.unsafe}
        by_path = [
            (show_path(path, source), rejected[name])
            for path, name in shown.items()
            if name in rejected
        ]
        by_path += listing.name_skipped()
        rejected |= dict(listing.name_skipped(hidden=hidden))
        if not naming.studies:
            report_nothing(source, out, by_path, "DICOM files")
        yield ExamSource(
            exams=_build_exams(naming.studies, spool, pseudonyms),
            number=len(naming.studies),
            labels={},
            rejected=rejected,
            inputs={},
            notes=tuple(
                (named.exam_id, note)
                for named in naming.studies
                for note in (*named.notes, *(note for _, note in named.study.all_notes))
            ),
        )
        list_outside(out, by_path, pseudonyms)


def _build_exams(
    studies: "tuple[NamedStudy, ...]", spool: "Spool", pseudonyms: "Pseudonyms"
) -> Iterator[Exam]:
    from bsgi.intake.exams import build_exam

    for named in studies:
        sources = [spool.load(item.place) for item in named.study.views]
        yield build_exam(named, sources, pseudonyms)[0]
