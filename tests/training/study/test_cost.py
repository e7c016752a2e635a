from dataclasses import replace

from bsgi.training.study.cost import MethodCost, time_method
from bsgi.training.study.plan import list_tasks, plan_study
from tests.training.study.conftest import (
    make_rows,
    make_study,
    mlp_recipe,
    small_recipe,
)

CODER = small_recipe(
    "coder",
    model={
        "name": "stacked-autoencoder",
        "grid": 32,
        "patch": 8,
        "hidden": 8,
        "code": 4,
    },
    pretraining={"epochs": 5},
)


def test_a_network_costs_more_than_a_perceptron_and_pretraining_counts() -> None:
    network, mlp = time_method(small_recipe("net")), time_method(mlp_recipe("mlp"))
    assert network.forward_s > mlp.forward_s > 0
    assert network.epochs == mlp.epochs == 2
    assert time_method(CODER).epochs > 2 + 5


def test_more_exams_and_epochs_cost_more() -> None:
    study = make_study(small_recipe("net"), design="sizes", sizes=(5, 20)).settle()
    small, large, *_ = list_tasks(study, plan_study(study, make_rows(80)))
    cost = MethodCost(forward_s=0.1, epochs=10)
    assert cost.of(small) < cost.of(large) < replace(cost, epochs=20).of(large)
