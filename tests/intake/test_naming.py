"""Names and ranks of exams must not depend on how files lie in a folder."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pydicom
import pytest

from bsgi.cohort.check.identity import OneWoman, find_one_woman
from bsgi.cohort.store import load_cohort
from bsgi.dicom.pseudonyms import Pseudonyms
from bsgi.exam.record import Label
from bsgi.files import load_csv
from bsgi.intake.folder import import_folder
from tests.intake.conftest import Put


def test_exam_ids_do_not_depend_on_the_file_system(
    source: Path, put: Put, table: Callable[[str], Path], tmp_path: Path
) -> None:
    for patient_id in ("b", "a", "c"):
        for study in (3, 1, 2):
            put(f"{study}{patient_id}.dcm", patient_id, study=study)
    other = tmp_path / "other"
    for number, path in enumerate(sorted(source.iterdir(), reverse=True)):
        (other / str(number)).mkdir(parents=True)
        shutil.copy(path, other / str(number) / "IM0001")
    labels = table("patient_id,label\na,1\n")
    key = tmp_path / "key"
    for folder, out in ((source, "first"), (other, "second")):
        import_folder(folder, labels, tmp_path / out, key=key)
    first, second = (load_cohort(tmp_path / name) for name in ("first", "second"))
    assert first.rows == second.rows
    assert len(first.rows) == 9
    for row in first.rows:
        name = f"exams/{row.exam_id}.npz"
        one, two = (cohort.folder / name for cohort in (first, second))
        assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("keep_ids", [True, False])
def test_exams_are_ranked_by_date_and_the_date_is_not_told(
    source: Path,
    put: Put,
    table: Callable[[str], Path],
    tmp_path: Path,
    keep_ids: bool,
) -> None:
    days = {"a": (9, 2), "b": (30,), "c": (2,), "d": (5,)}
    for patient_id, studies in days.items():
        for study in studies:
            put(f"{patient_id}{study}.dcm", patient_id, study=study)
    # Without a date, an exam has no rank and shifts that of no other.
    path = source / "d5.dcm"
    image = pydicom.dcmread(path)
    for element in list(image):
        if element.keyword.endswith(("Date", "DateTime")):
            del image[element.tag]
    image.save_as(path)
    labels = table("patient_id,label\nb,1\nc,0\n")
    key = None if keep_ids else tmp_path / "key"
    out = tmp_path / "cohort"
    import_folder(source, labels, out, key=key, keep_ids=keep_ids)
    rows = load_cohort(out).rows
    names = {"a": "a", "b": "b", "c": "c", "d": "d"}
    if key is not None:
        hidden = Pseudonyms(key.read_bytes())
        names = {hidden.name_patient(name): name for name in names}
    ranks = {
        names[row.patient_id] + row.exam_id.rpartition("-")[2]: row.time_order
        for row in rows
    }
    assert ranks == {"a1": 1, "a2": 2, "b1": 3, "c1": 1, "d1": None}
    assert "2021" not in (out / "exams.csv").read_text()


@pytest.mark.parametrize("said", ["MODIFIED", "REMOVED", "UNMODIFIED", "ODD"])
def test_dates_that_were_moved_are_not_ranked(
    source: Path, put: Put, table: Callable[[str], Path], tmp_path: Path, said: str
) -> None:
    """One exam of two: the other is ranked as if it were alone."""
    for patient_id, study in (("a", 1), ("b", 9)):
        put(f"{patient_id}.dcm", patient_id, study=study)
    image = pydicom.dcmread(source / "a.dcm")
    image.LongitudinalTemporalInformationModified = said
    image.save_as(source / "a.dcm")
    out = tmp_path / "cohort"
    import_folder(source, table("patient_id,label\na,1\n"), out, keep_ids=True)
    ranks = {row.patient_id: row.time_order for row in load_cohort(out).rows}
    moved = said in {"MODIFIED", "REMOVED"}
    assert ranks == ({"a": None, "b": 1} if moved else {"a": 1, "b": 2})
    noted = [note for _, note in _notes(out) if "time_order" in note]
    assert len(noted) == moved
    assert all(note.endswith("(exams: 1).") for note in noted)


def _say_who(path: Path, name: str, birth: str, issuer: str = "") -> None:
    image = pydicom.dcmread(path)
    image.PatientName, image.PatientBirthDate = name, birth
    image.IssuerOfPatientID = issuer
    image.save_as(path)


def _notes(cohort: Path) -> list[tuple[str, str]]:
    rows = load_csv(cohort / "notes.csv", ("exam_id", "note"))
    return [(row["exam_id"], row["note"]) for row in rows]


@pytest.mark.parametrize("keep_ids", [True, False])
def test_one_woman_under_two_ids_is_noted_at_both_and_not_made_one(
    source: Path,
    put: Put,
    table: Callable[[str], Path],
    tmp_path: Path,
    keep_ids: bool,
) -> None:
    for patient_id, name in (
        ("a", "Doe^Jane"), ("b", "DOE^JANE"), ("c", "Doe^Joan"), ("d", ""),
    ):  # fmt: skip
        put(f"{patient_id}.dcm", patient_id)
        _say_who(source / f"{patient_id}.dcm", name, "19600102")
    out = tmp_path / "cohort"
    key = None if keep_ids else tmp_path / "key"
    labels = table("patient_id,label\na,1\n")
    summary = import_folder(source, labels, out, key=key, keep_ids=keep_ids)
    assert (summary.patients, summary.women_under_two_ids) == (4, 1)
    names = Pseudonyms(None if key is None else key.read_bytes())
    a, b = map(names.name_patient, "ab")
    said = [(exam, note) for exam, note in _notes(out) if "one woman may be" in note]
    text = "one woman may be under two ids: name and birth date are also those of "
    assert sorted(said) == sorted(
        [(f"{a}-1", f"{text}patient {b}"), (f"{b}-1", f"{text}patient {a}")]
    )
    # What the import writes, the check of the cohort understands.
    assert find_one_woman(load_cohort(out), ()) == (OneWoman(tuple(sorted((a, b)))),)
    content = b"".join(path.read_bytes() for path in out.rglob("*") if path.is_file())
    assert b"Doe" not in content
    assert b"1960" not in content


def test_two_women_under_one_id_are_noted(
    source: Path, put: Put, table: Callable[[str], Path], tmp_path: Path
) -> None:
    for study, name in ((1, "Doe^Jane"), (2, "Roe^Ann")):
        put(f"{study}.dcm", "a", study=study)
        _say_who(source / f"{study}.dcm", name, "19600102", f"hospital {study}")
    labels = table("patient_id,label\na,1\n")
    import_folder(source, labels, tmp_path / "cohort", keep_ids=True)
    for exam in ("a-1", "a-2"):
        assert {note for name, note in _notes(tmp_path / "cohort") if name == exam} >= {
            "files under its patient id differ in name or birth date",
            "files under its patient id name two issuers of the id",
        }


def test_lost_zeros_are_hinted_at_and_never_filled(
    source: Path, put: Put, table: Callable[[str], Path], tmp_path: Path
) -> None:
    for patient_id in ("00815", "815", "0099"):
        put(f"{patient_id}.dcm", patient_id)
    labels = table("patient_id,label\n815,1\n99,1\n77,1\n")
    summary = import_folder(source, labels, tmp_path / "cohort", keep_ids=True)
    assert (summary.ids_without_zeros, summary.labels_without_images) == (1, 2)
    rows = {row.patient_id: row.label for row in load_cohort(tmp_path / "cohort").rows}
    assert rows == {
        "815": Label.MALIGNANT, "00815": Label.UNKNOWN, "0099": Label.UNKNOWN,
    }  # fmt: skip
