"""splits.csv as a hand may have changed it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bsgi.cohort.folds import Fold, load_folds, save_folds
from bsgi.cohort.split import Part, Split, SplitRow
from bsgi.errors import CohortError

HEADER = "repeat,fold,title,exam_id,patient_id,part\n"
LINES = [
    f"{repeat},{fold},fold {fold},{exam},{exam[0]},{part}\n"
    for repeat in range(2)
    for fold in range(2)
    for exam, part in (("a-1", "train"), ("a-2", "train"), ("b-1", "test"))
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "splits.csv"
    path.write_text(HEADER + "".join(LINES))
    return path


def _edit(line: int, old: str, new: str) -> Callable[[list[str]], list[str]]:
    def edit(lines: list[str]) -> list[str]:
        assert old in lines[line]
        changed = lines[line].replace(old, new, 1)
        return [*lines[:line], changed, *lines[line + 1 :]]

    return edit


def test_lines_may_stand_in_any_order(path: Path) -> None:
    plan = load_folds(path)
    numbers = [(fold.repeat, fold.fold, fold.title) for fold in plan]
    assert numbers == [(r, f, f"fold {f}") for r in range(2) for f in range(2)]
    assert plan[3].split.exam_ids(Part.TRAIN) == ("a-1", "a-2")
    order = np.random.default_rng(1).permutation(len(LINES))
    path.write_text(HEADER + "".join(LINES[index] for index in order))
    shuffled = load_folds(path)
    assert [fold.split.parts for fold in shuffled] == [f.split.parts for f in plan]


@pytest.mark.parametrize(
    ("damage", "match"),
    [
        (_edit(4, "train", "test"),
         "repeat 0, fold 1: a patient must be in one part only, got a-1 in train and"),
        (_edit(4, "a-2", "a-1"), "repeat 0, fold 1: a split must name a-1 once"),
        (_edit(4, "train", "valid"), "line 6: part must be train, cal"),
        (_edit(5, "b-1,b,test", "b-1,b,train"), "must have exams for test, got none"),
        (lambda lines: lines[:3] + lines[6:], "got none for repeat 0, fold 1"),
        (lambda lines: lines[3:], "got none for repeat 0, fold 0"),
        (lambda lines: lines[:9], "folds 0 to 1 in each of repeats 0 to 1, got none for"
         " repeat 1, fold 1"),
        (lambda _: [], "must have at least one split, got none"),
        (_edit(0, "0,0", "-1,0"), "line 2: repeat must be a number from 0, got '-1'"),
        (_edit(0, "0,0", "0,x"), "line 2: fold must be a number from 0, got 'x'"),
        (_edit(0, "0,0", "0,"), "line 2: fold must be a number from 0, got ''"),
        (_edit(0, "0,0", f"0,{'9' * 5000}"), "line 2: fold must be a number from 0"),
        (_edit(0, "0,0", "999999,999999"), "got none for repeat 0, fold 2"),
        (_edit(7, "fold 0", "other"), "fold 0 must have one title, got 'fold 0' and"),
    ],
)  # fmt: skip
def test_a_table_that_was_changed_by_hand_is_refused(
    path: Path, damage: Callable[[list[str]], list[str]], match: str
) -> None:
    path.write_text(HEADER + "".join(damage(LINES)))
    with pytest.raises(CohortError, match=match) as caught:
        load_folds(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_any_single_exam_moved_to_the_other_part_is_noticed(path: Path) -> None:
    """Of a woman with two exams; a woman with one exam is wholly moved."""
    for number, line in enumerate(LINES):
        if ",a," in line:
            lines = _edit(number, "train", "test")(LINES)
            path.write_text(HEADER + "".join(lines))
            with pytest.raises(CohortError, match="in one part only"):
                load_folds(path)


def test_a_column_must_be_there(path: Path) -> None:
    path.write_text(path.read_text().replace("title", "name", 1))
    with pytest.raises(CohortError, match="must have the column 'title'"):
        load_folds(path)
    path.unlink()
    with pytest.raises(CohortError, match=r"splits\.csv is missing"):
        load_folds(path)


def test_what_is_written_has_no_hole_either(tmp_path: Path) -> None:
    split = Split((SplitRow("a-1", "a", Part.TRAIN), SplitRow("b-1", "b", Part.TEST)))
    fold = Fold(0, 0, 'site "A",\nB', split)
    path = tmp_path / "splits.csv"
    save_folds(path, [fold])
    assert load_folds(path) == (fold,)
    for folds, match in (
        ([], "at least one split"),
        ([replace(fold, repeat=1)], "got none for repeat 0, fold 0"),
        ([replace(fold, repeat=1), fold], "once, in order"),
        ([fold, fold], "once, in order"),
        ([fold, replace(fold, repeat=1, title="x")], "fold 0 must have one title"),
    ):
        with pytest.raises(CohortError, match=match):
            save_folds(tmp_path / "other.csv", folds)
    assert not (tmp_path / "other.csv").exists()
