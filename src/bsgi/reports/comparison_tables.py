"""Areas compared, operating points, and what the numbers of patients could show."""

from collections.abc import Mapping, Sequence

from bsgi.evaluation.comparisons.areas import AreaComparison
from bsgi.evaluation.comparisons.difference import Difference
from bsgi.evaluation.estimate import Estimate
from bsgi.evaluation.operating_points.points import (
    SENSITIVITY,
    SPECIFICITY,
    ChosenOn,
    OperatingPoint,
)
from bsgi.evaluation.power.statements import PowerEntry, PowerStatement
from bsgi.reports.tables import UNDEFINED, Block, BlockTable
from bsgi.reports.wording import (
    aimed_percent,
    count_of,
    interval_title,
    p_in_words,
    with_interval,
)


def build_areas_table(
    areas: Sequence[AreaComparison], titles: Mapping[str, str], level: float
) -> BlockTable | None:
    """Differences of areas with interval and test; None where nothing is compared.

    Args:
        areas: Every two methods, one family.
        titles: A reader's name of each method.
        level: Confidence level of the intervals.
    """
    compared = [one for one in areas if one.difference is not None]
    if not compared:
        return None
    blocks = tuple(
        Block(
            f"{titles.get(one.first, one.first)} (A) and "
            f"{titles.get(one.second, one.second)} (B)",
            (_list_area(one),),
        )
        for one in compared
    )
    kinds = {one.paired for one in compared}
    statistic = "t, or z" if len(kinds) > 1 else "t" if True in kinds else "z"
    head = (
        "", "malignant + benign", f"difference of AUC ({interval_title(level)})",
        statistic, "df", "p", "Holm",
    )  # fmt: skip
    tests = [text for paired, text in _TESTS.items() if paired in kinds]
    return BlockTable(f"Areas compared {'; '.join(tests)}", head, blocks)


_TESTS = {
    True: "on the same patients: DeLong's statistic by Student's t",
    False: "between different patients: DeLong's statistic by Student's t and the "
    "interval from those of both areas, the less sure of the two",
}
"""How areas are compared, by whether both methods saw the same patients."""


def describe_areas(
    areas: Sequence[AreaComparison], titles: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """What the comparisons show together, and what is undefined of them.

    Args:
        areas: Every two methods, one family.
        titles: A reader's name of each method; None for the names themselves.
    """
    tested = [one.p_adjusted for one in areas if one.p_adjusted is not None]
    texts = []
    if tested:
        number = sum(p < 0.05 for p in tested)
        texts.append(
            f"Of {count_of(len(tested), 'comparison')} of areas {number or 'none'} "
            f"{'has' if number < 2 else 'have'} p below 0.05 after Holm's adjustment "
            "for their number."
            + ("" if number else " That does not show that the methods are alike.")
        )
    if any(not one.paired for one in areas):
        texts.append(
            "Areas of different patients differ in who was tested too: the comparison "
            "cannot part the method from its patients."
        )
    named: dict[tuple[bool, str], list[str]] = {}
    for one in areas:
        if one.note:
            first, second = ((titles or {}).get(n, n) for n in (one.first, one.second))
            refused = one.difference is None
            named.setdefault((refused, one.note), []).append(f"{first} and {second}")
    for (refused, note), pairs in named.items():
        says = " are not compared: " if refused else ": "
        texts.append(f"{'; '.join(pairs)}{says}{note.rstrip('.')}.")
    return tuple(texts)


def build_operating_table(
    points: Mapping[str, Sequence[OperatingPoint]], level: float
) -> BlockTable | None:
    """Both rates of each method where one was aimed at; None without any point.

    Args:
        points: Operating points by a reader's name of the method.
        level: Confidence level of the intervals.
    """
    blocks = tuple(
        Block(title, tuple(_list_point(point) for point in _list_known(listed)))
        for title, listed in points.items()
        if _list_known(listed)
    )
    if not blocks:
        return None
    head = ("aim", "sensitivity", "specificity", "threshold", "chosen on")
    caption = f"Operating points on the test exams, with {interval_title(level)}s"
    return BlockTable(caption, head, blocks)


def describe_operating(
    points: Mapping[str, Sequence[OperatingPoint]],
) -> tuple[str, ...]:
    """How the thresholds were chosen, and what that means for the rates.

    Args:
        points: Operating points by a reader's name of the method.
    """
    listed = [point for own in points.values() for point in _list_known(own)]
    if not listed:
        return ()
    texts = [
        "A threshold that grants a rate on other patients grants something near it on "
        "the test exams; both rates are those of the test exams."
    ]
    chosen = {(point.chosen_on, point.cross_fitted) for point in listed}
    if (ChosenOn.CALIBRATION, True) in chosen:
        texts.append(
            "Thresholds from calibration scores were chosen on scores of training "
            "patients by other networks, of fewer training patients, than the one "
            "under test. None of them learned from a test patient."
        )
    if any(source is ChosenOn.FIXED for source, _ in chosen):
        texts.append(
            "These thresholds were fixed before, on other exams; none was chosen on "
            "these."
        )
    if any(source is ChosenOn.OTHER_FOLDS for source, _ in chosen):
        texts.append(
            "Thresholds from scores of the other folds come from networks each of "
            "which learned from its test patients: a little optimistic, and not "
            "primary."
        )
    if any(source is ChosenOn.TEST_CURVE for source, _ in chosen):
        texts.append(
            "Points read off the test curve were chosen on the exams that they are "
            "judged by, where the curve has exactly the rate aimed at. They are too "
            "good, and no result."
        )
    texts += dict.fromkeys(point.note for point in listed if point.note)
    return tuple(texts)


def build_power_table(
    power: PowerStatement | None, titles: Mapping[str, str]
) -> BlockTable | None:
    """The smallest difference that could be found, and patients needed.

    None where so few patients could not have shown any difference at all.

    Args:
        power: What the patients could have shown.
        titles: A reader's name of each method.
    """
    if power is None or all(each.detectable is None for each in power.entries):
        return None
    blocks: dict[str, list[tuple[str, ...]]] = {}
    one_label = not (power.malignant and power.benign)
    for entry in power.entries:
        if one_label and entry.quantity == "accuracy":
            continue  # the one rate that there is says the same
        blocks.setdefault(_name_pair(entry, titles), []).append(_list_power(entry))
    head = (
        "", "patients", "smallest shown", f"{power.difference:g} takes", "by",
        "methods agree",
    )  # fmt: skip
    return BlockTable(
        "What so many patients can show: the smallest difference shown in "
        f"{aimed_percent(power.power)} of studies, and patients that a difference of "
        f"{power.difference:g} takes",
        head,
        tuple(Block(pair, tuple(rows)) for pair, rows in blocks.items()),
    )


def _name_pair(entry: PowerEntry, titles: Mapping[str, str]) -> str:
    first = titles.get(entry.first, entry.first)
    if entry.second is None:
        return f"{first} and another method on the same patients"
    return f"{first} and {titles.get(entry.second, entry.second)}"


def _list_area(one: AreaComparison) -> tuple[str, ...]:
    return (
        "A less B" if one.paired else "A less B, other patients",
        f"{one.malignant:,} + {one.benign:,}",
        _signed(one.difference),
        UNDEFINED
        if one.statistic is None
        else f"{one.statistic:.2f}".replace("-", "\N{MINUS SIGN}"),
        "" if one.freedom is None else f"{one.freedom:.1f}",
        UNDEFINED if one.p is None else p_in_words(one.p),
        "" if one.p_adjusted is None else p_in_words(one.p_adjusted),
    )


def _signed(found: Difference | None) -> str:
    if found is None:
        return UNDEFINED
    text = f"{found.value:+.3f} ({found.lower:+.3f} to {found.upper:+.3f})"
    return text.replace("-", "\N{MINUS SIGN}")


def _list_known(points: Sequence[OperatingPoint]) -> list[OperatingPoint]:
    """Points with a rate; exams of one label have none on their own curve."""
    return [one for one in points if one.sensitivity or one.specificity]


def _show_rate(point: OperatingPoint, name: str, rate: Estimate | None) -> str:
    """A rate with its interval, or why there is none."""
    if rate is not None:
        return with_interval(rate)
    if point.chosen_on is ChosenOn.TEST_CURVE and point.aim == name:
        return f"{aimed_percent(point.target)}, as aimed"
    return "no malignant exam" if name == SENSITIVITY else "no benign exam"


def _list_point(point: OperatingPoint) -> tuple[str, ...]:
    thresholds = [each.threshold for each in point.thresholds]
    shown = "none"
    if thresholds:
        lowest, highest = f"{min(thresholds):.3g}", f"{max(thresholds):.3g}"
        shown = lowest if lowest == highest else f"{lowest} to {highest}"
    return (
        f"{point.aim} {aimed_percent(point.target)}",
        _show_rate(point, SENSITIVITY, point.sensitivity),
        _show_rate(point, SPECIFICITY, point.specificity),
        shown,
        str(point.chosen_on.value),
    )


def _list_power(entry: PowerEntry) -> tuple[str, ...]:
    rate = entry.quantity != "auc"
    agreement = "best case" if entry.second is None and rate else "unknown"
    if entry.agreement is not None:
        word = "correlation" if entry.quantity == "auc" else "called apart"
        agreement = f"{word} {entry.agreement:.2f}"
        agreement += ", assumed" if entry.assumed else ""
    return (
        "AUC" if entry.quantity == "auc" else entry.quantity,
        f"{entry.number:,}",
        "none" if entry.detectable is None else f"{entry.detectable:.3f}",
        "unknown" if entry.needed is None else f"{entry.needed:,}",
        entry.test,
        agreement,
    )
