"""A whole archive through the importer: nothing wrong, nothing lost, all said.

The archive is made in `tests/archive` from the standard, apart from the importer.
"""

from dataclasses import dataclass
from pathlib import Path

import pytest

from bsgi.intake.folder import import_folder
from bsgi.intake.summary import ImportSummary
from tests.archive.law import Failure, Imported, judge, tabulate
from tests.archive.studies import Study, make_archive, write_archive


@dataclass(frozen=True, slots=True)
class Done:
    """An archive and what became of it."""

    studies: list[Study]
    summary: ImportSummary
    failures: list[Failure]

    @property
    def cohort(self) -> Path:
        return self.summary.cohort


def write_labels(path: Path, studies: list[Study]) -> Path:
    """A label table with a row for every patient."""
    patients = dict.fromkeys(study.patient_id for study in studies if study.patient_id)
    rows = [f"{patient},{number % 2}\n" for number, patient in enumerate(patients)]
    path.write_text("patient_id,label\n" + "".join(rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    folder = tmp_path_factory.mktemp("archive")
    studies = make_archive(seed=20)
    write_archive(studies, folder / "source")
    labels = write_labels(folder / "labels.csv", studies)
    summary = import_folder(folder / "source", labels, folder / "cohort", keep_ids=True)
    return Done(studies, summary, judge(folder / "cohort", studies))


def test_the_archive_is_large(done: Done) -> None:
    assert len(done.studies) >= 400
    assert done.summary.files == sum(len(study.files) for study in done.studies)
    assert done.summary.files >= 1500


@pytest.mark.parametrize(
    "kinds",
    [
        ("wrong view", "wrong acceptance", "wrong patient", "unknown"),
        ("silent loss", "in two places", "refused twice", "lost", "not left out"),
        ("wrong refusal",),
        ("wrong counts", "wrong mirroring", "wrong duration", "wrong window"),
        ("torn exam", "not noted"),
        ("reason is not of", "unreadable reason"),
    ],
    ids=lambda kinds: kinds[0],
)
def test_no_file_came_to_what_it_must_not(done: Done, kinds: tuple[str, ...]) -> None:
    found = [failure for failure in done.failures if failure.kind.startswith(kinds)]
    assert not found, "\n" + tabulate(found)


def test_no_failure_is_of_another_kind(done: Done) -> None:
    assert not done.failures, "\n" + tabulate(done.failures)


def test_what_may_be_refused_is_little(done: Done) -> None:
    """A program that refuses everything in doubt would pass all else."""
    files = [file for study in done.studies for file in study.files]
    verdicts = [file.verdict for file in files]
    assert verdicts.count("view") > 0.5 * len(files)
    assert verdicts.count("either") < 0.2 * len(files)


def test_a_patient_is_her_id_as_a_text(done: Done) -> None:
    """Leading zeros count, and two studies of one patient are two exams of hers."""
    exams = {row["exam_id"]: row["patient_id"] for row in Imported(done.cohort).exams}
    for patient_id in ("00815", "0815", "815"):
        assert exams[f"{patient_id}-1"] == patient_id
    assert (exams["TWICE-1"], exams["TWICE-2"]) == ("TWICE", "TWICE")
