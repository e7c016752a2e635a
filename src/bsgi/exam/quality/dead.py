"""Parts of the detector in the breast that count nothing: pixels, rows, modules, heads.

A detector has a few dead pixels, which its makers allow and a reader does not see. What
is looked for is more than that: several joined, or a good many.
"""

from typing import Final

import numpy as np
from jaxtyping import Bool
from scipy import ndimage, special

from bsgi.exam.quality.look import Look

JOINED_PIXELS: Final = 4
"""Dead pixels that touch each other from which on they are told. With one pixel of a
thousand dead by chance, four touch in one of some 100,000 views."""

DEAD_SHARE: Final = 0.005
"""Share of the breast's pixels from which on dead ones are told though they are single:
five times what is allowed for here. A design choice."""

HEAD_SHARE: Final = 0.1
"""Share of the counts of the other head below which a head is told."""

_NORMAL_SHARE = 0.4  # what the outline of the breast takes for breast at least
_DEAD_SHARE_OF_NORMAL = 0.1
_CHANCE = 5e-4  # of a live pixel to count so few
_TOUCHING = np.ones((3, 3), int)


def find_dead(look: Look) -> str:
    """Dead pixels in the breast: several joined, or many; or a head that is dead.

    A pixel is dead if it has at most a tenth of the breast's normal counts, where a
    live one would count so few less often than once in 2,000 times (Poisson). With
    fewer than about 19 counts in a normal pixel of a head this cannot be told, and
    nothing is said.

    Args:
        look: A view with a breast.
    """
    totals = look.view.counts.sum(axis=(1, 2), dtype=np.int64)
    if totals.min() < HEAD_SHARE * totals.max():
        return (
            f"head {int(totals.argmin()) + 1} has {totals.min() / totals.max():.0%} of "
            "the counts of the other"
        )
    inner = _find_inner(look)
    told = []
    for head, total in enumerate(totals):
        limit = _find_limit(look.normal * float(total / totals.sum()))
        if limit < 0:
            continue
        dead = (look.pose_head(head) <= limit) & inner
        told.append(_describe(dead, inner, look))
    return max(told, key=len, default="")


def _find_inner(look: Look) -> Bool[np.ndarray, "row col"]:
    """Pixels of the breast without its border, and with what a dead module takes out.

    Every row of the breast goes on from its outermost block to the chest wall; a block
    is left out all around it but there.
    """
    breast = look.breast
    reach = breast.shape[1] - np.argmax(breast[:, ::-1], axis=1)
    reach[~breast.any(axis=1)] = 0
    padded = np.pad(reach, 1)
    reach = np.minimum(np.minimum(padded[:-2], padded[2:]), reach) - 1
    rows, cols = (part.stop - part.start for part in look.field)
    reach_pixels = np.repeat(reach * look.block[1], look.block[0])[:rows]
    return np.asarray(np.arange(cols) < reach_pixels[:, None])


def _find_limit(normal: float) -> int:
    """The most counts of a dead pixel; -1 if a live one may count nothing as well."""
    least = _NORMAL_SHARE * normal
    limit = int(_DEAD_SHARE_OF_NORMAL * normal)
    while limit >= 0 and float(special.pdtr(limit, least)) > _CHANCE:
        limit -= 1
    return limit


def _describe(
    dead: Bool[np.ndarray, "row col"], inner: Bool[np.ndarray, "row col"], look: Look
) -> str:
    number = int(np.count_nonzero(dead))
    if number < JOINED_PIXELS:
        return ""
    parts, found = ndimage.label(dead, _TOUCHING)
    sizes = np.bincount(parts.ravel(), minlength=found + 1)[1:]
    largest = int(sizes.max())
    if largest >= JOINED_PIXELS:
        place = ndimage.find_objects(parts)[int(sizes.argmax())]
        down, along = (
            (part.stop - part.start) * side / pixel
            for part, side, pixel in zip(place, look.block_mm, look.block, strict=True)
        )
        return (
            f"{largest:,} joined pixels in the breast are dead "
            f"({down:.0f} x {along:.0f} mm)"
        )
    if number > DEAD_SHARE * np.count_nonzero(inner):
        return f"{number:,} single pixels in the breast are dead"
    return ""
