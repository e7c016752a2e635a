"""Codes that DICOM uses for views, sides and tracers, and identifiers from a text.

References:
    DICOM PS3.16 CID 4014 (mammography views), CID 4015 (modifiers), CID 26 (nuclear
    medicine projections), CID 244 (laterality), CID 18 and 25 (isotope and
    radiopharmaceutical). The SNOMED RT codes of older files are those of pydicom
    (SNOMED mapping).
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from pydicom.dataset import Dataset

from bsgi.exam.record import Projection, Side


@dataclass(frozen=True, slots=True)
class Code:
    """One coded concept: value, coding scheme and meaning."""

    value: str
    scheme: str
    meaning: str

    def to_item(self) -> Dataset:
        """The concept as an item of a code sequence."""
        item = Dataset()
        item.CodeValue = self.value
        item.CodingSchemeDesignator = self.scheme
        item.CodeMeaning = self.meaning
        return item


VIEW_CODES: Final = {
    Projection.CC: Code("399162004", "SCT", "cranio-caudal"),
    Projection.MLO: Code("399368009", "SCT", "medio-lateral oblique"),
}
"""Codes that are written: CID 4014, because CID 26 has no cranio-caudal view."""

SCT_PROJECTIONS: Final = {
    "399162004": Projection.CC,
    "399368009": Projection.MLO,
    # The medio-lateral oblique of CID 26 is another concept than that of CID 4014.
    "399268006": Projection.MLO,
}
SRT_PROJECTIONS: Final = {
    "R-10242": Projection.CC,
    "R-10226": Projection.MLO,
    "G-5224": Projection.MLO,
}
SCT_SIDES: Final = {"7771000": Side.LEFT, "24028007": Side.RIGHT}
SRT_SIDES: Final = {"G-A101": Side.LEFT, "G-A100": Side.RIGHT}
BREAST_CODES: Final = frozenset({"76752008", "T-04000"})
PLAIN_MODIFIERS: Final = frozenset({"442581004"})
"""View modifiers that leave a view what it is: nipple in profile."""

SRT_SCHEMES: Final = frozenset({"SRT", "SNM3", "99SDM"})
"""Names under which SNOMED RT style codes occur in files."""

BREAST: Final = Code("76752008", "SCT", "Breast")
ERECT: Final = Code("C86043", "NCIt", "erect")
SITTING: Final = Code("33586001", "SCT", "sitting")
TECHNETIUM: Final = Code("72454006", "SCT", "^99m^Technetium")
SESTAMIBI: Final = Code("424299003", "SCT", "Technetium Tc^99m^ sestamibi")
TECHNETIUM_CODES: Final = frozenset({"72454006", "C-163A8"})


def make_uid(*parts: object) -> str:
    """A unique identifier that the same parts always give again.

    Args:
        parts: What the identifier stands for; their texts are joined and hashed.

    References:
        DICOM PS3.5 B.2: a UUID as one decimal component under the root 2.25.
    """
    text = "\x1f".join(str(part) for part in ("bsgi", *parts))
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big")
    return f"2.25.{number}"
