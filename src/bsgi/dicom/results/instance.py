"""What every result says of patient, study, series and equipment.

References:
    DICOM PS3.3 C.7.1.1 (patient), C.7.2.1 (general study), C.7.3.1 (general series),
    C.7.5.1 and C.7.5.2 (general and enhanced general equipment), C.12.1 (SOP common).
"""

from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata
from typing import Final

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian
from pydicom.valuerep import format_number_as_ds

from bsgi.dicom.results.source import SourceImages
from bsgi.dicom.results.uids import derive_uid
from bsgi.exam.prediction import Prediction

RESEARCH: Final = "Research use only, not a medical device"
"""Said in every result, whatever the model."""

SIMULATED_TRAINING: Final = "Trained on simulated exams"
SIMULATED_IMAGES: Final = "Simulated images, not of a patient"


@dataclass(frozen=True, slots=True)
class ResultKind:
    """One kind of result, which is one series.

    Args:
        name: What its identifiers are derived from.
        sop_class: SOP Class UID.
        modality: Modality of the series. Never that of the images: a search for images
            to read must not find results.
        series_number: Number of the series, above those that consoles give.
        description: Series Description.
    """

    name: str
    sop_class: UID
    modality: str
    series_number: int
    description: str


@dataclass(frozen=True, slots=True)
class Origin:
    """What all results of one exam come from.

    Args:
        prediction: What the model says.
        sources: The files that it says it of.
        moment: When the results were made.

    Raises:
        ValueError: If a heat map has no source, or not the pixels of its source.
    """

    prediction: Prediction
    sources: SourceImages
    moment: datetime

    def __post_init__(self) -> None:
        for heat in self.prediction.maps:
            image = self.sources.images.get(heat.view)
            if image is None or heat.evidence.shape != image.view.counts.shape[1:]:
                raise ValueError(f"the map of {heat.view} must have a source's pixels.")

    def conditions(self) -> tuple[str, ...]:
        """What must be said beside every result."""
        said = [RESEARCH]
        if self.prediction.simulated_training:
            said.append(SIMULATED_TRAINING)
        if self.sources.simulated:
            said.append(SIMULATED_IMAGES)
        return tuple(said)


def find_version() -> str:
    """Version of this package."""
    return metadata.version("bsgi")


def begin_instance(origin: Origin, kind: ResultKind, part: str, number: int) -> Dataset:
    """A dataset with everything that does not depend on its kind.

    Args:
        origin: What it comes from.
        kind: Its series.
        part: Which instance of the series it is, such as a view.
        number: Its Instance Number.
    """
    prediction, sources = origin.prediction, origin.sources
    dataset = deepcopy(sources.header)
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.SOPClassUID = kind.sop_class
    dataset.SOPInstanceUID = derive_uid(prediction, sources, kind.name, part)
    dataset.SeriesInstanceUID = derive_uid(prediction, sources, kind.name)
    dataset.SeriesNumber = kind.series_number
    dataset.SeriesDescription = kind.description
    dataset.Modality = kind.modality
    dataset.InstanceNumber = number
    dataset.Manufacturer = "bsgi"
    dataset.ManufacturerModelName = "bsgi"
    # The device is the model: its hash is the only name that no two models share.
    dataset.DeviceSerialNumber = prediction.bundle_sha256
    dataset.SoftwareVersions = find_version()
    date, time = origin.moment.strftime("%Y%m%d"), origin.moment.strftime("%H%M%S")
    dataset.InstanceCreationDate = dataset.ContentDate = date
    dataset.InstanceCreationTime = dataset.ContentTime = time
    dataset.SeriesDate, dataset.SeriesTime = date, time
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return dataset


def format_ds(value: float) -> str:
    """A number as a decimal string of at most 16 characters."""
    return str(format_number_as_ds(float(value))).removesuffix(".0")


def list_series(sources: SourceImages, keyword: str) -> list[Dataset]:
    """One item for each series of the sources, with each of its files once.

    Args:
        sources: The sources.
        keyword: What the module calls the sequence of files.

    References:
        DICOM PS3.3 C.12.2 (common instance reference), C.17.2 (evidence).
    """
    files: dict[str, dict[str, Dataset]] = {}
    for name in sources.present():
        image = sources.images[name]
        item = image.to_item(range(image.file_frames))
        files.setdefault(image.series_uid, {})[image.sop_uid] = item
    series = []
    for uid, instances in files.items():
        item = Dataset()
        item.SeriesInstanceUID = uid
        setattr(item, keyword, list(instances.values()))
        series.append(item)
    return series
