"""The ratios that a physician knows, of an exam as it is shown with a prediction."""

from bsgi.exam.orientation import view_image
from bsgi.exam.prediction import SemiQuantitative, ViewValues
from bsgi.exam.record import Exam, Projection, Side, View, ViewName
from bsgi.exam.uptake import find_breast, measure_uptake


def measure_values(exam: Exam) -> SemiQuantitative:
    """Lesion to background, counts per area and left over right, by `exam.uptake`.

    Args:
        exam: An exam with a breast in at least one view.

    Raises:
        ExamError: If no view holds a breast.
    """
    uptake = measure_uptake(exam)
    views = {
        name: ViewValues(
            lesion_to_background=uptake[name].focus if name in uptake else None,
            counts_per_cm2=_count_density(exam.views[name]),
        )
        for name in exam.present()
    }
    ratios = {}
    for projection in Projection:
        left, right = (ViewName(f"{side}{projection}") for side in Side)
        if left in uptake and right in uptake and uptake[right].focus > 0:
            ratios[projection] = uptake[left].focus / uptake[right].focus
    return SemiQuantitative(views, ratios)


def _count_density(view: View) -> float | None:
    """Counts of all heads in the breast over its area."""
    breast = find_breast(view)
    pixels = int(breast.sum())
    if not pixels:
        return None
    counts = float(view_image(view)[breast].sum(dtype="float64"))
    return counts / (pixels * view.pixel_area_cm2)
