"""Contact sheets of simulated exams, and the bars of background uptake."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bsgi.exam.orientation import find_pose, view_image
from bsgi.exam.record import Exam, Label, Side, Truth, ViewName
from bsgi.reports.exam_views import detector_mm
from bsgi.reports.hanging import HANGING
from bsgi.reports.style import (
    CLINIC_GREY,
    INK,
    LINES,
    OUTLINE,
    QUIET,
    new_figure,
    style_axes,
)

_COLUMNS = 3
_TILE_INCH = 2.35
_TITLE_INCH = 0.24


@dataclass(frozen=True, slots=True)
class PrevalenceBars:
    """Background uptake in one stratum of density.

    Args:
        title: The stratum and how many women.
        levels: Names of the classes.
        published: Share of each, in per cent.
        measured: Share found on the images, in per cent.
        ratios: Ratio of gland to fat of every woman.
        borders: Ratios at which one class passes into the next.
    """

    title: str
    levels: tuple[str, ...]
    published: tuple[float, ...]
    measured: tuple[float, ...]
    ratios: Float[np.ndarray, " woman"]
    borders: tuple[float, ...]


def draw_contact_sheet(exams: Sequence[tuple[Exam, Truth]], title: str) -> Figure:
    """Exams of one camera: RCC and LCC above RMLO and LMLO, in reversed grey.

    Args:
        exams: Exams with what is true of them; malignant lesions are outlined.
        title: What stands above them.
    """
    views = [view for exam, _ in exams for view in exam.views.values()]
    size_mm = detector_mm(views[0], view_image(views[0]))
    shape = size_mm[0] / size_mm[1]  # of one view; a tile has two by two
    rows = -(-len(exams) // _COLUMNS)
    tile = _TILE_INCH * shape + _TITLE_INCH
    width, height = _COLUMNS * _TILE_INCH, rows * tile + 0.3
    figure = new_figure(width, height)
    figure.text(0.008, 1 - 0.07 / height, title, fontsize=10, color=INK, va="top")
    for number, (exam, truth) in enumerate(exams):
        row, col = divmod(number, _COLUMNS)
        left = (col + 0.02) / _COLUMNS
        bottom = 1 - (0.3 + (row + 1) * tile - 0.04) / height
        axes = figure.add_axes(
            (left, bottom, 0.96 / _COLUMNS, (tile - _TITLE_INCH) / height)
        )
        _draw_exam(axes, exam, truth)
        word = "malignant" if exam.label is Label.MALIGNANT else "benign"
        axes.set_title(
            f"{exam.exam_id}: {word}", fontsize=7.5, color=INK, loc="left", pad=2
        )
    return figure


def _draw_exam(axes: Axes, exam: Exam, truth: Truth) -> None:
    """The four views as one picture, each pair of chest walls in the middle."""
    images = {name: view_image(view) for name, view in exam.views.items()}
    rows, cols = next(iter(images.values())).shape
    whole = np.zeros((2 * rows, 2 * cols))
    outline = np.zeros(whole.shape, bool)
    malignant = {lesion.side for lesion in truth.lesions if lesion.malignant}
    for place, name in _places():
        box = np.s_[
            place[0] * rows : (place[0] + 1) * rows,
            place[1] * cols : (place[1] + 1) * cols,
        ]
        if name not in images:
            continue
        whole[box] = _hang(images[name], name)
        if name in truth.masks and name.side in malignant:
            mask = find_pose(exam.views[name]).apply(truth.masks[name])
            outline[box] = _hang(mask, name)
    # A few hot pixels at the chest wall must not turn all the rest white.
    top = float(np.percentile(whole[whole > 0], 99.2)) if whole.any() else 1.0
    axes.imshow(
        whole, cmap=CLINIC_GREY, vmin=0, vmax=top, interpolation="none", aspect="auto"
    )
    if outline.any():
        axes.contour(
            outline.astype(float), levels=[0.5], colors=[OUTLINE], linewidths=0.6
        )
    for (row, col), name in _places():
        axes.text(
            (0.03, 0.97)[col],
            0.97 - 0.5 * row,
            name,
            transform=axes.transAxes,
            ha=("left", "right")[col],
            va="top",
            fontsize=6.5,
            color=QUIET,
        )
    axes.axhline(rows - 0.5, color="#cbd2d9", linewidth=0.5)
    axes.axvline(cols - 0.5, color="#cbd2d9", linewidth=0.5)
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set(color="#cbd2d9", linewidth=0.6)


def _places() -> list[tuple[tuple[int, int], ViewName]]:
    return [
        ((row, col), name)
        for row, names in enumerate(HANGING)
        for col, name in enumerate(names)
    ]


def _hang(
    image: Float[np.ndarray, "row col"] | Bool[np.ndarray, "row col"], name: ViewName
) -> Float[np.ndarray, "row col"] | Bool[np.ndarray, "row col"]:
    """From the common pose to the side of the body it hangs on."""
    return image[:, ::-1] if name.side is Side.RIGHT else image


def draw_prevalences(strata: Sequence[PrevalenceBars]) -> Figure:
    """Classes of background uptake beside their prevalences, and the ratios behind.

    Args:
        strata: The strata of density.
    """
    figure = new_figure(4.4 * len(strata), 5.6)
    for number, stratum in enumerate(strata):
        left = (number + 0.13) / len(strata)
        across = 0.83 / len(strata)
        upper = figure.add_axes((left, 0.56, across, 0.38))
        _draw_bars(upper, stratum, first=number == 0)
        lower = figure.add_axes((left, 0.09, across, 0.34))
        _draw_ratios(lower, stratum, first=number == 0)
    return figure


def _draw_bars(axes: Axes, stratum: PrevalenceBars, *, first: bool) -> None:
    style_axes(axes, "", "share of women in %" * first)
    axes.set_title(stratum.title, fontsize=10, color=INK, loc="left")
    places = np.arange(len(stratum.levels))
    axes.bar(places - 0.19, stratum.published, 0.36, color=QUIET, label="published")
    axes.bar(
        places + 0.19, stratum.measured, 0.36, color=LINES[0], label="on the images"
    )
    for shift, digits, values in (
        (-0.19, 0, stratum.published),
        (0.19, 1, stratum.measured),
    ):
        for place, value in zip(places, values, strict=True):
            axes.text(
                place + shift, value + 1, f"{value:.{digits}f}", fontsize=8, color=INK,
                ha="center",
            )  # fmt: skip
    axes.set_xticks(
        places, [level.replace(" or ", "\nor ") for level in stratum.levels]
    )
    axes.set_ylim(0, 1.2 * max(*stratum.published, *stratum.measured))
    axes.grid(visible=False, axis="x")
    axes.legend(fontsize=8, edgecolor="none", labelcolor=INK, loc="upper right")


def _draw_ratios(axes: Axes, stratum: PrevalenceBars, *, first: bool) -> None:
    style_axes(axes, "counts over gland by counts over fat", "women" * first)
    edges = [0.3 + 0.1 * step for step in range(32)]
    axes.hist(np.clip(stratum.ratios, 0.3, 3.39), edges, color=LINES[0])
    for border in stratum.borders:
        axes.axvline(border, color=INK, linewidth=0.9, linestyle="dotted")
    axes.set_xlim(0.3, 3.4)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
