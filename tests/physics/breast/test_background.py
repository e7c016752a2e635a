"""Background uptake: definitions, prevalences, and the phase of the cycle."""

import numpy as np
import pytest
from scipy.stats import norm

from bsgi.physics.breast.background import (
    DENSE_FROM,
    EXTREMELY_AMONG_DENSE,
    EXTREMELY_DENSE_FROM,
    LEVELS,
    NO_PHASE,
    PHASES,
    RATIO_RANGE,
    SHARES,
    classify,
    classify_density,
    find_ratio,
    find_share,
)
from bsgi.physics.population.preset import find_preset
from bsgi.physics.population.woman import GLAND_SHARES

each_density = pytest.mark.parametrize("density", SHARES)
GRID = (np.arange(4000) + 0.5) / 4000


@pytest.mark.parametrize(
    ("ratio", "level"),
    [
        (0.4, "photopenic"),
        (0.949, "photopenic"),
        (0.95, "minimal-mild"),
        (1.0, "minimal-mild"),
        (1.399, "minimal-mild"),
        (1.4, "moderate"),
        (1.999, "moderate"),
        (2.0, "marked"),
        (3.2, "marked"),
    ],
)
def test_levels_follow_the_words_of_the_lexicon(ratio: float, level: str) -> None:
    assert classify(ratio) == level


def test_published_prevalences_are_kept() -> None:
    """Photopenic, minimal-mild and higher, of PubMed 25714323, in both strata."""
    extremely = SHARES["extremely dense"]
    assert (*extremely[:2], sum(extremely[2:])) == pytest.approx((0.44, 0.34, 0.22))
    together = [
        EXTREMELY_AMONG_DENSE * one + (1 - EXTREMELY_AMONG_DENSE) * other
        for one, other in zip(extremely, SHARES["heterogeneously dense"], strict=True)
    ]
    assert (*together[:2], sum(together[2:])) == pytest.approx((0.22, 0.63, 0.15))
    assert all(sum(shares) == pytest.approx(1.0) for shares in SHARES.values())


def _weigh_densities() -> tuple[float, float, float]:
    """How common the densities are among the paper's women: a cut-off log-normal."""
    women = find_preset("paper").women
    spread = np.log(women.gland_share_spread)

    def below(limit: float) -> float:
        return float(norm.cdf(np.log(limit / women.gland_share_median) / spread))

    lowest, *limits, highest = (
        below(each)
        for each in (GLAND_SHARES[0], DENSE_FROM, EXTREMELY_DENSE_FROM, GLAND_SHARES[1])
    )
    edges = (lowest, *limits, highest)
    one, two, three = np.diff(edges) / (highest - lowest)
    return float(one), float(two), float(three)


def test_164_of_1149_dense_breasts_are_extremely_dense() -> None:
    _, heterogeneously, extremely = _weigh_densities()
    share = extremely / (heterogeneously + extremely)
    assert share == pytest.approx(164 / 1149, rel=5e-3)
    assert classify_density(0.1) == "not dense"
    assert classify_density(DENSE_FROM) == "heterogeneously dense"
    assert classify_density(EXTREMELY_DENSE_FROM) == "extremely dense"


@each_density
def test_ratios_have_the_shares_at_the_borders(density: str) -> None:
    shares = SHARES[density]
    ratios = np.array([find_ratio(shares, float(share)) for share in GRID])
    assert (np.diff(ratios) > 0).all()
    assert ratios.min() == pytest.approx(RATIO_RANGE[0], rel=0.01)
    assert ratios.max() == pytest.approx(RATIO_RANGE[1], rel=0.02)
    found = [
        np.mean([classify(ratio) == level for ratio in ratios]) for level in LEVELS
    ]
    assert found == pytest.approx(shares, abs=1e-3)


@each_density
def test_the_density_of_ratios_has_no_step_at_a_border(density: str) -> None:
    shares = SHARES[density]
    for share in np.cumsum(shares)[:-1]:
        below, at, above = (
            np.log(find_ratio(shares, float(share + step))) for step in (-1e-4, 0, 1e-4)
        )
        assert (above - at) / (at - below) == pytest.approx(1.0, rel=0.02)


def test_the_mean_ratio_is_near_that_of_controls() -> None:
    """F: mean 1.2 in controls, range 0.4 to 3.2 (Breast Cancer Res 2018)."""
    shares = SHARES["heterogeneously dense"]
    mean = np.mean([find_ratio(shares, float(share)) for share in GRID])
    assert mean == pytest.approx(1.2, abs=0.05)


def test_the_phase_keeps_the_prevalences_and_raises_29_per_cent() -> None:
    """Over women of all densities, as common as in the paper's population."""
    latent = norm.ppf(GRID)
    after, before = (
        np.array([find_share(float(each), phase) for each in latent])
        for phase in ("luteal", "follicular")
    )
    assert (after > before).all()
    both = np.sort(np.concatenate([after, before]))
    assert np.abs(both - (np.arange(8000) + 0.5) / 8000).max() < 1e-3
    plain = [find_share(float(each), NO_PHASE) for each in latent]
    np.testing.assert_allclose(plain, GRID, atol=1e-9)

    rising = 0.0
    for weight, shares in zip(_weigh_densities(), SHARES.values(), strict=True):
        borders = np.cumsum(shares)[:-1]
        level = [np.searchsorted(borders, found) for found in (before, after)]
        rising += weight * float(np.mean(level[1] > level[0]))
    assert rising == pytest.approx(0.29, abs=0.005)
    assert PHASES == ("follicular", "luteal")
