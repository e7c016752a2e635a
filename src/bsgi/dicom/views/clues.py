"""What one source says of side and projection: the views that it allows."""

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Final

from bsgi.dicom.views.reading import PROJECTION_ROLES, SIDE_ROLES, Item, read_roles
from bsgi.dicom.views.sides import SIDES, find_sides
from bsgi.dicom.views.words import Role, ViewWords
from bsgi.exam.record import Projection, Side, ViewName

PROJECTIONS: Final = {Role.CC: Projection.CC, Role.MLO: Projection.MLO}
BOTH_BREASTS: Final = "both breasts"
"""Kind of a view that shows both."""

_MUTE: Final = frozenset(
    {
        Role.IGNORE,
        Role.PROCESSED,
        Role.NOT_BREAST,
        Role.OTHER_PART,
        Role.OTHER_IMAGE,
    }
)
_PLAIN: Final = (
    SIDE_ROLES
    | PROJECTION_ROLES
    | {Role.BOTH, Role.BREAST, Role.OTHER, Role.DOUBTFUL, Role.IGNORE}
)

_QUESTION: Final = re.compile(r"[?\u00bf\uff1f](?![^\W\d_])")
"""A question mark that does not stand before a word, as before a finding."""


@dataclass(frozen=True, slots=True)
class Clue:
    """What one source says; empty sets where it says nothing.

    Args:
        source: What messages call the source.
        sides: The breasts that it names.
        projections: The projections that it names.
        names: The views that it names as wholes, such as ``LCC RMLO``, if it names
            nothing beside them.
        sure: Whether it may decide; otherwise it may only contradict.
        other: Kind of another view that it names; otherwise empty.
        doubtful: Whether a word of it could mean two things.
        denied: Whether it denies or doubts a view, or says that it was spoilt.
    """

    source: str
    sides: frozenset[Side] = frozenset()
    projections: frozenset[Projection] = frozenset()
    names: frozenset[ViewName] = frozenset()
    sure: bool = True
    other: str = ""
    doubtful: bool = False
    denied: bool = False

    @property
    def says_something(self) -> bool:
        """Whether the source speaks of views at all."""
        return bool(
            self.sides or self.projections or self.other or self.doubtful or self.denied
        )

    @property
    def allowed(self) -> frozenset[ViewName]:
        """The views that do not contradict it."""
        return self.names or _allow(self.sides, self.projections)


@cache
def _allow(
    sides: frozenset[Side], projections: frozenset[Projection]
) -> frozenset[ViewName]:
    """The views of some breasts and projections; empty sets leave them open."""
    return frozenset(
        name
        for name in ViewName
        if name.side in (sides or set(Side))
        and name.projection in (projections or set(Projection))
    )


def read_clues(
    source: str, text: str, words: ViewWords, *, of_image: bool = False
) -> tuple[Clue, ...]:
    """What a free text says: what may decide, and what may only contradict.

    Args:
        source: What messages call the text.
        text: The text, such as ``L CC 10 min`` or ``RT MLO``.
        words: The table of words.
        of_image: Whether the text is about one image and not about its series, so
            that both breasts are one view of both.
    """
    clues = _read_text(text, words, of_image) if text else ()
    return tuple(replace(clue, source=source) for clue in clues)


def is_plain(text: str, words: ViewWords) -> bool:
    """Whether a text holds nothing but words for views, and numbers.

    Args:
        text: Any text.
        words: The table of words.
    """
    return all(
        item.is_number or item.role in _PLAIN for item in read_roles(text, words)
    )


@lru_cache(maxsize=1024)
def _read_text(text: str, words: ViewWords, of_image: bool) -> tuple[Clue, ...]:
    items = read_roles(text, words)
    said = [one for one in items if not one.is_number and one.role not in _MUTE]
    roles = {one.role for one in said}
    found = find_sides(said)
    sides = found.sure
    unsure_sides = found.unsure - sides
    projections = _find_projections(said, sure=True)
    other = next((one.kind for one in said if one.role is Role.OTHER), "")
    if Role.BOTH in roles:
        sides = frozenset(Side)
        if of_image or len(projections) == 1:
            other = other or BOTH_BREASTS
    clue = Clue(
        source="",
        sides=sides,
        projections=projections,
        names=_name_wholes(said),
        other=other,
        doubtful=Role.DOUBTFUL in roles or len(unsure_sides) > 1,
        denied=Role.DENIED in roles or _is_asked(text, roles),
    )
    unsure = Clue(
        source="",
        sides=unsure_sides,
        projections=_find_projections(said, sure=False) - projections,
        sure=False,
    )
    return tuple(one for one in (clue, unsure) if one.says_something)


def _is_asked(text: str, roles: set[Role | None]) -> bool:
    """Whether a text questions its view: "LCC?", but not "LCC ?lesion"."""
    named = bool(roles & (SIDE_ROLES | PROJECTION_ROLES))
    return named and _QUESTION.search(text) is not None


def _find_projections(said: list[Item], *, sure: bool) -> frozenset[Projection]:
    return frozenset(
        PROJECTIONS[Role(str(one.role))]
        for one in said
        if one.role in PROJECTION_ROLES and one.sure is sure
    )


def _name_wholes(said: list[Item]) -> frozenset[ViewName]:
    """The views of a text such as LCC RMLO, whose sides and projections are pairs."""
    words: dict[int, list[Role]] = {}
    for item in said:
        if item.role in SIDE_ROLES | PROJECTION_ROLES:
            words.setdefault(item.place, []).append(Role(str(item.role)))
    names = set()
    for roles in words.values():
        sides = [SIDES[role] for role in roles if role in SIDE_ROLES]
        projections = [PROJECTIONS[role] for role in roles if role in PROJECTION_ROLES]
        if len(sides) != 1 or len(projections) != 1:
            return frozenset()
        names.add(ViewName(f"{sides[0]}{projections[0]}"))
    return frozenset(names)
