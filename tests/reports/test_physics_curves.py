import numpy as np
import pytest

from bsgi.physics.acceptance.curve import Curve
from bsgi.physics.acceptance.curves import (
    list_densities,
    list_scatter_by_distance,
    list_scatter_by_thickness,
    list_spectra,
    list_widths,
)
from bsgi.physics.acceptance.power_law import PowerLaw
from bsgi.reports.physics_curves import (
    draw_densities,
    draw_resolution,
    draw_scatter,
    draw_spectra,
    draw_texture,
)


def test_resolution_shows_line_dashes_and_dots_of_every_collimator() -> None:
    widths = list_widths()
    axes = draw_resolution(widths).axes[0]
    shown = [line for line in axes.lines if len(np.atleast_1d(line.get_xdata())) > 0]
    assert len(shown) == 3 * len(widths)
    for camera in widths:
        at = np.interp(
            camera.measured.across, camera.convolved.across, camera.convolved.up
        )
        assert camera.measured.up == pytest.approx(at, rel=0.03)


def test_spectra_have_the_windows_share_of_unscattered_photons() -> None:
    spectra = list_spectra()
    figure = draw_spectra(spectra)
    assert [axes.get_title("left") for axes in figure.axes] == [
        s.title for s in spectra
    ]
    for panel, shares in zip(spectra, ((0.93,), (0.93, 0.82)), strict=True):
        total, unscattered, *others = panel.curves
        assert total.up == pytest.approx(
            sum((curve.up for curve in others), unscattered.up)
        )
        for (lower, upper), share in zip(panel.windows_kev, shares, strict=True):
            inside = (unscattered.across > lower) & (unscattered.across < upper)
            assert unscattered.up[inside].sum() * 0.5 == pytest.approx(share, abs=0.01)


def test_scatter_is_drawn_for_every_detector_near_its_dots() -> None:
    by_thickness, by_distance = list_scatter_by_thickness(), list_scatter_by_distance()
    assert len(by_thickness) == 2 * len(by_distance)
    for lines in (by_thickness, by_distance):
        for curve, printed in lines.values():
            at = np.interp(printed.across, curve.across, curve.up)
            assert at == pytest.approx(printed.up, rel=0.15, abs=0.015)
    assert len(draw_scatter(by_thickness, by_distance).axes) == 2


def test_densities_are_named_and_numbered() -> None:
    densities = list_densities()
    axes = draw_densities(densities, {"dilon-6800-gp": (1.6, 2.2)}).axes[0]
    assert [text.get_text() for text in axes.get_yticklabels()] == list(densities)[::-1]
    assert len(axes.patches) == len(densities)


def test_texture_has_logarithmic_axes_and_names_the_exponent() -> None:
    across = np.geomspace(0.02, 0.3, 9)
    curve = Curve("power", across, across**-3.0)
    axes = draw_texture(PowerLaw(3.0, curve, curve), (0.03, 0.12)).axes[0]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    legend = axes.get_legend()
    assert legend is not None
    assert any("exponent 3.00" in text.get_text() for text in legend.get_texts())
