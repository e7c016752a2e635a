"""Whose exam a file belongs to, when it was made and with how much tracer."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from pydicom.dataset import Dataset

from bsgi.dicom.codes import TECHNETIUM_CODES
from bsgi.dicom.header import is_uid
from bsgi.dicom.parse import read_items, read_number, read_text
from bsgi.errors import DicomError

MAX_DOSE_MBQ: Final = 5000.0
"""Above any diagnostic activity of sestamibi; larger numbers are Bq or wrong."""

MAX_WAIT: Final = timedelta(hours=12)
"""Two half-lives of Tc-99m: a longer time since the injection is not believed."""

_AGE: Final = re.compile(r"(\d{3})([DWMY])")
_AGE_YEARS: Final = {"D": 1 / 365.25, "W": 7 / 365.25, "M": 1 / 12, "Y": 1.0}
_DATE: Final = re.compile(r"(\d{4})\.?(\d{2})\.?(\d{2})")
_TIME: Final = re.compile(r"(\d{2}):?(\d{2})?:?(\d{2})?(\.\d{1,6})?")


@dataclass(frozen=True, slots=True)
class Identity:
    """What a file says beside its pixels about patient, study, time and tracer.

    Args:
        patient_id: As in the file.
        study_uid: Study Instance UID.
        sop_uid: SOP Instance UID.
        study_date: Date of the study; None if unknown.
        acquired: Begin of the acquisition; None if unknown.
        start_s: Time from injection to acquisition; None if unknown.
        camera: Model of the camera, or its maker; empty if unknown.
        dose_mbq: Injected activity; None if unknown.
        age_years: Age at the study; None if unknown.
        simulated: Whether the file says that it was simulated.
        notes: What was not believed.
    """

    patient_id: str
    study_uid: str
    sop_uid: str
    study_date: date | None
    acquired: datetime | None
    start_s: float | None
    camera: str
    dose_mbq: float | None
    age_years: float | None
    simulated: bool
    notes: tuple[str, ...] = ()


def read_identity(dataset: Dataset) -> Identity:
    """Identity, times and tracer of a file.

    Args:
        dataset: An NM dataset.

    Raises:
        DicomError: If patient, study or instance has no usable identifier, or an
            attribute cannot be decoded.
    """
    notes: list[str] = []
    patient_id = read_text(dataset, "PatientID")
    if not patient_id:
        raise DicomError("must have a Patient ID, got none.")
    if not patient_id.isprintable() or "\\" in patient_id or len(patient_id) > 64:
        raise DicomError("must have one Patient ID of at most 64 printable letters.")
    uids = []
    for keyword in ("StudyInstanceUID", "SOPInstanceUID"):
        uid = read_text(dataset, keyword)
        if not is_uid(uid):
            raise DicomError(f"{keyword} must be a well-formed identifier.")
        uids.append(uid)
    study_date = _read_date(read_text(dataset, "StudyDate"))
    acquired = _read_acquired(dataset)
    return Identity(
        patient_id=patient_id,
        study_uid=uids[0],
        sop_uid=uids[1],
        study_date=study_date or (acquired.date() if acquired else None),
        acquired=acquired,
        start_s=_read_start(dataset, acquired, notes),
        camera=_read_camera(dataset),
        dose_mbq=_read_dose(dataset, notes),
        age_years=_read_age(dataset, study_date, notes),
        simulated=_is_simulated(dataset),
        notes=tuple(notes),
    )


def _read_date(text: str) -> date | None:
    """A date, or None for an empty or impossible one such as 00000000."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    try:
        found = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
    return found if found.year >= 1850 else None


def _read_time(text: str) -> time | None:
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    microsecond = round(float(match[4] or 0) * 1e6)
    try:
        return time(int(match[1]), int(match[2] or 0), int(match[3] or 0), microsecond)
    except ValueError:
        return None


def _read_moment(text: str) -> datetime | None:
    """A DICOM date-time, without its offset from UTC: times beside it have none."""
    text = re.split(r"[+-]", text)[0]
    day, clock = _read_date(text[:8]), _read_time(text[8:] or "00")
    return datetime.combine(day, clock) if day and clock else None


def _read_acquired(dataset: Dataset) -> datetime | None:
    """Begin of the acquisition; the content's time where there is no other."""
    moment = _read_moment(read_text(dataset, "AcquisitionDateTime"))
    if moment is not None:
        return moment
    for kind in ("Acquisition", "Content"):
        day = _read_date(read_text(dataset, f"{kind}Date"))
        clock = _read_time(read_text(dataset, f"{kind}Time"))
        if day and clock:
            return datetime.combine(day, clock)
    return None


def _read_start(
    dataset: Dataset, acquired: datetime | None, notes: list[str]
) -> float | None:
    """Seconds from the injection to the acquisition."""
    tracers = read_items(dataset, "RadiopharmaceuticalInformationSequence")
    if acquired is None or len(tracers) != 1:
        return None
    given = _read_moment(read_text(tracers[0], "RadiopharmaceuticalStartDateTime"))
    clock = _read_time(read_text(tracers[0], "RadiopharmaceuticalStartTime"))
    if given is None and clock is not None:
        given = datetime.combine(acquired.date(), clock)
        if given > acquired:  # injected before midnight, imaged after it
            given -= timedelta(days=1)
    if given is None:
        return None
    if not timedelta(0) <= acquired - given <= MAX_WAIT:
        notes.append("the time of injection is not believable and was left out")
        return None
    return (acquired - given).total_seconds()


def _read_dose(dataset: Dataset, notes: list[str]) -> float | None:
    """Injected activity in MBq, the unit of NM images."""
    tracers = read_items(dataset, "RadiopharmaceuticalInformationSequence")
    isotopes = {
        read_text(code, "CodeValue")
        for tracer in tracers
        for code in read_items(tracer, "RadionuclideCodeSequence")
    }
    if isotopes - TECHNETIUM_CODES - {""}:
        notes.append("the radionuclide is not coded as Tc-99m")
    if len(tracers) != 1:
        return None
    dose_mbq = read_number(tracers[0], "RadionuclideTotalDose")
    if dose_mbq is None or dose_mbq == 0:
        return None
    if not 0 < dose_mbq <= MAX_DOSE_MBQ:
        notes.append("the activity is not believable in MBq and was left out")
        return None
    return dose_mbq


def _read_age(
    dataset: Dataset, study_date: date | None, notes: list[str]
) -> float | None:
    """Age in years, as stated or from birth date and study date."""
    match = _AGE.fullmatch(read_text(dataset, "PatientAge"))
    if match is not None:
        age = int(match[1]) * _AGE_YEARS[match[2]]
        if 0 < age < 130:
            return age
    birth = _read_date(read_text(dataset, "PatientBirthDate"))
    if birth is None or study_date is None:
        return None
    before = (study_date.month, study_date.day) < (birth.month, birth.day)
    age = study_date.year - birth.year - before
    if not 0 < age < 130:
        notes.append("the age is not believable and was left out")
        return None
    return float(age)


def _read_camera(dataset: Dataset) -> str:
    model = read_text(dataset, "ManufacturerModelName")
    text = model or read_text(dataset, "Manufacturer")
    return "".join(letter for letter in text if letter.isprintable())[:64]


def _is_simulated(dataset: Dataset) -> bool:
    synthetic = read_text(dataset, "SyntheticData").upper() == "YES"
    return synthetic or read_text(dataset, "Manufacturer").lower() == "bsgi"
