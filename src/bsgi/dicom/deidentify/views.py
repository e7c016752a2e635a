"""The view as the importer understands it, as codes in place of free text.

References:
    DICOM PS3.15 E.3.5, note 2: what is useful in a text may be put into coded
    attributes; PS3.16 CID 4014 (views), CID 244 (laterality).
"""

from typing import Final

from pydicom.dataset import Dataset

from bsgi.dicom.codes import VIEW_CODES, Code
from bsgi.dicom.parse import read_items
from bsgi.dicom.views.find import find_view_name
from bsgi.dicom.views.words import ViewWords
from bsgi.errors import DicomError
from bsgi.exam.record import Side, ViewName

_SAYING: Final = (
    "ImageLaterality", "Laterality", "ViewPosition", "ViewCodeSequence",
    "AnatomicRegionModifierSequence", "PrimaryAnatomicStructureModifierSequence",
)  # fmt: skip
"""Attributes that say a side or a projection."""

_SIDES: Final = {
    Side.LEFT: Code("7771000", "SCT", "Left"),
    Side.RIGHT: Code("24028007", "SCT", "Right"),
}


def write_codes(
    clean: Dataset, original: Dataset, whole: ViewName | None, words: ViewWords
) -> None:
    """Say in codes which views a file shows.

    A file that is one view says its side in Image Laterality. In a file of several
    each detector says its side too, as a modifier of its view; a detector of which the
    importer knows no view says nothing.

    Args:
        clean: The dataset to complete.
        original: What the file held.
        whole: The view that the importer finds in all of it; None if there are several.
        words: The spellings that it was read with.
    """
    if whole is not None:
        clean.ImageLaterality = str(whole.side)
    detectors = read_items(original, "DetectorInformationSequence")
    items = read_items(clean, "DetectorInformationSequence")
    for detector, item in zip(detectors, items, strict=True):
        name = whole or _find_name(original, detector, words)
        remove_codes(item)
        if name is not None:
            code = VIEW_CODES[name.projection].to_item()
            side = [] if whole is not None else [_SIDES[name.side].to_item()]
            code.ViewModifierCodeSequence = side
            item.ViewCodeSequence = [code]


def _find_name(
    original: Dataset, detector: Dataset, words: ViewWords
) -> ViewName | None:
    try:
        return find_view_name(original, words, detector)
    except DicomError:
        return None


def remove_codes(clean: Dataset) -> None:
    """Take out whatever says a view, at every level.

    For a file whose texts contradict its codes: without the texts the codes alone
    would be believed, and a view that nobody is sure of would be accepted.

    Args:
        clean: The dataset to change.
    """
    for keyword in _SAYING:
        if keyword in clean:
            del clean[keyword]
    for element in clean:
        if element.VR == "SQ":
            for item in element.value:
                remove_codes(item)
