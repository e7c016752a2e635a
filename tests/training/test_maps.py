import json
from pathlib import Path

import numpy as np
import pytest

from bsgi.errors import ConfigError, OutputError, RunError
from bsgi.evaluation.predictions import PredictionRow, load_predictions
from bsgi.training.maps import choose_exams, explain_run
from bsgi.training.recipe import Recipe
from bsgi.training.run import train_run


@pytest.fixture(scope="module")
def run(
    cohort_folder: Path, tiny_recipe: Recipe, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    out = tmp_path_factory.mktemp("runs") / "run"
    return train_run(cohort_folder, tiny_recipe, out, seed=3).run


def test_maps_of_test_exams_of_both_labels_lie_in_the_run(
    run: Path, cohort_folder: Path
) -> None:
    seen: list[int] = []
    summary = explain_run(
        run, cohort_folder, progress=lambda done, total, text: seen.append(done)
    )
    predictions = {
        row.exam_id: row for row in load_predictions(run / "predictions.csv")
    }
    assert summary.folder == run / "maps"
    assert {predictions[each].label for each in summary.exam_ids} == {0, 1}
    assert {predictions[each].part for each in summary.exam_ids} == {"test"}
    assert seen == list(range(1, len(summary.exam_ids) + 1))
    assert (run / "maps" / "provenance.json").exists()
    for exam_id in summary.exam_ids:
        with np.load(run / "maps" / f"{exam_id}.npz", allow_pickle=False) as stored:
            meta = json.loads(str(stored["meta"]))
            malignant, benign = stored["malignant"], stored["benign"]
        assert malignant.shape == benign.shape == (4, 4)
        assert malignant.dtype == np.float32
        assert min(malignant.min(), benign.min()) >= 0
        assert meta["exam_id"] == exam_id
        assert meta["label"] == str(predictions[exam_id].label)
        assert meta["layer"] == "layer3"
        assert meta["score"] == pytest.approx(predictions[exam_id].score, abs=1e-5)


def test_maps_are_the_same_bytes_twice(
    run: Path, cohort_folder: Path, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        explain_run(run, cohort_folder, ["0003-1"], tmp_path / name)
    one, two = (tmp_path / name / "0003-1.npz" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def test_what_cannot_be_explained_is_refused(
    run: Path, cohort_folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match="got '0099-1'; see the column exam_id"):
        explain_run(run, cohort_folder, ["0099-1"], tmp_path / "out")
    assert not (tmp_path / "out").exists()
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "letter.txt").write_text("dear")
    with pytest.raises(OutputError, match="must not exist yet"):
        explain_run(run, cohort_folder, ["0001-1"], tmp_path / "taken")
    with pytest.raises(RunError, match=r"recipe.toml is missing; is .* of a run\?"):
        explain_run(tmp_path, cohort_folder)


def test_chosen_exams_are_spread_over_the_scores() -> None:
    rows = [
        PredictionRow(f"e{n}", f"p{n}", "m", 0, 0, "test", n % 2, score=n / 100)
        for n in range(20)
    ]
    rows.append(PredictionRow("seen", "px", "m", 0, 0, "train", 1, score=1.0))
    assert choose_exams(rows, 3) == ("e1", "e9", "e19", "e0", "e8", "e18")
    assert choose_exams(rows[:3], 3) == ("e1", "e0", "e2")
