"""Training and prediction: what a study needs of a method is `fit` and `predict`."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float64
from torch import nn

from bsgi.errors import RunError
from bsgi.models.catalogue import build_network
from bsgi.models.network import Network, Output
from bsgi.training.batches import LabelledImages, count_batches, shuffle_batches
from bsgi.training.checkpoint import CheckpointFile
from bsgi.training.history import EpochRecord
from bsgi.training.machine import (
    count_threads,
    keep_memory_between_steps,
    lay_out_channels_last,
    repeatable_arithmetic,
)
from bsgi.training.precision import Decision, decide_precision, use_precision
from bsgi.training.recipe import Recipe

Progress = Callable[[int, int, str], None]
"""How far a task is: done, total, and what it is at."""

PREDICT_BATCH = 8
"""Exams per step of `predict`; a fixed number, as it can touch the last digit."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """What a training ends with.

    Args:
        network: The network after the last epoch.
        history: Its training curve.
    """

    network: Network
    history: tuple[EpochRecord, ...]


def decide(recipe: Recipe, exams: LabelledImages) -> Decision:
    """How the steps of a training compute on this machine; measured where it matters.

    Args:
        recipe: Settings of the training.
        exams: The training exams.
    """
    keep_memory_between_steps()
    threads = count_threads(recipe.training.threads)
    network = build_network(recipe.model)
    lay_out_channels_last(network)
    batch = exams.take(range(min(len(exams), recipe.training.batch_size)))
    with repeatable_arithmetic(threads):
        return decide_precision(
            recipe.training.precision, network, batch.images(), threads
        )


def fit(
    recipe: Recipe,
    exams: LabelledImages,
    decision: Decision,
    *,
    seed: int,
    checkpoint: CheckpointFile | None = None,
    progress: Progress | None = None,
) -> Fitted:
    """A network trained on exams; the same seed and decision give the same weights.

    Args:
        recipe: Settings of network and training.
        exams: The training exams.
        decision: How the steps compute, from `decide`.
        seed: Seed of first weights and order.
        checkpoint: Where the state is kept; a training begun there goes on.
        progress: Called after each step.

    Raises:
        RunError: If the loss is no longer a finite number, or the checkpoint is another
            training's.
    """
    keep_memory_between_steps()
    with repeatable_arithmetic(decision.threads):
        network = build_network(recipe.model, seed=seed)
        lay_out_channels_last(network.train())
        optimizer = build_optimizer(recipe, network)
        history = checkpoint.restore(network, optimizer) if checkpoint else ()
        trainer = _Trainer(recipe, network, optimizer, exams, decision)
        epochs = recipe.training.epochs
        for epoch in range(len(history), epochs):
            record = trainer.run_epoch(epoch, seed, progress)
            history = (*history, record)
            due = (epoch + 1) % recipe.training.checkpoint_every == 0
            if checkpoint and (due or epoch + 1 == epochs):
                checkpoint.save(network, optimizer, history)
    return Fitted(network.eval(), history)


def predict(
    network: Network, exams: LabelledImages, *, threads: int
) -> Float64[np.ndarray, " exam"]:
    """The score of each exam: the softmax output of malignant, in float32.

    Args:
        network: A trained network, in evaluation mode.
        exams: Exams of any part; their labels are not looked at.
        threads: Processor threads.
    """
    scores = []
    with repeatable_arithmetic(threads), torch.inference_mode():
        for begin in range(0, len(exams), PREDICT_BATCH):
            images = exams.images()[begin : begin + PREDICT_BATCH]
            outputs = torch.softmax(network(images).double(), dim=1)
            scores.append(outputs[:, Output.MALIGNANT].numpy())
    return np.concatenate(scores)


def build_optimizer(recipe: Recipe, network: nn.Module) -> torch.optim.SGD:
    """Stochastic gradient descent with momentum, one pass over all parameters.

    Args:
        recipe: Settings of the training.
        network: What is to be trained.
    """
    return torch.optim.SGD(
        network.parameters(),
        lr=recipe.training.learning_rate,
        momentum=recipe.training.momentum,
        weight_decay=recipe.training.weight_decay,
        fused=True,
    )


@dataclass(frozen=True, slots=True)
class _Trainer:
    """What every epoch of one training shares."""

    recipe: Recipe
    network: Network
    optimizer: torch.optim.SGD
    exams: LabelledImages
    decision: Decision

    def run_epoch(
        self, epoch: int, seed: int, progress: Progress | None
    ) -> EpochRecord:
        """One pass over the exams; sums stay tensors, so that no step waits for one."""
        begun = time.perf_counter()
        settings = self.recipe.training
        steps = count_batches(len(self.exams), settings.batch_size)
        total = torch.zeros((), dtype=torch.float64)
        right = torch.zeros((), dtype=torch.int64)
        order = shuffle_batches(
            len(self.exams), settings.batch_size, seed=seed, epoch=epoch
        )
        for step, chosen in enumerate(order, start=1):
            batch = self.exams.take(chosen)
            loss, calls = train_step(self.network, self.optimizer, batch, self.decision)
            total += loss.double() * len(batch)
            right += (calls == batch.labels).sum()
            if progress:
                progress(
                    epoch * steps + step,
                    settings.epochs * steps,
                    f"epoch {epoch + 1} of {settings.epochs}, loss {float(loss):.3f}",
                )
        mean = float(total) / len(self.exams)
        if not math.isfinite(mean):
            raise RunError(
                f"the loss must stay finite, got {mean} in epoch {epoch + 1}; lower "
                f"training.learning_rate, now {settings.learning_rate}."
            )
        return EpochRecord(
            epoch=epoch + 1,
            loss=mean,
            accuracy=float(right) / len(self.exams),
            learning_rate=settings.learning_rate,
            seconds=round(time.perf_counter() - begun, 3),
        )


def train_step(
    network: Network,
    optimizer: torch.optim.Optimizer,
    batch: LabelledImages,
    decision: Decision,
) -> tuple[torch.Tensor, torch.Tensor]:
    """One step of gradient descent on one batch.

    Args:
        network: The network, in training mode, channels last.
        optimizer: Its optimiser.
        batch: Some exams.
        decision: How the step computes.

    Returns:
        Mean cross-entropy of the batch and the diagnosis of each exam, before the step.
    """
    with use_precision(decision.precision):
        logits = network(batch.images())
    loss = nn.functional.cross_entropy(logits.float(), batch.labels)
    optimizer.zero_grad(set_to_none=True)
    torch.autograd.backward(loss)
    optimizer.step()
    return loss.detach(), logits.detach().argmax(dim=1)
