"""One value: as it is, in another form, or not at all.

Each kind of value is read as what it has to be: a number, a term of the standard, a
date, an identifier. What does not read so is left out, since it could be a name.

References:
    DICOM PS3.5 6.2 (value representations); PS3.15 E.1.1.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from numbers import Real
from typing import Any, Final

from pydicom._uid_dict import UID_dictionary
from pydicom.datadict import dictionary_VM, dictionary_VR
from pydicom.dataelem import DataElement
from pydicom.multival import MultiValue

from bsgi.dicom.deidentify.dates import cap_age, keep_time, shift_date, shift_moment
from bsgi.dicom.pseudonyms import Pseudonyms
from bsgi.dicom.terms import is_term

_DECIMAL: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([Ee][+-]?\d+)?")
_NUMBERS: Final = frozenset(
    {"US", "SS", "UL", "SL", "FL", "FD", "UV", "SV", "AT"}
)  # fmt: skip
_PARTIAL: Final = frozenset({"ImageType", "CorrectedImage"})
"""Lists to which cameras add words of their own, which are left out one by one."""

_TRACERS: Final = """
    tc 99m tc99m 99mtc technetium sestamibi mibi methoxyisobutylisonitrile tetrofosmin
    pertechnetate cardiolite miraluma kardolite iodine i 123 125 131 i123 i131 in 111
    in111 tl 201 tl201 thallium indium ga 67 ga67 gallium co 57 co57 cobalt cs 137 f 18
    lu 177 lu177 peak photopeak window scatter lower upper main energy kev emission
    mdp hdp dtpa maa mag3
"""
_TRACER_WORDS: Final = frozenset(_TRACERS.split())
_WORDED: Final = frozenset({"Radiopharmaceutical", "Radionuclide", "EnergyWindowName"})
"""Free texts of which the words that name a tracer, a nuclide or a window are kept."""


@dataclass(frozen=True, slots=True)
class Change:
    """How the values of one patient's files are changed.

    Args:
        pseudonyms: Keyed names of identifiers.
        days: By how many days her dates move.
    """

    pseudonyms: Pseudonyms
    days: int


def clean_value(element: DataElement, change: Change) -> Any | None:  # noqa: ANN401
    """The value that may be passed on.

    Args:
        element: A decoded element that is no sequence.
        change: How values of this patient are changed.

    Returns:
        The value; an empty text for an empty element; None if it has to be left out.
    """
    keyword = element.keyword
    if str(element.VR) not in _allowed_kinds(element.tag):
        return None
    values = _list(element.value)
    if not values:
        return ""
    if str(element.VR) in _NUMBERS:
        kept: list[Any] = [value for value in values if isinstance(value, Real)]
    else:
        texts = [_text(value) for value in values]
        changed = [
            _clean_text(str(element.VR), text, keyword, change) for text in texts
        ]
        kept = [text for text in changed if text is not None]
    whole = len(kept) == len(values) or (keyword in _PARTIAL and bool(kept))
    if not whole or len(kept) > _most_values(element.tag):
        return None
    return kept[0] if len(kept) == 1 else kept


def keep_tracer(text: str) -> str | None:
    """The words of a text that name a tracer, a nuclide or an energy window.

    Args:
        text: Such as ``Tc-99m sestamibi``.

    Returns:
        The text as it is if it has no other words; None if it has no such words.
    """
    words = [word for word in re.split(r"[^A-Za-z0-9]+", text) if word]
    known = [word for word in words if word.lower() in _TRACER_WORDS]
    return text if len(known) == len(words) else " ".join(known) or None


def name_uid(uid: str, pseudonyms: Pseudonyms) -> str:
    """A registered identifier as it is, any other one by its pseudonym."""
    return uid if uid in UID_dictionary else pseudonyms.name_uid(uid)


def _clean_text(kind: str, text: str, keyword: str, change: Change) -> str | None:
    """One value of a text representation; None if it has to be left out."""
    if not text:
        return ""
    known: Mapping[str, Callable[[], str | None]] = {
        "DA": lambda: shift_date(text, change.days),
        "DT": lambda: shift_moment(text, change.days),
        "TM": lambda: keep_time(text),
        "AS": lambda: cap_age(text),
        "UI": lambda: name_uid(text, change.pseudonyms),
        "CS": lambda: text if is_term(text, keyword) else None,
        "DS": lambda: text if _DECIMAL.fullmatch(text) else None,
        "IS": lambda: text if _DECIMAL.fullmatch(text) else None,
    }
    if kind in known:
        return known[kind]()
    return keep_tracer(text) if keyword in _WORDED else None


def _list(value: Any) -> list[Any]:  # noqa: ANN401 - pydicom's values have any type
    if value is None or value in ("", b""):
        return []
    return list(value) if isinstance(value, MultiValue | list | tuple) else [value]


def _text(value: Any) -> str:  # noqa: ANN401 - as above
    original = getattr(value, "original_string", None)
    return str(value if original is None else original).strip(" \0")


@cache
def _allowed_kinds(tag: int) -> frozenset[str]:
    """Value representations of an attribute by the dictionary."""
    return frozenset(dictionary_VR(tag).split(" or "))


@cache
def _most_values(tag: int) -> float:
    """How many values an attribute may have at most."""
    most = dictionary_VM(tag).split("-")[-1]
    return float(most) if most.isdigit() else math.inf
