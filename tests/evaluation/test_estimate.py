import pytest

from bsgi.evaluation.estimate import Estimate, check_level


def test_an_estimate_lies_inside_its_interval() -> None:
    with pytest.raises(ValueError, match="lower <= value <= upper"):
        Estimate(0.5, 0.6, 0.7, "wilson")
    with pytest.raises(ValueError, match=r"got 0.1, 0.5, 1.2"):
        Estimate(0.5, 0.1, 1.2, "wilson")
    with pytest.raises(ValueError, match="got nan"):
        Estimate(0.5, float("nan"), 0.7, "wilson")


def test_an_estimate_names_its_method() -> None:
    with pytest.raises(ValueError, match="must name the method"):
        Estimate(0.5, 0.4, 0.6, "")


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0, float("nan")])
def test_a_level_lies_between_0_and_1(level: float) -> None:
    with pytest.raises(ValueError, match="level must lie between 0 and 1"):
        check_level(level)
