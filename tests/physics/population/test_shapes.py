import numpy as np
import pytest

from bsgi.exam.record import Projection, Side
from bsgi.physics.population.shapes import clip, draw_slabs


def _draw(implant_ml: float = 0.0) -> list[dict[Side, tuple]]:  # type: ignore[type-arg]
    rng = np.random.default_rng(4)
    return [draw_slabs(rng, implant_ml) for _ in range(300)]


def test_both_views_hold_the_same_tissue() -> None:
    for slabs in _draw():
        for cc, mlo in slabs.values():
            assert (cc.projection, mlo.projection) == (Projection.CC, Projection.MLO)
            volumes = [slab.area_cm2 * slab.thickness_mm for slab in (cc, mlo)]
            assert volumes[1] / volumes[0] == pytest.approx(1.10, rel=1e-6)
            assert cc.pectoral_mm == 0 < mlo.pectoral_mm


def test_thickness_and_area_have_their_distributions() -> None:
    drawn = [slabs[Side.LEFT] for slabs in _draw()]
    cc_mm = np.array([cc.thickness_mm for cc, _ in drawn])
    assert cc_mm.mean() == pytest.approx(56.0, abs=2.5)  # D from F: 59 +- 16, and 44
    assert cc_mm.std() == pytest.approx(15.0, abs=2.0)
    thicker = np.array([mlo.thickness_mm - cc.thickness_mm for cc, mlo in drawn])
    assert thicker.mean() == pytest.approx(4.0, abs=1.0)
    far = thicker[np.abs(thicker) >= 5.0]
    assert np.mean(far > 0) > 0.8  # F: MLO thicker in 84 % of pairs 5 mm apart
    areas = np.array([cc.area_cm2 for cc, _ in drawn])
    assert np.median(areas) == pytest.approx(130.0, rel=0.05)


def test_implants_make_breasts_wider() -> None:
    plain, filled = (
        np.mean([slabs[Side.LEFT][0].area_cm2 for slabs in _draw(volume)])
        for volume in (0.0, 300.0)
    )
    assert filled - plain > 15.0


def test_clipping_keeps_what_lies_between() -> None:
    assert [clip(value, 1.0, 2.0) for value in (0.0, 1.5, 3.0)] == [1.0, 1.5, 2.0]
