"""How the exams of a cohort were taken: count level, duration, matrix."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bsgi.errors import ExamError
from bsgi.exam.record import Exam
from bsgi.exam.uptake import normal_uptake


@dataclass(frozen=True, slots=True)
class Acquisition:
    """How one exam was taken.

    Args:
        counts_per_cm2: Counts of its normal tissue per square centimetre of a view, of
            all heads; a lesion does not move it. None if no view holds a breast.
        duration_s: Mean duration of its views.
        matrix: Heads, rows, columns and pixels of its views, as a text.
    """

    counts_per_cm2: float | None
    duration_s: float
    matrix: str


def describe_acquisition(exam: Exam) -> Acquisition:
    """How one exam was taken.

    Args:
        exam: An exam of a cohort.
    """
    views = [exam.views[name] for name in exam.present()]
    duration_s = float(np.mean([view.duration_s for view in views]))
    heads = float(np.mean([len(view.counts) for view in views]))
    shapes = sorted(
        {
            " x ".join(map(str, sorted(view.counts.shape[1:], reverse=True)))
            + f" pixels of {min(view.spacing_mm):.3g} mm, {len(view.counts)} head(s)"
            for view in views
        }
    )
    try:
        counts = normal_uptake(exam) * duration_s * heads
    except ExamError:
        counts = None
    return Acquisition(counts, duration_s, "; ".join(shapes))


Acquisitions = Mapping[str, Acquisition]
"""How each exam was taken, by its exam_id."""
