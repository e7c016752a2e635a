"""A dataset to a clean one, which is built anew from what may be passed on."""

from typing import Final

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import PYDICOM_IMPLEMENTATION_UID, ExplicitVRLittleEndian

from bsgi.dicom.cameras import name_camera
from bsgi.dicom.codes import Code
from bsgi.dicom.deidentify.attributes import (
    COPIED,
    EMPTIED,
    NEEDED_SEQUENCES,
    PATIENT,
)
from bsgi.dicom.deidentify.codes import find_code
from bsgi.dicom.deidentify.dates import age_at, cap_age
from bsgi.dicom.deidentify.pixels import copy_pixels
from bsgi.dicom.deidentify.profile import EDITION, apply_profile
from bsgi.dicom.deidentify.values import Change, clean_value
from bsgi.dicom.parse import read_text
from bsgi.dicom.pseudonyms import Pseudonyms
from bsgi.dicom.write import SIMULATED_COMMENT

METHODS: Final = (
    Code("113100", "DCM", "Basic Application Confidentiality Profile"),
    Code("113105", "DCM", "Clean Descriptors Option"),
    Code(
        "113107",
        "DCM",
        "Retain Longitudinal Temporal Information Modified Dates Option",
    ),
    Code("113108", "DCM", "Retain Patient Characteristics Option"),
)
"""What was done to a file (CID 7050).

Model and manufacturer of a camera are in no row of the table, so that they stay without
the option on devices, which would keep serial numbers and station names.
"""

METHOD_TEXTS: Final = (
    f"bsgi: DICOM PS3.15 {EDITION}, profile and options as coded",
    "only attributes that an image needs are copied; no free text",
    "dates shifted per patient, times kept; ages above 89: 090Y",
    "ethnic group removed; unknown cameras and UIDs by keyed hash",
)
"""The same in words, of 64 letters at most."""


def clean_dataset(dataset: Dataset, pseudonyms: Pseudonyms) -> Dataset:
    """What may be passed on of a file, with the marks of its de-identification.

    Args:
        dataset: What the file holds; it is used up.
        pseudonyms: Keyed names of patients, identifiers, dates and cameras.

    Raises:
        DicomError: If its pixels cannot be passed on.
    """
    patient_id = read_text(dataset, "PatientID")
    change = Change(pseudonyms, pseudonyms.shift_days(patient_id))
    age = cap_age(read_text(dataset, "PatientAge")) or age_at(
        read_text(dataset, "PatientBirthDate"), read_text(dataset, "StudyDate")
    )
    comment = read_text(dataset, "ImageComments")
    apply_profile(dataset)
    clean = _copy(dataset, change, top=True)
    clean.PatientID = pseudonyms.name_patient(patient_id)
    clean.PatientName = f"Pseudonym^{clean.PatientID}"
    if age is not None:
        clean.PatientAge = age
    for keyword in ("Manufacturer", "ManufacturerModelName"):
        if keyword in dataset:
            setattr(clean, keyword, _name_camera(dataset, keyword, pseudonyms))
    if comment == SIMULATED_COMMENT:
        clean.ImageComments = SIMULATED_COMMENT
    copy_pixels(dataset, clean)
    _mark(clean)
    clean.file_meta = FileMetaDataset()
    clean.file_meta.MediaStorageSOPClassUID = clean.SOPClassUID
    clean.file_meta.MediaStorageSOPInstanceUID = clean.SOPInstanceUID
    clean.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    clean.file_meta.ImplementationClassUID = PYDICOM_IMPLEMENTATION_UID
    return clean


def _copy(dataset: Dataset, change: Change, *, top: bool = False) -> Dataset:
    """The attributes that may be passed on, of one level and those below it."""
    clean = Dataset()
    for tag in list(dataset.keys()):
        if int(tag) in EMPTIED and top:
            clean.add_new(tag, dataset[tag].VR, None)
        if int(tag) not in COPIED or (int(tag) in PATIENT and not top):
            continue
        element = dataset[tag]  # what cannot be decoded is gone by now
        if element.VR == "SQ":
            _copy_sequence(element, clean, change)
            continue
        value = clean_value(element, change)
        if value is not None:
            clean.add_new(tag, element.VR, value)
    return clean


def _copy_sequence(element: DataElement, clean: Dataset, change: Change) -> None:
    """A sequence with clean items; coded items only where their code is known."""
    coded = element.keyword.endswith(("CodeSequence", "RegionSequence")) or any(
        word in element.keyword for word in ("Modifier", "AnatomicStructure")
    )
    items = []
    for item in element.value:
        copied = _copy(item, change)
        if coded:
            code = find_code(item)
            if code is None:
                continue
            copied.update(code.to_item())
        items.append(copied)
    if items or int(element.tag) in NEEDED_SEQUENCES:
        clean.add_new(element.tag, "SQ", items)


def _name_camera(dataset: Dataset, keyword: str, pseudonyms: Pseudonyms) -> str:
    text = read_text(dataset, keyword)
    text = "".join(letter for letter in text if letter.isprintable())[:64]
    return name_camera(text, pseudonyms)


def _mark(clean: Dataset) -> None:
    """Say what was done, in the attributes that the standard has for it."""
    clean.PatientIdentityRemoved = "YES"
    clean.DeidentificationMethod = list(METHOD_TEXTS)
    clean.DeidentificationMethodCodeSequence = [code.to_item() for code in METHODS]
    clean.LongitudinalTemporalInformationModified = "MODIFIED"
