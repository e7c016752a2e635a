"""Results by subgroup as a forest plot, a table and the sentences that go with them."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from bsgi.evaluation.estimate import LEVEL, Estimate
from bsgi.evaluation.subgroups import (
    EXPLORATORY,
    TESTED_FROM,
    ComparedWith,
    GroupMetrics,
    SubgroupMetrics,
)
from bsgi.reports.forest import ForestBlock, ForestLine, draw_forest
from bsgi.reports.tables import Block, BlockTable
from bsgi.reports.wording import (
    area_with_interval,
    capitalize_first,
    count_of,
    interval_title,
    p_equals,
    p_in_words,
    with_interval,
)

_NONE = "none"
"""What a table says where a group has no exam of a label."""


def choose_shown(parts: Sequence[SubgroupMetrics]) -> tuple[SubgroupMetrics, ...]:
    """The groupings that part the test exams at all.

    Args:
        parts: Results of one method by every grouping.
    """
    return tuple(part for part in parts if len(part.groups) > 1)


def draw_subgroups(
    parts: Sequence[SubgroupMetrics],
    overall: Estimate | None,
    *,
    title: str = "",
    level: float = LEVEL,
) -> Figure | None:
    """The area of each group with its interval; None where no grouping parts the exams.

    Args:
        parts: Results of one method by every grouping.
        overall: The area of all test patients.
        title: A reader's name of the method.
        level: Confidence level of the intervals.
    """
    blocks = [
        ForestBlock(
            capitalize_first(part.grouping),
            tuple(
                ForestLine(group.group, _count_sides(group), group.auc)
                for group in part.groups
            ),
        )
        for part in choose_shown(parts)
    ]
    if not blocks:
        return None
    return draw_forest(
        blocks,
        overall,
        reference_is="all test patients",
        numbers_are="mal. + ben.",
        title=f"Subgroups, {title}" if title else "",
        level=level,
    )


def build_subgroup_table(
    parts: Sequence[SubgroupMetrics], title: str, level: float
) -> BlockTable:
    """Numbers, area and rates of each group; no row stands without its number.

    Args:
        parts: Results of one method by every grouping.
        title: A reader's name of the method.
        level: Confidence level of the intervals.
    """
    interval = interval_title(level)
    return BlockTable(
        caption=f"Subgroups of the test patients, {title}",
        head=(
            "",
            "malignant + benign",
            f"AUC ({interval})",
            f"sensitivity ({interval})",
            f"specificity ({interval})",
        ),
        blocks=tuple(
            Block(
                capitalize_first(part.grouping),
                tuple(_list_group(group) for group in part.groups),
                _note(part),
            )
            for part in choose_shown(parts)
        ),
    )


def describe_subgroups(parts: Sequence[SubgroupMetrics]) -> tuple[str, ...]:
    """What a reader of the subgroups has to know, and whether any grouping stands out.

    Args:
        parts: Results of one method by every grouping.
    """
    shown = choose_shown(parts)
    if not shown:
        return ()
    sentences = [
        EXPLORATORY,
        "A group with exams of one label only, such as cancers of one size, is "
        "compared with all test exams of the other label, so its area says how well "
        "it is told from those; their number stands in brackets.",
        "Whether the areas of a grouping differ is tested by Wald's test on log odds "
        f"and the F distribution, over groups of at least {TESTED_FROM} patients of "
        "each label; p values are adjusted by Holm over the groupings.",
    ]
    tested = [part for part in shown if part.p_adjusted is not None]
    if not tested:
        return (*sentences, "No grouping had groups large enough for that test.")
    apart = [part for part in tested if (part.p_adjusted or 0.0) < 0.05]
    if apart:
        named = "; ".join(
            f"{part.grouping} ({p_equals(part.p_adjusted or 0.0)})" for part in apart
        )
        sentences.append(
            f"Of {count_of(len(tested), 'grouping')} tested these differ more than "
            f"chance would explain: {named}. Another study would have to confirm it."
        )
    else:
        sentences.append(
            f"None of {count_of(len(tested), 'grouping')} tested differs more than "
            "chance would explain; groups this small cannot show that there is no "
            "difference."
        )
    single = [part for part in parts if len(part.groups) == 1]
    if single:
        named = "; ".join(f"{one.grouping}: {one.groups[0].group}" for one in single)
        sentences.append(f"All test exams are alike in these: {named}.")
    return tuple(sentences)


def _list_group(group: GroupMetrics) -> tuple[str, ...]:
    return (
        capitalize_first(group.group),
        _count_sides(group),
        area_with_interval(group.auc),
        _NONE if not group.malignant else with_interval(group.sensitivity),
        _NONE if not group.benign else with_interval(group.specificity),
    )


def _count_sides(group: GroupMetrics) -> str:
    """Patients of each label that the area is of; those of all groups in brackets."""
    malignant, benign = f"{group.malignant:,}", f"{group.benign:,}"
    if group.compared_with is ComparedWith.ALL_BENIGN:
        benign = f"({group.reference:,})"
    elif group.compared_with is ComparedWith.ALL_MALIGNANT:
        malignant = f"({group.reference:,})"
    return f"{malignant} + {benign}"


def _note(part: SubgroupMetrics) -> str:
    texts = []
    if part.p is None or part.p_adjusted is None:
        texts.append("groups too small for a test of their differences")
    else:
        texts.append(
            f"difference of {len(part.tested)} groups: {p_equals(part.p)}, by Holm "
            f"{p_in_words(part.p_adjusted)}"
        )
    if part.unknown:
        texts.append(f"{count_of(part.unknown, 'exam')} unknown")
    return "; ".join(texts)
