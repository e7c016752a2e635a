"""How near a graph comes to its network: logits, features and maps by autograd.

An export reads no cohort, so it compares on images like those that preprocessing gives:
half-discs of uptake about 1, with noise and hot spots, from a fixed seed.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from jaxtyping import Float32

from bsgi.explain.gradcam import explain_gradcam
from bsgi.models.paper_resnet import PaperResNet
from bsgi.runtime.bundle import Parity
from bsgi.runtime.engine import Engine, EngineOutput

BATCHES: Final = (1, 3, 16)
"""Exams at a time for which parity is proved."""

_SEED: Final = 20_260_731


@dataclass(frozen=True, slots=True)
class Deviation:
    """Largest deviations over the largest absolute value.

    Args:
        logits: Of the logits.
        features: Of the pooled features.
        maps: Of the heat maps for both diagnoses.
    """

    logits: float
    features: float
    maps: float


def measure_parity(
    network: PaperResNet, engine: Engine, size: int
) -> tuple[Deviation, int]:
    """The worst deviation over some images, in batches of 1, 3 and 16.

    Args:
        network: The network.
        engine: What runs its graph.
        size: Rows and columns of each view.

    Returns:
        The deviations, and the number of images.
    """
    rng = np.random.default_rng(_SEED)
    worst = Deviation(0.0, 0.0, 0.0)
    for exams in BATCHES:
        found = compare(network, engine, draw_images(rng, exams, size))
        worst = Deviation(
            max(worst.logits, found.logits),
            max(worst.features, found.features),
            max(worst.maps, found.maps),
        )
    return worst, sum(BATCHES)


def compare(
    network: PaperResNet,
    engine: Engine,
    images: Float32[np.ndarray, "exam 4 size size"],
) -> Deviation:
    """Deviations of an engine from PyTorch, the maps by a backward pass.

    Args:
        network: The network.
        engine: What runs its graph.
        images: Exams of one batch.
    """
    ours: EngineOutput = engine.run(images)
    tensor = torch.from_numpy(images)
    cam = explain_gradcam(network, tensor)
    with torch.no_grad():
        pooled = network.features(tensor).mean(dim=(2, 3))
    maps = torch.stack([cam.benign, cam.malignant], dim=1)
    return Deviation(
        logits=_deviate(ours.logits, cam.logits.numpy()),
        features=_deviate(ours.features, pooled.numpy()),
        maps=_deviate(ours.maps, maps.numpy()),
    )


def prove_parity(network: PaperResNet, engine: Engine, size: int) -> Parity:
    """The parity of a graph, to be recorded.

    Args:
        network: The network.
        engine: What runs its graph.
        size: Rows and columns of each view.

    Raises:
        ValueError: If it is not near enough.
    """
    worst, exams = measure_parity(network, engine, size)
    return Parity(
        engine=f"{engine.name}, {engine.precision}",
        exams=exams,
        batches=BATCHES,
        logits=worst.logits,
        features=worst.features,
        maps=worst.maps,
    )


def draw_images(
    rng: np.random.Generator, exams: int, size: int
) -> Float32[np.ndarray, "exam 4 size size"]:
    """Images like those of exams: uptake about 1 in a half-disc, noise, a hot spot.

    Args:
        rng: Source of randomness.
        exams: How many.
        size: Rows and columns of each view.
    """
    row, col = np.mgrid[:size, :size] / size
    reach = rng.uniform(0.25, 0.45, (exams, 4, 1, 1))
    breast = np.hypot(row - 0.5, col * 0.7) < reach
    place = rng.uniform(0.1, 0.6, (2, exams, 4, 1, 1))
    near = np.hypot(row - 0.2 - place[0], col - place[1])
    hot = rng.uniform(0.0, 4.0, (exams, 4, 1, 1)) * np.exp(-((near / 0.03) ** 2))
    noise = rng.gamma(25.0, 1 / 25.0, (exams, 4, size, size))
    return np.asarray((breast * (1 + hot) + 0.02) * noise, np.float32)


def _deviate(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Largest deviation over the largest absolute value; infinite if not finite."""
    largest = float(np.abs(theirs).max())
    apart = float(np.abs(ours - theirs).max())
    if not np.isfinite(apart):
        return float("inf")
    return apart / largest if largest else (0.0 if apart == 0.0 else float("inf"))
