"""Files that we read: our own bit for bit, and a reason for each of the others."""

import dataclasses
import os
import time
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset

from bsgi.dicom.read import read_view
from bsgi.dicom.write import write_view
from bsgi.errors import DicomError
from bsgi.exam.record import View, ViewName
from tests.dicom.conftest import SaveDataset, make_header, make_view


@pytest.mark.parametrize("heads", [1, 2])
@pytest.mark.parametrize("name", ViewName)
def test_a_view_comes_back_bit_for_bit(
    name: ViewName, heads: int, tmp_path: Path
) -> None:
    view = make_view(name, heads)
    write_view(tmp_path / "view.dcm", view, make_header())
    source = read_view(tmp_path / "view.dcm")
    assert source.view.counts.dtype == np.uint16
    np.testing.assert_array_equal(source.view.counts, view.counts)
    for field in dataclasses.fields(View):
        if field.name != "counts":
            wanted = getattr(view, field.name)
            assert getattr(source.view, field.name) == wanted, field.name


def test_what_a_file_says_of_the_study(tmp_path: Path) -> None:
    write_view(tmp_path / "view.dcm", make_view(), make_header())
    source = read_view(tmp_path / "view.dcm")
    assert source.patient_id == "00815"
    assert source.study_uid == make_header().study_uid
    assert source.study_date == date(2020, 6, 3)
    assert source.acquired == datetime(2020, 6, 3, 9, 15, 0, 250000)
    assert source.camera == "dilon-6800-gp"
    assert source.dose_mbq == 740.0
    assert source.age_years == 50.0
    assert source.simulated
    assert source.notes == ()


@pytest.mark.parametrize(
    ("keyword", "value", "match"),
    [
        ("SOPClassUID", "1.2.840.10008.5.1.4.1.1.7",
         "must be a Nuclear Medicine Image, got Secondary Capture Image Storage"),
        ("Modality", "OT", "must have modality NM, got 'OT'"),
        ("ImageType", ["DERIVED", "PRIMARY", "STATIC", "EMISSION"],
         "must be an original primary image, got 'DERIVED', 'PRIMARY', 'STATIC'"),
        ("ImageType", ["ORIGINAL", "SECONDARY", "STATIC", "EMISSION"], "original"),
        ("ImageType", ["ORIGINAL", "PRIMARY", "DYNAMIC", "EMISSION"],
         "must be a static image, got 'DYNAMIC'"),
        ("ImageType", ["ORIGINAL", "PRIMARY", "WHOLE BODY", "EMISSION"],
         "must be a static image, got 'WHOLE BODY'"),
        ("ImageType", ["ORIGINAL", "PRIMARY", "STATIC", "TRANSMISSION"],
         "must be an emission image"),
        ("ImageType", ["ORIGINAL", "PRIMARY"], "Image Type must have 4 values"),
        ("BurnedInAnnotation", "YES", "has annotation burned in"),
        ("PixelSpacing", None, "Pixel Spacing must have 2 values, got 0"),
        ("PixelSpacing", ["0", "3.2"], "spacing_mm must be positive"),
        ("ActualFrameDuration", None, "Actual Frame Duration is missing"),
        ("ActualFrameDuration", 0, "duration_s must be positive"),
        ("PatientOrientation", ["A"], "Patient Orientation must have 2 values"),
        ("PatientOrientation", ["A", "X"], "must be made of A, P, R, L, H and F"),
        ("PatientOrientation", ["AP", "R"], "must be made of A, P, R, L, H and F"),
        ("PatientID", "", "must have a Patient ID, got none"),
        ("StudyInstanceUID", "", "StudyInstanceUID must be a well-formed"),
        ("SOPInstanceUID", "1.2.03", "SOPInstanceUID must be a well-formed"),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:.*UI:UserWarning")
def test_what_is_no_view_is_refused_with_its_reason(
    dataset: Dataset, save_dataset: SaveDataset, keyword: str, value: object, match: str
) -> None:
    setattr(dataset, keyword, value)
    with pytest.raises(DicomError, match=match):
        read_view(save_dataset(dataset))


@pytest.mark.parametrize(
    ("keyword", "value", "note"),
    [
        ("CountsAccumulated", 1, "the pixels do not sum to Counts Accumulated"),
        ("RescaleSlope", "2", "rescale slope"),
        ("RescaleIntercept", "-5", "rescale slope"),
    ],
)
def test_what_is_worth_a_look_is_noted(
    dataset: Dataset, save_dataset: SaveDataset, keyword: str, value: object, note: str
) -> None:
    setattr(dataset, keyword, value)
    source = read_view(save_dataset(dataset))
    assert len(source.notes) == 1
    assert note in source.notes[0]
    np.testing.assert_array_equal(source.view.counts, make_view().counts)


@pytest.mark.filterwarnings("ignore:Invalid value for VR DA")
def test_a_file_that_says_less_is_still_a_view(
    dataset: Dataset, save_dataset: SaveDataset
) -> None:
    del dataset.PatientOrientation
    del dataset.PatientAge
    dataset.PatientBirthDate = "00000000"
    dataset.RadiopharmaceuticalInformationSequence = []
    dataset.EnergyWindowInformationSequence = []
    source = read_view(save_dataset(dataset))
    assert source.view.orientation is None
    assert source.view.start_s is None
    assert source.view.energy_window_kev is None
    assert (source.age_years, source.dose_mbq) == (None, None)


NM_REASONS = {
    "linaqa_Background": "no attribute gives its side",
    "linaqa_MCR": "must be a static image, got 'DYNAMIC'",
    "linaqa_MaxCountRate": "must be a static image, got 'DYNAMIC'",
    "linaqa_PetriDish": "no attribute gives its side",
    "linaqa_Syringe_1cc": "no attribute gives its side",
    "linaqa_TomoResolution": "got 'DERIVED', 'PRIMARY', 'RECON TOMO'",
    "nmqc_FourBar": "SeriesDescription names another view",  # POSTERIOR
    "nmqc_Jaszack": "got 'DERIVED', 'PRIMARY', 'RECON TOMO'",
    "nmqc_Lin_X": "no attribute gives its side",
    "nmqc_Lin_Y": "no attribute gives its side",
    "nmqc_QuadrantBar": "no attribute gives its side",
    "nmqc_Spatial_Resol_X": "no attribute gives its side",
    "nmqc_Spatial_Resol_Y": "no attribute gives its side",
    "nmqc_UNIFORMIDAD_1": "no attribute gives its side",
}


@pytest.mark.parametrize("name", NM_REASONS)
def test_real_phantom_images_are_refused(name: str, shared_folder: Path) -> None:
    with pytest.raises(DicomError, match=NM_REASONS[name]):
        read_view(shared_folder / "data" / "nm_dicom" / f"{name}.dcm")


def test_every_malformed_file_is_refused_at_once(shared_folder: Path) -> None:
    files = sorted((shared_folder / "data" / "dicom_malformed").glob("*/*"))
    assert len(files) == 335
    for file in files:
        begin = time.perf_counter()
        with pytest.raises(DicomError) as caught:
            read_view(file)
        message = str(caught.value)
        assert message.endswith(".")
        assert message.isprintable()
        assert len(message) < 200
        assert "FUZZ" not in message  # their patients are called so
        assert time.perf_counter() - begin < 1.0, file.name


def test_no_byte_of_a_file_can_cause_another_error(
    tmp_path: Path, dataset: Dataset, save_dataset: SaveDataset
) -> None:
    """Bytes changed and ends cut off at random: a view or a reason, nothing else."""
    content = save_dataset(dataset).read_bytes()
    rng = np.random.default_rng(5)
    path = tmp_path / "changed.dcm"
    outcomes = set()
    for _ in range(600):
        changed = bytearray(content)
        for place in rng.integers(128, len(content), rng.integers(1, 6)):
            changed[place] = rng.integers(256)
        path.write_bytes(changed[: rng.integers(1, 2 * len(content))])
        try:
            read_view(path)
            outcomes.add("view")
        except DicomError:
            outcomes.add("reason")
    assert outcomes == {"view", "reason"}


def test_damage_never_puts_a_name_into_a_reason(
    dataset: Dataset, save_dataset: SaveDataset
) -> None:
    """A wrong length lets a coded value swallow what follows it."""
    dataset.PatientName = "SMITH^JANE"
    content = save_dataset(dataset).read_bytes()
    for keyword in (
        b"\x08\x00\x60\x00CS",
        b"\x08\x00\x08\x00CS",
        b"\x08\x00\x16\x00UI",
    ):
        place = content.index(keyword) + len(keyword)
        damaged = content[:place] + b"\xff\x01" + content[place + 2 :]
        path = save_dataset(dataset)
        path.write_bytes(damaged)
        with pytest.raises(DicomError) as caught:
            read_view(path)
        assert "SMITH" not in str(caught.value)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "empty").touch()
    (tmp_path / "text").write_text("patient_id,label\n")
    for name, match in (
        ("pipe", "is not a regular file"),
        ("empty", "is an empty file"),
        ("text", "is not a DICOM file: the prefix DICM is missing"),
        ("absent", "cannot be opened: No such file"),
        (".", "is not a regular file"),
    ):
        with pytest.raises(DicomError, match=match):
            read_view(tmp_path / name)
