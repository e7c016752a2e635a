import json
import shutil
from pathlib import Path

import pytest

from bsgi.errors import BsgiError, RunError
from bsgi.evaluation.design import Design
from bsgi.reports.study_folder import is_study, load_study


def test_reads_what_a_study_wrote(studied: tuple[Path, Path]) -> None:
    study = load_study(studied[0])
    assert is_study(studied[0])
    assert not is_study(studied[1])
    names = [method.name for method in study.methods]
    assert names == ["neural-network", "autoencoder", "paper"]
    assert study.methods[2].title == "ResNet-18, three stages (paper)"
    assert study.methods[2].settings.size == 32
    assert study.methods[2].precision == "float32"
    assert (study.design, study.repeats, study.seed) == (Design.SINGLE, 2, 3)
    assert study.run("paper", study.folds[1]).name == "r1-f0"
    assert study.run("paper", study.folds[1]).is_dir()
    assert study.results(study.methods[1]).method == "autoencoder"


@pytest.mark.parametrize(
    "name",
    ["study.toml", "splits.csv", "predictions.csv", "metrics.json", "provenance.json"],
)
def test_a_missing_file_is_named(studied: tuple[Path, Path], name: str) -> None:
    (studied[0] / name).unlink()
    with pytest.raises(BsgiError, match=rf"{name} is missing"):
        load_study(studied[0])


def test_an_unfinished_study_is_refused(studied: tuple[Path, Path]) -> None:
    (studied[0] / "runs" / "autoencoder" / "r1-f0" / "provenance.json").unlink()
    shutil.rmtree(studied[0] / "runs" / "paper" / "r0-f0")
    with pytest.raises(
        RunError,
        match=r"must be a finished study, but 2 of 6 runs are not, the first "
        r"runs/autoencoder/r1-f0; give the same bsgi study command again",
    ):
        load_study(studied[0])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("seed = 3", "seed = ", "cannot be read as TOML"),
        ("format_version = 1", "format_version = 2", "format_version 1 .* got 2"),
        ('design = "single"', 'design = "loose"', "must be as bsgi study wrote it"),
        ("seed = 3", 'seed = "x"', "must be as bsgi study wrote it"),
        ('name = "made-up"', "", "must be as bsgi study wrote it"),
        ("size = 32", "size = 0", "table preprocess, cannot be used"),
        ('design = "single"', 'design = "folds"', "methods and the design of study"),
    ],
)
def test_a_broken_record_is_refused(
    studied: tuple[Path, Path], old: str, new: str, message: str
) -> None:
    path = studied[0] / "study.toml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(RunError, match=message):
        load_study(studied[0])


@pytest.mark.parametrize("where", ["repeats", "average", "comparisons"])
def test_metrics_must_follow_from_the_predictions(
    studied: tuple[Path, Path], where: str
) -> None:
    path = studied[0] / "metrics.json"
    content = json.loads(path.read_text())
    method = content["methods"]["paper"]
    if where == "repeats":
        first = method["repeats"][0]
        first["tp"], first["fn"] = first["fn"], first["tp"]
    elif where == "comparisons":
        content["comparisons"][1]["p_adjusted"] *= 0.5
    else:
        method["average"]["auc"] = {**method["average"]["auc"], "value": 0.97}
        method["average"]["auc"].update(lower=0.5, upper=1.0)
    path.write_text(json.dumps(content))
    with pytest.raises(RunError, match=r"must follow from predictions\.csv, but has"):
        load_study(studied[0])


@pytest.mark.parametrize("where", ["metrics.json", "maps.csv"])
def test_what_maps_say_must_follow_from_their_shares(
    studied: tuple[Path, Path], where: str
) -> None:
    path = studied[0] / where
    if where == "metrics.json":
        content = json.loads(path.read_text())
        blank = content["map_mass"][0]["groups"][3]["regions"][4]
        blank["mean_mass"] += 0.01
        path.write_text(json.dumps(content))
    else:
        path.write_text("\n".join(path.read_text().splitlines()[:-1]) + "\n")
    with pytest.raises(RunError, match=r"must follow from maps\.csv, but has other he"):
        load_study(studied[0])
