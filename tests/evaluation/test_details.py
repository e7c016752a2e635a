from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bsgi.errors import RunError
from bsgi.evaluation.abstention.summary import summarize_abstention
from bsgi.evaluation.calibration.summary import summarize_calibration
from bsgi.evaluation.comparisons.families import compare_all_areas
from bsgi.evaluation.design import Design
from bsgi.evaluation.details import (
    add_details,
    list_probabilities,
    pool_scores,
    without_details,
)
from bsgi.evaluation.metrics_json import load_metrics, save_metrics
from bsgi.evaluation.operating_points.points import find_operating_points
from bsgi.evaluation.power.statements import describe_power
from bsgi.evaluation.predictions import PredictionRow
from bsgi.evaluation.readers.analysis import analyse_readers
from bsgi.evaluation.readers.rating_table import ReaderRow
from bsgi.evaluation.repeats import collect_repeats
from bsgi.evaluation.subgroups import summarize_subgroups
from bsgi.evaluation.summary import Metrics, summarize_predictions
from tests.evaluation.rows import study_rows


def rows(**settings: Any) -> list[PredictionRow]:
    made = study_rows(**{"folds": 3, "repeats": 1, "methods": ("a", "b"), **settings})
    return [replace(row, probability=row.score) for row in made]


def groups(listed: list[PredictionRow]) -> dict[str, dict[str, str]]:
    return {"camera": {row.exam_id: "DL"[int(row.exam_id) % 2] for row in listed}}


@pytest.fixture(scope="module")
def found() -> tuple[list[PredictionRow], Metrics]:
    listed = rows()
    metrics = summarize_predictions(listed, simulated=True, design=Design.FOLDS)
    return listed, add_details(metrics, listed, groups(listed))


def test_each_part_is_what_its_own_function_finds(
    found: tuple[list[PredictionRow], Metrics],
) -> None:
    listed, metrics = found
    method = metrics.methods[1]
    own = [row for row in listed if row.method == "b"]
    scores = {name: collect_repeats([row for row in listed if row.method == name])
              for name in "ab"}  # fmt: skip
    assert method.operating_points == find_operating_points(own, Design.FOLDS)
    assert method.subgroups == summarize_subgroups(scores["b"], groups(listed))
    assert method.abstention == summarize_abstention(
        own, Design.FOLDS, groups=groups(listed)
    )
    assert metrics.areas == compare_all_areas(scores)
    assert metrics.power == describe_power(scores)
    by_exam = sorted(own, key=lambda row: (row.fold, row.exam_id))
    assert method.calibration == summarize_calibration(
        np.array([row.label for row in by_exam]),
        np.array([row.score for row in by_exam]),
        [row.patient_id for row in by_exam],
    )


def test_comes_back_from_its_file_and_can_be_taken_away(
    tmp_path: Path, found: tuple[list[PredictionRow], Metrics]
) -> None:
    listed, metrics = found
    ratings = [ReaderRow(reader, "m", row.patient_id, row.label, row.score)
               for row in listed if row.method == "a" for reader in "rs"]  # fmt: skip
    metrics = replace(metrics, readers=analyse_readers(ratings))
    save_metrics(tmp_path / "metrics.json", metrics)
    assert load_metrics(tmp_path / "metrics.json") == metrics
    plain = summarize_predictions(listed, simulated=True, design=Design.FOLDS)
    assert without_details(metrics) == plain


def test_a_damaged_detail_is_refused(
    tmp_path: Path, found: tuple[list[PredictionRow], Metrics]
) -> None:
    path = tmp_path / "metrics.json"
    save_metrics(path, found[1])
    path.write_text(path.read_text().replace('"paired": true', '"paired": "no way"', 1))
    with pytest.raises(RunError, match="must be as bsgi writes it") as caught:
        load_metrics(path)
    assert "\n" not in " ".join(str(caught.value).split())


def test_the_order_of_rows_changes_nothing(
    found: tuple[list[PredictionRow], Metrics],
) -> None:
    listed, metrics = found
    backwards = listed[::-1]
    by_method = sorted(backwards, key=lambda row: row.method)
    again = summarize_predictions(by_method, simulated=True, design=Design.FOLDS)
    assert add_details(again, by_method, groups(listed)) == metrics


def test_sizes_have_none_and_a_missing_probability_no_calibration() -> None:
    listed = rows(methods=("a",))
    sizes = summarize_predictions(listed, simulated=True, design=Design.SIZES)
    assert pool_scores(sizes.methods[0], listed) is None
    plain = add_details(sizes, listed)
    assert without_details(plain) == plain == sizes
    some = [replace(listed[0], probability=None), *listed[1:]]
    assert list_probabilities(some) is None
    assert list_probabilities([]) is None


@pytest.mark.parametrize("kind", ["one label", "two exams", "ties", "perfect"])
def test_edge_cases_give_values_or_nothing_and_never_nan(
    tmp_path: Path, kind: str
) -> None:
    made = rows(methods=("a", "b"), folds=1, malignant=4, benign=5)
    if kind == "one label":
        made = [row for row in made if row.label]
    elif kind == "two exams":
        kept = (made[0].exam_id, made[5].exam_id)
        made = [row for row in made if row.exam_id in kept]
    elif kind == "ties":
        made = [replace(row, score=0.5, probability=0.5) for row in made]
    else:
        made = [replace(row, score=float(row.label), probability=float(row.label))
                for row in made]  # fmt: skip
    metrics = add_details(
        summarize_predictions(made, simulated=False), made, groups(made)
    )
    save_metrics(tmp_path / "metrics.json", metrics)  # which refuses NaN
    assert load_metrics(tmp_path / "metrics.json") == metrics
