"""A folder of DICOM files to a folder without identities."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread

from bsgi.cohort.store import Cohort, load_cohort
from bsgi.dicom.pseudonyms import Pseudonyms
from bsgi.errors import ConfigError, DicomError, LabelTableError, OutputError
from bsgi.exam.record import ViewName
from bsgi.files import load_csv
from bsgi.intake.deidentified import deidentify_folder
from bsgi.intake.folder import import_folder
from tests.intake.conftest import Put

Table = Callable[[str], Path]
KEY = b"0123456789abcdef"
LABELS = (
    "patient_id,label,study_date,site,age,label_left\n"
    "00815,1,2021-01-02,North,95,1\n00815,0,2021-01-03,North,,\n00816,0,,South,,\n"
)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "key"
    path.write_bytes(KEY)
    return path


def _fill(put: Put) -> None:
    """Three exams of two women, with a repeat, a copy and a view missing."""
    for name in ViewName:
        put(f"a/{name}.dcm", name=name)
        put(f"b/{name}.dcm", name=name, study=2)
    for name in list(ViewName)[:3]:
        put(f"c/{name}.dcm", "00816", name, camera="Dilon 6800", age_years=None)
    put("a/later.dcm", minutes=40)
    put("a/copy.dcm")


def _compare(one: Cohort, other: Cohort) -> None:
    """Two cohorts are the same, but dates that were moved have no rank."""
    assert len(one.rows) == len(other.rows)
    for mine, theirs in zip(one.rows, other.rows, strict=True):
        fields = {name: getattr(mine, name) for name in mine.__slots__}
        fields.pop("time_order")
        site = fields.pop("site")
        assert theirs.site == Pseudonyms(KEY).name_text("site", site)
        assert fields == {name: getattr(theirs, name) for name in fields}
        left, right = one.load_exam(mine.exam_id), other.load_exam(mine.exam_id)
        assert left.views.keys() == right.views.keys()
        for name, view in left.views.items():
            np.testing.assert_array_equal(view.counts, right.views[name].counts)
            assert view.source_uid == right.views[name].source_uid
            assert view.start_s == right.views[name].start_s
        for folder in (one.folder, other.folder):
            assert (folder / "exams" / f"{mine.exam_id}.npz").is_file()
        files = [
            (folder / "exams" / f"{mine.exam_id}.npz").read_bytes()
            for folder in (one.folder, other.folder)
        ]
        assert files[0] == files[1]


def test_the_cohort_is_that_of_the_originals(
    source: Path, put: Put, table: Table, tmp_path: Path, key: Path
) -> None:
    """Pseudonyms first and ids kept, or pseudonyms at the import: bit for bit."""
    _fill(put)
    labels = table(LABELS)
    import_folder(source, labels, tmp_path / "direct", key=key)
    clean = tmp_path / "clean"
    summary = deidentify_folder(source, clean, key=key, labels=labels)
    twice = import_folder(
        clean, clean / "labels.csv", tmp_path / "twice", keep_ids=True
    )
    _compare(load_cohort(tmp_path / "direct"), load_cohort(tmp_path / "twice"))
    ranks = [
        sorted(str(row.time_order) for row in load_cohort(tmp_path / name).rows)
        for name in ("direct", "twice")
    ]
    assert ranks == [["1", "1", "2"], ["None"] * 3]
    (remark,) = twice.remarks
    assert remark.startswith("time_order is left empty")
    assert remark.endswith("(exams: 3).")
    notes = load_csv(tmp_path / "twice" / "notes.csv", ("exam_id", "file", "note"))
    assert [
        (row["exam_id"], row["file"]) for row in notes if row["note"] == remark
    ] == [("", "")]
    assert (summary.files, summary.written, summary.rejected) == (13, 13, 0)
    assert (summary.patients, summary.studies, summary.views) == (2, 3, 13)
    assert summary.labels == 3
    rows = load_cohort(tmp_path / "twice").rows
    assert [row.camera for row in rows] == [
        Pseudonyms(KEY).name_text("camera", "test camera")
        if row.site == Pseudonyms(KEY).name_text("site", "North") else "Dilon 6800"
        for row in rows
    ]  # fmt: skip


def test_files_lie_under_pseudonyms_by_the_order_of_studies(
    source: Path, put: Put, tmp_path: Path, key: Path
) -> None:
    uids = {}
    for study in (3, 1, 2):
        view = put(f"{9 - study}.dcm", study=study)
        uids[study] = Pseudonyms(KEY).name_uid(view.source_uid)
    deidentify_folder(source, tmp_path / "clean", key=key)
    name = Pseudonyms(KEY).name_patient("00815")
    found = {str(path.relative_to(tmp_path / "clean"))
             for path in (tmp_path / "clean").rglob("*.dcm")}  # fmt: skip
    assert found == {f"{name}/study-{n}/{uids[n]}.dcm" for n in (1, 2, 3)}
    assert not list(tmp_path.rglob("*partial*"))


def test_two_files_with_one_identifier_are_both_there(
    source: Path, put: Put, tmp_path: Path, key: Path
) -> None:
    put("a.dcm")
    put("b.dcm", view={"source_uid": "2.25.1"})
    put("c.dcm", minutes=30, view={"source_uid": "2.25.1"})
    deidentify_folder(source, tmp_path / "clean", key=key)
    names = sorted(path.name for path in (tmp_path / "clean").rglob("*.dcm"))
    uid = Pseudonyms(KEY).name_uid("2.25.1")
    assert len(names) == 3
    assert {f"{uid}.dcm", f"{uid}-2.dcm"} < set(names)
    notes = load_csv(tmp_path / "clean" / "notes.csv", ("file", "note"))
    assert [row["file"] for row in notes] == ["file 000003"]


def test_the_table_follows_pseudonyms_and_dates(
    source: Path, put: Put, table: Table, tmp_path: Path, key: Path
) -> None:
    _fill(put)
    deidentify_folder(source, tmp_path / "clean", key=key, labels=table(LABELS))
    names = Pseudonyms(KEY)
    columns = ("patient_id", "label", "study_date", "label_left", "age", "site")
    rows = load_csv(tmp_path / "clean" / "labels.csv", columns)
    moved = timedelta(names.shift_days("00815"))
    assert [row["patient_id"] for row in rows] == [
        names.name_patient(one) for one in ("00815", "00815", "00816")
    ]
    wanted = [str(date(2021, 1, day) + moved) for day in (2, 3)]
    assert [row["study_date"] for row in rows] == [*wanted, ""]
    assert [row["age"] for row in rows] == ["90", "", ""]
    north, again, south = (row["site"] for row in rows)
    assert north == again != south
    assert north == names.name_text("site", "North")
    assert re.fullmatch(r"site [0-9a-f]{8}", south)
    dates = {
        dcmread(path).StudyDate
        for path in (tmp_path / "clean" / names.name_patient("00815")).rglob("*.dcm")
    }
    assert dates == {day.replace("-", "") for day in wanted}


def test_a_hospital_that_is_not_said_stays_unsaid(
    source: Path, put: Put, table: Table, tmp_path: Path
) -> None:
    put("a.dcm")
    labels = table("patient_id,label\n00815,1\n")
    deidentify_folder(source, tmp_path / "clean", labels=labels)
    (row,) = load_csv(tmp_path / "clean" / "labels.csv", ("patient_id", "site"))
    assert row["site"] == ""


def test_a_date_that_cannot_be_moved_is_refused(
    source: Path, put: Put, table: Table, tmp_path: Path
) -> None:
    put("a.dcm")
    labels = table("patient_id,label,study_date\n00815,1,0001-01-02\n")
    with pytest.raises(LabelTableError, match="not before 1850") as found:
        deidentify_folder(source, tmp_path / "clean", labels=labels)
    assert "0001" not in str(found.value)
    assert not (tmp_path / "clean").exists()


def test_every_file_is_written_or_listed(
    source: Path, put: Put, tmp_path: Path
) -> None:
    put("woman/view.dcm")
    (source / "woman" / "letter.txt").write_text("Dear Ms Smith")
    (source / "woman" / "empty").touch()
    summary = deidentify_folder(source, tmp_path / "clean")
    inside = load_csv(tmp_path / "clean" / "rejected.csv", ("file", "reason"))
    beside = load_csv(tmp_path / "clean.rejected.csv", ("file", "reason"))
    assert (summary.files, summary.written, summary.rejected) == (3, 1, 2)
    assert [row["file"] for row in inside] == ["file 000001", "file 000002"]
    assert [row["file"] for row in beside] == ["woman/empty", "woman/letter.txt"]
    assert {row["reason"] for row in inside} == {row["reason"] for row in beside}
    assert summary.reasons[0][1] == 1


def test_a_new_key_is_made_each_time(source: Path, put: Put, tmp_path: Path) -> None:
    put("a.dcm")
    for name in ("one", "two"):
        deidentify_folder(source, tmp_path / name)
    found = {path.parts[-3] for path in tmp_path.glob("*/P*/study-1/*.dcm")}
    assert len(found) == 2


def test_what_cannot_be_done_is_said_early(
    source: Path, put: Put, table: Table, tmp_path: Path
) -> None:
    with pytest.raises(DicomError, match="there is no file in it"):
        deidentify_folder(source, tmp_path / "clean")
    put("a.dcm")
    with pytest.raises(ConfigError, match="must be a folder"):
        deidentify_folder(tmp_path / "none", tmp_path / "clean")
    with pytest.raises(ConfigError, match="must lie outside"):
        deidentify_folder(source, source / "clean")
    with pytest.raises(LabelTableError):
        deidentify_folder(source, tmp_path / "clean", labels=table("x\n"))
    with pytest.raises(OutputError, match="must not exist yet"):
        deidentify_folder(source, source)
    (source / "a.dcm").write_bytes(b"no image")
    with pytest.raises(DicomError, match=r"all of its 1 files are refused \(1 times"):
        deidentify_folder(source, tmp_path / "clean")
    assert not (tmp_path / "clean").exists()
    assert (tmp_path / "clean.rejected.csv").is_file()
