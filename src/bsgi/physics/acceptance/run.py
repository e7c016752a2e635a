"""All acceptance tests of the simulator, in order, in one process or several."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from bsgi.errors import ConfigError
from bsgi.physics.acceptance import (
    contrast,
    count_density,
    detector_field,
    energy_windows,
    noise,
    observer,
    prevalence,
    resolution,
    scatter_rows,
    second_head,
    sensitivity,
    texture,
    timing,
    torso_rows,
)
from bsgi.physics.acceptance.check import Check
from bsgi.physics.acceptance.jobs import Job, run_jobs
from bsgi.physics.acceptance.prevalence import MeasuredWoman
from bsgi.physics.acceptance.texture import Texture
from bsgi.physics.camera.catalogue import CAMERAS

Progress = Callable[[int, int, str], None]

# Women of each stratum with --quick: enough to try the way, not to judge.
QUICK_WOMEN = 40
# From so many women on a wrong prevalence would show.
_CONCLUSIVE_WOMEN = 500
# Women looked through, and imaged, by one job.
_SEARCHED, _IMAGED = 1000, 20


@dataclass(frozen=True, slots=True)
class Settings:
    """How the acceptance tests are run.

    Args:
        women: Women imaged in each stratum of density.
        seed: Seed of everything drawn.
        processes: How many processes share the work; results do not depend on it.
        quick: Whether few women are enough.

    Raises:
        ConfigError: If a number is impossible.
    """

    women: int = 2000
    seed: int = 1
    processes: int = 1
    quick: bool = False

    def __post_init__(self) -> None:
        for name in ("women", "processes"):
            if getattr(self, name) < 1:
                raise ConfigError(
                    f"{name} must be at least 1, got {getattr(self, name)}."
                )
        if self.seed < 0:
            raise ConfigError(f"seed must not be negative, got {self.seed}.")

    @property
    def imaged(self) -> int:
        """Women imaged in each stratum."""
        return min(self.women, QUICK_WOMEN) if self.quick else self.women

    @property
    def conclusive(self) -> bool:
        """Whether so many women allow a verdict."""
        return self.imaged >= _CONCLUSIVE_WOMEN


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What the acceptance tests found.

    Args:
        settings: How they were run.
        checks: All lines of the table, in order.
        strata: Background uptake of the women imaged, by stratum of density.
        texture: The texture's power law.
        seconds: How long it took.
    """

    settings: Settings
    checks: tuple[Check, ...]
    strata: dict[str, tuple[MeasuredWoman, ...]]
    texture: Texture
    seconds: float


def run_acceptance(settings: Settings, progress: Progress | None = None) -> Acceptance:
    """Run every acceptance test.

    Args:
        settings: How.
        progress: Called after every piece of work with done, total and a text.

    Raises:
        ConfigError: If a camera or preset cannot be simulated.
    """
    begun = time.monotonic()
    chosen = _choose_women(settings, progress)
    every = sorted({index for indices in chosen.values() for index in indices})
    women = [
        Job("background uptake", prevalence.measure_women, (settings.seed, some))
        for some in _cut(every, _IMAGED)
    ]
    tests = list_tests(settings)
    jobs = [*tests, *women]
    checks: list[Check] = []
    measured: dict[int, MeasuredWoman] = {}
    spectrum: Texture | None = None
    for done, (job, result) in enumerate(run_jobs(jobs, settings.processes), start=1):
        if isinstance(result, Texture):
            spectrum = result
            checks += texture.check_texture(result)
        elif done <= len(tests):
            checks += result
        else:
            measured |= {woman.index: woman for woman in result}
        if progress is not None:
            progress(done, len(jobs), job.name)
    if spectrum is None:
        raise ValueError("the tests must hold one of the texture.")
    strata = {
        name: tuple(measured[index] for index in indices if index in measured)
        for name, indices in chosen.items()
    }
    checks += prevalence.check_prevalences(strata, conclusive=settings.conclusive)
    return Acceptance(
        settings=settings,
        checks=tuple(checks),
        strata=strata,
        texture=spectrum,
        seconds=time.monotonic() - begun,
    )


def list_tests(settings: Settings) -> list[Job]:
    """The tests that need no sample of women, in the order of the table.

    Args:
        settings: How they are run.
    """
    seed = settings.seed
    jobs = [Job("resolution", resolution.check_resolution, (name,)) for name in CAMERAS]
    jobs += [
        Job("sensitivity", sensitivity.check_sensitivity, (name,)) for name in CAMERAS
    ]
    jobs += [
        Job("energy windows", energy_windows.check_windows),
        Job("count density", count_density.check_densities),
    ]
    jobs += [
        Job("scatter", scatter_rows.check_scatter, (name, group))
        for group in (scatter_rows.ON_TABLES, scatter_rows.ON_VIEWS)
        for name in energy_windows.DETECTORS
    ]
    jobs += [
        Job("lesion contrast", contrast.check_contrast, (table,))
        for table in contrast.TABLES
    ]
    jobs += [
        Job("second head", second_head.check_second_head, (name,))
        for name in second_head.CAMERAS
    ]
    jobs += [
        Job("torso", torso_rows.check_torso, (name,)) for name in torso_rows.CAMERAS
    ]
    jobs += [
        Job("detector", detector_field.check_uniformity, (seed,)),
        *(Job("detector", detector_field.check_dead_edge, (name,)) for name in CAMERAS),
        Job("acquisition", timing.check_decay, (seed,)),
    ]
    jobs += [Job("noise", noise.check_noise, (name, seed)) for name in CAMERAS]
    jobs += [Job("texture", texture.measure_texture, (seed,))]
    jobs += [Job("observer", observer.check_observer, (name, seed)) for name in CAMERAS]
    return jobs


def _choose_women(
    settings: Settings, progress: Progress | None
) -> dict[str, tuple[int, ...]]:
    """Numbers of the first women of each stratum of density."""
    wanted = settings.imaged
    found: dict[str, list[int]] = {name: [] for name in prevalence.LEAST_GLAND}
    first, at_once = 0, 1 if settings.quick else 16
    while min(len(indices) for indices in found.values()) < wanted:
        jobs = [
            Job("search", prevalence.find_dense, (settings.seed, start, _SEARCHED))
            for start in range(first, first + at_once * _SEARCHED, _SEARCHED)
        ]
        first += at_once * _SEARCHED
        for _, some in run_jobs(jobs, settings.processes):
            for name, indices in some.items():
                found[name] += indices
            if progress is not None:
                least = min(len(indices) for indices in found.values())
                progress(min(least, wanted), wanted, "looking for dense breasts")
    return {name: tuple(indices[:wanted]) for name, indices in found.items()}


def _cut(indices: list[int], size: int) -> list[tuple[int, ...]]:
    """Pieces of a list."""
    return [
        tuple(indices[first : first + size]) for first in range(0, len(indices), size)
    ]
