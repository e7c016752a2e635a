from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsgi.dicom.deidentify.dates import (
    age_at,
    cap_age,
    keep_time,
    read_date,
    shift_date,
    shift_moment,
)

days = st.integers(-3650, -1)
dates = st.dates(date(1900, 1, 1), date(2099, 12, 31))


@given(dates, dates, days)
def test_intervals_survive(first: date, second: date, shift: int) -> None:
    moved = [shift_date(f"{day:%Y%m%d}", shift) for day in (first, second)]
    found = [read_date(text or "") for text in moved]
    assert None not in found
    assert found[1] - found[0] == second - first  # type: ignore[operator]
    assert found[0] == first + timedelta(shift)


@given(dates, days, st.text("0123456789.+-", max_size=16))
def test_a_moment_keeps_its_time(day: date, shift: int, rest: str) -> None:
    moved = shift_moment(f"{day:%Y%m%d}{rest}", shift)
    if moved is not None:
        assert moved == f"{day + timedelta(shift):%Y%m%d}{rest}"


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("20200301", "20200229"),
        ("2020.03.01", "20200229"),
        ("20200101 ", "20191231"),
        ("00000000", None),
        ("20200230", None),
        ("2020", None),
        ("20200101-20200201", None),
        ("QUAXENBACHER", None),
        ("00010101", None),
    ],
)
def test_dates(text: str, moved: str | None) -> None:
    assert shift_date(text, -1) == moved


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("20200301091500.123456+0100", "20200229091500.123456+0100"),
        ("2020030109", "2020022909"),
        ("20200301", "20200229"),
        ("202003", None),
        ("20200301 Smith", None),
    ],
)
def test_moments(text: str, moved: str | None) -> None:
    assert shift_moment(text, -1) == moved


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("091500.123456", "091500.123456"),
        ("09:15", "09:15"),
        ("09", "09"),
        ("9 h", None),
        ("Smith", None),
    ],
)
def test_times(text: str, kept: str | None) -> None:
    assert keep_time(text) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("057Y", "057Y"),
        ("089Y", "089Y"),
        ("090Y", "090Y"),
        ("104Y", "090Y"),
        ("006M", "006M"),
        ("000Y", None),
        ("200Y", None),
        ("57Y", None),
        ("Y057", None),
    ],
)
def test_ages(text: str, kept: str | None) -> None:
    assert cap_age(text) == kept


def test_an_age_comes_from_the_birth_date_where_there_is_no_other() -> None:
    assert age_at("19640517", "20190516") == "054Y"
    assert age_at("19640517", "20190517") == "055Y"
    assert age_at("19200101", "20190517") == "090Y"
    assert age_at("", "20190517") is None
    assert age_at("20190101", "20180101") is None
