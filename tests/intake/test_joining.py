"""A label goes to an exam only if it can be no other's; a row nobody takes says why."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsgi.dicom.persons import digest_person
from bsgi.exam.record import Label
from bsgi.intake.found import Study
from bsgi.intake.joining import (
    Archive,
    count_other_zeros,
    count_women_under_two_ids,
    explain_unused,
    find_used,
    match_labels,
)
from bsgi.intake.labels import LabelRow, LabelTable

ONE, TWO = date(2021, 5, 14), date(2021, 5, 15)


def _row(
    line: int, day: date | None = None, patient_id: str = "a", *, numeric: bool = False
) -> LabelRow:
    return LabelRow(line, patient_id, Label.MALIGNANT, day, numeric_id=numeric)


def _study(*days: date, persons: tuple[str, ...] = (), uid: str = "1.2") -> Study:
    return Study("a", uid, days=frozenset(days), persons=frozenset(persons))


def _match(
    studies: list[Study], *rows: LabelRow, lost: int = 0, twins: bool = False
) -> list[tuple[int | None, str]]:
    found = match_labels(studies, rows, lost, twins=twins)
    return [(row.line if row else None, note) for row, note in found]


def test_a_study_that_gave_no_view_may_be_the_one() -> None:
    assert _match([_study(ONE)], _row(2)) == [(2, "")]
    note = (
        "label left empty: the patient has 2 studies (1 without a view) and her row no "
        "study_date"
    )
    assert _match([_study(ONE)], _row(2), lost=1) == [(None, note)]
    assert _match([_study(ONE)], _row(2, ONE), lost=1) == [(2, "")]


def test_two_studies_of_one_date_have_no_row_of_their_own() -> None:
    found = _match([_study(ONE), _study(ONE), _study(TWO)], _row(2, ONE), _row(3, TWO))
    note = (
        "label left empty: 2 studies of the patient have one study date, and the table "
        "one row for it"
    )
    assert found == [(None, note), (None, note), (3, "")]


def test_a_study_of_two_dates_takes_neither_row() -> None:
    note = "label left empty: its files differ in study date"
    for rows in ([_row(2, ONE), _row(3, TWO)], [_row(2, TWO)]):
        assert _match([_study(ONE, TWO)], *rows) == [(None, note)]
    assert _match([_study(ONE, TWO)], _row(2)) == [(2, "")]  # by patient


def test_two_women_in_one_study_take_no_row() -> None:
    born = date(1960, 1, 2)
    names = ("Doe^Jane", "Doe^J", "Roe^Ann")
    jane, initial, ann = (digest_person(name, born) for name in names)
    note = "label left empty: the files name two women"
    for day in (None, ONE):
        both = _study(ONE, persons=(jane, ann))
        assert _match([both], _row(2, day)) == [(None, note)]
        one = _study(ONE, persons=(jane, initial))
        assert _match([one], _row(2, day)) == [(2, "")]


@pytest.mark.parametrize(
    ("patient_id", "numeric", "twins", "matched"),
    [
        ("123", True, True, False),
        ("123", True, False, True),
        ("123", False, True, True),
        ("00123", True, True, True),  # its format shows the zeros
    ],
)
def test_a_number_could_be_of_any_id_with_zeros(
    patient_id: str, numeric: bool, twins: bool, matched: bool
) -> None:
    row = _row(2, None, patient_id, numeric=numeric)
    ((line, note),) = _match([_study(ONE)], row, twins=twins)
    assert (line == 2) is matched
    assert matched or note.startswith("label left empty: its id is a number in the")


@given(
    days=st.lists(
        st.frozensets(st.sampled_from([ONE, TWO, date(2022, 1, 1)]), max_size=2),
        min_size=1,
        max_size=4,
    ),
    dated=st.sets(st.sampled_from([ONE, TWO, date(2022, 1, 1)]), max_size=3),
    lost=st.integers(0, 1),
)
def test_no_row_goes_to_two_studies(
    days: list[frozenset[date]], dated: set[date], lost: int
) -> None:
    """And each row is taken, or said why not; each study has a row, or says why not."""
    studies = [_study(*each, uid=f"1.{n}") for n, each in enumerate(days)]
    given: list[date | None] = [*sorted(dated)] or [None]
    rows = [_row(line, day) for line, day in enumerate(given, start=2)]
    found = match_labels(studies, rows, lost, twins=False)
    taken = [row.line for row, _ in found if row is not None]
    assert len(taken) == len(set(taken))
    assert all((row is None) == bool(note) for row, note in found)
    table = LabelTable(tuple(rows))
    archive = Archive({"a": days}, frozenset("a"))
    unused = explain_unused(table.rows, set(taken), archive)
    assert sorted([*taken, *(line for line, _ in unused)]) == [r.line for r in rows]
    assert set(taken) <= find_used(table.rows, archive)


def test_a_row_that_nobody_takes_says_why() -> None:
    rows = (
        _row(11, None, "nobody"),
        _row(2, None, "7"),
        _row(3, None, "refused"),
        _row(4, TWO, "a"),
        _row(5, None, "two"),
        _row(6, None, "123", numeric=True),
        _row(7, ONE, "undated"),
    )
    days = {
        "a": [frozenset({ONE})],
        "two": [frozenset({ONE}), frozenset({TWO})],
        "123": [frozenset({ONE})],
        "undated": [frozenset[date]()],
    }
    archive = Archive(days, frozenset({*days, "00123", "007", "refused"}))
    found = explain_unused(rows, (), archive)
    assert [line for line, _ in found] == [2, 3, 4, 5, 6, 7, 11]
    begins = (
        "its id is in the files with other zeros",
        "no file of its patient gave a view",
        "its study_date is not that of an exam",
        "it may be of several exams, or of none",
        "its id is a number in the spreadsheet",
        "it may be of several exams, or of none",
        "its id is in no file",
    )
    for (_, why), begin in zip(found, begins, strict=True):
        assert why.startswith(begin)
    assert count_other_zeros(LabelTable(rows), archive) == 1
    assert find_used(rows, archive) == {5, 6, 7}


def test_women_are_counted_once() -> None:
    persons = {"a": ["x", "x"], "b": ["x", "y"], "c": ["x"], "d": ["z"]}
    assert count_women_under_two_ids(persons) == 1


def test_messages_have_no_ids() -> None:
    patient_id = "HOSPITAL77"
    days = [[], [frozenset[date]()], [frozenset({TWO})]]
    for exams, seen in product(days, (frozenset({patient_id}), frozenset[str]())):
        table = LabelTable((_row(2, ONE, patient_id),))
        ((_, why),) = explain_unused(table.rows, (), Archive({patient_id: exams}, seen))
        assert "HOSPITAL" not in why
        assert "2021" not in why
