"""From a finished RUN to a bundle; the network's own scores come back."""

import json
import shutil
from pathlib import Path

import pytest

from bsgi.cohort.store import load_cohort
from bsgi.errors import ConfigError, OutputError, RunError
from bsgi.evaluation.calibration.calibrator import load_calibration
from bsgi.evaluation.external import load_external
from bsgi.evaluation.predictions import load_predictions
from bsgi.exam.prediction import Prediction
from bsgi.models.catalogue import build_model
from bsgi.models.paper_resnet import PaperResNet
from bsgi.runtime.bundle import load_bundle
from bsgi.runtime.folder import OPTIONAL, REQUIRED, SUMS
from bsgi.runtime.onnx_runtime import OnnxRuntimeEngine
from bsgi.runtime.predict import Predictor
from bsgi.training.export.graph import build_graph, require_head
from bsgi.training.export.run import ExportSummary, export_run
from bsgi.training.recipe import Recipe, parse_recipe
from bsgi.training.run import train_run
from tests.runtime.make_bundle import SIZE, some_graph, some_network


@pytest.fixture(scope="module")
def run(
    cohort_folder: Path, tiny_recipe: Recipe, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    tables = tiny_recipe.tables()
    tables["calibration"] = {"method": "venn-abers", "folds": 2}
    tables["training"]["epochs"] = 2
    out = tmp_path_factory.mktemp("runs") / "run"
    train_run(cohort_folder, parse_recipe(tables, "tiny"), out, seed=3)
    return out


@pytest.fixture(scope="module")
def exported(run: Path) -> ExportSummary:
    return export_run(run, run.parent / "bundle", card="# A card\n")


def test_a_bundle_has_its_files(exported: ExportSummary) -> None:
    names = {path.name for path in exported.bundle.iterdir()}
    assert names == REQUIRED | OPTIONAL | {SUMS}
    assert (exported.bundle / "card.md").read_text() == "# A card\n"
    assert exported.calibrated
    assert exported.simulated
    made = json.loads((exported.bundle / "provenance.json").read_text())
    assert made["command"] == "bsgi export"
    assert not made.get("host")
    assert {"recipe.toml", "weights", "metrics.json"} <= set(made["inputs"])


def test_parity_is_proved_and_recorded(exported: ExportSummary) -> None:
    facts = json.loads((exported.bundle / "bundle.json").read_text())
    parity = facts["parity"]
    assert parity["batches"] == [1, 3, 16]
    assert parity["engine"].startswith("onnxruntime")
    assert 0 < parity["maps"] <= 1e-5
    assert 0 < parity["logits"] <= 1e-5


def test_nothing_of_this_machine_is_in_a_bundle(
    exported: ExportSummary, run: Path
) -> None:
    for path in exported.bundle.iterdir():
        content = path.read_bytes()
        for word in (str(run.parent).encode(), b"site-packages", b"/src/bsgi"):
            assert word not in content, path.name


def test_the_bundle_gives_the_scores_of_the_run(
    exported: ExportSummary, run: Path, cohort_folder: Path
) -> None:
    bundle = load_bundle(exported.bundle)
    calibration = load_calibration(bundle.folder / "calibration.json")
    engine = OnnxRuntimeEngine(bundle, 1)
    predictor = Predictor(bundle, engine, calibration.calibrator)
    cohort = load_cohort(cohort_folder)
    rows = [
        row for row in load_predictions(run / "predictions.csv") if row.part == "test"
    ]
    outcomes = predictor.predict(cohort.load_exam(row.exam_id) for row in rows)
    for row, one in zip(rows, outcomes, strict=True):
        assert isinstance(one, Prediction)
        assert one.score == pytest.approx(row.score, abs=1e-5)
        assert one.probability == pytest.approx(row.probability, abs=1e-6)


def test_statistics_take_a_bundle_as_they_take_a_run(exported: ExportSummary) -> None:
    external = load_external(exported.bundle)
    assert external.fixed.names == ("tiny",)
    assert external.calibration is not None


def test_the_same_network_gives_the_same_bytes() -> None:
    again, shape = build_graph(some_network(), SIZE)
    assert (again, shape) == some_graph()


def test_a_run_without_thresholds_or_card_is_exported_as_far_as_it_goes(
    run: Path, tmp_path: Path
) -> None:
    """As runs of a study are: the threshold follows from the metrics."""
    copy = tmp_path / "run"
    shutil.copytree(run, copy)
    (copy / "operating_points.json").unlink()
    (copy / "calibration.json").unlink()
    with pytest.raises(RunError, match="must have a model card; bsgi report"):
        export_run(copy, tmp_path / "bundle")
    assert not (tmp_path / "bundle").exists()
    (copy / "card.md").write_text("# Its own\n")
    found = export_run(copy, tmp_path / "bundle")
    assert not found.calibrated
    assert (found.bundle / "card.md").read_text() == "# Its own\n"


@pytest.mark.parametrize("name", ["neural-network", "stacked-autoencoder"])
def test_a_network_without_maps_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="its network must have feature maps"):
        require_head(build_model(name), "baseline")
    assert isinstance(require_head(build_model("paper-resnet"), "x"), PaperResNet)


def test_an_unfinished_run_and_a_taken_folder_are_refused(
    run: Path, exported: ExportSummary, tmp_path: Path
) -> None:
    with pytest.raises(OutputError, match="must not exist yet"):
        export_run(run, exported.bundle)
    with pytest.raises(RunError, match="must be a finished RUN"):
        export_run(tmp_path, tmp_path / "bundle")


def test_a_damaged_calibration_does_not_get_into_a_bundle(
    run: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "run"
    shutil.copytree(run, copy)
    path = copy / "calibration.json"
    path.write_text(path.read_text().replace('"method": "tiny"', '"method": "other"'))
    with pytest.raises(RunError, match="must be of the method 'tiny', got 'other'"):
        export_run(copy, tmp_path / "bundle", card="x")
    assert not (tmp_path / "bundle").exists()
