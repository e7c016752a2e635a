import pytest
from pydicom.dataset import Dataset

from bsgi.dicom.frames.layout import Layout, read_layout
from bsgi.errors import DicomError


def test_a_declared_layout(dataset: Dataset) -> None:
    assert read_layout(dataset, 1) == Layout(1, 12, 9, 16, signed=False)
    del dataset.PixelRepresentation
    assert not read_layout(dataset, 1).signed
    dataset.PixelRepresentation = 1
    dataset.BitsStored, dataset.HighBit = 12, 11
    assert read_layout(dataset, 3) == Layout(3, 12, 9, 12, signed=True)
    assert read_layout(dataset, 3).pixels == 324


@pytest.mark.parametrize(
    ("keyword", "value", "match"),
    [
        ("Rows", 0, "must have 1 to 16777216 pixels"),
        ("SamplesPerPixel", 3, "SamplesPerPixel must be 1"),
        ("PhotometricInterpretation", "MONOCHROME1", "must be MONOCHROME2 for counts"),
        ("BitsAllocated", 8, "BitsAllocated must be 16 for counts, got 8"),
        ("BitsAllocated", 32, "BitsAllocated must be 16 for counts, got 32"),
        ("BitsStored", 17, "must store 1 to 16 bits from the lowest"),
        ("HighBit", 11, "must store 1 to 16 bits from the lowest"),
        ("PixelRepresentation", 2, "PixelRepresentation must be 0 or 1"),
    ],
)
def test_what_is_no_layout_of_counts_is_refused(
    dataset: Dataset, keyword: str, value: object, match: str
) -> None:
    setattr(dataset, keyword, value)
    with pytest.raises(DicomError, match=match):
        read_layout(dataset, 1)


@pytest.mark.parametrize("group", [0x6000, 0x6004, 0x601E])
def test_pixels_with_an_overlay_in_them_are_refused(
    dataset: Dataset, group: int
) -> None:
    dataset.add_new((group, 0x0102), "US", 0)
    read_layout(dataset, 1)
    dataset[group, 0x0102].value = 15
    with pytest.raises(DicomError, match="has an overlay drawn into the bits"):
        read_layout(dataset, 1)


def test_the_largest_declared_image_costs_nothing(dataset: Dataset) -> None:
    dataset.Rows = dataset.Columns = 65535
    with pytest.raises(DicomError, match="frames of 65535 rows and 65535 columns"):
        read_layout(dataset, 1)
