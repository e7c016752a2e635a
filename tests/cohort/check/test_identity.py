"""One woman under two ids: what the import noted is read, and splits are held to it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bsgi.cohort.check.identity import ONE_WOMAN, OneWoman, find_one_woman
from bsgi.cohort.check.parts import Parts
from bsgi.cohort.check.result import CheckResult
from bsgi.cohort.check.wording import list_faults, list_hints
from bsgi.cohort.store import Cohort
from bsgi.cohort.writer import CohortWriter
from tests.cohort.check.test_result import FULL
from tests.conftest import make_exam

Noted = Callable[[dict[str, str]], Cohort]
CLEAN = replace(
    FULL, copies=(), shared_studies=(), divided=(), confounders=(), permutation=None,
    alike=(), blank=0,
)  # fmt: skip


@pytest.fixture
def noted(tmp_path: Path) -> Noted:
    """A cohort of five patients with the import's note on some of them."""

    def write(others: dict[str, str]) -> Cohort:
        with CohortWriter(tmp_path / "cohort") as writer:
            for patient in "abcde":
                named = others.get(patient)
                note = f"{ONE_WOMAN}: name and birth date are also those of patient "
                writer.add(
                    replace(make_exam(f"{patient}-1"), patient_id=patient),
                    notes=[("", note + named)] if named else [],
                )
            return writer.finish()

    return write


def _split(**parts: str) -> Parts:
    of_exam = {f"{patient}-1": part for patient, part in parts.items()}
    return Parts("split.csv", of_exam, {exam: exam[0] for exam in of_exam})


def test_patients_that_name_each_other_are_one_group(noted: Noted) -> None:
    cohort = noted({"a": "b", "b": "a", "c": "d, e", "d": "c", "e": "c"})
    assert find_one_woman(cohort, ()) == (
        OneWoman(("a", "b")),
        OneWoman(("c", "d", "e")),
    )
    assert find_one_woman(noted_nothing(cohort), ()) == ()


def noted_nothing(cohort: Cohort) -> Cohort:
    (cohort.folder / "notes.csv").unlink()
    return cohort


def test_splits_that_part_her_are_counted(noted: Noted) -> None:
    cohort = noted({"a": "b", "b": "a"})
    splits = (
        _split(a="train", b="train", c="test"),
        _split(a="train", b="test"),
        _split(a="test", b="train"),
        _split(a="test"),
    )
    assert find_one_woman(cohort, splits) == (OneWoman(("a", "b"), 2),)


def _with(parted: int) -> CheckResult:
    return replace(CLEAN, one_woman=(OneWoman(("a", "b"), parted),))


def test_she_is_a_hint_and_a_fault_where_a_split_parts_her() -> None:
    said = "patients a and b may be one woman: name and birth date are equal in the "
    assert list_faults(_with(0)) == ()
    assert list_hints(_with(0)) == (
        f"{said}files; give her one id before anything is split",
    )
    assert list_hints(_with(1)) == ()
    assert list_faults(_with(1)) == (
        f"{said}files, and 1 split has them in different parts; give her one id, or "
        "keep her exams in one part",
    )
    assert "2 splits have" in list_faults(_with(2))[0]
