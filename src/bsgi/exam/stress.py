"""What can go wrong with an exam, laid on one that was right: the stresses.

Each stress is a fault or a poorer condition that happens in a clinic. It respects the
physics: counts stay whole numbers and never become more, what is known of the exam
(label, patient, site) stays, and views that it does not touch are the same. A view that
it touches is a new image, without the identifier of the file it came from. A method is
tested on an exam with and without it, so that any change of the score is the stress's.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Final

import numpy as np
from jaxtyping import Bool, Integer

from bsgi.errors import ExamError
from bsgi.exam.orientation import STANDARD_ORIENTATION, find_pose
from bsgi.exam.record import Exam, Side, View, ViewName
from bsgi.exam.uptake import find_breast

MODULE_MM: Final = 40.0
"""Side of a detector module where the camera's own is not known: that of two makes of
CZT (16 pixels of 2.46 mm, 25 of 1.6 mm)."""

DRIFT_SHARE: Final = 0.8
"""Share of the events that a head with a drifted gain still has in its energy window.
A design choice: a fifth is lost, which no one sees in a single image on its own."""

Module = tuple[int, int]
"""Rows and columns of one detector module in the common pose, in pixels."""

Change = Callable[[Exam, np.random.Generator, Module | None], Exam]


@dataclass(frozen=True, slots=True)
class Stress:
    """One way in which an exam can be worse than it was.

    Args:
        name: Short name, such as ``"dose-half"``.
        title: The same for a reader.
        views_changed: The most views that it touches.
        random: Whether it draws anything: which events, which view, which module.
        change: The exam under it, from the exam, a source of randomness, and the size
            of the camera's module if known.
    """

    name: str
    title: str
    views_changed: int
    random: bool
    change: Change

    def apply(
        self, exam: Exam, rng: np.random.Generator, module: Module | None = None
    ) -> Exam:
        """The exam as it would have been under this stress.

        Args:
            exam: An exam, simulated or from a hospital.
            rng: Source of randomness.
            module: Rows and columns of the camera's detector modules in the common
                pose; None takes squares of `MODULE_MM`.

        Raises:
            ExamError: If the exam lacks what the stress would change, or its stored
                integers are no events where events are to be lost.
        """
        return self.change(exam, rng, module)


def _reduce_dose(
    exam: Exam, rng: np.random.Generator, _: Module | None, *, share: float
) -> Exam:
    """Each event is kept with the same chance: a Poisson image of the lower dose."""
    views = {name: _thin(exam.views[name], share, rng) for name in exam.present()}
    dose_mbq = None if exam.dose_mbq is None else exam.dose_mbq * share
    return replace(exam, views=views, dose_mbq=dose_mbq)


def _remove_view(
    exam: Exam, _: np.random.Generator, __: Module | None, *, name: ViewName
) -> Exam:
    if name not in exam.views:
        raise ExamError(f"the exam must have {name} to lose it, but it has none.")
    left = {one: exam.views[one] for one in exam.present() if one is not name}
    if not left:
        raise ExamError(f"the exam must have another view than {name}, but has none.")
    return replace(exam, views=left)


def _rotate_view(
    exam: Exam, rng: np.random.Generator, _: Module | None, *, quarters: int
) -> Exam:
    """The pixels of a view are turned, and its file does not say so.

    A mirrored head turns the other way, so that both heads still lie on one another.
    """
    view = _draw_view(exam, rng)
    turned = np.stack(
        [
            np.rot90(counts, -quarters if mirrored else quarters)
            for counts, mirrored in zip(view.counts, view.heads_mirrored, strict=True)
        ]
    )
    down, along = view.spacing_mm
    spacing_mm = (along, down) if quarters % 2 else (down, along)
    return _put(
        exam, replace(view, counts=turned, spacing_mm=spacing_mm, source_uid="")
    )


def _drift_gain(exam: Exam, rng: np.random.Generator, _: Module | None) -> Exam:
    """A view loses events to an energy window that its photopeak has left in part."""
    return _put(exam, _thin(_draw_view(exam, rng), DRIFT_SHARE, rng))


def _swap_sides(exam: Exam, _: np.random.Generator, __: Module | None) -> Exam:
    """The two CC views under each other's name.

    The chest wall stays at its edge of the detector; lateral becomes medial, since the
    file says the orientation of the breast that was imaged.
    """
    pair = (ViewName.LCC, ViewName.RCC)
    missing = [name for name in pair if name not in exam.views]
    if missing:
        raise ExamError(
            f"the exam must have LCC and RCC to have them swapped, but lacks "
            f"{' and '.join(missing)}."
        )
    views = dict(exam.views)
    for name, other in (pair, pair[::-1]):
        view = exam.views[name]
        orientation = view.orientation or STANDARD_ORIENTATION[name]
        views[other] = replace(view, name=other, orientation=orientation, source_uid="")
    return replace(
        exam, views={name: views[name] for name in ViewName if name in views}
    )


def _kill_module(exam: Exam, rng: np.random.Generator, module: Module | None) -> Exam:
    """One module of the first head counts nothing, in every view.

    It is drawn from those with a breast before them in some view: a fault that no image
    can show tests nothing. The detector stays what it is while the patient turns: what
    is lateral, or towards the head, on the left is medial, or towards the foot, on the
    right.
    """
    places = sorted({p for view in exam.views.values() for p in _behind(view, module)})
    if not places:
        raise ExamError(
            "a view must have a breast before a whole detector module, but none has; "
            "are the views blank?"
        )
    place = places[int(rng.integers(len(places)))]
    views = {}
    for name in exam.present():
        view = exam.views[name]
        pose = find_pose(view)
        alive = _to_detector(np.ones(_posed_shape(view), bool), view)
        rows, cols = _size_module(view, module)
        top, left = place[0] * rows, place[1] * cols
        alive[top : top + rows, left : left + cols] = False
        counts = view.counts.copy()
        counts[0] *= _mirror(pose.undo(_to_detector(alive, view)), view)
        views[name] = replace(view, counts=counts, source_uid="")
    return replace(exam, views=views)


def _behind(view: View, module: Module | None) -> list[tuple[int, int]]:
    """Whole modules with a part of the breast before them, as rows and columns."""
    breast = _to_detector(find_breast(view), view)
    rows, cols = _size_module(view, module)
    down, along = breast.shape[0] // rows, breast.shape[1] // cols
    whole = breast[: down * rows, : along * cols]
    covered = whole.reshape(down, rows, along, cols).any(axis=(1, 3))
    return [(int(row), int(col)) for row, col in np.argwhere(covered)]


def _size_module(view: View, module: Module | None) -> Module:
    if module is not None:
        return module
    down, along = find_pose(view).spacing_mm(view)
    return max(1, round(MODULE_MM / down)), max(1, round(MODULE_MM / along))


def _posed_shape(view: View) -> tuple[int, int]:
    rows, cols = view.counts.shape[1:]
    return (cols, rows) if find_pose(view).transpose else (rows, cols)


def _to_detector(
    posed: Bool[np.ndarray, "row col"], view: View
) -> Bool[np.ndarray, "row col"]:
    """From the common pose to the detector's own rows, or back."""
    return posed if view.name.side is Side.LEFT else posed[::-1]


def _mirror(
    saved: Bool[np.ndarray, "row col"], view: View
) -> Bool[np.ndarray, "row col"]:
    """As the first head of a view is saved."""
    return saved[:, ::-1] if view.heads_mirrored[0] else saved


def _draw_view(exam: Exam, rng: np.random.Generator) -> View:
    names = exam.present()
    return exam.views[names[int(rng.integers(len(names)))]]


def _put(exam: Exam, view: View) -> Exam:
    """The exam with one view replaced."""
    return replace(exam, views={**exam.views, view.name: view})


def _thin(view: View, share: float, rng: np.random.Generator) -> View:
    """A view with a share of its events, each kept apart from all others.

    References:
        Thinning of a Poisson process: Kingman, *Poisson Processes*, 5.1.
    """
    if view.rescale_slope != 1:
        raise ExamError(
            f"{view.name} must hold events to lose some, got a rescale slope of "
            f"{view.rescale_slope:g}."
        )
    kept: Integer[np.ndarray, "head row col"] = rng.binomial(view.counts, share)
    return replace(view, counts=kept.astype(view.counts.dtype), stopped_by_counts=False)


def _list_stresses() -> tuple[Stress, ...]:
    missing = tuple(
        Stress(
            name=f"missing-{name.lower()}",
            title=f"{name} missing",
            views_changed=1,
            random=False,
            change=partial(_remove_view, name=name),
        )
        for name in ViewName
    )
    half, quarter = (partial(_reduce_dose, share=share) for share in (0.5, 0.25))
    once, twice = (partial(_rotate_view, quarters=number) for number in (1, 2))
    return (
        Stress("dose-half", "half of the dose", 4, True, half),
        Stress("dose-quarter", "a quarter of the dose", 4, True, quarter),
        *missing,
        Stress("rotated-90", "one view turned by 90 degrees", 1, True, once),
        Stress("rotated-180", "one view turned by 180 degrees", 1, True, twice),
        Stress("dead-module", "a dead detector module", 4, True, _kill_module),
        Stress("gain-drift", "one view with 20 % fewer counts", 1, True, _drift_gain),
        Stress("swapped-cc", "LCC and RCC swapped", 2, False, _swap_sides),
    )


STRESSES: Final[Mapping[str, Stress]] = MappingProxyType(
    {stress.name: stress for stress in _list_stresses()}
)
"""All stresses by name, in the order of reports."""
