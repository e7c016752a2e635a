"""Simulated exams without a fault, one of each camera, and faults to plant in them."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from bsgi.exam.record import Exam, View, ViewName
from bsgi.physics.camera.catalogue import CAMERAS
from bsgi.physics.population.population import fill_population
from bsgi.physics.simulate import simulate_exam

Change = Callable[[View], View]


@cache
def healthy(camera: str) -> Exam:
    """An exam of one camera, of enough counts for every one of them."""
    dose_mbq = 2200.0 if camera.startswith("dilon") else 600.0
    population = fill_population("paper", camera=camera, exams=2, dose_mbq=dose_mbq)
    return simulate_exam(population, 0)[0]


@pytest.fixture(params=sorted(CAMERAS))
def exam(request: pytest.FixtureRequest) -> Exam:
    """An exam without a fault, of each camera in turn."""
    return healthy(request.param)


def plant(exam: Exam, name: ViewName, change: Change) -> Exam:
    """The exam with one of its views changed."""
    return replace(exam, views={**exam.views, name: change(exam.views[name])})


def change_counts(
    view: View, change: Callable[[np.ndarray], np.ndarray], head: int = 0
) -> View:
    """A view with the counts of one head changed."""
    counts = view.counts.copy()
    counts[head] = change(counts[head].copy())
    return replace(view, counts=counts)
