"""How two heads lie to each other, and how the patient lies to each of them.

References:
    DICOM PS3.3 C.8.4.11 (NM detector), C.7.6.2.1.1 (direction cosines).
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import numpy as np
from jaxtyping import Float
from pydicom.dataset import Dataset

from bsgi.dicom.parse import read_items, read_numbers
from bsgi.errors import DicomError

_PARALLEL: Final = 0.9
"""Cosine of 25 degrees: heads that hold a breast between them are closer than that."""

_APART_MM: Final = 20.0
"""A breast between two heads keeps their planes further apart than this."""

_NAMED: Final = 0.2
"""Cosine above which a direction is named by a letter of its own: 78 degrees."""

_LETTERS: Final = (("R", "L"), ("A", "P"), ("F", "H"))
"""Names of the negative and positive directions of the axes of the patient."""


class OppositeHead(StrEnum):
    """How rows of a second head run where its file does not say it.

    STATED refuses such a file. A site that knows its camera may say that the opposite
    head is mirrored, or that the camera has turned it already. AS_STORED also takes two
    images whose rows run the same way for two heads; otherwise they are believed to be
    two acquisitions, unless the file says that their planes lie apart.
    """

    STATED = "stated"
    MIRRORED = "mirrored"
    AS_STORED = "as-stored"


def get_detector(dataset: Dataset, number: int) -> Dataset | None:
    """The Detector Information item of a detector number; None without one."""
    items = read_items(dataset, "DetectorInformationSequence")
    return items[number - 1] if 1 <= number <= len(items) else None


def read_mirroring(
    dataset: Dataset,
    heads: Sequence[int],
    rule: OppositeHead = OppositeHead.STATED,
    view: str = "a view",
) -> tuple[tuple[bool, ...], tuple[str, ...]]:
    """Whether the rows of each head run against those of the first, and notes.

    With one head there is nothing to know. With two, the file must say it or the site:
    a camera may or may not have turned the image of the opposite head already. Two
    images that see the breast from one side are two acquisitions and no two heads.

    Args:
        dataset: An NM dataset.
        heads: Detector numbers of the heads of one view.
        rule: What counts where the file does not say it.
        view: What they show, for messages.

    Raises:
        DicomError: If it is not known, if the heads are not parallel, or if they are
            not known to lie opposite each other.
    """
    if len(heads) == 1:
        return (False,), ()
    cosines = [_read_cosines(get_detector(dataset, head)) for head in heads]
    for head, found in zip(heads, cosines, strict=True):
        if found is None:
            if rule is not OppositeHead.STATED:
                return _apply(rule, len(heads))
            raise DicomError(
                "must say how its heads lie to each other: Image Orientation (Patient) "
                f"of detector {head} is missing."
            )
    mirrored = _compare_rows([found for found in cosines if found is not None])
    notes: tuple[str, ...] = ()
    for head, turned in zip(heads[1:], mirrored[1:], strict=True):
        if turned or _lie_apart(dataset, heads[0], head):
            continue
        if rule is not OppositeHead.AS_STORED:
            raise DicomError(
                f"has two acquisitions of {view} in one file: rows of detectors "
                f"{heads[0]} and {head} run the same way. If they are opposite heads "
                "whose images the camera has turned, say --opposite-head as-stored."
            )
        notes = (
            "rows of two detectors run the same way: taken as opposite heads, one of "
            "them turned already",
        )
    return mirrored, notes


def _compare_rows(rows: Sequence[Float[np.ndarray, "2 3"]]) -> tuple[bool, ...]:
    """Whether the rows of each head run against those of the first."""
    mirrored = []
    for row in rows:
        along, down = row[0] @ rows[0][0], row[1] @ rows[0][1]
        if abs(along) < _PARALLEL or down < _PARALLEL:
            raise DicomError("must have parallel heads, got heads at an angle.")
        mirrored.append(bool(along < 0))
    return tuple(mirrored)


def _lie_apart(dataset: Dataset, first: int, second: int) -> bool:
    """Whether the planes of two parallel heads have room for a breast between them."""
    cosines = _read_cosines(get_detector(dataset, first))
    places = []
    for head in (first, second):
        detector = get_detector(dataset, head)
        if detector is not None:
            place = read_numbers(detector, "ImagePositionPatient")
            places += [np.array(place)] if len(place) == 3 else []
    if cosines is None or len(places) != 2:
        return False
    normal = np.cross(cosines[0], cosines[1])
    return bool(abs((places[1] - places[0]) @ normal) >= _APART_MM)


def _apply(rule: OppositeHead, heads: int) -> tuple[tuple[bool, ...], tuple[str, ...]]:
    """What the site says of its camera."""
    turned = rule is OppositeHead.MIRRORED
    words = "mirrored" if turned else "turned already"
    note = f"the file does not say it: the opposite head was taken as {words}"
    return (False,) + (turned,) * (heads - 1), (note,)


def _read_cosines(detector: Dataset | None) -> Float[np.ndarray, "2 3"] | None:
    """Directions of rows and columns; None if missing or no directions at all."""
    if detector is None:
        return None
    numbers = read_numbers(detector, "ImageOrientationPatient")
    if len(numbers) != 6:
        return None
    cosines = np.array(numbers).reshape(2, 3)
    lengths = np.linalg.norm(cosines, axis=1)
    if np.abs(lengths - 1).max() > 0.05 or abs(cosines[0] @ cosines[1]) > 0.05:
        return None
    return cosines


def read_directions(dataset: Dataset, head: int) -> tuple[str, str] | None:
    """Patient directions of a head's rows and columns, as Patient Orientation has them.

    Args:
        dataset: An NM dataset.
        head: Its detector number.

    Returns:
        Letters such as ``("A", "FR")``, the largest component first; None if the file
        does not say.
    """
    cosines = _read_cosines(get_detector(dataset, head))
    if cosines is None:
        return None
    row, column = (_name(vector) for vector in cosines)
    return row, column


def _name(vector: Float[np.ndarray, " 3"]) -> str:
    order = sorted(range(3), key=lambda axis: -abs(round(float(vector[axis]), 3)))
    return "".join(
        _LETTERS[axis][int(vector[axis] > 0)]
        for axis in order
        if abs(vector[axis]) > _NAMED
    )
