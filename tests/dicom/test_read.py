"""Files that we read: our own bit for bit, and a reason for each of the others."""

import dataclasses
import os
import re
import time
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset

from bsgi.dicom.frames.heads import OppositeHead
from bsgi.dicom.read import ReadingRules, read_file, read_view
from bsgi.dicom.write import write_view
from bsgi.errors import DicomError
from bsgi.exam.record import View, ViewName
from tests.dicom.conftest import ORIENTATIONS, SaveDataset, make_header, make_view
from tests.dicom.frames.conftest import build_four_views


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
         "got frames of 1 and 0 described"),
        ("ImageType", ["ORIGINAL", "PRIMARY", "WHOLE BODY", "EMISSION"],
         "must be a static or dynamic image, got 'WHOLE BODY'"),
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
        ("SOPInstanceUID", "1.2.x", "SOPInstanceUID must be a well-formed"),
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
    "linaqa_Background": "",
    "linaqa_MCR": "must show",
    "linaqa_MaxCountRate": "must show",
    "linaqa_PetriDish": "",
    "linaqa_Syringe_1cc": "",
    "linaqa_TomoResolution": "got 'DERIVED', 'PRIMARY', 'RECON TOMO'",
    "nmqc_FourBar": "another view|must show",
    "nmqc_Jaszack": "got 'DERIVED', 'PRIMARY', 'RECON TOMO'",
    "nmqc_Lin_X": "at least 1 mm|must show",
    "nmqc_Lin_Y": "at least 1 mm|must show",
    "nmqc_QuadrantBar": "",
    "nmqc_Spatial_Resol_X": "must show",
    "nmqc_Spatial_Resol_Y": "must show",
    "nmqc_UNIFORMIDAD_1": "must show",
}
"""Reasons that follow from the kind of file; the words of the others are tested with
the rules they come from."""


@pytest.mark.parametrize("name", NM_REASONS)
def test_real_phantom_images_are_refused(name: str, shared_folder: Path) -> None:
    source = read_file(shared_folder / "data" / "nm_dicom" / f"{name}.dcm")
    assert source.views == ()
    (reason,) = source.refusals
    assert re.search(NM_REASONS[name], reason)
    assert source.study_uid


def test_four_views_of_one_file(save_dataset: SaveDataset) -> None:
    dataset = build_four_views(heads=2)
    del dataset.ImageLaterality, dataset.ImageID
    for item, name in zip(
        dataset.DetectorInformationSequence, np.repeat(list(ViewName), 2), strict=True
    ):
        item.ViewCodeSequence[0].CodeMeaning = f"{name} view"
        item.ViewCodeSequence[0].CodeValue = f"{name}"
        item.ViewCodeSequence[0].CodingSchemeDesignator = "99LOCAL"
    source = read_file(save_dataset(dataset))
    assert source.refusals == ()
    assert [each.view.name for each in source.views] == list(ViewName)
    assert [each.frame for each in source.views] == [
        "frames 1 to 2", "frames 3 to 4", "frames 5 to 6", "frames 7 to 8"
    ]  # fmt: skip
    for each in source.views:
        wanted = make_view(each.view.name, heads=2)
        np.testing.assert_array_equal(each.view.counts, wanted.counts)
        row, column = each.view.orientation or ("", "")
        assert (row, set(column)) == (ORIENTATIONS[each.view.name][0],
                                      set(ORIENTATIONS[each.view.name][1]))  # fmt: skip
        assert each.view.heads_mirrored == (False, True)
        # Of four views taken one after the other it is the time of the first at best.
        assert each.view.start_s is None
        assert each.notes == (
            "the file has one time for several views; it was left out",
        )
    dataset.DetectorInformationSequence[2].ViewCodeSequence = []
    partly = read_file(save_dataset(dataset))
    others = [name for name in ViewName if name is not ViewName.RCC]
    assert [each.view.name for each in partly.views] == others
    unnamed, odd = partly.refusals
    assert unnamed.startswith("frame 3: ")
    assert odd.startswith("frame 4: must have as many heads as the other views")


def test_a_site_may_say_how_its_heads_lie(
    two_headed: Dataset, save_dataset: SaveDataset
) -> None:
    two_headed.DetectorInformationSequence[1].ImageOrientationPatient = None
    path = save_dataset(two_headed)
    assert "of detector 2 is missing" in read_file(path).refusals[0]
    source = read_view(path, ReadingRules(opposite_head=OppositeHead.MIRRORED))
    assert source.view.heads_mirrored == (False, True)
    assert source.notes == (
        "the file does not say it: the opposite head was taken as mirrored",
    )


def test_a_refused_file_still_says_whose_it_is(
    dataset: Dataset, save_dataset: SaveDataset
) -> None:
    dataset.PixelData = bytes(216)
    source = read_file(save_dataset(dataset))
    assert source.refusals == ("has no events: every pixel is 0.",)
    assert (source.patient_id, source.study_uid) == (
        "00815",
        make_header().study_uid,
    )
    dataset.PatientID = ""
    del dataset.StudyInstanceUID
    source = read_file(save_dataset(dataset))
    assert (source.patient_id, source.study_uid) == ("", "")
    assert len(source.refusals) == 1


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
