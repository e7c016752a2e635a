"""What tests of views share: a file that says nothing, and the shipped words."""

import pytest
from pydicom.dataset import Dataset

from bsgi.dicom.views.find import find_view_name
from bsgi.dicom.views.words import ViewWords, load_words
from bsgi.errors import DicomError


@pytest.fixture(scope="session")
def words() -> ViewWords:
    return load_words()


@pytest.fixture
def bare(unnamed: Dataset) -> Dataset:
    """A breast image that says nothing of its view, not even how it lies."""
    del unnamed.PatientOrientation
    return unnamed


def name_text(text: str, words: ViewWords, **others: object) -> str:
    """The view that a series description and other attributes name, or the reason."""
    dataset = Dataset()
    dataset.SeriesDescription = text
    for keyword, value in others.items():
        setattr(dataset, keyword, value)
    try:
        return str(find_view_name(dataset, words))
    except DicomError as reason:
        return str(reason)
