from collections.abc import Callable

import pytest
from pydicom.dataset import Dataset

from bsgi.dicom.frames.vectors import FrameTable, read_vectors
from bsgi.errors import DicomError
from tests.dicom.frames.conftest import build_dynamic

TIME_SLICE = 0x00540100


def test_a_file_of_one_frame_needs_no_vectors(dataset: Dataset) -> None:
    del dataset.DetectorVector
    del dataset.EnergyWindowVector
    del dataset.FrameIncrementPointer
    del dataset.NumberOfFrames
    assert read_vectors(dataset) == FrameTable((1,), (1,), (1,), (1,))


def test_frames_are_found_by_head_window_and_time() -> None:
    dataset, _ = build_dynamic(2, (30.0, 30.0, 12.5))
    table = read_vectors(dataset)
    assert table.dynamic
    assert table.heads == (1, 2)
    assert table.times == ((1, 1), (1, 2), (2, 1))
    assert table.find(2, 1) == [3, 4, 5]


def test_a_vector_may_be_missing_where_there_is_one_of_its_kind(
    two_headed: Dataset,
) -> None:
    del two_headed.EnergyWindowVector
    two_headed.FrameIncrementPointer = 0x00540020
    assert read_vectors(two_headed).windows == (1, 1)
    two_headed.NumberOfEnergyWindows = 2
    with pytest.raises(DicomError, match="EnergyWindowVector must have one entry"):
        read_vectors(two_headed)


def _repeat_detector(dataset: Dataset) -> None:
    dataset.DetectorVector = [1, 1]


def _shorten_vector(dataset: Dataset) -> None:
    dataset.DetectorVector = 1


def _add_time(dataset: Dataset) -> None:
    dataset.FrameIncrementPointer = [0x00540010, 0x00540020, TIME_SLICE]


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (_repeat_detector, "must have one frame per detector and energy window"),
        (_shorten_vector, "DetectorVector must have one entry for each of 2 frames"),
        (_add_time, "must be a static image: its frames are steps of time or angle"),
    ],
)
def test_frames_that_cannot_be_told_apart_are_refused(
    two_headed: Dataset, change: Callable[[Dataset], None], match: str
) -> None:
    change(two_headed)
    with pytest.raises(DicomError, match=match):
        read_vectors(two_headed)


@pytest.mark.parametrize("count", [0, 4097, 1000000])
def test_impossible_numbers_of_frames_are_refused(dataset: Dataset, count: int) -> None:
    dataset.NumberOfFrames = count
    with pytest.raises(DicomError, match=f"must have 1 to 4096 frames, got {count}"):
        read_vectors(dataset)


def test_a_dynamic_image_has_every_frame_once() -> None:
    dataset, _ = build_dynamic(2, (30.0,) * 3)
    dataset.TimeSliceVector = [1, 2, 3, 1, 2, 2]
    with pytest.raises(DicomError, match="one frame per detector, energy window and t"):
        read_vectors(dataset)
    del dataset.TimeSliceVector
    with pytest.raises(DicomError, match="TimeSliceVector must have one entry for eac"):
        read_vectors(dataset)
    dataset.FrameIncrementPointer = [0x00540010, 0x00540020, 0x00540050]  # rotation
    with pytest.raises(DicomError, match="frames of detector, energy window, phase"):
        read_vectors(dataset)
