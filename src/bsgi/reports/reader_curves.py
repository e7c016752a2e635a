"""ROC curves of several readers, with the mean curve of each modality."""

import numpy as np
from matplotlib.figure import Figure

from bsgi.evaluation.areas.auc import compute_auc
from bsgi.evaluation.areas.roc import build_roc
from bsgi.evaluation.readers.mean_roc import average_roc
from bsgi.evaluation.readers.rating_table import RatingTable
from bsgi.reports.style import INK, LINES, QUIET, new_figure, style_axes
from bsgi.reports.wording import count_of

_LINE_INCH = 0.17
"""Height of one line of a legend below the figure."""


def draw_readers(table: RatingTable) -> Figure:
    """The curve of every reader, thin, and the mean of each modality, thick.

    Args:
        table: The ratings.
    """
    below = 0.25 + _LINE_INCH * (len(table.modalities) + 1)
    height = 4.6 + below
    figure = new_figure(4.6, height)
    axes = figure.add_axes(
        (0.13, (0.11 * 4.6 + below) / height, 0.84, 0.84 * 4.6 / height)
    )
    style_axes(axes, "false positive rate (benign called malignant)", "sensitivity")
    axes.plot(
        [0, 1], [0, 1], color=QUIET, linewidth=1, linestyle=(0, (4, 3)), label="chance"
    )
    readers = range(len(table.readers))
    mean_of = f"mean of {count_of(len(readers), 'reader')}"
    for place, modality in enumerate(table.modalities):
        colour = LINES[place % len(LINES)]
        dash = "solid" if place < len(LINES) else "dashed"
        for reader in readers:
            curve = build_roc(table.reading(reader, place))
            axes.plot(
                curve.false_positive_rate, curve.true_positive_rate, color=colour,
                linewidth=0.7, alpha=0.5, linestyle=dash,
            )  # fmt: skip
        across, up = average_roc(table, place)
        areas = [compute_auc(table.reading(reader, place)) for reader in readers]
        axes.plot(
            across, up, color=colour, linewidth=2.2, linestyle=dash, clip_on=False,
            label=f"{modality}: {mean_of}, AUC {np.mean(areas):.3f}",
        )  # fmt: skip
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    ticks = np.linspace(0, 1, 6)
    axes.set_xticks(ticks)
    axes.set_yticks(ticks)
    axes.legend(
        loc="upper left", bbox_to_anchor=(-0.12, -0.12), fontsize=8, handlelength=3.0,
        frameon=False, labelcolor=INK,
    )  # fmt: skip
    return figure
