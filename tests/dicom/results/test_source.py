"""What results refer to: frames of files of every layout, and what is refused."""

from dataclasses import replace
from pathlib import Path

import pytest
from pydicom import dcmread

from bsgi.dicom.parse import quiet
from bsgi.dicom.read import read_file
from bsgi.dicom.results.source import SourceImages, read_sources
from bsgi.dicom.results.write import write_results
from bsgi.errors import DicomError
from bsgi.exam.record import ViewName
from tests.archive import codes
from tests.archive.studies import Maker
from tests.dicom.results.conftest import Validate
from tests.dicom.results.exams import MOMENT, make_case

LAYOUTS = (
    "own series", "one series", "two heads", "two heads and windows", "dynamic",
    "four frames", "four by two",
)  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_references_name_the_frames_that_were_read(layout: str, tmp_path: Path) -> None:
    """Summed by hand, the frames that are named are the counts of each view."""
    study = Maker(3).make_layout(layout, codes.EXPLICIT)
    files, views = {}, {}
    for number, made in enumerate(study.files):
        path = tmp_path / f"{number}.dcm"
        path.write_bytes(made.content)
        for source in read_file(path).views:
            files[source.view.name], views[source.view.name] = path, source.view
    sources = read_sources(files, views)
    assert sources.present() == tuple(ViewName)
    for name, image in sources.images.items():
        dataset = dcmread(files[name])
        assert image.sop_uid == dataset.SOPInstanceUID
        stack = dataset.pixel_array.reshape(-1, dataset.Rows, dataset.Columns)
        for head, frames in enumerate(image.head_frames):
            total = sum(stack[number - 1].astype(int) for number in frames)
            assert (total == views[name].counts[head]).all()
        item = image.to_item()
        if len(image.frames) < len(stack):
            wanted = image.frames if len(image.frames) > 1 else image.frames[0]
            assert item.ReferencedFrameNumber == wanted or tuple(
                item.ReferencedFrameNumber
            ) == tuple(image.frames)
        else:
            assert "ReferencedFrameNumber" not in item


def break_file(path: Path, **values: str) -> None:
    dataset = dcmread(path)
    with quiet():
        for keyword, value in values.items():
            setattr(dataset, keyword, value)
        dataset.save_as(path)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"PatientID": "4711"}, "must have one PatientID, got several"),
        ({"StudyInstanceUID": "2.25.99"}, "must have one StudyInstanceUID"),
        ({"SeriesInstanceUID": "none"}, "must have a Series Instance UID"),
        ({"SOPInstanceUID": ""}, "SOPInstanceUID must be a well-formed identifier"),
    ],
)
def test_files_that_do_not_belong_together_are_refused(
    values: dict[str, str], reason: str, tmp_path: Path
) -> None:
    case = make_case(tmp_path)
    break_file(case.files[ViewName.LMLO], **values)
    with pytest.raises(DicomError, match=reason) as caught:
        read_sources(case.files, case.views)
    assert "4711" not in str(caught.value)


def test_a_file_of_another_view_is_refused(tmp_path: Path) -> None:
    case = make_case(tmp_path)
    swapped = {**case.files, ViewName.LCC: case.files[ViewName.LMLO]}
    with pytest.raises(DicomError, match="the file of LCC must hold this view"):
        read_sources(swapped, case.views)


def test_a_view_of_another_shape_is_refused(tmp_path: Path) -> None:
    case = make_case(tmp_path)
    view = case.views[ViewName.RCC]
    views = {**case.views, ViewName.RCC: replace(view, counts=view.counts[:, 1:])}
    with pytest.raises(DicomError, match="the file of RCC must have the heads, rows"):
        read_sources(case.files, views)


def test_names_must_agree(tmp_path: Path) -> None:
    case = make_case(tmp_path, (ViewName.LCC,))
    with pytest.raises(ValueError, match="one file for each view"):
        read_sources(case.files, {})
    image = case.sources.images[ViewName.LCC]
    for images in ({}, {ViewName.RCC: image}):
        with pytest.raises(ValueError, match=r"source of at least|under the name"):
            SourceImages(images, case.sources.header, "2.25.1", simulated=False)


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ({"PatientBirthDate": "unknown"}, ""),
        ({"PatientBirthDate": "19700231"}, ""),
        ({"PatientBirthDate": "00000000"}, ""),
        ({"PatientBirthDate": "19700228"}, "19700228"),
        ({"PatientSex": "female"}, ""),
        ({"StudyTime": "noon"}, ""),
        ({"StudyTime": "246060"}, ""),
        ({"StudyTime": "2359"}, "2359"),
        ({"IssuerOfPatientID": "CH"}, "CH"),
        ({"PatientName": "A^B\tC\\D^E"}, "A^BC"),
        # Cameras write dates with leading zeros: a study is found by what it is.
        ({"StudyInstanceUID": "1.2.020.01"}, "1.2.020.01"),
    ],
)
def test_results_are_valid_where_a_source_breaks_a_rule_of_form(
    values: dict[str, str], kept: str, tmp_path: Path, validate: Validate
) -> None:
    case = make_case(tmp_path, (ViewName.LCC,))
    break_file(case.files[ViewName.LCC], **values)
    (keyword,) = values
    assert str(case.sources.header[keyword].value) == kept
    assert case.sources.header.PatientID == "00815"
    results = write_results(
        case.prediction, case.sources, tmp_path / "out", moment=MOMENT
    )
    if keyword != "StudyInstanceUID":
        said = [line for path in results for line in validate(path)]
        # Empty values are warned of, as a DICOMDIR would need some of them.
        assert [line for line in said if "Error" in line] == []


def test_names_in_other_scripts_are_the_same_in_results(tmp_path: Path) -> None:
    case = make_case(tmp_path, (ViewName.LCC,))
    path = case.files[ViewName.LCC]
    dataset = dcmread(path)
    dataset.SpecificCharacterSet = ["", "ISO 2022 IR 87"]
    name = (
        "Yamada^Tarou=\u5c71\u7530^\u592a\u90ce=\u3084\u307e\u3060^\u305f\u308d\u3046"
    )
    dataset.PatientName = name
    dataset.save_as(path)
    for result in write_results(
        case.prediction, case.sources, tmp_path / "out", moment=MOMENT
    ):
        assert str(dcmread(result).PatientName) == name


def test_it_does_not_show_who_it_is(tmp_path: Path) -> None:
    case = make_case(tmp_path, (ViewName.LCC,))
    for shown in (repr(case.sources), repr(case.origin)):
        assert "Anna" not in shown
        assert "00815" not in shown
