from datetime import date, datetime

import pytest
from pydicom.dataset import Dataset

from bsgi.dicom.identity import read_identity
from bsgi.errors import DicomError


def _tracer(dataset: Dataset) -> Dataset:
    item: Dataset = dataset.RadiopharmaceuticalInformationSequence[0]
    return item


def test_ids_are_texts(dataset: Dataset) -> None:
    assert read_identity(dataset).patient_id == "00815"


@pytest.mark.parametrize("patient_id", ["", "   ", "a\\b", "x\x01"])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_unusable_ids_are_refused(dataset: Dataset, patient_id: str) -> None:
    dataset.PatientID = patient_id
    with pytest.raises(DicomError, match=r"must have (a|one) Patient ID"):
        read_identity(dataset)


@pytest.mark.parametrize(
    ("acquired", "injected", "start_s"),
    [
        ("091500", "090500", 600.0),
        ("091500.25", "090500.5", 599.75),
        ("001000", "235500", 900.0),  # over midnight
        ("0915", "0905", 600.0),
        ("09:15:00", "09:05:00", 600.0),  # as before DICOM 3
    ],
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_time_since_the_injection(
    dataset: Dataset, acquired: str, injected: str, start_s: float
) -> None:
    dataset.AcquisitionTime = acquired
    _tracer(dataset).RadiopharmaceuticalStartTime = injected
    assert read_identity(dataset).start_s == start_s


def test_a_date_with_the_injection_is_believed_first(dataset: Dataset) -> None:
    _tracer(dataset).RadiopharmaceuticalStartDateTime = "20200603091400+0200"
    assert read_identity(dataset).start_s == 60.25


@pytest.mark.parametrize("injected", ["091501", "200000"])
def test_an_impossible_time_of_injection_is_noted(
    dataset: Dataset, injected: str
) -> None:
    _tracer(dataset).RadiopharmaceuticalStartTime = injected
    identity = read_identity(dataset)
    assert identity.start_s is None
    assert identity.notes == (
        "the time of injection is not believable and was left out",
    )


@pytest.mark.parametrize("moment", ["", "250000", "1A"])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_times_that_are_none_are_unknown(dataset: Dataset, moment: str) -> None:
    _tracer(dataset).RadiopharmaceuticalStartTime = moment
    assert read_identity(dataset).start_s is None


def test_the_time_of_acquisition_in_the_order_of_the_page(dataset: Dataset) -> None:
    dataset.AcquisitionDateTime = "20200604120000"
    assert read_identity(dataset).acquired == datetime(2020, 6, 4, 12)
    del dataset.AcquisitionDateTime
    del dataset.AcquisitionTime
    dataset.ContentTime = "100000"
    assert read_identity(dataset).acquired == datetime(2020, 6, 3, 10)
    del dataset.ContentTime
    del dataset.StudyDate
    identity = read_identity(dataset)
    assert (identity.acquired, identity.study_date) == (None, None)


@pytest.mark.parametrize(
    ("age", "birth", "years"),
    [
        ("053Y", "", 53.0),
        ("006M", "", 0.5),
        ("", "19700603", 50.0),
        ("", "19700604", 49.0),  # birthday is tomorrow
        ("", "00000000", None),
        ("", "00010101", None),
        ("", "", None),
        ("000Y", "19700603", 50.0),
    ],
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_age(dataset: Dataset, age: str, birth: str, years: float | None) -> None:
    dataset.PatientAge, dataset.PatientBirthDate = age, birth
    assert read_identity(dataset).age_years == years


@pytest.mark.parametrize(
    ("dose", "wanted", "notes"), [("740", 740.0, 0), ("0", None, 0),
                                  ("740000000", None, 1), ("-1", None, 1)]
)  # fmt: skip
def test_activities_in_other_units_are_left_out(
    dataset: Dataset, dose: str, wanted: float | None, notes: int
) -> None:
    _tracer(dataset).RadionuclideTotalDose = dose
    identity = read_identity(dataset)
    assert identity.dose_mbq == wanted
    assert len(identity.notes) == notes


def test_another_radionuclide_is_noted(dataset: Dataset) -> None:
    _tracer(dataset).RadionuclideCodeSequence[0].CodeValue = "21572004"  # I-123
    assert read_identity(dataset).notes == ("the radionuclide is not coded as Tc-99m",)


def test_camera_and_origin(dataset: Dataset) -> None:
    assert read_identity(dataset).simulated
    dataset.Manufacturer = "A maker"
    dataset.ManufacturerModelName = ""
    identity = read_identity(dataset)
    assert (identity.camera, identity.simulated) == ("A maker", False)
    dataset.SyntheticData = "YES"
    assert read_identity(dataset).simulated
    assert identity.study_date == date(2020, 6, 3)
