"""Every file and every doubt is counted once, and the tables say where it is."""

from dataclasses import replace
from pathlib import Path

from bsgi.cohort.check.arrival import describe_arrival
from bsgi.cohort.check.tally import Tally
from bsgi.cohort.store import Cohort
from bsgi.cohort.writer import CohortWriter
from bsgi.exam.record import Label, ViewName
from tests.conftest import make_exam


def _mixed(folder: Path, **came: int) -> Cohort:
    """Three exams of two women, and files that were none."""
    with CohortWriter(folder) as writer:
        for number, exam_id in enumerate(("a-1", "a-2", "b-1")):
            views = tuple(ViewName)[: 4 - number % 2]
            exam = make_exam(exam_id, views=views, label=Label(("0", "1", "")[number]))
            writer.add(
                replace(exam, simulated=number == 2),
                quality=("", "LCC: blank; LCC: 9 counts, fewer than 100,000",
                         "RCC: 91,000 counts, fewer than 100,000")[number],
                notes=[
                    ("file 000001", "later acquisition of LCC than file 000002, left "
                     "out (rule: the first is kept)"),
                    ("file 000001, frames 3 to 4",
                     "duplicate of file 000004, left out"),
                    ("file 000009", "gave no view: is a screenshot"),
                    ("", "age unknown"),
                    ("", "LCC: moved: overruled by A: no"),
                ][number : 2 * number + 2],
            )  # fmt: skip
        for number in range(5):
            writer.reject(f"file 00001{number}", f"is a CT image of {number} mm.")
        writer.reject("file 000020", "is empty.")
        writer.note("labels.csv", "line 4: no exam takes this row")
        return writer.finish(**came)  # type: ignore[arg-type]


def test_the_files_add_up_without_a_word_of_the_import(tmp_path: Path) -> None:
    found = describe_arrival(_mixed(tmp_path / "c"))
    assert (found.used, found.refused, found.left_out) == (11, 6, 1)
    assert found.files == found.used + found.refused + found.left_out


def test_the_files_add_up_as_the_import_counted_them(tmp_path: Path) -> None:
    """Eleven views from four files, as of dynamic or multi-frame acquisitions."""
    found = describe_arrival(_mixed(tmp_path / "c", files=12, used=4))
    assert (found.files, found.used, found.refused, found.left_out) == (12, 4, 6, 2)


def test_exams_labels_and_reasons_are_counted(tmp_path: Path) -> None:
    found = describe_arrival(_mixed(tmp_path / "c"))
    assert (found.exams, found.patients, found.views) == (3, 2, 11)
    assert (found.benign, found.malignant, found.unlabelled) == (1, 1, 1)
    assert (found.simulated, found.incomplete) == (1, 1)
    assert found.reasons == (Tally("is a CT image of 0 mm", 5), Tally("is empty", 1))
    assert found.overruled == 1
    assert found.notes == (
        Tally("1 row of the label table matches no exam (line 4)", 1),
        Tally("age unknown", 2),
    )
    assert not any("left out" in each.text for each in found.notes)


def test_the_exam_to_look_at_first_stands_first(tmp_path: Path) -> None:
    found = describe_arrival(_mixed(tmp_path / "c"))
    assert [each.exam_id for each in found.doubts] == ["a-2", "b-1"]
    assert [each.check for each in found.doubts[0].findings] == ["blank", "low-counts"]
    assert found.checks == (Tally("blank", 1), Tally("few counts", 2))


def test_a_cohort_that_was_not_imported_needs_no_tables(tmp_path: Path) -> None:
    with CohortWriter(tmp_path / "c") as writer:
        writer.add(make_exam())
        cohort = writer.finish()
    (tmp_path / "c" / "rejected.csv").unlink()
    (tmp_path / "c" / "notes.csv").unlink()
    found = describe_arrival(cohort)
    assert (found.files, found.refused, found.notes) == (4, 0, ())
