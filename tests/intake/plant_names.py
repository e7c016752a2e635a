"""An archive with a woman's name in every place that a DICOM file has for texts."""

import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import pydicom.config
from pydicom import DataElement, Dataset
from pydicom.tag import Tag
from pydicom.uid import UID, EncapsulatedPDFStorage, SecondaryCaptureImageStorage

from bsgi.dicom.write import build_dataset
from bsgi.exam.record import ViewName
from tests.dicom.conftest import make_header, make_view

NAME = "Quaxenbacher"
GIVEN = "Wilhelmyna"
FOREIGN = "Jürgensdóttir"
BIRTH = "19640517"
STUDY = "20190731"
NUMBER = "47110815"
PATIENT_ID = f"{NUMBER} {NAME}"
SECRETS = (NAME, GIVEN, FOREIGN, BIRTH, "1964-05-17", STUDY, "2019-07-31", NUMBER)

TEXTS = (
    "OtherPatientNames", "OtherPatientIDs", "IssuerOfPatientID", "PatientBirthName",
    "PatientMotherBirthName", "PatientAddress", "PatientTelephoneNumbers",
    "PatientComments", "EthnicGroup", "Occupation", "AdditionalPatientHistory",
    "MedicalRecordLocator", "MilitaryRank", "BranchOfService", "CountryOfResidence",
    "RegionOfResidence", "ResponsiblePerson", "PatientReligiousPreference",
    "MedicalAlerts", "Allergies", "PatientInsurancePlanCodeSequence",
    "AccessionNumber", "StudyID", "StudyDescription", "SeriesDescription",
    "ProtocolName", "ReferringPhysicianName", "ReferringPhysicianAddress",
    "PerformingPhysicianName", "NameOfPhysiciansReadingStudy", "PhysiciansOfRecord",
    "OperatorsName", "ConsultingPhysicianName", "RequestingPhysician",
    "RequestingService", "InstitutionName", "InstitutionAddress",
    "InstitutionalDepartmentName", "StationName", "DeviceSerialNumber", "DeviceID",
    "GantryID", "SoftwareVersions", "ManufacturerModelName", "Manufacturer",
    "ImageComments", "ImageID", "AcquisitionComments", "StudyComments",
    "VisitComments", "RequestedProcedureDescription", "RequestedProcedureComments",
    "PerformedProcedureStepDescription", "PerformedProcedureStepID",
    "CommentsOnThePerformedProcedureStep", "AdmissionID", "CurrentPatientLocation",
    "PatientInstitutionResidence", "ServiceEpisodeDescription", "SpecialNeeds",
    "PatientState", "ClinicalTrialSubjectID", "ClinicalTrialSponsorName",
    "ClinicalTrialSiteName", "ClinicalTrialProtocolName", "TriggerSourceOrType",
    "ScanOptions", "ContrastBolusAgent", "FilterType", "ConvolutionKernel",
    "PositionReferenceIndicator", "WindowCenterWidthExplanation", "PixelComments",
    "TextString", "VerifyingObserverName", "ContentCreatorName", "ContentLabel",
    "PersonName", "PersonAddress", "NetworkID", "StorageMediaFileSetID",
    "TimezoneOffsetFromUTC", "InterpretationText", "InterpretationAuthor",
    "ResultsComments", "DigitizingDeviceTransportDirection", "DeidentificationMethod",
    "RetrieveURI", "InstanceOriginStatus", "ContributionDescription",
    "NonstandardByteOrderComments",
)  # fmt: skip
"""Attributes of the top level that get the name."""

_CODED = {"CS", "AE", "SH", "AS"}


@contextmanager
def unchecked() -> Iterator[None]:
    """Let pydicom write what no console should have written."""
    settings = pydicom.config.settings
    modes = settings.writing_validation_mode, settings.reading_validation_mode
    settings.writing_validation_mode = pydicom.config.IGNORE
    settings.reading_validation_mode = pydicom.config.IGNORE
    try:
        yield
    finally:
        settings.writing_validation_mode, settings.reading_validation_mode = modes


@dataclass(frozen=True)
class Archive:
    """What was planted.

    Args:
        folder: The files.
        labels: The table of labels.
        places: How many places have a name.
    """

    folder: Path
    labels: Path
    places: int


def plant_texts(dataset: Dataset) -> int:
    """The name in every text of the top level; gives how many."""
    places = 0
    for number, keyword in enumerate(TEXTS):
        if pydicom.datadict.tag_for_keyword(keyword) is None:
            continue
        kind = pydicom.datadict.dictionary_VR(keyword)
        if kind == "SQ":
            continue
        text = f"{NAME.upper()}{number}" if kind in _CODED else f"{GIVEN} {NAME}"
        if keyword in {"SeriesDescription", "ProtocolName", "ImageID"}:
            text = f"{dataset.ImageID} {NAME}"[:16]
        tag = Tag(keyword)
        dataset[tag] = DataElement(tag, kind, text)
        places += 1
    return places


def plant_deep(dataset: Dataset) -> int:
    """The name in sequences, private groups, overlays, curves and unknown values."""
    person = Dataset()
    person.PatientID = PATIENT_ID
    person.PersonName = f"{NAME}^{GIVEN}"
    person.CodeValue, person.CodingSchemeDesignator = NAME, "99LOCAL"
    person.CodeMeaning = f"seen by Dr. {NAME}"
    _plant_sequences(dataset, person)
    _plant_in_needed_sequences(dataset, person)
    _plant_private(dataset, person)
    _plant_graphics(dataset, person)
    _plant_oddities(dataset)
    return 50


def _plant_sequences(dataset: Dataset, person: Dataset) -> None:
    inner = Dataset()
    inner.OtherPatientIDsSequence = [person]
    inner.ScheduledProcedureStepDescription = f"{NAME} left"
    inner.add_new((0x0009, 0x0010), "LO", f"{NAME} PRIVATE")
    inner.add_new((0x0009, 0x1001), "LT", NAME)
    dataset.RequestAttributesSequence = [inner]
    for keyword in (
        "OtherPatientIDsSequence", "ReferringPhysicianIdentificationSequence",
        "ProcedureCodeSequence", "AcquisitionContextSequence",
        "ReferencedPatientSequence", "PerformedProtocolCodeSequence",
        "GraphicAnnotationSequence", "ContentSequence", "EncryptedAttributesSequence",
        "DigitalSignaturesSequence",
    ):  # fmt: skip
        setattr(dataset, keyword, [person])


def _plant_in_needed_sequences(dataset: Dataset, person: Dataset) -> None:
    """In sequences that an image cannot do without."""
    tracer = dataset.RadiopharmaceuticalInformationSequence[0]
    tracer.Radiopharmaceutical = f"Tc-99m sestamibi for {NAME}"
    tracer.RadiopharmaceuticalRoute = f"vein of {NAME}"
    tracer.RadionuclideCodeSequence[0].CodeMeaning = f"Tc {NAME}"
    tracer.AdministrationRouteCodeSequence = [person]
    dataset.EnergyWindowInformationSequence[0].EnergyWindowName = NAME
    detector = dataset.DetectorInformationSequence[0]
    detector.CollimatorGridName = NAME
    detector.CollimatorType = NAME.upper()
    detector.add_new((0x0011, 0x1001), "LO", NAME)  # private, without a creator
    dataset.AnatomicRegionSequence[0].CodeMeaning = f"breast of {NAME}"
    dataset.PatientOrientationCodeSequence[0].CodeMeaning = NAME


def _plant_private(dataset: Dataset, person: Dataset) -> None:
    """In private groups, and in elements that are in no dictionary."""
    block = dataset.private_block(0x0055, f"{NAME} MEDICAL", create=True)
    block.add_new(0x01, "LO", NAME)
    block.add_new(0x02, "SQ", [person])
    block.add_new(0x03, "UN", NAME.encode("utf-16-le"))
    block.add_new(0x04, "OB", NAME.encode())
    dataset.add_new((0x0033, 0x1005), "LT", NAME)  # private, without a creator
    dataset.add_new((0x0018, 0xFFF0), "UN", NAME.encode())
    dataset.add_new((0x0010, 0x4001), "UN", NAME.encode())


def _plant_graphics(dataset: Dataset, person: Dataset) -> None:
    """In overlays, a curve and an icon."""
    for group in (0x6000, 0x6002):
        dataset.add_new((group, 0x0010), "US", 8)
        dataset.add_new((group, 0x0022), "LO", f"overlay of {NAME}")
        dataset.add_new((group, 0x1500), "LO", NAME)
        dataset.add_new((group, 0x3000), "OW", NAME.encode())
    dataset.add_new((0x5000, 0x0030), "SH", NAME)
    dataset.add_new((0x5000, 0x2500), "LO", f"curve of {NAME}")
    dataset.add_new((0x5000, 0x3000), "OW", NAME.encode())
    icon = Dataset()
    icon.Rows, icon.Columns = 2, 3
    icon.BitsAllocated = icon.BitsStored = 16
    icon.PixelData = NAME.encode()
    icon.PatientName = person.PersonName
    dataset.IconImageSequence = [icon]


def _plant_oddities(dataset: Dataset) -> None:
    """In the head of the file, in padding, and where no text should be."""
    dataset.add_new((0xFFFC, 0xFFFC), "OB", NAME.encode())
    dataset.add_new((0x0018, 0x1012), "DA", NAME)
    dataset.add_new((0x0008, 0x0023), "DA", NAME)
    dataset.SeriesInstanceUID = f"1.2.840.{BIRTH}.{NUMBER}"
    dataset.FrameOfReferenceUID = f"1.2.{STUDY}.{NUMBER}"
    dataset.preamble = (NAME.encode() * 11)[:128]
    dataset.file_meta.SourceApplicationEntityTitle = NAME.upper()
    dataset.file_meta.ImplementationVersionName = NAME
    dataset.file_meta.PrivateInformationCreatorUID = UID(f"1.2.{BIRTH}")
    dataset.file_meta.PrivateInformation = NAME.encode()


def make_named_view(name: ViewName, *, deep: bool = True) -> tuple[Dataset, int]:
    """A correct view that is full of names, and in how many places they are."""
    header = make_header(PATIENT_ID)
    dataset = build_dataset(make_view(name, seed=list(ViewName).index(name)), header)
    dataset.SpecificCharacterSet = "ISO_IR 100"
    places = plant_texts(dataset) + (plant_deep(dataset) if deep else 0)
    dataset.PatientName = f"{FOREIGN}^{GIVEN}^{NAME}"
    dataset.PatientBirthDate = BIRTH
    dataset.StudyDate = dataset.SeriesDate = dataset.AcquisitionDate = STUDY
    dataset.StudyInstanceUID = f"1.2.840.{BIRTH}.{STUDY}.{NUMBER}"
    dataset.Manufacturer = f"{NAME} Clinics"
    return dataset, places + 8


def _make_others(view: Dataset) -> Iterator[tuple[str, Dataset]]:
    """Files that are refused, and full of names too."""
    report = deepcopy(view)
    report.SOPClassUID = EncapsulatedPDFStorage
    report.EncapsulatedDocument = f"report on {NAME}".encode()
    yield f"report {NAME}.pdf.dcm", report
    capture = deepcopy(view)
    capture.SOPClassUID = SecondaryCaptureImageStorage
    yield f"screen of {NAME}.dcm", capture
    burned = deepcopy(view)
    burned.BurnedInAnnotation = "YES"
    yield f"burned in {NAME}.dcm", burned
    odd = deepcopy(view)
    odd.ImageType = ["ORIGINAL", "PRIMARY", NAME.upper(), NAME.upper()]
    odd.Modality = NAME.upper()
    yield f"odd {NAME}.dcm", odd
    part = deepcopy(view)
    part.BodyPartExamined = NAME.upper()
    part.PatientID = f"{PATIENT_ID}\n{NAME}"
    yield f"part {NAME}.dcm", part


def plant_archive(folder: Path) -> Archive:
    """Four views of a woman and files that are refused, under her name.

    Args:
        folder: Where the archive and the table are made.
    """
    place = folder / "archive" / f"{NAME}, {GIVEN}"
    place.mkdir(parents=True)
    planted = 0
    with unchecked():
        for name in ViewName:
            dataset, planted = make_named_view(name)
            dataset.save_as(place / f"{FOREIGN} {name}.dcm", enforce_file_format=True)
        view, _ = make_named_view(ViewName.LCC)
        for file, dataset in _make_others(view):
            dataset.save_as(place / file, enforce_file_format=True)
    (place / f"letter to {NAME}.txt").write_text(f"Dear Ms {NAME}")
    whole = (place / f"{FOREIGN} RCC.dcm").read_bytes()
    (place / f"cut {NAME}.dcm").write_bytes(whole[: len(whole) // 2])
    (place / f"tail {NAME}.dcm").write_bytes(whole + NAME.encode() * 9)
    labels = folder / f"labels of {NAME}.csv"
    labels.write_text(
        f"patient_id,label,name,study_date\n{PATIENT_ID},1,{GIVEN} {NAME},2019-07-31\n"
        f"4712 {NAME},0,{FOREIGN},2019-07-31\n"
    )
    return Archive(folder / "archive", labels, planted + 4)


def _spell(secret: str) -> Iterator[bytes]:
    for text in {secret, secret.lower(), secret.upper(), secret.title()}:
        for encoding in ("utf-8", "latin-1", "utf-16-le", "utf-16-be", "ascii"):
            yield text.encode(encoding, "ignore")
    yield secret.encode().hex().encode()


def find_secrets(
    content: bytes, secrets: tuple[str, ...] = SECRETS
) -> list[tuple[str, int]]:
    """Secrets in some bytes, in any spelling, with their place."""
    found = []
    folded = content.lower()
    for secret in secrets:
        for spelled in set(_spell(secret)):
            place = folded.find(spelled.lower())
            if place >= 0:
                found.append((secret, place))
                break
    return found


def search_folder(
    folder: Path, secrets: Callable[[Path], tuple[str, ...]] = lambda _: SECRETS
) -> list[tuple[str, str]]:
    """Secrets in the names and contents of files, members of archives too."""
    found = []
    for path in sorted(folder.rglob("*")):
        wanted = secrets(path)
        shown = str(path.relative_to(folder))
        contents = {f"name {shown}": str(path.relative_to(folder)).encode()}
        if path.is_file():
            contents[shown] = path.read_bytes()
        if path.is_file() and zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for member in archive.namelist():
                    contents[f"{shown}/{member}"] = archive.read(member)
        for where, content in contents.items():
            found += [(where, secret) for secret, _ in find_secrets(content, wanted)]
    return found
