"""A study of a calibrated method beside one that is not."""

from collections import Counter
from pathlib import Path

import pytest

from bsgi.errors import RunError
from bsgi.evaluation.calibration.forecasts import collect_forecasts
from bsgi.evaluation.predictions import load_predictions, save_predictions
from bsgi.training.study.cost import MethodCost
from bsgi.training.study.execute import Workers
from bsgi.training.study.plan import list_tasks, plan_study
from bsgi.training.study.study import StudySummary, run_study
from tests.training.study.conftest import make_rows, make_study, mlp_recipe

ALONE = Workers(jobs=1)
CALIBRATED = mlp_recipe("sure").model_copy(
    update={
        "calibration": mlp_recipe("x").model_validate(
            {"name": "x", "calibration": {"method": "temperature", "folds": 2}}
        ).calibration
    }
)  # fmt: skip
STUDY = make_study(mlp_recipe("mlp"), CALIBRATED, repeats=1, design="folds", folds=2)


@pytest.fixture(scope="module")
def finished(two_sites: Path, tmp_path_factory: pytest.TempPathFactory) -> StudySummary:
    out = tmp_path_factory.mktemp("calibrated") / "study"
    return run_study(two_sites, STUDY, out, workers=ALONE)


def test_the_calibrated_method_alone_has_probabilities(finished: StudySummary) -> None:
    rows = load_predictions(finished.study / "predictions.csv")
    mlp = [row for row in rows if row.method == "mlp"]
    sure = [row for row in rows if row.method == "sure"]
    assert Counter(row.part for row in mlp) == {"train": 24, "test": 24}
    assert Counter(row.part for row in sure) == {
        "train": 24, "calibrate": 24, "test": 24,
    }  # fmt: skip
    assert collect_forecasts(mlp) is None
    forecasts = collect_forecasts(sure)
    assert forecasts is not None
    assert forecasts.exams == 24
    # All else is the same network.
    assert [row.score for row in mlp] == [
        row.score for row in sure if row.part != "calibrate"
    ]


def test_a_run_that_has_lost_its_calibration_is_made_whole(
    finished: StudySummary, two_sites: Path
) -> None:
    run = finished.study / "runs/sure/r0-f1"
    before = {
        name: (run / name).read_bytes()
        for name in ("calibration.json", "predictions.csv")
    }
    (run / "calibration.json").unlink()
    again = run_study(two_sites, STUDY, finished.study, workers=ALONE)
    assert (again.runs, again.done_before) == (4, 3)
    for name, content in before.items():
        assert (run / name).read_bytes() == content


def test_a_run_without_its_out_of_fold_scores_is_refused(
    finished: StudySummary, two_sites: Path
) -> None:
    path = finished.study / "runs/sure/r0-f0/predictions.csv"
    whole = path.read_bytes()
    save_predictions(path, load_predictions(path)[:-1])
    (finished.study / "provenance.json").unlink()
    try:
        with pytest.raises(RunError, match=r"must have the exams and parts of splits"):
            run_study(two_sites, STUDY, finished.study, workers=ALONE)
    finally:
        path.write_bytes(whole)
        run_study(two_sites, STUDY, finished.study, workers=ALONE)


def test_a_calibration_costs_as_many_trainings_as_it_has_folds() -> None:
    settled = STUDY.settle()
    tasks = list_tasks(settled, plan_study(settled, make_rows(24)))
    cost = MethodCost(forward_s=0.1, epochs=10)
    plain, calibrated = cost.of(tasks[0]), cost.of(tasks[-1])
    assert calibrated == pytest.approx(2 * plain, rel=0.1)
