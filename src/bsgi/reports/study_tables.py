"""The tables of a study report besides Table 1."""

from collections.abc import Mapping, Sequence
from typing import Final

from bsgi.cohort.folds import Fold
from bsgi.cohort.split import Part
from bsgi.cohort.store import ExamRow
from bsgi.evaluation.comparisons.methods import Comparison
from bsgi.evaluation.design import Design
from bsgi.evaluation.estimate import Estimate
from bsgi.exam.record import Label
from bsgi.reports.study_folder import StudyFolder, StudyMethod
from bsgi.reports.tables import UNDEFINED, Block, BlockTable, Table
from bsgi.reports.wording import (
    area_with_interval,
    interval_title,
    p_in_words,
    percent,
    with_interval,
)

FOLD_WORDS: Final = {
    Design.SITES: "hospital",
    Design.PERIODS: "period",
    Design.SIZES: "training set",
}
"""What a fold is in designs whose folds have results of their own."""


def build_tests_table(
    comparisons: Sequence[Comparison], titles: Mapping[str, str]
) -> BlockTable | None:
    """McNemar's tests of every two methods; None where there is nothing to compare.

    Args:
        comparisons: The tests.
        titles: A reader's name of each method.
    """
    if not comparisons:
        return None
    pairs: dict[tuple[str, str], list[Comparison]] = {}
    for one in comparisons:
        pairs.setdefault((one.first, one.second), []).append(one)
    blocks = tuple(
        Block(
            f"{titles[first]} (A) and {titles[second]} (B)",
            tuple(_list_test(one) for one in listed),
            _APART if any(_is_apart(one) for one in listed) else "",
        )
        for (first, second), listed in pairs.items()
    )
    head = (
        "", "patients", "only A right", "only B right", "mid-P", "Holm", "exact p",
        "\N{GREEK SMALL LETTER CHI}\N{SUPERSCRIPT TWO} (p)",
        "\N{GREEK SMALL LETTER CHI}\N{SUPERSCRIPT TWO} corrected (p)",
    )  # fmt: skip
    return BlockTable("McNemar's tests on patients", head, blocks)


_APART: Final = (
    "called differently on more than 60\N{NO-BREAK SPACE}% of patients, where mid-P "
    "may reject in more than 5\N{NO-BREAK SPACE}%: read the exact p"
)
"""What stands beside methods that are no rivals."""


def _is_apart(one: Comparison) -> bool:
    return one.only_first + one.only_second > 0.6 * one.number


def build_averaged_table(study: StudyFolder) -> Table | None:
    """Calls by the scores averaged over the repeats; None where there is nothing new.

    These are the calls that the paired tests compare, exam by exam.

    Args:
        study: The study.
    """
    rows = []
    for method in study.methods:
        average = study.results(method).average
        if average is None or average.repeats < 2:
            continue
        counts = average.averaged_confusion
        rows.append(
            (
                method.title,
                *(str(n) for n in (counts.tp, counts.fp, counts.tn, counts.fn)),
                area_with_interval(average.averaged_auc),
            )
        )
    if not rows:
        return None
    head = (
        "", "TP", "FP", "TN", "FN", f"AUC ({interval_title(study.metrics.level)})"
    )  # fmt: skip
    caption = (
        "Each exam called by the mean score of the "
        f"{study.repeats} networks that tested it; positive: malignant"
    )
    return Table(caption, head, tuple(rows))


def build_runs_table(study: StudyFolder) -> BlockTable:
    """Every run by itself: its counts, rates and area.

    Args:
        study: The study.
    """
    titles = {fold.fold: fold.title for fold in study.folds}
    blocks = []
    for method in study.methods:
        rows = []
        for one in study.results(method).repeats:
            name = f"repeat {one.repeat + 1}"
            if len(titles) > 1:
                name += f", {titles[one.fold]}"
            counts = one.confusion
            rows.append(
                (
                    name,
                    *(str(n) for n in (counts.tp, counts.fp, counts.tn, counts.fn)),
                    *(_share(rate) for rate in (one.sensitivity, one.specificity)),
                    UNDEFINED if one.auc is None else f"{one.auc.value:.3f}",
                    f"{one.threshold:.3g}",
                )
            )
        blocks.append(Block(method.title, tuple(rows)))
    head = (
        "", "TP", "FP", "TN", "FN", "sensitivity", "specificity", "AUC", "threshold"
    )  # fmt: skip
    return BlockTable("Single runs; positive: malignant", head, tuple(blocks))


def build_folds_table(study: StudyFolder) -> BlockTable | None:
    """Results of each hospital, period or size; None where folds mean nothing.

    Args:
        study: The study.
    """
    if study.design not in FOLD_WORDS:
        return None
    blocks = []
    for method in study.methods:
        rows = []
        for one in study.results(method).by_fold:
            average, counts = one.average, one.average.confusion
            rows.append(
                (
                    one.title,
                    f"{average.malignant:,}",
                    f"{average.benign:,}",
                    with_interval(average.sensitivity),
                    with_interval(average.specificity),
                    area_with_interval(average.auc),
                    *(str(n) for n in (counts.tp, counts.fp, counts.tn, counts.fn)),
                )
            )
        blocks.append(Block(method.title, tuple(rows)))
    head = (
        "", "malignant", "benign", "sensitivity", "specificity", "AUC",
        "TP", "FP", "TN", "FN",
    )  # fmt: skip
    caption = (
        f"Results by {FOLD_WORDS[study.design]}, mean over the repeats, with "
        f"{interval_title(study.metrics.level)}{name_reach(study)}; patients in the "
        "test, calls over all repeats; positive: malignant"
    )
    return BlockTable(caption, head, tuple(blocks))


def name_reach(study: StudyFolder) -> str:
    """What the intervals of a learning curve hold for; empty in other designs.

    Args:
        study: The study.
    """
    if study.design is not Design.SIZES:
        return ""
    if study.repeats == 1:
        return " (for these trainings, other test patients)"
    return (
        " (that of the AUC for other training and test patients, those of rates for "
        "these trainings and other test patients)"
    )


def build_splits_table(folds: Sequence[Fold], rows: Sequence[ExamRow]) -> Table:
    """Who was in training and in the test, fold by fold of the first repeat.

    Args:
        folds: The splits of a study.
        rows: Exams of its cohort.
    """
    by_exam = {row.exam_id: row for row in rows}
    lines = []
    for fold in folds:
        if fold.repeat:
            continue
        fields = [fold.title]
        for part in (Part.TRAIN, Part.TEST):
            own = [by_exam[exam_id] for exam_id in fold.split.exam_ids(part)]
            malignant = sum(row.label is Label.MALIGNANT for row in own)
            fields += [
                f"{len({row.patient_id for row in own}):,}",
                f"{len(own) - malignant:,}",
                f"{malignant:,}",
            ]
        lines.append(tuple(fields))
    head = (
        "", "patients in training", "benign exams", "malignant exams",
        "patients in the test", "benign exams", "malignant exams",
    )  # fmt: skip
    return Table("Training and test", head, tuple(lines))


def choose_split(study: StudyFolder) -> Fold | None:
    """The split whose parts a table of the cohort can show; None where they change.

    Args:
        study: The study.
    """
    if study.design is Design.SINGLE:
        return study.folds[0]
    if study.design is Design.SIZES:  # the largest training set, and the one test set
        return max((f for f in study.folds if f.repeat == 0), key=lambda f: f.fold)
    return None


def name_threshold(study: StudyFolder, method: StudyMethod) -> str:
    """How scores were called, such as ``"a score of 0.5 or more"``.

    Args:
        study: The study.
        method: One of its methods.
    """
    threshold = study.results(method).threshold
    if isinstance(threshold, str):
        return (
            "a score of the threshold of its fold or more, which was chosen by "
            "Youden's rule on the scores of the other folds' patients,"
        )
    return f"a score of {threshold:g} or more"


def _list_test(test: Comparison) -> tuple[str, ...]:
    return (
        test.quantity.capitalize(),
        f"{test.number:,}",
        f"{test.only_first:,}",
        f"{test.only_second:,}",
        p_in_words(test.p_mid),
        p_in_words(test.p_adjusted),
        p_in_words(test.p_exact),
        f"{test.chi_square:.2f} ({p_in_words(test.p_chi_square)})",
        f"{test.chi_square_corrected:.2f} ({p_in_words(test.p_chi_square_corrected)})",
    )


def _share(rate: Estimate | None) -> str:
    return UNDEFINED if rate is None else percent(rate.value)
