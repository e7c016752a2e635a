"""`bsgi deidentify` as a user runs it."""

import json
from pathlib import Path

from bsgi.files import load_csv
from tests.cli.conftest import Run


def test_simulated_files_stay_dicom_and_can_be_imported(
    bsgi: Run, simulation: Path, tmp_path: Path
) -> None:
    out = tmp_path / "clean"
    done = bsgi(
        "deidentify", simulation / "dicom", "--labels", simulation / "labels.csv",
        "--out", out, "--key", tmp_path / "key",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("48 of 48 files written")
    assert "look at them before you pass them on" in done.stdout
    done = bsgi(
        "import", out, "--labels", out / "labels.csv", "--out", tmp_path / "cohort",
        "--keep-ids", "--json",
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert (found["exams"], found["malignant"], found["views"]) == (12, 5, 48)
    rows = load_csv(tmp_path / "cohort" / "exams.csv", ("patient_id", "simulated"))
    assert {row["simulated"] for row in rows} == {"1"}
    assert all(row["patient_id"].startswith("P") for row in rows)


def test_a_machine_reads_the_result(
    bsgi: Run, simulation: Path, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    first = sorted((simulation / "dicom").rglob("*.dcm"))[0]
    (tmp_path / "in" / "a.dcm").write_bytes(first.read_bytes())
    (tmp_path / "in" / "b.txt").write_text("no image")
    done = bsgi("deidentify", tmp_path / "in", "--out", tmp_path / "clean", "--json")
    found = json.loads(done.stdout)
    assert (found["files"], found["written"], found["rejected"]) == (2, 1, 1)
    assert found["reasons"] == [["is not a DICOM file: the prefix DICM is missing.", 1]]
    assert found["labels"] is None


def test_wrong_use_is_explained(bsgi: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "key").write_bytes(b"short")
    for words, status, said in (
        (("none",), 2, "must be a folder"),
        (("in", "--key", "key"), 2, "at least 16 bytes"),
        (("in",), 1, "there is no file in it"),
    ):
        places = [tmp_path / word if "-" not in word else word for word in words]
        done = bsgi("deidentify", *places, "--out", tmp_path / "clean")
        assert (done.returncode, done.stdout) == (status, "")
        assert said in done.stderr
        assert done.stderr.count("\n") == 1


def test_help_has_an_example(bsgi: Run) -> None:
    done = bsgi("deidentify", "--help")
    assert "Example: bsgi deidentify DICOM --out CLEAN" in " ".join(done.stdout.split())
    assert "Text inside counts is not searched" in " ".join(done.stdout.split())
