from pathlib import Path

import pytest

from bsgi.reports.history import Epoch, load_history
from bsgi.reports.training_curves import TrainingGraph, draw_training, list_graphs
from tests.reports.make_run import save_epochs


def test_a_training_curve_starts_at_zero() -> None:
    graph = TrainingGraph("loss", "loss", (((1, 2, 3), (0.7, 0.5, 0.4)),))
    axes = draw_training(graph).axes[0]
    assert axes.get_ylim()[0] == 0
    assert axes.get_ylabel() == "loss"
    assert "0.7 in epoch 1, 0.4 in epoch 3" in graph.describe()
    assert draw_training(TrainingGraph("loss", "loss", (((1,), (0.0,)),))).axes
    with pytest.raises(ValueError, match="got 2 epochs and 1 values"):
        TrainingGraph("loss", "loss", (((1, 2), (0.7,)),))
    with pytest.raises(ValueError, match="must have a run, got none"):
        TrainingGraph("loss", "loss", ())


def test_phases_have_graphs_of_their_own(tmp_path: Path) -> None:
    for number in range(3):
        save_epochs(tmp_path / f"{number}.csv", pretrained=4, rate=0.8 + number / 20)
    histories = [load_history(tmp_path / f"{number}.csv") for number in range(3)]
    graphs = list_graphs(histories)
    assert [graph.key for graph in graphs] == ["pre-train-1-loss", "loss", "accuracy"]
    assert graphs[0].name == "pre-training 1: mean squared error"
    assert all(len(graph.courses) == 3 for graph in graphs)
    assert graphs[1].courses[0][0] == tuple(range(5, 15))
    assert "one line for each of 3 runs" in graphs[1].describe()
    assert len(draw_training(graphs[1]).axes[0].lines) == 3


def test_an_accuracy_that_is_not_known_is_not_drawn() -> None:
    graphs = list_graphs([[Epoch(1, 0.5)]])
    assert [graph.key for graph in graphs] == ["loss"]
