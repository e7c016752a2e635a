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

PROJECTION_CODES: Final = {
    "399162004": Projection.CC,
    "R-10242": Projection.CC,
    "399368009": Projection.MLO,
    "R-10226": Projection.MLO,
    # The medio-lateral oblique of CID 26 is another concept than that of CID 4014.
    "399268006": Projection.MLO,
    "G-5224": Projection.MLO,
}
OTHER_VIEW_CODES: Final = {
    # CID 4014
    "399260004": "medio-lateral",
    "R-10224": "medio-lateral",
    "399352003": "latero-medial",
    "R-10228": "latero-medial",
    "399099002": "latero-medial oblique",
    "R-10230": "latero-medial oblique",
    "399192008": "exaggerated cranio-caudal",
    "R-1024A": "exaggerated cranio-caudal",
    "399101009": "exaggerated cranio-caudal",
    "R-1024B": "exaggerated cranio-caudal",
    "399196006": "caudo-cranial",
    "R-10244": "caudo-cranial",
    "399188001": "superolateral to inferomedial oblique",
    "R-102D0": "superolateral to inferomedial oblique",
    "441555000": "inferomedial to superolateral oblique",
    "R-40AAA": "inferomedial to superolateral oblique",
    "127457009": "specimen",
    "G-8310": "specimen",
    # CID 26
    "399012007": "medio-lateral",
    "G-5220": "medio-lateral",
    "399300004": "latero-medial",
    "G-5221": "latero-medial",
    "399159002": "latero-medial oblique",
    "G-5225": "latero-medial oblique",
    "49370004": "lateral",
    "G-A104": "lateral",
    "399118008": "lateral",
    "G-5223": "lateral",
    "399297009": "lateral",
    "G-5222": "lateral",
    "399321004": "anterior",
    "G-5215": "anterior",
    "399001007": "posterior",
    "G-5216": "posterior",
    "399074003": "anterior or posterior oblique",
    "G-5207": "anterior or posterior oblique",
    "399108003": "anterior or posterior oblique",
    "G-5206": "anterior or posterior oblique",
    "399136008": "anterior or posterior oblique",
    "G-5209": "anterior or posterior oblique",
    "399075002": "anterior or posterior oblique",
    "G-5208": "anterior or posterior oblique",
}
"""Views of CID 4014 and CID 26 that are none of the four, by the name of a reason."""

MODIFIER_CODES: Final = {
    "399011000": "axilla or axillary tail",
    "R-102D1": "axilla or axillary tail",
    "442580003": "axilla or axillary tail",
    "R-40AB2": "axilla or axillary tail",
    "399055006": "spot compression",
    "R-102D7": "spot compression",
    "399163009": "magnification",
    "R-102D6": "magnification",
    "399209000": "implant displaced",
    "R-102D5": "implant displaced",
    "399161006": "cleavage",
    "R-102D2": "cleavage",
    "399110001": "tangential",
    "R-102C2": "tangential",
    "399197002": "rolled",
    "R-102D3": "rolled",
    "399226006": "rolled",
    "R-102D4": "rolled",
    "414493004": "rolled",
    "R-102CA": "rolled",
    "415670009": "rolled",
    "R-102C9": "rolled",
    "441752004": "anterior",
    "P2-00161": "anterior",
    "442593008": "infra-mammary fold",
    "R-40ABE": "infra-mammary fold",
}
"""View modifiers of CID 4015 that make a view another one."""

PLAIN_MODIFIERS: Final = frozenset({"442581004", "R-40AB3"})
"""View modifiers that leave a view what it is: nipple in profile."""

SIDE_CODES: Final = {
    "7771000": frozenset({Side.LEFT}),
    "G-A101": frozenset({Side.LEFT}),
    "24028007": frozenset({Side.RIGHT}),
    "G-A100": frozenset({Side.RIGHT}),
    "51440002": frozenset(Side),
    "G-A102": frozenset(Side),
    "66459002": frozenset[Side](),
    "G-A103": frozenset[Side](),
}
"""Laterality, CID 244: left, right, bilateral, and unilateral, which names no side."""

BREAST_CODES: Final = {
    "76752008": frozenset[Side](),
    "T-04000": frozenset[Side](),
    "181131000": frozenset[Side](),
    "T-04009": frozenset[Side](),
    "80248007": frozenset({Side.LEFT}),
    "T-04030": frozenset({Side.LEFT}),
    "73056007": frozenset({Side.RIGHT}),
    "T-04020": frozenset({Side.RIGHT}),
    "63762007": frozenset(Side),
    "T-04080": frozenset(Side),
}
"""Regions that are the breast, with the side that they name."""

SCT_SCHEMES: Final = frozenset({"SCT", "SNOMED-CT", "SNOMEDCT"})
"""Names under which SNOMED CT codes occur in files."""

SRT_SCHEMES: Final = frozenset({"SRT", "SNM3", "99SDM", "SNOMED-RT"})
"""Names under which SNOMED RT style codes occur in files."""


def is_snomed(scheme: str) -> bool:
    """Whether a coding scheme has one of the names of SNOMED, or is that of DICOM.

    Old files have SNOMED RT style codes under DCM. The two styles of SNOMED codes
    cannot be taken for each other, so that a value tells its style by itself.

    Args:
        scheme: Coding Scheme Designator.
    """
    return scheme.upper() in SCT_SCHEMES | SRT_SCHEMES | {"DCM"}


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
