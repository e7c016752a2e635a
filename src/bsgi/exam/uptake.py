"""What a physician measures: where the breast is and what normal tissue takes up."""

import numpy as np
from jaxtyping import Bool, Float32
from scipy import ndimage

from bsgi.errors import ExamError
from bsgi.exam.orientation import find_pose, view_image
from bsgi.exam.record import Exam, View

SMOOTHING_MM = 5.0
"""Width (standard deviation) of the blur under which the breast's outline is found."""

OUTLINE_FRACTION = 0.4
"""Share of the median uptake at which the breast ends. A design choice: a uniform slab
blurred by the camera falls to a half at its edge, and breasts thin out there."""

CHEST_WALL_MM = 20.0
"""Strip along the chest wall left out of normal tissue: torso scatter lifts it."""


def count_rate_density(view: View) -> Float32[np.ndarray, "row col"]:
    """Counts per second, square centimetre and head, in the common pose."""
    scale = 1.0 / (view.duration_s * view.pixel_area_cm2 * len(view.counts))
    return view_image(view) * np.float32(scale)


def find_breast(view: View) -> Bool[np.ndarray, "row col"]:
    """The pixels of the breast in a view, in the common pose.

    The image is smoothed; the breast is what reaches `OUTLINE_FRACTION` of the median
    of the breast, found by repetition, so that neither a hot lesion nor the empty
    field moves the outline.

    Args:
        view: A view; a blank one has no breast, and every pixel is False.
    """
    spacing = find_pose(view).spacing_mm(view)
    sigma = [SMOOTHING_MM / step for step in spacing]
    smooth = ndimage.gaussian_filter(view_image(view), sigma)
    level = float(smooth.mean())
    for _ in range(20):
        inside = smooth > level
        if not inside.any():
            return np.zeros_like(inside)
        renewed = OUTLINE_FRACTION * float(np.median(smooth[inside]))
        if abs(renewed - level) <= 1e-3 * level:
            break
        level = renewed
    return np.asarray(smooth > level)


def normal_uptake(exam: Exam) -> float:
    """Uptake of the exam's own normal breast tissue, one number for all its views.

    The median over the pixels of all breasts outside the chest-wall strip: a lesion
    covers too few of them to move it, and one scale for both breasts keeps asymmetry.

    Args:
        exam: An exam with at least one view.

    Returns:
        Counts per second, square centimetre and head.

    Raises:
        ExamError: If no view holds a breast.
    """
    tissue = []
    for name in exam.present():
        view = exam.views[name]
        breast = find_breast(view)
        strip = round(CHEST_WALL_MM / find_pose(view).spacing_mm(view)[1])
        inner = breast.copy()
        inner[:, :strip] = False
        tissue.append(count_rate_density(view)[inner if inner.any() else breast])
    values = np.concatenate(tissue)
    level = float(np.median(values)) if len(values) else 0.0
    if level <= 0:
        raise ExamError(f"exam {exam.exam_id}: no view holds a breast with counts.")
    return level
