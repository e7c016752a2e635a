"""Grad-CAM figures: four views, and beside them the evidence laid over each.

One scale of colours serves all maps that are shown together, of both labels: an exam
without evidence stays without colour instead of being stretched until it has some.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from bsgi.exam.orientation import view_image
from bsgi.exam.preprocess import Preprocessing, preprocess, preprocess_mask
from bsgi.exam.record import Exam, Truth, ViewName
from bsgi.reports.exam_views import detector_mm
from bsgi.reports.hanging import Overlay, Panel, draw_hanging
from bsgi.reports.run_folder import HeatMap

_SHOWN_SIZE = 128
"""Pixels along each side of a view below a heat map: enough to see, small to keep."""


@dataclass(frozen=True, slots=True)
class HeatMapFigures:
    """The figures of one exam.

    Args:
        seen: The views as the network sees them.
        malignant: The same, with the evidence for malignant.
        benign: The same, with the evidence for benign.
    """

    seen: Figure
    malignant: Figure
    benign: Figure

    def named(self) -> tuple[tuple[str, Figure], ...]:
        """The figures with their names, as files have them."""
        return (
            ("seen", self.seen),
            ("malignant", self.malignant),
            ("benign", self.benign),
        )


def shared_top(maps: Sequence[HeatMap]) -> float:
    """The greatest evidence in any of some maps: the upper end of their one scale.

    Args:
        maps: All maps that are shown together.

    Raises:
        ValueError: If there is none.
    """
    if not maps:
        raise ValueError("a scale of heat must have at least one map.")
    return max(float(np.max([m.malignant.max(), m.benign.max()])) for m in maps)


def draw_heat_maps(
    exam: Exam,
    truth: Truth | None,
    heat: HeatMap,
    settings: Preprocessing,
    top: float,
) -> HeatMapFigures:
    """The views of an exam with the evidence that the network found.

    Args:
        exam: The exam.
        truth: Where its lesions are, if that is known.
        heat: Its maps.
        settings: How the network was given the exam.
        top: Upper end of the colours, from `shared_top`.
    """
    panels = _panels_as_seen(exam, truth, settings)
    black = max(float(np.percentile(p.image, 99.8)) for p in panels.values())
    name = "share of the view's maximum"
    if settings.intensity == "uptake":
        name = "uptake relative to normal tissue"
    overlays = [
        Overlay(heat.malignant, top, "evidence for malignant"),
        Overlay(heat.benign, top, "evidence for benign"),
    ]
    return HeatMapFigures(
        draw_hanging(panels, top=black, name=name),
        *(
            draw_hanging(panels, top=black, name=name, overlay=overlay)
            for overlay in overlays
        ),
    )


def _panels_as_seen(
    exam: Exam, truth: Truth | None, settings: Preprocessing
) -> Mapping[ViewName, Panel]:
    small = Preprocessing(
        min(_SHOWN_SIZE, settings.size), settings.intensity, settings.field_mm
    )
    stack = preprocess(exam, small)
    panels = {}
    for channel, name in enumerate(ViewName):
        if name not in exam.views:
            continue
        view = exam.views[name]
        mask = truth.masks.get(name) if truth is not None else None
        size_mm = settings.field_mm
        if settings.intensity == "view-maximum":
            size_mm = detector_mm(view, view_image(view))
        panels[name] = Panel(
            image=stack[channel],
            size_mm=size_mm,
            outline=None if mask is None else preprocess_mask(mask, view, settings),
        )
    return panels
