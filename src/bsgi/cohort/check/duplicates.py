"""Views of different exams that are copies of one acquisition.

The hash ranks, for every view, those of other exams that look most like it, however
they are mirrored, turned or scaled; the judge compares only these.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np
from jaxtyping import Float32

from bsgi.cohort.check.fingerprint import TURNS, Fingerprint
from bsgi.cohort.check.resemblance import compare_views
from bsgi.exam.record import ViewName

COPY: Final = 0.5
"""A correlation of the fine structure that only copies reach; see `docs/how-to`."""

COPY_IN_TWO: Final = 0.4
"""The same where two views or more of an exam reach it together."""

NEIGHBOURS: Final = 10
"""So many views of other exams are compared with each view."""

LIKE_SCALED: Final = 0.65
"""Hash likeness from which on a copy in pixels of another size is looked for too."""

_BLOCK: Final = 128
_LEAST_VIEWS: Final = 20

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class ViewPrint:
    """The fingerprint of one view of a cohort.

    Args:
        exam_id: Its exam.
        patient_id: Its patient.
        view: Which of the four views.
        print: What tells it from others.
    """

    exam_id: str
    patient_id: str
    view: ViewName
    print: Fingerprint


@dataclass(frozen=True, slots=True)
class CopiedView:
    """One view of each of two exams, of one acquisition.

    Args:
        first: View of the first exam, such as ``LCC``.
        second: View of the second.
        correlation: Of their fine structure, 0 to 1.
        mirrored: Whether one is mirrored or turned against the other.
    """

    first: str
    second: str
    correlation: float
    mirrored: bool


@dataclass(frozen=True, slots=True)
class CopiedExam:
    """Two exams that share an acquisition.

    Args:
        first: An exam, the earlier by its name.
        second: Another.
        first_patient: The patient of the first.
        second_patient: The patient of the second.
        views: The views that they share, at least one.
        parted: In how many splits the two are in different parts.
    """

    first: str
    second: str
    first_patient: str
    second_patient: str
    views: tuple[CopiedView, ...]
    parted: int = 0

    @property
    def two_patients(self) -> bool:
        """Whether one woman stands here under two ids."""
        return self.first_patient != self.second_patient


def find_copies(
    prints: Sequence[ViewPrint], progress: Progress | None = None
) -> tuple[CopiedExam, ...]:
    """Exams that share an acquisition, in the order of their names.

    Args:
        prints: Fingerprints of all views of a cohort.
        progress: Called after each pair of views that is compared.
    """
    found: dict[tuple[str, str], list[CopiedView]] = defaultdict(list)
    patients = {each.exam_id: each.patient_id for each in prints}
    for first, second, view in compare_likely(prints, progress):
        if view.correlation >= COPY_IN_TWO:
            found[first, second].append(view)
    return tuple(
        CopiedExam(*pair, patients[pair[0]], patients[pair[1]], _keep_best(views))
        for pair, views in sorted(found.items())
        if _is_copy(views)
    )


def compare_likely(
    prints: Sequence[ViewPrint], progress: Progress | None = None
) -> Iterator[tuple[str, str, CopiedView]]:
    """Judge every view with those of other exams that its hash takes for most alike.

    Args:
        prints: Fingerprints of all views of a cohort.
        progress: Called after each pair of views.

    Yields:
        Two exams, the first by name first, and how alike a view of each is.
    """
    ordered = sorted(prints, key=lambda each: (each.exam_id, each.view))
    candidates = _list_candidates(ordered)
    for done, ((one, other), (turn, likeness)) in enumerate(candidates.items(), 1):
        first, second = ordered[one], ordered[other]
        correlation = compare_views(
            first.print, second.print, turn, any_scale=likeness >= LIKE_SCALED
        )
        view = CopiedView(str(first.view), str(second.view), correlation, turn != 0)
        yield first.exam_id, second.exam_id, view
        if progress:
            progress(done, len(candidates), "comparing views")


def _is_copy(views: Sequence[CopiedView]) -> bool:
    """One view beyond doubt, or two different ones of both exams."""
    if max(view.correlation for view in views) >= COPY:
        return True
    firsts, seconds = {view.first for view in views}, {view.second for view in views}
    return min(len(firsts), len(seconds)) >= 2


def _keep_best(views: Sequence[CopiedView]) -> tuple[CopiedView, ...]:
    """For each view of the first exam the view of the second that is most like it."""
    ordered = sorted(views, key=lambda view: (view.first, -view.correlation))
    return tuple(next(group) for _, group in groupby(ordered, lambda view: view.first))


def _list_candidates(
    prints: Sequence[ViewPrint],
) -> dict[tuple[int, int], tuple[int, float]]:
    """Pairs of views worth a comparison: how to lay them, and how alike their hashes.

    A pair of rows (i, j) with i < j is there if one is among the nearest of the other.
    """
    if len(prints) < 2:
        return {}
    laid = _whiten(np.stack([each.print.hashes for each in prints]))
    names = {
        name: place for place, name in enumerate(sorted({p.exam_id for p in prints}))
    }
    exams = np.array([names[each.exam_id] for each in prints])
    pairs: dict[tuple[int, int], tuple[int, float]] = {}
    for begin in range(0, len(prints), _BLOCK):
        block = slice(begin, begin + _BLOCK)
        likeness = np.stack([laid[block, 0] @ laid[:, t].T for t in range(TURNS)])
        turn, best = likeness.argmax(axis=0), likeness.max(axis=0)
        best[exams[block, None] == exams[None, :]] = -np.inf
        number = min(NEIGHBOURS, len(prints) - 1)
        nearest = np.argpartition(-best, number - 1, axis=1)[:, :number]
        for row, places in enumerate(nearest):
            for place in places:
                value = float(best[row, place])
                if np.isfinite(value):
                    key, way = _order(begin + row, int(place), int(turn[row, place]))
                    pairs[key] = (way, value)
    return dict(sorted(pairs.items()))


def _order(one: int, other: int, turn: int) -> tuple[tuple[int, int], int]:
    """A pair with the smaller number first, and how its second is laid down then."""
    if one < other:
        return (one, other), turn
    # Backwards a transposition comes first and exchanges the two mirrors.
    swapped = (turn & 1) << 1 | (turn & 2) >> 1 | 4 if turn & 4 else turn
    return (other, one), swapped


def _whiten(
    hashes: Float32[np.ndarray, "view turn frequency"],
) -> Float32[np.ndarray, "view turn frequency"]:
    """Hashes without what all breasts have in common, of length 1 each."""
    if len(hashes) >= _LEAST_VIEWS:
        hashes = hashes - hashes.mean(axis=(0, 1))
        spread = hashes.std(axis=(0, 1))
        hashes = hashes / np.where(spread > 0, spread, 1.0)
    length = np.linalg.norm(hashes, axis=2, keepdims=True)
    return np.asarray(hashes / np.maximum(length, 1e-6), np.float32)
