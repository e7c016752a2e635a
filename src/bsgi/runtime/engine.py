"""What runs the graph of a bundle, with its precision said and never chosen silently.

Engines take bytes that were verified. None of them may send or write anything: what
they have for that is switched off.
"""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float32


@dataclass(frozen=True, slots=True)
class EngineOutput:
    """What the graph gives for some exams in one pass.

    Args:
        logits: Benign and malignant.
        features: Pooled features of the last layer.
        maps: Evidence for benign and for malignant.
    """

    logits: Float32[np.ndarray, "exam 2"]
    features: Float32[np.ndarray, "exam channel"]
    maps: Float32[np.ndarray, "exam 2 map_row map_col"]


@runtime_checkable
class Engine(Protocol):
    """Anything that runs the graph of a bundle."""

    @property
    def name(self) -> str:
        """What it is, with its version."""

    @property
    def precision(self) -> str:
        """Arithmetic of the network, such as ``"float32"``."""

    def run(self, images: Float32[np.ndarray, "exam 4 size size"]) -> EngineOutput:
        """One pass over some exams.

        Args:
            images: Preprocessed exams, any number from 1.
        """
