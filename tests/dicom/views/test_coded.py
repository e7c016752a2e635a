"""Coded views and sides, of every code family that files have."""

import pytest
from pydicom.dataset import Dataset
from pydicom.sr._snomed_dict import mapping
from pydicom.sr.codedict import Collection

from bsgi.dicom.codes import Code
from bsgi.dicom.views.find import find_view_name
from bsgi.dicom.views.words import ViewWords
from bsgi.errors import DicomError

OLD_SCHEMES = ("SRT", "SNM3", "99SDM", "DCM", "srt")
# Concepts of pydicom's context groups that are the two projections.
CC = {"CranioCaudal"}
MLO = {"MedioLateralObliqueProjection", "MedioLateralObliqueEmissiveProjection"}


def _families(value: str) -> list[tuple[str, str]]:
    """A SNOMED CT code and its ancestors, as pydicom knows them."""
    old = mapping["SCT"].get(value)
    olds = [(old, scheme) for scheme in OLD_SCHEMES] if old else []
    return [(value, "SCT"), (value, "sct"), *olds]


def _set_view(dataset: Dataset, code: Code, modifier: Code | None = None) -> None:
    item = code.to_item()
    if modifier is not None:
        item.ViewModifierCodeSequence = [modifier.to_item()]
    dataset.DetectorInformationSequence[0].ViewCodeSequence = [item]


@pytest.mark.parametrize("group", ["CID4014", "CID26"])
def test_every_view_of_the_context_groups(
    bare: Dataset, words: ViewWords, group: str
) -> None:
    bare.ImageLaterality = "R"
    for name, concept in Collection(group).concepts.items():
        for value, scheme in _families(concept.value):
            _set_view(bare, Code(value, scheme, concept.meaning))
            if name in CC | MLO:
                wanted = "RCC" if name in CC else "RMLO"
                assert find_view_name(bare, words) == wanted
                _set_view(bare, Code(value, scheme, ""))
                assert find_view_name(bare, words) == wanted
            else:
                with pytest.raises(DicomError, match="is another view than CC or MLO"):
                    find_view_name(bare, words)


def test_every_modifier_of_the_context_group(bare: Dataset, words: ViewWords) -> None:
    bare.ImageLaterality = "L"
    view = Code("399162004", "SCT", "cranio-caudal")
    for name, concept in Collection("CID4015").concepts.items():
        for value, scheme in _families(concept.value):
            _set_view(bare, view, Code(value, scheme, concept.meaning))
            if name == "NippleInProfile":
                assert find_view_name(bare, words) == "LCC"
            else:
                with pytest.raises(DicomError, match="View Modifier code says"):
                    find_view_name(bare, words)


@pytest.mark.parametrize(
    ("code", "match"),
    [
        (Code("399162004", "SCT", "medio-lateral oblique"), "its projection differs"),
        (Code("399162004", "SCT", "exaggerated CC"), "meaning says exaggerated"),
        (Code("399999999", "SCT", "cranio-caudal"), "says a view of another code"),
        (Code("X1", "99GAMMA", "LLMO"), "View code meaning could mean two things"),
        (Code("X1", "99GAMMA", "axillary"), "says axilla or axillary tail"),
        (Code("SMITH^JANE", "99GAMMA", "Jane Smith"), "no attribute gives its proj"),
    ],
)
def test_codes_that_do_not_fit(
    bare: Dataset, words: ViewWords, code: Code, match: str
) -> None:
    bare.ImageLaterality = "L"
    _set_view(bare, code)
    with pytest.raises(DicomError, match=match) as caught:
        find_view_name(bare, words)
    assert "SMITH" not in str(caught.value).upper()


@pytest.mark.parametrize(
    ("value", "scheme", "meaning"),
    [
        ("R MLO", "99GAMMA", "R MLO"),
        ("V3", "99GAMMA", "Right MLO"),
        ("RMLO", "", ""),
        ("", "", "medio-lateral oblique, right breast"),
    ],
)
def test_what_was_typed_into_a_code_is_read_as_text(
    bare: Dataset, words: ViewWords, value: str, scheme: str, meaning: str
) -> None:
    _set_view(bare, Code(value, scheme, meaning))
    assert find_view_name(bare, words) == "RMLO"


def test_views_of_the_dataset_and_long_codes(bare: Dataset, words: ViewWords) -> None:
    item = Dataset()
    item.LongCodeValue, item.CodingSchemeDesignator = "399368009", "SCT"
    bare.ViewCodeSequence = [item]
    bare.Laterality = "L"
    assert find_view_name(bare, words) == "LMLO"


LATERALITY = [("7771000", "L"), ("24028007", "R")]
BREASTS = [("80248007", "L"), ("73056007", "R")]


@pytest.mark.parametrize("sequence", ["AnatomicRegion", "PrimaryAnatomicStructure"])
def test_coded_laterality(bare: Dataset, words: ViewWords, sequence: str) -> None:
    bare.SeriesDescription = "CC"
    for value, side in LATERALITY:
        for code, scheme in _families(value):
            region = Code("76752008", "SCT", "Breast").to_item()
            modifiers = [Code(code, scheme, "").to_item()]
            setattr(region, f"{sequence}ModifierSequence", modifiers)
            setattr(bare, f"{sequence}Sequence", [region])
            assert find_view_name(bare, words) == f"{side}CC"
    for value, side in BREASTS:
        for code, scheme in _families(value):
            setattr(bare, f"{sequence}Sequence", [Code(code, scheme, "").to_item()])
            assert find_view_name(bare, words) == f"{side}CC"


def test_bilateral_and_contradicting_laterality(
    bare: Dataset, words: ViewWords
) -> None:
    bare.SeriesDescription = "CC"
    region = bare.AnatomicRegionSequence[0]
    for value, match in (
        ("51440002", "region modifier code says both breasts"),
        ("66459002", "no attribute gives its side"),
        ("399055006", "region modifier code says spot compression"),
    ):
        region.AnatomicRegionModifierSequence = [Code(value, "SCT", "").to_item()]
        with pytest.raises(DicomError, match=match):
            find_view_name(bare, words)
    region.AnatomicRegionModifierSequence = [
        Code(value, "SCT", "").to_item() for value, _ in LATERALITY
    ]
    with pytest.raises(DicomError, match="its side differs within region modifier"):
        find_view_name(bare, words)
    bare.AnatomicRegionSequence = [Code("63762007", "SCT", "Both breasts").to_item()]
    with pytest.raises(DicomError, match="region code says both breasts"):
        find_view_name(bare, words)


def test_a_side_as_a_modifier_of_the_view(bare: Dataset, words: ViewWords) -> None:
    view = Code("399368009", "SCT", "medio-lateral oblique")
    for value, side in LATERALITY:
        for code, scheme in _families(value):
            _set_view(bare, view, Code(code, scheme, ""))
            assert find_view_name(bare, words) == f"{side}MLO"
    _set_view(bare, view, Code("51440002", "SCT", "Bilateral"))
    with pytest.raises(DicomError, match="View Modifier code says both breasts"):
        find_view_name(bare, words)
