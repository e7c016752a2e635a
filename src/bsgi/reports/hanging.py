"""Four views as a physician hangs them: RCC and LCC above RMLO and LMLO.

Chest walls stand together in the middle, so that the two breasts mirror each other and
an asymmetry meets the eye. Lengths are to scale.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Shaped
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure

from bsgi.exam.record import Side, ViewName
from bsgi.reports.style import (
    CLINIC_GREY,
    HEAT,
    INK,
    OUTLINE,
    PALE_GREY,
    QUIET,
    new_figure,
)

HANGING = (
    (ViewName.RCC, ViewName.LCC),
    (ViewName.RMLO, ViewName.LMLO),
)
"""Rows and columns of a hanging, as seen by the reader."""

WIDTH_INCH = 3.2
_GAP_INCH = 0.03
_BAR_INCH = 0.55
_SCALE_BAR_MM = 50.0


@dataclass(frozen=True, slots=True)
class Panel:
    """One view of a hanging, in the common pose (chest wall at column 0).

    Args:
        image: What is shown in grey.
        size_mm: Height and width that the image covers.
        outline: The true lesion, 0 to 1 and drawn at 0.5, over the same lengths and on
            any grid of pixels; None if unknown.
    """

    image: Float[np.ndarray, "row col"]
    size_mm: tuple[float, float]
    outline: Shaped[np.ndarray, "mask_row mask_col"] | None = None


@dataclass(frozen=True, slots=True)
class Overlay:
    """A heat map laid over every view, since the network has one for all of them.

    Args:
        heat: Evidence, covering the whole image in the common pose.
        top: Evidence at the upper end of the colours, the same for all exams shown.
        name: What the colour bar says.
    """

    heat: Float[np.ndarray, "row col"]
    top: float
    name: str


def draw_hanging(
    panels: Mapping[ViewName, Panel],
    *,
    top: float,
    name: str,
    overlay: Overlay | None = None,
) -> Figure:
    """Four views, hung as in the clinic, with the scale of grey or of heat below.

    Args:
        panels: The views that are there; the place of a missing one says so.
        top: Value shown in black, one for all views.
        name: What the values are.
        overlay: A heat map; its colour bar then takes the place of the grey one.

    Raises:
        ValueError: If there is no view at all.
    """
    if not panels:
        raise ValueError("a hanging must have at least one view.")
    height_mm = max(panel.size_mm[0] for panel in panels.values())
    width_mm = max(panel.size_mm[1] for panel in panels.values())
    width = (WIDTH_INCH - _GAP_INCH) / 2
    height = width * height_mm / width_mm
    total = 2 * height + _GAP_INCH + _BAR_INCH
    figure = new_figure(WIDTH_INCH, total)
    scale = Normalize(0.0, top if top > 0 else 1.0)
    for row, names in enumerate(HANGING):
        for col, view in enumerate(names):
            left = col * (width + _GAP_INCH) / WIDTH_INCH
            bottom = 1 - ((row + 1) * height + row * _GAP_INCH) / total
            axes = figure.add_axes((left, bottom, width / WIDTH_INCH, height / total))
            _frame(axes, view, (height_mm, width_mm))
            if view in panels:
                _draw_panel(axes, view, panels[view], scale, overlay)
            else:
                _say_missing(axes, (height_mm, width_mm))
    if overlay is None:
        _draw_bar(figure, scale, CLINIC_GREY, name)
    else:
        _draw_bar(figure, _heat_scale(overlay), HEAT, overlay.name)
    return figure


def _frame(axes: Axes, view: ViewName, size_mm: tuple[float, float]) -> None:
    """A box in millimetres from the chest wall, which right views have on the right."""
    height, width = size_mm
    axes.set_xlim((width, 0) if view.side is Side.RIGHT else (0, width))
    axes.set_ylim(height / 2, -height / 2)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_facecolor("white")
    for spine in axes.spines.values():
        spine.set(color="#cbd2d9", linewidth=0.8)
    outer = width * 0.97
    axes.text(
        outer, -height * 0.475, view.value, fontsize=10, fontweight="bold", color=INK,
        va="top", ha="left" if view.side is Side.RIGHT else "right",
    )  # fmt: skip
    if view is ViewName.RMLO:
        end = outer - _SCALE_BAR_MM
        axes.plot([outer, end], [height * 0.46] * 2, color=INK, linewidth=1.6)
        axes.text(
            (outer + end) / 2, height * 0.445, "5 cm", fontsize=8.5, color=INK,
            va="bottom", ha="center",
        )  # fmt: skip


def _say_missing(axes: Axes, size_mm: tuple[float, float]) -> None:
    axes.set_facecolor("#f5f7fa")
    axes.text(
        size_mm[1] / 2, 0, "not acquired", fontsize=9, color=QUIET, ha="center",
        va="center",
    )  # fmt: skip


def _draw_panel(
    axes: Axes,
    view: ViewName,
    panel: Panel,
    scale: Normalize,
    overlay: Overlay | None,
) -> None:
    height, width = panel.size_mm
    # "none" keeps the camera's pixels as they are and the file small.
    grey = CLINIC_GREY if overlay is None else PALE_GREY
    _show(axes, view, panel, grey, scale)
    if overlay is not None:
        mirrored = overlay.heat[:, ::-1] if view.side is Side.RIGHT else overlay.heat
        axes.imshow(
            mirrored, cmap=HEAT, norm=_heat_scale(overlay), interpolation="bilinear",
            extent=_extent(view, panel.size_mm), aspect="auto", zorder=2,
        )  # fmt: skip
    if panel.outline is not None and float(np.max(panel.outline)) > 0.5:
        rows, cols = panel.outline.shape
        x = (np.arange(cols) + 0.5) * width / cols
        y = (np.arange(rows) + 0.5) * height / rows - height / 2
        for colour, line in (("white", 2.6), (OUTLINE, 1.3)):
            axes.contour(
                x, y, panel.outline.astype(float), levels=[0.5], colors=[colour],
                linewidths=[line], zorder=3,
            )  # fmt: skip


def _show(
    axes: Axes,
    view: ViewName,
    panel: Panel,
    grey: Colormap,
    scale: Normalize,
) -> None:
    mirrored = panel.image[:, ::-1] if view.side is Side.RIGHT else panel.image
    axes.imshow(
        mirrored, cmap=grey, norm=scale, aspect="auto", zorder=1,
        interpolation="none", extent=_extent(view, panel.size_mm),
    )  # fmt: skip


def _extent(
    view: ViewName, size_mm: tuple[float, float]
) -> tuple[float, float, float, float]:
    """Edges left, right, bottom, top; images are drawn as seen, so none is flipped."""
    height, width = size_mm
    across = (width, 0.0) if view.side is Side.RIGHT else (0.0, width)
    return (*across, height / 2, -height / 2)


def _heat_scale(overlay: Overlay) -> Normalize:
    return Normalize(0.0, overlay.top if overlay.top > 0 else 1.0)


def _draw_bar(figure: Figure, scale: Normalize, colours: Colormap, name: str) -> None:
    total = figure.get_figheight()
    axes = figure.add_axes((0.1, 0.36 / total, 0.8, 0.09 / total))
    bar = figure.colorbar(
        ScalarMappable(scale, colours), cax=axes, orientation="horizontal"
    )
    bar.outline.set(edgecolor="#cbd2d9", linewidth=0.6)
    bar.set_label(name, fontsize=9, color=INK, labelpad=1)
    axes.locator_params(nbins=5)
    axes.tick_params(labelsize=8.5, length=2, width=0.6, colors=INK, pad=1.5)
