"""What all checks need of a view, worked out once: a coarse image and the breast in it.

An import runs the checks on every exam, so that they share one look: the view in the
common pose on blocks of about `BLOCK_MM`, where smoothing and labelling cost next to
nothing. `bsgi.exam.uptake.find_breast` is the exact outline, for measurements.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from jaxtyping import Bool, Float32, Integer
from scipy import ndimage

from bsgi.exam.orientation import Pose, find_pose, view_image
from bsgi.exam.record import View
from bsgi.exam.uptake import OUTLINE_FRACTION

BLOCK_MM: Final = 6.0
"""About the side of a block: the resolution of the cameras at 3 cm. A design choice."""

_BLUR_BLOCKS: Final = 0.8


@dataclass(frozen=True, slots=True)
class Look:
    """A view in the common pose, as the checks look at it.

    Args:
        view: The view.
        pose: From its pixels to the common pose.
        field: Rows and columns of the posed image that the detector's field covers; a
            matrix may be larger than the field.
        block: Pixels of a block, down and along.
        block_mm: Sides of a block, down and along.
        coarse: Counts per pixel of all heads in blocks, smoothed.
        breast: The blocks of the breast: what hangs together and reaches the chest
            wall, or the largest such part if none does.
        objects: Blocks as bright as a breast that do not belong to it.
        normal: Median counts per pixel of the breast, of all heads; 0 if there is none.
    """

    view: View
    pose: Pose
    field: tuple[slice, slice]
    block: tuple[int, int]
    block_mm: tuple[float, float]
    coarse: Float32[np.ndarray, "block_row block_col"]
    breast: Bool[np.ndarray, "block_row block_col"]
    objects: Bool[np.ndarray, "block_row block_col"]
    normal: float

    def pose_head(self, head: int) -> Integer[np.ndarray, "row col"]:
        """Counts of one head in the field, in the common pose.

        Args:
            head: Its number, from 0.
        """
        counts = self.view.counts[head]
        if self.view.heads_mirrored[head]:
            counts = counts[:, ::-1]
        return self.pose.apply(counts)[self.field]


def take_look(view: View) -> Look:
    """A view as the checks look at it.

    Args:
        view: Any view; a blank one has no breast.

    Raises:
        ExamError: If its pose cannot be told.
    """
    pose = find_pose(view)
    down_mm, along_mm = pose.spacing_mm(view)
    whole = view_image(view)
    field = _find_field(whole)
    image = whole[field]
    down, along = (max(1, round(BLOCK_MM / step)) for step in (down_mm, along_mm))
    coarse = _blocks(image.shape[0], down) @ image @ _blocks(image.shape[1], along).T
    bright = _find_bright(coarse)
    breast = _choose_breast(bright)
    return Look(
        view=view,
        pose=pose,
        field=field,
        block=(down, along),
        block_mm=(down * down_mm, along * along_mm),
        coarse=coarse,
        breast=breast,
        objects=bright & ~breast,
        normal=_find_middle(coarse[breast]),
    )


def _find_field(image: Float32[np.ndarray, "row col"]) -> tuple[slice, slice]:
    """The image without the empty margin of a matrix larger than the field.

    Only what is empty on both ends of an axis is a margin, and only as much of it as
    both ends have: the side of the chest wall is never empty in an image of a breast,
    and the others may well be.
    """
    parts = []
    for axis, size in enumerate(image.shape):
        ends = np.asarray(image.any(axis=1 - axis))
        margin = 0
        if not (ends[0] or ends[-1]):
            filled = np.flatnonzero(ends)
            if len(filled):
                margin = int(min(filled[0], size - 1 - filled[-1]))
        parts.append(slice(margin, size - margin))
    return parts[0], parts[1]


def _find_middle(values: Float32[np.ndarray, " n"]) -> float:
    """The upper median, which is much faster to find than the mean of two."""
    return float(np.sort(values)[len(values) // 2]) if len(values) else 0.0


@lru_cache(maxsize=64)
def _blocks(pixels: int, side: int) -> Float32[np.ndarray, "blocks pixels"]:
    """Averaging over blocks and a blur along one axis, as one matrix.

    Its rows sum to one: what lies beyond the border is taken to be as at the border.
    """
    number = -(-pixels // side)
    mean = np.zeros((number, pixels))
    mean[np.arange(pixels) // side, np.arange(pixels)] = 1.0
    mean /= mean.sum(axis=1, keepdims=True)
    blur = ndimage.gaussian_filter1d(
        np.eye(number), _BLUR_BLOCKS, axis=0, mode="nearest"
    )
    matrix = np.asarray(blur @ mean, np.float32)
    matrix.setflags(write=False)
    return matrix


def _find_bright(
    coarse: Float32[np.ndarray, "block_row block_col"],
) -> Bool[np.ndarray, "block_row block_col"]:
    """What reaches a share of its own median, found by repetition."""
    falling = np.sort(coarse, axis=None)[::-1]
    level = float(falling.mean())
    for _ in range(20):
        inside = int(np.searchsorted(-falling, -level))
        if inside == 0:
            break
        renewed = OUTLINE_FRACTION * float(falling[inside // 2])
        if abs(renewed - level) <= 1e-3 * level:
            break
        level = renewed
    return np.asarray(coarse > level)


def _choose_breast(
    bright: Bool[np.ndarray, "block_row block_col"],
) -> Bool[np.ndarray, "block_row block_col"]:
    """The largest connected part, of those at the chest wall if there are any."""
    parts, number = ndimage.label(bright)
    if number <= 1:
        return bright
    sizes = np.bincount(parts.ravel(), minlength=number + 1)
    sizes[0] = 0
    at_wall = np.unique(parts[:, 0])
    at_wall = at_wall[at_wall > 0]
    candidates = at_wall if len(at_wall) else np.arange(1, number + 1)
    return np.asarray(parts == candidates[np.argmax(sizes[candidates])])
