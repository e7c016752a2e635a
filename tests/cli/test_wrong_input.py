"""What a hospital would bring by mistake: one line, the right status, nothing left."""

import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import PROGRAM, Run

Finder = Callable[[str], str]


def _one_line(done: subprocess.CompletedProcess[str], status: int, says: str) -> None:
    assert done.returncode == status, done.stderr
    # A slow computer prints its progress before the error.
    lines = re.sub(r"(?m)^\w+: \d+ of \d+.*$", "", done.stderr).split("\n")
    lines = [line for line in lines if line]
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("bsgi: ")
    assert re.search(says, lines[0]), lines[0]


def _import(bsgi: Run, source: Path, labels: Path, out: Path) -> object:
    return bsgi("import", source, "--labels", labels, "--out", out)


@pytest.fixture
def labels(simulation: Path) -> Path:
    return simulation / "labels.csv"


def test_an_empty_folder(bsgi: Run, labels: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    done = bsgi("import", empty, "--labels", labels, "--out", tmp_path / "cohort")
    _one_line(done, 1, "no file")
    assert not (tmp_path / "cohort").exists()


def test_a_folder_that_is_not_there(bsgi: Run, labels: Path, tmp_path: Path) -> None:
    out = tmp_path / "cohort"
    done = bsgi("import", tmp_path / "nowhere", "--labels", labels, "--out", out)
    _one_line(done, 2, "nowhere")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_other_dicom(
    bsgi: Run, labels: Path, tmp_path: Path, shared_folder: Path
) -> None:
    """None of 14 real nuclear-medicine files is a breast: each is refused."""
    out = tmp_path / "cohort"
    done = bsgi(
        "import", shared_folder / "data" / "nm_dicom", "--labels", labels, "--out", out
    )
    _one_line(done, 1, "rejected.csv")
    assert not out.exists()
    rejected = (tmp_path / "cohort.rejected.csv").read_text().splitlines()
    assert rejected[0] == "file,reason"
    assert len(rejected) == 15
    assert all(len(line.partition(",")[2]) > 10 for line in rejected[1:])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("patient,label\npaper3-00000,1\n", "column 'patient_id'"),
        ("patient_id,outcome\npaper3-00000,1\n", "column 'label'"),
        ("patient_id,label\npaper3-00000,1\npaper3-00000,1\n", "lines 2 and 3"),
        ("patient_id,label\npaper3-00000,2\n", "line 2.*'2'"),
        ("", "column|empty"),
    ],
    ids=["no patient_id", "no label", "twice", "label 2", "empty"],
)
def test_a_wrong_label_table(
    bsgi: Run, simulation: Path, tmp_path: Path, text: str, says: str
) -> None:
    table = tmp_path / "labels.csv"
    table.write_text(text)
    out = tmp_path / "cohort"
    done = bsgi("import", simulation / "dicom", "--labels", table, "--out", out)
    _one_line(done, 2, says)
    assert list(tmp_path.iterdir()) == [table]


def test_a_table_of_other_patients_is_said(
    bsgi: Run, simulation: Path, tmp_path: Path
) -> None:
    table = tmp_path / "labels.csv"
    table.write_text("patient_id,label\n815,1\n")
    out = tmp_path / "cohort"
    done = bsgi("import", simulation / "dicom", "--labels", table, "--out", out)
    assert done.returncode == 0
    assert "no exam has a label: none of the rows matches" in done.stdout


@pytest.mark.parametrize(
    ("recipe", "says"),
    [
        ("[training]\nlerning_rate = 0.1\n", "lerning_rate.*learning_rate"),
        ("[training]\nepochs = 'many'\n", "epochs"),
        ("[training]\nepochs = -3\n", "epochs"),
        ("[training\n", "TOML|toml"),
    ],
    ids=["typo", "type", "range", "not TOML"],
)
def test_a_wrong_recipe(
    bsgi: Run, cohort: Path, tmp_path: Path, recipe: str, says: str
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(recipe)
    done = bsgi("train", cohort, "--recipe", path, "--out", tmp_path / "run")
    _one_line(done, 2, says)
    assert list(tmp_path.iterdir()) == [path]


def test_a_recipe_that_nobody_has(bsgi: Run, cohort: Path, tmp_path: Path) -> None:
    done = bsgi("train", cohort, "--recipe", "papr", "--out", tmp_path / "run")
    _one_line(done, 2, "paper")


def test_a_folder_that_is_no_cohort(bsgi: Run, tmp_path: Path) -> None:
    done = bsgi("train", tmp_path, "--out", tmp_path / "run")
    _one_line(done, 1, "right folder")
    assert list(tmp_path.iterdir()) == []


def test_an_output_that_is_taken(bsgi: Run, simulation: Path) -> None:
    before = sorted(simulation.rglob("*"))
    done = bsgi("simulate", simulation, "--exams", "2")
    _one_line(done, 1, "must not exist yet")
    assert sorted(simulation.rglob("*")) == before


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--camera", "dilon-6900"], "dilon-6800-gp"),
        (["--preset", "papper"], "paper"),
        (["--exams", "3", "--malignant", "9"], "malignant"),
        (["--dose-mbq", "-1"], "dose"),
        (["--exams", "three"], "exams"),
        (["--only", "231"], "the exam must be 0 to 230, got 231"),
        (["--exams", "5", "--only", "5"], "the exam must be 0 to 4, got 5"),
        (["--view-s", "-1"], "view_s must be positive, got -1.0"),
        (["--frame-s", "nan"], "frame_s must be positive, got nan"),
        (["--preset", "missing.toml"], 'ends in .toml, got "missing.toml"'),
        (["--colour"], "colour"),
    ],
)
def test_a_wrong_command_line(
    bsgi: Run, tmp_path: Path, words: list[str], says: str
) -> None:
    done = bsgi("simulate", tmp_path / "sim", *words)
    _one_line(done, 2, says)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('extends = "papper"', "extends must be one of .*screening"),
        ('extends = "paper"\nexam = 3', "exam is not a key of a preset; did you mean"),
        ('extends = "paper"\ndose_mbq = "a lot"', "dose_mbq must be a number"),
        ("title = ", "must be TOML"),
    ],
)
def test_a_wrong_preset(bsgi: Run, tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    done = bsgi("simulate", tmp_path / "sim", "--preset", path)
    _one_line(done, 2, says)
    assert f"{path}:" in done.stderr or "must be TOML" in done.stderr
    assert not (tmp_path / "sim").exists()


@pytest.mark.parametrize("command", ["simulate", "import", "train"])
def test_a_full_disk(
    require_program: Finder,
    simulation: Path,
    cohort: Path,
    tmp_path: Path,
    command: str,
) -> None:
    """A real one: a file system of 128 KiB in a mount namespace of its own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    small = tmp_path / "small.toml"
    small.write_text(
        'name = "small"\n[preprocess]\nsize = 64\n[training]\nepochs = 1\n'
    )
    words = {
        "simulate": f"simulate {disk}/out --exams 20",
        "import": f"import {simulation}/dicom --labels {simulation}/labels.csv "
        f"--out {disk}/out",
        "train": f"train {cohort} --recipe {small} --out {disk}/out",
    }[command]
    script = (
        f"mount -t tmpfs -o size=128k tmpfs {disk} && {PROGRAM} {words}; "
        f"status=$?; ls -A {disk}; exit $status"
    )
    done = subprocess.run(
        [require_program("unshare"), "--map-root-user", "--mount", "sh", "-c", script],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    _one_line(done, 1, "disk is full")
    # a RUN can be taken up again, so what it has finished stays; else nothing does
    assert done.stdout.split() == (["out"] if command == "train" else [])


@pytest.mark.alone
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c(tmp_path: Path, number: signal.Signals) -> None:
    out = tmp_path / "sim"
    process = subprocess.Popen(
        [PROGRAM, "simulate", out, "--exams", "500", "--processes", "2"],
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not list(tmp_path.rglob("*.dcm")) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(number)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert stderr.strip().splitlines() == [
        "bsgi: stopped; nothing half-written was left."
    ]
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_cohort(bsgi: Run, cohort: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(cohort, broken)
    exam = next((broken / "exams").glob("*.npz"))
    exam.write_bytes(exam.read_bytes()[:100])
    done = bsgi("train", broken, "--out", tmp_path / "run")
    _one_line(done, 1, re.escape(exam.name))
