"""The figure of readers' ROC curves."""

from typing import Any

import numpy as np
import pytest

from bsgi.evaluation.readers.covariances import compute_areas
from bsgi.reports.reader_curves import draw_readers
from tests.evaluation.readers.conftest import draw_table


@pytest.mark.parametrize("modalities", [1, 2, 7])
def test_every_reader_and_each_mean_is_drawn(modalities: int) -> None:
    table = draw_table(np.random.default_rng(1), 3, modalities)
    axes: Any = draw_readers(table).axes[0]
    thick = [line for line in axes.lines if line.get_linewidth() > 2]
    thin = [line for line in axes.lines if line.get_linewidth() < 1]
    assert (len(thick), len(thin)) == (modalities, 3 * modalities)
    texts = [text.get_text() for text in axes.get_legend().get_texts()]
    means = compute_areas(table).mean(axis=0)
    assert texts[1:] == [
        f"M{place}: mean of 3 readers, AUC {mean:.3f}"
        for place, mean in enumerate(means)
    ]
    looks = {(line.get_color(), line.get_linestyle()) for line in thick}
    assert len(looks) == modalities
