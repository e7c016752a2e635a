"""Faults to plant in a view, by the check that has to find them."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from bsgi.exam.record import View
from bsgi.exam.uptake import find_breast
from tests.exam.quality.conftest import Change, change_counts


def _from_wall(view: View, columns: int) -> int:
    """A column so many from the chest wall, as the camera saved it."""
    return columns if view.name.side == "L" else view.counts.shape[2] - 1 - columns


def _middle(view: View) -> int:
    """The middle row of the breast in the common pose, which is the saved row."""
    return int(np.flatnonzero(find_breast(view).any(axis=1)).mean())


def kill_block(view: View) -> View:
    """A module of some 20 mm, dead in the breast."""
    side = round(20.0 / view.spacing_mm[0])
    row, col = _middle(view), _from_wall(view, side)

    def change(counts: np.ndarray) -> np.ndarray:
        counts[row - side // 2 : row + side // 2, min(col, col + side) : col + side] = 0
        counts[row - side // 2 : row + side // 2, col - side : col] = 0
        return counts

    return change_counts(view, change)


def kill_row(view: View) -> View:
    """A row of pixels that is dead."""
    row = _middle(view) + 3

    def change(counts: np.ndarray) -> np.ndarray:
        counts[row] = 0
        return counts

    return change_counts(view, change, head=len(view.counts) - 1)


def kill_many(view: View) -> View:
    """Two pixels in a hundred dead, here and there."""

    def change(counts: np.ndarray) -> np.ndarray:
        counts[::7, ::7] = 0
        return counts

    return change_counts(view, change)


def heat_pixel(view: View) -> View:
    """A pixel in the breast with four times its counts."""
    row, col = _middle(view) - 3, _from_wall(view, 10)

    def change(counts: np.ndarray) -> np.ndarray:
        counts[row, col] = 60 + 4 * counts[row, col - 2]
        return counts

    return change_counts(view, change)


def heat_column(view: View) -> View:
    """A column of pixels that counts three times what it should."""

    def change(counts: np.ndarray) -> np.ndarray:
        counts[:, _from_wall(view, 12)] *= 3
        return counts

    return change_counts(view, change)


def clip(view: View) -> View:
    """Counts that a camera clipped: one pixel in a hundred."""
    top = int(np.percentile(view.counts, 99))
    return replace(view, counts=np.minimum(view.counts, top).astype(np.uint16))


def reach_limit(view: View) -> View:
    """A pixel at the limit of its type."""

    def change(counts: np.ndarray) -> np.ndarray:
        counts[5, 5] = 65535
        return counts

    return change_counts(view, change)


def spill(view: View) -> View:
    """An extravasation in the far corner of the field."""
    rows, cols = np.mgrid[: view.counts.shape[1], : view.counts.shape[2]]
    far = _from_wall(view, view.counts.shape[2] - 1 - round(20 / view.spacing_mm[1]))
    away_mm = np.hypot(rows - 10 / view.spacing_mm[0], cols - far) * view.spacing_mm[0]
    level = float(np.percentile(view.counts[0], 95)) * 4
    spot = np.random.default_rng(1).poisson(level * np.exp(-(away_mm**2) / 100))
    return change_counts(view, lambda counts: (counts + spot).astype(np.uint16))


def cut_off(view: View) -> View:
    """A breast that lies too far towards the foot or the middle by 0.4 of the field."""
    way = round(0.4 * view.counts.shape[1])
    moved = np.zeros_like(view.counts)
    moved[:, way:] = view.counts[:, :-way]
    return replace(view, counts=moved)


def turn_over(view: View) -> View:
    """Pixels whose rows run against what the file says."""
    return replace(view, counts=view.counts[:, :, ::-1].copy())


def turn_quarter(view: View) -> View:
    """A square field, turned by a quarter."""
    heads, rows, cols = view.counts.shape
    square = np.zeros((heads, rows, rows), np.uint16)
    if view.name.side == "L":
        square[:, :, :cols] = view.counts
    else:
        square[:, :, -cols:] = view.counts
    return replace(view, counts=np.rot90(square, axes=(1, 2)).copy())


def empty(view: View) -> View:
    """A view in which nothing was before the camera."""
    rng = np.random.default_rng(2)
    counts = rng.poisson(0.02, view.counts.shape).astype(np.uint16)
    return replace(view, counts=counts)


def flood(view: View) -> View:
    """A flood image under the name of a view."""
    rng = np.random.default_rng(3)
    return replace(view, counts=rng.poisson(60, view.counts.shape).astype(np.uint16))


def thin(view: View) -> View:
    """A tenth of the events."""
    rng = np.random.default_rng(4)
    return replace(view, counts=rng.binomial(view.counts, 0.1).astype(np.uint16))


def set_fields(**fields: object) -> Change:
    """Other statements of the file."""
    return lambda view: replace(view, **fields)  # type: ignore[arg-type]


PLANTED: tuple[tuple[str, Callable[[View], View]], ...] = (
    ("blank", empty),
    ("blank", flood),
    ("low-counts", thin),
    ("saturated", clip),
    ("saturated", reach_limit),
    ("dead-pixels", kill_block),
    ("dead-pixels", kill_row),
    ("dead-pixels", kill_many),
    ("hot-pixels", heat_pixel),
    ("hot-pixels", heat_column),
    ("cut-off", cut_off),
    ("extravasation", spill),
    ("orientation", turn_over),
    ("orientation", turn_quarter),
    ("orientation-unstated", set_fields(orientation=None)),
    ("window", set_fields(energy_window_kev=(60.0, 100.0))),
    ("window", set_fields(energy_window_kev=(20.0, 200.0))),
    ("late-start", set_fields(start_s=4500.0)),
)
"""A fault of one view, and the check that has to find it."""
