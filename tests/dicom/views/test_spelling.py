"""Texts to words, whatever they are spelled with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsgi.dicom.views.spelling import MAX_TEXT, split_text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("L CC", ["l", "cc"]),
        ("LCC10MIN", ["lcc", "10", "min"]),
        ("l_cc-at/10.min", ["l", "cc", "at", "10", "min"]),
        ("L.C.C. R.MLO", ["lcc", "r", "mlo"]),
        ("R&D l'hôpital", ["r&d", "l'hopital"]),
        ("'L' & 'R'", ["l", "r"]),
        ("ＬＣＣ Ñandú STRASSE straße", ["lcc", "nandu", "strasse", "strasse"]),  # noqa: RUF001
        ("L\u200bC\u00adC", ["lcc"]),
        ("\u0421\u0421 \u039cLO", ["cc", "mlo"]),
        ("99mTc ½ ²", ["99", "mtc", "1", "2", "2"]),
        ("乳腺 左", ["乳腺", "左"]),
    ],
)
def test_words_of_a_text(text: str, words: list[str]) -> None:
    assert [word.text for word in split_text(text)] == words


def test_words_beside_digits_are_marked() -> None:
    marked = {word.text: word.touches_number for word in split_text("R1 2L x 3 y")}
    assert marked == {"r": True, "1": False, "2": False, "l": True, "x": False,
                      "3": False, "y": False}  # fmt: skip


@given(st.text(max_size=60))
def test_a_text_has_the_words_of_its_parts(text: str) -> None:
    words = [word.text for word in split_text(text)]
    assert all(words)
    again = [word.text for word in split_text(" ".join(words))]
    assert again == words


def test_a_very_long_text_is_cut() -> None:
    assert len(split_text("a " * 10**6)) == MAX_TEXT // 2
