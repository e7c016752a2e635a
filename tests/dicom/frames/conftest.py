"""Datasets of many frames, and programs that compress them."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset

from bsgi.dicom.dynamic import add_frames
from bsgi.dicom.write import build_dataset
from bsgi.exam.record import ViewName
from tests.dicom.conftest import make_header, make_view

# GDCM's own transcoder, in a process of its own: its objects outlive their time.
_GDCM = """
import sys, gdcm
source, target, syntax = sys.argv[1:]
reader = gdcm.ImageReader()
reader.SetFileName(source)
assert reader.Read()
change = gdcm.ImageChangeTransferSyntax()
kind = gdcm.TransferSyntax.GetTSType(syntax)
change.SetTransferSyntax(gdcm.TransferSyntax(kind))
change.SetInput(reader.GetImage())
assert change.Change()
writer = gdcm.ImageWriter()
writer.SetFileName(target)
writer.SetFile(reader.GetFile())
writer.SetImage(change.GetOutput())
assert writer.Write()
"""

Convert = Callable[[Path, Path, Sequence[str]], None]


def name_lcc(detector: Dataset | None) -> ViewName:
    """Stands for a file that says LCC of all its frames."""
    del detector
    return ViewName.LCC


def build_four_views(heads: int = 1) -> Dataset:
    """One file with all views of an exam, each of its detectors with its own code."""
    datasets = [
        build_dataset(make_view(name, heads), make_header()) for name in ViewName
    ]
    dataset = datasets[0]
    count = 4 * heads
    pixels = [np.frombuffer(each.PixelData, "<u2") for each in datasets]
    dataset.PixelData = np.concatenate(pixels).tobytes()
    dataset.NumberOfFrames = dataset.NumberOfDetectors = count
    dataset.DetectorVector = list(range(1, count + 1))
    dataset.EnergyWindowVector = [1] * count
    dataset.DetectorInformationSequence = [
        item for each in datasets for item in each.DetectorInformationSequence
    ]
    dataset.CountsAccumulated = sum(int(each.sum()) for each in pixels)
    return dataset


def build_dynamic(
    heads: int, frame_s: Sequence[float], mean: float = 5.0
) -> tuple[Dataset, np.ndarray]:
    """A dynamic LCC view and its frames: time, head, row, column."""
    rng = np.random.default_rng(len(frame_s))
    frames = rng.poisson(mean, (len(frame_s), heads, 12, 9)).astype(np.uint16)
    dataset = build_dataset(make_view(heads=heads), make_header())
    dataset.CountsAccumulated = int(frames.sum())
    add_frames(dataset, frames, frame_s)
    return dataset, frames


@pytest.fixture
def convert(require_program: Callable[[str], str]) -> Convert:
    """Runs a program of DCMTK, or GDCM, on a file."""

    def run(source: Path, target: Path, command: Sequence[str]) -> None:
        if command[0] == "gdcm":
            words: list[str | Path] = [
                sys.executable,
                "-c",
                _GDCM,
                source,
                target,
                *command[1:],
            ]
        else:
            words = [require_program(command[0]), *command[1:], source, target]
        subprocess.run(words, check=True, capture_output=True, timeout=60)

    return run
