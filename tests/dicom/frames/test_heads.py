from collections.abc import Callable

import numpy as np
import pytest
from pydicom.dataset import Dataset

from bsgi.dicom.frames.heads import OppositeHead, read_directions, read_mirroring
from bsgi.errors import DicomError
from bsgi.exam.record import ViewName
from tests.dicom.conftest import ORIENTATIONS
from tests.dicom.frames.conftest import build_four_views


def test_an_opposite_head_is_mirrored_where_the_file_says_it(
    two_headed: Dataset,
) -> None:
    assert read_mirroring(two_headed, (1, 2)) == ((False, True), ())
    assert read_mirroring(two_headed, (2,)) == ((False,), ())


@pytest.fixture
def same_way(two_headed: Dataset) -> Dataset:
    """Rows of both detectors run the same way: two acquisitions, or one was turned."""
    first, second = two_headed.DetectorInformationSequence
    second.ImageOrientationPatient = first.ImageOrientationPatient
    return two_headed


@pytest.mark.parametrize("rule", [OppositeHead.STATED, OppositeHead.MIRRORED])
def test_two_acquisitions_are_no_two_heads(
    same_way: Dataset, rule: OppositeHead
) -> None:
    with pytest.raises(DicomError, match="has two acquisitions of RMLO in one file"):
        read_mirroring(same_way, (1, 2), rule, "RMLO")


def test_a_site_may_say_that_its_camera_turned_one_head(same_way: Dataset) -> None:
    mirrored, notes = read_mirroring(same_way, (1, 2), OppositeHead.AS_STORED)
    assert mirrored == (False, False)
    assert "taken as opposite heads" in notes[0]


@pytest.mark.parametrize(
    ("place", "apart"),
    [
        ([0, 0, 50], True),
        ([0, 0, -50], True),
        ([0, 0, 10], False),
        ([90, 90, 0], False),
    ],
)
def test_planes_with_room_for_a_breast_are_two_heads(
    same_way: Dataset, place: list[float], apart: bool
) -> None:
    """LCC: its planes lie across the axis from feet to head, shifts along them count
    for nothing."""
    first, second = same_way.DetectorInformationSequence
    first.ImagePositionPatient, second.ImagePositionPatient = [0, 0, 0], place
    if apart:
        assert read_mirroring(same_way, (1, 2)) == ((False, False), ())
    else:
        with pytest.raises(DicomError, match="two acquisitions"):
            read_mirroring(same_way, (1, 2))
    second.ImagePositionPatient = None
    with pytest.raises(DicomError, match="two acquisitions"):
        read_mirroring(same_way, (1, 2))


def _drop(dataset: Dataset) -> None:
    dataset.DetectorInformationSequence[1].ImageOrientationPatient = None


def _zero(dataset: Dataset) -> None:
    dataset.DetectorInformationSequence[1].ImageOrientationPatient = [0] * 6


def _stretch(dataset: Dataset) -> None:
    dataset.DetectorInformationSequence[1].ImageOrientationPatient = [2, 0, 0, 0, 2, 0]


def _cut(dataset: Dataset) -> None:
    dataset.DetectorInformationSequence.pop()


@pytest.mark.parametrize("change", [_drop, _zero, _stretch, _cut])
def test_where_the_file_does_not_say_it_the_site_may(
    two_headed: Dataset, change: Callable[[Dataset], None]
) -> None:
    change(two_headed)
    with pytest.raises(DicomError, match="of detector 2 is missing"):
        read_mirroring(two_headed, (1, 2))
    for rule, wanted in (
        (OppositeHead.MIRRORED, True),
        (OppositeHead.AS_STORED, False),
    ):
        mirrored, notes = read_mirroring(two_headed, (1, 2), rule)
        assert mirrored == (False, wanted)
        assert "the file does not say it" in notes[0]


def test_what_the_file_says_counts_more_than_the_site(two_headed: Dataset) -> None:
    found = read_mirroring(two_headed, (1, 2), OppositeHead.AS_STORED)
    assert found == ((False, True), ())


def test_heads_at_an_angle_are_refused(two_headed: Dataset) -> None:
    item = two_headed.DetectorInformationSequence[1]
    item.ImageOrientationPatient = [0, 0, 1, -1, 0, 0]
    with pytest.raises(DicomError, match="must have parallel heads"):
        read_mirroring(two_headed, (1, 2))


def test_directions_of_a_detector_are_those_of_patient_orientation() -> None:
    dataset = build_four_views()
    for number, name in enumerate(ViewName, start=1):
        row, column = read_directions(dataset, number) or ("", "")
        assert (row, set(column)) == (ORIENTATIONS[name][0], set(ORIENTATIONS[name][1]))
    assert read_directions(dataset, 5) is None
    turn = np.deg2rad(5)
    dataset.DetectorInformationSequence[0].ImageOrientationPatient = [
        0, -np.cos(turn), np.sin(turn), -1, 0, 0
    ]  # fmt: skip
    assert read_directions(dataset, 1) == ("A", "R")
