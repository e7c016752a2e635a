"""What makes a view or an exam doubtful, in words that a physicist can check."""

import numpy as np

from bsgi.exam.record import Exam, View, ViewName
from bsgi.exam.uptake import find_breast

MINIMUM_COUNTS = 100_000
"""Counts that a view should have at least.

References:
    SNM practice guideline for breast scintigraphy with breast-specific gamma cameras
    1.0 (2010); quoted from memory of the guideline, to be verified against its text.
"""


def assess_exam(exam: Exam) -> tuple[str, ...]:
    """Doubts about an exam, the empty tuple if there is none.

    Args:
        exam: Any exam; nothing is changed or refused.

    Returns:
        Short texts such as ``"LCC: 61,200 counts, fewer than 100,000"``, in the order
        of the views; missing views come first.
    """
    missing = [name.value for name in ViewName if name not in exam.views]
    doubts = ["missing " + " ".join(missing)] if missing else []
    for name in exam.present():
        doubts += [f"{name}: {doubt}" for doubt in _assess_view(exam.views[name])]
    return tuple(doubts)


def _assess_view(view: View) -> list[str]:
    if view.total_counts == 0 or not find_breast(view).any():
        return ["blank"]
    doubts = []
    if view.total_counts < MINIMUM_COUNTS:
        doubts.append(f"{view.total_counts:,} counts, fewer than {MINIMUM_COUNTS:,}")
    limit = np.iinfo(view.counts.dtype).max
    if limit <= np.iinfo(np.uint16).max and int(view.counts.max()) == limit:
        doubts.append(f"saturated at {limit:,} counts in a pixel")
    if view.orientation is None:
        doubts.append("orientation not stated, taken as in mammography")
    return doubts
