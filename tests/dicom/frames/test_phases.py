import pytest
from pydicom.dataset import Dataset

from bsgi.dicom.frames.phases import read_timing
from bsgi.dicom.frames.vectors import read_vectors
from bsgi.errors import DicomError
from tests.dicom.frames.conftest import build_dynamic


def _read(dataset: Dataset) -> tuple[float, tuple[str, ...]]:
    timing = read_timing(dataset, read_vectors(dataset))
    return timing.duration_s, timing.notes


@pytest.mark.parametrize("heads", [1, 2])
@pytest.mark.parametrize(
    ("frame_s", "total_s", "notes"),
    [
        ((30.0,) * 20, 600.0, ("20 frames of 30 s were summed",)),
        (
            (30.0, 30.0, 30.0, 12.345),
            102.345,
            ("4 frames were summed: 3 of 30 s, 1 of 12.345 s",),
        ),
        ((600.5,), 600.5, ()),
        (
            (1.0, 2.0, 1.0, 2.0, 1.0, 2.0),
            9.0,
            (
                "6 frames were summed: 1 of 1 s, 1 of 2 s, 1 of 1 s, 1 of 2 s "
                "and others",
                "the file says that it took 9 s, shorter than any view of the breast; "
                "rates may be wrong",
            ),
        ),
    ],
)
def test_all_frames_count(
    heads: int, frame_s: tuple[float, ...], total_s: float, notes: tuple[str, ...]
) -> None:
    found_s, found = _read(build_dynamic(heads, frame_s)[0])
    assert found_s == pytest.approx(total_s, rel=1e-12)
    assert found == notes


def test_a_static_image_has_one_duration(dataset: Dataset) -> None:
    assert _read(dataset) == (600.5, ())
    del dataset.ActualFrameDuration
    with pytest.raises(DicomError, match="Actual Frame Duration is missing"):
        _read(dataset)


def test_frames_that_are_described_and_not_there_are_refused() -> None:
    dataset, _ = build_dynamic(1, (30.0,) * 3)
    phase = dataset.PhaseInformationSequence[0]
    phase.NumberOfFramesInPhase = 4
    with pytest.raises(DicomError, match="must have all frames of phase 1, got 3 of 4"):
        _read(dataset)
    phase.NumberOfFramesInPhase = None
    with pytest.raises(DicomError, match="phase 1, got 3 of an unknown number"):
        _read(dataset)
    phase.NumberOfFramesInPhase = 3
    dataset.TimeSliceVector = [1, 2, 4]
    with pytest.raises(
        DicomError, match="of phase 1 from 1 to 3 without a gap, got numbers 1 to 4"
    ):
        _read(dataset)
    dataset.PhaseInformationSequence = [phase, phase]
    with pytest.raises(DicomError, match="got frames of 1 and 2 described"):
        _read(dataset)


@pytest.mark.parametrize(
    ("duration_ms", "noted"),
    [(600, True), (29999, True), (30000, False), (0, False), (-1, False)],
)
def test_a_duration_that_no_view_has_is_noted(
    dataset: Dataset, duration_ms: int, noted: bool
) -> None:
    """Seconds where milliseconds belong; what is no duration is refused elsewhere."""
    dataset.ActualFrameDuration = duration_ms
    assert bool(_read(dataset)[1]) == noted


def test_pauses_are_told_and_not_counted() -> None:
    dataset, _ = build_dynamic(1, (30.0,) * 20)
    dataset.PhaseInformationSequence[0].PauseBetweenFrames = 9900
    found_s, notes = _read(dataset)
    assert found_s == 600.0
    assert notes == (
        "20 frames of 30 s were summed; pauses between them, 188.1 s together, are not "
        "counted",
    )
    phases, _ = build_dynamic(1, (30.0, 30.0, 20.0))
    first, second = phases.PhaseInformationSequence
    first.PauseBetweenFrames, second.PhaseDelay = 1500, 2500
    first.PhaseDelay = second.PauseBetweenFrames = 9000  # before the first; of one
    assert _read(phases)[1][0].endswith("pauses between them, 4 s together, are not "
                                        "counted")  # fmt: skip


def test_a_frame_without_a_duration_is_refused() -> None:
    dataset, _ = build_dynamic(1, (30.0, 20.0))
    dataset.PhaseInformationSequence[1].ActualFrameDuration = None
    with pytest.raises(DicomError, match="Actual Frame Duration of phase 2 is missing"):
        _read(dataset)


def test_views_taken_one_after_the_other_are_not_summed() -> None:
    """Time to place the other breast lies between the phases."""
    dataset, _ = build_dynamic(1, (600.0, 601.0))
    dataset.PhaseInformationSequence[1].PhaseDelay = 60000
    with pytest.raises(
        DicomError, match="must have frames that follow each other, got"
    ):
        _read(dataset)
    dataset.PhaseInformationSequence[1].PhaseDelay = 900
    assert _read(dataset)[0] == 1201.0
    several, _ = build_dynamic(1, (30.0, 30.0))
    several.PhaseInformationSequence[0].PauseBetweenFrames = 60000
    with pytest.raises(DicomError, match="got a pause of 60 s; at most 10 s"):
        _read(several)
