"""What a physician measures: where the breast is and what normal tissue takes up."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32
from scipy import ndimage

from bsgi.errors import ExamError
from bsgi.exam.orientation import find_pose, view_image
from bsgi.exam.record import Exam, Projection, Side, View, ViewName

SMOOTHING_MM = 5.0
"""Width (standard deviation) of the blur under which the breast's outline is found."""

OUTLINE_FRACTION = 0.4
"""Share of the median uptake at which the breast ends. A design choice: a uniform slab
blurred by the camera falls to a half at its edge, and breasts thin out there."""

CHEST_WALL_MM = 20.0
"""Strip along the chest wall left out of normal tissue: torso scatter lifts it."""

FOCUS_MM = 4.0
"""Width (standard deviation) of the blur under which a focus is measured, so that one
noisy pixel is none. A design choice, about the resolution of the cameras."""

UPTAKE_FEATURES = (
    "focus", "focus of the other breast", "asymmetry of the focus", "focus in both "
    "projections", "asymmetry of the mean", "unevenness",
)  # fmt: skip
"""What `uptake_features` gives, in its order."""


@dataclass(frozen=True, slots=True)
class ViewUptake:
    """What a physician reads off one view, relative to the exam's normal tissue.

    Args:
        focus: Greatest uptake of a spot outside the chest-wall strip.
        mean: Mean uptake of the breast outside the strip.
        unevenness: Standard deviation of the smoothed uptake over its mean.
    """

    focus: float
    mean: float
    unevenness: float


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


def measure_uptake(exam: Exam) -> Mapping[ViewName, ViewUptake]:
    """Ratios to normal tissue in every view of an exam that holds a breast.

    Args:
        exam: An exam with at least one view.

    Returns:
        The ratios by view, in canonical order; views without a breast are left out.

    Raises:
        ExamError: If no view holds a breast.
    """
    normal = normal_uptake(exam)
    found = {}
    for name in exam.present():
        view = exam.views[name]
        breast = find_breast(view)
        spacing = find_pose(view).spacing_mm(view)
        inner = breast.copy()
        inner[:, : round(CHEST_WALL_MM / spacing[1])] = False
        inner = inner if inner.any() else breast
        if not inner.any():
            continue
        relative = count_rate_density(view) / np.float32(normal)
        smooth = ndimage.gaussian_filter(relative, [FOCUS_MM / mm for mm in spacing])
        mean = float(relative[inner].mean())
        found[name] = ViewUptake(
            focus=float(smooth[inner].max()),
            mean=mean,
            unevenness=float(smooth[inner].std()) / mean,
        )
    return found


def uptake_features(
    uptake: Mapping[ViewName, ViewUptake],
) -> Float[np.ndarray, " feature"]:
    """An exam in a few numbers, the same for both sides, as `UPTAKE_FEATURES` names.

    Ratios are logarithms, so that 0 is normal or symmetrical. What needs a view that is
    missing is taken from those that are there, and an asymmetry without its other side
    is 0: nothing speaks for one.

    Args:
        uptake: What `measure_uptake` gives, of at least one view.

    Raises:
        ValueError: If there is no view.
    """
    if not uptake:
        raise ValueError("features need the uptake of a view.")
    focus = {name: float(np.log(each.focus)) for name, each in uptake.items()}
    mean = {name: float(np.log(each.mean)) for name, each in uptake.items()}
    sides = {
        side: [focus[name] for name in focus if name.side is side] for side in Side
    }
    highest = sorted(float(np.mean(own)) for own in sides.values() if own)
    hot = max(
        (own for own in sides.values() if own), key=lambda own: float(np.mean(own))
    )
    return np.array(
        [
            max(focus.values()),
            highest[0],
            _asymmetry(focus),
            min(hot),
            _asymmetry(mean),
            float(np.mean([each.unevenness for each in uptake.values()])),
        ]
    )


def _asymmetry(values: Mapping[ViewName, float]) -> float:
    """Mean over the projections of the difference of the two sides, without sign."""
    apart = []
    for projection in Projection:
        left, right = (ViewName(f"{side}{projection}") for side in Side)
        if left in values and right in values:
            apart.append(abs(values[left] - values[right]))
    return float(np.mean(apart)) if apart else 0.0
