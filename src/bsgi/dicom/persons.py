"""Who a file is of, told by digests: to notice one woman twice, or two in one exam.

A digest is no secret, as names can be tried out: it stays in memory.
"""

import hashlib
import unicodedata
from datetime import date
from typing import Final

_HEX: Final = 12
_INITIAL: Final = "initial "


def digest_person(name: str, born: date | None) -> str:
    """A digest of name and birth date, the same for all spellings of a name.

    It has one part for the birth date and one for each word of the name, so that
    `may_be_one` can compare names word by word.

    Args:
        name: Patient's Name, as in the file.
        born: Birth date; None if unknown.

    Returns:
        Empty without a birth date, and where the name has one word only, as
        ``ANONYMOUS`` has, or begins with ``anonym``.

    References:
        DICOM PS3.5 6.2.1.1: ideographic and phonetic spellings follow the first
        ``=``; prefix and suffix the third ``^``.
    """
    parts = " ".join(name.partition("=")[0].split("^")[:3])
    letters = (
        letter if letter.isalnum() else " "
        for letter in unicodedata.normalize("NFKD", parts).casefold()
        if not unicodedata.combining(letter) and letter not in "'\u2019"
    )
    words = "".join(letters).split()
    if born is None or len(words) < 2 or words[0].startswith("anonym"):
        return ""
    day = _hash(str(born))
    return ":".join([day, *(_digest_word(word, day) for word in words)])


def _digest_word(word: str, day: str) -> str:
    """Digests of a word and of its first letter; of the letter alone if it is one."""
    initial = _hash(f"{_INITIAL}{word[0]} {day}")
    return initial if len(word) == 1 else f"{_hash(f'{word} {day}')}.{initial}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_HEX]


def may_be_one(first: str, second: str) -> bool:
    """Whether two digests may be of one person whose name was written in two ways.

    They are if birth dates are equal and one name is contained in the other, in any
    order of its words: a word left out (a second given name, a part of a double name)
    or written as its initial.

    Args:
        first: A digest of `digest_person`, not empty.
        second: Another.
    """
    (day, *few), (other, *many) = sorted(
        (each.split(":") for each in (first, second)), key=len
    )
    if day != other:
        return False
    left = list(many)
    # Words first, so that an initial cannot take the place of a word.
    for word in sorted(few, key=lambda each: "." not in each):
        match = next((each for each in left if _is_same_word(word, each)), None)
        if match is None:
            return False
        left.remove(match)
    return True


def _is_same_word(first: str, second: str) -> bool:
    """Whether two words are equal, or one is the initial of the other."""
    if first == second:
        return True
    (one, *full), (other, *complete) = (
        each.split(".")[::-1] for each in (first, second)
    )
    return one == other and not (full and complete)
