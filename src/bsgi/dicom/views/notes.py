"""What the texts of an accepted view say that somebody should look at; never quoted."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from pydicom.dataset import Dataset

from bsgi.dicom.parse import read_text
from bsgi.dicom.views.clues import is_plain, read_clues
from bsgi.dicom.views.find import IMAGE_TEXTS, SERIES_TEXTS, title
from bsgi.dicom.views.reading import PROJECTION_ROLES, SIDE_ROLES, read_roles
from bsgi.dicom.views.spelling import split_text
from bsgi.dicom.views.words import Role, ViewWords
from bsgi.exam.record import ViewName

MIN_LETTERS: Final = 3
"""Shorter words are initials and units, or short for too much to be worth a look."""

_COMMENTS: Final = "ImageComments"
_NAMES: Final = SIDE_ROLES | PROJECTION_ROLES
_OTHER: Final = frozenset({Role.OTHER, Role.PROCESSED, Role.OTHER_IMAGE})


def note_texts(
    dataset: Dataset, name: ViewName, words: ViewWords, *, alone: bool
) -> tuple[str, ...]:
    """Notes on the texts of a view that `find_view_name` found.

    Args:
        dataset: The dataset of the view.
        name: The view.
        words: The table of words that it was found with.
        alone: Whether it is the only view of its file. Where it is not, a comment may
            well speak of the others.
    """
    notes = [
        f"its {title(keyword)} holds {number} word{'s' * (number > 1)} that no table "
        "of words knows"
        for keyword in (*IMAGE_TEXTS, *SERIES_TEXTS)
        if (number := _count_unknown(read_text(dataset, keyword), words))
    ]
    comments = read_text(dataset, _COMMENTS)
    if alone and comments and _speaks_of_another(comments, name, words):
        notes.append(
            "its Image Comments speak of another side or view, or doubt it; look at it"
        )
    return tuple(notes)


@lru_cache(maxsize=1024)
def _count_unknown(text: str, words: ViewWords) -> int:
    """Unknown words of letters in a text that names a side or a projection."""
    items = read_roles(text, words)
    if not any(item.role in _NAMES for item in items):
        return 0
    found = split_text(text)
    return sum(
        item.role is None
        and not item.is_number
        and len(found[item.place].text) >= MIN_LETTERS
        for item in items
    )


@lru_cache(maxsize=1024)
def _speaks_of_another(comments: str, name: ViewName, words: ViewWords) -> bool:
    """Whether comments, beside other words, name what the view is not."""
    if is_plain(comments, words):
        return False  # it was a source of the view itself
    return any(_contradict(comments, name, words))


def _contradict(comments: str, name: ViewName, words: ViewWords) -> Iterator[bool]:
    found = split_text(comments)
    # "ID", "AT", "AP" and "R" stand for many things in a sentence.
    long = [
        item.role
        for item in read_roles(comments, words)
        if len(found[item.place].text) >= MIN_LETTERS
    ]
    yield not _OTHER.isdisjoint(long)
    in_full = not SIDE_ROLES.isdisjoint(long)
    for clue in read_clues("", comments, words, of_image=True):
        yield clue.denied
        yield (clue.sure or in_full) and name not in clue.allowed
        yield clue.sure and len(clue.sides) > 1
