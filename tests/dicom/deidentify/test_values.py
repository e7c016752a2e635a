import pytest
from pydicom import DataElement
from pydicom.datadict import tag_for_keyword

from bsgi.dicom.deidentify.values import Change, clean_value, keep_tracer, name_uid
from bsgi.dicom.pseudonyms import Pseudonyms
from bsgi.dicom.terms import QUOTABLE, TERMS, is_term
from tests.intake.plant_names import unchecked

NAMES = Pseudonyms(b"0123456789abcdef")
CHANGE = Change(NAMES, -1)


@pytest.mark.parametrize(
    ("keyword", "kind", "value", "kept"),
    [
        ("Rows", "US", 64, 64),
        ("Rows", "LO", "Smith", None),
        ("Rows", "US", [64, 65], None),
        ("PixelSpacing", "DS", ["3.2", "3.20"], ["3.2", "3.20"]),
        ("PatientWeight", "DS", "", ""),
        ("ImageType", "CS", ["ORIGINAL", "PRIMARY", "STATIC", "EMISSION", "SMITH"],
         ["ORIGINAL", "PRIMARY", "STATIC", "EMISSION"]),
        ("CorrectedImage", "CS", ["UNIF", "MEDISOIRIS"], "UNIF"),
        ("CollimatorType", "CS", "SMITH", None),
        ("CollimatorType", "CS", "PARA", "PARA"),
        ("PatientOrientation", "CS", ["A", "FR"], ["A", "FR"]),
        ("PatientOrientation", "CS", ["A", "PAL"], None),
        ("AcquisitionTime", "TM", "091500.5", "091500.5"),
        ("StudyDate", "DA", "20200301", "20200229"),
        ("PatientAge", "AS", "099Y", "090Y"),
        ("SOPClassUID", "UI", "1.2.840.10008.5.1.4.1.1.20",
         "1.2.840.10008.5.1.4.1.1.20"),
        ("EnergyWindowName", "SH", "Tc-99m", "Tc-99m"),
        ("EnergyWindowName", "SH", "Smith", None),
    ],
)  # fmt: skip
def test_values(keyword: str, kind: str, value: object, kept: object) -> None:
    with unchecked():
        element = DataElement(tag_for_keyword(keyword) or 0, kind, value)
    assert clean_value(element, CHANGE) == kept


def test_identifiers_that_are_not_registered_are_hashed() -> None:
    assert name_uid("1.2.840.10008.1.2.1", NAMES) == "1.2.840.10008.1.2.1"
    for uid in ("1.2.840.19640517.4711", "Smith", "1.2.840.10008.19640517"):
        assert name_uid(uid, NAMES) == NAMES.name_uid(uid)


def test_words_of_tracers() -> None:
    assert keep_tracer("Technetium Tc99m sestamibi") == "Technetium Tc99m sestamibi"
    assert keep_tracer("sestamibi for Smith, 12") == "sestamibi"
    assert keep_tracer("Smith") is None


def test_terms_are_coded_strings_and_no_sentences() -> None:
    assert all(len(term) <= 16 and term == term.upper() for term in TERMS)
    assert TERMS < QUOTABLE
    assert not is_term("SMITH", "CollimatorType")
    assert not is_term("", "CollimatorType")
