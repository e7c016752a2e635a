"""Which sides of a text are the side of the view, and which that of an injection.

Half of all breast studies name an arm, a vein, a complaint or an old operation with a
side of its own. A side word counts where it stands beside a projection, or alone; a
word for the breast between changes nothing, for "R breast mass" is no more a view than
"R mass". Beside the breast only, it counts where nothing else could be meant.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bsgi.dicom.views.reading import PROJECTION_ROLES, SIDE_ROLES, Item
from bsgi.dicom.views.words import Role
from bsgi.exam.record import Side

SIDES: Final = {Role.LEFT: Side.LEFT, Role.RIGHT: Side.RIGHT}
_ANCHORS: Final = PROJECTION_ROLES | {Role.OTHER, Role.DOUBTFUL}
"""What makes a side beside it that of the view."""


@dataclass(frozen=True, slots=True)
class Sides:
    """The sides of a text.

    Args:
        sure: Sides of the view.
        unsure: Sides that may be those of something else.
    """

    sure: frozenset[Side]
    unsure: frozenset[Side]


def find_sides(said: Sequence[Item]) -> Sides:
    """The sides of a text, without those of arms, veins, complaints and operations.

    Args:
        said: Its words in order, without numbers and words that say nothing.
    """
    sure: set[Side] = set()
    unsure: set[Side] = set()
    apart = [item for item in said if item.role is not Role.BREAST]
    alone = all(item.role in SIDE_ROLES for item in apart)
    for place, item in enumerate(apart):
        if item.role not in SIDE_ROLES:
            continue
        verdict = alone or _judge(apart, place)
        if verdict is False and _is_of_breast(said, item):
            verdict = _stands_clear(apart, place)
        if verdict is not None:
            side = SIDES[Role(str(item.role))]
            (sure if verdict and item.sure else unsure).add(side)
    return Sides(frozenset(sure), frozenset(unsure))


def _judge(said: Sequence[Item], place: int) -> bool | None:
    """Whether a side is the view's; None if it is that of something else."""
    if _is_joined(said, place):
        return True
    before, after = _role(said, place - 1), _role(said, place + 1)
    if before is after is Role.ELSEWHERE:
        return None  # "injected right arm"
    beside = _finds_anchor(said, place, -1) or _finds_anchor(said, place, 1)
    if after is Role.ELSEWHERE and not _is_taken(said, place, 1):
        rival = _far_end(said, place, 1)
        # "CC L arm" leaves open whose side it is, "R CC L arm" does not.
        open_before = before in _ANCHORS and _role(said, place - 2) not in SIDE_ROLES
        return False if rival in SIDE_ROLES or open_before else None
    if before is Role.ELSEWHERE and not _is_taken(said, place, -1):
        rival = _far_end(said, place, -1)
        return False if rival in SIDE_ROLES or beside else None
    if after is None and place + 1 < len(said):
        # "CC R something" may be the side of something, "something R CC" is not.
        return False
    return beside


def _is_of_breast(said: Sequence[Item], side: Item) -> bool:
    """Whether the next word before or after a side is one for the breast."""
    place = said.index(side)
    return Role.BREAST in {_role(said, place - 1), _role(said, place + 1)}


def _stands_clear(said: Sequence[Item], place: int) -> bool:
    """Whether the side of a breast can be nothing but the view's.

    There is no projection that it ought to stand beside, nothing unknown near, and any
    arm has a side of its own: "inj R arm, L breast".
    """
    if any(item.role in _ANCHORS for item in said):
        return False
    for step in (-1, 1):
        near = place + step
        if not 0 <= near < len(said) or _role(said, near) in SIDE_ROLES:
            continue
        known = _role(said, near) is Role.ELSEWHERE
        if not known or not _is_taken(said, place, step):
            return False
    return True


def _role(said: Sequence[Item], place: int) -> Role | None:
    return said[place].role if 0 <= place < len(said) else None


def _is_joined(said: Sequence[Item], place: int) -> bool:
    """Whether the side is part of a word such as LCC."""
    return any(
        near.place == said[place].place and near.role in _ANCHORS
        for near in said[max(place - 1, 0) : place + 2]
    )


def _finds_anchor(said: Sequence[Item], place: int, step: int) -> bool:
    """Whether other sides apart, such as in "L R CC", the next word is a view's."""
    place += step
    while _role(said, place) in SIDE_ROLES:
        place += step
    return _role(said, place) in _ANCHORS


def _far(said: Sequence[Item], place: int, step: int) -> int:
    """Place of the word beyond the words for arms and veins beside a side."""
    place += step
    while _role(said, place) is Role.ELSEWHERE:
        place += step
    return place


def _far_end(said: Sequence[Item], place: int, step: int) -> Role | None:
    end = _far(said, place, step)
    if 0 <= end < len(said) and _is_joined(said, end):
        return None
    return _role(said, end)


def _is_taken(said: Sequence[Item], place: int, step: int) -> bool:
    """Whether the arm beside a side has another side, as in "inj R arm L CC"."""
    end = _far(said, place, step)
    return (
        _far_end(said, place, step) in SIDE_ROLES
        and _role(said, end + step) is Role.ELSEWHERE
    )
