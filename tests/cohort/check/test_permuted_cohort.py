"""A cohort with labels dealt anew: the same views, other labels, and it says so."""

from pathlib import Path

import numpy as np
import pytest

from bsgi.cohort.check.permuted_cohort import (
    check_labels,
    has_permuted_labels,
    make_permuted_cohort,
)
from bsgi.cohort.check.permuted_labels import permute_labels
from bsgi.cohort.store import Cohort, load_cohort
from bsgi.cohort.writer import CohortWriter
from bsgi.errors import CohortError, OutputError
from bsgi.exam.record import Label, Truth
from tests.conftest import make_exam


@pytest.fixture
def cohort(tmp_path: Path) -> Cohort:
    with CohortWriter(tmp_path / "true") as writer:
        for n in range(12):
            rng = np.random.default_rng(n)
            label = Label.MALIGNANT if n % 3 == 0 else Label.BENIGN
            exam = make_exam(f"{n:04d}-1", rng=rng, label=label)
            writer.add(exam, Truth(()), time_order=n + 1)
        return writer.finish()


def test_views_stay_and_labels_are_dealt(cohort: Cohort, tmp_path: Path) -> None:
    made = make_permuted_cohort(cohort, tmp_path / "dealt", 3)
    assert made.rows == permute_labels(cohort.rows, 3)
    assert made.rows != cohort.rows
    assert load_cohort(tmp_path / "dealt") == made
    for row in cohort.rows:
        one, other = cohort.load_exam(row.exam_id), made.load_exam(row.exam_id)
        for name, view in one.views.items():
            assert np.array_equal(view.counts, other.views[name].counts)
        assert made.load_truth(row.exam_id) is None


def test_it_is_found_again_and_another_is_refused(
    cohort: Cohort, tmp_path: Path
) -> None:
    out = tmp_path / "dealt"
    made = make_permuted_cohort(cohort, out, 3)
    assert make_permuted_cohort(cohort, out, 3).rows == made.rows
    with pytest.raises(OutputError, match="choose another folder"):
        make_permuted_cohort(cohort, out, 4)
    (tmp_path / "taken").mkdir()
    with pytest.raises(OutputError, match="must be free"):
        make_permuted_cohort(cohort, tmp_path / "taken", 3)


def test_permuted_labels_are_kept_to_canaries(cohort: Cohort, tmp_path: Path) -> None:
    made = make_permuted_cohort(cohort, tmp_path / "dealt", 3)
    assert has_permuted_labels(made.folder)
    assert not has_permuted_labels(cohort.folder)
    check_labels(cohort.folder, permuted=False)
    check_labels(made.folder, permuted=True)
    with pytest.raises(CohortError, match="only a canary may learn"):
        check_labels(made.folder, permuted=False)
    with pytest.raises(CohortError, match="must have permuted labels"):
        check_labels(cohort.folder, permuted=True)
    with pytest.raises(CohortError, match="they are permuted"):
        make_permuted_cohort(made, tmp_path / "again", 3)


def test_an_exam_that_is_missing_leaves_nothing(cohort: Cohort, tmp_path: Path) -> None:
    (cohort.folder / "exams" / "0003-1.npz").unlink()
    with pytest.raises(CohortError, match="missing"):
        make_permuted_cohort(cohort, tmp_path / "dealt", 3)
    assert [path.name for path in tmp_path.iterdir()] == ["true"]
