"""Labels that the table of a cohort gives away, and tables that give nothing away."""

import time
from dataclasses import replace

import numpy as np
import pytest

from bsgi.cohort.check.acquisition import Acquisition
from bsgi.cohort.check.confounding import NAMES, find_confounders
from bsgi.cohort.store import ExamRow
from bsgi.exam.record import Label


def draw_rows(seed: int, number: int = 120) -> list[ExamRow]:
    """Exams whose site, camera, date and dose have nothing to do with the label."""
    rng = np.random.default_rng(seed)
    return [
        ExamRow(
            f"{n:04d}-1",
            f"{n:04d}",
            site=str(rng.choice(list("ABC"))),
            camera=str(rng.choice(["one", "two"])),
            label=Label.MALIGNANT if rng.random() < 0.4 else Label.BENIGN,
            dose_mbq=float(rng.normal(740, 30)),
            time_order=int(rng.integers(1, 90)),
        )
        for n in range(number)
    ]


def draw_acquisitions(rows: list[ExamRow], seed: int) -> dict[str, Acquisition]:
    rng = np.random.default_rng(seed)
    return {
        row.exam_id: Acquisition(
            float(rng.lognormal(5)), float(rng.choice([480.0, 600.0])), "64 x 48"
        )
        for row in rows
    }


def test_twenty_tables_without_confounding_raise_none() -> None:
    for seed in range(20):
        rows = draw_rows(seed)
        found = find_confounders(rows, draw_acquisitions(rows, seed))
        assert len(found) == 7  # date twice, no views, origin or matrix that vary
        assert not any(each.found for each in found), seed
        assert {each.name for each in found} <= set(NAMES)


def test_patients_are_the_units_and_not_exams() -> None:
    """Six women of two hospitals do not become evidence by having ten exams each."""
    rows = [
        ExamRow(f"{woman}-{n}", f"{woman}", site="AB"[woman % 2],
                label=Label.MALIGNANT if woman % 2 else Label.BENIGN)
        for woman in range(6) for n in range(10)
    ]  # fmt: skip
    (found,) = find_confounders(rows)
    assert (found.patients, found.malignant) == (6, 3)
    assert found.p == pytest.approx(0.1)
    assert not found.found


def test_a_wave_of_malignant_exams_in_the_middle_is_found() -> None:
    """It leaves no trend, so that a test of ranks alone would pass it."""
    rows = [
        replace(row, time_order=n + 1,
                label=Label.MALIGNANT if 40 <= n < 80 else Label.BENIGN)
        for n, row in enumerate(draw_rows(1))
    ]  # fmt: skip
    found = {each.what: each for each in find_confounders(rows) if each.name == "date"}
    assert not found["order of the study dates"].found
    assert found["period of 5 in time"].found


def test_a_dose_that_only_benign_exams_have_is_found() -> None:
    rows = [
        replace(row, dose_mbq=None if row.label is Label.MALIGNANT else row.dose_mbq)
        for row in draw_rows(2)
    ]
    (found,) = [each for each in find_confounders(rows) if each.found]
    assert (found.name, found.what) == (
        "dose", "injected activity, MBq: whether it is known"
    )  # fmt: skip
    assert "unknown: " in found.detail


def test_strength_and_detail_tell_what_was_found() -> None:
    rows = [
        replace(row, site="A" if row.label is Label.MALIGNANT else "B")
        for row in draw_rows(3)
    ]
    (found,) = [each for each in find_confounders(rows) if each.found]
    malignant = sum(row.label is Label.MALIGNANT for row in rows)
    assert found.measure == "Cramer's V"
    assert found.strength.value == pytest.approx(1.0)
    assert f"A: {malignant} of {malignant} malignant" in found.detail


def test_exams_without_a_label_are_left_out() -> None:
    rows = [replace(row, label=Label.UNKNOWN) for row in draw_rows(4)]
    assert find_confounders(rows) == ()
    assert find_confounders([]) == ()


def test_one_label_only_gives_nothing_to_test() -> None:
    rows = [replace(row, label=Label.BENIGN) for row in draw_rows(5)]
    assert find_confounders(rows) == ()


def test_the_order_of_the_exams_changes_nothing() -> None:
    rows = draw_rows(6)
    assert find_confounders(rows) == find_confounders(rows[::-1])


def test_every_report_can_afford_it() -> None:
    """Under 0.2 s of processor time for 500 exams, several sites with few exams too."""
    rows = [
        replace(row, site=f"site {n % 12}" if n % 9 else f"small {n % 31}")
        for n, row in enumerate(draw_rows(7, 500))
    ]
    acquisitions = draw_acquisitions(rows, 7)
    seconds = []
    for _ in range(3):
        begun = time.process_time()
        find_confounders(rows, acquisitions)
        seconds.append(time.process_time() - begun)
    assert min(seconds) < 0.2
