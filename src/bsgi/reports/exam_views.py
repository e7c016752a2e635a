"""The four views of an exam as a physician reads them."""

import numpy as np
from jaxtyping import Float32
from matplotlib.figure import Figure

from bsgi.exam.orientation import find_pose, view_image
from bsgi.exam.record import Exam, Truth, View
from bsgi.reports.hanging import Panel, draw_hanging


def draw_exam(exam: Exam, truth: Truth | None) -> Figure:
    """The views of an exam as a physician reads them: counts, one scale for the four.

    Args:
        exam: The exam.
        truth: Where its lesions are, if that is known.
    """
    panels = {}
    for name in exam.present():
        view = exam.views[name]
        image = view_image(view)
        mask = truth.masks.get(name) if truth is not None else None
        panels[name] = Panel(
            image=image,
            size_mm=detector_mm(view, image),
            outline=None if mask is None else find_pose(view).apply(mask),
        )
    # A few hot pixels at the chest wall must not turn all the rest white.
    black = max(float(np.percentile(p.image, 99.9)) for p in panels.values())
    return draw_hanging(panels, top=black, name="counts per pixel")


def detector_mm(
    view: View, posed: Float32[np.ndarray, "row col"]
) -> tuple[float, float]:
    """Height and width of a whole posed image.

    Args:
        view: The view.
        posed: Its image in the common pose.
    """
    down, along = find_pose(view).spacing_mm(view)
    return posed.shape[0] * down, posed.shape[1] * along
