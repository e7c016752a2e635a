"""What coded attributes say of side and projection.

References:
    DICOM PS3.3 C.8.4.11 (View Code Sequence of a detector), C.7.6.1 and 10.5
    (Anatomic Region and Primary Anatomic Structure); PS3.16 CID 26, 244, 4014, 4015.
"""

from collections.abc import Iterator
from typing import Final

from pydicom.dataset import Dataset

from bsgi.dicom import codes
from bsgi.dicom.parse import read_items, read_text
from bsgi.dicom.views.clues import BOTH_BREASTS, Clue, read_clues
from bsgi.dicom.views.words import ViewWords
from bsgi.exam.record import Side

UNKNOWN_VIEW: Final = "a view of another code"
UNKNOWN_MODIFIER: Final = "a modified view"

REGIONS: Final = (
    ("AnatomicRegionSequence", "AnatomicRegionModifierSequence"),
    ("PrimaryAnatomicStructureSequence", "PrimaryAnatomicStructureModifierSequence"),
)
"""Sequences that name the part of the body, with the modifiers that name its side."""


def read_code(item: Dataset) -> tuple[str, bool]:
    """Value of a code, and whether its scheme is one that has known codes.

    Args:
        item: An item of a code sequence.
    """
    value = read_text(item, "CodeValue") or read_text(item, "LongCodeValue")
    return value.upper(), codes.is_snomed(read_text(item, "CodingSchemeDesignator"))


def read_view_codes(part: Dataset, words: ViewWords) -> Iterator[Clue]:
    """Clues of the coded views of a dataset or of one of its detectors.

    Args:
        part: What has the View Code Sequence.
        words: The table of words, for codes that a console made up.
    """
    for item in read_items(part, "ViewCodeSequence"):
        yield from _read_view_code(item, words)
        for modifier in read_items(item, "ViewModifierCodeSequence"):
            yield from _read_modifier(modifier, words)


def read_region_codes(part: Dataset, words: ViewWords) -> Iterator[Clue]:
    """Clues of the coded part of the body and of its laterality.

    Args:
        part: A dataset or one of its detectors.
        words: The table of words.
    """
    for sequence, modifiers in REGIONS:
        for region in read_items(part, sequence):
            value, known = read_code(region)
            if known:
                yield _name_side("region code", codes.BREAST_CODES.get(value))
            for modifier in read_items(region, modifiers):
                yield from _read_laterality(modifier, words)


def _name_side(source: str, sides: frozenset[Side] | None) -> Clue:
    if sides == frozenset(Side):
        return Clue(source, other=BOTH_BREASTS)
    return Clue(source, sides=sides or frozenset())


def _read_view_code(item: Dataset, words: ViewWords) -> Iterator[Clue]:
    source = "View code"
    value, known = read_code(item)
    meaning = read_text(item, "CodeMeaning")
    if known and value in codes.PROJECTION_CODES:
        projections = frozenset({codes.PROJECTION_CODES[value]})
        yield Clue(source, projections=projections)
    elif known and value:
        yield Clue(source, other=codes.OTHER_VIEW_CODES.get(value, UNKNOWN_VIEW))
        return
    else:
        # Consoles put what the technologist typed into a private or empty code.
        yield from read_clues(source, value, words, of_image=True)
    yield from read_clues("View code meaning", meaning, words, of_image=True)


def _read_modifier(item: Dataset, words: ViewWords) -> Iterator[Clue]:
    """A view modifier: one that changes nothing, a side, or another view."""
    source = "View Modifier code"
    value, known = read_code(item)
    meaning = read_text(item, "CodeMeaning")
    if known and value in codes.SIDE_CODES:
        yield _name_side(source, codes.SIDE_CODES[value])
        yield from read_clues(source, meaning, words, of_image=True)
    elif known and value in codes.PLAIN_MODIFIERS:
        yield from read_clues(source, meaning, words, of_image=True)
    elif value or meaning:
        yield Clue(source, other=codes.MODIFIER_CODES.get(value, UNKNOWN_MODIFIER))


def _read_laterality(item: Dataset, words: ViewWords) -> Iterator[Clue]:
    source = "region modifier code"
    value, known = read_code(item)
    if known and value in codes.SIDE_CODES:
        yield _name_side(source, codes.SIDE_CODES[value])
    elif known and value in codes.MODIFIER_CODES:
        yield Clue(source, other=codes.MODIFIER_CODES[value])
    yield from read_clues(source, read_text(item, "CodeMeaning"), words, of_image=True)
