"""What `metrics.json` tells of a study's results, in sentences for checklists."""

from collections.abc import Iterable, Mapping

from bsgi.evaluation.design import Design
from bsgi.evaluation.estimate import Estimate
from bsgi.evaluation.operating_points.points import ChosenOn
from bsgi.evaluation.repeats import AverageMetrics
from bsgi.evaluation.subgroups import EXPLORATORY, GroupMetrics
from bsgi.evaluation.summary import MethodMetrics, Metrics, RepeatMetrics
from bsgi.reports.checklists.item import Fact
from bsgi.reports.wording import (
    INTERVAL_NAMES,
    SIMULATED,
    aimed_percent,
    area_with_interval,
    count_of,
    describe_counts,
    interval_title,
    p_equals,
    with_interval,
)

_MOST = 12
"""Comparisons or groups that are told one by one."""


def tell_results(metrics: Metrics, titles: Mapping[str, str]) -> dict[Fact, str]:
    """The facts that follow from the results.

    Args:
        metrics: What was found.
        titles: A reader's name of each method.
    """
    level = interval_title(metrics.level)
    named = [(titles.get(one.method, one.method), one) for one in metrics.methods]
    facts = {
        Fact.SIMULATED: SIMULATED if metrics.simulated else "",
        Fact.TESTED: _join(f"{name}: {_tell_tested(one)}" for name, one in named),
        Fact.THRESHOLD: _join(f"{name}: {_tell_threshold(one)}" for name, one in named),
        Fact.CALLS: _join(
            f"{name}: {describe_counts(_mean(one).confusion)}" for name, one in named
        ),
        Fact.RATES: _join(
            f"{name}: sensitivity {with_interval(_mean(one).sensitivity)}, specificity "
            f"{with_interval(_mean(one).specificity)}"
            for name, one in named
        )
        + f" In brackets: {level}.",
        Fact.AREAS: _join(
            f"{name}: AUC {area_with_interval(_mean(one).auc)}" for name, one in named
        ),
        Fact.MEASURES: _tell_measures(metrics),
        Fact.VARIABILITY: _tell_variability(metrics),
        Fact.COMPARISONS: _tell_comparisons(metrics, titles),
        Fact.OUTPUT: _tell_output(metrics),
    }
    return facts | _tell_details(metrics, named)


def _tell_details(
    metrics: Metrics, named: list[tuple[str, MethodMetrics]]
) -> dict[Fact, str]:
    """What only some results have."""
    power, readers = metrics.power, metrics.readers
    facts = {
        Fact.CALIBRATION: _join(_tell_calibration(*each) for each in named),
        Fact.ABSTENTION: _join(_tell_abstention(*each) for each in named),
        Fact.OPERATING_POINTS: _join(_tell_points(*each) for each in named),
        Fact.SUBGROUPS: _join(_tell_subgroups(*each) for each in named),
        Fact.HETEROGENEITY: _join(
            f"{name}, {fold.title}: AUC {area_with_interval(fold.average.auc)}"
            for name, one in named
            for fold in one.by_fold
            if metrics.design is not Design.SIZES
        ),
        Fact.POWER: "" if power is None else _join(e.words for e in power.entries[:4]),
        Fact.MAPS: "Grad-CAM; where the maps look was measured against truth masks."
        if metrics.map_mass
        else "",
    }
    if facts[Fact.SUBGROUPS]:
        facts[Fact.SUBGROUPS] += f" {EXPLORATORY}"
    if readers is not None:
        number = len(readers.modalities)
        facts[Fact.READERS] = (
            f"{count_of(len(readers.readers), 'reader')} in {number} "
            f"{'modality' if number == 1 else 'modalities'}, analysed by Obuchowski "
            "and Rockette."
        )
    return facts


def _mean(method: MethodMetrics) -> AverageMetrics | RepeatMetrics:
    """The mean over the repeats, or the first result where there is none."""
    return method.average or method.repeats[0]


def _tell_tested(method: MethodMetrics) -> str:
    text = (
        f"{method.malignant:,} malignant and {method.benign:,} benign exams were tested"
    )
    if method.average is not None:
        text += f", of {count_of(method.average.patients, 'patient')}"
    return text


def _tell_threshold(method: MethodMetrics) -> str:
    given = method.threshold
    if isinstance(given, str):
        return (
            "the threshold of each fold maximises Youden's index on the other folds of "
            "its repeat"
        )
    text = f"scores of {given:g} or more were called malignant"
    return f"{text} in all repeats" if len(method.repeats) > 1 else text


def _tell_measures(metrics: Metrics) -> str:
    methods: dict[str, None] = {}
    for one in metrics.methods:
        mean = _mean(one)
        for estimate in (mean.sensitivity, mean.specificity, mean.auc):
            if isinstance(estimate, Estimate):
                name = INTERVAL_NAMES.get(estimate.method, estimate.method)
                methods.setdefault(name)
    repeated = any(len({r.repeat for r in one.repeats}) > 1 for one in metrics.methods)
    text = (
        "Sensitivity, specificity, accuracy and area under the ROC curve"
        f"{', averaged over repeats,' if repeated else ','} each with a "
        f"{interval_title(metrics.level)} at the number of patients "
        f"({', '.join(methods) or 'none defined'})."
    )
    if metrics.comparisons:
        text += " Methods compared by McNemar's mid-P test, adjusted by Holm."
    kinds = {one.paired for one in metrics.areas if one.p is not None}
    if True in kinds:
        text += " Areas compared by DeLong's statistic, adjusted by Holm."
    if False in kinds:
        text += (
            " Areas of different patients compared by DeLong's statistic and the "
            "interval from those of both areas, the less sure of the two, adjusted by "
            "Holm."
        )
    return text


def _tell_variability(metrics: Metrics) -> str:
    number = max(len({one.repeat for one in m.repeats}) for m in metrics.methods)
    if number < 2:
        return (
            "One result of each method; how another training would change it is open."
        )
    return (
        f"{number} repeats of each method, each result listed by itself; no ensemble, "
        "but results of scores averaged over the repeats stand beside."
    )


def _tell_comparisons(metrics: Metrics, titles: Mapping[str, str]) -> str:
    texts = []
    tested = [one for one in metrics.areas if one.p_adjusted is not None]
    for one in tested[:_MOST]:
        found = one.difference
        if found is None or one.p_adjusted is None:
            continue
        names = " less ".join(titles.get(n, n) for n in (one.first, one.second))
        texts.append(
            f"AUC of {names}: {found.value:+.3f} ({found.lower:+.3f} to "
            f"{found.upper:+.3f}), {p_equals(one.p_adjusted)} after Holm"
            + ("" if one.paired else ", different patients")
        )
    more = len(tested) - _MOST
    if more > 0:
        texts.append(f"{more} more comparisons stand in metrics.json")
    return _join(texts)


def _tell_output(metrics: Metrics) -> str:
    if any(one.calibration is not None for one in metrics.methods):
        return "A score and a probability of malignancy; how far it holds is measured."
    return "A raw score, not calibrated: no probability of malignancy."


def _tell_calibration(name: str, method: MethodMetrics) -> str:
    found = method.calibration
    if found is None:
        return ""
    text = f"{name}: Brier score {area_with_interval(found.brier)}"
    if found.slope is not None:
        slope = found.slope
        text += (
            f", calibration slope {slope.value:.2f} ({slope.lower:.2f} to "
            f"{slope.upper:.2f})"
        )
    return f"{text}; probabilities fitted on: {found.source.calibrated_on.value}"


def _tell_abstention(name: str, method: MethodMetrics) -> str:
    found = method.abstention
    if found is None:
        return ""
    parts = [
        f"of {count_of(outcome.patients, f'{label} patient')} "
        f"{with_interval(outcome.error)} judged wrongly and "
        f"{with_interval(outcome.referred)} referred"
        for label, outcome in (("malignant", found.malignant), ("benign", found.benign))
        if outcome is not None
    ]
    return (
        f"{name}, exams in doubt referred at an error rate of "
        f"{aimed_percent(found.error_rate)}: "
        f"{', '.join(parts)}"
    )


def _tell_points(name: str, method: MethodMetrics) -> str:
    """Points with thresholds of other patients, each with where these come from."""
    return "; ".join(
        f"{name}, {point.rule}: sensitivity {with_interval(point.sensitivity)}, "
        f"specificity {with_interval(point.specificity)} (threshold from "
        f"{point.chosen_on.value}{'' if point.primary else ', a little optimistic'})"
        for point in method.operating_points
        if point.chosen_on is not ChosenOn.TEST_CURVE
    )


def _tell_subgroups(name: str, method: MethodMetrics) -> str:
    groups: list[tuple[str, GroupMetrics]] = [
        (part.grouping, group)
        for part in method.subgroups
        if len(part.groups) > 1
        for group in part.groups
    ]
    texts = [
        f"{name}, {grouping} {group.group} ({group.malignant:,} malignant, "
        f"{group.benign:,} benign): AUC {area_with_interval(group.auc)}"
        for grouping, group in groups[:_MOST]
    ]
    if len(groups) > _MOST:
        texts.append(f"{len(groups) - _MOST} more groups stand in metrics.json")
    return "; ".join(texts)


def _join(texts: Iterable[str]) -> str:
    """Texts as sentences, empty ones left out."""
    kept = [text.rstrip(".") for text in texts if text]
    return f"{'. '.join(kept)}." if kept else ""
