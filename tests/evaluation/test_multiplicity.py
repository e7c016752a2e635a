import subprocess
from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import false_discovery_control

from bsgi.evaluation.multiplicity import adjust_by_holm


def test_holm_multiplies_by_the_tests_that_are_left() -> None:
    """Worked by hand: 0.01 x 4, 0.013 x 3, 0.02 x 2 raised to the largest before."""
    adjusted = adjust_by_holm([0.02, 0.01, 0.5, 0.013])
    assert adjusted == pytest.approx((0.04, 0.04, 0.5, 0.04))
    assert adjust_by_holm([0.7, 0.9]) == (1.0, 1.0)
    assert adjust_by_holm([]) == ()


def test_holm_is_stricter_than_the_false_discovery_rate() -> None:
    values = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06]
    looser = false_discovery_control(values)
    for holm, rate in zip(adjust_by_holm(values), looser, strict=True):
        assert holm >= rate - 1e-12


def test_agrees_with_r(require_program: Callable[[str], str]) -> None:
    """R's p.adjust on nine values, two of them equal."""
    values = [float(value) for value in np.random.default_rng(9).random(8) ** 3]
    values.append(values[2])
    program = f"cat(p.adjust(c({', '.join(map(repr, values))}), 'holm'), sep = ' ')"
    done = subprocess.run(
        [require_program("Rscript"), "-e", f"options(digits = 15); {program}"],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    theirs = [float(text) for text in done.stdout.split()]
    assert adjust_by_holm(values) == pytest.approx(theirs, rel=1e-12)
