"""Dates moved by a number of days, times kept, ages capped.

References:
    DICOM PS3.5 6.2 (DA, DT, TM, AS); PS3.15 E.3.6: longitudinal temporal information
    with modified dates; ages above 89: 45 CFR 164.514(b)(2)(i)(C).
"""

import re
from datetime import date, timedelta
from typing import Final

_DATE: Final = re.compile(r"(\d{4})(\.?)(\d{2})\2(\d{2})")
_MOMENT: Final = re.compile(r"(\d{8})((?:\d{2}){0,3}(?:\.\d{1,6})?)([+-]\d{4})?")
_TIME: Final = re.compile(r"\d{2}(?::?\d{2}){0,2}(?:\.\d{1,6})?")
_AGE: Final = re.compile(r"(\d{3})([DWMY])")
_MAX_AGE_YEARS: Final = 90
_OLDEST_YEARS: Final = 130
_IN_YEARS: Final = {"D": 1 / 365.25, "W": 7 / 365.25, "M": 1 / 12, "Y": 1.0}


def read_date(text: str) -> date | None:
    """A date of the form YYYYMMDD or YYYY.MM.DD; None for anything else."""
    match = _DATE.fullmatch(text.strip(" \0"))
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[3]), int(match[4]))
    except ValueError:
        return None


def shift_date(text: str, days: int) -> str | None:
    """A date moved by a number of days; None if the text is no date."""
    day = read_date(text)
    try:
        return None if day is None else f"{day + timedelta(days):%Y%m%d}".zfill(8)
    except OverflowError:
        return None


def shift_moment(text: str, days: int) -> str | None:
    """A date-time whose date is moved; None if it has no whole date.

    The time of day and the offset from UTC stay.
    """
    match = _MOMENT.fullmatch(text.strip(" \0"))
    moved = None if match is None else shift_date(match[1], days)
    if match is None or moved is None:
        return None
    return f"{moved}{match[2]}{match[3] or ''}"


def keep_time(text: str) -> str | None:
    """A time of day as it is; None if the text is none."""
    text = text.strip(" \0")
    return text if _TIME.fullmatch(text) else None


def cap_age(text: str) -> str | None:
    """An age as it is up to 89 years, ``090Y`` above; None if it is not believable."""
    match = _AGE.fullmatch(text.strip(" \0"))
    if match is None:
        return None
    age_years = int(match[1]) * _IN_YEARS[match[2]]
    if not 0 < age_years < _OLDEST_YEARS:
        return None
    return text.strip(" \0") if age_years < _MAX_AGE_YEARS else f"{_MAX_AGE_YEARS:03d}Y"


def age_at(birth: str, study: str) -> str | None:
    """Age in whole years at a study, for a file that has no age but a birth date."""
    born, day = read_date(birth), read_date(study)
    if born is None or day is None:
        return None
    age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return cap_age(f"{age:03d}Y") if age > 0 else None
