import math
from dataclasses import replace

import pytest

from bsgi.exam.record import Projection
from bsgi.physics.breast.anatomy import Place, Slab
from bsgi.physics.breast.implant import FRONT_SHARE, Implant, gap_mm, place_implant

CC = Slab(Projection.CC, 56.0, 90.0, 80.0, 84.0, 2.2, offset_mm=3.0)


@pytest.mark.parametrize("volume_ml", [150.0, 300.0, 500.0])
@pytest.mark.parametrize("thickness_mm", [30.0, 56.0, 90.0])
def test_an_implant_has_its_volume_and_leaves_tissue_before_it(
    volume_ml: float, thickness_mm: float
) -> None:
    slab = replace(CC, thickness_mm=thickness_mm)
    centre, axes_mm = place_implant(slab, Implant(volume_ml))
    volume_mm3 = 4.0 / 3.0 * math.pi * math.prod(axes_mm)
    assert volume_mm3 / 1000.0 == pytest.approx(volume_ml)
    assert centre.outward_mm + axes_mm[0] <= FRONT_SHARE * slab.length_mm + 1e-9
    assert axes_mm[1] < min(slab.upper_mm, slab.lower_mm)
    assert 2.0 * axes_mm[2] < thickness_mm
    assert (centre.upward_mm, centre.height_mm) == (3.0, thickness_mm / 2)


def test_the_gap_is_negative_inside_and_grows_outwards() -> None:
    implant = Implant(300.0)
    centre, (outward_mm, _, _) = place_implant(CC, implant)
    assert gap_mm(CC, implant, centre) < 0
    front = Place(centre.outward_mm + outward_mm, centre.upward_mm, centre.height_mm)
    assert gap_mm(CC, implant, front) == pytest.approx(0.0, abs=1e-9)
    before = replace(front, outward_mm=front.outward_mm + 10.0)
    assert gap_mm(CC, implant, before) > 3.0


@pytest.mark.parametrize("volume_ml", [0.0, -1.0, math.inf])
def test_impossible_implants_are_refused(volume_ml: float) -> None:
    with pytest.raises(ValueError, match="volume_ml must be positive"):
        Implant(volume_ml)
