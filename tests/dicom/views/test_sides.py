"""Whose side a side is: the view's, an arm's, or not known."""

import pytest

from bsgi.dicom.views.reading import read_roles
from bsgi.dicom.views.sides import find_sides
from bsgi.dicom.views.words import Role, ViewWords


@pytest.mark.parametrize(
    ("text", "sure", "unsure"),
    [
        ("L", "L", ""),
        ("L R", "LR", ""),
        ("R CC", "R", ""),
        ("breast R", "R", ""),
        ("R Smith CC", "", "R"),
        ("R arm", "", ""),
        ("inj R", "", ""),
        ("inj R arm L CC", "L", ""),
        ("inj R CC", "", "R"),
        ("R CC L arm", "R", ""),
        ("CC L arm", "", "L"),
        ("L arm R CC", "", "LR"),
        ("RCC inj L", "R", ""),
        ("L inj RCC", "R", ""),
        ("arm RCC arm", "R", ""),
        ("L R CC", "LR", ""),
        ("R1 CC", "", "R"),
        ("CC R Smith", "", "R"),
        ("Smith R CC", "R", ""),
        ("CC R/O lesion", "", ""),
    ],
)
def test_sides_of_a_text(text: str, sure: str, unsure: str, words: ViewWords) -> None:
    said = [
        item
        for item in read_roles(text, words)
        if not item.is_number and item.role is not Role.IGNORE
    ]
    found = find_sides(said)
    assert (found.sure, found.unsure) == (frozenset(sure), frozenset(unsure))
