"""Rows of a table to exams; what contradicts itself is refused with its lines."""

from datetime import date
from pathlib import Path

import pytest

from bsgi.errors import LabelTableError
from bsgi.exam.record import Label
from bsgi.intake.images.table import ImageTable, load_image_table
from bsgi.intake.tables.fields import TableWords

HEAD = "path,patient_id,view,label"


def _load(tmp_path: Path, text: str) -> ImageTable:
    path = tmp_path / "images.csv"
    path.write_text(text)
    return load_image_table(path, TableWords())


def test_everything_a_row_can_say(tmp_path: Path) -> None:
    text = (
        "Path;patient id;VIEW;label;exam_id;split;age;site;camera;spacing_mm;"
        "duration_s;dose_mbq;study_date;label_left;label_right\n"
        "a/1.png;00815;l-cc;malignant;x;Test;53,5;North;cam;3,2;600;740;2021-03-04;1;0\n"
        "a/2.png;00815;RMLO;malignant;x;test;53,5;North;cam;;;740;2021-03-04;1;0\n"
    )
    (exam,) = _load(tmp_path, text).exams
    assert (exam.patient_id, exam.exam_id, exam.split) == ("00815", "x", "test")
    assert (exam.label, exam.label_left, exam.label_right) == (
        Label.MALIGNANT, Label.MALIGNANT, Label.BENIGN,
    )  # fmt: skip
    assert (exam.age_years, exam.site, exam.camera) == (53.5, "North", "cam")
    assert (exam.dose_mbq, exam.study_date) == (740.0, date(2021, 3, 4))
    first, second = exam.rows
    assert (first.line, first.path, first.view) == (2, tmp_path / "a/1.png", "LCC")
    assert (first.spacing_mm, first.duration_s) == (3.2, 600.0)
    assert (second.view, second.spacing_mm, second.duration_s) == ("RMLO", None, None)


def test_exams_are_by_patient_and_exam_id_or_date(tmp_path: Path) -> None:
    by_patient = f"{HEAD}\na,1,LCC,1\nb,1,RCC,1\nc,01,LCC,0\n"
    assert [len(exam.rows) for exam in _load(tmp_path, by_patient).exams] == [2, 1]
    by_id = f"{HEAD},exam_id\na,1,LCC,1,x\nb,1,LCC,0,y\nc,2,LCC,0,x\n"
    assert len(_load(tmp_path, by_id).exams) == 3
    by_date = f"{HEAD},study_date\na,1,LCC,1,20210101\nb,1,LCC,0,2021-01-02\n"
    assert len(_load(tmp_path, by_date).exams) == 2


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("path,patient_id,view\na,1,LCC\n", "must have the column 'label'"),
        (f"{HEAD}\na,1,ML,1\n", "line 2, column 'view': view must be LCC, .* got 'ML'"),
        (f"{HEAD}\n,1,LCC,1\n", "line 2, column 'path': path must not be empty"),
        (f"{HEAD}\na,,LCC,1\n", "column 'patient_id': patient_id must not be empty"),
        (f"{HEAD}\na,1,LCC,2\n", "line 2, column 'label': label must be 0, 1"),
        (f"{HEAD}\na,1,LCC,1\na,2,LCC,1\n", "line 3, .*: an image .* and line 2 h"),
        (f"{HEAD}\na,1,LCC,1\n./x/../a,1,RCC,1\n", "line 3, .*: an image file"),
        (f"{HEAD}\na,1,LCC,1\nb,1,LCC,1\n", "line 3, column 'view': .* LCC on line 2"),
        (f"{HEAD}\na,1,LCC,1\nb,1,RCC,0\n", "line 3, .*'label': .* line 2 has anot"),
        (f"{HEAD},age\na,1,LCC,1,50\nb,1,RCC,1,\n", "line 3, column 'age': all rows"),
        (f"{HEAD},age\na,1,LCC,1,500\n", "age must be 0 to 130 years, got '500'"),
        (f"{HEAD},split\na,1,LCC,1,val\n", "split must be train, calibrate, test or"),
        (f"{HEAD},split\na,1,LCC,1,test\nb,2,LCC,1,\n", "line 3, .*split'.* for none"),
        (f"{HEAD},split,exam_id\na,1,LCC,1,test,x\nb,1,LCC,1,train,y\n",
         "line 3, column 'split': a patient must be in one part, and line 2"),
        (f"{HEAD},spacing_mm\na,1,LCC,1,0\n", "spacing_mm must be 0.01 to 100 mm"),
        (f"{HEAD},duration_s\na,1,LCC,1,-5\n", "duration_s must be above 0"),
        (f"{HEAD},dose_mbq\na,1,LCC,1,7e8\n", "dose_mbq must be .* 5000 MBq"),
        (f"{HEAD},label_left\na,1,LCC,0,1\n", "label must be 1 where a breast"),
        (f"{HEAD},exam_id\na,1,LCC,0,\n", "exam_id must not be empty"),
        (f"{HEAD},site\na,1,LCC,0,{'x' * 65}\n", "site must be at most 64 printable"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_refused(
    tmp_path: Path, text: str, match: str
) -> None:
    with pytest.raises(LabelTableError, match=match) as caught:
        _load(tmp_path, text)
    assert str(tmp_path / "images.csv") in str(caught.value)


def test_exams_without_a_label_need_no_part(tmp_path: Path) -> None:
    text = f"{HEAD},split\na,1,LCC,1,test\nb,2,LCC,,\n"
    assert [exam.split for exam in _load(tmp_path, text).exams] == ["test", ""]
