"""A study in plain words: what was done, what was found, what it does not show."""

from bsgi.cohort.split import Part
from bsgi.cohort.store import Cohort
from bsgi.evaluation.comparisons.methods import Comparison
from bsgi.evaluation.design import Design
from bsgi.evaluation.rates.mcnemar import compare_paired
from bsgi.evaluation.rates.proportions import ProportionInterval, estimate_proportion
from bsgi.evaluation.repeats import AverageMetrics
from bsgi.evaluation.thresholds import YOUDEN
from bsgi.reports.study_folder import StudyFolder, StudyMethod
from bsgi.reports.study_tables import name_threshold
from bsgi.reports.wording import (
    area_with_interval,
    count_of,
    describe_cohort,
    interval_title,
    p_equals,
    percent,
    percent_interval,
    with_interval,
)

_SIGNIFICANCE = 0.05
_CHANGES = "; they do not tell how far other {} would change a result."
_REACH = {
    **dict.fromkeys(Design, _CHANGES.format("first weights")),
    Design.FOLDS: _CHANGES.format("folds and first weights"),
    Design.SIZES: ", those of areas of other training patients as well.",
}
"""What repeats vary, and whether the intervals tell of it."""
_NUMBERS = {1: "One", 2: "Two", 3: "Three", 4: "Four", 5: "Five"}


def describe_study(study: StudyFolder, cohort: Cohort) -> tuple[str, ...]:
    """What was done: methods, cohort and splits.

    Args:
        study: The study.
        cohort: Its cohort.
    """
    titles = "; ".join(method.title for method in study.methods)
    number = len(study.methods)
    methods = (
        "One method was"
        if number == 1
        else f"{_NUMBERS.get(number, number)} methods were"
    )
    return (
        f"{methods} trained to tell benign from malignant on breast-specific gamma "
        f"images: {titles}. {describe_cohort(cohort.rows)}",
        describe_design(study),
    )


def describe_design(study: StudyFolder) -> str:
    """How patients were parted, in a sentence or two.

    Args:
        study: The study.
    """
    folds = [fold for fold in study.folds if fold.repeat == 0]
    number, repeats = len(folds), study.repeats
    trained = _times(repeats)
    train = len(folds[0].split.exam_ids(Part.TRAIN))
    test = len(folds[0].split.exam_ids(Part.TEST))
    texts = {
        Design.SINGLE: (
            f"The paper's mode, one split: each method was trained {trained} on the "
            f"same {count_of(train, 'exam')}"
            + (", from other first weights and in another order," * (repeats > 1))
            + f" and tested on the same {count_of(test, 'exam')} of other patients."
        ),
        Design.FOLDS: (
            f"Cross-validation by patient: patients were dealt into {number} folds, "
            "stratified by label, and each fold was tested by networks that had "
            "learned from the others, so that every patient was tested once"
            + (f"; all this {trained}, each time with new folds." * (repeats > 1))
            + ("." * (repeats == 1))
        ),
        Design.SITES: (
            f"Each of {number} hospitals was tested by networks that had learned from "
            f"the others, {trained}."
        ),
        Design.PERIODS: (
            f"Patients stand in the order of their first exam, cut into {number + 1} "
            "periods. Each period but the first was tested by networks that had "
            f"learned from all earlier ones, {trained}."
        ),
        Design.SIZES: (
            "A learning curve: each method learned from "
            f"{_join([fold.title.removesuffix(' patients') for fold in folds])} "
            f"patients, {trained} with patients drawn anew, and was always tested on "
            f"the same {count_of(test, 'exam')} of other patients."
        ),
    }
    shared = " All methods share these splits." if len(study.methods) > 1 else ""
    return texts[study.design] + shared


def describe_results(study: StudyFolder) -> tuple[str, ...]:
    """What was found, one sentence per method, and whether methods differ.

    Args:
        study: The study.
    """
    level = interval_title(study.metrics.level)
    texts = []
    for number, method in enumerate(study.methods):
        average = study.results(method).average
        interval = f" (in brackets: {level})" if number == 0 else ""
        if average is not None:
            texts.append(_describe_average(method, average, interval))
        else:
            texts.append(_describe_sizes(study, method, interval))
    if study.metrics.comparisons:
        texts.append(_describe_comparisons(study))
    return tuple(texts)


def describe_limits(study: StudyFolder) -> tuple[str, ...]:
    """What the results do not show, however good they look.

    Args:
        study: The study.
    """
    averages = [study.results(method).average for method in study.methods]
    folds = [one for m in study.methods for one in study.results(m).by_fold]
    known = [one for one in averages if one is not None] or [f.average for f in folds]
    patients = min(one.patients for one in known)
    texts = []
    if study.repeats > 1:
        every = "Both" if study.repeats == 2 else f"All {study.repeats}"
        more = "twice" if study.repeats == 2 else f"{study.repeats} times"
        texts.append(
            f"{every} repeats test the same patients. So the results tell of "
            f"{patients:,} patients, not of {more} as many, and intervals are those of "
            f"the patients{_REACH[study.design]}"
        )
    elif study.design is Design.SIZES:
        texts.append(
            "Each size was learned once: intervals are for these trainings and other "
            "test patients, and a step in the curve may come from the draw of the "
            "training patients."
        )
    texts += [text for text in (_describe_power(patients),) if text]
    if study.design is Design.SINGLE:
        texts.append(
            "One split is one draw of test patients. Repeated folds by patient, the "
            "mode to trust, test every patient."
        )
    if study.design is Design.FOLDS:
        texts.append(
            "Networks of different folds share most of their training patients, and "
            "their scores are pooled; nothing here tells of another hospital, camera "
            "or year."
        )
    if study.results(study.methods[0]).threshold == YOUDEN:
        texts.append(
            "The threshold of a fold was chosen without reading a label of its "
            "patients, but on scores of networks that learned from them; so the choice "
            "is not fully nested, and the rates may be a little too good."
        )
    return tuple(texts)


def _describe_power(patients: int) -> str:
    """That so few patients cannot tell 99 % from 89 %; empty where a test could.

    The best case is that all patients whom the methods call differently, a tenth of
    all, speak for the better one. Where McNemar's mid-P test has p >= 0.05 even then,
    no outcome with this difference shows it.
    """
    apart = round(0.10 * patients)
    p = compare_paired(apart, 0).p_mid
    if p < _SIGNIFICANCE:
        return ""
    right = round(0.99 * patients), round(0.89 * patients)
    exact = ProportionInterval.EXACT
    best, worse = (estimate_proportion(count, patients, exact) for count in right)
    if best is None or worse is None:
        return ""
    return (
        f"{right[0]} of {patients} right have an exact 95\N{NO-BREAK SPACE}% interval "
        f"of {percent_interval(best)}, {right[1]} of {patients} "
        f"({percent(worse.value)}) one of {percent_interval(worse)}. Even if all "
        f"{apart} patients between the two spoke for one method, McNemar's mid-P test "
        f"would have {p_equals(p)}: {patients} test patients cannot tell "
        "99\N{NO-BREAK SPACE}% from 89\N{NO-BREAK SPACE}%."
    )


def _describe_average(
    method: StudyMethod, average: AverageMetrics, interval: str
) -> str:
    mean = f", mean over {average.repeats} repeats" if average.repeats > 1 else ""
    chance = ""
    if average.auc is not None and average.auc.lower <= 0.5:
        chance = " It is not shown to be better than chance, an AUC of 0.5."
    return (
        f"{method.title}: sensitivity {with_interval(average.sensitivity)}, "
        f"specificity {with_interval(average.specificity)}, accuracy "
        f"{with_interval(average.accuracy)}, AUC {area_with_interval(average.auc)}"
        f"{mean}{interval}.{chance}"
    )


def _describe_sizes(study: StudyFolder, method: StudyMethod, interval: str) -> str:
    points = study.results(method).by_fold
    first, last = points[0], points[-1]
    return (
        f"{method.title}: AUC {area_with_interval(first.average.auc)} after "
        f"{first.title}, {area_with_interval(last.average.auc)} after {last.title}"
        f"{interval}."
    )


def _describe_comparisons(study: StudyFolder) -> str:
    titles = {method.name: method.title for method in study.methods}
    found = study.metrics.comparisons
    clear = [one for one in found if one.p_adjusted < _SIGNIFICANCE]
    if not clear:
        return (
            f"None of {count_of(len(found), 'paired comparison')} of methods shows a "
            "difference (McNemar's mid-P tests on patients, adjusted by Holm, all "
            f"p \N{GREATER-THAN OR EQUAL TO} {_SIGNIFICANCE})."
        )
    named = "; ".join(_describe_difference(one, titles) for one in clear)
    return (
        f"Of {count_of(len(found), 'paired comparison')} of methods {len(clear)} "
        f"{'shows' if len(clear) == 1 else 'show'} a difference (McNemar's mid-P tests "
        f"on patients, adjusted by Holm): {named}."
    )


def _describe_difference(one: Comparison, titles: dict[str, str]) -> str:
    better, worse = one.first, one.second
    if one.only_second > one.only_first:
        better, worse = worse, better
    return (
        f"{titles[better]} has the better {one.quantity} than {titles[worse]}, "
        f"{p_equals(one.p_adjusted)}"
    )


def list_study_cautions(study: StudyFolder) -> tuple[str, ...]:
    """What a reader has to know of the figures besides, if anything.

    Args:
        study: The study.
    """
    tested = {(row.patient_id, row.exam_id) for row in study.predictions}
    patients = {patient for patient, _ in tested}
    texts = []
    if len(patients) < len(tested):
        texts.append(
            "Some patients have several exams. Rates are shares of exams; their "
            "intervals are those of so many patients, of fewer where numbers of exams "
            "are unequal, and paired tests call each patient once."
        )
    return tuple(texts)


def describe_pooling(study: StudyFolder) -> str:
    """What pooling the scores of several networks does; empty where none are pooled.

    Args:
        study: The study.
    """
    if study.design not in (Design.SITES, Design.PERIODS, Design.FOLDS):
        return ""
    return (
        "Curves and areas pool the scores of networks that were trained on different "
        "patients. Where these networks score on different scales the pooled area is "
        "lower than that of any one of them."
    )


def describe_calls_of_tests(study: StudyFolder) -> str:
    """What one call of a patient is in the paired tests.

    Args:
        study: The study.
    """
    scores = "the mean of her scores"
    if study.repeats > 1:
        scores += f" over the {study.repeats} repeats"
    return (
        "The unit is the patient: each method calls her once, by "
        f"{scores}, with {name_threshold(study, study.methods[0])} called malignant. "
        "Patients whom both methods called alike do not count; of the others the test "
        "asks whether one method is right more often than chance would have it."
    )


def _join(names: list[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")
