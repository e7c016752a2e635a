"""What an exam would have been at a lower dose or in less time.

Every recorded event is kept with the same chance, apart from all others. A Poisson
image thinned so is again a Poisson image, with the mean of the lower dose; no rate has
to be known, so it serves for an exam from a hospital as well.
"""

from dataclasses import replace
from typing import Literal

import numpy as np

from bsgi.errors import ConfigError, ExamError
from bsgi.exam.record import Exam, View


def thin_exam(
    exam: Exam,
    share: float,
    rng: np.random.Generator,
    *,
    of: Literal["dose", "time"],
) -> Exam:
    """Keep a share of the events of every view.

    What a thinned exam cannot show: dead time, which is less at a lower dose; and that
    a shorter view has not decayed as far when it ends (0.5 % of the counts for half of
    ten minutes).

    Args:
        exam: The exam, simulated or from a hospital.
        share: Share of dose or time that is kept, above 0 and up to 1.
        rng: Source of randomness.
        of: What is reduced: ``"dose"`` scales `dose_mbq` where it is known, ``"time"``
            the duration of every view.

    Returns:
        The same exam with fewer counts. Its views are new images, so they lose the
        identifiers of the files they came from, and no count ended them.

    Raises:
        ConfigError: If the share is not above 0 and up to 1.
        ExamError: If stored integers of a view are not events, but scaled.

    References:
        Thinning of a Poisson process: Kingman, *Poisson Processes*, 5.1.
    """
    if not 0 < share <= 1:
        raise ConfigError(f"share must be above 0 and up to 1, got {share}.")
    if of not in ("dose", "time"):
        raise ValueError(f"of must be 'dose' or 'time', got {of!r}.")
    views = {
        name: _thin_view(exam.views[name], share, rng, of) for name in exam.present()
    }
    dose_mbq = exam.dose_mbq
    if of == "dose" and dose_mbq is not None:
        dose_mbq *= share
    return replace(exam, views=views, dose_mbq=dose_mbq)


def _thin_view(view: View, share: float, rng: np.random.Generator, of: str) -> View:
    """One view with a share of its events."""
    if view.rescale_slope != 1:
        raise ExamError(
            f"{view.name} must hold events to be thinned, got a rescale slope of "
            f"{view.rescale_slope:g}; leave this exam out."
        )
    kept = rng.binomial(view.counts, share).astype(view.counts.dtype)
    duration_s = view.duration_s * share if of == "time" else view.duration_s
    return replace(
        view,
        counts=kept,
        duration_s=duration_s,
        stopped_by_counts=False,
        source_uid="",
    )
