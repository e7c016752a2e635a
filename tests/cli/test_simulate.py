"""`bsgi simulate`: presets by name and file, and what the command line may change."""

import json
from pathlib import Path

import pytest

from bsgi.physics.population.preset import shipped_presets
from tests.cli.conftest import Run


def test_help_names_every_preset(bsgi: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    done = bsgi("simulate", "--help")
    assert done.returncode == 0
    for name in shipped_presets():
        assert name in done.stdout


def test_a_preset_gives_what_is_not_asked_for(bsgi: Run, tmp_path: Path) -> None:
    out = tmp_path / "sim"
    done = bsgi("simulate", out, "--preset", "lumagem-150", "--only", "7", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["exams"] == 1
    population = json.loads((out / "population.json").read_text())
    assert population["camera"] == "lumagem-3200s-wide"
    assert population["dose_mbq"] == 150.0
    assert (population["exams"], population["malignant"]) == (231, 87)
    # The women are those of the preset that it extends.
    assert [path.name for path in (out / "dicom").iterdir()] == ["paper1-00007"]


def test_a_file_extends_a_preset_and_options_win(bsgi: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        'extends = "easy"\nexams = 3\nmalignant = 1\n[women]\nmastectomy_share = 1.0\n'
    )
    out = tmp_path / "sim"
    done = bsgi("simulate", out, "--preset", path, "--dose-mbq", "500", "--seed", "4")
    assert done.returncode == 0, done.stderr
    population = json.loads((out / "population.json").read_text())
    assert (population["exams"], population["malignant"]) == (3, 1)
    assert population["dose_mbq"] == 500.0
    # Women with one breast have two views.
    assert len(list(out.rglob("*.dcm"))) == 6
    lines = (out / "exams.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    assert all(len(record["absent"]) == 1 for record in records)


def test_only_static_views_are_said_to_be_imported_next(
    bsgi: Run, tmp_path: Path
) -> None:
    static = bsgi("simulate", tmp_path / "one", "--only", "7")
    dynamic = bsgi("simulate", tmp_path / "two", "--only", "7", "--frame-s", "300")
    assert "next: bsgi import" in static.stdout
    assert "next:" not in dynamic.stdout
    assert "bsgi import reads static views only" in dynamic.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--view-s", "0"], "view_s must be positive, got 0.0."),
        (["--view-s", "inf"], "view_s must be 0.001 to 86400 s (a day), got inf."),
        (["--frame-s", "inf"], "frame_s must be 0.001 to 86400 s (a day), got inf."),
        (["--dose-mbq", "1e38"], "dose_mbq must be at most 10000, got 1e+38."),
        (["--preset", ""], 'ends in .toml, got ""'),
    ],
)
def test_impossible_values_are_one_line(
    bsgi: Run, tmp_path: Path, words: list[str], says: str
) -> None:
    done = bsgi("simulate", tmp_path / "out", *words)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert says in done.stderr
    assert not (tmp_path / "out").exists()


def test_one_exam_is_one_and_none_malignant_is_said(bsgi: Run, tmp_path: Path) -> None:
    one = bsgi("simulate", tmp_path / "one", "--exams", "1")
    assert one.stdout.startswith("1 simulated exam (0 malignant) in ")
    assert "has no malignant exam" in one.stdout
    two = bsgi("simulate", tmp_path / "two", "--only", "0")
    assert "has no malignant exam" not in two.stdout
