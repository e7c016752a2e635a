import numpy as np
import pytest

from bsgi.physics.acceptance import scatter_rows
from bsgi.physics.acceptance.energy_windows import DETECTORS
from bsgi.physics.acceptance.scatter_rows import (
    ON_TABLES,
    ON_VIEWS,
    average_bands,
    check_scatter,
)
from bsgi.physics.acceptance.scatter_sums import sum_box


@pytest.mark.parametrize("group", [ON_TABLES, ON_VIEWS])
@pytest.mark.parametrize("name", DETECTORS)
def test_every_row_of_the_published_table(name: str, group: str) -> None:
    checks = check_scatter(name, group)
    assert len(checks) == (8 if "130-151" in name else 12)
    assert all(check.passed for check in checks), [c for c in checks if not c.passed]


def test_scatter_that_is_a_fifth_too_much_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        scatter_rows, "sum_box", lambda *words, **more: 1.25 * sum_box(*words, **more)
    )
    failed = [
        check
        for check in check_scatter("CZT 5 % and tail, 110-154 keV", ON_TABLES)
        if not check.passed
    ]
    assert len(failed) >= 7


def test_bands_are_the_published_ones() -> None:
    assert average_bands(np.arange(9.0)) == (0.0, 1.0, 2.5, 5.5)
