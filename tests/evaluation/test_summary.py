import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bsgi.errors import ConfigError, RunError
from bsgi.evaluation.predictions import PredictionRow
from bsgi.evaluation.summary import (
    load_metrics,
    save_metrics,
    summarize_predictions,
)


def make_rows(
    *, method: str = "paper", repeat: int = 0, benign: int = 28, malignant: int = 17
) -> list[PredictionRow]:
    rng = np.random.default_rng(repeat)
    labels = [0] * benign + [1] * malignant
    return [
        PredictionRow(
            exam_id=f"{number}-1",
            patient_id=str(number),
            method=method,
            repeat=repeat,
            fold=0,
            part="test",
            label=label,
            score=float(rng.normal() / 5 + 0.3 + 0.4 * label),
        )
        for number, label in enumerate(labels)
    ]


def test_counts_the_test_part_only() -> None:
    rows = make_rows()
    trained = [
        replace(row, patient_id=f"t{row.patient_id}", part="train") for row in rows
    ]
    metrics = summarize_predictions([*trained, *rows], simulated=True)
    assert metrics == summarize_predictions(rows, simulated=True)
    (method,) = metrics.methods
    assert (method.malignant, method.benign) == (17, 28)
    (result,) = method.repeats
    confusion = result.confusion
    assert confusion.tp + confusion.fn == 17
    assert confusion.tn + confusion.fp == 28
    assert result.auc is not None
    assert result.auc.method == "newcombe"
    assert result.sensitivity is not None
    assert result.sensitivity.value == confusion.tp / 17


def test_repeats_and_methods_stand_apart() -> None:
    rows = [
        *make_rows(repeat=1),
        *make_rows(repeat=0),
        *make_rows(method="mlp", repeat=0),
    ]
    metrics = summarize_predictions(rows, simulated=False)
    assert [method.method for method in metrics.methods] == ["paper", "mlp"]
    assert [result.repeat for result in metrics.methods[0].repeats] == [0, 1]
    assert metrics.methods[0].malignant == 17


def test_a_missing_label_is_undefined_and_null(tmp_path: Path) -> None:
    metrics = summarize_predictions(make_rows(malignant=0), simulated=True)
    (result,) = metrics.methods[0].repeats
    assert result.sensitivity is None
    assert result.auc is None
    save_metrics(tmp_path / "metrics.json", metrics)
    content = json.loads((tmp_path / "metrics.json").read_text())
    assert content["methods"]["paper"]["repeats"][0]["auc"] is None
    assert load_metrics(tmp_path / "metrics.json") == metrics


def test_comes_back_as_it_was(tmp_path: Path) -> None:
    rows = [*make_rows(), *make_rows(repeat=1)]
    metrics = summarize_predictions(rows, threshold=0.4, simulated=True)
    save_metrics(tmp_path / "metrics.json", metrics)
    assert load_metrics(tmp_path / "metrics.json") == metrics
    content = json.loads((tmp_path / "metrics.json").read_text())
    assert content["format_version"] == 1
    assert content["positive"] == "malignant"
    assert content["simulated"] is True
    entry = content["methods"]["paper"]
    assert (entry["malignant"], entry["benign"], entry["threshold"]) == (17, 28, 0.4)
    assert set(entry["repeats"][0]) == {
        "repeat", "fold", "tp", "fp", "tn", "fn",
        "accuracy", "sensitivity", "specificity", "auc",
    }  # fmt: skip
    assert set(entry["repeats"][0]["auc"]) == {"value", "lower", "upper", "method"}


def test_refuses_predictions_without_a_test_part() -> None:
    rows = [replace(row, part="train") for row in make_rows()]
    with pytest.raises(RunError, match="must have rows of the part test, got none"):
        summarize_predictions(rows, simulated=True)


@pytest.mark.parametrize("threshold", ["nan", "inf", "-inf"])
def test_a_threshold_is_a_number(threshold: str) -> None:
    message = f"threshold must be a finite number, got {threshold}; choose"
    with pytest.raises(ConfigError, match=message) as raised:
        summarize_predictions(make_rows(), threshold=float(threshold), simulated=True)
    assert raised.value.exit_status == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"methods": {}}, "must have at least one method, got none"),
        ({"methods": {"paper": {"repeats": []}}}, "paper must have a repeat, got none"),
        ({"methods": {"paper": {"threshold": float("nan")}}}, "threshold must be"),
        ({"level": 95}, "level must lie between 0 and 1, got 95"),
    ],
)
def test_refuses_metrics_of_nothing(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    path = tmp_path / "metrics.json"
    save_metrics(path, summarize_predictions(make_rows(), simulated=True))
    content = json.loads(path.read_text())
    for method, entries in change.get("methods", {}).items():
        entries.update(content["methods"][method] | entries)
    path.write_text(json.dumps(content | change))
    with pytest.raises(RunError, match=rf"metrics\.json must be as .*{message}"):
        load_metrics(path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"positive": "malignant"', '"positive": "benign"', "malignant as positive"),
        ('"format_version": 1', '"format_version": 2', "must have format_version 1"),
        ('"simulated": true', '"simulated": "yes"', "must be bool, got 'yes'"),
        ('"tp": ', '"hits": ', "must be as bsgi writes it, but: KeyError"),
        ('"lower": ', '"lower": 7', "must be as bsgi writes it"),
    ],
)
def test_refuses_another_file(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "metrics.json"
    save_metrics(path, summarize_predictions(make_rows(), simulated=True))
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(RunError, match=message):
        load_metrics(path)
