"""Abstention of one method: thresholds, what they promise, and what was measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bsgi.evaluation.abstention.chosen import (
    FoldThresholds,
    choose_fold_thresholds,
    decide_rows,
)
from bsgi.evaluation.abstention.decisions import DecidedExam
from bsgi.evaluation.abstention.guarantee import (
    Basis,
    Guarantee,
    state_fixed,
    state_guarantee,
)
from bsgi.evaluation.abstention.outcomes import (
    CalledOutcome,
    LabelOutcome,
    Outcome,
    summarize_outcome,
)
from bsgi.evaluation.abstention.shift import ShiftOutcome, measure_shifts
from bsgi.evaluation.abstention.thresholds import (
    ERROR_RATE,
    ConformalThresholds,
    check_error_rate,
    count_needed,
)
from bsgi.evaluation.design import Design
from bsgi.evaluation.estimate import LEVEL, check_level
from bsgi.evaluation.predictions import PredictionRow
from bsgi.evaluation.repeats import has_overlap

CAMERA = "camera"
"""The grouping between whose groups thresholds are carried over."""
NOT_STATED = "not stated"
"""The group of exams that a grouping says nothing of."""


@dataclass(frozen=True, slots=True)
class GroupOutcome:
    """What became of the exams of one group, at the thresholds of all.

    Args:
        grouping: What parts the exams, such as ``"camera"``.
        group: The group.
        outcome: What became of its patients. The guarantee is for all patients of a
            label together and need not hold in a group.
    """

    grouping: str
    group: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class AbstentionMetrics:
    """Abstention of one method, averaged over its repeats.

    Args:
        error_rate: Of the patients of a label, how many may be judged wrongly.
        level: Confidence level of the intervals.
        repeats: Number of repeats.
        cross_fitted: Whether thresholds stand on scores of other networks, as far as
            the rows state it.
        guarantee: Share of the patients of a label whose true label is kept, at least,
            whatever the network; None where nothing can be promised.
        guarantee_words: What that promises, of whom, and why.
        basis: Whose scores the thresholds stand on; the weakest where they differ.
        thresholds: Those of each repeat and fold.
        malignant: Errors and referrals of patients with a malignant exam; None without.
        benign: Those of patients with a benign exam; None without.
        called: Rates among the calls that were made.
        groups: The same for each group of each grouping.
        shifts: Thresholds of each camera applied to each.
        everything_referred: Why some repeats and folds refer every exam; empty if none.
    """

    error_rate: float
    level: float
    repeats: int
    cross_fitted: bool
    guarantee: float | None
    guarantee_words: str
    basis: Basis
    thresholds: tuple[FoldThresholds, ...]
    malignant: LabelOutcome | None
    benign: LabelOutcome | None
    called: CalledOutcome
    groups: tuple[GroupOutcome, ...] = ()
    shifts: tuple[ShiftOutcome, ...] = ()
    everything_referred: tuple[str, ...] = ()


def summarize_abstention(
    rows: Sequence[PredictionRow],
    design: Design | None,
    *,
    error_rate: float = ERROR_RATE,
    groups: Mapping[str, Mapping[str, str]] | None = None,
    level: float = LEVEL,
) -> AbstentionMetrics | None:
    """How one method does if it may refer: errors per label, referrals, rates.

    Results are averaged over the repeats, the folds of each pooled, with intervals at
    the number of patients.

    Args:
        rows: Rows of one method: those of the part test and what calibrates them.
        design: How the study parts its patients; None if nobody said.
        error_rate: Of the patients of a label, how many may be judged wrongly.
        groups: The group of each exam by exam_id, for each grouping such as
            ``"camera"``, in the order of the groups to report. An exam that a grouping
            lacks, or has no group for, is in the group `NOT_STATED`.
        level: Confidence level of the intervals.

    Returns:
        The result; None if there is nothing to calibrate on, or a repeat tests an exam
        in several folds, as the sizes of a training set do.

    Raises:
        RunError: If a patient of the part ``calibrate`` is tested in the same fold.
        ValueError: If the rows are of several methods, or a number is impossible.
    """
    check_level(level)
    check_error_rate(error_rate)
    if len({row.method for row in rows}) > 1:
        raise ValueError("abstention must be summarized within one method.")
    tested = [row for row in rows if row.part == "test"]
    if has_overlap(tested):
        return None
    chosen = choose_fold_thresholds(rows, design, error_rate)
    basis = _find_weakest(chosen)
    if basis is None:
        return None
    guarantee = _state_guarantee(basis, error_rate, tested)
    found = _summarize(tested, chosen, guarantee, basis, groups or {}, level)
    cameras = (groups or {}).get(CAMERA, {})
    return replace(
        found, shifts=measure_shifts(rows, design, cameras, error_rate, level)
    )


def apply_thresholds(
    rows: Sequence[PredictionRow],
    thresholds: ConformalThresholds,
    *,
    cross_fitted: bool = False,
    chosen_on: Basis | None = None,
    groups: Mapping[str, Mapping[str, str]] | None = None,
    level: float = LEVEL,
) -> AbstentionMetrics:
    """How one network does on another cohort, at thresholds fixed before.

    Nothing is chosen on these exams, and nothing is promised for them.

    Args:
        rows: Rows of one method, one repeat and one fold; those of the part test count.
        thresholds: Those that came with the network.
        cross_fitted: Whether they stand on scores of other networks.
        chosen_on: Whose scores they stand on there; None if it is not known.
        groups: The group of each exam by exam_id, for each grouping.
        level: Confidence level of the intervals.

    Raises:
        ValueError: If there is no test row, or they are of several networks.
    """
    check_level(level)
    tested = [row for row in rows if row.part == "test"]
    networks = {(row.method, row.repeat, row.fold) for row in tested}
    if len(networks) != 1:
        raise ValueError(
            f"fixed thresholds must be of one network, got {len(networks)}."
        )
    (_, repeat, fold) = networks.pop()
    chosen = (FoldThresholds(repeat, fold, Basis.FIXED, cross_fitted, thresholds),)
    guarantee = state_fixed(chosen_on, thresholds.error_rate)
    return _summarize(tested, chosen, guarantee, Basis.FIXED, groups or {}, level)


def _summarize(
    tested: Sequence[PredictionRow],
    chosen: tuple[FoldThresholds, ...],
    guarantee: Guarantee,
    basis: Basis,
    groups: Mapping[str, Mapping[str, str]],
    level: float,
) -> AbstentionMetrics:
    error_rate = chosen[0].thresholds.error_rate
    decided = decide_rows(tested, chosen)
    outcome = summarize_outcome(decided, level)
    return AbstentionMetrics(
        error_rate=error_rate,
        level=level,
        repeats=len({row.repeat for row in tested}),
        cross_fitted=any(one.cross_fitted for one in chosen),
        guarantee=guarantee.bound,
        guarantee_words=guarantee.words,
        basis=basis,
        thresholds=chosen,
        malignant=outcome.malignant,
        benign=outcome.benign,
        called=outcome.called,
        groups=_summarize_groups(decided, groups, level),
        everything_referred=_list_reasons(chosen, count_needed(error_rate)),
    )


def _find_weakest(chosen: Sequence[FoldThresholds]) -> Basis | None:
    bases = [one.basis for one in chosen if one.basis is not None]
    return max(bases, key=list(Basis).index, default=None)


def _state_guarantee(
    basis: Basis, error_rate: float, tested: Sequence[PredictionRow]
) -> Guarantee:
    """The guarantee; where folds bound the error, by their numbers of patients."""
    folds: dict[tuple[int, int], dict[int, set[str]]] = {}
    for row in tested:
        fold = folds.setdefault((row.label, row.repeat), {}).setdefault(row.fold, set())
        fold.add(row.patient_id)
    for by_fold in folds.values():
        everyone = set().union(*by_fold.values())
        if len(everyone) < sum(map(len, by_fold.values())):
            return state_guarantee(basis, error_rate)
    counts = [[len(fold) for fold in by_fold.values()] for by_fold in folds.values()]
    return state_guarantee(basis, error_rate, counts)


def _summarize_groups(
    decided: Sequence[DecidedExam],
    groups: Mapping[str, Mapping[str, str]],
    level: float,
) -> tuple[GroupOutcome, ...]:
    found = []
    for grouping, members in groups.items():
        parted: dict[str, list[DecidedExam]] = {}
        for exam in decided:
            group = members.get(exam.exam_id) or NOT_STATED
            parted.setdefault(group, []).append(exam)
        found += [
            GroupOutcome(grouping, group, summarize_outcome(parted[group], level))
            for group in dict.fromkeys([*members.values(), NOT_STATED])
            if group in parted
        ]
    return tuple(found)


def _list_reasons(chosen: Sequence[FoldThresholds], needed: int) -> tuple[str, ...]:
    """Why everything is referred, each reason with how many tests it befalls."""
    reasons = []
    for label in ("malignant", "benign"):
        counts = [getattr(one.thresholds, f"{label}_patients") for one in chosen]
        few = [count for count in counts if count < needed]
        if few:
            reasons.append(
                f"{len(few)} of {len(chosen)} tests have fewer than {needed} "
                f"calibration patients with a {label} exam (the fewest: {min(few)}), "
                f"so that no score can exclude {label} and every exam is referred."
            )
    return tuple(reasons)
