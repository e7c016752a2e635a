"""Which of the four views a file holds, from what the file says; never a guess.

Every source that names a side or a projection narrows the candidates down. Sources
that exclude each other, or that leave more than one candidate, make the view
ambiguous, and an ambiguous view is refused.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from pydicom.dataset import Dataset

from bsgi.dicom import codes
from bsgi.dicom.parse import read_items, read_text, shown
from bsgi.errors import DicomError
from bsgi.exam.record import Projection, Side, ViewName

TEXT_SOURCES: Final = ("SeriesDescription", "ProtocolName", "ImageID")
"""Free text that sites use to name a view. Comments are not searched: they speak of
other views too."""

_SIDE_WORDS: Final = {
    "L": Side.LEFT,
    "LT": Side.LEFT,
    "LEFT": Side.LEFT,
    "R": Side.RIGHT,
    "RT": Side.RIGHT,
    "RIGHT": Side.RIGHT,
}
_PROJECTION_WORDS: Final = {
    "CC": Projection.CC,
    "CRANIOCAUDAL": Projection.CC,
    "MLO": Projection.MLO,
}
_JOINED: Final = re.compile(r"(LEFT|RIGHT|LT|RT|L|R)?(CC|MLO)\d{0,2}")
_OTHER_VIEW: Final = re.compile(
    r"(LEFT|RIGHT|LT|RT|L|R)?"
    r"(ML|LM|LMO|XCC[LM]?|AX|AXT|AXILLA|AXILLARY|AT|SPOT|MAG|LAT|LATERAL|FB|"
    r"SIO|ISO|CV|CLEAVAGE|TAN|IMPLANT|ID|ROLLED|ANT|ANTERIOR|POST|POSTERIOR)"
)
"""Names of views that are none of the four. LMO is the latero-medial oblique, so that
LLMO is either that or a misspelt LMLO."""

_Found = TypeVar("_Found", Projection, Side)


@dataclass(frozen=True, slots=True)
class _Clue:
    """What one source says: the sides and projections it allows, and others."""

    source: str
    sides: frozenset[Side] = frozenset()
    projections: frozenset[Projection] = frozenset()
    other: bool = False


def find_view_name(dataset: Dataset) -> ViewName:
    """The one view that everything in the file agrees on.

    Args:
        dataset: An NM dataset.

    Returns:
        Side and projection of the view.

    Raises:
        DicomError: If the image is of another body part or another view, if side or
            projection is not said, or if sources contradict each other.
    """
    _check_breast(dataset)
    clues = [
        *_read_codes(dataset),
        *_read_attributes(dataset),
        *(read_clue(name, read_text(dataset, name)) for name in TEXT_SOURCES),
    ]
    other = [clue.source for clue in clues if clue.other]
    if other:
        raise DicomError(
            f"is not known to be a CC or MLO view: its {other[0]} names another view, "
            "or one that could be two."
        )
    side = _agree("side", [(clue.source, clue.sides) for clue in clues])
    projection = _agree(
        "projection", [(clue.source, clue.projections) for clue in clues]
    )
    return ViewName(f"{side}{projection}")


def read_clue(source: str, text: str) -> _Clue:
    """What a free text says of side and projection.

    Args:
        source: Name of the attribute it stands in.
        text: The text, such as ``L CC 10 min`` or ``RT MLO``.
    """
    sides: set[Side] = set()
    projections: set[Projection] = set()
    other = False
    text = re.sub(r"CRANIO[ -]?CAUDAL", "CC", text.upper())
    text = re.sub(r"\bAT \d+", "", text)  # "AT 10 MIN" is no axillary tail
    text = re.sub(r"MEDIO[ -]?LATERAL[ -]OBLIQUE", "MLO", text)
    for word in re.split(r"[^A-Z0-9]+", text):
        joined = _JOINED.fullmatch(word)
        if word in _SIDE_WORDS:
            sides.add(_SIDE_WORDS[word])
        elif word in _PROJECTION_WORDS:
            projections.add(_PROJECTION_WORDS[word])
        elif joined:
            projections.add(Projection(joined[2]))
            if joined[1]:
                sides.add(_SIDE_WORDS[joined[1]])
        elif _OTHER_VIEW.fullmatch(word):
            other = True
    return _Clue(source, frozenset(sides), frozenset(projections), other)


def _agree(what: str, clues: Iterable[tuple[str, frozenset[str]]]) -> str:
    """The one value that all sources which say something have in common."""
    said = [(source, allowed) for source, allowed in clues if allowed]
    if not said:
        raise DicomError(
            f"is not known to be a breast view: no attribute gives its {what}."
        )
    common = frozenset.intersection(*(allowed for _, allowed in said))
    sources = ", ".join(source for source, _ in said)
    if not common:
        raise DicomError(f"is ambiguous: its {what} differs between {sources}.")
    if len(common) > 1:
        raise DicomError(f"is ambiguous: more than one {what} is named in {sources}.")
    return str(next(iter(common)))


def _check_breast(dataset: Dataset) -> None:
    """Refuse an image that says it shows another part of the body."""
    part = read_text(dataset, "BodyPartExamined").upper()
    if part not in {"", "BREAST"}:
        raise DicomError(f"must show the breast, got body part {shown(part)}.")
    regions = read_items(dataset, "AnatomicRegionSequence")
    if any(read_text(item, "CodeValue") not in codes.BREAST_CODES for item in regions):
        raise DicomError("must show the breast, got another anatomic region code.")


def _read_codes(dataset: Dataset) -> Iterable[_Clue]:
    """Clues of coded views and coded laterality."""
    for detector in read_items(dataset, "DetectorInformationSequence"):
        for item in read_items(detector, "ViewCodeSequence"):
            yield _read_view_code(item)
    for item in read_items(dataset, "ViewCodeSequence"):
        yield _read_view_code(item)
    for region in read_items(dataset, "AnatomicRegionSequence"):
        for item in read_items(region, "AnatomicRegionModifierSequence"):
            side = _look_up(item, codes.SCT_SIDES, codes.SRT_SIDES)
            sides = frozenset() if side is None else frozenset({side})
            yield _Clue("Anatomic Region Modifier code", sides)


def _read_view_code(item: Dataset) -> _Clue:
    source = "View code"
    modifiers = {
        read_text(modifier, "CodeValue")
        for modifier in read_items(item, "ViewModifierCodeSequence")
    }
    if modifiers - codes.PLAIN_MODIFIERS:
        return _Clue("View Modifier code", other=True)
    projection = _look_up(item, codes.SCT_PROJECTIONS, codes.SRT_PROJECTIONS)
    if projection is not None:
        return _Clue(source, projections=frozenset({projection}))
    scheme = read_text(item, "CodingSchemeDesignator")
    if scheme == "SCT" or scheme in codes.SRT_SCHEMES:
        return _Clue(source, other=True)
    # Consoles put what the technologist typed into a private or empty code.
    return read_clue(source, read_text(item, "CodeMeaning"))


def _look_up(
    item: Dataset, sct: Mapping[str, _Found], srt: Mapping[str, _Found]
) -> _Found | None:
    scheme = read_text(item, "CodingSchemeDesignator")
    empty: Mapping[str, _Found] = {}
    table = sct if scheme == "SCT" else srt if scheme in codes.SRT_SCHEMES else empty
    return table.get(read_text(item, "CodeValue"))


def _read_attributes(dataset: Dataset) -> Iterable[_Clue]:
    """Clues of the standard's text attributes, whose terms are fixed."""
    for keyword in ("ImageLaterality", "Laterality"):
        value = read_text(dataset, keyword).upper()
        if value in {"L", "R"}:
            yield _Clue(keyword, frozenset({Side(value)}))
        elif value:
            raise DicomError(f"{keyword} must be L or R, got {shown(value)}.")
    position = read_text(dataset, "ViewPosition")
    if position:
        clue = read_clue("ViewPosition", position)
        yield _Clue(
            clue.source,
            clue.sides,
            clue.projections,
            other=clue.other or not clue.projections,
        )
