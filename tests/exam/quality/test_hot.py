import numpy as np
import pytest
from scipy import ndimage

from bsgi.exam.quality.hot import find_hot
from bsgi.exam.quality.look import take_look
from bsgi.exam.record import ViewName
from tests.exam.quality.conftest import change_counts, healthy


@pytest.mark.parametrize("fwhm_pixels", [1.0, 1.3, 2.0, 4.0])
def test_no_lesion_is_taken_for_a_hot_pixel_however_sharp(fwhm_pixels: float) -> None:
    """A point source in the middle of a pixel, as wide as the camera resolves."""
    view = healthy("dilon-6800-hr").views[ViewName.LCC]
    rng = np.random.default_rng(1)
    fine = np.zeros((64 * 9, 48 * 9))
    fine[30 * 9 + 4, 12 * 9 + 4] = 1.0
    blurred = ndimage.gaussian_filter(fine, 9 * fwhm_pixels / 2.355)
    point = blurred.reshape(64, 9, 48, 9).sum(axis=(1, 3))
    for peak in (100.0, 1000.0, 10_000.0):
        spot = rng.poisson(peak * point / point.max())
        lesion = change_counts(view, lambda c, s=spot: (c + s).astype(np.uint16))  # type: ignore[misc]
        assert find_hot(take_look(lesion)) == ""


@pytest.mark.parametrize(("row", "col"), [(30, 12), (10, 45), (1, 1)])
def test_a_hot_pixel_is_found_in_the_breast_and_beside_it(row: int, col: int) -> None:
    view = healthy("dilon-6800-hr").views[ViewName.LCC]

    def change(counts: np.ndarray) -> np.ndarray:
        counts[row, col] = 4 * counts[row, col] + 40
        return counts

    assert find_hot(take_look(change_counts(view, change))).startswith("a hot pixel, ")


def test_several_are_counted() -> None:
    view = healthy("dilon-6800-hr").views[ViewName.LCC]

    def change(counts: np.ndarray) -> np.ndarray:
        counts[20:40:6, 10] = 900
        return counts

    told = find_hot(take_look(change_counts(view, change)))
    assert told.startswith("4 hot pixels, up to ")
