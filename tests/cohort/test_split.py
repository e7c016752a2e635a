from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsgi.cohort.split import (
    Part,
    Split,
    SplitRow,
    load_split,
    save_split,
    split_stratified,
)
from bsgi.cohort.store import ExamRow
from bsgi.errors import CohortError
from bsgi.exam.record import Label


def _rows(benign: int, malignant: int, exams_each: int = 1) -> list[ExamRow]:
    labels = [Label.BENIGN] * benign + [Label.MALIGNANT] * malignant
    return [
        ExamRow(f"{number:04d}-{rank}", f"{number:04d}", label=label)
        for number, label in enumerate(labels)
        for rank in range(1, exams_each + 1)
    ]


def _count(split: Split, part: Part, rows: list[ExamRow]) -> tuple[int, int]:
    labels = {row.exam_id: row.label for row in rows}
    found = [labels[exam_id] for exam_id in split.exam_ids(part)]
    return found.count(Label.BENIGN), found.count(Label.MALIGNANT)


def test_the_papers_split() -> None:
    """28 + 17 of 144 + 87 for testing, 116 + 70 for training (Yu et al. 2023)."""
    rows = _rows(144, 87)
    split = split_stratified(rows, np.random.default_rng(1))
    assert _count(split, Part.TEST, rows) == (28, 17)
    assert _count(split, Part.TRAIN, rows) == (116, 70)
    assert split.exam_ids(Part.CALIBRATE) == ()
    assert [row.exam_id for row in split.rows] == [row.exam_id for row in rows]


@given(st.integers(5, 60), st.integers(5, 60), st.integers(1, 3), st.integers(0, 2**32))
def test_patients_stay_whole(benign: int, malignant: int, each: int, seed: int) -> None:
    rows = _rows(benign, malignant, each)
    split = split_stratified(rows, np.random.default_rng(seed))
    test = {row.patient_id for row in split.rows if row.part is Part.TEST}
    train = {row.patient_id for row in split.rows if row.part is Part.TRAIN}
    assert not test & train
    assert len(test) == benign // 5 + malignant // 5
    assert len(split.rows) == len(rows)


def test_the_order_of_the_table_does_not_matter() -> None:
    rows = _rows(20, 20)
    first = split_stratified(rows, np.random.default_rng(7))
    second = split_stratified(rows[::-1], np.random.default_rng(7))
    assert first.parts == second.parts
    assert first.parts != split_stratified(rows, np.random.default_rng(8)).parts


def test_a_patient_is_malignant_if_any_exam_is() -> None:
    rows = _rows(10, 5, 2)
    rows[0] = replace(rows[0], label=Label.MALIGNANT)
    split = split_stratified(rows, np.random.default_rng(1), 1 / 3)
    test = {row.patient_id for row in split.rows if row.part is Part.TEST}
    assert len(test) == 9 // 3 + 6 // 3


def test_exams_without_a_label_are_left_out() -> None:
    rows = [*_rows(10, 10), ExamRow("x-1", "x", label=Label.UNKNOWN)]
    assert "x-1" not in split_stratified(rows, np.random.default_rng(1)).parts


@pytest.mark.parametrize(("fraction", "number"), [(0.29, 29), (0.57, 57), (0.58, 58)])
def test_fractions_are_exact(fraction: float, number: int) -> None:
    """In floating point 0.29 * 100 lies below 29."""
    rows = _rows(100, 100)
    split = split_stratified(rows, np.random.default_rng(1), fraction)
    assert _count(split, Part.TEST, rows) == (number, number)


def test_too_few_patients_are_refused() -> None:
    with pytest.raises(CohortError, match=r"needs malignant patients .* got 4; .* 5"):
        split_stratified(_rows(10, 4), np.random.default_rng(1))
    with pytest.raises(ValueError, match="test_fraction must lie in"):
        split_stratified(_rows(10, 10), np.random.default_rng(1), 1.0)


def test_a_given_split_is_honoured() -> None:
    parts = ["train", "test", "calibrate"] * 4
    rows = [
        replace(row, split=part) for row, part in zip(_rows(6, 6), parts, strict=True)
    ]
    rows.append(ExamRow("x-1", "x", label=Label.UNKNOWN))
    split = split_stratified(rows, np.random.default_rng(1))
    assert [str(row.part) for row in split.rows] == parts


@pytest.mark.parametrize(
    ("parts", "match"),
    [
        (["train", "test", ""], "filled for every labelled exam or for none, got 1"),
        (["train", "test", "dev"], "exam 0002-1: part must be train, calibrate, test"),
        (["train", "train", "train"], "must have exams for test"),
    ],
)
def test_a_given_split_must_be_complete(parts: list[str], match: str) -> None:
    rows = [
        replace(row, split=part) for row, part in zip(_rows(2, 1), parts, strict=True)
    ]
    with pytest.raises(CohortError, match=match):
        split_stratified(rows, np.random.default_rng(1))


def test_no_split_divides_a_patient() -> None:
    rows = (SplitRow("a-1", "a", Part.TRAIN), SplitRow("a-2", "a", Part.TEST))
    with pytest.raises(CohortError, match="one part only, got a-1 in train and a-2 in"):
        Split(rows)
    with pytest.raises(CohortError, match="must name a-1 once"):
        Split(rows[:1] * 2)


def test_splits_come_back_as_they_were(tmp_path: Path) -> None:
    split = split_stratified(_rows(10, 10), np.random.default_rng(1))
    save_split(tmp_path / "split.csv", split)
    assert load_split(tmp_path / "split.csv") == split


def test_a_table_with_an_unknown_part_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "split.csv"
    path.write_text("exam_id,patient_id,part\na-1,a,train\nb-1,b,valid\n")
    with pytest.raises(CohortError, match=r"line 3: part must be .* got 'valid'"):
        load_split(path)
    path.write_text("exam_id,patient_id,part\na-1,a,train\na-2,a,test\n")
    with pytest.raises(CohortError, match="one part only"):
        load_split(path)
