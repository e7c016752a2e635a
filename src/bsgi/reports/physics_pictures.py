"""The figures of the simulator's report: drawn, saved beside the page, put into it."""

import base64
from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from bsgi.files import new_file
from bsgi.physics.acceptance.count_density import RANGES
from bsgi.physics.acceptance.curves import (
    list_densities,
    list_scatter_by_distance,
    list_scatter_by_thickness,
    list_spectra,
    list_widths,
)
from bsgi.physics.acceptance.prevalence import PREVALENCES
from bsgi.physics.acceptance.run import Acceptance, Settings
from bsgi.physics.acceptance.texture import FITTED_PER_MM, describe_exponents
from bsgi.physics.breast.background import BORDERS
from bsgi.physics.camera.catalogue import CAMERAS
from bsgi.physics.population.population import Population
from bsgi.physics.simulate import simulate_exam
from bsgi.reports.physics_curves import (
    draw_densities,
    draw_resolution,
    draw_scatter,
    draw_spectra,
    draw_texture,
)
from bsgi.reports.physics_sheets import (
    PrevalenceBars,
    draw_contact_sheet,
    draw_prevalences,
)
from bsgi.reports.style import Picture

DOTS_PER_INCH = 150

# Exams of a sheet, half of them malignant; a whole row and two whole rows.
_EXAMS, _QUICK_EXAMS = 6, 3
# F: 740 MBq for scintillation cameras, 300 MBq for CZT (PMC3656956, table 3).
_DOSE_MBQ = {1: 740.0, 2: 300.0}


def save_png(path: Path, figure: Figure) -> None:
    """Write a figure as PNG; the same figure gives the same bytes.

    Args:
        path: The file to make or replace.
        figure: What to write.
    """
    settings = mpl.rc_context({"font.family": "DejaVu Sans"})  # comes with matplotlib
    with new_file(path) as partial, settings:
        figure.savefig(
            partial, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None}
        )


def load_png(path: Path, alt: str, caption: str) -> Picture:
    """A PNG file as a picture that a page can hold.

    Args:
        path: The file.
        alt: What a reader who cannot see it should know.
        caption: What stands below it.
    """
    code = base64.b64encode(path.read_bytes()).decode("ascii")
    return Picture(f"data:image/png;base64,{code}", alt, caption)


def picture_physics(found: Acceptance, folder: Path) -> tuple[Picture, ...]:
    """Graphs of what the tests measured.

    Args:
        found: The tests' results.
        folder: Where the figures are saved.
    """
    pictures = []
    for name, figure, alt, caption in _draw(found):
        save_png(folder / f"{name}.png", figure)
        pictures.append(load_png(folder / f"{name}.png", alt, caption))
    return tuple(pictures)


def _draw(found: Acceptance) -> Iterator[tuple[str, Figure, str, str]]:
    """Name, figure, text for who cannot see it, and caption."""
    yield (
        "resolution",
        draw_resolution(list_widths()),
        "System resolution against distance for every collimator.",
        "Resolution against distance. Lines: collimator convolved with the pixel, "
        "numerically. Dashes: the sum in quadrature, as data sheets print it. Dots: a "
        "line source through the simulator's projector.",
    )
    yield (
        "spectra",
        draw_spectra(list_spectra()),
        "Measured energy spectra of two detectors with their windows.",
        "Measured energies over a breast of 6 cm with torso, before any window: "
        "unscattered photons and what the Monte Carlo's tables add. Grey: windows.",
    )
    yield (
        "scatter",
        draw_scatter(list_scatter_by_thickness(), list_scatter_by_distance()),
        "Scatter against thickness and against distance to the chest wall.",
        "Scatter over primary of a box of 9 x 16 cm: left by the shipped tables, right "
        "on simulated views. Dots: a Monte Carlo made before.",
    )
    yield (
        "count-density",
        draw_densities(list_densities(), RANGES),
        "Counts per area and activity of every camera.",
        "Counts per area and injected activity in the middle of a breast of 6 cm with "
        "3.7 Bq/mL and MBq, 10 min, without decay.",
    )
    yield (
        "texture",
        draw_texture(found.texture.law, FITTED_PER_MM),
        f"Power spectrum of the texture, exponent {found.texture.law.exponent:.2f}.",
        "Power spectrum of noise-free projections before any blur, without the mean "
        f"shape of the gland. Exponent: {describe_exponents(found.texture)}. Above the "
        "fitted range the simulator's cells of 2 mm smooth the texture; noise covers "
        "it there.",
    )
    yield (
        "background",
        draw_prevalences(_list_bars(found)),
        "Classes of background uptake beside their published prevalences.",
        "Background uptake measured on noise-free images. Dotted: borders of the "
        "classes.",
    )


def _list_bars(found: Acceptance) -> tuple[PrevalenceBars, ...]:
    strata = []
    for name, women in found.strata.items():
        levels = PREVALENCES[name]
        shares = [
            100.0
            * sum(woman.level in level.split(" or ") for woman in women)
            / len(women)
            for level in levels
        ]
        strata.append(
            PrevalenceBars(
                title=f"{name} breasts, {len(women):,} women",
                levels=tuple(levels),
                published=tuple(100.0 * share for share in levels.values()),
                measured=tuple(shares),
                ratios=np.array([woman.ratio for woman in women]),
                borders=BORDERS,
            )
        )
    return tuple(strata)


def picture_exams(settings: Settings, folder: Path) -> tuple[Picture, ...]:
    """One contact sheet of exams per camera.

    Args:
        settings: How the tests were run; the seed decides the exams.
        folder: Where the figures are saved.
    """
    count = _QUICK_EXAMS if settings.quick else _EXAMS
    pictures = []
    for camera in CAMERAS.values():
        dose_mbq = _DOSE_MBQ[camera.heads]
        population = Population(
            "paper", camera.name, count, count // 2, dose_mbq, settings.seed
        )
        exams = [simulate_exam(population, index) for index in range(count)]
        path = folder / f"exams-{camera.name}.png"
        title = f"{camera.title}; {dose_mbq:g} MBq, 10 min per view"
        save_png(path, draw_contact_sheet(exams, title))
        alt = f"{count} simulated exams of {camera.title}, four views each."
        pictures.append(
            load_png(path, alt, f"{title}. Heads, where there are two, are added up.")
        )
    return tuple(pictures)
