import numpy as np
import pytest

from bsgi.physics.breast.uptake import SKIN_MM
from bsgi.physics.transport.compartments import (
    find_core_mm,
    overlap_layers,
)
from tests.physics.phantom import build_slab


@pytest.mark.parametrize("layers", [13, 28])
def test_overlaps_of_all_layers_are_the_thickness(layers: int) -> None:
    thickness_mm = 50.0
    layer_mm = thickness_mm / layers
    above_mm = (np.arange(layers) + 0.5) * layer_mm - 0.5 * thickness_mm
    half_mm = np.array([0.0, 0.3, 1.0, 7.77, 24.9, 25.0], np.float32)
    share = overlap_layers(above_mm[:, None].astype(np.float32), half_mm, layer_mm)
    assert share.min() >= 0.0
    assert share.max() <= 1.0
    # A sliver thinner than a layer is met by one or two of them.
    assert share.sum(axis=0) * layer_mm == pytest.approx(2 * half_mm, rel=1e-3, abs=0.6)
    assert share.sum(axis=0)[2:] * layer_mm == pytest.approx(2 * half_mm[2:], rel=0.01)


def test_the_core_is_thinner_by_the_skin_and_ends_before_it() -> None:
    slab = build_slab(50.0)
    half_mm = np.linspace(0.0, 25.0, 400, dtype=np.float32)
    core_mm = find_core_mm(slab, half_mm)
    assert core_mm[-1] == pytest.approx(25.0 - SKIN_MM, rel=1e-5)
    assert core_mm[0] == 0.0
    inside = core_mm > 0
    assert (half_mm - core_mm)[inside].min() >= SKIN_MM - 1e-3
    # The rounded edge of this breast is as wide as high, a quarter of a circle: its
    # inner side is the circle whose radius is shorter by the skin.
    rim_mm = (1.0 - slab.edge_share) * (
        (slab.length_mm + slab.upper_mm + slab.lower_mm) / 3.0
    )
    assert rim_mm == pytest.approx(25.0, rel=1e-6)
    out_mm = np.sqrt(25.0**2 - half_mm[inside].astype(float) ** 2)
    expected = np.sqrt((25.0 - SKIN_MM) ** 2 - out_mm**2)
    assert core_mm[inside] == pytest.approx(expected, abs=0.01)
