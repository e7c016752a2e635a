import numpy as np
import pytest

from bsgi.evaluation.calibration.summary import (
    CalibrationMetrics,
    summarize_calibration,
)
from bsgi.reports.calibration import (
    CALIBRATION_NOTE,
    build_bins_table,
    build_calibration_table,
    describe_calibration,
)
from tests.evaluation.calibration.draw import draw_forecasts


def measure(seed: int = 1, **truth: float) -> CalibrationMetrics:
    forecasts = draw_forecasts(seed, patients=300, **truth)  # type: ignore[arg-type]
    found = summarize_calibration(
        forecasts.labels, forecasts.probabilities, forecasts.patients
    )
    assert found is not None
    return found


def test_the_table_has_each_method_with_its_intervals() -> None:
    methods = {"one": measure(), "two": measure(2, slope=0.3)}
    table = build_calibration_table(methods)
    assert table.head == ("", "ideal", "one", "two")
    cells = {row[0]: row[1:] for row in table.rows}
    brier = methods["two"].brier
    assert cells["Brier score"] == (
        "0",
        cells["Brier score"][1],
        f"{brier.value:.3f} ({brier.lower:.3f} to {brier.upper:.3f})",
    )
    assert cells["Patients (predictions)"][1:] == ("300 (300)", "300 (300)")
    assert cells["Slope"][2].startswith("0.")
    intercept = methods["two"].intercept
    assert intercept is not None
    assert intercept.lower < 0
    assert "(\N{MINUS SIGN}" in cells["Intercept (in the large)"][2]
    with pytest.raises(ValueError, match="must have at least one method"):
        build_calibration_table({})


def test_what_is_undefined_is_said_and_explained() -> None:
    found = summarize_calibration(np.array([0, 1]), np.array([0.0, 1.0]))
    assert found is not None
    cells = {row[0]: row[2] for row in build_calibration_table({"m": found}).rows}
    assert cells["Slope"] == cells["Brier skill"] == "undefined"
    assert "undefined where" in CALIBRATION_NOTE
    assert "A probability is exactly 0 or 1" in describe_calibration(found)
    found = summarize_calibration(np.array([0, 1]), np.array([0.1, 0.9]))
    assert found is not None
    assert "do not suffice to judge" in describe_calibration(found)


def test_bins_are_listed_with_their_numbers() -> None:
    found = measure()
    table = build_bins_table(found)
    assert len(table.rows) == len(found.bins) == 10
    assert [row[4] for row in table.rows] == ["30"] * 10


@pytest.mark.parametrize(
    ("truth", "words"),
    [
        ({"slope": 0.3}, "too extreme."),
        ({"slope": 2.5}, "not extreme enough."),
        ({"shift": 1.0}, "too low on the whole."),
        ({"shift": -1.0}, "too high on the whole."),
        ({}, "do not show that the probabilities are wrong, which so few"),
    ],
)
def test_words_say_what_the_intervals_show(truth: dict[str, float], words: str) -> None:
    assert words in describe_calibration(measure(4, **truth))
