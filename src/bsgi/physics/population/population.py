"""Who is simulated: populations, and everything that is drawn for one woman.

Each woman is drawn from (seed, preset, her number) alone, her lesions from her label as
well, and the noise of her images from camera and dose as well. So a cohort may be drawn
in any order and by any number of processes, one woman may be drawn again alone, and the
same woman may be imaged by two cameras or at two doses.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bsgi.errors import ConfigError
from bsgi.exam.record import Label
from bsgi.physics.breast.lesions import (
    EASY_MALIGNANT,
    PAPER_BENIGN,
    PAPER_MALIGNANT,
    LesionMix,
)
from bsgi.physics.camera.catalogue import find_camera


@dataclass(frozen=True, slots=True)
class Preset:
    """What kind of women a population holds.

    Args:
        name: Key in `PRESETS`.
        title: What it is for.
        malignant: Lesions of the women labelled malignant.
        benign: Lesions of the others; None if they have none.
    """

    name: str
    title: str
    malignant: LesionMix
    benign: LesionMix | None


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        preset.name: preset
        for preset in (
            Preset(
                "paper",
                "women with a breast tumour, benign or malignant, as in the paper",
                PAPER_MALIGNANT,
                PAPER_BENIGN,
            ),
            Preset(
                "easy",
                "large hot cancers against breasts without a lesion: a control",
                EASY_MALIGNANT,
                None,
            ),
        )
    }
)


@dataclass(frozen=True, slots=True)
class Population:
    """A set of simulated exams, before any of them is drawn.

    Args:
        preset: Key of `PRESETS`.
        camera: Name of the camera.
        exams: How many women.
        malignant: How many of them have a malignant lesion.
        dose_mbq: Injected activity.
        seed: From which everything follows.

    Raises:
        ConfigError: If preset or camera is unknown or a number impossible.
    """

    preset: str
    camera: str
    exams: int
    malignant: int
    dose_mbq: float
    seed: int

    def __post_init__(self) -> None:
        if self.preset not in PRESETS:
            known = ", ".join(PRESETS)
            raise ConfigError(f"preset must be one of {known}, got {self.preset!r}.")
        find_camera(self.camera)
        if self.exams < 1:
            raise ConfigError(f"exams must be at least 1, got {self.exams}.")
        if not 0 <= self.malignant <= self.exams:
            raise ConfigError(
                f"malignant must be 0 to {self.exams}, got {self.malignant}."
            )
        if not (self.dose_mbq > 0 and math.isfinite(self.dose_mbq)):
            raise ConfigError(f"dose_mbq must be positive, got {self.dose_mbq}.")
        if self.seed < 0:
            raise ConfigError(f"seed must not be negative, got {self.seed}.")

    def label(self, index: int) -> Label:
        """Label of an exam; malignant ones are spread evenly over the numbers."""
        before = index * self.malignant // self.exams
        after = (index + 1) * self.malignant // self.exams
        return Label.MALIGNANT if after > before else Label.BENIGN
