"""How well lesions are located: three areas, and sensitivities at given false marks.

Patients are the independent units: the views of one woman are seen together or not, and
repeats of a search share her. Areas and sensitivities are means over the repeats. In
drawn studies of 45 to 231 women the intervals of the areas hold the truth in 94 to 96 %
and those of the sensitivities in 99 % and more (`runs/reader_tests.py places`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from bsgi.evaluation.areas.auc import Placements, estimate_from_variance
from bsgi.evaluation.clusters import compute_clustered_variance
from bsgi.evaluation.estimate import LEVEL, Estimate, check_level
from bsgi.evaluation.localisation.searches import Repeats, Search
from bsgi.evaluation.localisation.sensitivities import LocatedShare, find_sensitivities


@dataclass(frozen=True, slots=True)
class LocalisationMetrics:
    """How well the targets of some images were located.

    Args:
        level: Confidence level of the intervals.
        images: Images searched, each counted once, as all below but for the marks.
        images_with_target: Of these, with a target.
        targets: Targets in all.
        patients: Women in all.
        marks_on_targets: Targets with a mark, summed over the repeats.
        false_marks: Marks on no target, likewise.
        lroc: Area below the LROC curve: the chance that an image with a target has its
            highest mark on one, higher than that of an image without; None without both
            kinds of images.
        afroc: Area below the alternative FROC curve, JAFROC's figure of merit: the
            chance that a target is rated above the highest mark of an image without.
        weighted_afroc: The same with every image with targets counted once.
        sensitivities: Targets found at given numbers of false marks; empty without a
            target.
        repeats: How often the images were searched.
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
    repeats: int = 1


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
    return summarize_repeated((searches,), seed=seed, level=level)


def summarize_repeated(
    repeats: Repeats, *, seed: int = 0, level: float = LEVEL
) -> LocalisationMetrics:
    """The same of searches that were repeated, such as by networks trained again.

    Areas are means over the repeats, their variances those of the placements averaged
    over the repeats, as for the mean AUC of several trainings: repeats share their
    patients. The sensitivity is the mean of those that the repeats reach, each by its
    own threshold; the draws of patients are the same for all repeats.

    Args:
        repeats: The searches of each repeat, one per image.
        seed: Where the draws for the sensitivities come from.
        level: Confidence level.

    Raises:
        ValueError: If there is no search, an image was searched twice in a repeat, or
            repeats are not of the same images with the same targets.

    References:
        Obuchowski and Rockette 1995, doi 10.1080/03610919508813243, for the mean of
        fixed readers; trainings take their place.
    """
    check_level(level)
    ordered = _match_repeats(repeats)
    first = ordered[0]
    with_target = [[one for one in own if one.targets] for own in ordered]
    without = [[one for one in own if not one.targets] for own in ordered]
    areas: dict[str, Estimate | None] = dict.fromkeys(("lroc", "afroc", "weighted"))
    if with_target[0] and without[0]:
        areas = {
            "lroc": _area(*_place_images(with_target, without), level),
            "afroc": _area(*_place_targets(with_target, without), level),
            "weighted": _area(
                *_place_targets(with_target, without, weighted=True), level
            ),
        }
    everything = [search for own in ordered for search in own]
    return LocalisationMetrics(
        level=level,
        images=len(first),
        images_with_target=len(with_target[0]),
        targets=sum(len(search.targets) for search in first),
        patients=len({search.patient for search in first}),
        marks_on_targets=sum(
            one is not None for search in everything for one in search.targets
        ),
        false_marks=sum(len(search.false_marks) for search in everything),
        lroc=areas["lroc"],
        afroc=areas["afroc"],
        weighted_afroc=areas["weighted"],
        sensitivities=(
            find_sensitivities(ordered, seed, level) if with_target[0] else ()
        ),
        repeats=len(ordered),
    )


def _match_repeats(repeats: Repeats) -> list[list[Search]]:
    """The searches of each repeat in the order of the first one's images."""
    for own in repeats or [()]:
        if not own or len({search.image for search in own}) < len(own):
            raise ValueError("there must be one search per image, and at least one.")
    wanted = [(one.image, one.patient, len(one.targets)) for one in repeats[0]]
    ordered = []
    for own in repeats:
        known = {search.image: search for search in own}
        found = [known[image] for image, _, _ in wanted if image in known]
        same = [(one.image, one.patient, len(one.targets)) for one in found] == wanted
        if not same or len(known) != len(wanted):
            raise ValueError(
                "repeats must be of the same images, patients and targets."
            )
        ordered.append(found)
    return ordered


def _area(
    placements: Placements, owners: list[str], others: list[str], level: float
) -> Estimate:
    variance = compute_clustered_variance(placements, owners, others)
    numbers = len(set(owners)), len(set(others))
    return estimate_from_variance(placements.auc, variance, *numbers, None, level)


def _place_images(
    with_target: Repeats, without: Repeats
) -> tuple[Placements, list[str], list[str]]:
    """Placements of the LROC area: images with a target against those without."""
    above = []
    for own, others in zip(with_target, without, strict=True):
        found = [one.highest_hit > one.highest_false for one in own]
        ratings = np.array([one.highest_hit for one in own], np.float64)
        alarms = np.array([one.highest_false for one in others], np.float64)
        above.append(_above(ratings, alarms) * np.array(found, np.float64)[:, None])
    placements = _place(np.mean(above, axis=0))
    owners = [one.patient for one in with_target[0]]
    return placements, owners, [one.patient for one in without[0]]


def _place_targets(
    with_target: Repeats, without: Repeats, *, weighted: bool = False
) -> tuple[Placements, list[str], list[str]]:
    """Placements of targets, or of images with each its targets' mean, against others.

    The units are images if weighted, else targets.
    """
    above = []
    for own, others in zip(with_target, without, strict=True):
        ratings = [
            -np.inf if one is None else one for search in own for one in search.targets
        ]
        alarms = np.array([one.highest_false for one in others], np.float64)
        above.append(_above(np.array(ratings, np.float64), alarms))
    mean = np.asarray(np.mean(above, axis=0), np.float64)
    owners = [search.patient for search in with_target[0] for _ in search.targets]
    if weighted:
        ends = np.cumsum([len(search.targets) for search in with_target[0]])[:-1]
        mean = np.array([rows.mean(axis=0) for rows in np.split(mean, ends)])
        owners = [search.patient for search in with_target[0]]
    return _place(mean), owners, [one.patient for one in without[0]]


def _place(above: Float[np.ndarray, "rating alarm"]) -> Placements:
    return Placements(above.mean(axis=1), above.mean(axis=0))


def _above(
    ratings: Float[np.ndarray, " rating"], alarms: Float[np.ndarray, " alarm"]
) -> Float[np.ndarray, "rating alarm"]:
    """1 where a rating lies above an alarm, a half where they are equal."""
    one, other = ratings[:, None], alarms[None, :]
    return np.asarray((one > other) + 0.5 * (one == other), np.float64)
