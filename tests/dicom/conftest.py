"""DICOM datasets to break, and a way to put them on disk."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset

from bsgi.dicom.codes import make_uid
from bsgi.dicom.header import StudyHeader
from bsgi.dicom.write import build_dataset
from bsgi.exam.record import View, ViewName

ORIENTATIONS = {
    ViewName.LCC: ("A", "R"),
    ViewName.RCC: ("P", "L"),
    ViewName.LMLO: ("A", "FR"),
    ViewName.RMLO: ("P", "FL"),
}
SaveDataset = Callable[[Dataset], Path]


def make_header(patient_id: str = "00815") -> StudyHeader:
    return StudyHeader(
        patient_id=patient_id,
        patient_name="SIMULATED^00001",
        study_datetime=datetime(2020, 6, 3, 9, 0),
        study_uid=make_uid("test", patient_id),
        series_uid=make_uid("test", patient_id, "series"),
        camera="dilon-6800-gp",
        birth_date=date(1970, 2, 28),
        age_years=50,
        injection_datetime=datetime(2020, 6, 3, 9, 5),
        dose_mbq=740.0,
        accession="A1",
        software="bsgi test",
        simulated=True,
    )


def make_view(name: ViewName = ViewName.LCC, heads: int = 1, seed: int = 0) -> View:
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, 65536, (heads, 12, 9)).astype(np.uint16)
    return View(
        name=name,
        counts=counts,
        spacing_mm=(3.2, 2.46),
        duration_s=600.5,
        start_s=600.25,
        energy_window_kev=(126.0, 154.4),
        orientation=ORIENTATIONS[name],
        heads_mirrored=(False, True)[:heads],
        source_uid=f"2.25.{seed + 7}{list(ViewName).index(name)}",
    )


@pytest.fixture
def dataset() -> Dataset:
    """A correct LCC view, to be changed by a test."""
    return build_dataset(make_view(), make_header())


@pytest.fixture
def two_headed() -> Dataset:
    """A correct LCC view of two opposite heads."""
    return build_dataset(make_view(heads=2), make_header())


@pytest.fixture
def unnamed(dataset: Dataset) -> Dataset:
    """A breast image that does not say which view it is."""
    del dataset.ImageLaterality
    del dataset.ImageID
    dataset.DetectorInformationSequence[0].ViewCodeSequence = []
    return dataset


@pytest.fixture
def save_dataset(tmp_path: Path) -> SaveDataset:
    """Writes a dataset as it is, right or wrong, and gives its path."""

    def save(dataset: Dataset) -> Path:
        path = tmp_path / "file.dcm"
        dataset.save_as(path, enforce_file_format=True)
        return path

    return save
