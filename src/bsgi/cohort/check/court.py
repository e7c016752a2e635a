"""`check_cohort`: what but the disease a network could learn from a cohort."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bsgi.cohort.check.acquisition import Acquisition, describe_acquisition
from bsgi.cohort.check.confounding import NAMES, find_confounders
from bsgi.cohort.check.duplicates import ViewPrint, find_copies
from bsgi.cohort.check.fingerprint import take_fingerprint
from bsgi.cohort.check.identity import (
    find_alike_rows,
    find_one_woman,
    find_shared_studies,
)
from bsgi.cohort.check.parts import (
    count_crossings,
    find_divided,
    list_given_parts,
    load_parts,
)
from bsgi.cohort.check.permutation import (
    PERMUTATIONS,
    PermutationCheck,
    average_by_patient,
    check_permuted,
)
from bsgi.cohort.check.result import CheckResult
from bsgi.cohort.store import Cohort
from bsgi.errors import ConfigError, ExamError
from bsgi.exam.record import Exam, Label
from bsgi.exam.uptake import measure_uptake, uptake_features
from bsgi.provenance import hash_file

Progress = Callable[[int, int, str], None]


@dataclass(slots=True)
class _Seen:
    """What is kept of the exams while they are read, one after the other."""

    prints: list[ViewPrint]
    blank: int
    acquisitions: dict[str, Acquisition]
    features: dict[str, np.ndarray]


def check_cohort(
    cohort: Cohort,
    *,
    splits: Sequence[Path] = (),
    accept: Sequence[str] = (),
    seed: int = 1,
    permutations: int = PERMUTATIONS,
    progress: Progress | None = None,
) -> CheckResult:
    """Look for copies, divided patients, confounders and labels that give themselves.

    Args:
        cohort: The cohort; it is not changed.
        splits: Tables of splits, or RUN and STUDY folders, besides its own column.
        accept: Names of confounders that are known and accepted.
        seed: Seed of the permutations.
        permutations: How often labels are dealt anew under the regression.
        progress: Called after each exam.

    Raises:
        CohortError: If an exam or a split cannot be read.
        ConfigError: If a name to accept is none.
    """
    wrong = sorted(set(accept) - set(NAMES))
    if wrong:
        raise ConfigError(
            f"what is accepted must be one of {', '.join(NAMES)}, got {wrong[0]!r}."
        )
    parts = list_given_parts(cohort.rows)
    for path in splits:
        parts += load_parts(path)
    divided = find_divided(cohort.rows, parts)
    seen = _read(cohort, progress)
    copies = find_copies(seen.prints, progress)
    return CheckResult(
        cohort_sha256=hash_file(cohort.folder / "exams.csv"),
        simulated=cohort.simulated,
        exams=len(cohort.rows),
        patients=len({row.patient_id for row in cohort.rows}),
        unlabelled=sum(row.label is Label.UNKNOWN for row in cohort.rows),
        doubtful=sum(bool(row.quality) for row in cohort.rows),
        views=len(seen.prints),
        blank=seen.blank,
        splits=len(parts),
        copies=tuple(
            replace(each, parted=count_crossings(each.first, each.second, parts))
            for each in copies
        ),
        shared_studies=find_shared_studies(cohort.folder),
        divided=divided,
        confounders=find_confounders(cohort.rows, seen.acquisitions),
        accepted=tuple(sorted(set(accept))),
        permutation=_permute(cohort, seen, seed, permutations),
        alike=find_alike_rows(cohort.rows),
        one_woman=find_one_woman(cohort, parts),
    )


def _read(cohort: Cohort, progress: Progress | None) -> _Seen:
    """Read every exam once."""
    seen = _Seen([], 0, {}, {})
    for number, row in enumerate(cohort.rows, start=1):
        _look_at(cohort.load_exam(row.exam_id), seen)
        if progress:
            progress(number, len(cohort.rows), "reading exams")
    return seen


def _look_at(exam: Exam, seen: _Seen) -> None:
    for name in exam.present():
        found = take_fingerprint(exam.views[name])
        if found is None:
            seen.blank += 1
        else:
            seen.prints.append(ViewPrint(exam.exam_id, exam.patient_id, name, found))
    seen.acquisitions[exam.exam_id] = describe_acquisition(exam)
    try:
        seen.features[exam.exam_id] = uptake_features(measure_uptake(exam))
    except ExamError:
        return  # no view holds a breast; its views count as blank already


def _permute(
    cohort: Cohort, seen: _Seen, seed: int, permutations: int
) -> PermutationCheck | None:
    """The regression on the uptake of all labelled patients."""
    rows = [
        row
        for row in cohort.rows
        if row.label is not Label.UNKNOWN and row.exam_id in seen.features
    ]
    malignant = {row.patient_id for row in rows if row.label is Label.MALIGNANT}
    features = average_by_patient(
        [row.patient_id for row in rows], [seen.features[row.exam_id] for row in rows]
    )
    labels = {patient: int(patient in malignant) for patient in features}
    if not labels:
        return None
    return check_permuted(features, labels, seed=seed, permutations=permutations)
