"""Graphs of the simulator's physics: resolution, spectra, scatter, counts, texture."""

from collections.abc import Mapping, Sequence
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bsgi.physics.acceptance.curve import Curve
from bsgi.physics.acceptance.curves import Spectra, Widths
from bsgi.physics.acceptance.power_law import PowerLaw
from bsgi.reports.style import INK, LINES, QUIET, new_figure, style_axes

_DASHED = (0, (4.0, 2.0))
_ALONE = ", breast only"

Place = Literal["upper left", "upper right", "lower left", "lower right"]
"""Where a legend stands."""


def draw_resolution(cameras: Sequence[Widths]) -> Figure:
    """Resolution against distance, one colour per camera.

    Args:
        cameras: The cameras to show.
    """
    figure = new_figure(6.4, 4.2)
    axes = figure.add_axes((0.1, 0.125, 0.87, 0.84))
    style_axes(axes, "distance from the collimator's face in cm", "system FWHM in mm")
    for colour, camera in zip(LINES, cameras, strict=False):
        axes.plot(
            camera.convolved.across, camera.convolved.up, color=colour, linewidth=1.7,
            label=camera.title,
        )  # fmt: skip
        axes.plot(
            camera.quadrature.across, camera.quadrature.up, color=colour,
            linewidth=1.1, linestyle=_DASHED,
        )  # fmt: skip
        axes.plot(
            camera.measured.across, camera.measured.up, color=colour, marker="o",
            markersize=5.5, markeredgecolor="white", linestyle="none",
        )  # fmt: skip
    axes.plot([], [], color=QUIET, label="collimator convolved with pixel")
    axes.plot([], [], color=QUIET, linestyle=_DASHED, label="in quadrature")
    _add_dots(axes, "simulated line source")
    axes.set(xlim=(-0.15, 10.15), ylim=(0, 1.2 * axes.get_ylim()[1]))
    _add_legend(axes, "upper left", columns=2)
    return figure


def draw_spectra(panels: Sequence[Spectra]) -> Figure:
    """Measured energy spectra side by side, with the windows in grey.

    Args:
        panels: One for each detector.
    """
    figure = new_figure(4.6 * len(panels), 3.9)
    for number, panel in enumerate(panels):
        width = 1.0 / len(panels)
        axes = figure.add_axes(
            (number * width + 0.1 * width, 0.235, 0.86 * width, 0.685)
        )
        style_axes(
            axes, "measured energy in keV", "counts per keV, relative" * (number == 0)
        )
        axes.set_title(panel.title, fontsize=10, color=INK, loc="left")
        for colour, curve in zip((INK, *LINES), panel.curves, strict=False):
            axes.plot(
                curve.across, curve.up, color=colour, linewidth=1.6,
                label=curve.name if number == 0 else None,
            )  # fmt: skip
        top = 1.12 * max(float(curve.up.max()) for curve in panel.curves)
        axes.set(ylim=(0, top), xlim=(85, 160), yticklabels=[])
        for shade, (lower, upper) in zip(
            ("#e9eef2", "#d3dee6"), panel.windows_kev, strict=False
        ):
            axes.axvspan(lower, upper, color=shade, linewidth=0, zorder=0)
            axes.text(
                lower + 0.8, 0.985 * top, f"{lower:.0f} to\n{upper:.0f} keV",
                fontsize=8, color=INK, va="top",
            )  # fmt: skip
    figure.legend(
        loc="lower left", bbox_to_anchor=(0.03, 0.0), ncols=4, fontsize=8,
        edgecolor="none", labelcolor=INK, handlelength=2.2, columnspacing=1.6,
    )  # fmt: skip
    return figure


def draw_scatter(
    by_thickness: Mapping[str, tuple[Curve, Curve]],
    by_distance: Mapping[str, tuple[Curve, Curve]],
) -> Figure:
    """Scatter over primary against thickness and against the chest wall's distance.

    Args:
        by_thickness: For each detector a simulated curve and the Monte Carlo's values;
            names that end in "breast only" are those without a torso.
        by_distance: The same at one thickness with torso, for the same detectors.
    """
    figure = new_figure(9.2, 4.6)
    colours = dict(zip(by_distance, LINES, strict=False))
    for number, (title, across, lines) in enumerate(
        (
            ("Mean over the breast", "compressed thickness in cm", by_thickness),
            (
                "6 cm, with torso, two heads",
                "distance from the chest wall in cm",
                by_distance,
            ),
        )
    ):
        axes = figure.add_axes((0.07 + 0.5 * number, 0.255, 0.42, 0.68))
        style_axes(axes, across, "scattered over unscattered" * (number == 0))
        axes.set_title(title, fontsize=10, color=INK, loc="left")
        for name, (curve, printed) in lines.items():
            colour = colours[name.removesuffix(_ALONE)]
            style = _DASHED if name.endswith(_ALONE) else "solid"
            axes.plot(
                curve.across, curve.up, color=colour, linewidth=1.6, linestyle=style
            )
            axes.plot(
                printed.across, printed.up, color=colour, marker="o", markersize=5.5,
                markeredgecolor="white", linestyle="none",
            )  # fmt: skip
        axes.set_ylim(0, None)
    for name, colour in colours.items():
        axes.plot([], [], color=colour, linewidth=1.6, label=name)
    axes.plot([], [], color=QUIET, label="with torso, two heads")
    axes.plot([], [], color=QUIET, linestyle=_DASHED, label="breast only")
    _add_dots(axes, "printed Monte Carlo")
    figure.legend(
        loc="lower left", bbox_to_anchor=(0.05, 0.005), ncols=4, fontsize=8,
        edgecolor="none", labelcolor=INK, handlelength=2.2, columnspacing=1.6,
    )  # fmt: skip
    return figure


def draw_densities(
    densities: Mapping[str, float], ranges: Mapping[str, tuple[float, float]]
) -> Figure:
    """Counts per area and activity of every camera, with what must come out.

    Args:
        densities: Counts per cm2 and MBq by camera.
        ranges: What must come out, by camera.
    """
    names = list(densities)[::-1]
    figure = new_figure(6.4, 0.55 + 0.42 * len(names))
    low = 0.5 / figure.get_figheight()
    axes = figure.add_axes((0.29, low, 0.66, 0.97 - low))
    style_axes(axes, "counts per cm² and MBq in 10 min, one head, 6 cm", "")
    places = range(len(names))
    axes.barh(
        places, [densities[name] for name in names], height=0.55, color=LINES[0],
        zorder=2,
    )  # fmt: skip
    for place, name in zip(places, names, strict=True):
        axes.text(
            densities[name] - 0.08, place, f"{densities[name]:.2f}", color="white",
            fontsize=9, va="center", ha="right", zorder=4,
        )  # fmt: skip
        if name in ranges:
            axes.plot(
                ranges[name], [place - 0.4] * 2, color=LINES[1], linewidth=2.4,
                solid_capstyle="butt", zorder=3,
            )  # fmt: skip
    axes.plot([], [], color=LINES[1], linewidth=2.4, label="accepted range")
    axes.set_yticks(list(places), names)
    axes.grid(visible=False, axis="y")
    _add_legend(axes, "lower right")
    return figure


def draw_texture(law: PowerLaw, fitted: tuple[float, float]) -> Figure:
    """Mean power spectrum of noise-free projections, with the power law fitted to it.

    Args:
        law: The spectrum and the law.
        fitted: Frequencies per mm between which the law was fitted.
    """
    figure = new_figure(5.2, 3.9)
    axes = figure.add_axes((0.14, 0.135, 0.83, 0.83))
    style_axes(axes, "spatial frequency per mm", "power, relative")
    axes.axvspan(*fitted, color="#e9eef2", linewidth=0, zorder=0, label="fitted range")
    axes.loglog(
        law.measured.across, law.measured.up, color=LINES[0], marker="o",
        markersize=4, linewidth=1.3, label="breasts, before blur and noise",
    )  # fmt: skip
    axes.loglog(
        law.law.across, law.law.up, color=LINES[1], linewidth=1.8, linestyle=_DASHED,
        label=f"power law, exponent {law.exponent:.2f}, under the same window",
    )  # fmt: skip
    ticks = [0.02, 0.03, 0.05, 0.1, 0.2, 0.3]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_xticks([], minor=True)
    _add_legend(axes, "lower left")
    return figure


def _add_dots(axes: Axes, name: str) -> None:
    """An entry of the legend for values shown as dots."""
    axes.plot([], [], color=QUIET, marker="o", linestyle="none", label=name)


def _add_legend(axes: Axes, place: Place, columns: int = 1) -> None:
    axes.legend(
        loc=place, ncols=columns, fontsize=8, frameon=True, edgecolor="none",
        framealpha=0.85, labelcolor=INK, handlelength=2.2, columnspacing=1.2,
    )  # fmt: skip
