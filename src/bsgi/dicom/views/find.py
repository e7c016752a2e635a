"""Which of the four views frames show, from what their file says; never a guess.

Every source that names a side or a projection narrows the candidates down. Sources
that exclude each other, or that leave more than one candidate, make the view
ambiguous, and an ambiguous view is refused.

References:
    DICOM PS3.3 C.7.6.1.1.1 (Patient Orientation), C.8.4.9 (NM image), 10.5 (regions);
    PS3.16 CID 4014 and CID 26 (views), CID 244 (laterality).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import combinations
from typing import Final

from pydicom.dataset import Dataset

from bsgi.dicom.parse import read_items, read_text, read_values, shown
from bsgi.dicom.views.clues import BOTH_BREASTS, Clue, is_plain, read_clues
from bsgi.dicom.views.coded import read_region_codes, read_view_codes
from bsgi.dicom.views.words import ViewWords
from bsgi.errors import DicomError
from bsgi.exam.record import Projection, Side, ViewName

IMAGE_TEXTS: Final = ("ImageID", "ViewName")
"""Free texts that speak of one image."""

SERIES_TEXTS: Final = (
    "SeriesDescription",
    "ProtocolName",
    "AcquisitionProtocolDescription",
)
"""Free texts that sites use to name views, one or all of a series. Descriptions of
study, request and procedure are not searched: they speak of the complaint."""

_OBLIQUE: Final = {
    frozenset("FR"): Side.LEFT,
    frozenset("HL"): Side.LEFT,
    frozenset("FL"): Side.RIGHT,
    frozenset("HR"): Side.RIGHT,
}
"""Down the image plane of an MLO view: feet and middle, so right in the left breast."""


def find_view_name(
    dataset: Dataset, words: ViewWords, detector: Dataset | None = None
) -> ViewName:
    """The one view that everything in the file agrees on.

    Args:
        dataset: An NM dataset.
        words: The table of words by which views are named.
        detector: The item of the Detector Information Sequence that made the frames
            in question, if the file has frames of several views. Its codes count and
            those of the other detectors do not; nor does Patient Orientation, which
            is one for all. None: all detectors must agree.

    Returns:
        Side and projection of the view.

    Raises:
        DicomError: If a source names another view, if side or projection is not said,
            if a source could mean two things, or if sources contradict each other.
    """
    clues = [
        clue for clue in _read_all(dataset, words, detector) if clue.says_something
    ]
    _check_other(clues)
    _check_contradictions(clues)
    return _decide(clues)


def _read_all(
    dataset: Dataset, words: ViewWords, detector: Dataset | None
) -> Iterator[Clue]:
    """Clues of the detectors first, then those of the dataset that they belong to."""
    detectors = read_items(dataset, "DetectorInformationSequence")
    parts = detectors if detector is None else (detector,)
    own = [clue for part in parts for clue in _read_part(part, words)]
    yield from own
    # A file of several views may say "both", once its detectors tell them apart.
    apart = detector is not None and any(
        clue.sure and len(clue.sides) == 1 for clue in own
    )
    for clue in (*_read_part(dataset, words), *_read_texts(dataset, words)):
        if apart and clue.other == BOTH_BREASTS:
            yield replace(clue, other="", sides=frozenset(Side))
        else:
            yield clue
    if detector is None:
        yield _read_orientation(dataset)


def _read_part(part: Dataset, words: ViewWords) -> Iterator[Clue]:
    """Codes and standard attributes of a dataset or of one of its detectors."""
    yield from read_view_codes(part, words)
    yield from read_region_codes(part, words)
    for keyword in ("ImageLaterality", "Laterality"):
        yield from _read_laterality(part, keyword, words)
    yield from _read_position(part, words)


def _read_texts(dataset: Dataset, words: ViewWords) -> Iterator[Clue]:
    """Body part and free text, that of one image first."""
    body = read_text(dataset, "BodyPartExamined")
    yield from read_clues("Body Part Examined", body, words, of_image=True)
    for keyword in IMAGE_TEXTS:
        text = read_text(dataset, keyword)
        yield from read_clues(title(keyword), text, words, of_image=True)
    for keyword in SERIES_TEXTS:
        yield from read_clues(title(keyword), read_text(dataset, keyword), words)
    comments = read_text(dataset, "ImageComments")
    if comments and is_plain(comments, words):
        # Others speak of other views too: "compare with LCC".
        yield from read_clues("Image Comments", comments, words, of_image=True)


@cache
def title(keyword: str) -> str:
    """A keyword as the standard writes the attribute's name.

    Args:
        keyword: Such as ``SeriesDescription``.
    """
    spaced = "".join(f" {one}" if one.isupper() else one for one in keyword)
    return spaced.strip().replace("I D", "ID")


def _read_laterality(part: Dataset, keyword: str, words: ViewWords) -> Iterator[Clue]:
    """A laterality, whose terms are L, R, B for both and U for unpaired."""
    value = read_text(part, keyword).upper()
    if not value:
        return
    source = title(keyword)
    if value == "B":
        yield Clue(source, other=BOTH_BREASTS)
        return
    clues = read_clues(source, value, words, of_image=True)
    if not any(clue.sides or clue.other for clue in clues):
        raise DicomError(f"is ambiguous: {source} must be L or R, got {shown(value)}.")
    yield from clues


def _read_position(part: Dataset, words: ViewWords) -> Iterator[Clue]:
    """View Position, which names nothing but views."""
    source, text = "View Position", read_text(part, "ViewPosition")
    clues = read_clues(source, text, words, of_image=True)
    yield from clues
    if text and not clues:
        yield Clue(source, other="a view of another name")


def _read_orientation(dataset: Dataset) -> Clue:
    """What Patient Orientation contradicts; it never decides.

    It may be turned or mirrored, and cameras write a default: only the plane counts.
    """
    values = [set(str(value)) for value in read_values(dataset, "PatientOrientation")]
    source = "Patient Orientation"
    if len(values) != 2 or not any(value & set("AP") for value in values):
        return Clue(source, sure=False)
    across = values[0] if values[1] & set("AP") else values[1]
    if across in ({"L"}, {"R"}):
        return Clue(source, projections=frozenset({Projection.CC}), sure=False)
    if not across & set("HF") or across & set("AP"):
        return Clue(source, sure=False)
    side = _OBLIQUE.get(frozenset(across))
    return Clue(
        source,
        sides=frozenset() if side is None else frozenset({side}),
        projections=frozenset({Projection.MLO}),
        sure=False,
    )


def _check_other(clues: Sequence[Clue]) -> None:
    """Refuse what names another view, or what could mean two things."""
    for clue in clues:
        if clue.other:
            raise DicomError(
                f"is another view than CC or MLO: its {clue.source} says {clue.other}."
            )
    for clue in clues:
        if clue.doubtful:
            raise DicomError(
                f"is ambiguous: a word of its {clue.source} could mean two things."
            )
        if clue.denied:
            raise DicomError(
                f"is ambiguous: its {clue.source} denies or doubts the view, or says "
                "that the image is spoilt or a test."
            )


def _check_contradictions(clues: Sequence[Clue]) -> None:
    """Refuse sources that exclude each other."""
    if frozenset(ViewName).intersection(*(clue.allowed for clue in clues)):
        return
    for what in ("side", "projection"):
        for one, other in combinations(clues, 2):
            first, second = _named(one, what), _named(other, what)
            if first and second and not first & second:
                where = (
                    f"within {one.source}"
                    if one.source == other.source
                    else f"between {one.source} and {other.source}"
                )
                raise DicomError(f"is ambiguous: its {what} differs {where}.")
    sources = list(dict.fromkeys(clue.source for clue in clues))
    raise DicomError(
        "is ambiguous: no view has the sides and projections of all of "
        f"{', '.join(sources)}."
    )


def _named(clue: Clue, what: str) -> frozenset[str]:
    return frozenset(clue.sides if what == "side" else clue.projections)


def _decide(clues: Sequence[Clue]) -> ViewName:
    """The one view that the sources leave which may decide."""
    sure = [clue for clue in clues if clue.sure]
    left = frozenset(ViewName).intersection(*(clue.allowed for clue in sure))
    if len(left) == 1:
        return next(iter(left))
    for what, found in (
        ("side", {name.side for name in left}),
        ("projection", {name.projection for name in left}),
    ):
        if len(found) == 1:
            continue
        named = [clue.source for clue in sure if _named(clue, what)]
        doubtful = [clue.source for clue in clues if _named(clue, what)]
        if named:
            raise DicomError(
                f"is ambiguous: more than one {what} is named in {named[0]}."
            )
        if doubtful and doubtful[0] != "Patient Orientation":
            raise DicomError(
                f"is ambiguous: the {what} in {doubtful[0]} may be that of something "
                "else."
            )
        raise DicomError(
            f"is not known to be a breast view: no attribute gives its {what}."
        )
    raise DicomError("is ambiguous: its sources leave more than one view.")
