"""What runs cost in time: enough for a bar that can be believed, and for their order.

Nothing of it stands in a result.
"""

import time
from dataclasses import dataclass

import torch

from bsgi.cohort.split import Part
from bsgi.models.catalogue import build_network
from bsgi.training.batches import LabelledImages
from bsgi.training.loop import predict
from bsgi.training.machine import lay_out_channels_last
from bsgi.training.phases import plan_phases
from bsgi.training.recipe import Recipe
from bsgi.training.study.plan import Task

_READ_EXAM_S = 0.02
"""Time to read and preprocess an exam; a guess."""

_STEP = 3.0
"""Time of a training step in forward passes; also a guess."""

_EXAMS = 4
_VIEWS = 4


@dataclass(frozen=True, slots=True)
class MethodCost:
    """What one exam costs a method.

    Args:
        forward_s: Time of one forward pass, on one thread of this computer.
        epochs: Passes over the training exams, through all phases.
    """

    forward_s: float
    epochs: int

    def of(self, task: Task) -> float:
        """Time in seconds that a run of the method is expected to take.

        Args:
            task: The run.
        """
        parts = list(task.split.parts.values())
        steps = _STEP * self.epochs * parts.count(Part.TRAIN)
        calibration = task.recipe.calibration
        if calibration is not None and Part.CALIBRATE not in parts:
            steps *= calibration.folds  # each further fit learns from all folds but one
        return len(parts) * (_READ_EXAM_S + self.forward_s) + steps * self.forward_s


def time_method(recipe: Recipe) -> MethodCost:
    """Measure what one exam costs a method; takes some tenths of a second.

    Args:
        recipe: Settings of the method.
    """
    network = build_network(recipe.model)
    lay_out_channels_last(network.eval())
    size = recipe.preprocess.size
    images = LabelledImages(
        torch.zeros(_EXAMS, size, size, _VIEWS),
        torch.zeros(_EXAMS, dtype=torch.int64),
        tuple(str(exam) for exam in range(_EXAMS)),
    ).shrink(network.grid)
    times_s = []
    for _ in range(3):
        begun = time.perf_counter()
        predict(network, images, threads=1)
        times_s.append(time.perf_counter() - begun)
    epochs = plan_phases(recipe, network)[-1].end
    return MethodCost(min(times_s) / _EXAMS, epochs)
