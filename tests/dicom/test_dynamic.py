"""Views as lists of frames: what other programs say of them."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread

from bsgi.dicom.read import read_view
from bsgi.dicom.write import write_view
from bsgi.exam.record import View, ViewName
from tests.dicom.conftest import make_header, make_view

EVEN = (30.0,) * 20
UNEVEN = (30.0, 30.0, 30.0, 12.345)


def make_frames(heads: int, count: int) -> tuple[View, np.ndarray]:
    rng = np.random.default_rng(count)
    frames = rng.poisson(5.0, (count, heads, 12, 9)).astype(np.uint16)
    view = make_view(ViewName.RMLO, heads)
    return replace(view, counts=frames.sum(axis=0, dtype=np.uint16)), frames


@pytest.mark.parametrize("heads", [1, 2])
@pytest.mark.parametrize("frame_s", [EVEN, UNEVEN, (600.5,)], ids=len)
def test_dciodvfy_finds_no_error(
    heads: int,
    frame_s: tuple[float, ...],
    tmp_path: Path,
    require_program: Callable[[str], str],
) -> None:
    program = require_program("dciodvfy")
    view, frames = make_frames(heads, len(frame_s))
    path = tmp_path / "view.dcm"
    write_view(path, view, make_header(), frames, frame_s)
    done = subprocess.run([program, path], capture_output=True, text=True, check=False)
    lines = (done.stdout + done.stderr).splitlines()
    assert "NMImage" in lines
    assert [line for line in lines if "Error" in line or "Warning" in line] == []


@pytest.mark.parametrize("heads", [1, 2])
@pytest.mark.parametrize(
    ("frame_s", "phases"),
    [(EVEN, [(30000, 20)]), (UNEVEN, [(30000, 3), (12345, 1)])],
    ids=["even", "uneven"],
)
def test_every_frame_says_its_head_and_time(
    heads: int,
    frame_s: tuple[float, ...],
    phases: list[tuple[int, int]],
    tmp_path: Path,
) -> None:
    view, frames = make_frames(heads, len(frame_s))
    path = tmp_path / "view.dcm"
    write_view(path, view, make_header(), frames, frame_s)
    dataset = dcmread(path)
    assert list(dataset.ImageType) == ["ORIGINAL", "PRIMARY", "DYNAMIC", "EMISSION"]
    assert "ActualFrameDuration" not in dataset
    assert dataset.CountsAccumulated == view.total_counts
    described = [
        (int(item.ActualFrameDuration), int(item.NumberOfFramesInPhase))
        for item in dataset.PhaseInformationSequence
    ]
    assert described == phases
    assert dataset.NumberOfPhases == len(phases)
    pixels = dataset.pixel_array
    assert len(pixels) == dataset.NumberOfFrames == heads * len(frame_s)
    before = np.concatenate([[0], np.cumsum([length for _, length in phases])])
    seen = set()
    for image, head, phase, slice_ in zip(
        pixels,
        dataset.DetectorVector,
        dataset.PhaseVector,
        dataset.TimeSliceVector,
        strict=True,
    ):
        number = before[phase - 1] + slice_ - 1
        assert np.array_equal(image, frames[number, head - 1])
        seen.add((int(head), int(number)))
    assert len(seen) == len(pixels)


def test_dcmtk_shows_each_frame(
    tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    program = require_program("dcm2pnm")
    view, frames = make_frames(2, 4)
    path, out = tmp_path / "view.dcm", tmp_path / "frame.pgm"
    write_view(path, view, make_header(), frames, UNEVEN)
    for number in range(8):
        subprocess.run(
            [program, "--write-16-bit-pnm", "--no-windowing", "--frame",
             str(number + 1), path, out],
            check=True,
            capture_output=True,
        )  # fmt: skip
        words = out.read_text(encoding="latin-1").split()
        shown = np.array([int(word) for word in words[-12 * 9 :]]).reshape(12, 9)
        expected = frames[number % 4, number // 4]
        # Without a window the whole range is spread over that of the picture.
        assert np.corrcoef(shown.ravel(), expected.ravel())[0, 1] > 0.999


@pytest.mark.parametrize("heads", [1, 2])
def test_a_dynamic_file_is_the_view_that_its_frames_sum_to(
    heads: int, tmp_path: Path
) -> None:
    view, frames = make_frames(heads, 4)
    write_view(tmp_path / "static.dcm", view, make_header())
    write_view(tmp_path / "dynamic.dcm", view, make_header(), frames, UNEVEN)
    static = read_view(tmp_path / "static.dcm")
    dynamic = read_view(tmp_path / "dynamic.dcm")
    np.testing.assert_array_equal(dynamic.view.counts, static.view.counts)
    assert dynamic.view.counts.dtype == np.uint16
    assert dynamic.view.duration_s == sum(UNEVEN)
    assert dynamic.view.start_s == static.view.start_s
    assert dynamic.notes == ("4 frames were summed: 3 of 30 s, 1 of 12.345 s",)
    assert static.motion_mm is None
    assert dynamic.motion_mm is not None


def test_frames_of_another_view_are_refused_and_leave_no_file(tmp_path: Path) -> None:
    view, frames = make_frames(1, 4)
    path = tmp_path / "view.dcm"
    with pytest.raises(ValueError, match="must sum to the counts"):
        write_view(path, view, make_header(), frames[:3], UNEVEN[:3])
    with pytest.raises(ValueError, match="and 3 durations"):
        write_view(path, view, make_header(), frames, UNEVEN[:3])
    assert list(tmp_path.iterdir()) == []
