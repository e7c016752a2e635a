from dataclasses import replace

import numpy as np
import pytest
from jaxtyping import Float32

from bsgi.exam.record import Side
from bsgi.physics.breast.uptake import (
    BACKGROUND_RATIOS,
    BACKGROUND_SHARES,
    CELLS,
    REFERENCE_MM,
    Uptake,
    build_concentration,
    draw_background,
    draw_textures,
    draw_uptakes,
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
    middle = (slice(6, 42), slice(16, 48), slice(16, 48))
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
    half_way = np.sqrt(cells.max() * cells.min())
    assert (cells[breast] > half_way).mean() == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize(
    ("gland_share", "density"),
    [(0.1, "not dense"), (0.25, "dense"), (0.4, "extremely dense")],
)
def test_background_levels_have_their_shares(gland_share: float, density: str) -> None:
    rng = np.random.default_rng(5)
    drawn = [draw_background(rng, gland_share) for _ in range(4000)]
    shares = [drawn.count(level) / len(drawn) for level in BACKGROUND_RATIOS]
    # 0.024: three standard errors of a share of one half.
    assert shares == pytest.approx(BACKGROUND_SHARES[density], abs=0.024)
    assert sum(BACKGROUND_SHARES[density]) == pytest.approx(1.0)


def test_published_prevalences_are_kept() -> None:
    """Photopenic, minimal-mild and higher, of Hruska et al. (PubMed 25714323)."""
    for density, expected in (
        ("dense", (0.22, 0.63, 0.15)),
        ("extremely dense", (0.44, 0.34, 0.22)),
    ):
        lowest, low, moderate, marked = BACKGROUND_SHARES[density]
        assert (lowest, low, moderate + marked) == pytest.approx(expected)


@pytest.mark.parametrize("background", BACKGROUND_RATIOS)
def test_breasts_of_one_woman_are_alike(background: str) -> None:
    rng = np.random.default_rng(6)
    lowest, highest = BACKGROUND_RATIOS[background]
    logs, differences = [], []
    for _ in range(400):
        uptakes = draw_uptakes(rng, 0.2, background)
        left, right = uptakes[Side.LEFT], uptakes[Side.RIGHT]
        assert left.gland_ratio == right.gland_ratio
        assert lowest <= left.gland_ratio <= highest
        both = left.concentration * right.concentration
        logs.append(0.5 * np.log(both))
        differences.append(np.log(left.concentration / right.concentration))
    assert np.exp(np.median(logs)) == pytest.approx(3.7, rel=0.1)
    assert np.std(logs) == pytest.approx(np.log(1.5), rel=0.15)
    assert np.mean(np.abs(differences) > 0.3) == pytest.approx(0.06, abs=0.04)


def test_impossible_uptake_is_refused() -> None:
    with pytest.raises(ValueError, match="uptake must be positive"):
        replace(UPTAKE, concentration=0.0)
    with pytest.raises(ValueError, match=r"gland_share must be in \(0, 1\), got 1.0"):
        replace(UPTAKE, gland_share=1.0)
