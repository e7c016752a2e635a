"""Whether a cohort is the one that a RUN or STUDY was made from, and what it lacks.

A report that joined results to other exams would be wrong without a sign. Names and
labels do not tell: a simulation of another seed has the same ones.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from bsgi.cohort.store import Cohort
from bsgi.errors import CohortError, RunError
from bsgi.evaluation.predictions import PredictionRow
from bsgi.exam.record import Label
from bsgi.files import load_csv
from bsgi.provenance import Provenance, hash_file

EXAMS: Final = "exams.csv"
"""The table of a cohort, and its name among the inputs of a run."""


def check_same_exams(
    folder: Path,
    predictions: Iterable[PredictionRow],
    cohort: Cohort,
    *,
    cohort_sha256: str,
    provenance: Provenance,
) -> None:
    """Refuse another cohort than that of some results.

    Args:
        folder: The RUN or STUDY.
        predictions: Its scores.
        cohort: The cohort that was named.
        cohort_sha256: Hash of the exams that it recorded, table and pixels.
        provenance: What made it.

    Raises:
        RunError: If the provenance names no table of exams.
        CohortError: If exams, labels, table or images are others.
    """
    labels = {row.exam_id: row.label for row in cohort.rows}
    for row in predictions:
        if labels.get(row.exam_id) is not Label(str(row.label)):
            raise CohortError(
                f"{cohort.folder} must be the cohort of {folder}, but exam "
                f"{row.exam_id} is not there with label {row.label}; name the cohort "
                "that it was trained on."
            )
    _check_table(folder, provenance, cohort)
    if cohort.hash_labelled() != cohort_sha256:
        raise CohortError(
            f"{cohort.folder} must be the cohort of {folder}, but its images are not "
            "those that were recorded; name the cohort that it was trained on."
        )


def count_refused(cohort: Path) -> int:
    """Files that gave no view of a cohort.

    Args:
        cohort: The COHORT.
    """
    path = cohort / "rejected.csv"
    return len(load_csv(path, ("file", "reason"))) if path.is_file() else 0


def _check_table(folder: Path, provenance: Provenance, cohort: Cohort) -> None:
    recorded = provenance.inputs.get(EXAMS)
    if recorded is None:
        raise RunError(
            f"{folder}/provenance.json must name {EXAMS} among its inputs, got "
            f"{', '.join(provenance.inputs) or 'none'}; train again."
        )
    if hash_file(cohort.folder / EXAMS) != recorded:
        raise CohortError(
            f"{cohort.folder} must be the cohort of {folder}, but its {EXAMS} is "
            "another table than was recorded; name the cohort that it was trained on."
        )
