"""Which images are de-identified, and why others are not.

A file is taken if it is a nuclear medicine image whose pixels are counts: planar,
dynamic, whole-body, gated and tomographic ones alike. Pictures are refused, because a
name may be painted into them; what is painted cannot be found by reading attributes.

References:
    DICOM PS3.15 E.3.1: pixel data with identities burned in need to be cleaned.
"""

from pydicom.dataset import Dataset
from pydicom.uid import NuclearMedicineImageStorage

from bsgi.dicom.parse import name_uid, read_integer, read_text, read_values, shown
from bsgi.dicom.terms import TERMS
from bsgi.errors import DicomError


def check_taken(dataset: Dataset) -> None:
    """Refuse what is no image of counts, or cannot be told to be one.

    Args:
        dataset: What a file holds.

    Raises:
        DicomError: With the reason.
    """
    _check_class(dataset)
    _check_pixels(dataset)
    _check_identifiers(dataset)


def _check_class(dataset: Dataset) -> None:
    sop_class = read_text(dataset, "SOPClassUID")
    if sop_class != NuclearMedicineImageStorage:
        found = name_uid(sop_class) if sop_class else "no SOP class"
        raise DicomError(f"must be a Nuclear Medicine Image, got {found}.")
    modality = read_text(dataset, "Modality")
    if modality != "NM":
        raise DicomError(f"must have modality NM, got {shown(modality)}.")
    if read_text(dataset, "ConversionType"):
        raise DicomError("is a secondary capture, which may have a name in its pixels.")
    kinds = [str(value).strip() for value in read_values(dataset, "ImageType")]
    if len(kinds) < 2 or not TERMS.issuperset(kinds[:4]):
        raise DicomError("Image Type must have the terms of a nuclear medicine image.")
    if kinds[1] == "SECONDARY" and "TOMO" not in " ".join(kinds[2:3]):
        raise DicomError("is a secondary image, which may be a picture of a screen.")


def _check_pixels(dataset: Dataset) -> None:
    if read_text(dataset, "BurnedInAnnotation").upper() == "YES":
        raise DicomError("has annotation burned in, which may hold a name.")
    if read_text(dataset, "RecognizableVisualFeatures").upper() == "YES":
        raise DicomError("says that its pixels show who the patient is.")
    bits = read_integer(dataset, "BitsAllocated")
    if bits != 16:
        found = "none said" if bits is None else str(bits)
        raise DicomError(
            f"must have 16 bits per pixel, got {found}: a picture of 8 bits may have a "
            "name in its pixels."
        )
    photometric = read_text(dataset, "PhotometricInterpretation")
    if photometric not in {"MONOCHROME1", "MONOCHROME2"}:
        raise DicomError(
            f"must be a grey image of counts, got {shown(photometric)}: a coloured "
            "picture may have a name in its pixels."
        )


def _check_identifiers(dataset: Dataset) -> None:
    patient_id = read_text(dataset, "PatientID")
    if not patient_id:
        raise DicomError("must have a Patient ID, got none.")
    if not patient_id.isprintable() or "\\" in patient_id or len(patient_id) > 64:
        raise DicomError("must have one Patient ID of at most 64 printable letters.")
    for keyword in ("StudyInstanceUID", "SOPInstanceUID"):
        uid = read_text(dataset, keyword)
        if not uid or "\\" in uid:
            raise DicomError(f"must have one {keyword}, got none or several.")
