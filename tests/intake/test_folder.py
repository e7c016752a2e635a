"""A folder and a table of labels to a cohort."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pydicom
import pytest

from bsgi.cohort.arrays import save_truth
from bsgi.cohort.store import load_cohort
from bsgi.dicom.codes import make_uid
from bsgi.dicom.pseudonyms import Pseudonyms
from bsgi.errors import CohortError, ConfigError, LabelTableError, OutputError
from bsgi.exam.record import Label, Lesion, Side, Truth, ViewName
from bsgi.files import load_csv
from bsgi.intake.folder import import_folder
from bsgi.intake.rules import ImportRules
from bsgi.provenance import hash_file, load_provenance
from tests.intake.conftest import Put

Table = Callable[[str], Path]


def _notes(cohort: Path) -> list[tuple[str, str, str]]:
    rows = load_csv(cohort / "notes.csv", ("exam_id", "file", "note"))
    return [(row["exam_id"], row["file"], row["note"]) for row in rows]


def test_four_views_and_a_label_are_an_exam(
    source: Path, put: Put, table: Table, tmp_path: Path
) -> None:
    views = {name: put(f"{name}.dcm", name=name) for name in ViewName}
    labels = table("patient_id,label,site,label_left,age\n00815,1,North,1,56.5\n")
    summary = import_folder(source, labels, tmp_path / "cohort", keep_ids=True)
    exam = load_cohort(tmp_path / "cohort").load_exam("00815-1")
    for name, view in views.items():
        np.testing.assert_array_equal(exam.views[name].counts, view.counts)
        assert exam.views[name].start_s == 600.0
        assert exam.views[name].source_uid == view.source_uid
    assert (exam.patient_id, exam.site, exam.camera) == (
        "00815",
        "North",
        "test camera",
    )
    assert (exam.label, exam.label_left) == (Label.MALIGNANT, Label.MALIGNANT)
    assert (exam.dose_mbq, exam.age_years) == (700.0, 56.5)
    assert not exam.simulated
    assert (summary.files, summary.views, summary.exams, summary.malignant) == (
        4,
        4,
        1,
        1,
    )
    assert _notes(tmp_path / "cohort") == []
    provenance = load_provenance(tmp_path / "cohort")
    assert provenance.inputs == {"labels": hash_file(labels)}


def test_pseudonyms_follow_the_key(
    source: Path, put: Put, table: Table, tmp_path: Path
) -> None:
    for patient_id in ("00815", "815"):
        put(f"{patient_id}.dcm", patient_id)
    labels = table("patient_id,label\n00815,1\n815,0\n")
    key = tmp_path / "key"
    for name in ("a", "b"):
        import_folder(source, labels, tmp_path / name, key=key)
    names = Pseudonyms(key.read_bytes())
    cohort = load_cohort(tmp_path / "a")
    exam_id = names.name_patient("00815") + "-1"
    assert cohort.find_row(exam_id).label is Label.MALIGNANT
    view = cohort.load_exam(exam_id).views[ViewName.LCC]
    original = make_uid("file", "00815", 1, ViewName.LCC, 10)
    assert view.source_uid == names.name_uid(original)
    for path in sorted((tmp_path / "a").rglob("*.npz")):
        twin = tmp_path / "b" / path.relative_to(tmp_path / "a")
        assert path.read_bytes() == twin.read_bytes()
    assert load_cohort(tmp_path / "b").rows == cohort.rows


def test_no_identity_is_in_the_cohort(
    source: Path, put: Put, table: Table, tmp_path: Path
) -> None:
    put("x.dcm", "HOSPITAL77", ViewName.LCC, accession="ACC123")
    put("y.dcm", "HOSPITAL77", ViewName.RCC, accession="ACC123")
    put("z.dcm", "HOSPITAL88")
    labels = table("patient_id,label\nHOSPITAL77,1\nHOSPITAL99,1\n")
    import_folder(source, labels, tmp_path / "cohort")
    for path in (tmp_path / "cohort").rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        for secret in ("HOSPITAL", "SECRET", "ACC123", "2021-01", "202101"):
            assert secret.encode() not in content, (path, secret)
        assert make_uid("study", "HOSPITAL77", 1).encode() not in content
        assert (
            make_uid("file", "HOSPITAL77", 1, ViewName.LCC, 10).encode() not in content
        )


def test_without_a_key_file_the_key_is_forgotten(
    source: Path, put: Put, table: Table, tmp_path: Path
) -> None:
    put("x.dcm")
    labels = table("patient_id,label\n00815,1\n")
    before = set(tmp_path.iterdir())
    for name in ("a", "b"):
        import_folder(source, labels, tmp_path / name)
    names = {load_cohort(tmp_path / name).rows[0].patient_id for name in ("a", "b")}
    assert len(names) == 2
    assert set(tmp_path.iterdir()) - before == {tmp_path / "a", tmp_path / "b"}


def test_ages_above_89_are_not_told_under_pseudonyms(
    source: Path, put: Put, table: Table, tmp_path: Path
) -> None:
    put("x.dcm", age_years=97)
    labels = table("patient_id,label\n00815,1\n")
    import_folder(source, labels, tmp_path / "a")
    import_folder(source, labels, tmp_path / "b", keep_ids=True)
    ages = [load_cohort(tmp_path / name).rows[0].age_years for name in ("a", "b")]
    assert ages == [90.0, 97.0]


def test_two_studies_are_two_exams_of_one_patient(
    source: Path, put: Put, table: Table, tmp_path: Path
) -> None:
    put("late.dcm", study=9)
    put("early.dcm", study=2)
    labels = table(
        "patient_id,label,study_date\n00815,1,2021-01-10\n00815,0,2021-01-03\n"
    )
    import_folder(source, labels, tmp_path / "cohort", keep_ids=True)
    rows = load_cohort(tmp_path / "cohort").rows
    assert [(row.exam_id, row.patient_id, row.label) for row in rows] == [
        ("00815-1", "00815", Label.BENIGN),
        ("00815-2", "00815", Label.MALIGNANT),
    ]


@pytest.mark.parametrize(
    ("text", "note", "why"),
    [
        ("patient_id,label\n00815,1\n", "label left empty: the patient has 2 studies",
         "it may be of several exams, or of none: see the notes of the exams"),
        ("patient_id,label\n815,1\n", "no row in the label table",
         "its id is in the files with other zeros in front only"),
        ("patient_id,label,study_date\n00815,1,2021-01-09\n",
         "no row in the label table for this study date",
         "its study_date is not that of an exam of its patient"),
    ],
)  # fmt: skip
def test_a_label_that_could_be_of_another_exam_is_not_used(
    source: Path,
    put: Put,
    table: Table,
    tmp_path: Path,
    text: str,
    note: str,
    why: str,
) -> None:
    put("1.dcm", study=2)
    put("2.dcm", study=9)
    summary = import_folder(source, table(text), tmp_path / "cohort", keep_ids=True)
    assert summary.unlabelled == 2
    assert summary.labels_without_images == 1
    notes = _notes(tmp_path / "cohort")
    assert ("", "labels.csv", f"line 2: no exam takes this row: {why}") in notes
    for exam_id in ("00815-1", "00815-2"):
        assert [n for e, _, n in notes if e == exam_id and n.startswith(note)]


def test_a_refused_study_may_be_the_one_that_the_row_is_of(
    source: Path, put: Put, table: Table, tmp_path: Path
) -> None:
    """A study of another modality, such as a mammogram, is not."""
    put("1.dcm")
    put("2.dcm", study=9)
    image = pydicom.dcmread(source / "2.dcm")
    image.ImageType = ["DERIVED", "SECONDARY", "STATIC", "EMISSION"]
    image.save_as(source / "2.dcm")
    labels = table("patient_id,label\n00815,1\n")
    assert import_folder(source, labels, tmp_path / "a").malignant == 0
    said = [note for _, _, note in _notes(tmp_path / "a")]
    assert any("has 2 studies (1 without a view)" in note for note in said)
    image.Modality = "MG"
    image.save_as(source / "2.dcm")
    assert import_folder(source, labels, tmp_path / "b").malignant == 1


def test_an_exam_of_two_women_has_no_label(
    source: Path, put: Put, table: Table, tmp_path: Path
) -> None:
    """A name with a word more or an initial is the same woman's."""
    for patient_id, other in (("a", "ROE^ANN"), ("b", "DOE^J")):
        for name, who in ((ViewName.LCC, "DOE^JANE"), (ViewName.RCC, other)):
            put(f"{patient_id}{name}.dcm", patient_id, name)
            image = pydicom.dcmread(source / f"{patient_id}{name}.dcm")
            image.PatientName, image.PatientBirthDate = who, "19600102"
            image.save_as(source / f"{patient_id}{name}.dcm")
    labels = table("patient_id,label\na,1\nb,1\n")
    summary = import_folder(source, labels, tmp_path / "cohort", keep_ids=True)
    rows = load_cohort(tmp_path / "cohort").rows
    assert [row.label for row in rows] == [Label.UNKNOWN, Label.MALIGNANT]
    assert summary.exams_of_two_women == 1
    text = "two women may be in this exam: its files differ in name or birth date"
    notes = _notes(tmp_path / "cohort")
    assert [row for row in notes if row[2].startswith("two women")] == [
        ("a-1", "", text)
    ]
    assert ("a-1", "", "label left empty: the files name two women") in notes
    known = "files under its patient id differ in name or birth date"
    assert ("b-1", "", known) in notes


def test_a_number_of_a_spreadsheet_may_lack_zeros(
    source: Path, put: Put, tmp_path: Path
) -> None:
    for patient_id in ("123", "00123", "45"):
        put(f"{patient_id}.dcm", patient_id)
    book = openpyxl.Workbook()
    for line in (("patient_id", "label"), (123, 1), (45, 1)):
        book.worksheets[0].append(line)
    book.save(tmp_path / "labels.xlsx")
    import_folder(source, tmp_path / "labels.xlsx", tmp_path / "a", keep_ids=True)
    labels = {row.patient_id: row.label for row in load_cohort(tmp_path / "a").rows}
    assert labels == {
        "00123": Label.UNKNOWN, "123": Label.UNKNOWN, "45": Label.MALIGNANT,
    }  # fmt: skip
    why = (
        "line 2: no exam takes this row: its id is a number in the spreadsheet, and "
        "ids of several patients differ from it in zeros in front only"
    )
    assert why in [note for _, _, note in _notes(tmp_path / "a")]


def test_rows_without_an_exam_are_listed_by_line(
    source: Path, put: Put, table: Table, tmp_path: Path
) -> None:
    put("1.dcm")
    rows = "".join(f"none{number},0\n" for number in range(12))
    import_folder(source, table(f"patient_id,label\n{rows}"), tmp_path / "cohort")
    notes = [note for _, _, note in _notes(tmp_path / "cohort") if "line" in note]
    assert [int(note.split()[1].rstrip(":")) for note in notes] == [*range(2, 14)]


def test_what_is_worth_a_look_is_noted(
    source: Path, put: Put, table: Table, tmp_path: Path
) -> None:
    put("1.dcm", age_years=None)
    put("2.dcm", name=ViewName.RCC, age_years=None, camera="other", dose_mbq=1.0)
    put("3.dcm", "other", study_uid=make_uid("study", "00815", 1))
    labels = table("patient_id,label,age\n00815,1,\nother,1,20\n")
    import_folder(source, labels, tmp_path / "cohort", keep_ids=True)
    twice = "its Study Instance UID stands under two patient ids"
    assert _notes(tmp_path / "cohort") == [
        ("00815-1", "", "age unknown"),
        ("00815-1", "", twice),
        ("00815-1", "", "views differ in camera; that of the first view is listed"),
        ("00815-1", "", "views differ in dose; that of the first view is listed"),
        ("00815-1", "", "views missing: LMLO, RMLO"),
        ("other-1", "", "age differs between files and table; the table's is listed"),
        ("other-1", "", twice),
        ("other-1", "", "views missing: RCC, LMLO, RMLO"),
    ]


def test_ids_that_cannot_name_a_file_are_refused_where_ids_are_kept(
    source: Path, put: Put, table: Table, tmp_path: Path
) -> None:
    put("1.dcm", "../../x")
    put("2.dcm", "fine")
    labels = table("patient_id,label\n../../x,1\n")
    summary = import_folder(source, labels, tmp_path / "a", keep_ids=True)
    assert (summary.exams, summary.rejected, summary.left_out) == (1, 1, 0)
    rejected = load_csv(tmp_path / "a" / "rejected.csv", ("file", "reason"))
    assert [row["file"] for row in rejected] == ["1.dcm"]
    assert "cannot name a file; import it under pseudonyms" in rejected[0]["reason"]
    assert import_folder(source, labels, tmp_path / "b").exams == 2


def test_truth_follows_the_pseudonyms(
    source: Path, put: Put, table: Table, tmp_path: Path
) -> None:
    put("1.dcm", manufacturer="bsgi")
    put("2.dcm", "real")
    lesion = Lesion(Side.LEFT, True, "IDC", 9.0, 5.0, (0.5, 0.0, 0.0))
    masks = {name: np.ones((64, 48), bool) for name in (ViewName.LCC, ViewName.RMLO)}
    truth = tmp_path / "truth"
    for patient_id in ("00815", "real"):
        path = truth / f"{make_uid('study', patient_id, 1)}.npz"
        save_truth(path, Truth((lesion,), masks, "mild"))
    labels = table("patient_id,label\n00815,1\nreal,0\n")
    import_folder(source, labels, tmp_path / "cohort", truth=truth)
    cohort = load_cohort(tmp_path / "cohort")
    known = {row.simulated: cohort.load_truth(row.exam_id) for row in cohort.rows}
    assert known[False] is None  # a hospital's exam has no truth
    found = known[True]
    assert found is not None
    assert found.lesions == (lesion,)
    assert list(found.masks) == [ViewName.LCC]


def test_truth_that_does_not_fit_is_refused(
    source: Path, put: Put, table: Table, tmp_path: Path
) -> None:
    put("1.dcm", manufacturer="bsgi")
    labels = table("patient_id,label\n00815,1\n")
    truth = tmp_path / "truth"
    truth.mkdir()
    import_folder(source, labels, tmp_path / "a", truth=truth)
    assert "no truth of this simulated exam" in {n for *_, n in _notes(tmp_path / "a")}
    mask = {ViewName.LCC: np.ones((3, 3), bool)}
    save_truth(truth / f"{make_uid('study', '00815', 1)}.npz", Truth((), mask))
    with pytest.raises(CohortError, match=r"mask of LCC must have the shape .* \(64"):
        import_folder(source, labels, tmp_path / "b", truth=truth)
    assert not (tmp_path / "b").exists()


def test_a_folder_without_views_leaves_its_reasons(
    table: Table, tmp_path: Path, shared_folder: Path
) -> None:
    """All 14 real NM files and all 335 malformed ones: each refused, each listed."""
    labels = table("patient_id,label\na,1\n")
    for folder, files in (("nm_dicom", 14), ("dicom_malformed", 335)):
        out = tmp_path / folder
        with pytest.raises(CohortError, match=f"none of its {files} files gives one"):
            import_folder(shared_folder / "data" / folder, labels, out)
        rejected = load_csv(
            tmp_path / f"{folder}.rejected.csv", ("file", "reason"), CohortError
        )
        assert len(rejected) == files
        assert all(row["reason"] for row in rejected)
        assert not out.exists()


def test_an_empty_folder(table: Table, source: Path, tmp_path: Path) -> None:
    labels = table("patient_id,label\na,1\n")
    with pytest.raises(CohortError, match="must hold DICOM files, and there is"):
        import_folder(source, labels, tmp_path / "cohort")
    assert not (tmp_path / "cohort").exists()
    listed = (tmp_path / "cohort.rejected.csv").read_text()
    assert listed == "file,reason\n"


def test_reasons_of_a_failed_import_go_with_the_next_good_one(
    source: Path, put: Put, table: Table, tmp_path: Path
) -> None:
    labels = table("patient_id,label\na,1\n")
    with pytest.raises(CohortError):
        import_folder(source, labels, tmp_path / "cohort")
    put("a.dcm")
    import_folder(source, labels, tmp_path / "cohort")
    assert not (tmp_path / "cohort.rejected.csv").exists()


def test_what_is_asked_wrongly_leaves_nothing(
    source: Path, put: Put, table: Table, tmp_path: Path
) -> None:
    put("a.dcm")
    good = table("patient_id,label\n00815,1\n")
    bad = source / "bad.csv"
    bad.write_text("patient_id,label\n00815,2\n")
    out = tmp_path / "cohort"
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(LabelTableError, match="line 2, column 'label': label must be"):
        import_folder(source, bad, out)
    with pytest.raises(ConfigError, match="nowhere must be a folder"):
        import_folder(tmp_path / "nowhere", good, out)
    with pytest.raises(ConfigError, match="nowhere must be a folder"):
        import_folder(source, good, out, truth=tmp_path / "nowhere")
    with pytest.raises(ConfigError, match="give a key or keep ids, not both"):
        import_folder(source, good, out, key=tmp_path / "key", keep_ids=True)
    with pytest.raises(OutputError, match="must not exist yet"):
        import_folder(source, good, source)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_named_after_a_patient_is_not_in_the_cohort(
    source: Path, put: Put, table: Table, tmp_path: Path
) -> None:
    for file in ("first", "copy"):
        put(f"SECRET_NAME/{file}.dcm")
    (source / "SECRET_NAME" / "scan.txt").write_text("x")
    import_folder(source, table("patient_id,label\n00815,1\n"), tmp_path / "cohort")
    for path in (tmp_path / "cohort").rglob("*"):
        assert path.is_dir() or b"SECRET" not in path.read_bytes()
    rejected = load_csv(tmp_path / "cohort" / "rejected.csv", ("file", "reason"))
    assert [row["file"] for row in rejected] == ["file 000003"]
    # what the user needs to find it stands outside, and ties no path to a pseudonym
    outside = load_csv(tmp_path / "cohort.rejected.csv", ("file", "reason"))
    assert [row["file"] for row in outside] == ["SECRET_NAME/scan.txt"]
    (_, file, note), *_ = [row for row in _notes(tmp_path / "cohort") if row[1]]
    assert (file, note) == ("file 000002", "duplicate of file 000001, left out")


def test_doubts_about_quality_are_listed(
    source: Path, put: Put, table: Table, tmp_path: Path
) -> None:
    put("a.dcm", name=ViewName.RMLO)
    import_folder(source, table("patient_id,label\n00815,1\n"), tmp_path / "cohort")
    (row,) = load_cohort(tmp_path / "cohort").rows
    assert row.quality.startswith("missing LCC RCC LMLO; RMLO: ")


def test_a_view_that_cannot_be_turned_is_refused(
    source: Path, put: Put, table: Table, tmp_path: Path
) -> None:
    put("a.dcm")
    put("b.dcm", name=ViewName.RCC, view={"orientation": ("A", "P")})
    labels = table("patient_id,label\n00815,1\n")
    import_folder(source, labels, tmp_path / "cohort", keep_ids=True)
    (row,) = load_csv(tmp_path / "cohort" / "rejected.csv", ("file", "reason"))
    assert row["file"] == "b.dcm"
    assert "must tell lateral from medial" in row["reason"]


def test_the_label_table_may_lie_among_the_files(source: Path, put: Put) -> None:
    put("a.dcm")
    labels = source / "labels.csv"
    labels.write_text("patient_id,label\n00815,1\n")
    summary = import_folder(source, labels, source.parent / "cohort")
    assert (summary.files, summary.rejected) == (1, 0)


def test_a_full_disk_leaves_nothing(
    source: Path, put: Put, table: Table, tmp_path: Path
) -> None:
    """A file size limit of the operating system stands for the full disk."""
    put("a.dcm")
    labels = table("patient_id,label\n00815,1\n")
    code = f"""
import resource, signal
from pathlib import Path
from bsgi.errors import OutputError
from bsgi.intake.folder import import_folder
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, resource.RLIM_INFINITY))
folder = Path({str(tmp_path)!r})
try:
    import_folder(Path({str(source)!r}), Path({str(labels)!r}), folder / "out")
except OutputError as reason:
    print(reason)
"""
    before = sorted(tmp_path.rglob("*"))
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert "out cannot be written: the disk is full; make room" in done.stdout
    assert sorted(tmp_path.rglob("*")) == before


def test_a_file_that_gave_no_view_is_noted_at_its_exam(
    source: Path, put: Put, table: Table, tmp_path: Path
) -> None:
    """The exam stays in with the views that it has, and says what it lacks."""
    for name in ViewName:
        put(f"{name}.dcm", name=name)
    image = pydicom.dcmread(source / "RCC.dcm")
    image.ImageType = ["DERIVED", "SECONDARY", "STATIC", "EMISSION"]
    image.save_as(source / "RCC.dcm")
    labels = table("patient_id,label\n00815,1\n")
    summary = import_folder(source, labels, tmp_path / "cohort")
    (row,) = load_cohort(tmp_path / "cohort").rows
    assert row.views == (ViewName.LCC, ViewName.LMLO, ViewName.RMLO)
    assert row.quality.startswith("missing RCC")
    (refused,) = load_csv(tmp_path / "cohort" / "rejected.csv", ("file", "reason"))
    assert (row.exam_id, "", "views missing: RCC") in _notes(tmp_path / "cohort")
    note = f"gave no view: {refused['reason'].rstrip('.')}"
    assert (row.exam_id, refused["file"], note) in _notes(tmp_path / "cohort")
    assert (summary.rejected, summary.in_part, summary.left_out) == (1, 0, 0)


def test_the_number_of_processes_does_not_count(
    source: Path, put: Put, table: Table, tmp_path: Path
) -> None:
    for number in range(18):
        put(f"{number}.dcm", f"p{number % 5}", list(ViewName)[number % 4])
    labels = table("patient_id,label\np0,1\n")
    key = tmp_path / "key"
    for processes in (1, 2):
        rules = ImportRules(processes=processes)
        out = tmp_path / str(processes)
        import_folder(source, labels, out, key=key, rules=rules)
    for path in sorted((tmp_path / "1").rglob("*.[nc]*")):
        twin = tmp_path / "2" / path.relative_to(tmp_path / "1")
        assert path.read_bytes() == twin.read_bytes()


def test_what_a_physicist_leaves_out_is_listed(
    source: Path, put: Put, table: Table, tmp_path: Path
) -> None:
    for patient_id in "ab":
        for name in (ViewName.LCC, ViewName.RCC):
            put(f"{patient_id}{name}.dcm", patient_id, name)
    labels = table("patient_id,label\na,1\nb,0\n")
    decided = tmp_path / "overrule.csv"
    head = "exam_id,view,check,decision,by,reason\n"
    decided.write_text(
        f"{head}a-1,LCC,,leave-out,A. Physicist,moved\n"
        "b-1,,,leave-out,A. Physicist,another woman\n"
    )
    rules = ImportRules(overrule=decided)
    out = tmp_path / "cohort"
    summary = import_folder(source, labels, out, keep_ids=True, rules=rules)
    (row,) = load_cohort(out).rows
    assert (row.exam_id, row.views) == ("a-1", (ViewName.RCC,))
    assert (summary.exams, summary.views_left_out) == (1, 3)
    listed = {file for _, file, _ in _notes(out)}
    assert listed >= {"aLCC.dcm", "bLCC.dcm", "bRCC.dcm"}
    decided.write_text(
        f"{head}a-1,,,leave-out,A. Physicist,x\nb-1,,,leave-out,A. Physicist,y\n"
    )
    with pytest.raises(CohortError, match="the overrules leave out all of 2"):
        import_folder(source, labels, tmp_path / "x", keep_ids=True, rules=rules)
