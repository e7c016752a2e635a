"""What only the originals can tell must be told when they are de-identified."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pydicom
import pytest

from bsgi.cohort.store import load_cohort
from bsgi.dicom.pseudonyms import Pseudonyms
from bsgi.exam.record import ViewName
from bsgi.files import load_csv
from bsgi.intake.deidentified import deidentify_folder
from bsgi.intake.folder import import_folder
from tests.intake.conftest import Put


def _say_who(path: Path, name: str) -> None:
    image = pydicom.dcmread(path)
    image.PatientName, image.PatientBirthDate = name, "19600102"
    image.save_as(path)


def _notes(folder: Path) -> list[tuple[str, str]]:
    rows = load_csv(folder / "notes.csv", ("file", "note"))
    return [(row["file"], row["note"]) for row in rows]


def test_rows_that_no_study_takes_are_listed(
    source: Path, put: Put, table: Callable[[str], Path], tmp_path: Path
) -> None:
    for patient_id in ("00815", "a"):
        put(f"{patient_id}.dcm", patient_id)
    labels = table(
        "patient_id,label,study_date\n815,1,\nSECRET1,1,\na,1,2021-01-02\na,0,2021-01-05\n"
    )
    summary = deidentify_folder(source, tmp_path / "out", labels=labels)
    assert (summary.labels, summary.labels_without_files) == (4, 3)
    assert summary.ids_without_zeros == 1
    begin = "no study takes this row: "
    zeros = "its id is in the files with other zeros in front only"
    other = "its study_date is not that of an exam of its patient"
    assert _notes(tmp_path / "out") == [
        ("label table", f"line 2: {begin}{zeros}"),
        ("label table", f"line 3: {begin}no file under its id was written"),
        ("label table", f"line 5: {begin}{other}"),
    ]


def test_women_who_are_two_or_one_are_noted(
    source: Path, put: Put, tmp_path: Path
) -> None:
    for patient_id, name, who in (
        ("a", ViewName.LCC, "Doe^Jane"), ("a", ViewName.RCC, "Roe^Ann"),
        ("b", ViewName.LCC, "DOE^JANE"), ("b", ViewName.RCC, "Doe^J"),
    ):  # fmt: skip
        put(f"{patient_id}{name}.dcm", patient_id, name)
        _say_who(source / f"{patient_id}{name}.dcm", who)
    key = tmp_path / "key"
    summary = deidentify_folder(source, tmp_path / "out", key=key)
    assert (summary.women_under_two_ids, summary.studies_of_two_women) == (1, 1)
    names = Pseudonyms(key.read_bytes())
    a, b = map(names.name_patient, "ab")
    assert sorted(_notes(tmp_path / "out")) == sorted(
        [
            ("", f"two women may be in one study of patient {a}: its files differ in "
             "name or birth date"),
            ("", f"patients {' and '.join(sorted((a, b)))} may be one woman: name and "
             "birth date are equal in the originals"),
        ]
    )  # fmt: skip


@pytest.mark.parametrize("twin", [True, False])
def test_a_number_that_may_lack_zeros_is_left_out(
    source: Path, put: Put, tmp_path: Path, twin: bool
) -> None:
    """The new table holds texts, and nobody could tell any more."""
    put("1.dcm", "123")
    put("2.dcm", "00123" if twin else "45")
    book = openpyxl.Workbook()
    for line in (("patient_id", "label"), (123, 1)):
        book.worksheets[0].append(line)
    book.save(tmp_path / "labels.xlsx")
    out = tmp_path / "out"
    summary = deidentify_folder(source, out, labels=tmp_path / "labels.xlsx")
    rows = load_csv(out / "labels.csv", ("patient_id", "label"))
    assert len(rows) == summary.labels == (0 if twin else 1)
    assert [file for file, _ in _notes(out)] == ["label table"] * twin


def test_of_equal_copies_the_same_is_kept_after_a_deidentification(
    source: Path, put: Put, table: Callable[[str], Path], tmp_path: Path
) -> None:
    """The identifiers change, and with them their order as texts."""
    labels = table("patient_id,label\np0,1\n")
    for number in range(8):
        view = put(f"{number}a.dcm", f"p{number}", view={"source_uid": f"1.2.{number}"})
        copy = {"counts": view.counts, "source_uid": f"1.3.{number}"}
        put(f"{number}b.dcm", f"p{number}", view=copy)
    key, clean = tmp_path / "key", tmp_path / "clean"
    import_folder(source, labels, tmp_path / "direct", key=key)
    deidentify_folder(source, clean, key=key, labels=labels)
    import_folder(clean, clean / "labels.csv", tmp_path / "twice", keep_ids=True)
    kept = []
    for out in ("direct", "twice"):
        cohort = load_cohort(tmp_path / out)
        exams = [cohort.load_exam(row.exam_id) for row in cohort.rows]
        kept.append({exam.views[ViewName.LCC].source_uid for exam in exams})
    assert kept[0] == kept[1]
    assert len(kept[0]) == 8
