from dataclasses import replace

import numpy as np
import pytest
from jaxtyping import Float32

from bsgi.exam.record import Side
from bsgi.physics.breast.uptake import (
    CELLS,
    REFERENCE_MM,
    Uptake,
    build_concentration,
    build_gland,
    build_variation,
    draw_textures,
    draw_uptakes,
    find_textures,
)

UPTAKE = Uptake(3.7, 0.2, 1.3, 0.15, 1.5, 1.2)


def _exponent(images: list[Float32[np.ndarray, "row col"]], lowest: float) -> float:
    """Slope of the mean radial power spectrum of images with cells of 2 mm."""
    frequencies, powers = [], []
    for image in images:
        window = np.outer(np.hanning(len(image)), np.hanning(image.shape[1]))
        power = np.abs(np.fft.fft2((image - image.mean()) * window)) ** 2
        down, across = (np.fft.fftfreq(size, 2.0) for size in image.shape)
        frequency = np.hypot(down[:, None], across[None, :])
        keep = (frequency > lowest) & (frequency < 0.12)
        frequencies.append(frequency[keep])
        powers.append(power[keep])
    frequency, power = np.concatenate(frequencies), np.concatenate(powers)
    edges = np.geomspace(frequency.min(), frequency.max() * 1.001, 10)
    ring = np.digitize(frequency, edges)
    rings = range(1, 10)
    slope, _ = np.polyfit(
        [np.log(frequency[ring == k].mean()) for k in rings],
        [np.log(power[ring == k].mean()) for k in rings],
        1,
    )
    return -float(slope)


def test_cells_are_cubes() -> None:
    sizes = {size / count for size, count in zip(REFERENCE_MM, CELLS, strict=True)}
    assert sizes == {2.0}


def test_projected_texture_follows_a_power_law_of_about_3() -> None:
    rng = np.random.default_rng(1)
    fields = [draw_textures(rng, 0.7)[Side.LEFT] for _ in range(16)]
    fine = [field.imag.sum(axis=2) for field in fields]
    assert 2.8 <= _exponent(fine, 0.02) <= 3.3
    middle = (slice(20, 46), slice(16, 48), slice(16, 48))
    activity = [build_concentration(UPTAKE, field) for field in fields]
    # The step from gland to fat has its own, slightly flatter spectrum.
    exponent = _exponent([cells[middle].sum(axis=2) for cells in activity], 0.04)
    assert 2.6 <= exponent <= 3.3


def test_textures_have_unit_variance_and_the_asked_correlation() -> None:
    rng = np.random.default_rng(2)
    left, right = [], []
    for _ in range(12):
        textures = draw_textures(rng, 0.7)
        left.append(textures[Side.LEFT])
        right.append(textures[Side.RIGHT])
    one, other = np.concatenate(left), np.concatenate(right)
    for part in ("real", "imag"):
        a, b = getattr(one, part).ravel(), getattr(other, part).ravel()
        assert a.std() == pytest.approx(1.0, abs=0.1)
        assert np.corrcoef(a, b)[0, 1] == pytest.approx(0.7, abs=0.1)
    assert abs(np.corrcoef(one.real.ravel(), one.imag.ravel())[0, 1]) < 0.1
    with pytest.raises(ValueError, match=r"correlation must be -1 to 1, got 1\.5"):
        draw_textures(rng, 1.5)


@pytest.mark.parametrize("gland_ratio", [0.6, 1.0, 2.5])
def test_mean_concentration_is_the_drawn_one(gland_ratio: float) -> None:
    texture = draw_textures(np.random.default_rng(3), 0.7)[Side.LEFT]
    cells = build_concentration(replace(UPTAKE, gland_ratio=gland_ratio), texture)
    _, lateral, superior = np.meshgrid(
        *(np.linspace(-1, 1, count) for count in CELLS), indexing="ij"
    )
    breast = np.hypot(lateral, superior) <= 1
    assert cells[breast].mean() == pytest.approx(3.7, rel=1e-4)
    assert cells.min() > 0


def test_gland_fills_its_share_and_has_its_ratio() -> None:
    texture = draw_textures(np.random.default_rng(4), 0.7)[Side.LEFT]
    smooth = replace(UPTAKE, texture=0.0, gland_ratio=2.0, gland_share=0.25)
    cells = build_concentration(smooth, texture)
    assert cells.max() / cells.min() == pytest.approx(2.0, rel=1e-3)
    _, lateral, superior = np.meshgrid(
        *(np.linspace(-1, 1, count) for count in CELLS), indexing="ij"
    )
    breast = np.hypot(lateral, superior) <= 1
    half_way = 0.5 * (cells.max() + cells.min())
    assert (cells[breast] > half_way).mean() == pytest.approx(0.25, abs=0.01)


def test_gland_is_a_share_and_images_are_linear_in_its_ratio() -> None:
    texture = draw_textures(np.random.default_rng(5), 0.7)[Side.LEFT]
    gland = build_gland(UPTAKE, texture)
    assert gland.min() == 0.0
    assert gland.max() == 1.0
    variation = build_variation(UPTAKE, texture)
    for ratio in (0.5, 2.0):
        cells = build_concentration(replace(UPTAKE, gland_ratio=ratio), texture)
        wanted = (1.0 + (ratio - 1.0) * gland) * variation
        np.testing.assert_allclose(cells / cells.mean(), wanted / wanted.mean(), 1e-5)


def test_there_is_fat_before_the_chest_wall_and_gland_behind_the_nipple() -> None:
    rng = np.random.default_rng(6)
    dense = replace(UPTAKE, gland_share=0.5)
    glands = [build_gland(dense, draw_textures(rng, 0.7)[Side.LEFT]) for _ in range(8)]
    by_depth = np.mean(
        [gland[:, 24:40, 24:40].mean(axis=(1, 2)) for gland in glands], 0
    )
    assert by_depth[:9].max() < 0.05
    assert by_depth[30:40].min() > 0.9


def test_textures_are_kept_and_cannot_be_changed() -> None:
    one = find_textures(12, 0.7)
    assert find_textures(12, 0.7) is one
    drawn = draw_textures(np.random.default_rng(12), 0.7)
    for side in Side:
        np.testing.assert_array_equal(one[side], drawn[side])
        assert not one[side].flags.writeable


def test_breasts_of_one_woman_are_alike() -> None:
    rng = np.random.default_rng(6)
    logs, differences = [], []
    for _ in range(1200):
        uptakes = draw_uptakes(rng, 0.2)
        left, right = uptakes[Side.LEFT], uptakes[Side.RIGHT]
        assert left.gland_ratio is None
        assert left.skin_ratio == right.skin_ratio
        both = left.concentration * right.concentration
        logs.append(0.5 * np.log(both))
        differences.append(np.log(left.concentration / right.concentration))
    assert np.exp(np.median(logs)) == pytest.approx(3.7, rel=0.1)
    assert np.std(logs) == pytest.approx(np.log(1.5), rel=0.1)
    assert np.mean(np.abs(differences) > 0.3) == pytest.approx(0.06, abs=0.03)


def test_a_ratio_that_has_not_been_found_is_refused() -> None:
    texture = find_textures(12, 0.7)[Side.LEFT]
    with pytest.raises(ValueError, match="gland_ratio must be found first"):
        build_concentration(replace(UPTAKE, gland_ratio=None), texture)


def test_impossible_uptake_is_refused() -> None:
    with pytest.raises(ValueError, match="uptake must be positive"):
        replace(UPTAKE, concentration=0.0)
    with pytest.raises(ValueError, match=r"gland_share must be in \(0, 1\), got 1.0"):
        replace(UPTAKE, gland_share=1.0)
