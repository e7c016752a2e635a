from typing import Literal

import pytest
import torch
from torch import nn

from bsgi.models.catalogue import build_network
from bsgi.training.phases import build_optimizer, plan_phases
from bsgi.training.recipe import (
    DescentTable,
    Recipe,
    load_recipe,
    shipped_recipes,
)


@pytest.mark.parametrize("name", shipped_recipes())
def test_phases_follow_each_other_and_end_with_the_labels(name: str) -> None:
    recipe = load_recipe(name)
    phases = plan_phases(recipe, build_network(recipe.model))
    assert [each.first_epoch for each in phases] == [
        0,
        *(each.end for each in phases[:-1]),
    ]
    assert phases[-1].name == "train"
    assert phases[-1].settings == recipe.training
    assert [each.step for each in phases[:-1]] == list(range(len(phases) - 1))
    assert (len(phases) > 1) is recipe.model.pretrains


def test_the_papers_method_has_one_phase(tiny_recipe: Recipe) -> None:
    (phase,) = plan_phases(tiny_recipe, build_network(tiny_recipe.model))
    assert (phase.name, phase.first_epoch, phase.end) == ("train", 0, 3)
    assert {phase.learning_rate(epoch) for epoch in range(3)} == {0.001}


def test_a_cosine_falls_as_pytorchs_does(tiny_recipe: Recipe) -> None:
    table = {"schedule": "cosine", "epochs": 7, "learning_rate": 0.3}
    training = tiny_recipe.training.model_copy(update=table)
    recipe = tiny_recipe.model_copy(update={"training": training})
    (phase,) = plan_phases(recipe, build_network(recipe.model))
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.3)
    peer = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 7)
    for epoch in range(7):
        assert phase.learning_rate(epoch) == pytest.approx(peer.get_last_lr()[0])
        optimizer.step()
        peer.step()


@pytest.mark.parametrize("kind", ["sgd", "adamw"])
def test_an_optimiser_changes_what_it_was_given_by_its_rule(
    kind: Literal["sgd", "adamw"],
) -> None:
    settings = DescentTable(
        optimizer=kind, learning_rate=0.1, momentum=0.8, weight_decay=0.02
    )  # fmt: skip
    ours, theirs = (nn.Parameter(torch.tensor([1.0, -2.0])) for _ in range(2))
    own = build_optimizer(settings, [("weight", ours)])
    peer: torch.optim.Optimizer
    if kind == "sgd":
        peer = torch.optim.SGD([theirs], lr=0.1, momentum=0.8, weight_decay=0.02)
    else:
        peer = torch.optim.AdamW(
            [theirs], lr=0.1, betas=(0.8, 0.999), weight_decay=0.02
        )
    for step in range(3):
        for parameter, optimizer in ((ours, own), (theirs, peer)):
            parameter.grad = torch.tensor([0.5, 0.1 * step])
            optimizer.step()
    torch.testing.assert_close(ours, theirs)
