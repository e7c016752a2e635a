import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit, logit

from bsgi.evaluation.calibration.expected import estimate_expected_observed
from bsgi.evaluation.calibration.forecasts import Forecasts
from bsgi.evaluation.calibration.slope import (
    PROFILE,
    ROBUST,
    estimate_intercept,
    estimate_slope,
)
from tests.evaluation.calibration.draw import draw_forecasts

PROGRAM = """
    table <- read.csv(commandArgs(TRUE)[1], colClasses = "numeric")
    tight <- glm.control(epsilon = 1e-14, maxit = 100)
    for (part in split(table, table$set)) {
        y <- part$label; x <- part$odds; limits <- part[1, ]
        slope <- glm(y ~ x, family = binomial, control = tight)
        large <- glm(y ~ 1 + offset(x), family = binomial, control = tight)
        at <- function(b) deviance(glm(y ~ 1 + offset(b * x), family = binomial,
                                       control = tight)) - deviance(slope)
        n <- length(y)
        bread <- vcov(large)[1, 1]
        error <- sqrt(n / (n - 1) * sum(residuals(large, "response")^2)) * bread
        reach <- qt(0.975, n - 1) * error
        cat(formatC(c(coef(slope)[2], coef(large)[1], at(limits$b0), at(limits$b1),
                      coef(large)[1] - reach, coef(large)[1] + reach),
                    digits = 17, format = "g"), "\n")
    }
"""


def test_agrees_with_r_4s_glm(
    require_program: Callable[[str], str], tmp_path: Path
) -> None:
    """Its estimates are glm's, and glm's deviance at the limits is chi square's 95 %.

    R's own `confint` does the same, but its package MASS need not be installed. The
    intercept's limits are those of the sandwich of glm's variance and residuals.
    """
    lines, mine = ["set,label,odds,b0,b1"], []
    intervals = []
    for seed in range(12):
        forecasts = draw_forecasts(seed, patients=25 + 20 * seed, slope=0.7, shift=0.4)
        slope, large = estimate_slope(forecasts), estimate_intercept(forecasts)
        odds = forecasts.log_odds()
        assert slope is not None
        assert large is not None
        assert odds is not None
        assert (slope.method, large.method) == (PROFILE, ROBUST)
        mine.append((slope.value, large.value))
        intervals.append((large.lower, large.upper))
        limits = (slope.lower, slope.upper)
        for label, x in zip(forecasts.labels, odds, strict=True):
            row = (float(x), *limits)
            lines.append(",".join([str(seed), str(label), *map(repr, row)]))
    (tmp_path / "t.csv").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "t.R").write_text(PROGRAM, encoding="utf-8")
    done = subprocess.run(
        [require_program("Rscript"), str(tmp_path / "t.R"), str(tmp_path / "t.csv")],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    answers = [[float(x) for x in line.split()] for line in done.stdout.splitlines()]
    assert len(answers) == len(mine)
    for found, interval, answer in zip(mine, intervals, answers, strict=True):
        assert found == pytest.approx(answer[:2], abs=1e-9)
        assert answer[2:4] == pytest.approx([3.841458820694124] * 2, abs=1e-8)
        # vcov of glm is that of its last step but one.
        assert interval == pytest.approx(answer[4:], abs=1e-6)


def test_several_exams_widen_the_interval_to_that_of_patients() -> None:
    """Tripled exams tell no more; the sandwich of single ones is near the profile."""
    one = draw_forecasts(4, patients=400, slope=0.8)
    many = Forecasts(
        np.tile(one.labels, 3), np.tile(one.probabilities, 3), one.patients * 3
    )
    for estimate in (estimate_slope, estimate_intercept):
        single, tripled = estimate(one), estimate(many)
        assert single is not None
        assert tripled is not None
        assert tripled.method == ROBUST
        assert tripled.value == pytest.approx(single.value, abs=1e-9)
        widths = tripled.upper - tripled.lower, single.upper - single.lower
        assert widths[0] == pytest.approx(widths[1], rel=0.1)


def test_separated_labels_have_no_slope_and_other_ways_to_be_undefined() -> None:
    names = tuple("abcd")
    labels = np.array([0, 0, 1, 1])
    apart = Forecasts(labels, np.array([0.1, 0.2, 0.7, 0.9]), names)
    assert estimate_slope(apart) is None
    assert estimate_intercept(apart) is not None
    touching = Forecasts(labels, np.array([0.1, 0.5, 0.5, 0.9]), names)
    assert estimate_slope(touching) is None
    alike = Forecasts(labels, np.full(4, 0.3), names)
    assert estimate_slope(alike) is None
    certain = Forecasts(labels, np.array([0.0, 0.6, 0.4, 1.0]), names)
    assert estimate_slope(certain) is None
    assert estimate_intercept(certain) is None
    benign = Forecasts(np.zeros(4, dtype=np.int64), np.full(4, 0.3), names)
    assert estimate_intercept(benign) is None
    assert estimate_expected_observed(benign) is None
    perfect = Forecasts(labels, labels.astype(np.float64), names)
    assert estimate_expected_observed(perfect) is None


def test_any_few_exams_have_an_interval_that_holds_the_value_or_none() -> None:
    """Labels that are almost separated, and log odds from thousandths to tens."""
    undefined = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        n = int(rng.integers(2, 14))
        odds = np.sort(rng.normal(size=n) * 10 ** rng.uniform(-3.0, 1.5))
        labels = (np.arange(n) >= n // 2).astype(np.int64)
        turned = rng.choice(n, size=int(rng.integers(0, 3)), replace=False)
        labels[turned] = 1 - labels[turned]
        for names in (range(n), np.arange(n) // 2):
            patients = tuple(map(str, names))
            forecasts = Forecasts(labels, 1 / (1 + np.exp(-odds)), patients)
            slope = estimate_slope(forecasts)
            undefined += slope is None
            estimate_intercept(forecasts)
            estimate_expected_observed(forecasts)
    assert 15 < undefined < 65


@pytest.mark.parametrize("exams", [1, 4])
def test_the_intervals_hold_their_level_by_simulation(exams: int) -> None:
    """Of calibrated probabilities; 60 data sets of 60 patients, error 2.8 %."""
    held = []
    for seed in range(60):
        one = draw_forecasts(seed, slope=1.0)
        forecasts = Forecasts(
            np.tile(one.labels, exams),
            np.tile(one.probabilities, exams),
            one.patients * exams,
        )
        truths = zip(
            (
                estimate_slope(forecasts),
                estimate_intercept(forecasts),
                estimate_expected_observed(forecasts),
            ),
            (1.0, 0.0, 1.0),
            strict=True,
        )
        held.append([e is not None and e.lower <= t <= e.upper for e, t in truths])
    assert np.all(np.mean(held, axis=0) >= 0.88)


@pytest.mark.parametrize("middle", [0.1, 0.2, 0.37, 0.7])
@pytest.mark.parametrize("apart", [0.0, 1e-16, 1e-12, 1e-9, 1e-6, 1e-5])
@pytest.mark.parametrize("exams", [1, 2])
def test_probabilities_that_are_nearly_one_are_no_crash(
    middle: float, apart: float, exams: int
) -> None:
    """The same slope as of the same probabilities further apart, if there is any."""
    rng = np.random.default_rng(7)
    labels = np.repeat([1, 0], [17, 28])
    moved = rng.normal(size=45)
    patients = tuple(f"p{number // exams}" for number in range(45))
    near, far = (
        estimate_slope(Forecasts(labels, expit(logit(middle) + by * moved), patients))
        for by in (apart, 1e-2)
    )
    assert far is not None
    if apart > 1e-10:
        assert near is not None
        assert near.value * apart == pytest.approx(far.value * 1e-2, rel=1e-2)
    elif apart == 0:
        assert near is None
