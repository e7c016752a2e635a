"""A recalibration by name, and `calibration.json`, which holds a fitted one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal

import numpy as np
from jaxtyping import Float, Integer
from pydantic import Field

from bsgi.errors import ConfigError
from bsgi.evaluation.calibration.isotonic import Isotonic, fit_isotonic
from bsgi.evaluation.calibration.platt import Platt, fit_platt
from bsgi.evaluation.calibration.temperature import Temperature, fit_temperature
from bsgi.evaluation.calibration.venn_abers import VennAbers, fit_venn_abers
from bsgi.evaluation.scored import Scored
from bsgi.evaluation.stored import POSITIVE, StoredKind

CalibratorName = Literal["temperature", "platt", "isotonic", "venn-abers"]
"""Names of the recalibrations."""

Calibrator = Annotated[
    Temperature | Platt | Isotonic | VennAbers, Field(discriminator="name")
]
"""A fitted recalibration: `apply(scores)` gives `Probabilities`."""

_FITS: Final[
    Mapping[
        str,
        Callable[
            [Float[np.ndarray, " exam"], Integer[np.ndarray, " exam"]],
            Temperature | Platt | Isotonic | VennAbers,
        ],
    ]
] = {
    "temperature": fit_temperature,
    "platt": fit_platt,
    "isotonic": fit_isotonic,
    "venn-abers": fit_venn_abers,
}

CALIBRATORS: Final = tuple(_FITS)
"""Names of the recalibrations, from the fewest fitted numbers to the most."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted recalibration and the exams that it was fitted on.

    Args:
        method: Name of the method whose scores it takes.
        calibrator: The recalibration.
        malignant: Malignant exams that it was fitted on.
        benign: Benign exams that it was fitted on.
        patients: Their patients.
        folds: Folds of the training part whose exams were scored by networks that had
            not seen them; 0 if the exams were set aside and the network itself scored
            them.
        simulated: Whether the exams were simulated.

    Raises:
        ValueError: If a number is impossible.
    """

    method: str
    calibrator: Calibrator
    malignant: int
    benign: int
    patients: int
    folds: int
    simulated: bool

    def __post_init__(self) -> None:
        if min(self.malignant, self.benign, self.patients) < 1 or self.folds < 0:
            raise ValueError("a calibration must have exams of both labels.")


_KIND: Final = StoredKind(Calibration, marks=POSITIVE)


def fit_calibrator(
    name: str,
    scores: Float[np.ndarray, " exam"],
    labels: Integer[np.ndarray, " exam"],
) -> Temperature | Platt | Isotonic | VennAbers:
    """Fit a recalibration on scores that nobody is judged by.

    Args:
        name: One of `CALIBRATORS`.
        scores: Score of each exam that calibrates.
        labels: 1 malignant, 0 benign; both must occur.

    Raises:
        ConfigError: If there is no such recalibration, or it cannot take these scores.
        ValueError: If the exams are not labelled, of one label, or a score not finite.
    """
    if name not in _FITS:
        raise ConfigError(
            f"the recalibration must be one of {', '.join(CALIBRATORS)}, got {name!r}."
        )
    scored = Scored(labels, scores)
    if not scored.has_both:
        raise ValueError(
            "a recalibration must have malignant and benign exams, got "
            f"{scored.malignant} and {scored.benign}."
        )
    return _FITS[name](scores, labels)


def save_calibration(path: Path, calibration: Calibration) -> None:
    """Write `calibration.json`; numbers keep every digit.

    Args:
        path: The file to make or replace.
        calibration: What to write.
    """
    _KIND.save(path, calibration)


def load_calibration(path: Path) -> Calibration:
    """Read `calibration.json`.

    Args:
        path: The file.

    Raises:
        RunError: If it is missing, of another version, or not as we write it.
    """
    return _KIND.load(path)
