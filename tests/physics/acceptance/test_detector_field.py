from dataclasses import replace

import pytest

from bsgi.physics.acceptance.detector_field import (
    check_dead_edge,
    check_uniformity,
    find_first_sensitive_mm,
)
from bsgi.physics.camera.catalogue import CAMERAS, DILON_6800_GP


def test_every_make_of_detector_is_as_even_as_it_should_be() -> None:
    checks = check_uniformity(1)
    assert len(checks) == 2 * len({c.pitch_mm for c in CAMERAS.values()})
    assert all(check.passed for check in checks), checks


@pytest.mark.parametrize("name", CAMERAS)
def test_every_field_begins_behind_its_dead_edge(name: str) -> None:
    assert all(check.passed for check in check_dead_edge(name))


def test_a_wider_dead_edge_is_found() -> None:
    camera = replace(DILON_6800_GP, dead_edge_mm=14.0)
    assert find_first_sensitive_mm(camera) == pytest.approx(14.0, abs=0.2)
