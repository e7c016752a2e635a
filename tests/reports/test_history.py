from pathlib import Path

import pytest

from bsgi.errors import RunError
from bsgi.reports.history import group_phases, load_history, phase_in_words
from tests.reports.make_run import save_epochs


def test_phases_come_apart_and_epochs_count_on(tmp_path: Path) -> None:
    save_epochs(tmp_path / "history.csv", pretrained=3)
    phases = group_phases(load_history(tmp_path / "history.csv"))
    assert [epoch.number for epoch in phases["pre-train 1"]] == [1, 2, 3]
    assert [epoch.number for epoch in phases["train"]] == list(range(4, 14))
    assert {epoch.accuracy for epoch in phases["pre-train 1"]} == {None}
    assert list(phases) == ["pre-train 1", "train"]


def test_a_history_without_phases_is_a_training(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    path.write_text("epoch,loss,accuracy,learning_rate,seconds\n1,0.5,0.7,0.1,3\n")
    (epoch,) = load_history(path)
    assert (epoch.phase, epoch.loss, epoch.accuracy) == ("train", 0.5, 0.7)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("", r"history\.csv must have an epoch"),
        ("1,train,nan,0.5,0.1", "line 2: loss and accuracy must be finite"),
        ("1,train,0.4,inf,0.1", "line 2: loss and accuracy must be finite"),
        ("one,train,0.4,0.5,0.1", "line 2: invalid literal"),
        ("1,,0.4,0.5,0.1", "line 2: phase must not be empty"),
    ],
)
def test_a_broken_history_is_refused(tmp_path: Path, row: str, message: str) -> None:
    path = tmp_path / "history.csv"
    head = "epoch,phase,loss,accuracy,learning_rate"
    path.write_text(f"{head}\n{row}\n".replace("\n\n", "\n"))
    with pytest.raises(RunError, match=message):
        load_history(path)


def test_phases_have_words() -> None:
    assert phase_in_words("train") == "training"
    assert phase_in_words("pre-train 2") == "pre-training 2"
