"""Many trials in one table, and in one file: images are made once and read often."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float, Float32, Int, Shaped

from bsgi.errors import ConfigError
from bsgi.evaluation.scored import Scored
from bsgi.files import NPZ_DAMAGE, new_file
from bsgi.physics.observers.evidence import Evidence, Setting
from bsgi.physics.observers.reading import Reader
from bsgi.physics.observers.trial import Trial


@dataclass(frozen=True, slots=True)
class TrialTable:
    """Trials of women under the same conditions, by woman.

    Args:
        malignant: Label.
        diameter_mm: Of the main lesion; 0 if there is none.
        ratio: Its concentration ratio.
        histology: Its kind.
        shape: How it is spread.
        lesions: How many lie in the breast itself.
        node: Whether there is an axillary node.
        background: Level of background uptake.
        shifts: As in `Setting`.
        noise: As in `Setting`.
        more_noise: As in `Setting`.
        outputs: As in `Evidence`, for each condition.
        counts: As in `Evidence`, for each condition.
        hottest: How far the hottest spot stands out, for each condition.
        normal: Rows of `observe_normal` of other women, to learn from.
    """

    malignant: Bool[np.ndarray, " exam"]
    diameter_mm: Float[np.ndarray, " exam"]
    ratio: Float[np.ndarray, " exam"]
    histology: Shaped[np.ndarray, " exam"]
    shape: Shaped[np.ndarray, " exam"]
    lesions: Int[np.ndarray, " exam"]
    node: Bool[np.ndarray, " exam"]
    background: Shaped[np.ndarray, " exam"]
    shifts: Float32[np.ndarray, "exam diameter look channel"]
    noise: Float32[np.ndarray, "exam look channel channel"]
    more_noise: Float32[np.ndarray, "exam diameter look channel channel"]
    outputs: Float[np.ndarray, "exam condition look channel"]
    counts: Float[np.ndarray, "exam condition look"]
    hottest: Float[np.ndarray, "exam condition"]
    normal: Float[np.ndarray, "woman column"]

    def score(self, reader: Reader, condition: int) -> Scored:
        """Read all exams taken under one condition.

        Args:
            reader: Who reads them.
            condition: Number of the condition.
        """
        scores = [
            reader.score(
                Setting(self.shifts[exam], self.noise[exam], self.more_noise[exam]),
                Evidence(self.outputs[exam, condition], self.counts[exam, condition]),
            )
            for exam in range(len(self.malignant))
        ]
        return Scored(self.malignant.astype(int), np.array(scores))

    def search(self, condition: int) -> Scored:
        """All exams by their hottest spot, under one condition."""
        return Scored(self.malignant.astype(int), self.hottest[:, condition])


def stack_trials(
    trials: Sequence[Trial], normal: Sequence[Float[np.ndarray, " column"]]
) -> TrialTable:
    """Put trials into one table.

    Args:
        trials: One per woman.
        normal: Rows of `observe_normal` of other women.
    """
    return TrialTable(
        malignant=np.array([x.malignant for x in trials]),
        diameter_mm=np.array([x.diameter_mm for x in trials]),
        ratio=np.array([x.ratio for x in trials]),
        histology=np.array([x.histology for x in trials]),
        shape=np.array([x.shape for x in trials]),
        lesions=np.array([x.lesions for x in trials]),
        node=np.array([x.node for x in trials]),
        background=np.array([x.background for x in trials]),
        shifts=np.stack([x.setting.shifts for x in trials]),
        noise=np.stack([x.setting.noise for x in trials]),
        more_noise=np.stack([x.setting.more_noise for x in trials]),
        outputs=np.stack([[y.outputs for y in x.evidence] for x in trials]),
        counts=np.stack([[y.counts for y in x.evidence] for x in trials]),
        hottest=np.array([x.hottest for x in trials]),
        normal=np.stack(list(normal)),
    )


def save_table(path: Path, table: TrialTable) -> None:
    """Write a table as npz.

    Args:
        path: The file to make or replace.
        table: What to write.
    """
    arrays = {field.name: getattr(table, field.name) for field in fields(TrialTable)}
    with new_file(path) as partial, partial.open("wb") as file:
        np.savez_compressed(file, **arrays)


def load_table(path: Path) -> TrialTable:
    """Read a table that `save_table` wrote.

    Args:
        path: The file.

    Raises:
        ConfigError: If it is missing, damaged, or no such table.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return TrialTable(*(arrays[field.name] for field in fields(TrialTable)))
    except NPZ_DAMAGE as error:
        raise ConfigError(
            f"{path} must be a table of trials ({type(error).__name__}); make it again."
        ) from error
