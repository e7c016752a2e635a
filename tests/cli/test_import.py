"""The options of `bsgi import`, as a user types them."""

import json
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from PIL import Image

from bsgi.cli.app import run as run_program
from bsgi.cli.import_ import _list_reasons
from bsgi.cohort.store import load_cohort
from bsgi.exam.record import ViewName
from tests.cli.conftest import Run
from tests.conftest import make_view


def test_a_workbook_with_words_of_its_own(
    bsgi: Run, simulation: Path, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    sheet = book["Sheet"]
    sheet.append(["Pat-Nr", "Befund"])
    for line in (simulation / "labels.csv").read_text().splitlines()[1:]:
        patient_id, label = line.split(",")[:2]
        sheet.append([patient_id, "maligne" if label == "1" else "gutartig"])
    book.save(tmp_path / "labels.xlsx")
    done = bsgi(
        "import", simulation / "dicom", "--labels", tmp_path / "labels.xlsx",
        "--column", "patient_id=pat nr", "--column", "label=Befund",
        "--label-word", "maligne=malignant", "--label-word", "gutartig=benign",
        "--processes", "2", "--out", tmp_path / "cohort", "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert (summary["malignant"], summary["benign"], summary["rule"]) == (5, 7, "first")
    assert summary["remarks"][0].startswith("Columns were read under other names")


def test_plain_images(bsgi: Run, tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    rows = ["path\tpatient_id\tview\tlabel"]
    for name in ViewName:
        image = Image.fromarray(make_view(name, rng=rng).counts[0].astype(np.uint8))
        image.save(tmp_path / f"{name}.png")
        rows.append(f"{name}.png\t00815\t{name}\t1")
    table = tmp_path / "images.csv"
    table.write_text("\r".join(rows))
    done = bsgi("import", "--table", table, "--out", tmp_path / "c", "--keep-ids")
    assert done.returncode == 0, done.stderr
    assert "1 exam of 1 patient in" in done.stdout
    assert "8 bits per pixel, which are no longer counts (exams: 1)" in done.stdout
    assert load_cohort(tmp_path / "c").rows[0].views == tuple(ViewName)


@pytest.mark.parametrize("number", [0, 1, 5, 6, 7, 20])
def test_the_reasons_that_are_shown_add_up(number: int) -> None:
    reasons = [(f"reason {place}", number - place) for place in range(number)]
    lines = _list_reasons(reasons)
    files = sum(int(line.split()[0]) for line in lines)
    assert files == sum(count for _, count in reasons)
    assert len(lines) == min(number, 6)
    if number == 20:
        assert lines[-1] == "  120 for 15 other reasons"


def test_an_empty_output_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for out in ("", "."):
        assert run_program(["import", "DICOM", "--out", out]) == 2
        assert "--out must name a folder to make" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "say what to import: SOURCE, a folder of DICOM files, with --labels"),
        (["DICOM", "--column", "label=Befund"], "and --labels is missing"),
        (["--labels", "x.csv"], "say what to import"),
        (
            ["DICOM", "--table", "x.csv"],
            "--table is for plain images and takes no SOUR",
        ),
        (["--table", "x.csv", "--labels", "y.csv"], "and takes no --labels"),
        (["--table", "x.csv", "--repeats", "last"], "and takes no --repeats"),
        (
            ["DICOM", "--labels", "x", "--repeats", "both"],
            "first, last, refuse, got 'bo",
        ),
        (
            ["DICOM", "--labels", "x", "--opposite-head", "up"],
            "one of stated, mirrored",
        ),
        (["DICOM", "--labels", "x", "--column", "label"], "must be OURS=THEIRS"),
        (["--table", "x", "--column", "view=a", "--column", "view=b"], "view once"),
        (["--table", "x", "--label-word", "=benign"], "must be WORD=malignant or"),
        (["--table", "x", "--label-word", "a=b"], "got 'b' as the meaning"),
        (["--table", "x.csv"], "the table x.csv does not exist"),
        (["--table", "x.csv", "--view-words", "no.toml"], "takes no --view-words"),
        (["DICOM", "--labels", "x", "--view-words", "no.toml"], "no.toml"),
        (["DICOM", "--labels", "x", "--processes", "0"], "processes"),
    ],
)
def test_a_wrong_command_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, words: list[str], says: str
) -> None:
    assert run_program(["import", *words, "--out", str(tmp_path / "cohort")]) == 2
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
