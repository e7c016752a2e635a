"""Whose exam a file belongs to, when it was made and with how much tracer."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from pydicom.dataset import Dataset

from bsgi.dicom.codes import TECHNETIUM_CODES
from bsgi.dicom.parse import read_items, read_number, read_text
from bsgi.dicom.persons import digest_person
from bsgi.errors import DicomError

MAX_DOSE_MBQ: Final = 5000.0
"""Above any diagnostic activity of sestamibi; larger numbers are Bq or wrong."""

MAX_WAIT: Final = timedelta(hours=12)
"""Two half-lives of Tc-99m: a longer time since the injection is not believed."""

TECHNETIUM: Final = "Tc-99m"
OTHER_ISOTOPE: Final = "another than Tc-99m"

_TECHNETIUM: Final = re.compile(
    r"(?<![A-Z])(TC|TECHNETIUM)[ -]?99 ?M?(?![0-9])|(?<![0-9])99 ?M?[ -]?TC(?![A-Z])"
)
_ISOTOPE: Final = re.compile(
    r"(?<![A-Z])(I|IODINE|TL|THALLIUM|IN|INDIUM|GA|GALLIUM|F|LU|CO|XE|RB)[ -]?"
    r"\d{2,3}(?![0-9])|(?<![0-9])(123|131|125)[ -]?I(?![A-Z])|"
    r"(?<![0-9])201[ -]?TL(?![A-Z])|(?<![0-9])111[ -]?IN(?![A-Z])"
)
"""Other nuclides that gamma cameras see, as texts write them."""

_UID: Final = re.compile(r"\d+(\.\d+)+")
"""Cameras are seen to write dates with a leading zero as a component, against DICOM
PS3.5 9.1; such an identifier is as unique as others."""

_AGE: Final = re.compile(r"(\d{3})([DWMY])")
_AGE_YEARS: Final = {"D": 1 / 365.25, "W": 7 / 365.25, "M": 1 / 12, "Y": 1.0}
_DATE: Final = re.compile(r"(\d{4})\.?(\d{2})\.?(\d{2})")
_TIME: Final = re.compile(r"(\d{2}):?(\d{2})?:?(\d{2})?(\.\d{1,6})?")


@dataclass(frozen=True, slots=True)
class Identity:
    """What a file says beside its pixels about patient, study, time and tracer.

    Args:
        patient_id: As in the file; a text.
        issuer: Issuer of Patient ID, as in the file; empty if unknown.
        person: Digest of name and birth date; empty if one of them is missing.
        study_uid: Study Instance UID.
        series_uid: Series Instance UID; empty if missing or malformed.
        sop_uid: SOP Instance UID.
        study_date: Date of the study; None if unknown.
        acquired: Begin of the acquisition; None if unknown.
        start_s: Time from injection to acquisition; None if unknown.
        camera: Model of the camera, or its maker; empty if unknown.
        dose_mbq: Injected activity; None if unknown.
        age_years: Age at the study; None if unknown.
        isotope: ``"Tc-99m"`` or ``"another than Tc-99m"``; empty if not stated.
        simulated: Whether the file says that it was simulated.
        dates_moved: Whether the file says that its dates were changed or removed.
        notes: What was not believed.
    """

    patient_id: str
    issuer: str
    person: str
    study_uid: str
    series_uid: str
    sop_uid: str
    study_date: date | None
    acquired: datetime | None
    start_s: float | None
    camera: str
    dose_mbq: float | None
    age_years: float | None
    isotope: str
    simulated: bool
    dates_moved: bool = False
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
    patient_id = _read_patient_id(dataset)
    uids = []
    for keyword in ("StudyInstanceUID", "SOPInstanceUID"):
        uid = read_text(dataset, keyword)
        if not _is_uid(uid):
            raise DicomError(f"{keyword} must be a well-formed identifier.")
        uids.append(uid)
    series_uid = read_text(dataset, "SeriesInstanceUID")
    isotope = _read_isotope(dataset)
    if isotope == OTHER_ISOTOPE:
        notes.append("the radionuclide is another than Tc-99m")
    study_date = _read_date(read_text(dataset, "StudyDate"))
    acquired = _read_acquired(dataset)
    return Identity(
        patient_id=patient_id,
        issuer=read_text(dataset, "IssuerOfPatientID"),
        person=_read_person(dataset),
        study_uid=uids[0],
        series_uid=series_uid if _is_uid(series_uid) else "",
        sop_uid=uids[1],
        study_date=study_date or (acquired.date() if acquired else None),
        acquired=acquired,
        start_s=_read_start(dataset, acquired, notes),
        camera=_read_camera(dataset),
        dose_mbq=_read_dose(dataset, notes),
        age_years=_read_age(dataset, study_date, notes),
        isotope=isotope,
        simulated=_is_simulated(dataset),
        dates_moved=_are_dates_moved(dataset),
        notes=tuple(notes),
    )


def find_exam(dataset: Dataset) -> tuple[str, str]:
    """Patient ID and Study Instance UID of a file that is no view, as far as it tells.

    Args:
        dataset: Any dataset.

    Returns:
        Each as `read_identity` gives it; empty if it is missing or unusable.
    """
    try:
        patient_id = _read_patient_id(dataset)
    except DicomError:
        patient_id = ""
    try:
        study_uid = read_text(dataset, "StudyInstanceUID")
    except DicomError:
        study_uid = ""
    return patient_id, study_uid if _is_uid(study_uid) else ""


def is_nuclear(dataset: Dataset) -> bool:
    """Whether a file may come from a gamma camera: NM, or it does not say.

    Args:
        dataset: Any dataset.
    """
    return read_text(dataset, "Modality").upper() in {"NM", ""}


def _is_uid(text: str) -> bool:
    """Whether a text can serve as an identifier."""
    return len(text) <= 64 and text.isascii() and _UID.fullmatch(text) is not None


def _read_patient_id(dataset: Dataset) -> str:
    patient_id = read_text(dataset, "PatientID")
    if not patient_id:
        raise DicomError("must have a Patient ID, got none.")
    if not patient_id.isprintable() or "\\" in patient_id or len(patient_id) > 64:
        raise DicomError("must have one Patient ID of at most 64 printable letters.")
    return patient_id


def _read_person(dataset: Dataset) -> str:
    """A digest of name and birth date; empty if the file says they were removed."""
    if read_text(dataset, "PatientIdentityRemoved").upper() == "YES":
        return ""
    born = _read_date(read_text(dataset, "PatientBirthDate"))
    return digest_person(read_text(dataset, "PatientName"), born)


def _read_isotope(dataset: Dataset) -> str:
    """What the file says of the radionuclide, by code or else in words."""
    tracers = read_items(dataset, "RadiopharmaceuticalInformationSequence")
    codes = {
        read_text(code, "CodeValue")
        for tracer in tracers
        for code in read_items(tracer, "RadionuclideCodeSequence")
    } - {""}
    if codes:
        return TECHNETIUM if codes <= TECHNETIUM_CODES else OTHER_ISOTOPE
    words = " ".join(
        read_text(tracer, keyword)
        for tracer in tracers
        for keyword in ("Radionuclide", "Radiopharmaceutical")
    ).upper()
    technetium = _TECHNETIUM.search(words) is not None
    if _ISOTOPE.search(_TECHNETIUM.sub(" ", words)):
        return OTHER_ISOTOPE
    return TECHNETIUM if technetium else ""


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


def _are_dates_moved(dataset: Dataset) -> bool:
    """Whether dates were changed or removed when identities were.

    References:
        DICOM PS3.3 C.12.1.1, Longitudinal Temporal Information Modified: UNMODIFIED,
        MODIFIED or REMOVED.
    """
    said = read_text(dataset, "LongitudinalTemporalInformationModified").upper()
    return said in {"MODIFIED", "REMOVED"}
