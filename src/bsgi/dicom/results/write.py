"""The results of one exam to DICOM files."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from pydicom.dataset import Dataset

from bsgi.dicom.parse import quiet
from bsgi.dicom.results.instance import Origin
from bsgi.dicom.results.parametric_map import build_map
from bsgi.dicom.results.secondary_capture import build_capture
from bsgi.dicom.results.source import SourceImages
from bsgi.dicom.results.structured_report import build_report
from bsgi.exam.prediction import Prediction
from bsgi.files import new_file


def write_results(
    prediction: Prediction,
    sources: SourceImages,
    out: Path,
    *,
    moment: datetime,
    full_evidence: float | None = None,
) -> tuple[Path, ...]:
    """Write report, heat maps and picture of one exam.

    Args:
        prediction: What the model says.
        sources: The files that it says it of.
        out: The folder; files of the same names are replaced, each in one piece.
        moment: When the prediction was made. It is all that differs between two calls
            with the same prediction.
        full_evidence: Evidence at the end of the scale in which maps are shown; None
            for the exam's own maximum.

    Returns:
        The files: ``report.dcm``, ``map-LCC.dcm`` and so on, ``capture.dcm``.

    Raises:
        ValueError: If a heat map does not fit its source.
    """
    origin = Origin(prediction, sources, moment)
    paths = []
    with quiet():
        for name, dataset in _build_all(origin, full_evidence):
            path = out / f"{name}.dcm"
            save_result(path, dataset)
            paths.append(path)
    return tuple(paths)


def save_result(path: Path, dataset: Dataset) -> None:
    """Write one result in one piece.

    Args:
        path: The file to make or replace.
        dataset: The result.
    """
    # Identifiers of the sources are repeated as they are, also where they break a rule
    # of form: pydicom must not judge them, nor quote them.
    with quiet(), new_file(path) as partial:
        dataset.save_as(partial, enforce_file_format=True)


def _build_all(
    origin: Origin, full_evidence: float | None
) -> Iterator[tuple[str, Dataset]]:
    yield "report", build_report(origin)
    for heat in origin.prediction.maps:
        yield f"map-{heat.view}", build_map(origin, heat, full_evidence)
    yield "capture", build_capture(origin, full_evidence)
