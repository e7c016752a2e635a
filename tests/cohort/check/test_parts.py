"""Splits as they stand, and whom they divide."""

from pathlib import Path

import pytest

from bsgi.cohort.check.parts import (
    GIVEN,
    count_crossings,
    find_divided,
    list_given_parts,
    load_parts,
)
from bsgi.cohort.store import ExamRow
from bsgi.errors import CohortError
from bsgi.files import save_csv

ROWS = [
    ExamRow("a-1", "a", split="train"),
    ExamRow("a-2", "a", split="test"),
    ExamRow("b-1", "b", split="test"),
]
FOLDS = ("repeat", "fold", "title", "exam_id", "patient_id", "part")


def test_the_cohorts_own_column_is_a_split() -> None:
    (given,) = list_given_parts(ROWS)
    assert given.name == GIVEN
    (found,) = find_divided(ROWS, [given])
    assert (found.patient_id, found.splits) == ("a", 1)
    assert found.parts == ("test: a-2", "train: a-1")
    assert list_given_parts([ExamRow("a-1", "a")]) == ()


def test_patients_are_those_of_the_cohort_and_not_of_the_table(tmp_path: Path) -> None:
    """A table that gives her second exam another id does not hide her."""
    rows = [("a-1", "a", "train"), ("a-2", "other", "test"), ("b-1", "b", "test")]
    save_csv(tmp_path / "s.csv", ("exam_id", "patient_id", "part"), rows)
    parts = load_parts(tmp_path / "s.csv")
    assert [each.patient_id for each in find_divided(ROWS, parts)] == ["a"]


def test_every_split_of_a_study_is_looked_at(tmp_path: Path) -> None:
    rows = [
        (repeat, 0, "one split", exam, exam[0], part)
        for repeat, parts in enumerate(("train train test", "train test test"))
        for exam, part in zip(("a-1", "a-2", "b-1"), parts.split(), strict=True)
    ]
    save_csv(tmp_path / "splits.csv", FOLDS, rows)
    parts = load_parts(tmp_path)
    assert [each.name for each in parts] == ["repeat 0, fold 0", "repeat 1, fold 0"]
    (found,) = find_divided(ROWS, parts)
    assert found.split == "repeat 1, fold 0"
    assert count_crossings("a-1", "b-1", parts) == 2
    assert count_crossings("a-1", "a-2", parts) == 1
    assert count_crossings("a-1", "gone", parts) == 0


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([("a-1", "a", "rest")], "part must be train"),
        ([("a-1", "a", "train"), ("a-1", "a", "train")], "must name a-1 once"),
    ],
)
def test_what_is_no_split_is_refused(
    tmp_path: Path, rows: list[tuple[str, str, str]], says: str
) -> None:
    save_csv(tmp_path / "s.csv", ("exam_id", "patient_id", "part"), rows)
    with pytest.raises(CohortError, match=says):
        load_parts(tmp_path / "s.csv")


def test_a_split_of_other_exams_is_refused(tmp_path: Path) -> None:
    save_csv(
        tmp_path / "s.csv", ("exam_id", "patient_id", "part"), [("z", "z", "test")]
    )
    with pytest.raises(CohortError, match="exams of the cohort, got z"):
        find_divided(ROWS, load_parts(tmp_path / "s.csv"))
    with pytest.raises(CohortError, match=r"must hold splits\.csv or split\.csv"):
        load_parts(tmp_path)
