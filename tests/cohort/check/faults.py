"""Faults that are planted into a clean cohort, each as a way to change its exams."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from scipy import ndimage

from bsgi.exam.record import Exam, Label, View, ViewName
from bsgi.physics.acquisition.thinning import thin_exam

Change = Callable[[View], View]


def copy_exam(exam: Exam, change: Change, views: Sequence[ViewName] = ()) -> Exam:
    """The views of an exam under another woman's id, each changed."""
    chosen = [exam.views[name] for name in views or exam.present()]
    made = [change(view) for view in chosen]
    return replace(
        exam,
        exam_id="other-1",
        patient_id="other",
        age_years=61.0,
        views={view.name: view for view in made},
    )


def same(view: View) -> View:
    return view


def exchange_sides(view: View) -> View:
    """A mirror image saved as the other side, as when a file is flipped."""
    name = ViewName(("R" if view.name.side == "L" else "L") + view.name.projection)
    counts = view.counts[:, :, ::-1].copy()
    return replace(view, name=name, counts=counts, orientation=None)


def turn(view: View) -> View:
    return replace(view, counts=view.counts[:, ::-1, ::-1].copy())


def turn_quarter(view: View) -> View:
    counts = np.rot90(view.counts, axes=(1, 2)).copy()
    return replace(view, counts=counts, spacing_mm=view.spacing_mm[::-1])


def halve(view: View) -> View:
    return replace(view, counts=view.counts // 2)


def shift(view: View) -> View:
    counts = np.zeros_like(view.counts)
    counts[:, 2:, :] = view.counts[:, :-2, :]
    return replace(view, counts=counts)


def resample(view: View) -> View:
    """The same breast in pixels of two thirds the size."""
    heads = [ndimage.zoom(each.astype(float), 1.5, order=1) for each in view.counts]
    counts = np.rint(np.maximum(np.stack(heads), 0)).astype(np.uint16)
    down, along = view.spacing_mm
    return replace(view, counts=counts, spacing_mm=(down / 1.5, along / 1.5))


def magnify(view: View) -> View:
    """The same, but the file does not say that its pixels are smaller."""
    return replace(resample(view), spacing_mm=view.spacing_mm)


def thin(view: View) -> View:
    """Half of the counts, each kept or not by chance."""
    exam = Exam("x-1", "x", {view.name: view})
    thinned = thin_exam(exam, 0.5, np.random.default_rng(4), of="time")
    return thinned.views[view.name]


COPIES: dict[str, tuple[Change, tuple[ViewName, ...]]] = {
    "the same files": (same, ()),
    "mirrored, saved as the other side": (exchange_sides, ()),
    "upside down": (turn, ()),
    "turned by a quarter": (turn_quarter, ()),
    "half the counts in every pixel": (halve, ()),
    "half the counts, drawn": (thin, ()),
    "shifted": (shift, ()),
    "resampled": (resample, ()),
    "magnified without saying so": (magnify, ()),
    "one view only": (same, (ViewName.RMLO,)),
    "one view only, drawn": (thin, (ViewName.LCC,)),
}
"""Ways in which the views of one woman come to stand under a second id."""


def is_malignant(exam: Exam) -> bool:
    return exam.label is Label.MALIGNANT


def _count(view: View, share: float, rng: np.random.Generator) -> View:
    return replace(view, counts=rng.binomial(view.counts, share).astype(np.uint16))


def confound_site(exam: Exam) -> Exam:
    return replace(exam, site="B") if is_malignant(exam) else exam


def confound_camera(exam: Exam) -> Exam:
    return replace(exam, camera="another") if is_malignant(exam) else exam


def confound_dose(exam: Exam) -> Exam:
    return replace(exam, dose_mbq=900.0) if is_malignant(exam) else exam


def confound_duration(exam: Exam) -> Exam:
    if not is_malignant(exam):
        return exam
    views = {n: replace(view, duration_s=700.0) for n, view in exam.views.items()}
    return replace(exam, views=views)


def confound_counts(exam: Exam) -> Exam:
    if not is_malignant(exam):
        return exam
    rng = np.random.default_rng(int(exam.patient_id[-1]))
    views = {n: _count(view, 0.05, rng) for n, view in exam.views.items()}
    return replace(exam, views=views)


def confound_views(exam: Exam) -> Exam:
    if is_malignant(exam):
        return exam
    return replace(exam, views={n: exam.views[n] for n in list(exam.views)[:-1]})


def confound_origin(exam: Exam) -> Exam:
    return replace(exam, simulated=is_malignant(exam))


CONFOUNDED: dict[str, Callable[[Exam], Exam]] = {
    "site": confound_site,
    "camera": confound_camera,
    "dose": confound_dose,
    "duration": confound_duration,
    "counts": confound_counts,
    "views": confound_views,
    "origin": confound_origin,
}
"""Ways in which a label can be told without looking at the disease."""
