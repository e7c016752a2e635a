from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bsgi.errors import ConfigError, RunError
from bsgi.evaluation.calibration.calibrator import Calibration, save_calibration
from bsgi.evaluation.calibration.platt import Platt
from bsgi.evaluation.calibration.source import CalibratedOn, CalibrationSource
from bsgi.evaluation.details import add_details
from bsgi.evaluation.external import (
    External,
    choose_name,
    fix_rows,
    load_external,
    name_source,
)
from bsgi.evaluation.fixed import (
    OPERATING_POINTS,
    FixedThresholds,
    save_operating_points,
)
from bsgi.evaluation.predictions import PredictionRow
from bsgi.evaluation.summary import summarize_predictions
from tests.evaluation.rows import study_rows
from tests.evaluation.test_fixed import FIXED

PLATT = Platt(slope=4.0, intercept=-2.0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What a network with a recalibration leaves."""
    fixed = FixedThresholds(simulated=True, methods=(FIXED,))
    save_operating_points(tmp_path / OPERATING_POINTS, fixed)
    own = Calibration("paper", PLATT, 10, 10, 20, folds=5, simulated=True)
    save_calibration(tmp_path / "calibration.json", own)
    return tmp_path


def evaluate(external: External, rows: list[PredictionRow]) -> CalibrationSource:
    filled, notes = fix_rows(external, rows)
    metrics = summarize_predictions(filled, simulated=False)
    metrics = add_details(metrics, filled, fixed=external.fixed)
    metrics = name_source(external, metrics, strange=bool(notes))
    found = metrics.methods[0].calibration
    assert found is not None
    return found.source


def test_scores_get_the_probabilities_that_belong_to_them(folder: Path) -> None:
    external = load_external(folder)
    assert load_external(folder / OPERATING_POINTS).fixed == external.fixed
    assert list(external.files) == [OPERATING_POINTS, "calibration.json"]
    assert "fixed before, on simulated exams" in external.sentences[0]
    assert f"of {FIXED.method}, fixed" in external.sentences[0]
    assert f"of the folder {folder.name}; nothing" in external.sentences[0]
    rows = study_rows(repeats=1)
    filled, notes = fix_rows(external, rows)
    assert notes == ()
    for given, found in zip(rows, filled, strict=True):
        expected = 1.0 / (1.0 + np.exp(2.0 - 4.0 * given.score))
        assert found.probability == pytest.approx(expected)
        assert replace(found, probability=None) == given
    fixed = CalibrationSource(CalibratedOn.FIXED, "platt")
    assert evaluate(external, rows) == fixed
    assert evaluate(external, list(filled)) == fixed


def test_probabilities_of_another_network_are_noticed(folder: Path) -> None:
    external = load_external(folder)
    rows = [replace(each, probability=0.5) for each in study_rows(repeats=1)]
    filled, notes = fix_rows(external, rows)
    assert filled == tuple(rows)
    assert "are not those that calibration.json gives" in notes[0]
    assert evaluate(external, rows) == CalibrationSource()


def test_without_a_calibration_the_rows_stay(folder: Path) -> None:
    (folder / "calibration.json").unlink()
    external = load_external(folder)
    assert external.calibration is None
    rows = study_rows(repeats=1)
    assert fix_rows(external, rows) == (tuple(rows), ())


def test_files_of_two_networks_are_refused(folder: Path) -> None:
    other = Calibration("mlp", PLATT, 10, 10, 20, folds=5, simulated=True)
    save_calibration(folder / "calibration.json", other)
    with pytest.raises(RunError, match="must be of a method of operating_points"):
        load_external(folder)


def test_what_is_not_one_network_on_test_exams_is_refused(folder: Path) -> None:
    external = load_external(folder)
    rows = study_rows(repeats=1)
    learned = replace(rows[0], part="train", exam_id="x", patient_id="x")
    with pytest.raises(ConfigError, match="must meet test exams only"):
        fix_rows(external, [*rows, learned])
    with pytest.raises(ConfigError, match="got scores of 2 repeats or folds"):
        fix_rows(external, study_rows(repeats=2))
    with pytest.raises(RunError, match="got 'mlp' and thresholds of 'paper'"):
        fix_rows(external, study_rows(repeats=1, methods=("mlp",)))


def test_a_table_without_a_method_takes_the_only_one(folder: Path) -> None:
    external = load_external(folder)
    table = folder / "scores.csv"
    table.write_text("label,score\n1,0.9\n0,0.1\n")
    assert choose_name(external, table, {}) == "paper"
    table.write_text("label,score,method\n1,0.9,a\n0,0.1,a\n")
    assert choose_name(external, table, {}) is None
    two = FixedThresholds(simulated=True, methods=(FIXED, replace(FIXED, method="mlp")))
    table.write_text("label,score\n1,0.9\n0,0.1\n")
    assert choose_name(replace(external, fixed=two), table, {}) is None


@pytest.mark.parametrize("digits", [3, 4, 5, 6])
def test_probabilities_that_a_table_rounded_are_the_same(
    folder: Path, digits: int
) -> None:
    external = load_external(folder)
    filled, _ = fix_rows(external, study_rows(repeats=1))
    rounded = [
        replace(each, probability=round(each.probability or 0.0, digits))
        for each in filled
    ]
    found, notes = fix_rows(external, rounded)
    assert notes == ()
    assert found == tuple(rounded)
    # Two units of the last decimal away is another recalibration.
    off = [
        replace(each, probability=min((each.probability or 0.0) + 2 * 10.0**-digits, 1))
        for each in rounded
    ]
    assert fix_rows(external, off)[1]


def test_thresholds_that_are_not_there_are_told_with_the_way_to_some(
    tmp_path: Path,
) -> None:
    for path in (tmp_path, tmp_path / "nofile"):
        with pytest.raises(RunError, match="--thresholds takes operating_points"):
            load_external(path)
