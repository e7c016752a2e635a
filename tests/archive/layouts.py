"""The views of a study as files: how many, with which frames and vectors."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydicom.dataset import Dataset

from tests.archive import codes
from tests.archive.draft import Draft, Ids, Shown, begin_dataset, describe_frames
from tests.archive.pictures import PIXELS, Counts, Pixels, draw

PHOTOPEAK, SCATTER = (126.0, 154.0), (92.0, 125.0)
ORIENTATION = {
    "LCC": ["A", "R"],
    "RCC": ["P", "L"],
    "LMLO": ["A", "FR"],
    "RMLO": ["P", "FL"],
}
PER_VIEW = (
    "own series",
    "one series",
    "two heads",
    "two heads turned",
    "two windows",
    "two heads and windows",
    "dynamic",
    "dynamic two phases",
)
TOGETHER = ("four frames", "four by two")
LAYOUTS = PER_VIEW + TOGETHER


@dataclass(frozen=True, slots=True)
class Plan:
    """What all files of a study have in common."""

    ids: Ids
    layout: str
    pixels: Pixels
    syntax: str
    folder: str


def lay_out(plan: Plan, rng: np.random.Generator) -> list[Draft]:
    """The four views of a study; no file says yet which views it shows."""
    if plan.layout in TOGETHER:
        return [_lay_out_together(plan, rng)]
    drafts = []
    series = plan.ids.next_uid()
    for number, view in enumerate(codes.VIEWS):
        draft = lay_out_view(plan, view, 10 * number, rng)
        if plan.layout == "one series":
            draft.dataset.SeriesInstanceUID = series
        drafts.append(draft)
    return drafts


def lay_out_view(plan: Plan, view: str, minute: int, rng: np.random.Generator) -> Draft:
    """One view in a file of its own."""
    dataset = begin_dataset(plan.ids, plan.pixels, minute)
    dataset.PatientOrientation = ORIENTATION[view]
    path = f"{plan.folder}/{view}-{plan.ids.drawn:03}.dcm"
    if plan.layout.startswith("dynamic"):
        frames, shown = _make_dynamic(dataset, plan, view, rng)
    else:
        frames, shown = _make_static(dataset, plan, view, rng)
    return Draft(path, dataset, frames, plan.syntax, (shown,))


def _make_static(
    dataset: Dataset, plan: Plan, view: str, rng: np.random.Generator
) -> tuple[Counts, Shown]:
    """Heads times energy windows, in one of the two orders that the standard allows."""
    heads = 2 if "heads" in plan.layout else 1
    turned = "turned" in plan.layout
    limits = [PHOTOPEAK]
    if "windows" in plan.layout:
        limits = [PHOTOPEAK, SCATTER] if rng.random() < 0.5 else [SCATTER, PHOTOPEAK]
    pairs = [(h, w) for h in range(1, heads + 1) for w in range(1, len(limits) + 1)]
    if rng.random() < 0.5:
        pairs.sort(key=lambda pair: (pair[1], pair[0]))
    pictures = {pair: _draw_head(view, plan, pair[0], rng, turned) for pair in pairs}
    frames = np.stack([pictures[pair] for pair in pairs])
    describe_frames(
        dataset, frames, [p[0] for p in pairs], [p[1] for p in pairs], limits
    )
    mirrored: tuple[bool, ...] = (False,)
    if heads == 2:
        place_heads(dataset.DetectorInformationSequence, turned=turned)
        mirrored = (False, not turned)
    chosen = limits.index(PHOTOPEAK) + 1
    counts = np.stack([pictures[head, chosen] for head in range(1, heads + 1)])
    return frames, Shown(view, counts, mirrored)


def _draw_head(
    view: str, plan: Plan, head: int, rng: np.random.Generator, turned: bool
) -> Counts:
    """The opposite head sees the breast from the other side, unless it was turned."""
    picture = draw(view, plan.pixels, rng)
    return picture[:, ::-1] if head == 2 and not turned else picture


def place_heads(detectors: Sequence[Dataset], *, turned: bool = False) -> None:
    """Say that heads lie opposite each other: odd ones below, even ones above."""
    for number, detector in enumerate(detectors):
        along = -1 if number % 2 and not turned else 1
        detector.ImageOrientationPatient = [0, -1 * along, 0, -1, 0, 0]
        detector.ImagePositionPatient = [0, 0, 50.0 * (number % 2)]


def _make_dynamic(
    dataset: Dataset, plan: Plan, view: str, rng: np.random.Generator
) -> tuple[Counts, Shown]:
    """Steps of 30 s of one acquisition, in one or two phases, to be summed."""
    phases = [4, 2] if "phases" in plan.layout else [6]
    top = min(plan.pixels.largest // 10, 4000)
    light = Pixels(plan.pixels.bits, plan.pixels.signed, plan.pixels.shape, top)
    steps = sum(phases)
    frames = np.stack([draw(view, light, rng, mean=10.0) for _ in range(steps)])
    describe_frames(dataset, frames, [1] * steps, [1] * steps, [PHOTOPEAK])
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "DYNAMIC", "EMISSION"]
    dataset.FrameIncrementPointer = [0x00540010, 0x00540020, 0x00540030, 0x00540100]
    dataset.PhaseVector = [n for n, size in enumerate(phases, 1) for _ in range(size)]
    dataset.TimeSliceVector = [n + 1 for size in phases for n in range(size)]
    dataset.NumberOfPhases = len(phases)
    del dataset.ActualFrameDuration
    dataset.PhaseInformationSequence = []
    for size in phases:
        phase = Dataset()
        phase.PhaseDelay, phase.ActualFrameDuration, phase.PauseBetweenFrames = (
            0,
            30000,
            0,
        )
        phase.NumberOfFramesInPhase = size
        dataset.PhaseInformationSequence.append(phase)
    counts = frames.sum(axis=0, keepdims=True, dtype=np.int64).astype(np.uint16)
    return frames, Shown(view, counts, duration_s=30.0 * steps)


def _lay_out_together(plan: Plan, rng: np.random.Generator) -> Draft:
    """Four views in one file, each under detectors of its own."""
    heads = 2 if plan.layout == "four by two" else 1
    dataset = begin_dataset(plan.ids, plan.pixels, 0)
    names = [view for view in codes.VIEWS for _ in range(heads)]
    rows = [
        _draw_head(view, plan, 1 + number % heads, rng, turned=False)
        for number, view in enumerate(names)
    ]
    frames = np.stack(rows)
    count = len(frames)
    describe_frames(
        dataset, frames, list(range(1, count + 1)), [1] * count, [PHOTOPEAK]
    )
    if heads == 2:
        place_heads(dataset.DetectorInformationSequence)
    shown = tuple(
        Shown(view, frames[heads * n : heads * n + heads], (False, True)[:heads])
        for n, view in enumerate(codes.VIEWS)
    )
    return Draft(f"{plan.folder}/views.dcm", dataset, frames, plan.syntax, shown)


def plan_study(
    ids: Ids, layout: str, rng: np.random.Generator, syntax: str = codes.EXPLICIT
) -> Plan:
    """A plan with pixels drawn at random."""
    pixels = list(PIXELS.values())[rng.integers(len(PIXELS))]
    return Plan(ids, layout, pixels, syntax, f"study-{ids.number:04}")
