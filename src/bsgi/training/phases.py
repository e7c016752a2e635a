"""The phases of a training: pre-training without labels, if any, then with labels.

Every epoch belongs to one phase and is counted on through all of them, so that order of
exams, checkpoints and curve need one number only.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from bsgi.models.network import Classifier, Pretrained
from bsgi.training.recipe import DescentTable, Recipe

TRAIN = "train"
"""Name of the phase that learns from the labels."""


@dataclass(frozen=True, slots=True)
class Phase:
    """Some epochs that change the same parameters by the same rule.

    Args:
        name: As the training curve has it, such as ``pre-train 1`` or ``train``.
        settings: Optimiser, batches and number of epochs.
        first_epoch: Number of its first epoch, from 0, through all phases.
        step: Number of the step of pre-training, from 0; None in the phase ``train``.
    """

    name: str
    settings: DescentTable
    first_epoch: int
    step: int | None = None

    @property
    def end(self) -> int:
        """Number of the epoch after its last."""
        return self.first_epoch + self.settings.epochs

    def learning_rate(self, epoch: int) -> float:
        """Step size in one of its epochs.

        Args:
            epoch: Number of the epoch, from 0, through all phases.

        References:
            Loshchilov, Hutter: "SGDR: stochastic gradient descent with warm restarts",
            ICLR 2017, without restarts. https://doi.org/10.48550/arXiv.1608.03983
        """
        if self.settings.schedule == "constant":
            return self.settings.learning_rate
        done = (epoch - self.first_epoch) / self.settings.epochs
        return self.settings.learning_rate * (1 + math.cos(math.pi * done)) / 2

    def begin(
        self, network: Classifier, images: Float[Tensor, "exam view row col"]
    ) -> None:
        """Bring a network from the phase before into this one.

        Args:
            network: The network, changed in place.
            images: All training exams, without labels.
        """
        if isinstance(network, Pretrained) and self.step is None:
            network.take_over(images)

    def parameters(self, network: Classifier) -> list[tuple[str, nn.Parameter]]:
        """What this phase changes, by name.

        Args:
            network: The network.
        """
        if isinstance(network, Pretrained) and self.step is not None:
            return network.pretraining_parameters(self.step)
        return network.supervised_parameters()


def plan_phases(recipe: Recipe, network: Classifier) -> tuple[Phase, ...]:
    """All phases of a training, in order.

    Args:
        recipe: Settings of the training.
        network: The network that it trains.

    Raises:
        ValueError: If the network is pre-trained and the recipe says nothing of how.
    """
    phases: list[Phase] = []
    epoch = 0
    if isinstance(network, Pretrained):
        settings = recipe.pretraining
        if settings is None:
            raise ValueError("a recipe must have pretraining for such a network.")
        for step in range(network.pretraining_steps):
            phases.append(Phase(f"pre-train {step + 1}", settings, epoch, step))
            epoch += settings.epochs
    phases.append(Phase(TRAIN, recipe.training, epoch))
    return tuple(phases)


def build_optimizer(
    settings: DescentTable, parameters: Sequence[tuple[str, nn.Parameter]]
) -> torch.optim.Optimizer:
    """The optimiser of a phase, with no memory of steps yet.

    Args:
        settings: Its kind and numbers.
        parameters: What it changes, by name.

    References:
        Loshchilov, Hutter: "Decoupled weight decay regularization", ICLR 2019.
        https://doi.org/10.48550/arXiv.1711.05101
    """
    changed = [parameter for _, parameter in parameters]
    if settings.optimizer == "adamw":
        return torch.optim.AdamW(
            changed,
            lr=settings.learning_rate,
            betas=(settings.momentum, 0.999),
            weight_decay=settings.weight_decay,
            fused=True,
        )
    return torch.optim.SGD(
        changed,
        lr=settings.learning_rate,
        momentum=settings.momentum,
        weight_decay=settings.weight_decay,
        fused=True,
    )
