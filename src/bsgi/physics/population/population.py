"""A set of simulated exams, before any of them is drawn.

Each woman is drawn from (seed, preset, her number) alone, her lesions from her label as
well, and the noise of her images from camera and dose as well. Her label follows from
the share of malignant exams and her number. So a cohort may be drawn in any order, by
any number of processes and with any number of exams, one woman may be drawn again
alone, and the same woman may be imaged by two cameras or at two doses.
"""

import math
from dataclasses import dataclass, replace
from fractions import Fraction

from bsgi.errors import ConfigError
from bsgi.exam.record import Label
from bsgi.physics.acquisition.protocol import LARGEST_DOSE_MBQ, Protocol
from bsgi.physics.camera.catalogue import find_camera
from bsgi.physics.population.preset import find_preset


@dataclass(frozen=True, slots=True)
class Population:
    """A set of simulated exams, before any of them is drawn.

    Args:
        preset: Name of a preset, or path of its TOML file.
        camera: Name of the camera.
        exams: How many women.
        malignant: How many of them have a malignant lesion. What the preset's share
            gives, rounded down, stands for that share itself.
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
        find_preset(self.preset)
        find_camera(self.camera)
        if self.exams < 1:
            raise ConfigError(f"exams must be at least 1, got {self.exams}.")
        if not 0 <= self.malignant <= self.exams:
            raise ConfigError(
                f"malignant must be 0 to {self.exams}, got {self.malignant}."
            )
        if not self.dose_mbq > 0:
            raise ConfigError(f"dose_mbq must be positive, got {self.dose_mbq}.")
        if self.dose_mbq > LARGEST_DOSE_MBQ:
            raise ConfigError(
                f"dose_mbq must be at most {LARGEST_DOSE_MBQ:.0f}, got {self.dose_mbq}."
            )
        if self.seed < 0:
            raise ConfigError(f"seed must not be negative, got {self.seed}.")

    @property
    def women_of(self) -> str:
        """Name of these women; the same women keep it, and so their ids."""
        return find_preset(self.preset).women_of

    @property
    def protocol(self) -> Protocol:
        """How the preset has the views taken."""
        return find_preset(self.preset).protocol

    def change_protocol(
        self, *, view_s: float | None = None, frame_s: float | None = None
    ) -> Protocol:
        """The preset's way of taking views, but for some of its times.

        Args:
            view_s: Time per view; None keeps the preset's.
            frame_s: Time per frame of dynamic views; None keeps the preset's.

        Raises:
            ConfigError: If the times are impossible.
        """
        own = self.protocol
        try:
            return replace(
                own,
                view_s=own.view_s if view_s is None else view_s,
                frame_s=own.frame_s if frame_s is None else frame_s,
            )
        except ValueError as reason:
            raise ConfigError(str(reason)) from None

    @property
    def malignant_share(self) -> Fraction:
        """The preset's share of malignant exams, or another that was asked for."""
        found = find_preset(self.preset)
        if self.malignant == found.count_malignant(self.exams):
            return found.malignant_share
        return Fraction(self.malignant, self.exams)

    def label(self, index: int) -> Label:
        """Label of an exam, from the share of malignant ones and its number alone.

        Args:
            index: Its number; malignant exams are spread evenly over the numbers.
        """
        share = self.malignant_share
        before, after = math.floor(index * share), math.floor((index + 1) * share)
        return Label.MALIGNANT if after > before else Label.BENIGN


def fill_population(
    preset: str,
    *,
    camera: str | None = None,
    exams: int | None = None,
    malignant: int | None = None,
    dose_mbq: float | None = None,
    seed: int = 1,
) -> Population:
    """A population with the preset's own values where none is given.

    Args:
        preset: Name of a preset, or path of its TOML file.
        camera: Name of the camera.
        exams: How many women.
        malignant: How many of them have a malignant lesion; else the preset's share,
            rounded down.
        dose_mbq: Injected activity.
        seed: From which everything follows.

    Raises:
        ConfigError: If preset or camera is unknown or a number impossible.
    """
    found = find_preset(preset)
    exams = found.exams if exams is None else exams
    return Population(
        preset=preset,
        camera=found.camera if camera is None else camera,
        exams=exams,
        malignant=found.count_malignant(exams) if malignant is None else malignant,
        dose_mbq=found.dose_mbq if dose_mbq is None else dose_mbq,
        seed=seed,
    )
