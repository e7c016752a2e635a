"""What the figures of the acceptance tests show, worked out without chance."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from bsgi.physics.acceptance.count_density import measure_density
from bsgi.physics.acceptance.curve import Curve
from bsgi.physics.acceptance.energy_windows import DETECTORS
from bsgi.physics.acceptance.line_spread import convolve_line, find_width_mm
from bsgi.physics.acceptance.phantom import measure_box
from bsgi.physics.acceptance.resolution import DISTANCES_MM, measure_width_mm
from bsgi.physics.acceptance.scatter_rows import BANDS_CM, GRADIENTS, ROWS
from bsgi.physics.acceptance.scatter_sums import BOX_CM, sum_box
from bsgi.physics.camera.catalogue import (
    CAMERAS,
    DILON_6800_GP,
    DILON_6800_HR,
    GE_NM750B,
    LUMAGEM_3200S,
)
from bsgi.physics.camera.record import Camera
from bsgi.physics.transport.tables import find_tables

THICKNESS_CM = 6.0
"""Thickness of the breast whose spectra are shown."""

_THICKNESSES_CM = np.arange(2.5, 9.01, 0.5)


@dataclass(frozen=True, slots=True)
class Widths:
    """Resolution of one camera against distance.

    Args:
        title: The camera.
        convolved: Width of the collimator's response convolved with the pixel's box.
        quadrature: Width by adding collimator and detector in quadrature.
        measured: Width of a line source seen by the simulated camera.
    """

    title: str
    convolved: Curve
    quadrature: Curve
    measured: Curve


@dataclass(frozen=True, slots=True)
class Spectra:
    """Measured energies in one detector, before any window.

    Args:
        title: Detector and heads.
        curves: Counts per keV: all, unscattered, scattered from the breast, from the
            torso.
        windows_kev: Limits of the windows in use, widest first.
    """

    title: str
    curves: tuple[Curve, ...]
    windows_kev: tuple[tuple[float, float], ...]


def list_widths() -> tuple[Widths, ...]:
    """Resolution against distance of every collimator."""
    cameras = (DILON_6800_GP, DILON_6800_HR, LUMAGEM_3200S, GE_NM750B)
    return tuple(_trace_widths(camera) for camera in cameras)


def _trace_widths(camera: Camera) -> Widths:
    """Resolution of one camera."""
    distance_mm = [float(x) for x in np.arange(0.0, 100.1, 4.0)]
    convolved = [find_width_mm(convolve_line(camera, x)) for x in distance_mm]
    quadrature = [camera.system_fwhm_mm(x) for x in distance_mm]
    measured = [measure_width_mm(camera, x) for x in DISTANCES_MM]
    across = np.array(distance_mm) / 10.0
    return Widths(
        camera.title.split(",")[0] + _name_collimator(camera),
        Curve("convolved", across, np.array(convolved)),
        Curve("quadrature", across, np.array(quadrature)),
        Curve("measured", np.array(DISTANCES_MM) / 10.0, np.array(measured)),
    )


def _name_collimator(camera: Camera) -> str:
    """What tells two cameras of one make apart."""
    return ", " + camera.title.split(", ")[1] if camera.heads == 1 else ""


def list_spectra() -> tuple[Spectra, ...]:
    """Spectra of a scintillator under an open paddle and of CZT with two heads."""
    return (
        _build_spectra(DILON_6800_GP, "NaI, 13 %, one head", ((126.0, 154.0),)),
        _build_spectra(
            LUMAGEM_3200S,
            "CZT, 5 % and tail, two heads",
            ((110.0, 154.0), (126.0, 154.0)),
        ),
    )


def _build_spectra(
    camera: Camera, title: str, windows_kev: tuple[tuple[float, float], ...]
) -> Spectra:
    """Spectra of the middle of a breast, from the shipped tables of true energies."""
    tables = find_tables()
    thickness = int(np.abs(tables.thickness_cm - THICKNESS_CM).argmin())
    bands = 0.5 * (tables.outward_cm[1:] + tables.outward_cm[:-1]) < BOX_CM[0]
    own = tables.own[thickness].sum(axis=0).astype(float)
    torso = 3.0 * tables.torso[camera.heads - 1, thickness, bands].mean(axis=0)
    edges_kev = np.arange(70.0, 165.5, 0.5)
    middle_kev = 0.5 * (edges_kev[1:] + edges_kev[:-1])
    line = np.array([camera.isotope.photon_kev])
    parts = [
        _measure_energies(camera, line, np.ones(1), edges_kev),
        _measure_energies(camera, tables.energy_kev, own, edges_kev),
        _measure_energies(camera, tables.energy_kev, torso, edges_kev),
    ]
    names = ("unscattered", "scattered, own breast", "scattered, from the torso")
    curves = [
        Curve(name, middle_kev, part) for name, part in zip(names, parts, strict=True)
    ]
    total = Curve("all", middle_kev, np.sum(parts, axis=0))
    return Spectra(title, (total, *curves), windows_kev)


def _measure_energies(
    camera: Camera,
    energy_kev: Float[np.ndarray, " energy"],
    photons: Float[np.ndarray, " energy"],
    edges_kev: Float[np.ndarray, " edge"],
) -> Float[np.ndarray, " bin"]:
    """Counts per keV of measured energy, of photons of true energies.

    How readily the crystal stops photons changes little over these energies and is left
    out.
    """
    below = np.stack(
        [camera.energy.share_below(energy_kev, float(edge)) for edge in edges_kev]
    )
    held = np.diff(below, axis=0) @ photons
    return np.asarray(held / np.diff(edges_kev))


def list_scatter_by_thickness() -> dict[str, tuple[Curve, Curve]]:
    """Scatter over primary against thickness, and what the Monte Carlo printed.

    Returns:
        For each detector without and with a torso between two heads.
    """
    lines = {}
    for torso in (False, True):
        for column, (name, camera) in enumerate(DETECTORS.items()):
            two = replace(camera, heads=2)
            means = [
                float(sum_box(two, float(t), torso=torso).mean())
                for t in _THICKNESSES_CM
            ]
            rows = [row for row in ROWS if row.torso is torso and row.heads == 2]
            lines[f"{name}{'' if torso else ', breast only'}"] = (
                Curve(name, _THICKNESSES_CM, np.array(means)),
                Curve(
                    "printed",
                    np.array([row.thickness_cm for row in rows]),
                    np.array([row.printed[column] for row in rows]),
                ),
            )
    return lines


def list_scatter_by_distance() -> dict[str, tuple[Curve, Curve]]:
    """Scatter over primary on simulated views against the chest wall's distance.

    Returns:
        For each detector; printed values stand in the middle of their bands.
    """
    middle_cm = np.array([0.5 * sum(band) for band in BANDS_CM])
    lines = {}
    for name, camera in DETECTORS.items():
        bands = measure_box(replace(camera, heads=2), THICKNESS_CM, torso=True)
        printed = GRADIENTS.get(name, ())
        lines[name] = (
            Curve(name, np.arange(len(bands)) + 0.5, bands),
            Curve("printed", middle_cm[: len(printed)], np.array(printed, float)),
        )
    return lines


def list_densities() -> dict[str, float]:
    """Counts per cm2 and MBq of every camera in 10 min, of one head."""
    return {name: measure_density(camera) for name, camera in CAMERAS.items()}
