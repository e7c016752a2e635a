import pytest
from pydicom.dataset import Dataset

from bsgi.dicom.codes import Code
from bsgi.dicom.find_view import find_view_name
from bsgi.errors import DicomError
from bsgi.exam.record import ViewName


def _set_view_code(dataset: Dataset, code: Code, modifier: Code | None = None) -> None:
    item = code.to_item()
    if modifier is not None:
        item.ViewModifierCodeSequence = [modifier.to_item()]
    dataset.DetectorInformationSequence[0].ViewCodeSequence = [item]


# Values and meanings of PS3.16 CID 4014 and CID 26, and their SNOMED RT ancestors.
@pytest.mark.parametrize(
    ("value", "scheme", "projection"),
    [
        ("399162004", "SCT", "CC"),
        ("399368009", "SCT", "MLO"),
        ("399268006", "SCT", "MLO"),
        ("R-10242", "SRT", "CC"),
        ("R-10242", "SNM3", "CC"),
        ("R-10226", "99SDM", "MLO"),
        ("G-5224", "SRT", "MLO"),
    ],
)
def test_coded_projections(
    unnamed: Dataset, value: str, scheme: str, projection: str
) -> None:
    unnamed.ImageLaterality = "R"
    _set_view_code(unnamed, Code(value, scheme, "any meaning"))
    assert find_view_name(unnamed) == f"R{projection}"


@pytest.mark.parametrize(
    ("value", "scheme"),
    [
        ("399260004", "SCT"),  # medio-lateral
        ("399352003", "SCT"),  # latero-medial
        ("399192008", "SCT"),  # exaggerated laterally
        ("399196006", "SCT"),  # caudo-cranial
        ("399321004", "SCT"),  # anterior, CID 26
        ("R-10224", "SRT"),
        ("R-10226", "SCT"),  # an old code under the new scheme
    ],
)
def test_other_coded_views_are_refused(
    unnamed: Dataset, value: str, scheme: str
) -> None:
    unnamed.ImageLaterality = "R"
    unnamed.SeriesDescription = "R CC"
    _set_view_code(unnamed, Code(value, scheme, "cranio-caudal"))
    with pytest.raises(DicomError, match="its View code names another view"):
        find_view_name(unnamed)


def test_modified_views_are_refused(unnamed: Dataset) -> None:
    unnamed.ImageLaterality = "L"
    view = Code("399162004", "SCT", "cranio-caudal")
    _set_view_code(unnamed, view, Code("399055006", "SCT", "Spot Compression"))
    with pytest.raises(DicomError, match="View Modifier code names another view"):
        find_view_name(unnamed)
    _set_view_code(unnamed, view, Code("442581004", "SCT", "Nipple in profile"))
    assert find_view_name(unnamed) is ViewName.LCC


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("LCC", "LCC"),
        ("L CC", "LCC"),
        ("LEFT CC", "LCC"),
        ("CC L", "LCC"),
        ("L-CC 10min", "LCC"),
        ("l_cc at 10 min", "LCC"),
        ("LMLO", "LMLO"),
        ("L MLO", "LMLO"),
        ("RT MLO", "RMLO"),
        ("RTMLO1", "RMLO"),
        ("Right breast, medio-lateral oblique", "RMLO"),
        ("Left cranio-caudal", "LCC"),
    ],
)
@pytest.mark.parametrize("keyword", ["SeriesDescription", "ProtocolName"])
def test_spellings(unnamed: Dataset, keyword: str, text: str, name: str) -> None:
    setattr(unnamed, keyword, text)
    assert find_view_name(unnamed) == name


@pytest.mark.parametrize(
    "text", ["LLMO", "L LMO", "R ML", "LAT L", "XCCL R", "AXT", "R AX", "RCC SPOT",
             "L MLO implant", "L AT"]
)  # fmt: skip
def test_other_and_doubtful_spellings_are_refused(unnamed: Dataset, text: str) -> None:
    unnamed.SeriesDescription = text
    with pytest.raises(DicomError, match="names another view, or one that could be"):
        find_view_name(unnamed)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "no attribute gives its side"),
        ("breast scan", "no attribute gives its side"),
        ("L", "no attribute gives its projection"),
        ("CC", "no attribute gives its side"),
        ("L R CC", "more than one side is named in SeriesDescription"),
        ("L CC MLO", "more than one projection is named"),
        ("BILATERAL CC", "no attribute gives its side"),
    ],
)
def test_what_is_missing_or_too_much_is_named(
    unnamed: Dataset, text: str, match: str
) -> None:
    unnamed.SeriesDescription = text
    with pytest.raises(DicomError, match=match):
        find_view_name(unnamed)


def test_a_text_that_names_all_views_leaves_the_code_its_say(dataset: Dataset) -> None:
    dataset.SeriesDescription = "L R CC MLO"
    assert find_view_name(dataset) is ViewName.LCC


@pytest.mark.parametrize(
    ("keyword", "value", "match"),
    [
        ("ImageLaterality", "R", "its side differs between ImageLaterality, ImageID"),
        ("Laterality", "R", "its side differs"),
        ("SeriesDescription", "R CC", "its side differs"),
        ("SeriesDescription", "L MLO", "its projection differs between View code"),
        ("ViewPosition", "MLO", "its projection differs"),
        ("ViewPosition", "AP", "its ViewPosition names another view"),
        ("ImageID", "RCC", "its side differs"),
        ("ImageLaterality", "B", "ImageLaterality must be L or R, got 'B'"),
        (
            "BodyPartExamined",
            "THYROID",
            "must show the breast, got body part 'THYROID'",
        ),
    ],
)
def test_sources_that_contradict_each_other_are_refused(
    dataset: Dataset, keyword: str, value: str, match: str
) -> None:
    setattr(dataset, keyword, value)
    with pytest.raises(DicomError, match=match):
        find_view_name(dataset)


def test_laterality_as_a_modifier_of_the_region(unnamed: Dataset) -> None:
    unnamed.SeriesDescription = "CC"
    region = unnamed.AnatomicRegionSequence[0]
    region.AnatomicRegionModifierSequence = [Code("24028007", "SCT", "Right").to_item()]
    assert find_view_name(unnamed) is ViewName.RCC
    region.CodeValue = "69536005"  # head structure
    with pytest.raises(DicomError, match="got another anatomic region code"):
        find_view_name(unnamed)


def test_comments_are_not_searched(unnamed: Dataset) -> None:
    unnamed.ImageComments = "L CC"
    with pytest.raises(DicomError, match="no attribute gives its side"):
        find_view_name(unnamed)
