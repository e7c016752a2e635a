"""One look for every figure, and files that are the same each time they are drawn."""

import base64
from dataclasses import astuple, dataclass
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from bsgi.files import new_file, save_csv
from bsgi.reports.figure_data import COLUMNS, collect_drawn
from bsgi.reports.wording import SIMULATED

INK = "#1f2933"
"""Text and axes."""
QUIET = "#7b8794"
"""What helps to read and is not the matter itself: frames, the diagonal."""
LINES = ("#1d5f8a", "#c2571a", "#4d7c2a", "#7a4a8c", "#8a6d1d")
"""Curves, in order; they differ in lightness as well, so that they print."""
OUTLINE = "#0077c8"
"""The true lesion of a simulated exam."""

CLINIC_GREY = LinearSegmentedColormap.from_list("clinic", ["#ffffff", "#000000"])
"""Reversed grey as in the clinic: the more counts, the darker."""
PALE_GREY = LinearSegmentedColormap.from_list("pale", ["#ffffff", "#6f7780"])
"""The same, paler, below a heat map."""
HEAT = LinearSegmentedColormap.from_list(
    "heat",
    [
        (0.00, (0.99, 0.75, 0.25, 0.00)),
        (0.35, (0.98, 0.60, 0.15, 0.45)),
        (0.70, (0.88, 0.25, 0.10, 0.70)),
        (1.00, (0.55, 0.02, 0.10, 0.85)),
    ],
)
"""A heat map's colours: no evidence is no colour, so that an empty map looks empty."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure in a page.

    Args:
        source: The file itself as a data address, so that the page stands alone.
        alt: What a reader who cannot see it should know.
        caption: What stands below it.
    """

    source: str
    alt: str
    caption: str = ""


def new_figure(width_inch: float, height_inch: float) -> Figure:
    """An empty figure; no global state, so figures can be drawn side by side.

    Args:
        width_inch: Width.
        height_inch: Height.
    """
    return Figure(figsize=(width_inch, height_inch), facecolor="white")


def style_axes(axes: Axes, across: str, up: str) -> None:
    """Give a graph its quiet look and name its axes.

    Args:
        axes: What to style.
        across: Name of the horizontal axis.
        up: Name of the vertical axis.
    """
    axes.set_xlabel(across, color=INK, fontsize=10)
    axes.set_ylabel(up, color=INK, fontsize=10)
    axes.tick_params(colors=INK, labelsize=9, length=3, width=0.8)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set(color=QUIET, linewidth=0.8)
    axes.grid(color="#e4e7eb", linewidth=0.7)
    axes.set_axisbelow(True)


def save_svg(path: Path, figure: Figure) -> None:
    """Write a figure as SVG, and the data that it draws beside it as CSV.

    The same figure gives the same bytes. A figure without data, such as a diagram, has
    no table.

    Args:
        path: The file to make or replace; its table has the same name with ``.csv``.
        figure: What to write.
    """
    settings = mpl.rc_context(
        {
            "svg.hashsalt": "bsgi",  # ids inside follow the content, not a clock
            "svg.fonttype": "path",  # the same look wherever the file is opened
            "font.family": "DejaVu Sans",  # comes with matplotlib
        }
    )
    with new_file(path) as partial, settings:
        figure.savefig(partial, format="svg", metadata={"Date": None, "Creator": None})
    drawn = collect_drawn(figure)
    if drawn:
        rows = [
            ["" if value is None else value for value in astuple(row)] for row in drawn
        ]
        save_csv(path.with_suffix(".csv"), COLUMNS, rows)


def save_picture(
    path: Path, figure: Figure, alt: str, caption: str = "", *, simulated: bool
) -> Picture:
    """Write a figure as SVG and give it as a picture that a page can hold.

    Args:
        path: The file to make or replace.
        figure: What to write.
        alt: What a reader who cannot see it should know.
        caption: What stands below it.
        simulated: Whether its exams are simulated; figure and text then say so, since
            a figure may be shown without its page.
    """
    if simulated:
        figure.text(
            0.01, 0.995, SIMULATED, fontsize=6.5, color=QUIET, ha="left", va="top"
        )
        alt = f"{alt} {SIMULATED}"
    save_svg(path, figure)
    return load_picture(path, alt, caption)


def load_picture(path: Path, alt: str, caption: str = "") -> Picture:
    """An SVG file as a picture that a page can hold.

    Args:
        path: The file.
        alt: What a reader who cannot see it should know.
        caption: What stands below it.
    """
    code = base64.b64encode(path.read_bytes()).decode("ascii")
    return Picture(f"data:image/svg+xml;base64,{code}", alt, caption)
