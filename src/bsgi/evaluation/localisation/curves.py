"""Curves of searches: what is found, against what false marks that costs.

All three kinds go from the strictest threshold, at which nothing is marked, to the
laxest, at which every mark counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from bsgi.evaluation.localisation.searches import Search


@dataclass(frozen=True, slots=True)
class SearchCurve:
    """A curve of searches; both lists rise.

    Args:
        thresholds: Infinity, then each rating that occurs, falling; a mark counts from
            its threshold on.
        across: False marks per image (FROC), or share of images without target that
            have a false mark (LROC and alternative FROC).
        up: Share of targets found (FROC and alternative FROC), or of images with a
            target whose highest mark hits (LROC).
    """

    thresholds: Float[np.ndarray, " corner"]
    across: Float[np.ndarray, " corner"]
    up: Float[np.ndarray, " corner"]


def build_froc(searches: Sequence[Search]) -> SearchCurve | None:
    """The free-response curve: targets found against false marks per image.

    Args:
        searches: One per image.

    Returns:
        The curve; None without a target.

    References:
        Bunch, Hamilton, Sanderson and Simmons 1978, Journal of Applied Photographic
        Engineering 4:166. Chakraborty 2013, doi 10.1016/j.acra.2013.03.001.
    """
    hits = [_rating(one) for search in searches for one in search.targets]
    false_marks = [one for search in searches for one in search.false_marks]
    return _curve(false_marks, len(searches), hits, len(hits))


def build_afroc(searches: Sequence[Search]) -> SearchCurve | None:
    """The alternative curve: targets found against false alarms by image.

    Args:
        searches: One per image; false marks count in images without target alone.

    Returns:
        The curve; None without a target, or without an image that has none.

    References:
        Chakraborty and Winter 1990, doi 10.1148/radiology.174.3.2305073.
    """
    hits = [_rating(one) for search in searches for one in search.targets]
    alarms = [one.highest_false for one in searches if not one.targets]
    return _curve(alarms, len(alarms), hits, len(hits))


def build_lroc(searches: Sequence[Search]) -> SearchCurve | None:
    """The localisation curve: images whose highest mark hits, against false alarms.

    An image is found if its highest mark lies on a target; a false mark that is as high
    spoils it.

    Args:
        searches: One per image.

    Returns:
        The curve; None without a target, or without an image that has none.

    References:
        Starr, Metz, Lusted and Goodenough 1975, doi 10.1148/116.3.533. Swensson 1996,
        doi 10.1118/1.597758.
    """
    found = [
        one.highest_hit if one.highest_hit > one.highest_false else -np.inf
        for one in searches
        if one.targets
    ]
    alarms = [one.highest_false for one in searches if not one.targets]
    return _curve(alarms, len(alarms), found, len(found))


@dataclass(frozen=True, slots=True)
class MeanCurve:
    """The mean of the curves of several repeats, as a line through its points.

    Args:
        across: As in `SearchCurve`; a place stands twice where the line rises.
        up: Mean over the repeats at equal `across`.
    """

    across: Float[np.ndarray, " point"]
    up: Float[np.ndarray, " point"]


def average_curves(
    curves: Sequence[SearchCurve], end: float, *, stepped: bool
) -> MeanCurve:
    """Curves averaged at equal numbers, or shares, of false marks.

    Beyond its laxest threshold a curve stays where it is: nothing more is found.

    Args:
        curves: Those of the repeats, all of one kind; at least one.
        end: Where the line ends, at least where the longest of the curves does.
        stepped: Whether a curve keeps its height up to its next corner, as in FROC
            curves; else it goes there straight, as in LROC curves, where ties count
            half.

    Raises:
        ValueError: If there is no curve, or one is longer than the line.
    """
    if not curves or max(float(one.across[-1]) for one in curves) > end + 1e-12:
        raise ValueError("the mean must be of at least one curve, none beyond its end.")
    grid = np.unique(np.concatenate([*(one.across for one in curves), [end]]))
    sides = [_find_sides(one, grid, stepped=stepped) for one in curves]
    below = np.mean([side for side, _ in sides], axis=0)
    above = np.mean([side for _, side in sides], axis=0)
    return MeanCurve(np.repeat(grid, 2), np.stack([below, above], axis=1).ravel())


def _find_sides(
    curve: SearchCurve, grid: Float[np.ndarray, " place"], *, stepped: bool
) -> tuple[Float[np.ndarray, " place"], Float[np.ndarray, " place"]]:
    """Height of a curve just before, and at, each place."""
    first = np.searchsorted(curve.across, grid, side="left")
    last = np.searchsorted(curve.across, grid, side="right") - 1
    before = np.maximum(first - 1, 0)
    if stepped:
        return np.where(first > 0, curve.up[before], 0.0), curve.up[last]
    after = np.minimum(first, curve.across.size - 1)
    gap = curve.across[after] - curve.across[before]
    part = (grid - curve.across[before]) / np.where(gap > 0, gap, 1.0) * (gap > 0)
    between = curve.up[before] + part * (curve.up[after] - curve.up[before])
    corner = curve.across[after] == grid
    return (
        np.where(corner, curve.up[after], between),
        np.where(corner, curve.up[last], between),
    )


def _rating(rating: float | None) -> float:
    return -np.inf if rating is None else rating


def _curve(
    across: Sequence[float], images: int, up: Sequence[float], targets: int
) -> SearchCurve | None:
    """How many of two lists lie at or above each rating that occurs."""
    if images == 0 or targets == 0:
        return None
    ratings = np.array([*across, *up], np.float64)
    thresholds = np.unique(ratings[np.isfinite(ratings)])[::-1]
    counts = [
        len(values) - np.searchsorted(np.sort(values), thresholds, side="left")
        for values in (np.array(across, np.float64), np.array(up, np.float64))
    ]
    return SearchCurve(
        np.concatenate([[np.inf], thresholds]),
        np.concatenate([[0.0], counts[0] / images]),
        np.concatenate([[0.0], counts[1] / targets]),
    )
