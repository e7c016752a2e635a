"""Which view a file holds: every source, every contradiction, and what is no view."""

from itertools import product

import pytest
from pydicom.dataset import Dataset

from bsgi.dicom.codes import Code
from bsgi.dicom.views.find import find_view_name, title
from bsgi.dicom.views.words import ViewWords
from bsgi.dicom.write import build_dataset
from bsgi.errors import DicomError
from bsgi.exam.record import ViewName
from tests.dicom.conftest import ORIENTATIONS, make_header, make_view
from tests.dicom.views.conftest import name_text

SIDES = {"L": "7771000", "R": "24028007"}
PROJECTIONS = {"CC": "399162004", "MLO": "399368009"}


def _say(dataset: Dataset, source: str, name: ViewName) -> None:
    """Let one source say which view it is."""
    side, projection = name.side, name.projection
    if source == "codes":
        region = dataset.AnatomicRegionSequence[0]
        side_code = Code(SIDES[side], "SCT", "").to_item()
        region.AnatomicRegionModifierSequence = [side_code]
        view = Code(PROJECTIONS[projection], "SCT", "").to_item()
        dataset.DetectorInformationSequence[0].ViewCodeSequence = [view]
    elif source == "attributes":
        dataset.ImageLaterality = str(side)
        dataset.ViewPosition = str(projection)
    else:
        setattr(dataset, source, f"{side} {projection}")


SOURCES = (
    "codes",
    "attributes",
    "SeriesDescription",
    "ProtocolName",
    "ImageID",
    "AcquisitionProtocolDescription",
    "ImageComments",
)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("name", ViewName)
def test_each_source_alone_names_a_view(
    bare: Dataset, words: ViewWords, source: str, name: ViewName
) -> None:
    _say(bare, source, name)
    assert find_view_name(bare, words) is name


@pytest.mark.parametrize(("first", "second"), list(product(SOURCES, SOURCES)))
def test_two_sources_agree_or_the_view_is_ambiguous(
    bare: Dataset, words: ViewWords, first: str, second: str
) -> None:
    if first == second:
        return
    for one, other in product(ViewName, ViewName):
        _say(bare, first, one)
        _say(bare, second, other)
        if one is other:
            assert find_view_name(bare, words) is one
        else:
            with pytest.raises(DicomError, match=r"is ambiguous: its (side|proj)"):
                find_view_name(bare, words)


@pytest.mark.parametrize("source", SOURCES)
def test_half_a_name_completes_another_half(
    bare: Dataset, words: ViewWords, source: str
) -> None:
    _say(bare, source, ViewName.RMLO)
    bare.Laterality = "R"
    bare.StudyDescription = "LEFT CC"  # of the complaint, not of the view
    assert find_view_name(bare, words) is ViewName.RMLO


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "is not known to be a breast view: no attribute gives its side."),
        ("breast scan", "no attribute gives its side"),
        ("L", "no attribute gives its projection"),
        ("CC", "no attribute gives its side"),
        ("L R CC", "more than one side is named in Series Description"),
        ("L&R MLO", "more than one side is named"),
        ("L CC MLO", "more than one projection is named in Series Description"),
        ("BILATERAL CC", "is another view than CC or MLO: .* says both breasts"),
        ("MBI BILATERAL", "more than one side is named"),
    ],
)
def test_what_is_missing_or_too_much_is_named(
    words: ViewWords, text: str, match: str
) -> None:
    assert any(part in name_text(text, words) for part in match.split(" .* "))


def test_a_text_that_names_several_views_leaves_others_their_say(
    words: ViewWords,
) -> None:
    for text in ("L R CC MLO", "LCC RCC LMLO RMLO", "LCC, RMLO", "MBI bilateral"):
        assert name_text(text, words, ImageID="LCC") == "LCC"
    assert "ambiguous" in name_text("LCC RMLO", words, ImageID="LMLO")
    assert "ambiguous" in name_text("RCC RMLO", words, ImageID="LMLO")


@pytest.mark.parametrize(
    ("keyword", "value", "match"),
    [
        ("ImageLaterality", "R", "its side differs between Image Laterality and Image"),
        ("Laterality", "R", "its side differs"),
        ("SeriesDescription", "L MLO", "its projection differs between View code"),
        ("ViewPosition", "MLO", "its projection differs"),
        ("ViewPosition", "AP", "another view than CC or MLO: its View Position"),
        ("ViewPosition", "ERECT", "its View Position says a view of another name"),
        ("ImageLaterality", "B", "its Image Laterality says both breasts"),
        ("ImageLaterality", "U", "Image Laterality must be L or R, got 'U'"),
        ("BodyPartExamined", "RBREAST", "its side differs"),
        ("ImageID", "LLMO", "is ambiguous: a word of its Image ID could mean two"),
        ("SeriesDescription", "LLMO", "could mean two things"),
        ("ImageComments", "spot", "says spot compression"),
    ],
)
def test_sources_that_contradict_each_other_are_refused(
    dataset: Dataset, words: ViewWords, keyword: str, value: str, match: str
) -> None:
    assert find_view_name(dataset, words) is ViewName.LCC
    setattr(dataset, keyword, value)
    with pytest.raises(DicomError, match=match):
        find_view_name(dataset, words)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("name", ViewName)
def test_orientation_contradicts_and_never_decides(
    words: ViewWords, name: ViewName, turned: bool
) -> None:
    opposite = str.maketrans("APLRHF", "PARLFH")
    letters = [
        text.translate(opposite) if turned else text for text in ORIENTATIONS[name]
    ]
    for orientation in (letters, letters[::-1]):
        for said in ViewName:
            found = name_text(said, words, PatientOrientation=orientation)
            both_cc = said.projection == name.projection == "CC"
            assert (found == said) == (said is name or both_cc), (found, orientation)
        for half in (name.side, name.projection):
            found = name_text(half, words, PatientOrientation=orientation)
            assert "no attribute gives its" in found


def test_the_default_orientation_of_cameras_says_nothing(words: ViewWords) -> None:
    for orientation in (["L", "F"], ["A", "F"], ["", ""], ["A"], ["X", "Y"]):
        found = name_text("LMLO", words, PatientOrientation=orientation)
        assert found == "LMLO", orientation


def test_comments_count_only_if_they_are_nothing_but_a_view(words: ViewWords) -> None:
    assert name_text("", words, ImageComments="R MLO, 10 min") == "RMLO"
    assert "says spot comp" in name_text(
        "LCC", words, ImageComments="Spot compression view"
    )
    for text in ("compare with RMLO", "not RMLO", "SIMULATED IMAGE, NOT A PATIENT"):
        assert "not known" in name_text("", words, ImageComments=text)
        assert name_text("LCC", words, ImageComments=text) == "LCC"


def test_the_detector_of_the_frames_counts_alone(words: ViewWords) -> None:
    dataset = Dataset()
    dataset.SeriesDescription = "LCC RCC LMLO RMLO"
    dataset.PatientOrientation = ["A", "R"]
    items = []
    for name in ViewName:
        item = Dataset()
        item.ImageLaterality = str(name.side)
        item.ViewCodeSequence = [
            Code(PROJECTIONS[name.projection], "SCT", "").to_item()
        ]
        items.append(item)
    dataset.DetectorInformationSequence = items
    for name, item in zip(ViewName, items, strict=True):
        assert find_view_name(dataset, words, item) is name
    with pytest.raises(DicomError, match="is ambiguous: its side differs within"):
        find_view_name(dataset, words)


def test_both_breasts_hold_for_a_file_whose_detectors_tell_them_apart(
    words: ViewWords,
) -> None:
    dataset = Dataset()
    dataset.ImageLaterality = "B"
    item = Dataset()
    item.ViewCodeSequence = [Code("RMLO", "99GAMMA", "Right MLO").to_item()]
    dataset.DetectorInformationSequence = [item, Dataset()]
    assert find_view_name(dataset, words, item) is ViewName.RMLO
    for detector in (None, Dataset()):
        with pytest.raises(DicomError, match="its Image Laterality says both breasts"):
            find_view_name(dataset, words, detector)


def test_our_own_files_name_their_view(words: ViewWords) -> None:
    for name in ViewName:
        dataset = build_dataset(make_view(name, heads=2), make_header())
        assert find_view_name(dataset, words) is name


def test_titles_are_those_of_the_standard() -> None:
    assert title("ImageID") == "Image ID"
    assert title("AcquisitionProtocolDescription") == "Acquisition Protocol Description"
