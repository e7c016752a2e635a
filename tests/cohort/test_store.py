from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bsgi.cohort.store import COLUMNS, ExamRow, format_row, is_safe_id, load_cohort
from bsgi.cohort.writer import CohortWriter
from bsgi.errors import CohortError
from bsgi.exam.record import Label, ViewName
from tests.cohort.test_arrays import TRUTH
from tests.conftest import make_exam


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A cohort of three exams of two women, one of them with truth."""
    rng = np.random.default_rng(2)
    with CohortWriter(tmp_path / "cohort") as writer:
        writer.add(make_exam("0002-1", rng=rng, label=Label.MALIGNANT), TRUTH)
        writer.add(make_exam("0001-2", rng=rng, views=(ViewName.RMLO, ViewName.LCC)))
        writer.add(make_exam("0001-1", rng=rng, label=Label.UNKNOWN), quality="doubt")
        writer.finish()
    return tmp_path / "cohort"


def test_exams_come_back_in_the_order_of_their_names(folder: Path) -> None:
    cohort = load_cohort(folder)
    assert [row.exam_id for row in cohort.rows] == ["0001-1", "0001-2", "0002-1"]
    assert not cohort.simulated
    rng = np.random.default_rng(2)
    exam = make_exam("0002-1", rng=rng, label=Label.MALIGNANT)
    loaded = cohort.load_exam("0002-1")
    assert loaded.patient_id == "0002"  # leading zeros count
    assert loaded.label is Label.MALIGNANT
    assert (loaded.age_years, loaded.dose_mbq) == (50.0, 740.0)
    for name, view in exam.views.items():
        np.testing.assert_array_equal(loaded.views[name].counts, view.counts)


def test_missing_views_stay_missing(folder: Path) -> None:
    cohort = load_cohort(folder)
    assert cohort.find_row("0001-2").views == (ViewName.LCC, ViewName.RMLO)
    assert cohort.load_exam("0001-2").present() == (ViewName.LCC, ViewName.RMLO)


def test_quality_and_truth_are_passed_through(folder: Path) -> None:
    cohort = load_cohort(folder)
    assert cohort.find_row("0001-1").quality == "doubt"
    assert cohort.load_truth("0001-1") is None
    truth = cohort.load_truth("0002-1")
    assert truth is not None
    assert truth.lesions == TRUTH.lesions


def test_an_unknown_exam_is_named(folder: Path) -> None:
    cohort = load_cohort(folder)
    for ask in (cohort.load_exam, cohort.load_truth):
        with pytest.raises(CohortError, match=r"has no exam '815'; see its exams.csv"):
            ask("815")


@pytest.mark.parametrize("age", [None, 0.1 + 0.2, 53.0, 1 / 3])
def test_numbers_come_back_exactly(tmp_path: Path, age: float | None) -> None:
    row = ExamRow("a-1", "a", age_years=age, dose_mbq=740.0)
    texts = dict(zip(COLUMNS, format_row(row), strict=True))
    assert texts["dose_mbq"] == "740"
    assert (float(texts["age"]) if texts["age"] else None) == age


def test_the_rank_in_time_comes_back(tmp_path: Path) -> None:
    folder = tmp_path / "cohort"
    with CohortWriter(folder) as writer:
        for name, rank in (("a-1", 2), ("b-1", None), ("c-1", 2), ("d-1", 1)):
            writer.add(make_exam(name), time_order=rank)
        written = writer.finish()
    assert load_cohort(folder).rows == written.rows
    assert [row.time_order for row in written.rows] == [2, None, 2, 1]
    with pytest.raises(CohortError, match="time_order of a-1 must be 1 or more, got 0"):
        ExamRow("a-1", "a", time_order=0)


def test_a_cohort_that_was_written_before_knows_no_order(folder: Path) -> None:
    path = folder / "exams.csv"
    lines = path.read_text().splitlines()
    assert lines[0].endswith(",simulated,time_order")
    path.write_text("".join(f"{line.rpartition(',')[0]}\n" for line in lines))
    assert {row.time_order for row in load_cohort(folder).rows} == {None}


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "x", "\u0663", "9" * 5000])
def test_a_rank_that_is_none_is_refused(folder: Path, text: str) -> None:
    path = folder / "exams.csv"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], lines[1] + text, *lines[2:]]) + "\n")
    with pytest.raises(CohortError, match=r"exams.csv, line 2: time_order .*must be"):
        load_cohort(folder)


@pytest.mark.parametrize(
    ("text", "safe"),
    [("SIM00001-1", True), ("00815-1", True), ("a.b_c-1", True), ("", False),
     ("..", False), ("../a", False), ("a/b", False), ("a\\b", False), ("-a", False),
     ("a\n", False), ("ä", False), ("a" * 101, False), ("a.", False)],
)  # fmt: skip
def test_names_of_exams_can_name_files(text: str, safe: bool) -> None:
    assert is_safe_id(text) is safe
    if not safe:
        with pytest.raises(CohortError, match="to name a file"):
            ExamRow(text, "p")


def _edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        path = folder / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    return edit


def _remove(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


@pytest.mark.parametrize(
    ("damage", "match"),
    [
        (_remove("cohort.json"), "cohort.json is missing; is .* the right folder"),
        (_remove("exams.csv"), "exams.csv is missing"),
        (_edit("cohort.json", '"format_version": 1', '"format_version": 9'),
         "must have format_version 1, got 9"),
        (_edit("cohort.json", '"exams": 3', '"exams": 4'), "must have 4 exams as coh"),
        (_edit("exams.csv", "dose_mbq", "dose"), "must have the column 'dose_mbq'"),
        (_edit("exams.csv", "0001-2", "0001-1"), "each exam once, got 0001-1 twice"),
        (_edit("exams.csv", "0001-2", "../x"), "line 3: exam_id must be"),
        (_edit("exams.csv", "test camera,1", "test camera,2"), "line 4: '2' is not a"),
        (_edit("exams.csv", ",50,", ",old,"), "line 2: could not convert"),
        (_edit("exams.csv", ",1,0,0,1,", ",1,0,0,yes,"), "RMLO must be 0 or 1"),
        (_edit("exams.csv", ",1,0,0,1,", ",0,0,0,0,"), "must have at least one view"),
    ],
)  # fmt: skip
def test_a_damaged_table_is_refused(
    folder: Path, damage: Callable[[Path], None], match: str
) -> None:
    damage(folder)
    with pytest.raises(CohortError, match=match) as caught:
        load_cohort(folder)
    assert str(folder) in str(caught.value)


def test_a_damaged_exam_is_refused_with_its_path(folder: Path) -> None:
    cohort = load_cohort(folder)
    path = folder / "exams" / "0001-1.npz"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(CohortError, match=r"exams/0001-1\.npz is damaged"):
        cohort.load_exam("0001-1")
    (folder / "exams" / "0001-2.npz").rename(path)
    with pytest.raises(CohortError, match=r"views that exams\.csv names, got LCC, RML"):
        cohort.load_exam("0001-1")
    with pytest.raises(CohortError, match=r"0001-2\.npz is missing"):
        cohort.load_exam("0001-2")


def test_a_folder_that_is_no_cohort_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CohortError, match=r"cohort.json is missing"):
        load_cohort(tmp_path)
