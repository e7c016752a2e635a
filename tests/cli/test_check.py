"""`bsgi check` and `bsgi study --canary` as a user runs them."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bsgi.cli.app import run as run_program
from bsgi.cohort.check.result import load_check
from bsgi.cohort.writer import CohortWriter
from bsgi.exam.record import Label
from tests.conftest import make_exam

PERCEPTRON = """\
name = "mlp"
[preprocess]
size = 32
[model]
name = "neural-network"
grid = 8
[training]
epochs = 2
precision = "float32"
"""


@pytest.fixture
def copy(cohort: Path, tmp_path: Path) -> Path:
    """A cohort of one's own, to be checked and to be changed."""
    return Path(shutil.copytree(cohort, tmp_path / "cohort"))


def test_a_clean_cohort_passes_and_is_not_changed(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.stat().st_mtime_ns for path in copy.rglob("*")}
    assert run_program(["check", str(copy)]) == 0
    assert "no leak and no confounder was found" in capsys.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in copy.rglob("*")} == before
    folder = copy.with_name("cohort.check")
    assert sorted(path.name for path in folder.iterdir()) == [
        "check.json", "contact-sheet.html", "note.txt", "provenance.json"
    ]  # fmt: skip
    assert load_check(folder / "check.json").simulated


def test_the_note_is_printed_and_kept(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_program(["check", str(copy)]) == 0
    printed = capsys.readouterr().out
    note = (copy.with_name("cohort.check") / "note.txt").read_text()
    assert printed.startswith(note)
    assert len(note.splitlines()) <= 25
    files, used, *_ = re.findall(r"\d+", note)
    assert int(files) >= int(used) > 0
    assert "contact-sheet.html" in note


def test_without_the_extra_for_reports_there_is_no_contact_sheet(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert run_program(["check", str(copy)]) == 0
    folder = copy.with_name("cohort.check")
    assert not list(folder.glob("*.html"))
    assert "contact-sheet" not in (folder / "note.txt").read_text()


def test_a_confounded_cohort_stops_unless_it_is_accepted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with CohortWriter(tmp_path / "cohort") as writer:
        for n in range(24):
            exam = make_exam(f"{n:04d}-1", rng=np.random.default_rng(n),
                             label=Label(str(n % 2)))  # fmt: skip
            writer.add(replace(exam, site="AB"[n % 2]))
        writer.finish()
    out = tmp_path / "out"
    words = ["check", str(tmp_path / "cohort"), "--out", str(out), "--json"]
    assert run_program(words) == 1
    printed = capsys.readouterr()
    (site,) = [
        each
        for each in json.loads(printed.out)["confounders"]
        if each["name"] == "site"
    ]
    assert site["strength"]["value"] == pytest.approx(1.0)
    assert "--accept site if that is known" in printed.err
    assert run_program([*words, "--accept", "site"]) == 0
    assert load_check(out / "check.json").accepted == ("site",)


def test_a_copied_exam_stops_with_status_1(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = sorted(path.stem for path in (copy / "exams").glob("*.npz"))
    shutil.copyfile(copy / "exams" / f"{names[0]}.npz",
                    copy / "exams" / f"{names[1]}.npz")  # fmt: skip
    assert run_program(["check", str(copy)]) == 1
    printed = capsys.readouterr()
    (line,) = printed.err.splitlines()
    assert f"has 1 fault, the first: {names[0]} and {names[1]} share" in line
    assert f"fault: {names[0]}" in printed.out


@pytest.mark.parametrize(
    ("more", "status", "says"),
    [
        (["--accept", "hospital"], 2, "must be one of site"),
        (["--split", "missing.csv"], 1, "missing"),
        (["--study", "."], 1, "must hold splits.csv or split.csv"),
        (["--seed", "-1"], 2, "seed"),
    ],
)
def test_what_cannot_be_checked_is_one_line(
    cohort: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    more: list[str], status: int, says: str,
) -> None:  # fmt: skip
    words = ["check", str(cohort), "--out", str(tmp_path / "out"), *more]
    assert run_program(words) == status
    (line,) = capsys.readouterr().err.splitlines()
    assert says in line
    assert not (tmp_path / "out").exists()


def test_a_cohort_and_an_archive_are_never_written_into(
    copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    (archive / "a.dcm").touch()
    before = (copy / "provenance.json").read_bytes()
    for place, status in ((copy, 2), (archive, 1)):
        assert run_program(["check", str(copy), "--out", str(place)]) == status
        (line,) = capsys.readouterr().err.splitlines()
        assert str(place) in line
    assert (copy / "provenance.json").read_bytes() == before
    assert [path.name for path in archive.iterdir()] == ["a.dcm"]


def test_a_canary_is_a_study_of_its_own_with_its_verdict(
    cohort: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mlp.toml").write_text(PERCEPTRON)
    words = [
        "study", str(cohort), "--recipe", str(tmp_path / "mlp.toml"), "--canary",
        "--folds", "3", "--repeats", "1", "--jobs", "1", "--out", str(tmp_path / "out"),
    ]  # fmt: skip
    # Twelve patients can show no leak, and no verdict is no pass.
    assert run_program(words) == 1
    verdict = "mlp-labels-permuted: 5 malignant of 12 tested patients are too few"
    (line,) = capsys.readouterr().err.splitlines()
    assert verdict in line
    text = (tmp_path / "out" / "report.html").read_text()
    assert "Labels permuted: no result of this page means anything." in text
    assert verdict in text
    assert (tmp_path / "out.cohort" / "exams.csv").is_file()
