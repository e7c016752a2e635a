"""What every report says of a cohort: confounders, and the faults of its check."""

from dataclasses import replace
from pathlib import Path

import pytest
from jinja2 import Environment, PackageLoader

from bsgi.cohort.check.identity import OneWoman
from bsgi.cohort.check.permutation import PermutationCheck
from bsgi.cohort.check.result import CHECK, CheckResult, check_folder, save_check
from bsgi.cohort.store import Cohort
from bsgi.cohort.writer import CohortWriter
from bsgi.provenance import hash_file
from bsgi.reports.confounding import ConfoundingPart, show_confounding
from tests.cohort.check.test_result import FULL
from tests.conftest import make_exam

OFF_CHANCE = PermutationCheck(60, 20, 0.9, 200, 0.7, 0.55, 0.85, 0.1, False)
CLEAN = replace(
    FULL, copies=(), shared_studies=(), divided=(), confounders=(), permutation=None
)


@pytest.fixture
def cohort(tmp_path: Path) -> Cohort:
    with CohortWriter(tmp_path / "c") as writer:
        writer.add(make_exam())
        return writer.finish()


def _show(cohort: Cohort, result: CheckResult) -> ConfoundingPart:
    own = hash_file(cohort.folder / "exams.csv")
    save_check(check_folder(cohort.folder) / CHECK, replace(result, cohort_sha256=own))
    return show_confounding(cohort)


def _print(part: ConfoundingPart) -> str:
    pages = Environment(loader=PackageLoader("bsgi.reports"), autoescape=True)
    page = pages.from_string(
        '{% from "sections.html" import show_confounding %}'
        "{{ show_confounding(confounding) }}"
    )
    return str(page.render(confounding=part))


def test_faults_of_the_check_are_printed(cohort: Cohort) -> None:
    women = (OneWoman(("p1", "p2"), 3), OneWoman(("p3", "p4")))
    part = _show(cohort, replace(FULL, one_woman=women, permutation=OFF_CHANCE))
    starts = (
        "a-1 and b-1 share an acquisition under two patient ids",
        "d-1: its study stood under two patient ids",
        "patient e is in two parts",
        "patients p1 and p2 may be one woman",
        "labels dealt anew",
    )
    assert len(part.faults) == len(starts)
    for fault, start in zip(part.faults, starts, strict=True):
        assert fault.startswith(start)
    text = _print(part)
    assert "The check of this cohort found faults" in text
    assert all(f"<li>{start}" in text for start in starts)


def test_confounders_stand_in_the_table_and_are_no_second_fault(
    cohort: Cohort,
) -> None:
    part = _show(cohort, replace(CLEAN, confounders=FULL.confounders))
    assert part.faults == ()
    assert "site" in part.warning
    assert "found faults" not in _print(part)


def test_without_a_check_there_is_no_word_of_faults(cohort: Cohort) -> None:
    part = show_confounding(cohort)
    assert part.faults == ()
    assert "was not run on this cohort" in part.sentences[1]
