import pytest

from bsgi.evaluation.power.search import search_smallest


@pytest.mark.parametrize("edge", [0.0004, 0.01, 0.2503, 0.7])
@pytest.mark.parametrize("steps", [1, 7, 700])
def test_the_edge_is_found_from_above(edge: float, steps: int) -> None:
    found = search_smallest(lambda value: value >= edge, 0.7, steps=steps, within=1e-6)
    assert found is not None
    assert edge <= found <= edge + 1e-6


def test_the_lowest_of_two_stretches_is_found_where_a_step_meets_it() -> None:
    def reaches(value: float) -> bool:
        return 0.2 <= value <= 0.3 or value >= 0.9

    found = search_smallest(reaches, 1.0, steps=100, within=1e-9)
    assert found == pytest.approx(0.2, abs=1e-8)
    assert search_smallest(lambda value: value > 1, 1.0, steps=9, within=1e-9) is None
