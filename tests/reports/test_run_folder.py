import json
import shutil
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from bsgi.errors import RunError
from bsgi.reports.run_folder import find_heat_maps, load_heat_map, load_run


def test_reads_what_training_wrote(trained: tuple[Path, Path]) -> None:
    run = load_run(trained[0])
    assert run.settings.size == 64
    assert run.settings.field_mm == (240.0, 160.0)
    assert run.decided == {"precision": "float32", "threads": "2"}
    assert [epoch.number for epoch in run.history] == list(range(1, 11))
    assert len(run.predictions) == 23
    assert run.provenance.seed == 5


@pytest.mark.parametrize(
    "name",
    [
        "recipe.toml",
        "predictions.csv",
        "metrics.json",
        "history.csv",
        "provenance.json",
    ],
)
def test_a_missing_file_is_named(trained: tuple[Path, Path], name: str) -> None:
    (trained[0] / name).unlink()
    with pytest.raises(RunError, match=rf"{name} is missing; is .* the"):
        load_run(trained[0])


def test_metrics_must_follow_from_the_predictions(
    trained: tuple[Path, Path],
) -> None:
    path = trained[0] / "metrics.json"
    content = json.loads(path.read_text())
    repeat = content["methods"]["paper"]["repeats"][0]
    repeat["tp"], repeat["fn"] = repeat["fn"], repeat["tp"]
    path.write_text(json.dumps(content))
    with pytest.raises(RunError, match=r"must follow from predictions\.csv, but paper"):
        load_run(trained[0])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("seed = 5", "seed = ", "cannot be read as TOML"),
        ("size = 64", "size = 0", "table preprocess, cannot be used: size must be"),
        ("size = 64", "width = 64", "table preprocess, cannot be used"),
        ("[240.0, 160.0]", "[240.0]", "table preprocess, cannot be used"),
    ],
)
def test_a_broken_recipe_is_refused(
    trained: tuple[Path, Path], old: str, new: str, message: str
) -> None:
    path = trained[0] / "recipe.toml"
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(RunError, match=message):
        load_run(trained[0])


def test_heat_maps_are_found_by_exam(trained: tuple[Path, Path]) -> None:
    paths = find_heat_maps(trained[0] / "maps")
    heat = load_heat_map(paths["SIM00000-1"])
    assert heat.layer == "layer3"
    assert heat.malignant.max() == pytest.approx(np.exp(-0.25))
    shutil.rmtree(trained[0] / "maps")
    assert find_heat_maps(trained[0] / "maps") == {}


def test_a_broken_heat_map_is_refused(trained: tuple[Path, Path]) -> None:
    path = find_heat_maps(trained[0] / "maps")["SIM00000-1"]
    meta = np.array(json.dumps({"format_version": 1, "exam_id": "a", "layer": "b"}))
    for wrong in (np.zeros((2, 2, 2)), np.full((2, 2), -1.0), np.zeros((0, 2))):
        np.savez(path, benign=np.zeros((2, 2)), meta=meta, malignant=wrong)
        with pytest.raises(RunError, match="no negative number"):
            load_heat_map(path)
    np.savez(path, malignant=np.zeros((2, 2)))
    with pytest.raises(RunError, match="must be a heat map, but: KeyError"):
        load_heat_map(path)
    path.write_bytes(b"nothing")
    with pytest.raises(RunError, match="make it again with bsgi explain"):
        load_heat_map(path)


def test_a_damaged_heat_map_is_refused(trained: tuple[Path, Path]) -> None:
    path = find_heat_maps(trained[0] / "maps")["SIM00000-1"]
    whole = path.read_bytes()
    rng = np.random.default_rng(3)
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        with pytest.raises(RunError, match=rf"{path.name} must be a heat map, but: "):
            load_heat_map(path)
    for place in rng.integers(len(whole), size=200):
        path.write_bytes(whole[:place] + b"\0\xff\0" + whole[place + 3 :])
        with suppress(RunError):  # some bytes of a zip file mean nothing to a reader
            load_heat_map(path)
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(RunError, match="must be a heat map, but: BadZipFile"):
        load_heat_map(path)
    path.write_bytes(b"")
    with pytest.raises(RunError, match="must be a heat map, but: EOFError"):
        load_heat_map(path)


@pytest.mark.parametrize(
    ("version", "got"), [({}, "None"), ({"format_version": 2}, "2")]
)
def test_a_heat_map_of_another_version_is_refused(
    tmp_path: Path, version: dict[str, int], got: str
) -> None:
    meta = np.array(json.dumps({**version, "exam_id": "a", "layer": "b"}))
    path, flat = tmp_path / "a.npz", np.zeros((2, 2))
    np.savez(path, malignant=flat, benign=flat, meta=meta)
    with pytest.raises(
        RunError, match=f"must have format_version 1, got {got}; it was"
    ):
        load_heat_map(path)
