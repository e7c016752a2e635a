"""An archive may be looked at before anybody has a table of labels for it."""

from pathlib import Path

from bsgi.cohort.store import load_cohort
from bsgi.errors import RunError
from bsgi.exam.record import Label
from bsgi.files import load_csv, load_json
from bsgi.intake.folder import import_folder
from tests.intake.conftest import Put


def test_without_a_table_no_exam_has_a_label_and_one_note_says_so(
    source: Path, put: Put, tmp_path: Path
) -> None:
    for patient_id in ("a", "b"):
        put(f"{patient_id}.dcm", patient_id)
    out = tmp_path / "cohort"
    summary = import_folder(source, None, out)
    assert (summary.exams, summary.unlabelled) == (2, 2)
    assert summary.labels_without_images == 0
    said = "No table of labels was given: no exam has a label."
    assert said in summary.remarks
    assert {row.label for row in load_cohort(out).rows} == {Label.UNKNOWN}
    notes = load_csv(out / "notes.csv", ("exam_id", "file", "note"), RunError)
    assert [row["note"] for row in notes if "label" in row["note"]] == [said]
    assert load_json(out / "provenance.json", RunError)["inputs"] == {}
