from collections.abc import Callable

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
    JPEGLSNearLossless,
    RLELossless,
)

from bsgi.dicom.parse import parse_bytes, parse_file
from bsgi.dicom.pixels import read_frames
from bsgi.errors import DicomError
from tests.dicom.conftest import SaveDataset, make_view


@pytest.mark.parametrize(
    "syntax",
    [ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian],
)
def test_native_transfer_syntaxes(
    dataset: Dataset, save_dataset: SaveDataset, syntax: UID
) -> None:
    if syntax == ExplicitVRBigEndian:
        swapped = np.frombuffer(dataset.PixelData, "<u2").astype(">u2")
        dataset.PixelData = swapped.tobytes()
    dataset.file_meta.TransferSyntaxUID = syntax
    frames = read_frames(parse_file(save_dataset(dataset)))
    np.testing.assert_array_equal(frames.counts, make_view().counts)


def test_run_length_compression_is_lossless(
    dataset: Dataset, save_dataset: SaveDataset
) -> None:
    dataset.compress(RLELossless)
    frames = read_frames(parse_file(save_dataset(dataset)))
    np.testing.assert_array_equal(frames.counts, make_view().counts)


@pytest.mark.parametrize("syntax", [JPEGBaseline8Bit, JPEGLSNearLossless])
def test_lossy_transfer_syntaxes_are_refused(dataset: Dataset, syntax: UID) -> None:
    dataset.file_meta.TransferSyntaxUID = syntax
    with pytest.raises(DicomError, match="must have a lossless transfer syntax, got J"):
        read_frames(dataset)


def test_what_was_once_lossy_is_refused(dataset: Dataset) -> None:
    dataset.LossyImageCompression = "01"
    with pytest.raises(DicomError, match="was compressed with loss"):
        read_frames(dataset)


def _swap_frames(dataset: Dataset) -> None:
    pixels = np.frombuffer(dataset.PixelData, "<u2").reshape(2, 12, 9)
    dataset.PixelData = pixels[::-1].tobytes()
    dataset.DetectorVector = [2, 1]


def test_heads_stand_in_the_order_of_detector_number(two_headed: Dataset) -> None:
    _swap_frames(two_headed)
    frames = read_frames(two_headed)
    np.testing.assert_array_equal(frames.counts, make_view(heads=2).counts)
    assert frames.heads_mirrored == (False, True)


def test_a_second_head_that_was_turned_already_is_not_mirrored(
    two_headed: Dataset,
) -> None:
    first, second = two_headed.DetectorInformationSequence
    second.ImageOrientationPatient = first.ImageOrientationPatient
    assert read_frames(two_headed).heads_mirrored == (False, False)


def _drop_orientation(dataset: Dataset) -> None:
    dataset.DetectorInformationSequence[1].ImageOrientationPatient = None


def _tilt_head(dataset: Dataset) -> None:
    item = dataset.DetectorInformationSequence[1]
    item.ImageOrientationPatient = [0, 0, 1, -1, 0, 0]


def _repeat_detector(dataset: Dataset) -> None:
    dataset.DetectorVector = [1, 1]


def _shorten_vector(dataset: Dataset) -> None:
    dataset.DetectorVector = 1


def _add_time(dataset: Dataset) -> None:
    dataset.FrameIncrementPointer = [0x00540010, 0x00540020, 0x00540100]


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (_drop_orientation, r"Image Orientation \(Patient\) of detector 2 is missing"),
        (_tilt_head, "must have parallel heads"),
        (_repeat_detector, "must have one frame per detector and energy window"),
        (_shorten_vector, "DetectorVector must have one entry for each of 2 frames"),
        (_add_time, "must be a static image: its frames are steps of time or angle"),
    ],
)
def test_heads_that_cannot_be_told_apart_are_refused(
    two_headed: Dataset, change: Callable[[Dataset], None], match: str
) -> None:
    change(two_headed)
    with pytest.raises(DicomError, match=match):
        read_frames(two_headed)


def _add_window(dataset: Dataset, lower: float, upper: float) -> None:
    """A second energy window with frames of its own, stored before the first."""
    window = Dataset()
    limits = Dataset()
    limits.EnergyWindowLowerLimit, limits.EnergyWindowUpperLimit = lower, upper
    window.EnergyWindowRangeSequence = [limits]
    dataset.EnergyWindowInformationSequence.append(window)
    dataset.NumberOfFrames = dataset.NumberOfEnergyWindows = 2
    dataset.EnergyWindowVector, dataset.DetectorVector = [2, 1], [1, 1]
    dataset.PixelData = b"\x01\x00" * (12 * 9) + dataset.PixelData


def test_the_photopeak_window_is_taken_and_said(dataset: Dataset) -> None:
    _add_window(dataset, 100, 120)
    frames = read_frames(dataset)
    np.testing.assert_array_equal(frames.counts, make_view().counts)
    assert frames.energy_window_kev == (126.0, 154.4)
    assert frames.notes == (
        "the photopeak window 126 to 154.4 keV was taken, 1 other left out",
    )
    assert frames.total_counts == make_view().total_counts + 12 * 9


def test_two_photopeak_windows_are_refused(dataset: Dataset) -> None:
    _add_window(dataset, 110, 154)
    with pytest.raises(DicomError, match=r"one energy window around 140.5 keV, got 2"):
        read_frames(dataset)


@pytest.mark.parametrize(
    ("keyword", "value", "match"),
    [
        ("Rows", 65535, "must have 216 bytes|bytes of pixels as declared"),
        ("Rows", 0, "must have 1 to 16777216 pixels"),
        ("NumberOfFrames", 1000000, "must have 1 to 64 frames, got 1000000"),
        ("NumberOfFrames", 0, "must have 1 to 64 frames"),
        ("SamplesPerPixel", 3, "SamplesPerPixel must be 1"),
        ("PhotometricInterpretation", "MONOCHROME1", "must be MONOCHROME2 for counts"),
        ("BitsAllocated", 8, "BitsAllocated must be 16 for counts, got '8'"),
        ("BitsStored", 17, "must store 1 to 16 bits from the lowest"),
        ("HighBit", 11, "must store 1 to 16 bits from the lowest"),
        ("PixelData", b"", "must have 216 bytes of pixels as declared, got 0"),
        ("PixelData", b"\0" * 215, "got 215"),
        ("PixelData", b"\0" * 218, "got 218"),
        ("PixelData", b"\0" * 216, "has no events"),
    ],
)
def test_pixels_that_are_no_counts_are_refused(
    dataset: Dataset, keyword: str, value: object, match: str
) -> None:
    setattr(dataset, keyword, value)
    with pytest.raises(DicomError, match=match):
        read_frames(dataset)


def test_the_largest_declared_image_costs_nothing(dataset: Dataset) -> None:
    dataset.Rows = dataset.Columns = 65535
    with pytest.raises(DicomError, match="frames of 65535 rows and 65535 columns"):
        read_frames(dataset)


def test_pixels_of_an_unknown_representation_are_refused(
    dataset: Dataset, save_dataset: SaveDataset
) -> None:
    """Found by turning bytes at random: the element fails when it is asked for."""
    content = save_dataset(dataset).read_bytes()
    damaged = content.replace(b"\xe0\x7f\x10\x00OW", b"\xe0\x7f\x10\x00W\0")
    assert damaged != content
    with pytest.raises(DicomError, match="Pixel Data cannot be decoded"):
        read_frames(parse_bytes(damaged))


def test_missing_pixels_are_refused(dataset: Dataset) -> None:
    del dataset.PixelData
    with pytest.raises(DicomError, match="has no pixels"):
        read_frames(dataset)


def test_signed_pixels_are_counts_unless_negative(dataset: Dataset) -> None:
    counts = np.arange(12 * 9, dtype="<i2")
    dataset.PixelRepresentation = 1
    dataset.PixelData = counts.tobytes()
    frames = read_frames(dataset)
    np.testing.assert_array_equal(frames.counts.ravel(), counts)
    dataset = dataset.copy()
    dataset.PixelData = (counts - 1).tobytes()
    with pytest.raises(DicomError, match="has negative pixels"):
        read_frames(dataset)


def test_pixels_above_the_stored_bits_are_refused(dataset: Dataset) -> None:
    dataset.BitsStored, dataset.HighBit = 12, 11
    with pytest.raises(DicomError, match="pixels above the declared 12 bits"):
        read_frames(dataset)
