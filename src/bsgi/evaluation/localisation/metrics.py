"""How well lesions are located: three areas, and sensitivities at given false marks.

Patients are the independent units: the views of one woman are seen together or not. In
drawn studies of 45 to 231 women the intervals of the areas hold the truth in 94 to 96 %
and those of the sensitivities in 99 % and more (`runs/reader_tests.py places`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Integer

from bsgi.evaluation.areas.auc import Placements, estimate_from_variance
from bsgi.evaluation.clusters import compute_clustered_variance, count_effective
from bsgi.evaluation.estimate import LEVEL, Estimate, check_level
from bsgi.evaluation.localisation.searches import Search
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


@dataclass(frozen=True, slots=True)
class LocalisationMetrics:
    """How well the targets of some images were located.

    Args:
        level: Confidence level of the intervals.
        images: Images searched.
        images_with_target: Of these, with a target.
        targets: Targets in all.
        patients: Women in all.
        marks_on_targets: Targets with a mark.
        false_marks: Marks on no target.
        lroc: Area below the LROC curve: the chance that an image with a target has its
            highest mark on one, higher than that of an image without; None without both
            kinds of images.
        afroc: Area below the alternative FROC curve, JAFROC's figure of merit: the
            chance that a target is rated above the highest mark of an image without.
        weighted_afroc: The same with every image with targets counted once.
        sensitivities: Targets found at given numbers of false marks; empty without a
            target.
    """

    level: float
    images: int
    images_with_target: int
    targets: int
    patients: int
    marks_on_targets: int
    false_marks: int
    lroc: Estimate | None
    afroc: Estimate | None
    weighted_afroc: Estimate | None
    sensitivities: tuple[LocatedShare, ...]


def summarize_localisation(
    searches: Sequence[Search], *, seed: int = 0, level: float = LEVEL
) -> LocalisationMetrics:
    """Areas and sensitivities of some searches, with intervals over patients.

    With x the highest false mark of an image without target and y the rating of a
    target, minus infinity where there is no mark, each area is a mean of pairs: 1 where
    y > x, a half where they are equal. For the LROC curve y is the highest mark of an
    image and counts 0 unless it hits. Their variances come from placements, summed over
    the images of a woman; the interval is chosen as for an AUC.

    Args:
        searches: One per image.
        seed: Where the draws for the sensitivities come from.
        level: Confidence level.

    Raises:
        ValueError: If there is no search, or an image was searched twice.

    References:
        Swensson 1996, doi 10.1118/1.597758, for the LROC. Chakraborty and Berbaum 2004,
        doi 10.1118/1.1769352, for JAFROC. Chakraborty and Zhai 2016,
        doi 10.1118/1.4947125, for the weights. Obuchowski 1997, doi 10.2307/2533958,
        for the variance.
    """
    check_level(level)
    names = [search.image for search in searches]
    if not names or len(set(names)) < len(names):
        raise ValueError("there must be one search per image, and at least one.")
    with_target = [search for search in searches if search.targets]
    without = [search for search in searches if not search.targets]
    areas: dict[str, Estimate | None] = dict.fromkeys(("lroc", "afroc", "weighted"))
    if with_target and without:
        areas = {
            "lroc": _area(*_place_images(with_target, without), level),
            "afroc": _area(*_place_targets(with_target, without), level),
            "weighted": _area(
                *_place_targets(with_target, without, weighted=True), level
            ),
        }
    return LocalisationMetrics(
        level=level,
        images=len(names),
        images_with_target=len(with_target),
        targets=sum(len(search.targets) for search in searches),
        patients=len({search.patient for search in searches}),
        marks_on_targets=sum(
            one is not None for search in searches for one in search.targets
        ),
        false_marks=sum(len(search.false_marks) for search in searches),
        lroc=areas["lroc"],
        afroc=areas["afroc"],
        weighted_afroc=areas["weighted"],
        sensitivities=_find_sensitivities(searches, seed, level) if with_target else (),
    )


def _area(
    placements: Placements, owners: list[str], others: list[str], level: float
) -> Estimate:
    variance = compute_clustered_variance(placements, owners, others)
    numbers = len(set(owners)), len(set(others))
    return estimate_from_variance(placements.auc, variance, *numbers, None, level)


def _place_images(
    with_target: Sequence[Search], without: Sequence[Search]
) -> tuple[Placements, list[str], list[str]]:
    """Placements of the LROC area: images with a target against those without."""
    found = [one.highest_hit > one.highest_false for one in with_target]
    ratings = np.array([one.highest_hit for one in with_target], np.float64)
    alarms = np.array([one.highest_false for one in without], np.float64)
    above = _above(ratings, alarms) * np.array(found, np.float64)[:, None]
    placements = Placements(above.mean(axis=1), above.mean(axis=0))
    return placements, [o.patient for o in with_target], [o.patient for o in without]


def _place_targets(
    with_target: Sequence[Search],
    without: Sequence[Search],
    *,
    weighted: bool = False,
) -> tuple[Placements, list[str], list[str]]:
    """Placements of targets, or of images with each its targets' mean, against others.

    The units are images if weighted, else targets.
    """
    ratings = [
        -np.inf if one is None else one
        for search in with_target
        for one in search.targets
    ]
    alarms = np.array([one.highest_false for one in without], np.float64)
    above = _above(np.array(ratings, np.float64), alarms)
    owners = [search.patient for search in with_target for _ in search.targets]
    if weighted:
        ends = np.cumsum([len(search.targets) for search in with_target])[:-1]
        above = np.array([own.mean(axis=0) for own in np.split(above, ends)])
        owners = [search.patient for search in with_target]
    placements = Placements(above.mean(axis=1), above.mean(axis=0))
    return placements, owners, [one.patient for one in without]


def _above(
    ratings: Float[np.ndarray, " rating"], alarms: Float[np.ndarray, " alarm"]
) -> Float[np.ndarray, "rating alarm"]:
    """1 where a rating lies above an alarm, a half where they are equal."""
    one, other = ratings[:, None], alarms[None, :]
    return np.asarray((one > other) + 0.5 * (one == other), np.float64)


def _find_sensitivities(
    searches: Sequence[Search], seed: int, level: float
) -> tuple[LocatedShare, ...]:
    """Targets found at each number of false marks, with percentiles over patients.

    The interval is nowhere narrower than Wilson's at the number of women with a target,
    since a few women with all targets found show no spread however often they are
    drawn.

    References:
        Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13. Wilson
        1927, doi 10.1080/01621459.1927.10502953.
    """
    patients, place = np.unique(
        [search.patient for search in searches], return_inverse=True
    )
    ratings = [*_all_ratings(searches)]
    thresholds = np.unique(np.array(ratings, np.float64))[::-1]
    images = np.bincount(place, minlength=len(patients))
    targets = np.bincount(
        place, [len(one.targets) for one in searches], len(patients)
    ).astype(np.int64)
    false_marks = np.zeros((len(patients), thresholds.size + 1), np.int64)
    hits = np.zeros_like(false_marks)
    for search, own in zip(searches, place, strict=True):
        false_marks[own] += _count(search.false_marks, thresholds)
        hits[own] += _count([o for o in search.targets if o is not None], thresholds)
    whole = np.ones((1, len(patients)), np.int64)
    measure = _Counts(images, targets, false_marks, hits)
    observed = measure.sensitivities(whole)[0]
    drawn = measure.sensitivities(_draw(targets > 0, seed))
    tail = 0.5 - level / 2.0
    lower, upper = np.quantile(drawn, [tail, 1.0 - tail], axis=0)
    owners = [search.patient for search in searches for _ in search.targets]
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
