"""Coded concepts: those that the standard knows, with the standard's own meaning.

The value and the meaning of a code are texts that a console lets people type into. Only
codes of the standard's dictionaries are passed on, and their meanings come from there.

References:
    DICOM PS3.16 (context groups and definitions, as pydicom has them), PS3.3 8.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

from pydicom.dataset import Dataset
from pydicom.sr._snomed_dict import mapping as snomed_mapping
from pydicom.sr.codedict import codes as dictionary

from bsgi.dicom import codes
from bsgi.dicom.parse import read_text

_SCHEMES: Final = ("SCT", "NCIt", "DCM", "UCUM")
_OWN: Final = (
    *codes.VIEW_CODES.values(),
    codes.BREAST,
    codes.ERECT,
    codes.SITTING,
    codes.TECHNETIUM,
    codes.SESTAMIBI,
)
"""Codes that files of this package have, under the meanings that they have there."""

_MAX_MEANING: Final = 64


@cache
def _load_meanings() -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Meanings of each code by scheme and value; several context groups, several."""
    meanings: dict[tuple[str, str], tuple[str, ...]] = {}
    concepts = (
        (scheme, str(concept.value), str(concept.meaning))
        for scheme in _SCHEMES
        for concept in getattr(dictionary, scheme).concepts.values()
    )
    own = ((code.scheme, code.value, code.meaning) for code in _OWN)
    for scheme, value, meaning in (*own, *concepts):
        if meaning.isascii() and len(meaning) <= _MAX_MEANING:
            known = meanings.get((scheme, value), ())
            meanings[scheme, value] = (*known, meaning)
    return meanings


def find_code(item: Dataset) -> codes.Code | None:
    """The concept of an item of a code sequence; None if the standard has none such.

    Args:
        item: An item with a code value and a coding scheme.

    Returns:
        Its value and scheme as they are, with its meaning if that is one of the
        standard's, otherwise with the standard's first.

    Raises:
        DicomError: If one of them cannot be decoded.
    """
    value = read_text(item, "CodeValue")
    scheme = read_text(item, "CodingSchemeDesignator")
    modern = value if scheme in codes.SCT_SCHEMES else None
    if scheme in codes.SRT_SCHEMES:
        modern = snomed_mapping["SRT"].get(value)
    meanings = _load_meanings().get(("SCT", modern) if modern else (scheme, value))
    if meanings is None:
        return None
    said = read_text(item, "CodeMeaning")
    return codes.Code(value, scheme, said if said in meanings else meanings[0])
