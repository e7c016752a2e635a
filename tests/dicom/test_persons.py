"""One woman whose name is written in two ways, and two women."""

from datetime import date

import pytest

from bsgi.dicom.persons import digest_person, may_be_one

BORN = date(1970, 2, 28)


@pytest.mark.parametrize(
    ("first", "second", "one"),
    [
        ("Doe^Jane", "DOE^JANE", True),
        ("Doe^Jane", "Jane^Doe", True),
        ("Doe^Jane", "Doe^J", True),
        ("D^J", "Doe^Jane", True),
        ("Doe^Jane", "Doe^Jane^Mary", True),
        ("Doe^Jane^M", "Doe^Jane^Mary", True),
        ("Doe^Jane", "Doe-Smith^Jane", True),
        ("Doe^Jane^J", "Doe^J^Jane", True),
        ("Doe^Jane", "Doe^Joan", False),
        ("Doe^Jane", "Smith^Jane", False),
        ("Doe^J^A", "Doe^Jane^Mary", False),
        ("Doe^Jane^Jane", "Doe^Jane^Mary", False),
        ("Doe^Jane", "Doe^M", False),
    ],
)
def test_one_name_may_be_contained_in_the_other(
    first: str, second: str, one: bool
) -> None:
    digests = [digest_person(name, BORN) for name in (first, second)]
    assert may_be_one(*digests) is may_be_one(*digests[::-1]) is one
    assert all(may_be_one(each, each) for each in digests)


def test_another_birth_date_is_another_woman() -> None:
    later = date(1970, 3, 1)
    same = [digest_person("Doe^Jane", day) for day in (BORN, later)]
    assert not may_be_one(*same)
    # Words cannot be compared between women of different birth dates either.
    assert not set(same[0].split(":")) & set(same[1].split(":"))


def test_without_a_birth_date_nobody_is_told() -> None:
    assert digest_person("Doe^Jane", None) == ""
