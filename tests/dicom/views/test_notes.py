"""What is noted of the texts of a view, and what is not worth a note."""

import pytest
from pydicom.dataset import Dataset

from bsgi.dicom.read import read_view
from bsgi.dicom.views.notes import note_texts
from bsgi.dicom.views.words import ViewWords
from bsgi.exam.record import ViewName
from tests.dicom.conftest import SaveDataset

LOOK = "its Image Comments speak of another side or view, or doubt it; look at it"


def _note(words: ViewWords, **values: str) -> tuple[str, ...]:
    dataset = Dataset()
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    return note_texts(dataset, ViewName.LCC, words, alone=True)


@pytest.mark.parametrize(
    "text",
    [
        "", "LCC", "L CC 10 MIN", "LCC 600S LEHR TC99M MIBI STATIC", "LCC_2021-03-14",
        "LCC 12:30 pm 14 MAR 2021", "Left breast CC, inj R arm 20 mCi",
        "LCC JD", "L CC #2", "DILON 6800 L CC 128x128", "Smith",
        "BREAST PLANAR Smith", "10 min wxyz",
    ],
)  # fmt: skip
def test_usual_words_and_texts_without_a_view_are_no_note(
    text: str, words: ViewWords
) -> None:
    for keyword in ("SeriesDescription", "ProtocolName", "ImageID"):
        assert _note(words, **{keyword: text[:16]}) == ()
    assert _note(words, SeriesDescription=text) == ()


def test_unknown_words_beside_a_view_are_counted_and_not_quoted(
    words: ViewWords,
) -> None:
    one = "its Series Description holds 1 word that no table of words knows"
    assert _note(words, SeriesDescription="LCC wxyz") == (one,)
    two = _note(words, ProtocolName="wxyz L CC 10 MIN SMITH", ImageID="LCC")
    assert two == ("its Protocol Name holds 2 words that no table of words knows",)


@pytest.mark.parametrize(
    "text",
    [
        "WRONG SIDE LABEL - this is RCC",
        "Spot compression view of the upper quadrant",
        "this is the right breast, Dr Wxyz",
        "patient moved",
        "aborted after 3 min",
        "compare with RMLO",
        "saw L and R CC today",
        "smoothed before sending",
        "tomo, see also mammography",
    ],
)
def test_comments_on_something_else_are_noted(text: str, words: ViewWords) -> None:
    assert _note(words, ImageComments=text) == (LOOK,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "LCC",
        "L CC, 10 min",
        "SIMULATED IMAGE, NOT A PATIENT",
        "inj in right arm without trouble",
        "hx R breast ca, seen by Dr Wxyz",
        "left breast shows uptake wxyz",
        "Patient ID was checked at the door",
        "seen by Dr R Wxyz",
    ],
)
def test_comments_that_fit_are_not_noted(text: str, words: ViewWords) -> None:
    assert _note(words, ImageComments=text) == ()


def test_comments_of_a_file_of_several_views_may_name_them_all(
    words: ViewWords,
) -> None:
    dataset = Dataset()
    dataset.ImageComments = "this is RCC and more"
    assert note_texts(dataset, ViewName.LCC, words, alone=True) == (LOOK,)
    assert note_texts(dataset, ViewName.LCC, words, alone=False) == ()


def test_notes_travel_with_the_view_of_a_file(
    dataset: Dataset, save_dataset: SaveDataset
) -> None:
    dataset.SeriesDescription = "LCC wxyz"
    dataset.ImageComments = "wrong side label, this is RCC"
    notes = read_view(save_dataset(dataset)).notes
    assert LOOK in notes
    assert any("holds 1 word that no table" in note for note in notes)
