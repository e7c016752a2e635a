"""Which marks hit which lesions: distance from the outline, in millimetres.

Outlines are those that a simulator knows. They do not tell lesions of one view apart
but where they do not touch, and not malignant from benign: a view has targets where its
breast has a malignant lesion, and there each outline is one.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Bool, Float
from scipy import ndimage

from bsgi.evaluation.localisation.peaks import Mark, find_peaks, stretch_map
from bsgi.evaluation.localisation.searches import Search
from bsgi.exam.preprocess import Preprocessing, image_spacing_mm, preprocess_mask
from bsgi.exam.record import Exam, Truth, ViewName

TOLERANCE_MM = 10.0
"""How far from the outline a mark still hits. A design choice: about the camera's
resolution at a few centimetres' depth, as for the vicinity of a lesion."""


def match_marks(
    marks: Sequence[Mark],
    outlines: Bool[np.ndarray, "row col"],
    spacing_mm: tuple[float, float],
    *,
    image: str,
    patient: str,
    tolerance_mm: float = TOLERANCE_MM,
) -> Search:
    """What marks found in one image.

    Outlines that touch, also at a corner, are one target. A mark belongs to the nearest
    target if one of its pixel centres lies within the tolerance, and is false
    otherwise.

    Args:
        marks: The marks, in pixels of the image.
        outlines: Pixels of the targets; all False where there are none.
        spacing_mm: Distance between pixel centres down a column and along a row.
        image: Name of the image.
        patient: The woman.
        tolerance_mm: How far from a target a mark still hits.
    """
    targets, count = ndimage.label(outlines, np.ones((3, 3)))
    scale = np.array(spacing_mm, np.float64)
    pixels = [np.argwhere(targets == one + 1) * scale for one in range(count)]
    ratings: list[float | None] = [None] * count
    false_marks = []
    for mark in marks:
        place = np.array([mark.row, mark.col]) * scale
        away = [_distance(place, own) for own in pixels]
        nearest = int(np.argmin(away)) if away else 0
        if not away or away[nearest] > tolerance_mm:
            false_marks.append(mark.score)
        else:
            known = ratings[nearest]
            ratings[nearest] = mark.score if known is None else max(known, mark.score)
    return Search(image, patient, tuple(ratings), tuple(false_marks))


def match_exam(
    exam: Exam,
    truth: Truth,
    marks: Mapping[ViewName, Sequence[Mark]],
    tolerance_mm: float = TOLERANCE_MM,
) -> tuple[Search, ...]:
    """What marks in the camera's pixels found, view by view.

    Args:
        exam: The exam.
        truth: What a simulator knows of it.
        marks: Marks of each view, in pixels of the first head as the camera saved them;
            a view without marks may be left out.
        tolerance_mm: How far from a target a mark still hits.
    """
    found = []
    for name in exam.present():
        view = exam.views[name]
        shape = view.counts.shape[1:]
        outlines = _outlines(truth, name, (int(shape[0]), int(shape[1])))
        found.append(
            match_marks(
                marks.get(name, ()), outlines, view.spacing_mm,
                image=name_image(exam, name), patient=exam.patient_id,
                tolerance_mm=tolerance_mm,
            )
        )  # fmt: skip
    return tuple(found)


def search_by_map(
    exam: Exam,
    truth: Truth,
    heat: Float[np.ndarray, "map_row map_col"],
    settings: Preprocessing,
    *,
    score: float | None = None,
    tolerance_mm: float = TOLERANCE_MM,
) -> Search:
    """What the peaks of a heat map found in an exam.

    A map of a network that stacks the views is shared by all of them and cannot say
    which view it means. So the exam is one image, with the outlines of all its views
    laid over each other as the network saw them. A lesion smaller than a pixel may have
    no outline left there, and then it is no target.

    Args:
        exam: The exam.
        truth: What a simulator knows of it.
        heat: Evidence for malignant; it covers the whole image.
        settings: How the network was given the exam.
        score: The network's chance of malignancy, where maps of different exams have no
            common scale: the highest peak is rated so, and lower ones in proportion.
            None rates each peak by its height.
        tolerance_mm: How far from a target a mark still hits.

    Raises:
        ExamError: If a view's pose cannot be told.
        ValueError: If the map or the score is negative or not finite.
    """
    if score is not None and not 0 <= score < math.inf:
        raise ValueError(f"score must be 0 or more and finite, got {score}.")
    size = (settings.size, settings.size)
    outlines = np.zeros(size, bool)
    for name in exam.present():
        if _has_target(truth, name):
            mask = preprocess_mask(truth.masks[name], exam.views[name], settings)
            outlines |= mask >= 0.5
    spacing = image_spacing_mm(exam.views[exam.present()[0]], settings)
    peaks = find_peaks(stretch_map(heat, size), spacing)
    scale = 1.0 if score is None or not peaks else score / peaks[0].score
    return match_marks(
        [Mark(one.row, one.col, one.score * scale) for one in peaks], outlines, spacing,
        image=exam.exam_id, patient=exam.patient_id, tolerance_mm=tolerance_mm,
    )  # fmt: skip


def name_image(exam: Exam, name: ViewName) -> str:
    """What a view is called in a table of searches, such as ``"0001-1 LCC"``."""
    return f"{exam.exam_id} {name}"


def _has_target(truth: Truth, name: ViewName) -> bool:
    malignant = {lesion.side for lesion in truth.lesions if lesion.malignant}
    return name in truth.masks and name.side in malignant


def _outlines(
    truth: Truth, name: ViewName, shape: tuple[int, int]
) -> Bool[np.ndarray, "row col"]:
    return truth.masks[name] if _has_target(truth, name) else np.zeros(shape, bool)


def _distance(
    place: Float[np.ndarray, " 2"], pixels: Float[np.ndarray, "pixel 2"]
) -> float:
    return float(np.sqrt(((pixels - place) ** 2).sum(axis=1)).min())
