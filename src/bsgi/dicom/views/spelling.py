"""A free text as plain words and numbers, however it is spelled.

References:
    Unicode Standard Annex 15 (compatibility forms); Unicode Technical Standard 39
    (letters that look alike).
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

NUMBER: Final = "#"
"""Stands for any number in a phrase of the table."""

MAX_TEXT: Final = 1024
"""Characters of a text that are read: more than any description has."""

_ALIKE: Final = str.maketrans(
    # Small Cyrillic and Greek letters whose small or capital form looks Latin, and
    # apostrophes.
    "асеіјкмнорѕтвухαβεηικμνορτυχ\u2019\u02bc",
    "aceijkmhopstbyxabehikmnoptux''",
)
_LETTER: Final = r"[^\W\d_]"
_INITIALS: Final = re.compile(
    rf"(?<!{_LETTER})(?:{_LETTER}\.){{2,}}(?:{_LETTER}(?!{_LETTER}))?"
)
_WORD: Final = re.compile(rf"{_LETTER}+(?:['&]{_LETTER}+)*|\d+")


@dataclass(frozen=True, slots=True)
class Word:
    """One word or number of a text.

    Args:
        text: Small letters without accents, or digits.
        touches_number: Whether a number stands before or after it without a gap.
    """

    text: str
    touches_number: bool = False

    @property
    def is_number(self) -> bool:
        """Whether it is a number."""
        return self.text[0].isdigit()


def split_text(text: str) -> list[Word]:
    """The words and numbers of a text.

    Small and capital letters, accents, full-width forms and letters that look like
    Latin ones are the same; what cannot be seen is left out; whatever else is no
    letter or digit parts words. Digits part words too: ``LCC10MIN`` has three.

    Args:
        text: Any text.
    """
    plain = _simplify(text[:MAX_TEXT])
    found = list(_WORD.finditer(plain))
    ends = {match.end() for match in found if match[0][0].isdigit()}
    starts = {match.start() for match in found if match[0][0].isdigit()}
    return [
        Word(
            match[0],
            not match[0][0].isdigit()
            and (match.start() in ends or match.end() in starts),
        )
        for match in found
    ]


def _simplify(text: str) -> str:
    if text.isascii():
        small = text.lower()
    else:
        seen = unicodedata.normalize("NFKC", text)
        seen = "".join(one for one in seen if unicodedata.category(one) != "Cf")
        apart = unicodedata.normalize("NFKD", seen.casefold())
        small = "".join(one for one in apart if not unicodedata.combining(one))
        small = small.translate(_ALIKE)
    return _INITIALS.sub(lambda match: match[0].replace(".", ""), small)
