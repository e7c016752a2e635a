"""A small archive of DICOM files, some of them not views."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest

from bsgi.dicom.codes import make_uid
from bsgi.dicom.header import StudyHeader
from bsgi.dicom.write import write_view
from bsgi.exam.record import View, ViewName
from tests.conftest import make_view

Put = Callable[..., View]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """An empty folder for DICOM files."""
    folder = tmp_path / "source"
    folder.mkdir()
    return folder


@pytest.fixture
def put(source: Path) -> Put:
    """Writes one view into the folder and gives it.

    Args of the function: path in the folder, patient id, view, number of the study,
    minutes after its begin, and fields of the header and the view to replace.
    """

    def write(
        file: str,
        patient_id: str = "00815",
        name: ViewName = ViewName.LCC,
        *,
        study: int = 1,
        minutes: float = 10,
        view: dict[str, object] | None = None,
        **header: object,
    ) -> View:
        begin = datetime(2021, 1, 1, 9) + timedelta(days=study)
        fields: dict[str, object] = {
            "patient_id": patient_id,
            "patient_name": "SECRET^NAME",
            "study_datetime": begin,
            "study_uid": make_uid("study", patient_id, study),
            "series_uid": make_uid("series", patient_id, study),
            "camera": "test camera",
            "manufacturer": "maker",
            "age_years": 57,
            "injection_datetime": begin,
            "dose_mbq": 700.0,
        }
        shown: dict[str, object] = {
            "start_s": minutes * 60.0,
            "source_uid": make_uid("file", patient_id, study, name, minutes),
        }
        shown |= view or {}
        # No two acquisitions have the same counts, and an instance always its own.
        rng = np.random.default_rng(crc32(str(shown["source_uid"]).encode()))
        made = replace(make_view(name, rng=rng), **shown)  # type: ignore[arg-type]
        made_header = StudyHeader(**(fields | header))  # type: ignore[arg-type]
        write_view(source / file, made, made_header)
        return made

    return write


@pytest.fixture
def table(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a label table and gives its path."""

    def write(text: str) -> Path:
        path = tmp_path / "labels.csv"
        path.write_text(text)
        return path

    return write
