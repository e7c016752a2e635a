from dataclasses import replace

import numpy as np
import pytest

from bsgi.evaluation.power.areas import (
    compute_difference_power,
    compute_hanley_variance,
    search_detectable_area,
)
from bsgi.evaluation.power.paired_areas import PairedAreas, pair_areas
from bsgi.evaluation.repeats import collect_repeats
from tests.evaluation.rows import row


def test_power_at_the_difference_detected_is_what_was_asked_for() -> None:
    """17 + 28 patients whose methods are nearly alike: correlation capped at 0.9."""
    pair = PairedAreas(0.9, 1.7, 17, 28, 1e-6, 0.999, 1e-3, 1)
    detected = search_detectable_area(pair.compute_variance, pair.area)
    assert detected is not None
    variance = pair.compute_variance(detected)
    assert compute_difference_power(detected, variance, variance) == pytest.approx(0.8)
    first, second = (
        compute_hanley_variance(area, 17, 28) for area in (0.9, 0.9 - detected)
    )
    assert variance == pytest.approx(first + second - 2 * 0.9 * np.sqrt(first * second))


def test_a_difference_beyond_the_disagreement_has_another_spread() -> None:
    """Placements apart by 0.02 on average allow no difference of 0.05."""
    pair = PairedAreas(0.9, 10.0, 100, 150, 1e-5, 0.99, 0.02, 60)
    assert pair.compute_variance(0.02) == 1e-5
    assert pair.compute_variance(0.05) > 1e-4
    assert replace(pair, least_misplaced=2.9).compute_variance(0.02) > 1e-5
    assert replace(pair, malignant=19).compute_variance(0.02) > 1e-5
    assert replace(pair, differing=19).compute_variance(0.02) > 1e-5
    assert replace(pair, malignant=19, variance=0.5).compute_variance(0.02) == 0.5


def test_what_two_methods_show_of_their_areas() -> None:
    """Two malignant and three benign patients, one pair of them swapped."""
    rows = [
        row(f"e{place}", score, label, method=method)
        for method, scores in (("one", [4, 2, 3, 1, 0]), ("other", [4, 3, 2, 1, 0]))
        for place, (label, score) in enumerate(
            zip([1, 1, 0, 0, 0], map(float, scores), strict=True)
        )
    ]
    methods = {
        name: collect_repeats([each for each in rows if each.method == name])
        for name in ("one", "other")
    }
    found = pair_areas(methods, "one", "other")
    assert found is not None
    number, pair = found
    assert number == 5
    assert (pair.malignant, pair.benign, pair.differing) == (2, 3, 1)
    assert pair.area == 1.0
    assert pair.disagreement == pytest.approx(1 / 6)
    assert pair.least_misplaced == 0.0
    assert pair.correlation is None
