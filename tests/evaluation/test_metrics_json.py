import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bsgi.errors import RunError
from bsgi.evaluation.design import Design
from bsgi.evaluation.localisation.metrics import summarize_repeated
from bsgi.evaluation.localisation.searches import Search
from bsgi.evaluation.maps.mass import summarize_map_mass
from bsgi.evaluation.maps.rows import MapRow
from bsgi.evaluation.metrics_json import load_metrics, save_metrics
from bsgi.evaluation.summary import Metrics, summarize_predictions
from tests.evaluation.rows import row, study_rows

ESTIMATE = {"value", "lower", "upper", "method"}
AVERAGE = {
    "repeats", "patients", "malignant", "benign", "confusion", "accuracy",
    "sensitivity", "specificity", "auc", "averaged_confusion", "averaged_auc",
}  # fmt: skip


def study(**settings: Any) -> Metrics:
    rows = study_rows(repeats=2, folds=3, methods=("paper", "mlp"))
    return summarize_predictions(rows, **{"simulated": True, **settings})


def written(path: Path, metrics: Metrics) -> dict[str, Any]:
    save_metrics(path, metrics)
    content: dict[str, Any] = json.loads(path.read_text())
    return content


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"threshold": 0.4, "simulated": False},
        {"design": Design.FOLDS, "threshold": "youden"},
        {"design": Design.SITES, "titles": {0: "site A"}},
        {"design": Design.SIZES},
    ],
)
def test_comes_back_as_it_was(tmp_path: Path, settings: dict[str, Any]) -> None:
    metrics = study(**settings)
    save_metrics(tmp_path / "metrics.json", metrics)
    assert load_metrics(tmp_path / "metrics.json") == metrics


def test_says_what_it_is(tmp_path: Path) -> None:
    content = written(tmp_path / "metrics.json", study(design=Design.SITES))
    assert content["format_version"] == 1
    assert content["positive"] == "malignant"
    assert content["simulated"] is True
    assert content["design"] == "site"
    entry = content["methods"]["paper"]
    assert (entry["malignant"], entry["benign"], entry["threshold"]) == (17, 28, 0.5)
    assert set(entry["repeats"][0]) == {
        "repeat", "fold", "threshold", "tp", "fp", "tn", "fn",
        "accuracy", "sensitivity", "specificity", "auc",
    }  # fmt: skip
    assert set(entry["repeats"][0]["auc"]) == ESTIMATE
    assert set(entry["average"]) == AVERAGE
    assert set(entry["average"]["confusion"]) == {"tp", "fp", "tn", "fn"}
    assert set(entry["by_fold"][0]) == {"fold", "title", "average"}
    assert set(entry["by_fold"][0]["average"]) == AVERAGE
    assert set(content["comparisons"][0]) == {
        "first", "second", "quantity", "number", "only_first", "only_second",
        "p_exact", "p_mid", "chi_square", "p_chi_square", "chi_square_corrected",
        "p_chi_square_corrected", "p_adjusted",
    }  # fmt: skip
    assert content["map_mass"] == []
    assert content["localisation"] == {}


def test_what_is_undefined_is_null(tmp_path: Path) -> None:
    metrics = summarize_predictions([row("b", 0.2, 0)], simulated=True)
    content = written(tmp_path / "metrics.json", metrics)
    entry = content["methods"]["paper"]
    assert entry["repeats"][0]["auc"] is None
    assert entry["average"]["sensitivity"] is None
    assert content["design"] is None
    assert load_metrics(tmp_path / "metrics.json") == metrics
    sizes = written(tmp_path / "sizes.json", study(design=Design.SIZES))
    assert sizes["methods"]["paper"]["average"] is None


def test_reads_what_older_versions_wrote(tmp_path: Path) -> None:
    path = tmp_path / "metrics.json"
    metrics = study(threshold=0.4)
    content = written(path, metrics)
    for name in ("design", "comparisons", "map_mass", "localisation"):
        del content[name]
    for entry in content["methods"].values():
        del entry["average"], entry["by_fold"]
        for repeat in entry["repeats"]:
            del repeat["threshold"]
    path.write_text(json.dumps(content))
    older = tuple(replace(method, average=None) for method in metrics.methods)
    assert load_metrics(path) == Metrics(simulated=True, methods=older)


def test_whether_lesions_were_found_comes_back(tmp_path: Path) -> None:
    searches = [Search("a", "p", (0.9, None), (0.2,)), Search("b", "q", (), (0.4,))]
    found = {"paper": summarize_repeated((searches, searches))}
    metrics = replace(study(), localisation=found)
    content = written(tmp_path / "metrics.json", metrics)
    assert content["localisation"]["paper"]["repeats"] == 2
    assert load_metrics(tmp_path / "metrics.json") == metrics


def test_where_maps_look_comes_back(tmp_path: Path) -> None:
    rows = [
        MapRow("paper", 0, 0, str(number), label, label, label - 0.5,
               ("benign", "malignant")[label],
               0.3 * label, 0.1, 0.4, 0.5 - 0.3 * label, 0.1, 0.1, 0.4, 0.4)
        for number, label in enumerate((0, 1) * 6)
    ]  # fmt: skip
    metrics = replace(study(), map_mass=summarize_map_mass(rows))
    content = written(tmp_path / "metrics.json", metrics)
    assert content["map_mass"][0]["method"] == "paper"
    assert load_metrics(tmp_path / "metrics.json") == metrics


def test_the_same_predictions_give_the_same_bytes(tmp_path: Path) -> None:
    rows = study_rows(repeats=3, folds=4)
    for name, each in (("one", rows), ("other", rows[::-1])):
        metrics = summarize_predictions(
            each, threshold="youden", simulated=True, design=Design.FOLDS
        )
        save_metrics(tmp_path / name, metrics)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


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
    content = written(path, study())
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
        ('"threshold": 0.5', '"threshold": "otsu"', "could not convert .* 'otsu'"),
        ('"design": "folds"', '"design": "weekly"', "'weekly' is not a valid Design"),
        ('"quantity": "accuracy"', '"quantity": "recall"', "quantity must be one of"),
        ('"number": 45', '"number": 45.5', "must be int, got 45.5"),
        ('"p_mid": ', '"p_mid": 3', "must be as bsgi writes it"),
        ('"map_mass": []', '"map_mass": [{}]', "must be as bsgi writes it"),
    ],
)
def test_refuses_another_file(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "metrics.json"
    save_metrics(path, study(design=Design.FOLDS))
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(RunError, match=message):
        load_metrics(path)
