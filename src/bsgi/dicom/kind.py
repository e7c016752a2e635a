"""What kind of image a file holds; only original planar NM images of a breast pass.

Each of the others gets a reason of its own.

References:
    DICOM PS3.3 A.5 (NM IOD), C.7.6.1 (derivation, burned in annotation), C.8.4.9 (NM
    Image Type), C.8.6.1 (conversion), 10.5 (anatomic regions); PS3.4 B.5 (classes).
"""

import re
from collections.abc import Iterable
from typing import Final

from pydicom.dataset import Dataset

from bsgi.dicom import codes
from bsgi.dicom.parse import (
    name_uid,
    read_integer,
    read_items,
    read_numbers,
    read_text,
    read_values,
    shown,
)
from bsgi.dicom.views.coded import REGIONS, read_code
from bsgi.dicom.views.find import IMAGE_TEXTS, SERIES_TEXTS, title
from bsgi.dicom.views.reading import PROJECTION_ROLES, SIDE_ROLES, Item, read_roles
from bsgi.dicom.views.words import Role, ViewWords, load_words
from bsgi.errors import DicomError

NM_IMAGE: Final = "1.2.840.10008.5.1.4.1.1.20"

MIN_SPACING_MM: Final = 1.0
"""Finer pixels than any camera for the breast has (1.6 mm): an interpolated copy."""

STUDY_TEXTS: Final = (
    "StudyDescription",
    "RequestedProcedureDescription",
    "PerformedProcedureStepDescription",
)
"""Free texts on the whole study. They tell a test of the camera, never a view."""

_CLASSES: Final = (
    ("Secondary Capture", "a screenshot, whose pixels are no counts"),
    ("Presentation State", "which says how to show other images"),
    ("Key Object", "a list of images"),
    ("Directory", "a list of files"),
    (" SR ", "a report"),
    ("Encapsulated", "a document"),
    ("RT ", "a file of radiotherapy"),
    ("Positron", "a PET image"),
    ("PET", "a PET image"),
    ("Raw Data", "which only its maker can read"),
    ("Nuclear Medicine Image", "of the class that was retired in 1996"),
)
"""What a class of files is, by a part of its name."""

_ACQUISITIONS: Final = {
    "WHOLE BODY": "a whole-body scan",
    "GATED": "a gated acquisition",
    "TOMO": "the projections of a tomogram",
    "GATED TOMO": "the projections of a gated tomogram",
    "RECON TOMO": "a reconstructed tomogram",
    "RECON GATED TOMO": "a reconstructed gated tomogram",
}
"""Third value of Image Type, other than static and dynamic (C.8.4.9.1.1.3)."""

_CONTRADICTIONS: Final = {
    "SourceImageSequence": "names the images that it was derived from",
    "DerivationCodeSequence": "says how it was derived from others",
    "DerivationDescription": "says how it was derived from others",
    "ConversionType": "says that it was converted from another kind of image",
    "RotationInformationSequence": "describes the rotation of a tomogram",
    "GatedInformationSequence": "describes the gates of a heartbeat",
    "WholeBodyTechnique": "describes a whole-body scan",
}
"""What no original planar image has, and what it says there."""

_LOSSLESS: Final = re.compile(r"lossless [a-z0-9 -]*compression[^\[;]*", re.IGNORECASE)
"""Derivation Description that DCMTK writes when it compresses a file without loss."""

_UNCOMPRESSED: Final = "121320"
"""Purpose of a reference to the same image before it was compressed (CID 7202)."""


def check_kind(dataset: Dataset, words: ViewWords | None = None) -> None:
    """Refuse what is no original planar NM image of a breast.

    Args:
        dataset: A DICOM dataset.
        words: The table of words; None for the shipped one.

    Raises:
        DicomError: If it is of another class or modality, a screenshot, a copy, a
            tomogram, a whole-body, gated or transmission image, a test of the camera,
            of another part of the body, or if text is burned in.
    """
    _check_class(dataset)
    _check_image_type(dataset)
    _check_original(dataset)
    words = load_words() if words is None else words
    _check_part(dataset, words)
    _check_texts(dataset, words)


def _check_class(dataset: Dataset) -> None:
    """Refuse other classes of files, other modalities and pictures."""
    sop_class = read_text(dataset, "SOPClassUID")
    if sop_class != NM_IMAGE:
        name = name_uid(sop_class) if sop_class else "no SOP class"
        what = next((f", {what}" for part, what in _CLASSES if part in name), "")
        raise DicomError(f"must be a Nuclear Medicine Image, got {name}{what}.")
    modality = read_text(dataset, "Modality")
    if modality != "NM":
        raise DicomError(f"must have modality NM, got {shown(modality)}.")
    if (read_integer(dataset, "SamplesPerPixel") or 1) != 1:
        raise DicomError("must have counts, got a picture in colours.")
    if 0 < (read_integer(dataset, "BitsAllocated") or 16) <= 8:
        raise DicomError("must have counts of 16 bits, got the 8 bits of a screenshot.")


def _check_image_type(dataset: Dataset) -> None:
    """Refuse copies and other ways of acquisition, by the four values of Image Type."""
    kinds = [str(value).strip().upper() for value in read_values(dataset, "ImageType")]
    if kinds and (kinds[0] != "ORIGINAL" or (len(kinds) > 1 and kinds[1] != "PRIMARY")):
        raise DicomError(
            "must be an original primary image, "
            f"got {', '.join(map(shown, kinds[:3]))}."
        )
    if len(kinds) > 2 and kinds[2] not in {"STATIC", "DYNAMIC"}:
        what = _ACQUISITIONS.get(kinds[2], "")
        raise DicomError(
            f"must be a static or dynamic image, got {shown(kinds[2])}"
            f"{what and ', '}{what}."
        )
    if len(kinds) < 4:
        raise DicomError(f"Image Type must have 4 values, got {len(kinds)}.")
    if kinds[3] != "EMISSION":
        raise DicomError(f"must be an emission image, got {shown(kinds[3])}.")


def _check_original(dataset: Dataset) -> None:
    """Refuse text in the image, and copies that call themselves original."""
    if read_text(dataset, "BurnedInAnnotation").upper() == "YES":
        raise DicomError("has annotation burned in, which may hold a name.")
    for keyword, what in _CONTRADICTIONS.items():
        if any(_tells(value) for value in read_values(dataset, keyword)):
            raise DicomError(f"calls itself an original planar image, but {what}.")
    if read_text(dataset, "PresentationIntentType").upper() == "FOR PRESENTATION":
        raise DicomError("must have counts, got an image made for presentation.")
    spacing = read_numbers(dataset, "PixelSpacing")
    if spacing and 0 < min(spacing) < MIN_SPACING_MM:
        raise DicomError(
            f"must have pixels of at least {MIN_SPACING_MM:g} mm, finer than which no "
            f"camera for the breast is, got {min(spacing):.2f}: an interpolated copy."
        )


def _tells(value: object) -> bool:
    """Whether a value tells a derivation: compression without loss is none."""
    if isinstance(value, Dataset):
        return all(
            read_text(purpose, "CodeValue") != _UNCOMPRESSED
            for purpose in read_items(value, "PurposeOfReferenceCodeSequence")
        )
    text = str(value).strip()
    return bool(text) and _LOSSLESS.fullmatch(text) is None


def _check_part(dataset: Dataset, words: ViewWords) -> None:
    """Refuse an image that says it shows another part of the body."""
    part = read_text(dataset, "BodyPartExamined").upper()
    if part:
        roles = {item.role for item in read_roles(part, words)}
        if Role.BREAST not in roles or not roles <= {
            Role.BREAST, *SIDE_ROLES, Role.BOTH
        }:  # fmt: skip
            raise DicomError(f"must show the breast, got body part {shown(part)}.")
    for sequence, _ in REGIONS:
        for region in read_items(dataset, sequence):
            if not _is_breast(region, words):
                raise DicomError(
                    "must show the breast, got another anatomic region code."
                )


def _is_breast(region: Dataset, words: ViewWords) -> bool:
    """Whether a coded region is the breast, by its code or by what it is called."""
    value, known = read_code(region)
    meaning = read_text(region, "CodeMeaning")
    if known and value:
        return value in codes.BREAST_CODES
    roles = {item.role for item in read_roles(meaning, words)}
    return Role.BREAST in roles or not (value or meaning)


def _check_texts(dataset: Dataset, words: ViewWords) -> None:
    """Refuse tests of the camera, processed copies and other parts, by free text."""
    extra = [str(value) for value in read_values(dataset, "ImageType")[4:]]
    texts = [(keyword, read_text(dataset, keyword)) for keyword in STUDY_TEXTS]
    texts += [
        (keyword, read_text(dataset, keyword))
        for keyword in (*IMAGE_TEXTS, *SERIES_TEXTS)
    ]
    for keyword, text in (*texts, ("ImageType", " ".join(extra))):
        items = read_roles(text, words) if text else ()
        roles = {item.role for item in items}
        for item in items:
            if item.role is Role.NOT_BREAST:
                raise DicomError(
                    f"must show a breast, got {item.kind} by its {title(keyword)}."
                )
        if keyword not in STUDY_TEXTS:
            _check_acquired(items, title(keyword))
        if Role.OTHER_PART in roles and not roles & {Role.BREAST, *PROJECTION_ROLES}:
            raise DicomError(
                f"must show a breast, got another part by its {title(keyword)}."
            )


def _check_acquired(items: Iterable[Item], source: str) -> None:
    """Refuse processed copies and images of another kind, by one free text."""
    for item in items:
        if item.role is Role.PROCESSED:
            raise DicomError(
                f"must be as acquired, got a processed copy by its {source}."
            )
        if item.role is Role.OTHER_IMAGE:
            raise DicomError(
                "must be a planar emission image of the photopeak, got "
                f"{item.kind} by its {source}."
            )
