import json
import subprocess
import sys
from pathlib import Path

import pytest

from bsgi.cohort.store import load_cohort
from bsgi.cohort.writer import CohortWriter, explain_disk_errors, save_rejected
from bsgi.errors import CohortError, OutputError
from bsgi.exam.record import Label
from bsgi.files import load_csv
from bsgi.provenance import describe, load_provenance
from tests.cohort.test_arrays import TRUTH
from tests.conftest import make_exam


def test_everything_is_there_when_it_is_finished(tmp_path: Path) -> None:
    folder = tmp_path / "cohort"
    with CohortWriter(folder) as writer:
        writer.add(make_exam("b-1", label=Label.MALIGNANT), TRUTH, notes=[("f", "n")])
        writer.add(make_exam("a-1"), split="test")
        writer.reject("z.dcm", "is an empty file.")
        writer.reject("a, b.dcm", "is no view.")
        writer.note("labels.csv", "line 3: no exam takes this row")
        assert not folder.exists()
        cohort = writer.finish(describe("bsgi import"))
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["cohort"]
    assert sorted(path.name for path in folder.iterdir()) == [
        "cohort.json", "exams", "exams.csv", "notes.csv", "provenance.json",
        "rejected.csv", "truth",
    ]  # fmt: skip
    assert load_cohort(folder).rows == cohort.rows
    assert cohort.find_row("a-1").split == "test"
    assert load_provenance(folder).command == "bsgi import"
    assert load_csv(folder / "rejected.csv", ("file", "reason")) == [
        {"file": "a, b.dcm", "reason": "is no view."},
        {"file": "z.dcm", "reason": "is an empty file."},
    ]
    notes = load_csv(folder / "notes.csv", ("exam_id", "file", "note"))
    assert [note["exam_id"] for note in notes] == ["", "b-1"]
    assert json.loads((folder / "cohort.json").read_text()) == {
        "format_version": 1, "exams": 2, "patients": 2, "views": 8, "malignant": 1,
        "benign": 1, "unknown": 0, "simulated": 0, "truths": 1, "rejected_files": 2,
        "notes": 2,
    }  # fmt: skip


def test_nothing_is_there_when_it_is_not_finished(tmp_path: Path) -> None:
    def stop() -> None:
        with CohortWriter(tmp_path / "cohort") as writer:
            writer.add(make_exam())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop()
    assert list(tmp_path.iterdir()) == []

    def forget() -> None:
        with CohortWriter(tmp_path / "cohort") as writer:
            writer.add(make_exam())

    with pytest.raises(CohortError, match="was begun and not finished"):
        forget()
    assert list(tmp_path.iterdir()) == []


def test_names_are_unique_on_every_file_system(tmp_path: Path) -> None:
    with CohortWriter(tmp_path / "cohort") as writer:
        writer.add(make_exam("a-1"))
        with pytest.raises(CohortError, match="exam_id must be unique, got A-1 twice"):
            writer.add(make_exam("A-1"))
        writer.finish()


def test_a_taken_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(OutputError, match="must not exist yet"),
        CohortWriter(tmp_path),
    ):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_it_is_used_in_a_with_block(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="inside its with block"):
        CohortWriter(tmp_path / "cohort").add(make_exam())


def test_a_full_disk_leaves_nothing_and_says_so(tmp_path: Path) -> None:
    """A file size limit of the operating system stands for the full disk."""
    code = f"""
import resource, signal
from pathlib import Path
from bsgi.cohort.writer import CohortWriter
from bsgi.errors import OutputError
from tests.conftest import make_exam
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, resource.RLIM_INFINITY))
try:
    with CohortWriter(Path({str(tmp_path / "cohort")!r})) as writer:
        writer.add(make_exam())
        writer.finish()
except OutputError as reason:
    print(reason)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == (
        f"{tmp_path / 'cohort'} cannot be written: "
        "the disk is full; make room and start again.\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_what_the_system_says_becomes_one_line(tmp_path: Path) -> None:
    with (
        pytest.raises(OutputError, match="x cannot be written: the disk is full; make"),
        explain_disk_errors(Path("x")),
    ):
        raise OSError(28, "No space left")


def test_refusals_are_sorted(tmp_path: Path) -> None:
    save_rejected(tmp_path / "r.csv", [("b", "2"), ("a", "1")])
    assert (tmp_path / "r.csv").read_text() == "file,reason\na,1\nb,2\n"
