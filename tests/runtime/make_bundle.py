"""Bundles of random networks, for tests; no RUN and no training."""

from dataclasses import asdict
from functools import cache
from pathlib import Path

import torch

from bsgi.evaluation.abstention.thresholds import ConformalThresholds
from bsgi.evaluation.calibration.calibrator import Calibration, save_calibration
from bsgi.evaluation.calibration.platt import Platt
from bsgi.evaluation.calibration.venn_abers import VennAbers
from bsgi.evaluation.fixed import (
    FixedMethod,
    FixedThresholds,
    save_operating_points,
)
from bsgi.exam.preprocess import Preprocessing
from bsgi.files import save_bytes, save_json, save_text
from bsgi.models.paper_resnet import PaperResNet
from bsgi.provenance import describe, save_provenance
from bsgi.runtime.bundle import BundleFacts, Parity
from bsgi.runtime.folder import (
    CALIBRATION,
    FACTS,
    MODEL,
    OPERATING_POINTS,
    PREPROCESS,
    save_sums,
)
from bsgi.runtime.graph import GraphShape
from bsgi.training.export.graph import build_graph

SIZE = 64
THRESHOLDS = ConformalThresholds(0.1, 0.4, 0.6, 20, 20)
VENN_ABERS = VennAbers((0.1, 0.5, 0.9), (1, 4, 8), (8, 8, 8))
PLATT = Platt(slope=2.0, intercept=-1.0)


@cache
def some_network(stages: int = 3, seed: int = 0) -> PaperResNet:
    """A random network whose batch statistics are not those of a fresh one."""
    network = PaperResNet(stages=stages, seed=seed).train()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        network(torch.rand(4, 4, SIZE, SIZE, generator=generator))
        for bias in (network.fc1.bias, network.fc2.bias):
            bias.add_(torch.randn(bias.shape, generator=generator))
    return network.eval()


@cache
def some_graph(size: int = SIZE, stages: int = 3) -> tuple[bytes, GraphShape]:
    """Its graph, made once in a session."""
    return build_graph(some_network(stages), size)


def make_bundle(
    folder: Path,
    *,
    conformal: ConformalThresholds | None = THRESHOLDS,
    calibrator: VennAbers | Platt | None = VENN_ABERS,
    graph: bytes | None = None,
    size: int = SIZE,
) -> Path:
    """A bundle that is as an export writes it, but for its graph if one is given."""
    folder.mkdir(parents=True)
    own, shape = some_graph(size)
    save_bytes(folder / MODEL, own if graph is None else graph)
    parity = Parity("none", 1, (1,), 0.0, 0.0, 0.0)
    facts = BundleFacts(
        "tiny", "A tiny one", "paper-resnet", "layer3", shape,
        simulated=True, parity=parity,
    )  # fmt: skip
    save_json(folder / FACTS, asdict(facts))
    save_json(folder / PREPROCESS, asdict(Preprocessing(size)))
    method = FixedMethod("tiny", 0.5, (), conformal, cross_fitted=False)
    save_operating_points(folder / OPERATING_POINTS, FixedThresholds(True, (method,)))
    if calibrator is not None:
        fitted = Calibration("tiny", calibrator, 12, 12, 24, 0, simulated=True)
        save_calibration(folder / CALIBRATION, fitted)
    save_json(folder / "reference.json", {"simulated": True})
    save_text(folder / "card.md", "# Model card\n")
    save_provenance(folder, describe("a test"))
    save_sums(folder)
    return folder
