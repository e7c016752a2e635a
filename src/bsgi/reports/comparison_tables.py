"""Areas compared, operating points, and what the numbers of patients could show."""

from collections.abc import Mapping, Sequence

from bsgi.evaluation.comparisons.areas import AreaComparison
from bsgi.evaluation.comparisons.difference import Difference
from bsgi.evaluation.operating_points.points import ChosenOn, OperatingPoint
from bsgi.evaluation.power.statements import PowerEntry, PowerStatement
from bsgi.reports.tables import UNDEFINED, Block, BlockTable, Table
from bsgi.reports.wording import (
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
    if not areas:
        return None
    blocks = tuple(
        Block(
            f"{titles.get(one.first, one.first)} (A) and "
            f"{titles.get(one.second, one.second)} (B)",
            (_list_area(one),),
        )
        for one in areas
    )
    head = (
        "", "malignant + benign", f"difference of AUC ({interval_title(level)})",
        "t", "df", "p", "Holm",
    )  # fmt: skip
    return BlockTable(
        "Areas compared on the same patients: DeLong's statistic by Student's t",
        head,
        blocks,
    )


def describe_areas(areas: Sequence[AreaComparison]) -> tuple[str, ...]:
    """What the comparisons show together, and what is undefined of them.

    Args:
        areas: Every two methods, one family.
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
    texts += dict.fromkeys(one.note for one in areas if one.note)
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
        Block(title, tuple(_list_point(point) for point in listed))
        for title, listed in points.items()
        if listed
    )
    if not blocks:
        return None
    interval = interval_title(level)
    head = (
        "aim", f"sensitivity ({interval})", f"specificity ({interval})",
        "threshold", "chosen on",
    )  # fmt: skip
    return BlockTable("Operating points, on the test exams", head, blocks)


def describe_operating(
    points: Mapping[str, Sequence[OperatingPoint]],
) -> tuple[str, ...]:
    """How the thresholds were chosen, and what that means for the rates.

    Args:
        points: Operating points by a reader's name of the method.
    """
    listed = [point for own in points.values() for point in own]
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
    if any(source is ChosenOn.OTHER_FOLDS for source, _ in chosen):
        texts.append(
            "Thresholds from scores of the other folds come from networks each of "
            "which learned from its test patients: a little optimistic, and not "
            "primary."
        )
    if any(source is ChosenOn.TEST_CURVE for source, _ in chosen):
        texts.append(
            "Points read off the test curve were chosen on the exams that they are "
            "judged by. They are too good, and no result."
        )
    texts += dict.fromkeys(point.note for point in listed if point.note)
    return tuple(texts)


def build_power_table(
    power: PowerStatement | None, titles: Mapping[str, str]
) -> Table | None:
    """The smallest difference that could be found, and patients needed; None without.

    Args:
        power: What the patients could have shown.
        titles: A reader's name of each method.
    """
    if power is None or not power.entries:
        return None
    rows = tuple(_list_power(entry, titles) for entry in power.entries)
    head = (
        "", "quantity", "compared", "smallest difference found",
        f"needed for a difference of {power.difference:g}", "test", "methods agree",
    )  # fmt: skip
    return Table("What so many patients can show", head, rows)


def _list_area(one: AreaComparison) -> tuple[str, ...]:
    return (
        "A less B",
        f"{one.malignant:,} + {one.benign:,}",
        _signed(one.difference),
        UNDEFINED if one.statistic is None else f"{one.statistic:.2f}",
        "" if one.freedom is None else f"{one.freedom:.1f}",
        UNDEFINED if one.p is None else p_in_words(one.p),
        "" if one.p_adjusted is None else p_in_words(one.p_adjusted),
    )


def _signed(found: Difference | None) -> str:
    if found is None:
        return UNDEFINED
    return f"{found.value:+.3f} ({found.lower:+.3f} to {found.upper:+.3f})"


def _list_point(point: OperatingPoint) -> tuple[str, ...]:
    thresholds = [each.threshold for each in point.thresholds]
    shown = "none"
    if thresholds:
        lowest, highest = f"{min(thresholds):.3g}", f"{max(thresholds):.3g}"
        shown = lowest if lowest == highest else f"{lowest} to {highest}"
    return (
        f"{point.aim} {point.target:.0%}",
        with_interval(point.sensitivity),
        with_interval(point.specificity),
        shown,
        str(point.chosen_on.value),
    )


def _list_power(entry: PowerEntry, titles: Mapping[str, str]) -> tuple[str, ...]:
    second = titles.get(entry.second, entry.second) if entry.second else "another"
    agreement = "best case" if entry.second is None else "unknown"
    if entry.agreement is not None:
        word = "correlation" if entry.quantity == "auc" else "called apart"
        agreement = f"{word} {entry.agreement:.2f}"
        agreement += ", assumed" if entry.assumed else ""
    return (
        f"{titles.get(entry.first, entry.first)} and {second}",
        "AUC" if entry.quantity == "auc" else entry.quantity,
        f"{entry.number:,}",
        UNDEFINED if entry.detectable is None else f"{entry.detectable:.3f}",
        UNDEFINED if entry.needed is None else f"{entry.needed:,}",
        entry.test,
        agreement,
    )
