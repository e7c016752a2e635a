"""A physicist's decisions: followed, noted, and refused where they cannot be meant."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from bsgi.errors import ConfigError
from bsgi.exam.quality.assess import assess_exam
from bsgi.exam.record import Exam, ViewName
from bsgi.intake.overrule import Overrules, apply_overrules, load_overrules
from tests.conftest import make_exam

HEAD = "exam_id,view,check,decision,by,reason\n"
Write = Callable[[str], Overrules]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def make(text: str) -> Overrules:
        path = tmp_path / "overrule.csv"
        path.write_text(HEAD + text)
        return load_overrules(path)

    return make


@pytest.fixture
def exam() -> Exam:
    """An exam with few counts in LCC and late views; orientation is not stated."""
    made = make_exam("P1-1", rng=np.random.default_rng(1))
    views = {
        name: replace(view, orientation=("A" if name.side == "L" else "P", "F"))
        for name, view in made.views.items()
    }
    views[ViewName.LCC] = replace(
        views[ViewName.LCC],
        counts=views[ViewName.LCC].counts // 2,
        orientation=("A", "R"),
    )
    views[ViewName.RCC] = replace(views[ViewName.RCC], orientation=("P", "L"))
    return replace(made, views=views)


def _texts(findings: object) -> list[str]:
    return list(map(str, findings))  # type: ignore[call-overload]


def test_an_accepted_finding_becomes_a_note_with_name_and_reason(
    exam: Exam, write: Write
) -> None:
    findings = assess_exam(exam)
    (low,) = [each for each in findings if each.check == "low-counts"]
    overrules = write("P1-1,LCC,low-counts,accept,M. Curie,the breast is small\n")
    kept, standing, notes = apply_overrules(exam, findings, overrules)
    assert kept is exam
    assert list(standing) == [each for each in findings if each is not low]
    assert notes == (f"{low}: overruled by M. Curie: the breast is small",)


def test_an_empty_check_accepts_all_of_a_view_and_an_empty_view_all_of_the_exam(
    exam: Exam, write: Write
) -> None:
    views = {name: replace(exam.views[name], start_s=4e3) for name in exam.present()}
    del views[ViewName.RMLO]
    exam = replace(exam, views=views)
    findings = assess_exam(exam)
    assert {each.check for each in findings} >= {"missing-view", "late-start"}
    _, standing, _ = apply_overrules(exam, findings, write("P1-1,LCC,,accept,A,b\n"))
    assert standing == tuple(each for each in findings if each.view != "LCC")
    _, standing, notes = apply_overrules(exam, findings, write("P1-1,,,accept,A,b\n"))
    assert standing == ()
    assert len(notes) == len(findings)
    late = write("P1-1,,late-start,accept,A,b\n")
    _, standing, notes = apply_overrules(exam, findings, late)
    assert standing == tuple(each for each in findings if each.check != "late-start")
    assert len(notes) == 3


def test_a_view_that_is_left_out_is_gone_and_no_doubt_any_more(
    exam: Exam, write: Write
) -> None:
    overrules = write("P1-1,LCC,motion,leave-out,M. Curie,she moved\n")
    kept, standing, notes = apply_overrules(exam, assess_exam(exam), overrules)
    assert kept is not None
    assert kept.present() == (ViewName.RCC, ViewName.LMLO, ViewName.RMLO)
    assert ["missing LCC", *_texts(standing)] == _texts(assess_exam(kept))
    assert notes == ("LCC left out by M. Curie (the patient moved): she moved",)


def test_what_was_missing_before_a_decision_is_still_in_doubt(
    exam: Exam, write: Write
) -> None:
    views = {name: exam.views[name] for name in list(ViewName)[:3]}
    exam = replace(exam, views=views)
    overrules = write("P1-1,LCC,,leave-out,A,moved\n")
    _, standing, _ = apply_overrules(exam, assess_exam(exam), overrules)
    assert standing[0].text == "missing RMLO"
    overrules = write(
        "P1-1,LCC,,leave-out,A,moved\nP1-1,,missing-view,accept,A,two will do\n"
    )
    _, standing, notes = apply_overrules(exam, assess_exam(exam), overrules)
    assert "missing-view" not in {each.check for each in standing}
    assert notes[-1] == "missing RMLO: overruled by A: two will do"


@pytest.mark.parametrize(
    "lines", ["P1-1,,,leave-out,A,b\n", "".join(
        f"P1-1,{name},,leave-out,A,b\n" for name in ViewName
    )]
)  # fmt: skip
def test_an_exam_of_which_nothing_is_left_is_left_out(
    exam: Exam, write: Write, lines: str
) -> None:
    kept, standing, notes = apply_overrules(exam, assess_exam(exam), write(lines))
    assert kept is None
    assert standing == ()
    assert len(notes) == lines.count("\n")


def test_an_acceptance_of_nothing_is_noted(exam: Exam, write: Write) -> None:
    overrules = write("P1-1,RCC,saturated,accept,A,b\n")
    kept, standing, notes = apply_overrules(exam, assess_exam(exam), overrules)
    assert kept is exam
    assert standing == assess_exam(exam)
    assert notes == (
        "line 2 of the overrules accepts saturated of RCC, and there is none",
    )


def test_exams_without_a_line_stay_as_they_are(exam: Exam, write: Write) -> None:
    findings = assess_exam(exam)
    overrules = write("P2-1,,,leave-out,A,b\n")
    assert apply_overrules(exam, findings, overrules) == (exam, findings, ())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("P1-1,LMO,,accept,A,b\n", "line 2: view must be one of LCC, "),
        ("P1-1,,blurred,accept,A,b\n", "line 2: check must be one of blank, "),
        (
            "P1-1,,,allow,A,b\n",
            "decision must be one of accept, leave-out, got 'allow'",
        ),
        ("P1-1,,,accept,,b\n", "line 2: by must be 1 to 200 printable"),
        ("P1-1,,,accept,A, \n", "line 2: reason must be 1 to 200 printable"),
        ('P1-1,,,accept,A,"b\nc"\n', "reason must be 1 to 200 printable"),
        (",,,accept,A,b\n", "line 2: exam_id must be"),
        ("P1-1,,,accept,A,b\nP1-1,,,leave-out,A,b\n", "line 3: .* and line 2 decides"),
        ("P1-1,,,accept,A\n", "line 2: must have 6 fields"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_line(
    write: Write, text: str, says: str
) -> None:
    with pytest.raises(ConfigError, match=says):
        write(text)


def test_a_view_that_the_exam_does_not_have_is_refused(
    exam: Exam, write: Write
) -> None:
    left = {name: exam.views[name] for name in (ViewName.LCC, ViewName.RCC)}
    with pytest.raises(ConfigError, match=r"line 2: view .* \(LCC, RCC\), got LMLO"):
        apply_overrules(replace(exam, views=left), (), write("P1-1,LMLO,,accept,A,b\n"))


def _spell(text: str) -> list[list[str]]:
    return [line.split(",") for line in text.splitlines()]


ONE_LINE = "P1-1,LCC,low-counts,leave-out,Müller,bewegt"


@pytest.mark.parametrize(
    ("head", "line", "encoding"),
    [
        (HEAD.strip().replace(",", ";"), ONE_LINE.replace(",", ";"), "utf-8-sig"),
        (HEAD.strip().replace(",", "\t"), ONE_LINE.replace(",", "\t"), "utf-16"),
        (HEAD.strip(), ONE_LINE, "cp1252"),
        ("Exam ID,View,CHECK,Decision,By,Reason", ONE_LINE, "utf-8"),
        (HEAD.strip(), ONE_LINE.replace("LCC", "l-cc"), "utf-8"),
        (HEAD.strip(), ONE_LINE.replace("low-counts", "Low counts"), "utf-8"),
        (HEAD.strip(), ONE_LINE.replace("leave-out", "leave_out"), "utf-8"),
        ("reason," + HEAD.strip().removesuffix(",reason"),
         "bewegt," + ONE_LINE.removesuffix(",bewegt"), "utf-8"),
    ],
)  # fmt: skip
def test_a_table_is_read_as_spreadsheets_write_it(
    tmp_path: Path, head: str, line: str, encoding: str
) -> None:
    path = tmp_path / "overrule.csv"
    path.write_bytes(f"{head}\r\n{line}\r\n".encode(encoding))
    (read,) = load_overrules(path).of_exam("P1-1")
    assert (read.line, read.view, read.check) == (2, ViewName.LCC, "low-counts")
    assert (read.decision, read.by, read.reason) == ("leave-out", "Müller", "bewegt")


def test_a_workbook_is_read_too(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in _spell(HEAD + ONE_LINE):
        book.active.append(row)
    book.create_sheet("notes").append(["anything"])
    path = tmp_path / "overrule.xlsx"
    book.save(path)
    (read,) = load_overrules(path).of_exam("P1-1")
    assert (read.line, read.view, read.by) == (2, ViewName.LCC, "Müller")


def test_a_column_that_is_missing_is_told_without_an_option_for_labels(
    tmp_path: Path,
) -> None:
    path = tmp_path / "overrule.csv"
    path.write_text("exam_id,view,check,decision,by\nP1-1,,,accept,A\n")
    with pytest.raises(ConfigError, match="must have the column 'reason'") as fault:
        load_overrules(path)
    assert "--column" not in str(fault.value)


def test_an_unknown_exam_is_refused_and_the_key_is_named(write: Write) -> None:
    overrules = write("P1-1,,,accept,A,b\nP9-1,,,accept,A,b\n")
    overrules.check_exams({"P1-1", "P9-1"})
    with pytest.raises(ConfigError, match=r"line 3: .*'P9-1'.*same --key"):
        overrules.check_exams(["P1-1"])


def test_a_file_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    for path in (tmp_path / "nope", tmp_path):
        with pytest.raises(ConfigError) as caught:
            load_overrules(path)
        assert str(caught.value) == (
            f"--overrule must name a CSV or XLSX file, and {path} is none."
        )
