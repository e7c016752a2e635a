"""Files that we write: what other programs say of them."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread

from bsgi.dicom.read import read_view
from bsgi.dicom.write import write_view
from bsgi.errors import DicomError
from bsgi.exam.record import ViewName
from tests.dicom.conftest import make_header, make_view


@pytest.mark.parametrize("heads", [1, 2])
@pytest.mark.parametrize("name", ViewName)
def test_dciodvfy_finds_no_error(
    name: ViewName, heads: int, tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    program = require_program("dciodvfy")
    path = tmp_path / "view.dcm"
    write_view(path, make_view(name, heads), make_header())
    done = subprocess.run([program, path], capture_output=True, text=True, check=False)
    lines = (done.stdout + done.stderr).splitlines()
    assert "NMImage" in lines
    assert [line for line in lines if "Error" in line or "Warning" in line] == []


def test_dciodvfy_finds_no_error_where_little_is_known(
    tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    program = require_program("dciodvfy")
    view = replace(make_view(), start_s=None, energy_window_kev=None)
    header = replace(
        make_header(),
        birth_date=None,
        age_years=None,
        injection_datetime=None,
        dose_mbq=None,
        accession="",
        software="",
        simulated=False,
    )
    path = tmp_path / "view.dcm"
    write_view(path, view, header)
    done = subprocess.run([program, path], capture_output=True, text=True, check=False)
    assert "Error" not in done.stdout + done.stderr


def test_dcmtk_sees_the_same_pixels(
    tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    program = require_program("dcm2pnm")
    view = make_view()
    path = tmp_path / "view.dcm"
    write_view(path, view, make_header())
    subprocess.run(
        [program, "--write-16-bit-pnm", "--no-windowing", path, tmp_path / "view.pgm"],
        check=True,
        capture_output=True,
    )
    words = (tmp_path / "view.pgm").read_text(encoding="latin-1").split()
    # The text format ends with the pixels, row by row.
    pixels = [int(word) for word in words[-view.counts.size :]]
    assert pixels == view.counts.ravel().tolist()


def test_attributes_have_the_units_of_the_standard(tmp_path: Path) -> None:
    view = make_view(ViewName.RMLO)
    path = tmp_path / "view.dcm"
    write_view(path, view, make_header())
    dataset = dcmread(path)
    tracer = dataset.RadiopharmaceuticalInformationSequence[0]
    assert tracer.RadionuclideTotalDose == 740  # MBq in NM images
    assert tracer.RadionuclideCodeSequence[0].CodeValue == "72454006"
    assert tracer.RadiopharmaceuticalCodeSequence[0].CodeValue == "424299003"
    assert tracer.RadiopharmaceuticalStartTime == "090500"
    assert dataset.AcquisitionTime == "091500.250000"
    assert dataset.ActualFrameDuration == 600500  # ms
    assert dataset.CountsAccumulated == view.total_counts
    assert list(dataset.FrameIncrementPointer) == [0x00540010, 0x00540020]
    assert dataset.ImageLaterality == "R"
    assert list(dataset.PatientOrientation) == ["P", "FL"]
    code = dataset.DetectorInformationSequence[0].ViewCodeSequence[0]
    assert (code.CodeValue, code.CodeMeaning) == ("399368009", "medio-lateral oblique")
    assert "SIMULATED" in dataset.ImageComments


@pytest.mark.parametrize(("stopped", "condition"), [(False, "TIME"), (True, "CNTS")])
def test_a_file_says_what_ended_the_view(
    stopped: bool, condition: str, tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    path = tmp_path / "view.dcm"
    view = replace(make_view(heads=2), stopped_by_counts=stopped)
    write_view(path, view, make_header())
    assert dcmread(path).AcquisitionTerminationCondition == condition
    assert read_view(path).view.stopped_by_counts is stopped
    program = require_program("dciodvfy")
    done = subprocess.run([program, path], capture_output=True, text=True, check=False)
    assert "Error" not in done.stdout + done.stderr


@pytest.mark.parametrize("name", ViewName)
def test_two_heads_say_how_they_lie_to_each_other(
    name: ViewName, tmp_path: Path
) -> None:
    """The second head looks back at the first: its rows run the other way."""
    path = tmp_path / "view.dcm"
    view = make_view(name, heads=2)
    write_view(path, view, make_header())
    dataset = dcmread(path)
    assert dataset.NumberOfDetectors == 2
    assert list(dataset.DetectorVector) == [1, 2]
    first, second = (
        np.array(item.ImageOrientationPatient, float)
        for item in dataset.DetectorInformationSequence
    )
    assert np.array_equal(first[:3], -second[:3])
    assert np.array_equal(first[3:], second[3:])
    # Rows from the chest wall to the nipple, or back: front is -y in the patient.
    assert first[1] == (-1.0 if name.side == "L" else 1.0)
    again = read_view(path).view
    assert again.heads_mirrored == (False, True)
    assert np.array_equal(again.counts, view.counts)


def test_the_same_view_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in "ab":
        write_view(tmp_path / name, make_view(), make_header())
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_counts_beyond_16_bits_are_refused_and_leave_no_file(tmp_path: Path) -> None:
    view = replace(make_view(), counts=np.full((1, 4, 4), 65536, np.int64))
    with pytest.raises(DicomError, match="counts must fit 16 bits, got 65536"):
        write_view(tmp_path / "view.dcm", view, make_header())
    assert list(tmp_path.iterdir()) == []
