import pytest

from bsgi.physics.acceptance.second_head import CAMERAS, HEIGHTS_MM, check_second_head
from bsgi.physics.camera.catalogue import CAMERAS as EVERY
from bsgi.physics.transport.emission import Emission


def test_every_make_with_two_heads_is_looked_at() -> None:
    pitches = {camera.pitch_mm for camera in EVERY.values() if camera.heads == 2}
    assert {EVERY[name].pitch_mm for name in CAMERAS} == pitches


@pytest.mark.parametrize("name", CAMERAS)
def test_lesions_look_as_from_above(name: str) -> None:
    checks = check_second_head(name)
    assert len(checks) == 2 * len(HEIGHTS_MM)
    assert all(check.passed for check in checks), checks


@pytest.mark.parametrize("name", CAMERAS)
def test_a_second_head_that_looks_from_below_is_found(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    right = Emission.seen_by
    monkeypatch.setattr(Emission, "seen_by", lambda self, _, mu: right(self, 0, mu))
    assert not any(check.passed for check in check_second_head(name))
