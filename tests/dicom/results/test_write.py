"""All results together: valid, repeatable, for any number of views and heads.

Compared with dciodvfy (dicom3tools).
"""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import highdicom.sr
import numpy as np
import pytest
from pydicom import dcmread

from bsgi.dicom.read import read_file
from bsgi.dicom.results.source import read_sources
from bsgi.dicom.results.write import write_results
from bsgi.exam.prediction import Decision, HeatMap, SemiQuantitative, ViewValues
from bsgi.exam.record import ViewName
from tests.archive import codes
from tests.archive.studies import Maker
from tests.dicom.conftest import make_header
from tests.dicom.results.conftest import Validate, Written
from tests.dicom.results.exams import MOMENT, make_case, make_prediction

VIEWS = (
    (ViewName.RMLO,),
    (ViewName.LCC, ViewName.RCC),
    (ViewName.LCC, ViewName.RCC, ViewName.LMLO),
    tuple(ViewName),
)


@pytest.mark.parametrize("heads", [1, 2])
@pytest.mark.parametrize("names", VIEWS, ids=len)
def test_dciodvfy_finds_nothing(
    names: tuple[ViewName, ...], heads: int, tmp_path: Path, validate: Validate
) -> None:
    case = make_case(tmp_path / "source", names, heads=heads)
    paths = write_results(
        case.prediction, case.sources, tmp_path / "out", moment=MOMENT
    )
    expected = ["report", *(f"map-{name}" for name in names), "capture"]
    assert [path.stem for path in paths] == expected
    assert sorted(tmp_path.joinpath("out").iterdir()) == sorted(paths)
    for path in paths:
        assert validate(path) == [], path.name


def test_dciodvfy_finds_nothing_where_little_is_known(
    tmp_path: Path, validate: Validate
) -> None:
    """No probability, no numbers, no evidence, no birth date, no orientation."""
    header = replace(
        make_header(), birth_date=None, age_years=None, accession="", simulated=False
    )
    case = make_case(tmp_path / "source", header=header)
    blank = np.zeros((40, 32), np.float32)
    unknown = replace(
        case.prediction,
        probability=None,
        probability_interval=None,
        decision=Decision.MALIGNANT,
        reasons=(),
        maps=tuple(HeatMap(name, blank) for name in case.views),
        values=SemiQuantitative({ViewName.LCC: ViewValues(None, None)}, {}),
        simulated_training=False,
    )
    views = {name: replace(view, orientation=None) for name, view in case.views.items()}
    sources = replace(
        case.sources,
        images={
            name: replace(image, view=views[name])
            for name, image in case.sources.images.items()
        },
    )
    for path in write_results(unknown, sources, tmp_path / "out", moment=MOMENT):
        assert validate(path) == [], path.name
        if path.stem.startswith("map"):
            assert not dcmread(path).pixel_array.any()


@pytest.mark.parametrize("layout", ["four frames", "four by two", "dynamic"])
def test_dciodvfy_finds_nothing_for_files_of_many_frames(
    layout: str, tmp_path: Path, validate: Validate
) -> None:
    study = Maker(4).make_layout(layout, codes.EXPLICIT)
    files, views = {}, {}
    for number, made in enumerate(study.files):
        path = tmp_path / f"{number}.dcm"
        path.write_bytes(made.content)
        for source in read_file(path).views:
            files[source.view.name], views[source.view.name] = path, source.view
    sources = read_sources(files, views)
    paths = write_results(
        make_prediction(views), sources, tmp_path / "out", moment=MOMENT
    )
    assert len(paths) == 6
    for path in paths:
        # Archives are made with fewer attributes than a DICOMDIR would need.
        assert [line for line in validate(path) if "DICOMDIR" not in line] == []
    report = highdicom.sr.srread(paths[0]).content
    assert isinstance(report, highdicom.sr.MeasurementReport)
    for name, group in zip(
        ViewName, report.get_planar_roi_measurement_groups(), strict=True
    ):
        region = group.roi
        assert region is not None
        item = region.ContentSequence[0].ReferencedSOPSequence[0]
        image = sources.images[name]
        # Without numbers a reference is to all frames of its file.
        numbers = item.get("ReferencedFrameNumber", range(1, image.file_frames + 1))
        frames = (numbers,) if isinstance(numbers, int) else tuple(numbers)
        assert frames == image.head_frames[0]


def test_results_are_not_read_as_views(written: Written) -> None:
    """A folder that has results already gives the same exam again."""
    for path in written[1].values():
        source = read_file(path)
        assert source.views == ()
        assert len(source.refusals) == 1


def test_a_repeated_run_gives_the_same_bytes(written: Written, tmp_path: Path) -> None:
    case, paths = written
    again = write_results(case.prediction, case.sources, tmp_path, moment=MOMENT)
    for path in again:
        assert path.read_bytes() == paths[path.stem].read_bytes()


def test_only_times_differ_later(written: Written, tmp_path: Path) -> None:
    case, paths = written
    later = MOMENT + timedelta(days=1, seconds=61)
    again = write_results(case.prediction, case.sources, tmp_path, moment=later)
    for path in again:
        first, second = dcmread(paths[path.stem]), dcmread(path)
        assert {
            item.keyword for item in first if second.get(item.tag) != item
        } == {
            "InstanceCreationDate", "InstanceCreationTime", "ContentDate",
            "ContentTime", "SeriesDate", "SeriesTime",
        }  # fmt: skip


def test_another_model_precision_or_source_gives_other_identifiers(
    written: Written, tmp_path: Path
) -> None:
    case, _ = written
    other = make_case(tmp_path / "source", heads=2, seed=8)
    seen: set[str] = set()
    total = 0
    for prediction, sources in (
        (case.prediction, case.sources),
        (replace(case.prediction, bundle_sha256="f" * 64), case.sources),
        (replace(case.prediction, precision="bfloat16"), case.sources),
        (case.prediction, other.sources),
    ):
        for path in write_results(prediction, sources, tmp_path, moment=MOMENT):
            total += 1
            seen.add(str(dcmread(path).SOPInstanceUID))
    assert len(seen) == total == 4 * 6


def test_every_result_is_in_the_study_and_says_what_it_is(written: Written) -> None:
    case, paths = written
    source = dcmread(case.files[ViewName.LCC])
    series = {}
    for name, path in paths.items():
        result = dcmread(path)
        for keyword in ("PatientID", "PatientName", "StudyInstanceUID", "StudyDate",
                        "StudyTime", "PatientSex", "AccessionNumber", "StudyID",
                        "PatientBirthDate"):  # fmt: skip
            assert str(result[keyword].value) == str(source[keyword].value), keyword
        # A search for images to read must not find them.
        assert result.Modality in {"SR", "OT"}
        assert "research use only" in result.SeriesDescription
        assert "Algorithm" in result.SeriesDescription
        assert result.DeviceSerialNumber == case.prediction.bundle_sha256
        assert result.SeriesInstanceUID != source.SeriesInstanceUID
        series[name.partition("-")[0]] = result.SeriesInstanceUID
        if name != "report":
            comments = str(result.ImageComments)
            assert "Research use only, not a medical device" in comments
            assert "Trained on simulated exams" in comments
            assert "Simulated images" in comments
    assert len(set(series.values())) == 3


def test_nothing_more_of_the_patient_is_copied(tmp_path: Path) -> None:
    case = make_case(tmp_path / "source", (ViewName.LCC,))
    source = dcmread(case.files[ViewName.LCC])
    source.PatientAddress = "Bahnhofstrasse 1"
    source.PatientComments = "anxious"
    source.OtherPatientIDs = "X9"
    source.StudyDescription = "Breast, Mrs Anna"
    source.InstitutionName = "Spital"
    source.save_as(case.files[ViewName.LCC])
    for path in write_results(
        case.prediction, case.sources, tmp_path / "out", moment=MOMENT
    ):
        text = path.read_bytes()
        for hidden in (b"Bahnhof", b"anxious", b"X9", b"Mrs", b"Spital"):
            assert hidden not in text


def test_maps_that_are_not_of_the_sources_are_refused(
    written: Written, tmp_path: Path
) -> None:
    case, _ = written
    wrong = HeatMap(ViewName.LCC, np.zeros((40, 31), np.float32))
    prediction = replace(case.prediction, maps=(wrong,))
    with pytest.raises(ValueError, match="map of LCC must have a source's pixels"):
        write_results(prediction, case.sources, tmp_path, moment=MOMENT)
    assert list(tmp_path.iterdir()) == []
