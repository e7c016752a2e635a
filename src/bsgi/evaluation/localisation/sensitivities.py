"""Which share of the targets is found at a number of false marks, with intervals."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Integer

from bsgi.evaluation.clusters import count_effective
from bsgi.evaluation.estimate import LEVEL, Estimate
from bsgi.evaluation.localisation.searches import Repeats, Search
from bsgi.evaluation.rates.proportions import estimate_mean_share

FALSE_MARKS = (0.1, 0.25, 0.5, 1.0, 2.0)
"""False marks per image at which the sensitivity is told."""
RESAMPLES = 2000
"""How often the patients are drawn anew."""
BOOTSTRAP = "patient bootstrap and Wilson"
"""Name of the interval of a sensitivity."""
_AT_ONCE = 4_000_000
"""Resamples times thresholds that are held in memory together."""


@dataclass(frozen=True, slots=True)
class LocatedShare:
    """The share of targets found at a number of false marks.

    Args:
        false_marks: At most so many false marks per image.
        sensitivity: The largest share of targets found there.
    """

    false_marks: float
    sensitivity: Estimate


def find_sensitivities(
    repeats: Repeats, seed: int = 0, level: float = LEVEL
) -> tuple[LocatedShare, ...]:
    """Targets found at each number of false marks, with percentiles over patients.

    The interval is nowhere narrower than Wilson's at the number of women with a target,
    since a few women with all targets found show no spread however often they are
    drawn.

    Args:
        repeats: The searches of each repeat, of the same images with the same targets;
            at least one target.
        seed: Where the draws come from.
        level: Confidence level.

    References:
        Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13. Wilson
        1927, doi 10.1080/01621459.1927.10502953.
    """
    counts = [_count_marks(own) for own in repeats]
    targets = counts[0].targets
    whole = np.ones((1, targets.size), np.int64)
    observed = np.mean([one.sensitivities(whole)[0] for one in counts], axis=0)
    weights = _draw(targets > 0, seed)
    drawn = np.mean([one.sensitivities(weights) for one in counts], axis=0)
    tail = 0.5 - level / 2.0
    lower, upper = np.quantile(drawn, [tail, 1.0 - tail], axis=0)
    owners = [search.patient for search in repeats[0] for _ in search.targets]
    number = count_effective(owners, np.ones(len(owners), bool))
    found = []
    for index, false in enumerate(FALSE_MARKS):
        value = float(observed[index])
        wilson = estimate_mean_share(value, number, level)
        limits = (
            min(float(lower[index]), wilson.lower),
            max(float(upper[index]), wilson.upper),
        )
        found.append(LocatedShare(false, Estimate(value, *limits, BOOTSTRAP)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Counts:
    """Images, targets, and counts of marks from the strictest threshold on."""

    images: Integer[np.ndarray, " patient"]
    targets: Integer[np.ndarray, " patient"]
    false_marks: Integer[np.ndarray, "patient threshold"]
    hits: Integer[np.ndarray, "patient threshold"]

    def sensitivities(
        self, weights: Integer[np.ndarray, "draw patient"]
    ) -> Float[np.ndarray, "draw rate"]:
        """The sensitivity of each draw of patients at each number of false marks."""
        step = max(1, _AT_ONCE // self.hits.shape[1])
        found = []
        for start in range(0, len(weights), step):
            own = weights[start : start + step].astype(np.float64)
            across = own @ self.false_marks / (own @ self.images)[:, None]
            up = own @ self.hits / (own @ self.targets)[:, None]
            # Both rise with the threshold's index; the last one allowed is the best.
            places = [(across <= rate + 1e-12).sum(axis=1) - 1 for rate in FALSE_MARKS]
            found.append(np.stack([up[np.arange(len(own)), at] for at in places], 1))
        return np.concatenate(found)


def _count_marks(searches: Sequence[Search]) -> _Counts:
    """Images, targets and marks of each woman, women in the order of their names."""
    patients, place = np.unique(
        [search.patient for search in searches], return_inverse=True
    )
    thresholds = np.unique(np.array(_all_ratings(searches), np.float64))[::-1]
    images = np.bincount(place, minlength=len(patients))
    targets = np.bincount(
        place, [len(one.targets) for one in searches], len(patients)
    ).astype(np.int64)
    false_marks = np.zeros((len(patients), thresholds.size + 1), np.int64)
    hits = np.zeros_like(false_marks)
    for search, own in zip(searches, place, strict=True):
        false_marks[own] += _count(search.false_marks, thresholds)
        hits[own] += _count([o for o in search.targets if o is not None], thresholds)
    return _Counts(images, targets, false_marks, hits)


def _draw(
    with_target: Bool[np.ndarray, " patient"], seed: int
) -> Integer[np.ndarray, "draw patient"]:
    """How often each woman is in each draw, women with and without target apart."""
    rng = np.random.default_rng(seed)
    drawn = np.zeros((RESAMPLES, with_target.size), np.int64)
    for stratum in (np.flatnonzero(with_target), np.flatnonzero(~with_target)):
        if stratum.size:
            share = np.full(stratum.size, 1.0 / stratum.size)
            drawn[:, stratum] = rng.multinomial(stratum.size, share, size=RESAMPLES)
    return drawn


def _all_ratings(searches: Sequence[Search]) -> list[float]:
    return [
        one
        for search in searches
        for one in (*search.targets, *search.false_marks)
        if one is not None
    ]


def _count(
    ratings: Sequence[float], thresholds: Float[np.ndarray, " threshold"]
) -> Integer[np.ndarray, " corner"]:
    """How many ratings lie at or above no threshold, then each, falling."""
    known = np.sort(np.array(ratings, np.float64))
    above = known.size - np.searchsorted(known, thresholds, side="left")
    return np.concatenate([[0], above]).astype(np.int64)
