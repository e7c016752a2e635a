"""Plain images to a cohort, and what is said of what they cannot tell."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bsgi.cohort.split import Part, split_stratified
from bsgi.cohort.store import load_cohort
from bsgi.errors import CohortError, ConfigError, LabelTableError
from bsgi.exam.quality.catalogue import read_findings
from bsgi.exam.record import Label, ViewName
from bsgi.files import load_csv
from bsgi.intake.images.cohort import import_images
from bsgi.intake.rules import ImportRules
from tests.conftest import make_view

Draw = Callable[..., np.ndarray]
HEAD = "path,patient_id,view,label"


@pytest.fixture
def draw(tmp_path: Path) -> Draw:
    """Writes an image of a view and gives its grey values."""
    rng = np.random.default_rng(3)

    def write(file: str, name: ViewName, kind: str = "uint16") -> np.ndarray:
        values: np.ndarray = make_view(name, rng=rng).counts[0].astype(kind)
        if file.endswith(".npy"):
            np.save(tmp_path / file, values)
        else:
            Image.fromarray(values).save(tmp_path / file)
        return values

    return write


def _table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "images.csv"
    path.write_text(text)
    return path


def _notes(cohort: Path) -> list[tuple[str, str, str]]:
    rows = load_csv(cohort / "notes.csv", ("exam_id", "file", "note"))
    return [(row["exam_id"], row["file"], row["note"]) for row in rows]


def test_one_two_and_four_views_of_any_kind(tmp_path: Path, draw: Draw) -> None:
    rows, values = [f"{HEAD},spacing_mm,duration_s,split,age,site,exam_id"], {}
    kinds = {"png": "uint16", "tif": "uint16", "npy": "int32"}
    for patient, (kind, number) in enumerate(zip(kinds, (1, 2, 4), strict=True)):
        for name in list(ViewName)[:number]:
            file = f"{patient}-{name}.{kind}"
            values[patient, name] = draw(file, name, kinds[kind])
            part = ("train", "calibrate", "test")[patient]
            rows.append(f"{file},0{patient},{name},{patient % 2},3.2,600,{part},95,N,e")
    table = _table(tmp_path, "\n".join(rows) + "\n")
    summary = import_images(table, tmp_path / "cohort")
    cohort = load_cohort(tmp_path / "cohort")
    assert (summary.exams, summary.views, summary.files) == (3, 7, 7)
    assert sorted(len(row.views) for row in cohort.rows) == [1, 2, 4]
    assert {row.age_years for row in cohort.rows} == {90.0}
    for row in cohort.rows:
        patient = {1: 0, 2: 1, 4: 2}[len(row.views)]
        exam = cohort.load_exam(row.exam_id)
        assert row.split == ("train", "calibrate", "test")[patient]
        assert row.patient_id.startswith("P")
        for name, view in exam.views.items():
            np.testing.assert_array_equal(view.counts[0], values[patient, name])
            assert (view.spacing_mm, view.duration_s) == ((3.2, 3.2), 600.0)
            assert view.orientation is None
            assert "orientation not stated, taken as in mammography" in row.quality


def test_what_the_table_does_not_say_is_said(tmp_path: Path, draw: Draw) -> None:
    draw("a.png", ViewName.LCC, "uint8")
    draw("b.png", ViewName.RCC, "uint16")
    table = _table(tmp_path, f"{HEAD}\na.png,00815,LCC,1\nb.png,00815,RCC,1\n")
    summary = import_images(table, tmp_path / "cohort", keep_ids=True)
    (row,) = load_cohort(tmp_path / "cohort").rows
    assert row.exam_id == "00815-1"
    said = row.quality.split("; ")
    assert "LCC: 8 bits per pixel, which are no longer counts" in said
    assert "spacing not stated, taken as 1 mm" in said
    assert "duration not stated, taken as 1 s" in said
    assert not [text for text in said if text.startswith("LCC") and "fewer" in text]
    assert summary.remarks == (
        "8 bits per pixel, which are no longer counts (exams: 1).",
        "duration not stated, taken as 1 s (exams: 1).",
        "spacing not stated, taken as 1 mm (exams: 1).",
    )
    assert ("00815-1", "", "views missing: LMLO, RMLO") in _notes(tmp_path / "cohort")


def test_a_damaged_image_leaves_its_exam_with_the_others(
    tmp_path: Path, draw: Draw
) -> None:
    draw("Doe-1.png", ViewName.LCC)
    (tmp_path / "Doe-2.png").write_bytes(b"no image")
    rows = "Doe-1.png,1,LCC,1\nDoe-2.png,1,RCC,1\nDoe-3.png,2,LCC,0\n"
    summary = import_images(_table(tmp_path, f"{HEAD}\n{rows}"), tmp_path / "cohort")
    assert (summary.exams, summary.views, summary.rejected) == (1, 1, 2)
    inside = load_csv(tmp_path / "cohort" / "rejected.csv", ("file", "reason"))
    assert [row["file"] for row in inside] == ["line 3", "line 4"]
    outside = load_csv(tmp_path / "cohort.rejected.csv", ("file", "reason"))
    assert [row["file"] for row in outside] == ["Doe-2.png", "Doe-3.png"]
    note = "gave no view: is no PNG, TIFF or NPY file"
    assert ("line 3", note) in [each[1:] for each in _notes(tmp_path / "cohort")]
    for path in (tmp_path / "cohort").rglob("*"):
        assert path.is_dir() or b"Doe" not in path.read_bytes()


def test_a_table_without_images_leaves_its_reasons(tmp_path: Path) -> None:
    table = _table(tmp_path, f"{HEAD}\na.png,1,LCC,1\n")
    with pytest.raises(
        CohortError, match=r"none of its 1 files gives one \(1 times: can"
    ):
        import_images(table, tmp_path / "cohort")
    assert not (tmp_path / "cohort").exists()
    assert "a.png" in (tmp_path / "cohort.rejected.csv").read_text()


def test_exams_of_a_patient_are_numbered_by_time(tmp_path: Path, draw: Draw) -> None:
    days = {"a": "2021-05-01", "b": "2020-01-01", "c": "2020-01-01", "d": ""}
    rows = [f"{HEAD},study_date,exam_id"]
    for name, day in days.items():
        draw(f"{name}.png", ViewName.LCC)
        patient = "other" if name == "c" else "one"
        rows.append(f"{name}.png,{patient},LCC,1,{day},{name}")
    table = _table(tmp_path, "\n".join(rows) + "\n")
    import_images(table, tmp_path / "a", key=tmp_path / "key")
    import_images(table, tmp_path / "b", keep_ids=True)
    hidden = load_cohort(tmp_path / "a").rows
    assert sorted((row.exam_id[-2:], row.time_order) for row in hidden) == [
        ("-1", 1), ("-1", 1), ("-2", 2), ("-3", None),
    ]  # fmt: skip
    kept = load_cohort(tmp_path / "b").rows
    assert [(row.exam_id, row.time_order) for row in kept] == [
        ("a", 2), ("b", 1), ("c", 1), ("d", None),
    ]  # fmt: skip


def test_ids_that_cannot_be_kept(tmp_path: Path, draw: Draw) -> None:
    for name in "ab":
        draw(f"{name}.png", ViewName.LCC)
    unsafe = _table(tmp_path, f"{HEAD}\na.png,../x,LCC,1\n")
    with pytest.raises(LabelTableError, match="line 2: its ids cannot name a file"):
        import_images(unsafe, tmp_path / "cohort", keep_ids=True)
    assert import_images(unsafe, tmp_path / "one").exams == 1
    twice = f"{HEAD},exam_id\na.png,1,LCC,1,x\nb.png,2,LCC,1,X\n"
    table = _table(tmp_path, twice)
    with pytest.raises(LabelTableError, match="lines 2 and 3: ids that are kept must"):
        import_images(table, tmp_path / "cohort", keep_ids=True)
    assert import_images(table, tmp_path / "two").exams == 2


def test_a_given_split_is_honoured(tmp_path: Path, draw: Draw) -> None:
    rows = [f"{HEAD},split"]
    for number in range(8):
        draw(f"{number}.png", ViewName.LCC)
        part = "test" if number in (2, 5) else "train"
        rows.append(f"{number}.png,p{number},LCC,{number % 2},{part}")
    table = _table(tmp_path, "\n".join(rows) + "\n")
    import_images(table, tmp_path / "cohort", keep_ids=True)
    cohort = load_cohort(tmp_path / "cohort")
    split = split_stratified(cohort.rows, np.random.default_rng(1))
    assert split.exam_ids(Part.TEST) == ("p2-1", "p5-1")
    assert cohort.find_row("p2-1").label is Label.BENIGN


def test_a_physicist_may_leave_an_image_out(tmp_path: Path, draw: Draw) -> None:
    for name in ("LCC", "RCC"):
        draw(f"{name}.png", ViewName(name))
    table = _table(tmp_path, f"{HEAD}\nLCC.png,1,LCC,1\nRCC.png,1,RCC,1\n")
    decided = tmp_path / "overrule.csv"
    decided.write_text(
        "exam_id,view,check,decision,by,reason\n1-1,LCC,,leave-out,A. Physicist,moved\n"
    )
    rules = ImportRules(overrule=decided)
    summary = import_images(table, tmp_path / "a", keep_ids=True, rules=rules)
    (row,) = load_cohort(tmp_path / "a").rows
    assert (row.views, summary.views_left_out) == ((ViewName.RCC,), 1)
    decision = ("1-1", "LCC.png", "its view was left out by decision")
    assert decision in _notes(tmp_path / "a")
    with pytest.raises(ConfigError, match="exam_id must be an exam of this import"):
        import_images(table, tmp_path / "b", rules=rules)


def test_what_the_table_does_not_say_may_be_accepted(
    tmp_path: Path, draw: Draw
) -> None:
    """Doubts on plain images have names, so that they can be overruled and told."""
    for name in ("LCC", "RCC"):
        draw(f"{name}.png", ViewName(name), "uint8" if name == "LCC" else "uint16")
    table = _table(tmp_path, f"{HEAD}\nLCC.png,1,LCC,1\nRCC.png,1,RCC,1\n")
    decided = tmp_path / "overrule.csv"
    decided.write_text(
        "exam_id,view,check,decision,by,reason\n"
        "1-1,,spacing,accept,A. Physicist,as exported\n"
        "1-1,LCC,eight-bit,accept,A. Physicist,enough\n"
        "1-1,RCC,duration,accept,A. Physicist,10 min\n"
    )
    import_images(table, tmp_path / "a", keep_ids=True)
    (row,) = load_cohort(tmp_path / "a").rows
    raised = [(each.check, each.view) for each in read_findings(row.quality)]
    assert {("eight-bit", ViewName.LCC), ("spacing", None), ("duration", None)} < set(
        raised
    )
    rules = ImportRules(overrule=decided)
    import_images(table, tmp_path / "b", keep_ids=True, rules=rules)
    (row,) = load_cohort(tmp_path / "b").rows
    left = {(each.check, each.view) for each in read_findings(row.quality)}
    assert ("duration", ViewName.LCC) in left
    assert not {"eight-bit", "spacing"} & {check for check, _ in left}
    assert not {("duration", None), ("duration", ViewName.RCC)} & left
    notes = [note for _, _, note in _notes(tmp_path / "b") if "overruled" in note]
    assert sorted(note.partition(", taken")[0] for note in notes) == [
        "LCC: 8 bits per pixel, which are no longer counts: overruled by "
        "A. Physicist: enough",
        "LCC: spacing not stated",
        "RCC: duration not stated",
        "RCC: spacing not stated",
    ]
    assert not [note for _, _, note in _notes(tmp_path / "b") if "none" in note]


def test_the_number_of_processes_does_not_count(tmp_path: Path, draw: Draw) -> None:
    rows = [HEAD]
    for number in range(6):
        draw(f"{number}.png", ViewName.LCC)
        rows.append(f"{number}.png,p{number},LCC,{number % 2}")
    (tmp_path / "3.png").write_bytes(b"no image")
    table = _table(tmp_path, "\n".join(rows) + "\n")
    for processes in (1, 2):
        out = tmp_path / str(processes)
        rules = ImportRules(processes=processes)
        import_images(table, out, keep_ids=True, rules=rules)
    one, two = (
        {
            path.relative_to(tmp_path / out): path.read_bytes()
            for path in (tmp_path / out).rglob("*")
            if path.is_file() and path.name != "provenance.json"
        }
        for out in "12"
    )
    assert one == two
    assert len(load_cohort(tmp_path / "1").rows) == 5


def test_the_name_of_the_table_is_told_with_the_ids_only(
    tmp_path: Path, draw: Draw
) -> None:
    draw("a.png", ViewName.LCC)
    table = tmp_path / "Doe_Jane.csv"
    table.write_text(f"{HEAD}\na.png,1,LCC,1\n")
    import_images(table, tmp_path / "hidden")
    import_images(table, tmp_path / "kept", keep_ids=True)
    files = {
        name: {file for exam, file, _ in _notes(tmp_path / name) if not exam}
        for name in ("hidden", "kept")
    }
    assert files == {"hidden": {"image table"}, "kept": {"Doe_Jane.csv"}}
    for path in (tmp_path / "hidden").rglob("*"):
        assert path.is_dir() or b"Doe" not in path.read_bytes()


def test_a_camera_that_somebody_named_has_a_pseudonym(
    tmp_path: Path, draw: Draw
) -> None:
    rows = [f"{HEAD},camera"]
    for name, camera in (("a", "Dr Mary DOE camera"), ("b", "Dilon 6800"), ("c", "")):
        draw(f"{name}.png", ViewName.LCC)
        rows.append(f"{name}.png,{name},LCC,1,{camera}")
    table = _table(tmp_path, "\n".join(rows) + "\n")
    import_images(table, tmp_path / "hidden")
    cameras = {row.camera for row in load_cohort(tmp_path / "hidden").rows}
    (hidden,) = cameras - {"Dilon 6800", ""}
    assert hidden.startswith("camera ")
    for path in (tmp_path / "hidden").rglob("*"):
        assert path.is_dir() or b"DOE" not in path.read_bytes()
    import_images(table, tmp_path / "kept", keep_ids=True)
    kept = {row.camera for row in load_cohort(tmp_path / "kept").rows}
    assert kept == {"Dr Mary DOE camera", "Dilon 6800", ""}


def test_no_two_images_have_one_name(tmp_path: Path) -> None:
    rows = 'a\tb.png,1,LCC,1\n"a\nb.png",1,RCC,1\na?b.png,1,LMLO,1\n'
    with pytest.raises(CohortError, match="none of its 3 files gives one"):
        import_images(_table(tmp_path, f"{HEAD}\n{rows}"), tmp_path / "cohort")
    listed = load_csv(tmp_path / "cohort.rejected.csv", ("file", "reason"))
    assert sorted(row["file"] for row in listed) == [
        "a?b.png", r"a\u0009b.png", r"a\u000ab.png",
    ]  # fmt: skip
