"""What a study says about itself beside its pixels, as it is written."""

import math
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from bsgi.errors import DicomError

_UID: Final = re.compile(r"(0|[1-9]\d*)(\.(0|[1-9]\d*))+")


def is_uid(text: str) -> bool:
    """Whether a text is a well-formed unique identifier (DICOM PS3.5 9.1)."""
    return len(text) <= 64 and _UID.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class StudyHeader:
    """One study of one woman, for the files of its views.

    Args:
        patient_id: Identifier of the woman, at most 64 characters.
        patient_name: Her name, family name first, parts separated by ``^``.
        study_datetime: Begin of the study.
        study_uid: Study Instance UID.
        series_uid: Series Instance UID of its views.
        camera: Camera model.
        manufacturer: Who made the camera.
        birth_date: Her birth date; None if unknown.
        age_years: Her age in whole years; None if unknown.
        injection_datetime: When the tracer was given; None if unknown.
        dose_mbq: Injected activity; None if unknown.
        accession: Accession number, at most 16 characters.
        software: What wrote the files.
        simulated: Whether the views come from a simulator.

    Raises:
        DicomError: If an identifier or a text does not fit its DICOM field.
    """

    patient_id: str
    patient_name: str
    study_datetime: datetime
    study_uid: str
    series_uid: str
    camera: str
    manufacturer: str = "bsgi"
    birth_date: date | None = None
    age_years: int | None = None
    injection_datetime: datetime | None = None
    dose_mbq: float | None = None
    accession: str = ""
    software: str = ""
    simulated: bool = False

    def __post_init__(self) -> None:
        if not self.patient_id:
            raise DicomError("a study must have a patient_id, got an empty one.")
        for name, limit in (
            ("patient_id", 64),
            ("patient_name", 64),
            ("camera", 64),
            ("manufacturer", 64),
            ("software", 64),
            ("accession", 16),
        ):
            text = getattr(self, name)
            if len(text) > limit or "\\" in text or not text.isprintable():
                raise DicomError(
                    f"{name} must be at most {limit} printable characters without "
                    f"a backslash, got {len(text)}."
                )
        for name in ("study_uid", "series_uid"):
            if not is_uid(getattr(self, name)):
                raise DicomError(f"{name} must be a DICOM unique identifier.")
        if self.age_years is not None and not 0 <= self.age_years < 130:
            raise DicomError(f"age_years must be 0 to 130, got {self.age_years}.")
        if self.dose_mbq is not None and not 0 < self.dose_mbq < math.inf:
            raise DicomError(f"dose_mbq must be positive, got {self.dose_mbq}.")
