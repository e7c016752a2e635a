"""Training and prediction: what a study needs of a method is `fit` and `predict`."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float64
from torch import nn

from bsgi.errors import CohortError, RunError
from bsgi.models.catalogue import build_network
from bsgi.models.imagenet import find_weights, start_from
from bsgi.models.network import Classifier, Output, Pretrained
from bsgi.training.batches import LabelledImages, count_batches, shuffle_batches
from bsgi.training.checkpoint import CheckpointFile, TrainingState
from bsgi.training.history import EpochRecord
from bsgi.training.machine import (
    count_threads,
    keep_memory_between_steps,
    lay_out_channels_last,
    repeatable_arithmetic,
)
from bsgi.training.phases import Phase, build_optimizer, plan_phases
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
        history: Its training curve, through all phases.
        learned_from: Pseudonyms of all patients whose exams it has seen, in any phase,
            with or without their labels.
    """

    network: Classifier
    history: tuple[EpochRecord, ...]
    learned_from: frozenset[str]

    def check_unseen(self, patients: Iterable[str]) -> None:
        """Make sure that none of the patients to be tested was learned from.

        Args:
            patients: Pseudonyms of the patients of a test.

        Raises:
            CohortError: If one was, be it in pre-training alone.
        """
        seen = len(self.learned_from.intersection(patients))
        if seen:
            # No pseudonym: a message may end up in a log.
            raise CohortError(
                "a patient must not be tested by a network that learned from her, got "
                f"{seen} such patient{'s' if seen > 1 else ''}; put all exams of a "
                "patient into one part."
            )


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

    All phases of the method, pre-training without labels too, see these exams and no
    others.

    Args:
        recipe: Settings of network and training.
        exams: The training exams.
        decision: How the steps compute, from `decide`.
        seed: Seed of first weights and order.
        checkpoint: Where the state is kept; a training begun there goes on.
        progress: Called after each step.

    Raises:
        ConfigError: If weights to start from cannot be read or do not fit.
        RunError: If the loss is no longer a finite number, or the checkpoint is another
            training's.
    """
    keep_memory_between_steps()
    learned_from = frozenset(exams.patients)
    with repeatable_arithmetic(decision.threads):
        network = build_network(recipe.model, seed=seed)
        lay_out_channels_last(network.train())
        seen = exams.shrink(network.grid)
        state = checkpoint.load(network, learned_from) if checkpoint else None
        if state:
            state.fill_network(network)
        else:
            start_from(network, find_weights(recipe.model))
            network.adapt(seen.images())
        phases = plan_phases(recipe, network)
        trainer = _Trainer(network, seen, decision, seed, phases, progress)
        history = state.history if state else ()
        for phase in phases:
            if len(history) >= phase.end:
                continue
            parameters = phase.parameters(network)
            optimizer = build_optimizer(phase.settings, parameters)
            if len(history) == phase.first_epoch:
                phase.begin(network, seen.images())
            elif state:
                state.fill_optimizer(optimizer, parameters)
            for epoch in range(len(history), phase.end):
                history = (*history, trainer.run_epoch(phase, epoch, optimizer))
                due = (epoch + 1) % recipe.training.checkpoint_every == 0
                if checkpoint and (due or epoch + 1 == phases[-1].end):
                    now = TrainingState.of(network, optimizer, parameters, history)
                    checkpoint.save(now, learned_from)
    return Fitted(network.eval(), history, learned_from)


def predict(
    network: Classifier, exams: LabelledImages, *, threads: int
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


@dataclass(frozen=True, slots=True)
class _Trainer:
    """What every epoch of one training shares."""

    network: Classifier
    exams: LabelledImages
    decision: Decision
    seed: int
    phases: tuple[Phase, ...]
    progress: Progress | None

    def run_epoch(
        self, phase: Phase, epoch: int, optimizer: torch.optim.Optimizer
    ) -> EpochRecord:
        """One pass over the exams; sums stay tensors, so that no step waits for one."""
        settings = phase.settings
        learning_rate = phase.learning_rate(epoch)
        for group in optimizer.param_groups:
            group["lr"] = learning_rate
        total = torch.zeros((), dtype=torch.float64)
        right = torch.zeros((), dtype=torch.int64)
        before, steps = self._count_steps(phase, epoch)
        order = shuffle_batches(
            len(self.exams), settings.batch_size, seed=self.seed, epoch=epoch
        )
        for step, chosen in enumerate(order, start=before + 1):
            batch = self.exams.take(chosen)
            if phase.step is not None and isinstance(self.network, Pretrained):
                loss = pretrain_step(
                    self.network, phase.step, optimizer, batch, self.decision
                )
            else:
                loss, calls = train_step(self.network, optimizer, batch, self.decision)
                right += (calls == batch.labels).sum()
            total += loss.double() * len(batch)
            if self.progress:
                last = self.phases[-1].end
                self.progress(
                    step, steps, f"epoch {epoch + 1} of {last}, loss {float(loss):.3f}"
                )
        mean = float(total) / len(self.exams)
        if not math.isfinite(mean):
            table = "training" if phase.step is None else "pretraining"
            raise RunError(
                f"the loss must stay finite, got {mean} in epoch {epoch + 1}; lower "
                f"{table}.learning_rate, now {settings.learning_rate}."
            )
        return EpochRecord(
            epoch=epoch + 1,
            phase=phase.name,
            loss=mean,
            accuracy=float(right) / len(self.exams) if phase.step is None else None,
            learning_rate=learning_rate,
        )

    def _count_steps(self, phase: Phase, epoch: int) -> tuple[int, int]:
        """Steps before an epoch, and of the whole training."""
        before = steps = 0
        for each in self.phases:
            batches = count_batches(len(self.exams), each.settings.batch_size)
            if each is phase:
                before = steps + (epoch - each.first_epoch) * batches
            steps += each.settings.epochs * batches
        return before, steps


def train_step(
    network: Classifier,
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


def pretrain_step(
    network: Pretrained,
    step: int,
    optimizer: torch.optim.Optimizer,
    batch: LabelledImages,
    decision: Decision,
) -> torch.Tensor:
    """One step of gradient descent on the images of one batch; no label is read.

    Args:
        network: The network, in training mode.
        step: Which step of pre-training, from 0.
        optimizer: Its optimiser.
        batch: Some exams.
        decision: How the step computes.

    Returns:
        Mean squared error of the reconstruction, before the step.
    """
    with use_precision(decision.precision):
        loss = network.pretraining_loss(step, batch.images())
    optimizer.zero_grad(set_to_none=True)
    torch.autograd.backward(loss)
    optimizer.step()
    return loss.detach()
