"""How large the error per label can be, by where the calibration scores come from.

Calibration patients who were set aside and scored by the network under test are, to it,
like the patients whom it is going to see: the bound is the error rate asked for. Scores
of other networks come with less, and it must be said how much less.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from scipy.stats import beta

from bsgi.evaluation.abstention.thresholds import (
    check_error_rate,
    count_needed,
    count_strange,
)
from bsgi.evaluation.estimate import LEVEL, check_level


class Basis(StrEnum):
    """Whose scores the thresholds stand on, from the strongest bound to the weakest.

    - ``SET_ASIDE``: patients set aside, scored by the network under test.
    - ``OTHER_FOLDS``: the test scores of the other folds, by their networks.
    - ``INNER_FOLDS``: training patients, by networks trained without them.
    - ``NOT_STATED``: a table that has no row of the part train, so that nobody knows
      from whom the network under test learned.
    - ``OTHER_PATIENTS``: any of these, but the patients under test are of another
      hospital or period.
    - ``FIXED``: any of these on another cohort, before this one was seen.
    """

    SET_ASIDE = "set aside"
    OTHER_FOLDS = "other folds"
    INNER_FOLDS = "inner folds"
    NOT_STATED = "not stated"
    OTHER_PATIENTS = "other patients"
    FIXED = "fixed before"


@dataclass(frozen=True, slots=True)
class Guarantee:
    """What holds of the error per label, whatever the network and the scores are.

    Args:
        bound: Share of the patients of a label whose true label is kept, at least; None
            where nothing can be promised.
        words: What it promises, of whom, and why.
    """

    bound: float | None
    words: str


def state_guarantee(
    basis: Basis, error_rate: float, folds: Sequence[Sequence[int]] = ()
) -> Guarantee:
    """What can be promised of the error per label.

    Args:
        basis: Whose scores the thresholds stand on.
        error_rate: Of the patients of a label, how many may be judged wrongly.
        folds: For `Basis.OTHER_FOLDS` the test patients of each fold, one list for each
            label and repeat; none if a patient is tested in several folds.

    References:
        Vovk 2013, doi 10.1007/s10994-013-5355-6. Vovk 2015, Cross-conformal predictors,
        doi 10.1007/s10472-013-9368-4. Barber, Candes, Ramdas and Tibshirani 2021,
        Predictive inference with the jackknife+, doi 10.1214/20-AOS1965.
    """
    check_error_rate(error_rate)
    if basis is Basis.SET_ASIDE:
        return Guarantee(1.0 - error_rate, _describe_set_aside(error_rate))
    if basis is Basis.OTHER_FOLDS:
        bound = bound_folds(folds, error_rate)
        return Guarantee(bound, _describe_folds(error_rate, bound))
    if basis is Basis.INNER_FOLDS:
        return Guarantee(None, _describe_inner_folds(error_rate))
    if basis is Basis.NOT_STATED:
        return Guarantee(None, _describe_not_stated(error_rate))
    if basis is Basis.FIXED:
        return state_fixed(None, error_rate)
    return Guarantee(
        None,
        "The patients under test are of another hospital or period than those on whom "
        "the thresholds stand. Conformal thresholds promise nothing there; the "
        "measured error is what counts.",
    )


def state_fixed(chosen_on: Basis | None, error_rate: float) -> Guarantee:
    """What holds where thresholds that were fixed on another cohort are applied.

    Args:
        chosen_on: Whose scores they stand on there; None if it is not known.
        error_rate: Of the patients of a label, how many may be judged wrongly.
    """
    check_error_rate(error_rate)
    return Guarantee(
        None,
        "The thresholds were fixed before, on patients of another cohort. "
        f"{_describe_fixed(chosen_on, error_rate)} Here nothing is promised, and the "
        "measured error is what counts.",
    )


def bound_folds(folds: Sequence[Sequence[int]], error_rate: float) -> float | None:
    """The least share of correctly kept labels that thresholds of other folds allow.

    Take, of all patients of a label who are judged wrongly, the least strange, in a
    fold of m of n patients. At most floor(error_rate (n - m + 1)) - 1 patients of other
    folds are as strange, among them all who are judged wrongly there; in her own fold
    all m may be. So at most floor(error_rate (n - m + 1)) - 1 + m of n are judged
    wrongly, and there are scores for which it is as many: those of one fold all beyond
    those of the others. With K equal folds this comes to error_rate + (1 - error_rate)
    / K, 28 % for five folds at 10 %.

    Args:
        folds: Test patients of each fold, one list for each label and repeat.
        error_rate: Of the patients of a label, how many may be judged wrongly.

    Returns:
        The share; None if there is no list.
    """
    worst = []
    for numbers in folds:
        total = sum(numbers)
        counts = [
            strange - 1 + number
            for number in numbers
            if number and (strange := count_strange(total - number, error_rate))
        ]
        worst.append(max(counts, default=0) / total if total else 0.0)
    return None if not worst else max(1.0 - max(worst), 0.0)


def spread_error(
    patients: int, error_rate: float, level: float = LEVEL
) -> tuple[float, float]:
    """How far the true error of a label reaches from one set of calibration patients.

    The bound is an average over sets of calibration patients. Given one set, the chance
    that a new patient's label is excluded follows, for scores without ties, the beta
    distribution with parameters l and n + 1 - l, l = floor(error_rate (n + 1)).

    Args:
        patients: Calibration patients of the label, set aside.
        error_rate: Of the patients of a label, how many may be judged wrongly.
        level: Share of the sets of calibration patients to cover.

    Returns:
        The limits between which the error of that share of sets lies; 0 and 0 with too
        few patients to exclude a label.

    References:
        Vovk 2013, section 3, doi 10.1007/s10994-013-5355-6.
    """
    check_level(level)
    if patients < count_needed(error_rate):
        return 0.0, 0.0
    strange = count_strange(patients, error_rate)
    tail = 0.5 - level / 2.0
    limits = beta.ppf([tail, 1.0 - tail], strange, patients + 1 - strange)
    return float(limits[0]), float(limits[1])


def _describe_set_aside(error_rate: float) -> str:
    return (
        "The thresholds stand on patients who were set aside for it (part calibrate) "
        f"and scored by the same network. So on average at most {_percent(error_rate)} "
        "of the patients of each label have their label excluded, whatever the "
        "network, as long as the patients are like those set aside (split conformal "
        "prediction, Vovk 2013). The average is over calibration patients too: one "
        "draw of them may give more."
    )


def _describe_folds(error_rate: float, bound: float | None) -> str:
    kept = (
        "A patient is tested in several folds, so nothing is proved."
        if bound is None
        else "What is sure, for any networks, is that the true label is kept in at "
        f"least {_percent(bound)} of the study's patients of each label; this is no "
        "promise for other patients."
    )
    return (
        "The thresholds of a fold stand on scores of the other folds by other "
        f"networks, so the guarantee is weaker. {_describe_all_networks(error_rate)} "
        f"{kept} Where the networks of the folds are much alike the error comes near "
        f"{_percent(error_rate)}."
    )


def _describe_inner_folds(error_rate: float) -> str:
    return (
        "The thresholds stand on training patients, scored by networks that were "
        f"trained without them. {_describe_all_networks(error_rate)} Nothing is proved "
        "for any network (Barber et al. 2021, on the jackknife); where leaving "
        "patients out changes the network little the error comes near "
        f"{_percent(error_rate)}. The measured error is what counts."
    )


def _describe_not_stated(error_rate: float) -> str:
    return (
        "The thresholds stand on rows of the part calibrate, but no row of the part "
        "train says from whom the network learned. Were these patients set aside, at "
        f"most {_percent(error_rate)} of each label would be judged wrongly on "
        "average; had the network learned from them, nothing would hold. So nothing "
        "is promised, and the measured error is what counts. Rows of the part train "
        "would settle it."
    )


def _describe_fixed(chosen_on: Basis | None, error_rate: float) -> str:
    """What fixed thresholds promise where they were chosen."""
    if chosen_on is Basis.SET_ASIDE:
        return (
            "There they stand on patients set aside and scored by the same network: of "
            "patients, cameras and images like those at most "
            f"{_percent(error_rate)} of each label have their label excluded on "
            "average."
        )
    if chosen_on is Basis.INNER_FOLDS:
        return (
            "There they stand on training patients, scored by networks that were "
            "trained without them, so that nothing was proved there either."
        )
    if chosen_on is Basis.NOT_STATED:
        return (
            "No row of the part train said there from whom the network had learned, so "
            "that nothing was promised there either."
        )
    if chosen_on is Basis.OTHER_PATIENTS:
        return (
            "There they were already applied to patients of another hospital or period "
            "than those on whom they stand, so that nothing was promised there either."
        )
    return (
        "On whose scores they stand there is not stated, so that nothing is known of "
        "what they promise for patients like those."
    )


def _describe_all_networks(error_rate: float) -> str:
    """Why the bound of CV+ is not ours."""
    return (
        f"The bound of {_percent(max(1.0 - 2.0 * error_rate, 0.0))} for such scores "
        "(CV+ of Barber et al. 2021; cross-conformal prediction of Vovk 2015) needs "
        "every new exam scored by the networks of all folds and does not apply, since "
        "here one network scores it."
    )


def _percent(share: float) -> str:
    """A share in per cent, rounded down so that nothing is promised that is not so."""
    shown = math.floor(share * 1000 + 1e-9) / 10
    return f"{shown:g}\N{NO-BREAK SPACE}%"
