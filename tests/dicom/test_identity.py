from datetime import date, datetime

import pytest
from pydicom.dataset import Dataset

from bsgi.dicom.identity import find_exam, read_identity
from bsgi.errors import DicomError


def _tracer(dataset: Dataset) -> Dataset:
    item: Dataset = dataset.RadiopharmaceuticalInformationSequence[0]
    return item


@pytest.mark.parametrize("patient_id", ["00815", "0 08 15", "1e3", "+1", "00.50"])
def test_ids_are_texts(dataset: Dataset, patient_id: str) -> None:
    dataset.PatientID = f"{patient_id} "
    assert read_identity(dataset).patient_id == patient_id


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
        ("089Y", "", 89.0),
        ("101Y", "", 101.0),
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


OTHER = "another than Tc-99m"


def test_another_radionuclide_is_noted(dataset: Dataset) -> None:
    assert read_identity(dataset).isotope == "Tc-99m"
    _tracer(dataset).RadionuclideCodeSequence[0].CodeValue = "21572004"  # I-123
    identity = read_identity(dataset)
    assert identity.isotope == OTHER
    assert identity.notes == ("the radionuclide is another than Tc-99m",)


@pytest.mark.parametrize(
    ("text", "isotope"),
    [
        ("Tc-99m sestamibi", "Tc-99m"),
        ("TC99M MIBI", "Tc-99m"),
        ("99mTc-MIBI", "Tc-99m"),
        ("technetium 99m", "Tc-99m"),
        ("Tl-201", OTHER),
        ("I-123 MIBG", OTHER),
        ("123I", OTHER),
        ("In111 octreotide", OTHER),
        ("TC-99M AND I-123", OTHER),
        ("sestamibi", ""),
        ("MIBI LOT I 5", ""),
        ("", ""),
    ],
)
def test_the_radionuclide_in_words(dataset: Dataset, text: str, isotope: str) -> None:
    tracer = _tracer(dataset)
    tracer.RadionuclideCodeSequence = []
    tracer.Radiopharmaceutical = text
    assert read_identity(dataset).isotope == isotope


def _person(dataset: Dataset, name: str, birth: str = "19700228") -> str:
    dataset.PatientName, dataset.PatientBirthDate = name, birth
    return read_identity(dataset).person


@pytest.mark.parametrize(
    "name",
    [
        "Doe^Jane^^",
        "doe^jane",
        "DOE^JANE^^DR",
        "DOE^JANE=ideographic",
        "DOE  JANE",
        "DOE, JANE",
        "D\u00d6E^J\u00c1NE",
        "Doe^Ja'ne ",
    ],
)
def test_spellings_of_a_name_are_one_person(dataset: Dataset, name: str) -> None:
    assert _person(dataset, name) == _person(dataset, "DOE^JANE") != ""


def test_other_names_and_birth_dates_are_other_persons(dataset: Dataset) -> None:
    persons = {
        _person(dataset, "DOE^JANE"),
        _person(dataset, "DOE^JANET"),
        _person(dataset, "DOE^JANE^M"),
        _person(dataset, "DOE^JANE", "19700301"),
    }
    assert len(persons) == 4
    assert not any("DOE" in person.upper() for person in persons)


@pytest.mark.parametrize(
    ("name", "birth"),
    [
        ("", "19700228"),
        ("DOE^JANE", ""),
        ("DOE^JANE", "00000000"),
        ("ANONYMOUS", "19700228"),
        ("Anonymized^00123", "19700228"),
        ("^^^", "19700228"),
    ],
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_where_name_or_birth_is_missing_nobody_is_told(
    dataset: Dataset, name: str, birth: str
) -> None:
    assert _person(dataset, name, birth) == ""


def test_a_removed_identity_is_nobody(dataset: Dataset) -> None:
    dataset.PatientIdentityRemoved = "YES"
    assert _person(dataset, "DOE^JANE") == ""


@pytest.mark.filterwarnings("ignore:Invalid value for VR UI")
def test_a_date_as_a_component_of_an_identifier_is_accepted(dataset: Dataset) -> None:
    """Seen in a real file."""
    dataset.StudyInstanceUID = "1.3.6.1.4.1.12842.20140305.091120.15"
    assert read_identity(dataset).study_uid.endswith("091120.15")


def test_the_series_and_the_issuer(dataset: Dataset) -> None:
    identity = read_identity(dataset)
    assert identity.series_uid == dataset.SeriesInstanceUID
    assert identity.issuer == ""
    dataset.IssuerOfPatientID = "SITE A"
    del dataset.SeriesInstanceUID
    identity = read_identity(dataset)
    assert (identity.series_uid, identity.issuer) == ("", "SITE A")


@pytest.mark.filterwarnings("ignore:Invalid value for VR UI")
def test_a_file_that_is_no_view_still_tells_its_exam(dataset: Dataset) -> None:
    assert find_exam(dataset) == ("00815", dataset.StudyInstanceUID)
    assert find_exam(Dataset()) == ("", "")
    dataset.PatientID = "a\\b"
    dataset.StudyInstanceUID = "1.2.x"
    assert find_exam(dataset) == ("", "")


def test_camera_and_origin(dataset: Dataset) -> None:
    assert read_identity(dataset).simulated
    dataset.Manufacturer = "A maker"
    dataset.ManufacturerModelName = ""
    identity = read_identity(dataset)
    assert (identity.camera, identity.simulated) == ("A maker", False)
    dataset.SyntheticData = "YES"
    assert read_identity(dataset).simulated
    assert identity.study_date == date(2020, 6, 3)
