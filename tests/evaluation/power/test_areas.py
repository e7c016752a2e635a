import csv
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

from bsgi.evaluation.areas.auc import compute_placements
from bsgi.evaluation.power.areas import (
    compute_area_power,
    compute_difference_power,
    compute_hanley_variance,
    count_for_area,
    count_for_difference,
    find_detectable_area,
    search_detectable_area,
)
from bsgi.evaluation.readers.mrmc import delong_covariance
from bsgi.evaluation.scored import Scored


def load_asah(shared_folder: Path, marker: str) -> Scored:
    with (shared_folder / "data" / "roc" / "aSAH.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    return Scored(
        labels=np.array([int(row["outcome"] == "Poor") for row in rows]),
        scores=np.array([float(row[marker]) for row in rows]),
    )


def test_agrees_with_the_values_of_proc_for_one_area(shared_folder: Path) -> None:
    """R's pROC 1.19, power.roc.test of one curve and of an area and two numbers."""
    folder = shared_folder / "data" / "roc"
    known = json.loads((folder / "expected.json").read_text())["pROC_aSAH"]["power"]
    area = compute_placements(load_asah(shared_folder, "s100b")).auc
    assert compute_area_power(area, 41, 72) == pytest.approx(
        known["s100b curve, alpha .05"], abs=5e-8
    )
    assert compute_area_power(0.73, 41, 72) == pytest.approx(
        known["ncases 41 ncontrols 72 auc .73 alpha .05"], abs=5e-8
    )


def test_agrees_with_proc(
    require_program: Callable[[str], str], shared_folder: Path
) -> None:
    """R's pROC (1.18 of Debian): numbers for one area, power of two curves."""
    path = shared_folder / "data" / "roc" / "aSAH.csv"
    program = f"""
    suppressPackageStartupMessages(library(pROC))
    for (auc in c(0.6, 0.8, 0.95)) for (kappa in c(0.5, 1, 1.655))
      cat(power.roc.test(auc = auc, power = 0.9, kappa = kappa)$ncases, '\\n')
    data <- read.csv('{path}')
    curves <- lapply(c('wfns', 's100b', 'ndka'), function(name)
      roc(data$outcome, as.numeric(data[[name]]), levels = c('Good', 'Poor'),
          direction = '<', quiet = TRUE))
    for (pair in list(c(1, 2), c(1, 3), c(3, 2)))
      cat(power.roc.test(curves[[pair[1]]], curves[[pair[2]]])$power, '\\n')
    """
    done = subprocess.run(
        [require_program("Rscript"), "-e", program],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    theirs = [float(line) for line in done.stdout.splitlines()]
    ours = [
        float(count_for_area(area, ratio, 0.9))
        for area in (0.6, 0.8, 0.95)
        for ratio in (0.5, 1.0, 1.655)
    ]
    assert ours == list(np.ceil(theirs[:9]))
    markers = ["wfns", "s100b", "ndka"]
    placed = [compute_placements(load_asah(shared_folder, each)) for each in markers]
    covariance = delong_covariance(placed)
    for (one, other), power in zip(((0, 1), (0, 2), (2, 1)), theirs[9:], strict=True):
        own, both = covariance[one, one], covariance[one, other]
        found = compute_difference_power(
            placed[one].auc - placed[other].auc,
            float(2 * own - 2 * both),
            float(own + covariance[other, other] - 2 * both),
        )
        assert found == pytest.approx(power, abs=1e-6)


def test_what_is_detectable_has_the_power_and_needs_the_patients() -> None:
    for variance in (1e-4, 0.002, 0.01):
        for power in (0.5, 0.8, 0.95):
            least = find_detectable_area(variance, power)
            assert least is not None
            found = compute_difference_power(least, variance, variance)
            assert found == pytest.approx(power)
            assert count_for_difference(least * (1 + 1e-9), variance, 45, power) == 45
            assert count_for_difference(least / 2, variance, 45, power) == 180


def test_more_spread_than_an_area_has_detects_nothing() -> None:
    assert find_detectable_area(0.2) is None


def test_a_simulated_difference_is_found_as_often_as_said() -> None:
    """600 studies of 38 + 62 patients, correlated normal scores, areas .75 and .88."""
    rng = np.random.default_rng(8)
    labels = np.repeat([1, 0], [38, 62])
    shifts = np.sqrt(2) * norm.ppf([0.75, 0.88])
    found, variances = 0, []
    for _ in range(600):
        own = rng.normal(size=100) * np.sqrt(0.5)
        scores = shifts[:, None] * labels + own + rng.normal(size=(2, 100)) * 0.5**0.5
        placed = [compute_placements(Scored(labels, each)) for each in scores]
        covariance = delong_covariance(placed)
        variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
        z = (placed[0].auc - placed[1].auc) / np.sqrt(variance)
        found += bool(abs(z) > norm.ppf(0.975))
        variances.append(variance)
    mean = float(np.mean(variances))
    said = compute_difference_power(0.13, mean, mean)
    assert found / 600 == pytest.approx(said, abs=3 * np.sqrt(said * (1 - said) / 600))


def test_refuses_the_impossible() -> None:
    with pytest.raises(ValueError, match="auc must lie between"):
        compute_area_power(0.5, 10, 10)
    with pytest.raises(ValueError, match="both classes must have a patient"):
        compute_area_power(0.8, 0, 10)
    with pytest.raises(ValueError, match="variances must be positive"):
        compute_difference_power(0.1, 0.0, 0.1)
    with pytest.raises(ValueError, match="variance must be positive"):
        find_detectable_area(0.0)
    with pytest.raises(ValueError, match="must not be 0"):
        count_for_difference(0.0, 0.1, 45)
    with pytest.raises(ValueError, match="power must lie between"):
        find_detectable_area(0.1, 1.0)


def test_hanley_and_mcneils_variance_is_that_of_their_model() -> None:
    """Exponential scores of which the malignant are so many times larger."""
    rng = np.random.default_rng(5)
    area = 0.8
    for malignant, benign in ((10, 30), (30, 10)):
        large = rng.exponential(area / (1 - area), size=(4000, malignant, 1))
        areas = (large > rng.exponential(size=(4000, 1, benign))).mean(axis=(1, 2))
        assert areas.mean() == pytest.approx(area, abs=0.01)
        assert areas.var() == pytest.approx(
            compute_hanley_variance(area, malignant, benign), rel=0.1
        )
    assert compute_hanley_variance(1.0, 5, 5) == 0.0
    with pytest.raises(ValueError, match="auc must be 0 to 1"):
        compute_hanley_variance(1.1, 5, 5)


def always(variance: float) -> Callable[[float], float]:
    return lambda difference: variance


def test_a_variance_that_does_not_change_is_searched_as_it_is_solved() -> None:
    for variance in (1e-4, 0.002, 0.03):
        found = search_detectable_area(always(variance), 1.0)
        assert found == pytest.approx(find_detectable_area(variance), abs=2e-9)
    assert search_detectable_area(lambda _: 0.2, 1.0) is None
    assert search_detectable_area(lambda _: 0.002, 0.1) is None
