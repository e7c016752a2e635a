"""One woman imaged under several conditions, as far as readers need it.

Her body, her lesions and the camera are the same under all conditions, and a shorter
view is a share of the events of the full one. So conditions differ by chance only in
what dose and time do, and can be compared in pairs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from bsgi.exam.record import Label, ViewName
from bsgi.physics.acquisition.acquire import acquire_view
from bsgi.physics.camera.catalogue import find_camera
from bsgi.physics.camera.detector import find_gains
from bsgi.physics.camera.record import Camera
from bsgi.physics.heads import turn_detector
from bsgi.physics.observers.evidence import (
    Evidence,
    Setting,
    describe_setting,
    read_evidence,
)
from bsgi.physics.observers.lesion_prior import count_lesions
from bsgi.physics.observers.looks import flatten, look_at, project_rates, show_only
from bsgi.physics.observers.normal import choose_place
from bsgi.physics.observers.search import find_hottest
from bsgi.physics.population.population import Population
from bsgi.physics.population.woman import Woman, draw_woman
from bsgi.physics.simulate import expect_views

# The stream of chance of these images; the population's own exams use another.
_STREAM = 77


@dataclass(frozen=True, slots=True)
class Condition:
    """How the exams of a trial are taken.

    Args:
        dose_mbq: Injected activity.
        time_share: Share of the protocol's time per view.

    Raises:
        ValueError: If the dose is not positive or the share not above 0 and up to 1.
    """

    dose_mbq: float
    time_share: float = 1.0

    def __post_init__(self) -> None:
        if not (self.dose_mbq > 0 and 0 < self.time_share <= 1):
            raise ValueError(f"dose and share of time must be positive, got {self}.")


@dataclass(frozen=True, slots=True)
class Trial:
    """What readers need of one woman.

    Args:
        malignant: Her label.
        diameter_mm: Of her main lesion; 0 if she has none.
        ratio: Its concentration ratio; 1 if she has none.
        histology: Its kind; empty if she has none.
        shape: How it is spread; empty if she has none.
        lesions: How many she has in the breast itself.
        node: Whether she has an axillary node.
        background: Her level of background uptake.
        setting: What a reader of one place knows beforehand.
        evidence: What the counts say there, for each condition.
        hottest: How far the hottest spot stands out, for each condition.
    """

    malignant: bool
    diameter_mm: float
    ratio: float
    histology: str
    shape: str
    lesions: int
    node: bool
    background: str
    setting: Setting
    evidence: tuple[Evidence, ...]
    hottest: tuple[float, ...]


def observe_trial(
    population: Population, index: int, conditions: Sequence[Condition]
) -> Trial:
    """Image one woman under all conditions and look at her.

    Args:
        population: Where she comes from, and the camera; its dose is not used.
        index: Her number.
        conditions: How she is imaged.

    Raises:
        ConfigError: If a pixel expects more counts than 16 bits hold.
    """
    camera = find_camera(population.camera)
    woman = draw_woman(population, index)
    side, position = choose_place(woman)
    gains = find_gains(camera, woman.site, population.seed)
    live = (gains > 0).astype(np.float32)
    flats = project_rates(flatten(show_only(woman, side)), camera, live)
    looks = look_at(woman, side, position, camera, flats)
    evidence, hottest = [], []
    images = _take_images(population, woman, camera, gains, conditions)
    for counts, exposures_mbq_s in images:
        evidence.append(read_evidence(looks, flats, counts, exposures_mbq_s))
        hottest.append(find_hottest(counts, camera))
    main = woman.lesions[0] if woman.lesions else None
    lesions, node = count_lesions(woman.lesions)
    return Trial(
        malignant=woman.label is Label.MALIGNANT,
        diameter_mm=main.diameter_mm if main else 0.0,
        ratio=main.concentration_ratio if main else 1.0,
        histology=main.histology if main else "",
        shape=main.shape.value if main else "",
        lesions=lesions,
        node=node,
        background=woman.background,
        setting=describe_setting(looks),
        evidence=tuple(evidence),
        hottest=tuple(hottest),
    )


Images = tuple[
    dict[ViewName, Float32[np.ndarray, "head row col"]], dict[ViewName, float]
]


def _take_images(
    population: Population,
    woman: Woman,
    camera: Camera,
    gains: Float32[np.ndarray, "head row col"],
    conditions: Sequence[Condition],
) -> list[Images]:
    """Counts in canonical pose and exposures of every view, for each condition."""
    protocol, isotope = population.protocol, camera.isotope
    images: list[Images] = [({}, {}) for _ in conditions]
    views = expect_views(woman, camera)
    full: dict[tuple[float, ViewName], tuple[np.ndarray, float]] = {}
    for number, condition in enumerate(conditions):
        rng = np.random.default_rng([woman.texture_seed, _STREAM, number])
        for view in views:
            key = (condition.dose_mbq, view.name)
            if key not in full:
                taken = acquire_view(
                    rng,
                    view.rate,
                    view.name,
                    protocol,
                    dose_mbq=condition.dose_mbq,
                    isotope=isotope,
                    pitch_mm=camera.pitch_mm,
                    gains=turn_detector(gains, view.name),
                )
                exposure_mbq_s = isotope.exposure_mbq_s(
                    condition.dose_mbq, taken.start_s, taken.duration_s
                )
                full[key] = taken.counts, exposure_mbq_s
            counts, exposure_mbq_s = full[key]
            if condition.time_share < 1:
                counts = rng.binomial(counts, condition.time_share)
            images[number][0][view.name] = counts.astype(np.float32)
            images[number][1][view.name] = exposure_mbq_s * condition.time_share
    return images
