"""A free text as words of the table: longest phrases first, then joined words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bsgi.dicom.views.spelling import NUMBER, Word, split_text
from bsgi.dicom.views.words import Meaning, Role, ViewWords

SIDE_ROLES: Final = frozenset({Role.LEFT, Role.RIGHT})
PROJECTION_ROLES: Final = frozenset({Role.CC, Role.MLO})
_PIECES: Final = SIDE_ROLES | PROJECTION_ROLES | {Role.BREAST, Role.OTHER}
_MAX_JOINED: Final = 40
_MAX_PIECES: Final = 4

_NEVER_JOINED: Final = frozenset({"ap", "pa"})
"""Not joined to breast views, and pieces of plain words: RAPID, APR."""

_NUMBERED: Final = frozenset(
    {"d", "det", "detector", "h", "head", "view", "vw", "image", "img", "im", "frame"}
)
"""Words with a number of their own: the CC of ``D1 CC`` is no volume."""


@dataclass(frozen=True, slots=True)
class Item:
    """One word or phrase of a text.

    Args:
        role: Its list in the table; None for an unknown word or a number.
        kind: Kind of another view or image; otherwise empty.
        is_number: Whether it is a number.
        place: Which word of the text it comes from: parts of ``LCC`` share one.
        sure: Whether it can be read in one way only. A single letter beside a digit
            (``R1``) can be something else than a side, ``5 CC`` a volume.
    """

    role: Role | None
    kind: str = ""
    is_number: bool = False
    place: int = 0
    sure: bool = True


@lru_cache(maxsize=1024)
def read_roles(text: str, words: ViewWords) -> tuple[Item, ...]:
    """The words of a text in order, each with what the table says of it.

    Args:
        text: Any text.
        words: The table.
    """
    return tuple(_read(split_text(text), words))


def _read(found: Sequence[Word], words: ViewWords) -> Iterator[Item]:
    keys = [NUMBER if word.is_number else word.text for word in found]
    place = 0
    while place < len(found):
        for length in range(min(words.longest, len(keys) - place), 0, -1):
            meaning = words.meanings.get(tuple(keys[place : place + length]))
            if meaning is not None:
                sure = length > 1 or _is_sure(found, place, meaning.role)
                yield Item(meaning.role, meaning.kind, place=place, sure=sure)
                place += length
                break
        else:
            yield from _read_unknown(found[place], place, words)
            place += 1


def _is_sure(found: Sequence[Word], place: int, role: Role) -> bool:
    word = found[place]
    if role in SIDE_ROLES:
        return len(word.text) > 1 or not word.touches_number
    if role is Role.CC and len(word.text) == 2:
        if place == 0 or not found[place - 1].is_number:
            return True
        return place > 1 and found[place - 2].text in _NUMBERED
    return True


def _read_unknown(word: Word, place: int, words: ViewWords) -> Iterator[Item]:
    """A word that the table does not have: a number, words joined, or nothing known."""
    if word.is_number:
        yield Item(None, is_number=True, place=place)
        return
    plain = words.meanings.get((word.text.replace("'", ""),))
    if plain is not None:  # PROC'D, ISN'T
        yield Item(plain.role, plain.kind, place=place)
        return
    parts = word.text.replace("'", "&").split("&")
    if len(parts) > 1:
        known = [words.meanings.get((part,)) for part in parts]
        # "L&R" are two words, "R&D" and "l'hopital" are one.
        joined = tuple(one for one in known if one and one.role in _PIECES)
        pieces = joined if len(joined) == len(parts) else ()
    else:
        pieces = _split_joined(word.text, words)
    if not pieces:
        yield Item(None, place=place)
    for piece in pieces:
        yield Item(piece.role, piece.kind, place=place)


def _split_joined(text: str, words: ViewWords) -> tuple[Meaning, ...]:
    """The words that a joined one such as LCC or RTMLO is made of; none if unknown.

    Where it can be parted in ways that mean different things, it is doubtful.
    """
    if len(text) > _MAX_JOINED:
        return ()
    ways = [way for way in _part(text, words, _MAX_PIECES) if _is_view(way)]
    if not ways:
        return ()
    if len({_sum_up(way) for way in ways}) > 1:
        return (Meaning(Role.DOUBTFUL),)
    return ways[0]


def _part(text: str, words: ViewWords, pieces: int) -> Iterator[tuple[Meaning, ...]]:
    """Every way to part a text into at most so many words of the table."""
    if not text:
        yield ()
        return
    if pieces == 0:
        return
    for end in range(1, len(text) + 1):
        meaning = words.meanings.get((text[:end],))
        if meaning and meaning.role in _PIECES and text[:end] not in _NEVER_JOINED:
            for rest in _part(text[end:], words, pieces - 1):
                yield (meaning, *rest)


def _is_view(way: Sequence[Meaning]) -> bool:
    """Whether joined words make sense: each side beside what it is the side of."""
    roles = [one.role for one in way]
    if sum(role is Role.OTHER for role in roles) > 1:
        return False
    beside = [
        any(near not in SIDE_ROLES for near in roles[max(place - 1, 0) : place + 2])
        for place, role in enumerate(roles)
        if role in SIDE_ROLES
    ]
    return all(beside) and len(roles) > 1


def _sum_up(way: Sequence[Meaning]) -> frozenset[Role]:
    roles = frozenset(one.role for one in way)
    return frozenset({Role.OTHER}) if Role.OTHER in roles else roles
