"""Means and differences of several readings of the same exams, against MRMCaov."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from jaxtyping import Float

from bsgi.evaluation.areas.auc import Placements, compute_auc, compute_placements
from bsgi.evaluation.readers.mrmc import (
    compare_areas,
    delong_covariance,
    estimate_area_difference,
    estimate_mean_area,
)
from bsgi.evaluation.scored import Scored

Areas = Float[np.ndarray, " reading"]
Matrix = Float[np.ndarray, "reading reading"]


def areas_of(readings: list[Scored]) -> Areas:
    return np.array([compute_auc(each) for each in readings])


def covariance_of(readings: list[Scored]) -> Matrix:
    return delong_covariance([compute_placements(each) for each in readings])


def jackknife(readings: list[Scored]) -> Matrix:
    """Covariance of AUCs by leaving out each exam, as MRMCaov does by default."""
    count = len(readings[0].labels)
    left_out = np.array(
        [
            [
                compute_auc(
                    Scored(np.delete(each.labels, exam), np.delete(each.scores, exam))
                )
                for exam in range(count)
            ]
            for each in readings
        ]
    )
    return np.asarray(np.cov(left_out) * (count - 1) ** 2 / count)


def load_van_dyke(shared_folder: Path) -> list[Scored]:
    """Five readers, each with the first method, then each with the second."""
    with (shared_folder / "data" / "roc" / "VanDyke.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    rows.sort(key=lambda row: int(row["case"]))
    return [
        Scored(
            np.array([int(row["truth"]) for row in own]),
            np.array([float(row["rating"]) for row in own]),
        )
        for treatment in "12"
        for reader in "12345"
        if (
            own := [
                row
                for row in rows
                if row["treatment"] == treatment and row["reader"] == reader
            ]
        )
    ]


def test_agrees_with_mrmcaov_on_van_dyke(shared_folder: Path) -> None:
    """MRMCaov prints for empirical areas with the jackknife: difference -0.04380032,
    15.25967 degrees of freedom, interval -0.0879594986 to 0.0003588544."""
    readings = load_van_dyke(shared_folder)
    areas = areas_of(readings)
    assert areas[:5].mean() == pytest.approx(0.897037, abs=1e-6)
    found = estimate_area_difference(areas[:5], areas[5:], jackknife(readings))
    assert found.value == pytest.approx(-0.04380032, abs=1e-8)
    assert found.freedom == pytest.approx(15.25967, abs=1e-5)
    assert found.lower == pytest.approx(-0.0879594986, abs=1e-9)
    assert found.upper == pytest.approx(0.0003588544, abs=1e-9)
    # DeLong's covariances differ from the jackknife's by a share of 1 / exams
    ours = estimate_area_difference(areas[:5], areas[5:], covariance_of(readings))
    assert ours.lower == pytest.approx(found.lower, abs=2e-4)
    assert ours.upper == pytest.approx(found.upper, abs=2e-4)


def draw(
    rng: np.random.Generator, trainings: int, exams: int, gain: float
) -> list[Scored]:
    """Two kinds of trainings that share their exams and, pair by pair, their luck."""
    labels = np.arange(exams) % 2
    exam = rng.normal(size=exams)
    luck = rng.normal(size=(trainings, 1)) * 0.3
    readings = []
    for kind in range(2):
        own = rng.normal(size=(trainings, 1)) * 0.2
        noise = rng.normal(size=(trainings, exams)) * 0.7
        signal = labels * (1.0 + gain * kind + luck + own)
        readings += [Scored(labels, each) for each in exam + noise + signal]
    return readings


def test_intervals_cover_the_mean_over_trainings_and_patients() -> None:
    """Nominal 95 %; 300 drawn studies have a standard error of 1.3 %."""
    rng = np.random.default_rng(4)
    truth = np.array(
        [areas_of(draw(rng, 40, 2000, 0.5)).reshape(2, -1).mean(axis=1)
         for _ in range(10)]
    ).mean(axis=0)  # fmt: skip
    hits = np.zeros(2)
    for _ in range(300):
        readings = draw(rng, 3, 120, 0.5)
        areas, covariance = areas_of(readings), covariance_of(readings)
        mean = estimate_mean_area(areas[:3], covariance[:3, :3])
        apart = estimate_area_difference(areas[:3], areas[3:], covariance)
        hits += (
            mean.lower <= truth[0] <= mean.upper,
            apart.lower <= truth[0] - truth[1] <= apart.upper,
        )
    assert (hits > 0.92 * 300).all(), hits / 300


def test_one_training_has_delongs_interval() -> None:
    one, two = draw(np.random.default_rng(1), 1, 60, 0.2)
    first, second = compute_placements(one), compute_placements(two)
    covariance = delong_covariance([first, second])
    mean = estimate_mean_area(np.array([first.auc]), covariance[:1, :1])
    assert first.variance is not None
    assert mean.upper - mean.value == pytest.approx(1.959964 * first.variance**0.5)
    assert math.isinf(mean.freedom)
    apart = estimate_area_difference(
        np.array([first.auc]), np.array([second.auc]), covariance
    )
    paired = Placements(
        first.malignant - second.malignant, first.benign - second.benign
    )
    assert paired.variance is not None
    assert apart.upper - apart.value == pytest.approx(1.959964 * paired.variance**0.5)


def test_equal_trainings_count_as_one() -> None:
    """Repeating a training without any change tells nothing new of patients."""
    one = draw(np.random.default_rng(2), 1, 60, 0.2)[0]
    areas, covariance = areas_of([one] * 4), covariance_of([one] * 4)
    alone = estimate_mean_area(areas[:1], covariance[:1, :1])
    together = estimate_mean_area(areas, covariance)
    assert together.lower == pytest.approx(alone.lower)
    same = estimate_area_difference(areas[:2], areas[2:], covariance)
    assert (same.value, same.lower, same.upper) == (0.0, 0.0, 0.0)


def test_trainings_must_come_in_pairs() -> None:
    with pytest.raises(ValueError, match="in pairs, got 2 and 1"):
        estimate_area_difference(np.ones(2), np.ones(1), np.eye(3))
    single = Placements(np.ones(1), np.ones(5))
    with pytest.raises(ValueError, match="two exams of each label"):
        delong_covariance([single, single])


def draw_pair(rng: np.random.Generator, exams: int) -> tuple[Scored, Scored]:
    labels = np.arange(exams) % 2
    common = rng.normal(size=exams) + 1.2 * labels
    first, second = (common + rng.normal(0.0, s, exams) for s in (0.3, 0.9))
    return Scored(labels, first), Scored(labels, np.round(second, 1))


def test_two_readings_have_delongs_covariance_of_all_pairs() -> None:
    first, second = draw_pair(np.random.default_rng(4), 90)
    wins = []
    for scored in (first, second):
        ill = scored.scores[scored.labels == 1][:, None]
        well = scored.scores[scored.labels == 0][None, :]
        wins.append((ill > well) + 0.5 * (ill == well))
    areas = [each.mean() for each in wins]
    ill = np.cov([each.mean(axis=1) for each in wins])
    well = np.cov([each.mean(axis=0) for each in wins])
    both = ill / ill_count(first) + well / ill_count(first)
    error = np.sqrt(both[0, 0] + both[1, 1] - 2 * both[0, 1])
    found = compare_areas(first, second)
    assert found.value == pytest.approx(areas[0] - areas[1])
    assert found.upper - found.value == pytest.approx(1.959964 * error)
    assert found.value - found.lower == pytest.approx(1.959964 * error)


def ill_count(scored: Scored) -> int:
    return scored.malignant  # as many as benign here


def test_the_interval_of_two_readings_covers_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    true = np.mean([compare_areas(*draw_pair(rng, 4000)).value for _ in range(10)])
    hits = [x.lower <= true <= x.upper for x in (
        compare_areas(*draw_pair(rng, 120)) for _ in range(400)
    )]  # fmt: skip
    assert np.mean(hits) == pytest.approx(0.95, abs=0.035)


def test_readings_of_other_exams_are_refused() -> None:
    first, second = draw_pair(np.random.default_rng(6), 20)
    other = Scored(1 - second.labels, second.scores)
    with pytest.raises(ValueError, match="same exams"):
        compare_areas(first, other)
