"""What stresses do to a method: table, forest plot and sentences, from its files."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from matplotlib.figure import Figure

from bsgi.evaluation.comparisons.difference import Difference
from bsgi.evaluation.stress.stored import load_stress
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

FOLDER: Final = "stress"
"""Where a RUN or STUDY has its stress test, unless another place was asked for."""
RESULTS: Final = "stress.json"


def find_stress(folder: Path) -> StressMetrics | None:
    """The stress test of a RUN or STUDY; None if it has none that is finished.

    Args:
        folder: The RUN or STUDY.

    Raises:
        RunError: If its results are damaged.
    """
    place = folder / FOLDER
    if not (place / "provenance.json").is_file():
        return None
    return load_stress(place / RESULTS)


def build_stress_table(method: MethodStress, title: str, level: float) -> Table:
    """Each stress with its numbers, areas, rates and changed calls.

    Args:
        method: Results of one method.
        title: A reader's name of it.
        level: Confidence level of the intervals.
    """
    interval = interval_title(level)
    return Table(
        caption=f"Test patients under stress, {title}",
        head=(
            "",
            "malignant + benign patients",
            f"AUC ({interval})",
            f"difference ({interval})",
            "p (Holm)",
            f"sensitivity ({interval})",
            f"specificity ({interval})",
            f"calls changed ({interval})",
            "exams refused",
        ),
        rows=tuple(_list_result(result) for result in method.results),
    )


def build_refused_table(metrics: StressMetrics) -> Table | None:
    """Exams that a stress left out, by reason; None where there are none.

    Args:
        metrics: Results of all methods.
    """
    counts = Counter(
        (result.title, method.method, refusal.reason)
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


def draw_stress(method: MethodStress) -> Figure:
    """The area under each stress with its interval, beside that without stress.

    Args:
        method: Results of one method.
    """
    first, *others = method.results
    lines = tuple(
        ForestLine(
            capitalize_first(one.title), f"{one.malignant:,} + {one.benign:,}", one.auc
        )
        for one in (first, *others)
    )
    return draw_forest(
        [ForestBlock("", lines)],
        first.auc,
        reference_is="exams as they were",
        numbers_are="mal. + ben.",
    )


def explain_stress(metrics: StressMetrics) -> tuple[str, ...]:
    """What was done, and which stresses lower an area more than chance would.

    Args:
        metrics: Results of all methods.
    """
    sentences = [
        "The test exams were scored again by the same networks, as they were and under "
        "each stress; nothing was trained anew. Calls are at the thresholds of the "
        "exams as they were. The difference of two areas is paired, with patients as "
        "the units; p values are adjusted by Holm over the stresses of a method.",
    ]
    for method in metrics.methods:
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
            sentences.append(
                f"{method.method}: the area changes under {'; '.join(found)}."
            )
        else:
            sentences.append(
                f"{method.method}: no stress changes the area more than chance would "
                "explain, which does not show that none does."
            )
    return tuple(sentences)


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
    lines.append(f"scores, refusals, figures: {folder}")
    return "\n".join(lines)


def write_stress_figures(folder: Path) -> Mapping[str, Picture]:
    """Draw the forest plot of each method into a stress test's folder.

    Args:
        folder: What `bsgi stress` wrote.

    Returns:
        The picture of each method by its name.

    Raises:
        RunError: If the results are missing or damaged.
    """
    metrics = load_stress(folder / RESULTS)
    return {
        method.method: picture_stress(
            method,
            folder / "figures" / f"stress-{method.method}.svg",
            level=metrics.level,
            simulated=metrics.simulated,
        )
        for method in metrics.methods
    }


def picture_stress(
    method: MethodStress, path: Path, *, level: float, simulated: bool
) -> Picture:
    """The forest plot of one method as a picture that a page can hold.

    Args:
        method: Its results.
        path: The SVG file to make or replace.
        level: Confidence level of the intervals.
        simulated: Whether exams were simulated.
    """
    told = "; ".join(
        f"{result.title} {area_with_interval(result.auc)}" for result in method.results
    )
    return save_picture(
        path,
        draw_stress(method),
        f"AUC of the test exams under each stress: {told}.",
        f"AUC of the test patients with its {interval_title(level)}, as they were and "
        "under each stress. The dashed line with its pale band is that of the exams as "
        "they were.",
        simulated=simulated,
    )


def _list_result(result: StressResult) -> tuple[str, ...]:
    comparison = result.comparison
    adjusted = None if comparison is None else comparison.p_adjusted
    return (
        capitalize_first(result.title),
        f"{result.malignant:,} + {result.benign:,}",
        area_with_interval(result.auc),
        "" if comparison is None else _span(comparison.difference),
        "" if adjusted is None else p_in_words(adjusted),
        with_interval(result.sensitivity),
        with_interval(result.specificity),
        "" if comparison is None else with_interval(result.changed),
        f"{len(result.refused):,}",
    )


def _tell(result: StressResult) -> str:
    text = area_with_interval(result.auc)
    text += f", {result.malignant:,} malignant and {result.benign:,} benign patients"
    if result.comparison is not None and result.comparison.difference is not None:
        text += f", difference {_span(result.comparison.difference)}"
    if result.refused:
        text += f", {count_of(len(result.refused), 'exam')} refused"
    return text


def _span(found: Difference | None) -> str:
    if found is None:
        return "undefined"
    return f"{found.value:+.3f} ({found.lower:+.3f} to {found.upper:+.3f})"


def _signed(found: Difference) -> str:
    return f"{found.value:+.3f}"
