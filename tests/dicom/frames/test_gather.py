"""Frames to the counts of views: heads in order, windows chosen, time summed."""

from collections.abc import Callable

import numpy as np
import pytest
from pydicom.dataset import Dataset

from bsgi.dicom.frames.gather import Frames, read_frames
from bsgi.dicom.frames.heads import OppositeHead
from bsgi.errors import DicomError
from bsgi.exam.record import ViewName
from tests.dicom.conftest import make_view
from tests.dicom.frames.conftest import build_dynamic, build_four_views, name_lcc


def read_one(dataset: Dataset) -> Frames:
    found = read_frames(dataset, name_lcc)
    assert found.refusals == ()
    (view,) = found.views
    return view


def _swap_frames(dataset: Dataset) -> None:
    pixels = np.frombuffer(dataset.PixelData, "<u2").reshape(2, 12, 9)
    dataset.PixelData = pixels[::-1].tobytes()
    dataset.DetectorVector = [2, 1]


def test_heads_stand_in_the_order_of_detector_number(two_headed: Dataset) -> None:
    _swap_frames(two_headed)
    frames = read_one(two_headed)
    np.testing.assert_array_equal(frames.counts, make_view(heads=2).counts)
    assert frames.heads_mirrored == (False, True)
    assert frames.duration_s == 600.5


def test_a_second_head_whose_place_is_not_known_is_refused(two_headed: Dataset) -> None:
    two_headed.DetectorInformationSequence[1].ImageOrientationPatient = None
    with pytest.raises(
        DicomError, match=r"Image Orientation \(Patient\) of detector 2"
    ):
        read_one(two_headed)


def _add_window(dataset: Dataset) -> None:
    """A scatter window with frames of its own, stored before the first."""
    window = Dataset()
    limits = Dataset()
    limits.EnergyWindowLowerLimit, limits.EnergyWindowUpperLimit = 100, 120
    window.EnergyWindowRangeSequence = [limits]
    dataset.EnergyWindowInformationSequence.append(window)
    dataset.NumberOfFrames = dataset.NumberOfEnergyWindows = 2
    dataset.EnergyWindowVector, dataset.DetectorVector = [2, 1], [1, 1]
    dataset.PixelData = b"\x01\x00" * (12 * 9) + dataset.PixelData
    dataset.CountsAccumulated += 12 * 9


def test_only_the_photopeak_counts(dataset: Dataset) -> None:
    _add_window(dataset)
    found = read_frames(dataset, name_lcc)
    np.testing.assert_array_equal(found.views[0].counts, make_view().counts)
    assert found.views[0].energy_window_kev == (126.0, 154.4)
    assert "126 to 154.4 keV was taken" in found.views[0].notes[0]
    assert found.notes == ()


@pytest.mark.parametrize("heads", [1, 2])
@pytest.mark.parametrize("mean", [5.0, 6000.0])
def test_frames_of_time_are_summed(heads: int, mean: float) -> None:
    dataset, frames = build_dynamic(heads, (30.0,) * 15 + (12.5,), mean)
    found = read_one(dataset)
    np.testing.assert_array_equal(found.counts, frames.sum(axis=0, dtype=np.int64))
    assert found.counts.dtype == (np.uint16 if mean < 100 else np.uint32)
    assert found.duration_s == 462.5
    assert found.notes == ("16 frames were summed: 15 of 30 s, 1 of 12.5 s",)
    lengths = (6, 5, 5)
    start = 0
    for third, length in zip(found.thirds, lengths, strict=True):
        np.testing.assert_array_equal(third, frames[start : start + length].sum(axis=0))
        start += length


def test_the_order_of_stored_frames_does_not_count() -> None:
    dataset, frames = build_dynamic(2, (30.0, 30.0, 30.0, 12.5))
    rng = np.random.default_rng(3)
    order = rng.permutation(8)
    pixels = np.frombuffer(dataset.PixelData, "<u2").reshape(8, -1)
    dataset.PixelData = pixels[order].tobytes()
    for keyword in ("DetectorVector", "PhaseVector", "TimeSliceVector"):
        vector = list(getattr(dataset, keyword))
        setattr(dataset, keyword, [vector[place] for place in order])
    found = read_one(dataset)
    np.testing.assert_array_equal(found.counts, frames.sum(axis=0))
    np.testing.assert_array_equal(found.thirds[0], frames[:2].sum(axis=0))


def test_two_frames_have_no_thirds() -> None:
    assert read_one(build_dynamic(1, (30.0, 30.0))[0]).thirds == ()


def _name_by_place(dataset: Dataset) -> Callable[[Dataset | None], ViewName]:
    items = list(dataset.DetectorInformationSequence)

    def find(detector: Dataset | None) -> ViewName:
        if detector is None:
            raise DicomError("is ambiguous.")
        place = next(rank for rank, item in enumerate(items) if item is detector)
        return list(ViewName)[place * 4 // len(items)]

    return find


@pytest.mark.parametrize("heads", [1, 2])
def test_four_views_in_one_file(heads: int) -> None:
    dataset = build_four_views(heads)
    found = read_frames(dataset, _name_by_place(dataset))
    assert [view.part.name for view in found.views] == list(ViewName)
    for view in found.views:
        wanted = make_view(view.part.name, heads)
        np.testing.assert_array_equal(view.counts, wanted.counts)
        assert view.heads_mirrored == wanted.heads_mirrored
        assert view.duration_s == wanted.duration_s
        assert view.part.frame
    assert (found.refusals, found.notes) == ((), ())


def _repeat_lcc(dataset: Dataset, *, mirrored: bool) -> np.ndarray:
    """The second detector shows LCC once more, with counts of its own."""
    first, second, *_ = dataset.DetectorInformationSequence
    cosines = list(first.ImageOrientationPatient)
    if mirrored:
        cosines[:3] = [-cosine for cosine in cosines[:3]]
    second.ImageOrientationPatient = cosines
    return np.frombuffer(dataset.PixelData, "<u2").reshape(4, 12, 9)


def _name_repeat(dataset: Dataset) -> Callable[[Dataset | None], ViewName]:
    find = _name_by_place(dataset)

    def find_again(detector: Dataset | None) -> ViewName:
        name = find(detector)
        return ViewName.LCC if name is ViewName.RCC else name

    return find_again


@pytest.mark.parametrize("rule", OppositeHead)
def test_a_repeat_inside_a_file_is_never_added(rule: OppositeHead) -> None:
    """Two acquisitions of LCC; the other views stay."""
    dataset = build_four_views()
    pixels = _repeat_lcc(dataset, mirrored=False)
    found = read_frames(dataset, _name_repeat(dataset), rule)
    assert [str(view.part.name) for view in found.views] == ["LMLO", "RMLO"]
    for view, counts in zip(found.views, pixels[2:], strict=True):
        np.testing.assert_array_equal(view.counts, counts[None])
    (reason,) = found.refusals
    assert reason.startswith("frames 1 to 2: ")
    wanted = "as many heads" if rule is OppositeHead.AS_STORED else "two acquisitions"
    assert wanted in reason
    assert "LCC" in reason


def test_another_view_under_a_wrong_name_is_no_opposite_head() -> None:
    """RCC named LCC: its rows run against those of LCC, but others have one head."""
    dataset = build_four_views()
    _repeat_lcc(dataset, mirrored=True)
    found = read_frames(dataset, _name_repeat(dataset))
    assert [str(view.part.name) for view in found.views] == ["LMLO", "RMLO"]
    assert "must have as many heads as the other views" in found.refusals[0]


def test_a_file_of_nothing_but_a_repeat_is_refused(two_headed: Dataset) -> None:
    first, second = two_headed.DetectorInformationSequence
    second.ImageOrientationPatient = first.ImageOrientationPatient
    with pytest.raises(DicomError, match=r"^has two acquisitions of LCC in one file"):
        read_one(two_headed)
    assert len(read_frames(two_headed, name_lcc, OppositeHead.AS_STORED).views) == 1


def test_a_blank_view_of_several_is_refused_alone() -> None:
    dataset = build_four_views()
    dataset.PixelData = bytes(216) + dataset.PixelData[216:]
    found = read_frames(dataset, _name_by_place(dataset))
    assert [view.part.name for view in found.views] == list(ViewName)[1:]
    assert found.refusals == ("frame 1: has no events: every pixel is 0.",)
    dataset.PixelData = bytes(864)
    with pytest.raises(DicomError, match=r"^frame 1: has no events"):
        read_frames(dataset, _name_by_place(dataset))


def test_an_image_without_events_is_refused(dataset: Dataset) -> None:
    dataset.PixelData = bytes(216)
    with pytest.raises(DicomError, match="has no events"):
        read_one(dataset)


def test_what_the_file_says_of_its_pixels_is_compared(dataset: Dataset) -> None:
    dataset.CountsAccumulated += 1
    dataset.LargestImagePixelValue = int(make_view().counts.max()) - 1
    assert read_frames(dataset, name_lcc).notes == (
        "the pixels do not sum to Counts Accumulated",
        "a pixel is larger than the stated largest one",
    )
