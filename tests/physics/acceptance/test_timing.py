import pytest

from bsgi.physics.acceptance.timing import check_decay
from bsgi.physics.camera.isotope import Isotope


def test_views_decay_as_printed() -> None:
    checks = check_decay(1)
    assert [check.passed for check in checks] == [True] * 4
    values = [check.value for check in checks]
    assert values == sorted(values, reverse=True)


def test_an_acquisition_without_decay_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Isotope, "decay_factor", lambda *_: 1.0)
    monkeypatch.setattr(Isotope, "mean_decay_factor", lambda *_: 1.0)
    assert [check.passed for check in check_decay(1)] == [False] * 4


def test_decay_that_stands_still_during_a_view_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        Isotope,
        "mean_decay_factor",
        lambda self, start_s, _: self.decay_factor(start_s),
    )
    assert [check.passed for check in check_decay(1)] == [False] * 4
