"""The bundle: a trained network as files that the clinic reads, and nobody unpickles.

`bsgi.training.export` writes it; `load_bundle` takes nothing for granted of one.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from pydantic import TypeAdapter, ValidationError

from bsgi.evaluation.abstention.thresholds import ConformalThresholds
from bsgi.exam.preprocess import Preprocessing
from bsgi.files import FORMAT_VERSION
from bsgi.runtime.folder import (
    CALIBRATION,
    FACTS,
    MODEL,
    OPERATING_POINTS,
    PREPROCESS,
    BundleError,
    read_files,
)
from bsgi.runtime.graph import GraphShape, check_graph

PARITY_BOUND: Final = 1e-5
"""How far a graph may be from the network, over the largest absolute value."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Parity:
    """How near the graph came to the network it was made from, when it was exported.

    Args:
        engine: What ran the graph, with its version.
        exams: Simulated images that were compared.
        batches: Exams at a time.
        logits: Largest deviation over the largest absolute value.
        features: The same of the pooled features.
        maps: The same of the heat maps, against those by a backward pass.

    Raises:
        ValueError: If a deviation is beyond `PARITY_BOUND`, or nothing was compared.
    """

    engine: str
    exams: int
    batches: tuple[int, ...]
    logits: float
    features: float
    maps: float

    def __post_init__(self) -> None:
        worst = max(self.logits, self.features, self.maps)
        if self.exams < 1 or not 0 <= worst <= PARITY_BOUND:
            raise ValueError(
                f"a graph must equal its network to {PARITY_BOUND:g} of the largest "
                f"value, got {worst:.2g}."
            )


@dataclass(frozen=True, slots=True)
class BundleFacts:
    """What a bundle says of itself in ``bundle.json``.

    Args:
        method: Name of the model, as in its thresholds and predictions.
        title: The same for readers.
        network: Name of the architecture.
        map_layer: Layer whose maps the heat maps weigh.
        shape: What goes into the graph and what comes out.
        simulated: Whether the network learned from simulated exams.
        parity: How near the graph came to the network.

    Raises:
        ValueError: If the method has no name.
    """

    method: str
    title: str
    network: str
    map_layer: str
    shape: GraphShape
    simulated: bool
    parity: Parity

    def __post_init__(self) -> None:
        if not self.method:
            raise ValueError("a model must have a name.")


@dataclass(frozen=True, slots=True)
class FixedDecision:
    """What ``operating_points.json`` fixes for a decision; the rest is for statistics.

    Args:
        method: Name of the model.
        conformal: Between which scores an exam is referred; None refers every exam.
    """

    method: str
    conformal: ConformalThresholds | None


@dataclass(frozen=True, slots=True)
class _FixedDecisions:
    methods: tuple[FixedDecision, ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that was verified.

    Args:
        folder: Where it lies.
        sha256: Hash of its sums, which stands for all its bytes.
        facts: What it says of itself.
        graph: The ONNX graph.
        settings: How an exam becomes an image.
        conformal: Between which scores an exam is referred; None refers every exam.
        calibrated: Whether it has a ``calibration.json``.
    """

    folder: Path
    sha256: str
    facts: BundleFacts
    graph: bytes
    settings: Preprocessing
    conformal: ConformalThresholds | None
    calibrated: bool


def load_bundle(folder: Path) -> Bundle:
    """Read a bundle, from whomever it comes.

    Args:
        folder: The bundle.

    Raises:
        BundleError: If its files are not those that were written, of another version,
            or no bundle of ours; one line says which and why.
    """
    content, sha256 = read_files(folder)
    for name, data in content.items():
        if name.endswith(".json"):
            _parse_json(folder / name, data)
    facts = _parse(folder / FACTS, BundleFacts, content[FACTS])
    settings = _parse(folder / PREPROCESS, Preprocessing, content[PREPROCESS])
    if settings.size != facts.shape.size:
        raise BundleError(
            f"{folder}/{PREPROCESS} must make images of the size that the graph takes, "
            f"{facts.shape.size}, got {settings.size}."
        )
    path = folder / OPERATING_POINTS
    fixed = _parse(path, _FixedDecisions, content[OPERATING_POINTS]).methods
    if [one.method for one in fixed] != [facts.method]:
        raise BundleError(f"{path} must be of the method {facts.method!r} alone.")
    try:
        check_graph(content[MODEL], facts.shape)
    except BundleError as reason:
        raise BundleError(f"{folder}/{MODEL} cannot be used: {reason}") from None
    return Bundle(
        folder=folder,
        sha256=sha256,
        facts=facts,
        graph=content[MODEL],
        settings=settings,
        conformal=fixed[0].conformal,
        calibrated=CALIBRATION in content,
    )


def _parse_json(path: Path, content: bytes) -> object:
    """A JSON file of this version."""
    try:
        parsed = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        raise BundleError(f"{path} must be JSON, and it is not.") from None
    version = parsed.get("format_version") if isinstance(parsed, dict) else None
    if type(version) is not int or version != FORMAT_VERSION:
        raise BundleError(
            f"{path} must have format_version {FORMAT_VERSION}, got {version!r}; "
            "another version of bsgi wrote it."
        )
    return parsed


def _parse(path: Path, record: type[T], content: bytes) -> T:
    """One record of ours, checked field by field."""
    try:
        found: T = TypeAdapter(record).validate_python(_parse_json(path, content))
    except ValidationError as invalid:
        first = invalid.errors()[0]
        place = ".".join(str(step) for step in first["loc"]) or "the whole"
        raise BundleError(
            f"{path} must be as bsgi export writes it, but {place}: {first['msg']}."
        ) from None
    return found
