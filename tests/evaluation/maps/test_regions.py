import numpy as np
import pytest
import torch

from bsgi.evaluation.maps.regions import (
    MassShares,
    Regions,
    find_regions,
    measure_areas,
    measure_mass,
    part_image,
)
from bsgi.exam.preprocess import Preprocessing, preprocess
from bsgi.exam.record import Truth, ViewName
from bsgi.physics.population.population import Population
from bsgi.physics.simulate import simulate_exam
from tests.conftest import make_exam


def make_regions(views: int = 2, size: int = 64) -> Regions:
    """A breast of the left half; in the first view a lesion of 4 x 4 pixels of 5 mm."""
    lesions = np.zeros((views, size, size), bool)
    lesions[0, 30:34, 10:14] = True
    breasts = np.zeros_like(lesions)
    breasts[:, :, : size // 2] = True
    return part_image(lesions, breasts, np.full((views, 2), 5.0))


def test_the_regions_part_the_image() -> None:
    regions = make_regions()
    assert regions.lesion is not None
    assert regions.vicinity is not None
    stacked = np.stack([regions.lesion, regions.vicinity, regions.breast])
    assert stacked.sum(axis=0).max() == 1
    area = measure_areas(regions)
    assert area.lesion == pytest.approx(16 / 64**2 / 2)
    # 10 mm are two pixels: a square of 4 with rims of 2, less what lies further
    # than 10 mm from its corners (1, 2), (2, 1) and (2, 2).
    assert area.vicinity == pytest.approx((64 - 16 - 4 * 3) / 64**2 / 2)
    assert area.blank == pytest.approx(0.5)


def test_the_vicinity_is_measured_in_mm_not_in_pixels() -> None:
    lesions = np.zeros((1, 41, 41), bool)
    lesions[0, 20, 20] = True
    regions = part_image(lesions, np.ones_like(lesions), np.array([[1.0, 2.0]]))
    assert regions.vicinity is not None
    rows, cols = np.nonzero(regions.vicinity[0])
    assert (rows.min(), rows.max()) == (10, 30)
    assert (cols.min(), cols.max()) == (15, 25)


def test_a_map_that_is_the_same_everywhere_is_shared_as_the_area_is() -> None:
    regions = make_regions()
    mass = measure_mass(np.full((16, 16), 3.0), regions)
    area = measure_areas(regions)
    assert mass is not None
    for name in ("lesion", "vicinity", "breast", "blank"):
        assert getattr(mass, name) == pytest.approx(getattr(area, name), abs=1e-12)


def test_mass_on_a_lesion_is_found_there_in_the_views_that_show_it() -> None:
    regions = make_regions(views=4)
    heat = np.zeros((64, 64))
    heat[30:34, 10:14] = 2.0
    mass = measure_mass(heat, regions)
    # Three views without the lesion have it on the breast.
    assert mass == MassShares(0.25, 0.0, 0.75, 0.0)
    whole = measure_mass(heat, make_regions(views=1))
    assert whole == MassShares(1.0, 0.0, 0.0, 0.0)


def test_mass_on_the_blank_field_is_blank() -> None:
    heat = np.zeros((64, 64))
    heat[:, 40:] = 1.0
    assert measure_mass(heat, make_regions()) == MassShares(0.0, 0.0, 0.0, 1.0)


def test_without_truth_only_breast_and_blank_are_known() -> None:
    regions = part_image(None, make_regions().breast, np.full((2, 2), 5.0))
    mass = measure_mass(np.ones((8, 8)), regions)
    assert mass is not None
    assert mass.lesion is None
    assert mass.vicinity is None
    assert mass.breast + mass.blank == pytest.approx(1.0)


def test_an_empty_map_has_no_shares() -> None:
    assert measure_mass(np.zeros((16, 16)), make_regions()) is None


@pytest.mark.parametrize("wrong", [-1.0, np.nan, np.inf])
def test_what_is_no_map_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="finite and not negative"):
        measure_mass(np.full((4, 4), wrong), make_regions())


def test_maps_are_enlarged_as_pytorch_enlarges_them() -> None:
    """torch.nn.functional.interpolate is the independent program."""
    rng = np.random.default_rng(3)
    heat = rng.random((7, 5))
    large = torch.nn.functional.interpolate(
        torch.from_numpy(heat)[None, None], (64, 64), mode="bilinear"
    )[0, 0].numpy()
    large /= large.sum()
    regions = make_regions()
    mass = measure_mass(heat, regions)
    assert mass is not None
    assert regions.lesion is not None
    expected = (large * regions.lesion).sum(axis=(1, 2)).mean()
    assert mass.lesion == pytest.approx(expected, rel=1e-9)
    blank = large[:, 32:].sum()
    assert mass.blank == pytest.approx(blank, rel=1e-9)


@pytest.mark.parametrize("intensity", ["uptake", "view-maximum"])
def test_a_simulated_lesion_lies_where_the_image_is_hot(intensity: str) -> None:
    settings = Preprocessing(128, intensity)  # type: ignore[arg-type]
    exam, truth = simulate_exam(Population("paper", "dilon-6800-gp", 4, 4, 740.0, 2), 0)
    regions = find_regions(exam, truth, settings)
    assert regions.lesion is not None
    assert regions.lesion.shape == (4, 128, 128)
    area = measure_areas(regions)
    assert area.lesion
    assert 0.0 < area.lesion < 0.1
    assert 0.05 < area.breast < 0.8
    stack = preprocess(exam, settings)
    hot = max(
        stack[view][mask].mean() / stack[view][regions.breast[view]].mean()
        for view, mask in enumerate(regions.lesion)
        if mask.any()
    )
    assert hot > 1.3
    # The image itself as a map: most on the breast, next to nothing on the field.
    mass = measure_mass(stack[0].astype(np.float64), regions)
    assert mass is not None
    assert mass.blank < 0.5 * area.blank


def test_views_that_are_missing_do_not_count() -> None:
    settings = Preprocessing(64)
    exam = make_exam(views=(ViewName.RCC,))
    mask = np.zeros((64, 48), bool)
    mask[30:34, 30:34] = True
    regions = find_regions(exam, Truth((), {ViewName.RCC: mask}), settings)
    assert regions.lesion is not None
    assert regions.lesion.shape == (1, 64, 64)
    assert regions.lesion.any()


@pytest.mark.parametrize(
    "shares", [(None, 0.1, 0.5, 0.4), (0.2, 0.2, 0.2, 0.2), (-0.1, 0.1, 0.5, 0.5)]
)
def test_impossible_shares_are_refused(
    shares: tuple[float | None, float | None, float, float],
) -> None:
    with pytest.raises(ValueError, match="must"):
        MassShares(*shares)
