"""What of a dataset may be passed on, over the whole dictionary of DICOM."""

from collections.abc import Iterator
from copy import deepcopy

import pydicom
import pytest
from dicomanonymizer.simpledicomanonymizer import initialize_actions
from pydicom import DataElement, Dataset
from pydicom._dicom_dict import DicomDictionary
from pydicom.datadict import dictionary_VR, keyword_for_tag
from pydicom.sr.codedict import codes as dictionary

from bsgi.dicom.deidentify.attributes import CODE, COPIED, EMPTIED, PATIENT, RETAINED
from bsgi.dicom.deidentify.clean import METHOD_TEXTS, METHODS, clean_dataset
from bsgi.dicom.deidentify.profile import EDITION, load_table
from bsgi.dicom.pseudonyms import Pseudonyms
from tests.intake.plant_names import NAME, find_secrets, unchecked

NAMES = Pseudonyms(b"0123456789abcdef")
NEEDED = {
    "SOPClassUID", "PixelData", "Rows", "Columns", "NumberOfFrames", "PatientID",
    "PhotometricInterpretation",
}  # fmt: skip
TEXT_KINDS = {
    "AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC",
    "UI", "UR", "UT",
}  # fmt: skip


def walk(dataset: Dataset) -> Iterator[DataElement]:
    """Every element of every level."""
    for element in dataset:
        yield element
        if element.VR == "SQ":
            for item in element.value:
                yield from walk(item)


def spell(dataset: Dataset) -> bytes:
    """Everything that a dataset says."""
    return "\n".join(str(element) for element in walk(dataset)).encode()


def _plant_everywhere(dataset: Dataset) -> int:
    """The name in each attribute of the dictionary, in its own representation."""
    places = 0
    for tag, (kinds, *_) in DicomDictionary.items():
        kind = kinds.split(" ")[0]
        keyword = keyword_for_tag(tag)
        if keyword in NEEDED or tag >> 16 in (0, 2) or tag & 0xFFFF == 0:
            continue
        number = f"{NAME}{tag:08X}"
        if kind in TEXT_KINDS:
            value: object = (
                number.upper()[:16] if kind in {"CS", "SH", "AE"} else number
            )
        elif kind in {"OB", "OW", "OB or OW", "UN", "OD", "OF", "OL", "OV"}:
            kind, value = kind.split(" ")[0], number.encode()
        else:
            continue
        element = DataElement(tag, "LO" if kind in {"DS", "IS"} else kind, value)
        dataset[element.tag] = element
        places += 1
    return places


@pytest.mark.parametrize("nested", [False, True], ids=["top", "item"])
def test_no_attribute_of_the_dictionary_lets_a_name_through(
    nested: bool, dataset: Dataset
) -> None:
    with unchecked():
        if nested:
            item = Dataset()
            places = _plant_everywhere(item)
            detector = dataset.DetectorInformationSequence[0]
            for keyword in ("ViewCodeSequence", "DetectorInformationSequence"):
                setattr(detector, keyword, [deepcopy(item)])
            detector.update(item)
            dataset.RadiopharmaceuticalInformationSequence.append(item)
        else:
            places = _plant_everywhere(dataset)
        assert places > 2500
        assert find_secrets(spell(dataset))
        assert find_secrets(spell(clean_dataset(dataset, NAMES))) == []


def test_only_listed_attributes_are_there(dataset: Dataset) -> None:
    clean = clean_dataset(deepcopy(dataset), NAMES)
    marks = {
        "PatientName", "PatientID", "Manufacturer", "ManufacturerModelName",
        "ImageComments", "PixelData", "PatientIdentityRemoved",
        "DeidentificationMethod", "DeidentificationMethodCodeSequence",
        "LongitudinalTemporalInformationModified",
    }  # fmt: skip
    for element in walk(clean):
        listed = int(element.tag) in COPIED | EMPTIED | CODE
        assert listed or element.keyword in marks, element.keyword
        assert not element.tag.is_private


def test_an_option_is_behind_whatever_the_table_would_change() -> None:
    """A row that comes to the table with a new edition takes effect by itself."""
    table = initialize_actions(f"dicomfields_{EDITION}")
    rows = {tag[0] << 16 | tag[1] for tag in table if len(tag) == 2}
    assert rows & COPIED == RETAINED & rows == RETAINED
    kinds = {keyword_for_tag(tag): dictionary_VR(tag) for tag in RETAINED - PATIENT}
    assert set(kinds.values()) <= {"DA", "TM", "DT", "UI"}
    assert not {(tag >> 16, tag & 0xFFFF) for tag in RETAINED} & set(load_table())


def test_the_marks_say_what_was_done(dataset: Dataset) -> None:
    clean = clean_dataset(dataset, NAMES)
    assert clean.PatientIdentityRemoved == "YES"
    assert clean.LongitudinalTemporalInformationModified == "MODIFIED"
    assert list(clean.DeidentificationMethod) == list(METHOD_TEXTS)
    assert max(map(len, METHOD_TEXTS)) <= 64
    codes = [item.CodeValue for item in clean.DeidentificationMethodCodeSequence]
    assert codes == ["113100", "113105", "113107", "113108"]
    cid = {code.value: code.meaning for code in dictionary.cid7050.concepts.values()}
    assert {code.value: code.meaning for code in METHODS}.items() <= cid.items()


def test_identity_is_replaced_and_what_the_physics_needs_is_kept(
    dataset: Dataset,
) -> None:
    dataset.PatientSize, dataset.PatientWeight = "1.7", "65"
    dataset.DeviceSerialNumber, dataset.StationName = "S1", "ROOM2"
    kept = (
        "PatientAge", "PatientSex", "PatientSize", "PatientWeight", "Manufacturer",
        "ManufacturerModelName", "ImageType", "PixelSpacing", "ActualFrameDuration",
        "CountsAccumulated", "AcquisitionTime", "StudyTime", "ImageLaterality",
        "PatientOrientation", "EnergyWindowInformationSequence", "SOPClassUID",
        "RadiopharmaceuticalInformationSequence", "ImageComments",
    )  # fmt: skip
    before = deepcopy(dataset)
    clean = clean_dataset(dataset, NAMES)
    assert {word: clean[word].value for word in kept} == {
        word: before[word].value for word in kept
    }
    pseudonym = NAMES.name_patient("00815")
    assert clean.PatientID == pseudonym
    assert clean.PatientName == f"Pseudonym^{pseudonym}"
    for keyword in ("SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID"):
        assert clean[keyword].value == NAMES.name_uid(before[keyword].value)
    assert clean.file_meta.MediaStorageSOPInstanceUID == clean.SOPInstanceUID
    for keyword in ("PatientBirthDate", "AccessionNumber", "StudyID"):
        assert not clean[keyword].value
    for keyword in ("DeviceSerialNumber", "StationName", "StudyDescription", "ImageID"):
        assert keyword not in clean


def test_dates_move_together_on_every_level(dataset: Dataset) -> None:
    tracer = dataset.RadiopharmaceuticalInformationSequence[0]
    tracer.RadiopharmaceuticalStartDateTime = "20200602235900.5+0100"
    dataset.AcquisitionDateTime = "20200603001500"
    days = NAMES.shift_days("00815")
    clean = clean_dataset(dataset, NAMES)
    moved = clean.RadiopharmaceuticalInformationSequence[0]
    first = moved.RadiopharmaceuticalStartDateTime
    assert str(first)[8:] == "235900.5+0100"
    dates = [str(clean.StudyDate), str(clean.AcquisitionDateTime)[:8], str(first)[:8]]
    assert dates[0] == dates[1] != "20200603"
    gap = pydicom.valuerep.DA(dates[1]) - pydicom.valuerep.DA(dates[2])
    assert gap.days == 1
    shift = pydicom.valuerep.DA(dates[0]) - pydicom.valuerep.DA("20200603")
    assert shift.days == days


@pytest.mark.parametrize(
    ("age", "birth", "wanted"),
    [
        ("057Y", "19200101", "057Y"),
        ("095Y", "19640517", "090Y"),
        ("", "19700603", "050Y"),
        ("", "19200101", "090Y"),
        ("", "", None),
    ],
)
def test_age_is_kept_up_to_89(
    age: str, birth: str, wanted: str | None, dataset: Dataset
) -> None:
    dataset.PatientAge, dataset.PatientBirthDate = age, birth
    clean = clean_dataset(dataset, NAMES)
    assert (clean.get("PatientAge") or None) == wanted


def test_codes_are_those_of_the_standard_with_its_meaning(dataset: Dataset) -> None:
    detector = dataset.DetectorInformationSequence[0]
    detector.ViewCodeSequence[0].CodeMeaning = f"of {NAME}"
    region = dataset.AnatomicRegionSequence[0]
    region.CodeValue, region.CodingSchemeDesignator = "T-04000", "SNM3"
    region.CodeMeaning = NAME
    local = Dataset()
    local.CodeValue, local.CodingSchemeDesignator = NAME, "99LOCAL"
    local.CodeMeaning = NAME
    dataset.PatientGantryRelationshipCodeSequence = [local]
    dataset.DerivationCodeSequence = [local]
    clean = clean_dataset(dataset, NAMES)
    view = clean.DetectorInformationSequence[0].ViewCodeSequence[0]
    assert (view.CodeValue, view.CodeMeaning) == ("399162004", "cranio-caudal")
    kept = clean.AnatomicRegionSequence[0]
    assert (kept.CodeValue, kept.CodingSchemeDesignator) == ("T-04000", "SNM3")
    assert kept.CodeMeaning == "Breast"
    assert len(clean.PatientGantryRelationshipCodeSequence) == 0  # type 2: there, empty
    assert "DerivationCodeSequence" not in clean


def test_of_a_tracer_the_known_words_are_kept(dataset: Dataset) -> None:
    tracer = dataset.RadiopharmaceuticalInformationSequence[0]
    tracer.Radiopharmaceutical = f"Tc-99m Sestamibi ({NAME})"
    clean = clean_dataset(dataset, NAMES)
    named = clean.RadiopharmaceuticalInformationSequence[0].Radiopharmaceutical
    assert named == "Tc 99m Sestamibi"
