"""What stresses do to a method: table, forest plot and sentences, from its files."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from matplotlib.figure import Figure

from bsgi.evaluation.comparisons.difference import Difference
from bsgi.evaluation.stress.summary import MethodStress, StressMetrics, StressResult
from bsgi.reports.forest import ForestBlock, ForestLine, draw_forest
from bsgi.reports.style import Picture, save_picture
from bsgi.reports.tables import Table
from bsgi.reports.wording import (
    RESEARCH_ONLY,
    SIMULATED,
    area_with_interval,
    capitalize_first,
    count_of,
    interval_title,
    p_equals,
    p_in_words,
    with_interval,
)


def build_stress_table(method: MethodStress, title: str, level: float) -> Table:
    """Each stress with its numbers, areas, and what it does to the area.

    Args:
        method: Results of one method.
        title: A reader's name of it.
        level: Confidence level of the intervals.
    """
    interval = interval_title(level)
    return Table(
        caption=f"Areas of the test patients under stress, {title}",
        head=(
            "",
            "malignant + benign",
            f"AUC ({interval})",
            f"difference ({interval})",
            "p (Holm)",
        ),
        rows=tuple(_list_area(result) for result in method.results),
    )


def build_calls_table(method: MethodStress, title: str, level: float) -> Table:
    """Each stress with its rates, the calls that it changes, and exams left out.

    Args:
        method: Results of one method.
        title: A reader's name of it.
        level: Confidence level of the intervals.
    """
    interval = interval_title(level)
    return Table(
        caption=f"Calls of the test patients under stress, {title}",
        head=(
            "",
            f"sensitivity ({interval})",
            f"specificity ({interval})",
            f"calls changed ({interval})",
            "exams left out",
        ),
        rows=tuple(_list_calls(result) for result in method.results),
    )


def build_refused_table(
    metrics: StressMetrics, titles: Mapping[str, str]
) -> Table | None:
    """Exams that a stress left out, by reason; None where there are none.

    Args:
        metrics: Results of all methods.
        titles: A reader's name of each method.
    """
    counts = Counter(
        (result.title, titles.get(method.method, method.method), refusal.reason)
        for method in metrics.methods
        for result in method.results
        for refusal in result.refused
    )
    if not counts:
        return None
    return Table(
        caption="Exams that a stress left out",
        head=("stress", "method", "reason", "exams"),
        rows=tuple(
            (capitalize_first(stress), method, reason, f"{number:,}")
            for (stress, method, reason), number in counts.items()
        ),
        numeric=False,
    )


def draw_stress(method: MethodStress, title: str, level: float) -> Figure:
    """The area under each stress with its interval, beside that without stress.

    Args:
        method: Results of one method.
        title: A reader's name of it.
        level: Confidence level of the intervals.
    """
    lines = tuple(
        ForestLine(
            capitalize_first(one.title), f"{one.malignant:,} + {one.benign:,}", one.auc
        )
        for one in method.results
    )
    return draw_forest(
        [ForestBlock("", lines)],
        method.results[0].auc,
        reference_is="exams as they were",
        numbers_are="mal. + ben.",
        title=f"Under stress, {title}",
        level=level,
    )


def explain_stress(metrics: StressMetrics) -> tuple[str, ...]:
    """What was done, for a reader of any method's results.

    Args:
        metrics: Results of all methods.
    """
    exams = max(method.results[0].exams for method in metrics.methods)
    stresses = max(len(method.results) for method in metrics.methods) - 1
    return (
        f"{count_of(exams, 'test exam')} were scored again by the same networks, as "
        f"they were and under each of {stresses} stresses that make an exam poorer or "
        "faulty; nothing was trained anew.",
        "Calls are at the thresholds of the exams as they were. The difference of two "
        "areas is paired, with patients as the units; p values are adjusted by Holm "
        "over the stresses of a method.",
    )


def judge_stress(method: MethodStress) -> str:
    """Which stresses change the area of a method more than chance would.

    Args:
        method: Its results.
    """
    found = [
        f"{result.title} ({_signed(result.comparison.difference)}, "
        f"{p_equals(result.comparison.p_adjusted)})"
        for result in method.results
        if result.comparison is not None
        and result.comparison.difference is not None
        and result.comparison.p_adjusted is not None
        and result.comparison.p_adjusted < 0.05
    ]
    if found:
        return f"The area changes under {'; '.join(found)}."
    return (
        "No stress changes the area more than chance would explain, which does not "
        "show that none does."
    )


def describe_stress(metrics: StressMetrics, folder: Path) -> str:
    """The results in a few lines, for a terminal.

    Args:
        metrics: Results of all methods.
        folder: Where they lie.
    """
    lines = [RESEARCH_ONLY]
    if metrics.simulated:
        lines.append(SIMULATED)
    for method in metrics.methods:
        lines.append(f"{method.method}: AUC ({interval_title(metrics.level)})")
        width = max(len(result.title) for result in method.results)
        lines += [
            f"  {result.title:<{width}}  {_tell(result)}" for result in method.results
        ]
    lines.append(f"scores, exams left out, figures: {folder}")
    return "\n".join(lines)


def picture_stress(
    method: MethodStress, title: str, path: Path, *, level: float, simulated: bool
) -> Picture:
    """The forest plot of one method as a picture that a page can hold.

    Args:
        method: Its results.
        title: A reader's name of it.
        path: The SVG file to make or replace; its data go beside it.
        level: Confidence level of the intervals.
        simulated: Whether exams were simulated.
    """
    told = "; ".join(
        f"{result.title} {area_with_interval(result.auc)}" for result in method.results
    )
    return save_picture(
        path,
        draw_stress(method, title, level),
        f"AUC of {title} under each stress: {told}.",
        f"AUC of the test patients with its {interval_title(level)}, as they were and "
        "under each stress; beside it malignant and benign patients.",
        simulated=simulated,
    )


def _list_area(result: StressResult) -> tuple[str, ...]:
    comparison = result.comparison
    adjusted = None if comparison is None else comparison.p_adjusted
    return (
        capitalize_first(result.title),
        f"{result.malignant:,} + {result.benign:,}",
        area_with_interval(result.auc),
        "" if comparison is None else _span(comparison.difference),
        "" if adjusted is None else p_in_words(adjusted),
    )


def _list_calls(result: StressResult) -> tuple[str, ...]:
    return (
        capitalize_first(result.title),
        with_interval(result.sensitivity),
        with_interval(result.specificity),
        "" if result.comparison is None else with_interval(result.changed),
        f"{len(result.refused):,}",
    )


def _tell(result: StressResult) -> str:
    text = area_with_interval(result.auc)
    text += f", {result.malignant:,} malignant and {result.benign:,} benign patients"
    if result.comparison is not None and result.comparison.difference is not None:
        text += f", difference {_span(result.comparison.difference)}"
    if result.refused:
        text += f", {count_of(len(result.refused), 'exam')} left out"
    return text


def _span(found: Difference | None) -> str:
    if found is None:
        return "undefined"
    return f"{found.value:+.3f} ({found.lower:+.3f} to {found.upper:+.3f})"


def _signed(found: Difference) -> str:
    return f"{found.value:+.3f}"
