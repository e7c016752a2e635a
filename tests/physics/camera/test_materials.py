import math

import pytest

from bsgi.physics.camera.materials import ADIPOSE, GLAND, NAI, Material, mix_breast


def test_a_breast_lies_between_fat_and_gland() -> None:
    assert mix_breast(0.0).mu_per_cm == ADIPOSE.mu_per_cm
    assert mix_breast(1.0).mu_per_cm == GLAND.mu_per_cm
    assert mix_breast(0.2).mu_per_cm == pytest.approx(0.1473, abs=1e-4)


def test_a_crystal_of_6_mm_stops_79_percent() -> None:
    assert 1 - math.exp(-NAI.mu_per_cm * 0.6) == pytest.approx(0.79, abs=0.005)


def test_impossible_materials_are_refused() -> None:
    with pytest.raises(ValueError, match="mu_per_cm must be positive, got 0"):
        Material("vacuum", 0.0)
    with pytest.raises(ValueError, match=r"gland_share must be 0 to 1, got 1\.5"):
        mix_breast(1.5)
