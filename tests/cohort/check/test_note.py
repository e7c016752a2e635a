"""The note is short, adds up, and begins with what matters."""

from dataclasses import replace
from pathlib import Path

from bsgi.cohort.check.arrival import Arrival
from bsgi.cohort.check.doubts import Doubt
from bsgi.cohort.check.identity import OneWoman
from bsgi.cohort.check.note import write_note
from bsgi.cohort.check.tally import Tally
from bsgi.exam.quality.catalogue import read_findings
from tests.cohort.check.test_result import FULL

DOUBTS = tuple(
    Doubt(f"P{number}-1", read_findings("LCC: blank; missing RMLO; doubt"))
    for number in range(37)
)
ARRIVAL = Arrival(
    files=412, used=348, left_out=3,
    reasons=(
        Tally("is a screenshot", 40), Tally("is a CT image", 11),
        *(Tally(f"reason {letter}", 2) for letter in "abcde"),
    ),
    exams=231, patients=228, views=917, simulated=0, benign=140, malignant=87,
    unlabelled=4, incomplete=5, doubts=DOUBTS,
    checks=(Tally("blank", 37), Tally("views missing", 37)), overruled=2,
    notes=tuple(Tally(f"note {letter}", 9) for letter in "abcde"),
)  # fmt: skip
CLEAN = replace(
    FULL, copies=(), shared_studies=(), divided=(), confounders=(), permutation=None,
    alike=(), blank=0,
)  # fmt: skip


def test_the_note_reads_like_a_colleagues() -> None:
    lines = write_note(ARRIVAL, CLEAN, ["contact-sheet.html", "b"]).splitlines()
    assert lines[:4] == [
        "412 files came. 348 gave 917 views of 231 exams of 228 women; 61 gave no "
        "view; 3 left out as duplicates, repeats or by decision.",
        "Exams: 140 benign, 87 malignant, 4 without a label, 5 lack a view and stay "
        "in.",
        "No view: 40 x is a screenshot; 11 x is a CT image; 2 x reason a; 2 x reason "
        "b; 6 for 3 other reasons (rejected.csv).",
        "Look first at these, of 37 exams in doubt:",
    ]
    assert lines[4] == "  P0-1: LCC: blank; missing RMLO; and 1 more"
    assert "2 findings overruled by a physicist (notes.csv)." in lines
    assert lines[-1] == (
        "All views, the worst first, without labels: contact-sheet.html and 1 more."
    )
    assert "no leak and no confounder was found" in lines


def test_one_woman_under_two_ids_stands_near_the_top() -> None:
    result = replace(CLEAN, one_woman=(OneWoman(("P1", "P2")),))
    lines = write_note(ARRIVAL, result).splitlines()
    assert lines[3].startswith("hint: patients P1 and P2 may be one woman")


def test_notes_tell_their_number_once() -> None:
    notes = (
        Tally("3 rows of the label table match no exam (lines 2, 3, 4)", 3),
        Tally("no row in the label table", 2),
        Tally("Of the workbook sheet 1 of 2 was read.", 1),
        Tally("10 frames of 60 s were summed", 8),
    )
    assert (
        "Noted: 3 rows of the label table match no exam (lines 2, 3, 4); 2 x no row in "
        "the label table; Of the workbook sheet 1 of 2 was read; and 8 others "
        "(notes.csv)."
    ) in write_note(replace(ARRIVAL, notes=notes), CLEAN).splitlines()


def test_the_numbers_of_the_first_line_add_up() -> None:
    assert ARRIVAL.used + ARRIVAL.refused + ARRIVAL.left_out == ARRIVAL.files


def test_however_much_is_found_it_stays_short_and_faults_stand_first() -> None:
    many = replace(FULL, copies=FULL.copies * 9, divided=FULL.divided * 9,
                   alike=FULL.alike * 9)  # fmt: skip
    lines = write_note(ARRIVAL, many, ["contact-sheet.html"]).splitlines()
    assert len(lines) <= 25
    first = [line.split(":")[0] for line in lines]
    assert first.index("fault") == 3
    assert first.index("fault") < first.index(
        "Look first at these, of 37 exams in doubt"
    )
    assert "no leak" not in "".join(lines)


def test_nothing_to_say_is_said_in_few_lines() -> None:
    quiet = replace(
        ARRIVAL, files=924, used=924, left_out=0, reasons=(), views=924, simulated=231,
        patients=231, unlabelled=0, incomplete=0, doubts=(), checks=(), overruled=0,
        notes=(),
    )  # fmt: skip
    lines = write_note(quiet, CLEAN).splitlines()
    assert lines[0] == (
        "924 files came. They all gave 924 views of 231 simulated exams of 231 women."
    )
    assert lines[2] == "Quality: nothing is in doubt."
    assert len(lines) <= 8


def test_a_note_of_a_cohort_holds_no_path(tmp_path: Path) -> None:
    assert str(tmp_path) not in write_note(ARRIVAL, FULL, ["contact-sheet.html"])
