from dataclasses import replace

import numpy as np
import pytest

from bsgi.exam.quality.look import take_look
from bsgi.exam.quality.saturation import find_saturation
from bsgi.exam.record import Exam, ViewName
from tests.exam.quality.conftest import healthy


@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
def test_clipped_counts_are_told_whatever_the_level(exam: Exam, share: float) -> None:
    view = exam.views[ViewName.LCC]
    inside = view.counts[view.counts > 10]
    top = int(np.quantile(inside, share))
    clipped = replace(view, counts=np.minimum(view.counts, top).astype(np.uint16))
    assert f"share the greatest value, {top:,}" in find_saturation(take_look(clipped))


def test_few_counts_are_not_taken_for_clipped_ones() -> None:
    """With one or two counts in a pixel many share the greatest value by chance."""
    rng = np.random.default_rng(1)
    view = healthy("lumagem-3200s-wide").views[ViewName.LCC]
    for share in (0.01, 0.03, 0.1, 0.3):
        for _ in range(20):
            thin = rng.binomial(view.counts, share).astype(np.uint16)
            assert not find_saturation(take_look(replace(view, counts=thin)))


@pytest.mark.parametrize("limit", [32767, 65535])
def test_the_limit_of_the_type_is_told(limit: int) -> None:
    view = healthy("dilon-6800-gp").views[ViewName.LCC]
    counts = view.counts.copy()
    counts[0, 30, 5] = limit
    told = find_saturation(take_look(replace(view, counts=counts)))
    assert told == f"saturated at {limit:,} counts in a pixel"
