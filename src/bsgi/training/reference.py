"""What the exams that a network learned from were like: `reference.json`.

A later exam outside these ranges is one that the network knows nothing about.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bsgi.exam.record import Exam, Label, ViewName
from bsgi.files import save_json

QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
"""Given for every number; the first and the last are the range."""


@dataclass(frozen=True, slots=True)
class ExamFacts:
    """What is known of an exam besides its pixels.

    Args:
        label: Pathology.
        camera: Camera model; empty if unknown.
        site: Hospital; empty if unknown.
        age_years: Age; None if unknown.
        dose_mbq: Injected activity; None if unknown.
        view_counts: Events of each view that is there.
        view_durations_s: Acquisition time of each view that is there.
        views: Names of the views that are there.
        simulated: Whether it comes from a simulator.
    """

    label: Label
    camera: str
    site: str
    age_years: float | None
    dose_mbq: float | None
    view_counts: tuple[int, ...]
    view_durations_s: tuple[float, ...]
    views: tuple[ViewName, ...]
    simulated: bool


def collect_facts(exam: Exam) -> ExamFacts:
    """The facts of one exam, so that its counts can be let go."""
    present = exam.present()
    return ExamFacts(
        label=exam.label,
        camera=exam.camera,
        site=exam.site,
        age_years=exam.age_years,
        dose_mbq=exam.dose_mbq,
        view_counts=tuple(exam.views[name].total_counts for name in present),
        view_durations_s=tuple(exam.views[name].duration_s for name in present),
        views=present,
        simulated=exam.simulated,
    )


def save_reference(path: Path, facts: Sequence[ExamFacts]) -> None:
    """Write `reference.json`.

    Args:
        path: The file to make or replace.
        facts: The training exams.
    """
    labels = Counter(fact.label for fact in facts)
    content = {
        "part": "train",
        "exams": len(facts),
        "simulated": any(fact.simulated for fact in facts),
        "labels": {
            "malignant": labels[Label.MALIGNANT],
            "benign": labels[Label.BENIGN],
        },
        "cameras": _tally(fact.camera for fact in facts),
        "sites": _tally(fact.site for fact in facts),
        "views": {
            name.value: sum(name in fact.views for fact in facts) for name in ViewName
        },
        "ranges": {
            "age_years": _ranges(fact.age_years for fact in facts),
            "dose_mbq": _ranges(fact.dose_mbq for fact in facts),
            "view_counts": _ranges(n for fact in facts for n in fact.view_counts),
            "view_duration_s": _ranges(
                seconds for fact in facts for seconds in fact.view_durations_s
            ),
        },
    }
    save_json(path, content)


def _tally(names: Iterable[str]) -> dict[str, int]:
    """How often each name occurs, the unknown under an empty name."""
    return dict(sorted(Counter(names).items()))


def _ranges(numbers: Iterable[float | None]) -> dict[str, Any]:
    """Quantiles of what is known, and how much is known."""
    known = [float(number) for number in numbers if number is not None]
    if not known:
        return {"known": 0, "quantiles": {}}
    values = np.quantile(known, QUANTILES)
    named = zip(QUANTILES, values, strict=True)
    return {
        "known": len(known),
        "quantiles": {f"{share:g}": float(value) for share, value in named},
    }
