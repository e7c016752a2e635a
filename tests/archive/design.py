"""Which combinations are made: every pair of choices that can stand together."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from itertools import combinations

import numpy as np
from pydicom import config
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from tests.archive import codes
from tests.archive.draft import Draft
from tests.archive.layouts import LAYOUTS
from tests.archive.pictures import PIXELS
from tests.archive.saying import FAMILIES, SIDES, TEXTS

Pair = tuple[str, str, str, str]


def _delete(*keywords: str) -> Callable[[Draft], None]:
    def change(draft: Draft) -> None:
        for keyword in keywords:
            if keyword in draft.dataset:
                delattr(draft.dataset, keyword)

    return change


def _empty(*keywords: str) -> Callable[[Draft], None]:
    def change(draft: Draft) -> None:
        for keyword in keywords:
            setattr(draft.dataset, keyword, None)

    return change


def _lose_windows(draft: Draft) -> None:
    """Without limits one window is one window; of two nobody knows which is which."""
    draft.dataset.EnergyWindowInformationSequence = []
    draft.set_meta(window_kev=None)
    if draft.dataset.NumberOfEnergyWindows > 1:
        draft.refuse("windows")


def _lose_spacing(draft: Draft) -> None:
    draft.dataset.PixelSpacing = None
    draft.allow("spacing")


def _lose_duration(draft: Draft) -> None:
    _delete("ActualFrameDuration")(draft)
    for phase in draft.dataset.get("PhaseInformationSequence", []):
        del phase.ActualFrameDuration
    draft.set_meta(duration_s=0.0)
    draft.allow("duration")


def _lose_vectors(draft: Draft) -> None:
    """Of one frame there is nothing to tell; of several it cannot be told."""
    if len(draft.frames if draft.frames is not None else ()) == 1:
        _delete("DetectorVector", "EnergyWindowVector", "FrameIncrementPointer")(draft)
        _delete("NumberOfFrames")(draft)


def _lose_heads(draft: Draft) -> None:
    """Of two heads the file has to say how they lie, or it cannot be known."""
    many = len(draft.views[0].counts) > 1
    for detector in draft.dataset.DetectorInformationSequence:
        detector.ImageOrientationPatient = None
    if many:
        draft.allow("heads")


def _wrong_birth(draft: Draft) -> None:
    wrong = DataElement(0x00100030, "DA", "00000000", validation_mode=config.IGNORE)
    draft.dataset.add(wrong)


def _compare(draft: Draft) -> None:
    draft.dataset.ImageComments = "compare with RCC and LMLO, spot view of axilla"


MISSING: dict[str, Callable[[Draft], None]] = {
    "nothing": lambda draft: None,
    "orientation": _delete("PatientOrientation"),
    "empty orientation": _empty("PatientOrientation"),
    "spacing": _lose_spacing,
    "times": _delete(
        "AcquisitionDate", "AcquisitionTime", "ContentDate", "ContentTime", "StudyTime"
    ),
    "study date": _empty("StudyDate"),
    "age and birth": _delete("PatientAge", "PatientBirthDate"),
    "wrong birth date": _wrong_birth,
    "tracer": _empty("RadiopharmaceuticalInformationSequence"),
    "camera": _delete("Manufacturer", "ManufacturerModelName"),
    "body part": _delete("BodyPartExamined"),
    "counts": _delete("CountsAccumulated"),
    "windows": _lose_windows,
    "duration": _lose_duration,
    "vectors": _lose_vectors,
    "heads": _lose_heads,
    "sex, name": _delete("PatientSex", "PatientName", "PatientBirthDate"),
    "other comments": _compare,
    "character set": _delete("SpecificCharacterSet"),
}
"""Attributes that a file may lack, and what changes by it."""


def _rescale(slope: str, intercept: str) -> Callable[[Dataset], None]:
    def change(dataset: Dataset) -> None:
        dataset.RescaleSlope, dataset.RescaleIntercept = slope, intercept

    return change


SLOPES: dict[str, Callable[[Dataset], None]] = {
    "none": lambda dataset: None,
    "1 and 0": _rescale("1", "0"),
    "2.5": _rescale("2.5", "0"),
    "1 and -10": _rescale("1", "-10"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One study of the design."""

    layout: str
    family: str
    side: str
    text: str
    words: str
    syntax: str
    pixels: str
    slope: str
    missing: str


LEVELS: dict[str, tuple[str, ...]] = {
    "layout": LAYOUTS,
    "family": FAMILIES,
    "side": SIDES,
    "text": TEXTS,
    "words": ("whole", "projection", "side", "neutral"),
    "syntax": codes.LOSSLESS,
    "pixels": tuple(PIXELS),
    "slope": tuple(SLOPES),
    "missing": tuple(MISSING),
}


def pairs_of(row: Row) -> set[Pair]:
    """The pairs of choices that a row tries."""
    chosen = [(each.name, getattr(row, each.name)) for each in fields(Row)]
    return {(*first, *second) for first, second in combinations(chosen, 2)}


def all_pairs() -> set[Pair]:
    """Every pair of choices."""
    return {
        (first, one, second, other)
        for first, second in combinations(LEVELS, 2)
        for one in LEVELS[first]
        for other in LEVELS[second]
    }


def cover_pairs(rng: np.random.Generator, tries: int = 25) -> list[Row]:
    """Rows that together have every pair of choices, each the best of some drawn."""
    missing, rows = all_pairs(), []
    while missing:
        first, one, second, other = sorted(missing)[rng.integers(len(missing))]
        drawn = []
        for _ in range(tries):
            choice = {
                name: levels[rng.integers(len(levels))]
                for name, levels in LEVELS.items()
            }
            drawn.append(Row(**(choice | {first: one, second: other})))
        best = max(drawn, key=lambda row: len(pairs_of(row) & missing))
        missing -= pairs_of(best)
        rows.append(best)
    return rows
