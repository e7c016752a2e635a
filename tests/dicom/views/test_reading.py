"""Words of the table in a text: phrases, joined words, and what is left open."""

import time

import pytest

from bsgi.dicom.views.reading import read_roles
from bsgi.dicom.views.words import Role, ViewWords


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("L CC", ["left", "cc"]),
        ("cranio caudal", ["cc"]),
        ("craniocaudal exaggerated", ["other"]),
        ("medio lateral oblique", ["mlo"]),
        ("medio lateral", ["other"]),
        ("at 10 min", ["ignore"]),
        ("AT", ["other"]),
        ("LCC", ["left", "cc"]),
        ("CCRT", ["cc", "right"]),
        ("LBreastMLO", ["left", "breast", "mlo"]),
        ("LCCRCC", ["left", "cc", "right", "cc"]),
        ("LLMO", ["doubtful"]),
        ("RAPID", [None]),
        ("LLLLLLLLLLLLLLLLLLLL", [None]),
        ("R&L", ["right", "left"]),
        ("R&D", [None]),
        ("Smith", [None]),
    ],
)
def test_roles_of_a_text(text: str, roles: list[str | None], words: ViewWords) -> None:
    found = [item.role for item in read_roles(text, words) if not item.is_number]
    assert found == [None if role is None else Role(role) for role in roles]


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("CC", True),
        ("5 CC", False),
        ("20cc", False),
        ("D1 CC", True),
        ("detector 2 CC", True),
        ("10 cranio caudal", True),
        ("L", True),
        ("L1", False),
        ("1R", False),
        ("LT1", True),
    ],
)
def test_what_can_be_something_else_is_not_sure(
    text: str, sure: bool, words: ViewWords
) -> None:
    known = [
        item for item in read_roles(text, words) if item.role not in {None, Role.IGNORE}
    ]
    assert [item.sure for item in known] == [sure]


def test_parts_of_a_joined_word_share_its_place(words: ViewWords) -> None:
    places = [item.place for item in read_roles("LCC RMLO x", words)]
    assert places == [0, 0, 1, 1, 2]


def test_no_text_takes_long(words: ViewWords) -> None:
    begun = time.perf_counter()
    for text in (
        "l" * 1024,
        "lr" * 512,
        "cc" * 512,
        "l cc " * 200,
        "lmlo" * 9,
        "&" * 999,
    ):
        read_roles(text, words)
    assert time.perf_counter() - begun < 1.0
