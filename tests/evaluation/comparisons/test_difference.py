import pytest

from bsgi.evaluation.comparisons.difference import Difference


def test_knows_whether_it_excludes_no_difference() -> None:
    assert Difference(0.1, 0.05, 0.2, "delong").excludes_zero
    assert Difference(-0.1, -0.2, -0.05, "delong").excludes_zero
    assert not Difference(0.1, 0.0, 0.2, "delong").excludes_zero


@pytest.mark.parametrize(
    "limits", [(0.3, 0.4, 0.5), (0.3, -1.1, 0.5), (0.3, 0.1, float("nan"))]
)
def test_refuses_limits_that_do_not_fit(limits: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="-1 <= lower <= value <= upper <= 1"):
        Difference(*limits, "delong")
    with pytest.raises(ValueError, match="must name the method"):
        Difference(0.0, 0.0, 0.0, "")
