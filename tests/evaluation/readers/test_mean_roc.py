"""The mean ROC curve of readers."""

import numpy as np
import pytest

from bsgi.evaluation.areas.roc import build_roc
from bsgi.evaluation.readers.covariances import compute_areas
from bsgi.evaluation.readers.mean_roc import average_roc
from bsgi.evaluation.readers.rating_table import RatingTable
from tests.evaluation.readers.conftest import draw_table


def test_its_area_is_the_mean_of_the_readers_areas() -> None:
    table = draw_table(np.random.default_rng(1), 4, 2, 400)
    for modality in range(2):
        across, up = average_roc(table, modality)
        wanted = compute_areas(table)[:, modality].mean()
        assert np.trapezoid(up, across) == pytest.approx(wanted, abs=0.01)
        assert (np.diff(up) >= 0).all()
        assert up[-1] == 1.0


def test_of_one_reader_it_is_her_curve(van_dyke: RatingTable) -> None:
    one = RatingTable(
        van_dyke.readers[:1], van_dyke.modalities, van_dyke.cases, van_dyke.patients,
        van_dyke.labels, van_dyke.scores[:1],
    )  # fmt: skip
    across, up = average_roc(one, 0)
    curve = build_roc(one.reading(0, 0))
    on_line = np.interp(across, curve.false_positive_rate, curve.true_positive_rate)
    np.testing.assert_allclose(up[1:], on_line[1:])
