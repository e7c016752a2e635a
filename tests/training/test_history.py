from pathlib import Path

import pytest

from bsgi.files import load_csv
from bsgi.training.history import EpochRecord, save_history


def test_a_curve_has_a_row_per_epoch_and_no_times(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    history = [
        EpochRecord(1, "pre-train 1", 0.25, None, 0.01),
        EpochRecord(2, "train", 0.5, 0.75, 0.001),
    ]
    save_history(path, history)
    columns = ("epoch", "phase", "loss", "accuracy", "learning_rate")
    rows = load_csv(path, columns)
    assert tuple(rows[0]) == columns
    assert list(rows[0].values()) == ["1", "pre-train 1", "0.25", "", "0.01"]
    assert list(rows[1].values()) == ["2", "train", "0.5", "0.75", "0.001"]


def test_epochs_are_counted_from_one() -> None:
    with pytest.raises(ValueError, match="epoch must be at least 1, got 0"):
        EpochRecord(0, "train", 0.5, 0.75, 0.001)
