"""What may be wrong stands before what only tells how a file was read."""

from bsgi.cohort.check.noted import tally_notes
from bsgi.cohort.check.tally import Tally


def test_the_harmless_stands_last_however_frequent() -> None:
    notes = [
        *(f"{frames} frames of 60 s were summed" for frames in (10, 10, 5)),
        "Columns were read under other names: 'a' as label.",
        "a note that nobody foresaw",
        "no row in the label table",
        "age unknown",
        "no row in the label table",
        "line 21: no exam takes this row",
        "line 18: no exam takes this row",
        "files under its patient id differ in name or birth date",
    ]
    assert tally_notes(notes) == (
        Tally("files under its patient id differ in name or birth date", 1),
        Tally("2 rows of the label table match no exam (lines 18, 21)", 2),
        Tally("no row in the label table", 2),
        Tally("a note that nobody foresaw", 1),
        Tally("age unknown", 1),
        Tally("Columns were read under other names: 'a' as label.", 1),
        Tally("10 frames of 60 s were summed", 3),
    )


def test_of_many_rows_a_few_lines_are_told() -> None:
    notes = [f"line {number}: no exam takes this row" for number in range(2, 1300)]
    (told,) = tally_notes(notes)
    assert told.number == 1298
    assert told.text == (
        "1,298 rows of the label table match no exam (lines 2, 3, 4, 5, 6, 7 and "
        "1292 more)"
    )
