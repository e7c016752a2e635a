"""The scatter model, measured on a box-shaped breast as in its Monte Carlo."""

from dataclasses import replace
from typing import Literal

import numpy as np
import pytest
from jaxtyping import Float

from bsgi.errors import ConfigError
from bsgi.physics.camera.catalogue import DILON_6800_GP
from bsgi.physics.transport.projector import Projector, find_projector
from bsgi.physics.transport.scatter import (
    ScatteringBreast,
    add_scatter,
    find_scatter_model,
)


def _ratio(
    thickness_cm: float, heads: Literal[1, 2], *, torso: bool
) -> Float[np.ndarray, " centimetre"]:
    """Scattered over unscattered counts in 1 cm bands from the chest wall."""
    projector = Projector(replace(DILON_6800_GP, heads=heads))
    grid = projector.grid
    inside = (np.abs(grid.upward_mm) < 80)[:, None] & (
        (grid.outward_mm > 0) & (grid.outward_mm < 90)
    )
    primary = inside.astype(np.float32)
    breast = ScatteringBreast(10.0 * thickness_cm, primary, 1.0 if torso else 0.0)
    sharp = np.fft.rfft2(primary).astype(np.complex64)
    scattered = projector.invert(add_scatter(projector, sharp, breast)).sum(axis=0)
    blurred = projector.invert(sharp * projector.blur(10.0)).sum(axis=0)
    band = np.floor(grid.outward_mm / 10.0).astype(int)
    return np.array(
        [scattered[band == k].sum() / blurred[band == k].sum() for k in range(9)]
    )


# Monte Carlo of a box of 9 x 16 cm: NaI with 13 %, 126 to 154 keV.
@pytest.mark.parametrize(
    ("thickness_cm", "heads", "torso", "expected"),
    [
        (4.0, 2, False, 0.11),
        (6.0, 2, False, 0.15),
        (8.0, 2, False, 0.18),
        (4.0, 2, True, 0.18),
        (6.0, 2, True, 0.24),
        (8.0, 2, True, 0.29),
        (6.0, 1, True, 0.36),
    ],
)
def test_scatter_over_primary_is_that_of_the_monte_carlo(
    thickness_cm: float, heads: Literal[1, 2], torso: bool, expected: float
) -> None:
    measured = _ratio(thickness_cm, heads, torso=torso).mean()
    assert measured == pytest.approx(expected, rel=0.08)


def test_scatter_rises_towards_the_chest_wall_as_in_the_monte_carlo() -> None:
    bands = _ratio(6.0, 2, torso=True)
    measured = [bands[0], bands[1], bands[2:4].mean(), bands[4:8].mean()]
    assert measured == pytest.approx([0.48, 0.31, 0.23, 0.17], rel=0.10)


@pytest.mark.parametrize("heads", [1, 2])
def test_scatter_at_the_chest_wall_is_at_least_twice(heads: Literal[1, 2]) -> None:
    bands = _ratio(6.0, heads, torso=True)
    assert bands[0] >= 2.0 * bands[4:8].mean()


@pytest.mark.parametrize(
    ("thickness_cm", "length_cm"), [(4.0, 0.54), (6.0, 0.68), (8.0, 0.79)]
)
def test_kernel_lengths_are_the_fitted_ones(
    thickness_cm: float, length_cm: float
) -> None:
    model = find_scatter_model(DILON_6800_GP)
    assert model.own_length_cm(thickness_cm) == pytest.approx(length_cm, abs=0.005)


def test_scatter_grows_with_thickness_over_its_range() -> None:
    model = find_scatter_model(DILON_6800_GP)
    amplitudes = [model.own_amplitude(t) for t in np.arange(2.5, 10.5, 0.5)]
    assert amplitudes == sorted(amplitudes)
    assert amplitudes[0] > 0


def test_there_is_no_scatter_where_there_is_no_tissue() -> None:
    projector = find_projector(DILON_6800_GP)
    grid = projector.grid
    primary = np.zeros((grid.rows, grid.cols), np.float32)
    primary[60:80, 10:60] = 1.0
    breast = ScatteringBreast(60.0, primary, 1.0)
    sharp = np.fft.rfft2(primary).astype(np.complex64)
    image = projector.invert(add_scatter(projector, sharp, breast))
    assert np.abs(image[:30]).max() < 1e-5 * image.max()


def test_a_camera_without_a_model_is_refused() -> None:
    camera = replace(DILON_6800_GP, window_kev=(110.0, 154.0))
    with pytest.raises(ConfigError, match=r"scatter model for NaI\(Tl\) and window"):
        find_scatter_model(camera)
