"""All that the ratings of several readers tell, in one record."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from jaxtyping import Float

from bsgi.evaluation.areas.auc import compute_placements, estimate_from_variance
from bsgi.evaluation.clusters import compute_clustered_variance, count_patients
from bsgi.evaluation.estimate import LEVEL, Estimate, check_level
from bsgi.evaluation.readers.agreement import (
    Agreement,
    Correlation,
    Weights,
    compare_grades,
    compare_many_grades,
    correlate_ratings,
)
from bsgi.evaluation.readers.covariances import (
    CovarianceMethod,
    compute_areas,
    estimate_covariances,
)
from bsgi.evaluation.readers.obuchowski_rockette import Readings, analyse_model
from bsgi.evaluation.readers.rating_table import RatingTable, ReaderRow, cross_ratings
from bsgi.evaluation.readers.reader_model import ReaderModel, Samples
from bsgi.evaluation.readers.sample_size import CasesNeeded, PilotStudy, find_cases

MOST_GRADES = 10
"""Ratings with no more whole values than this are grades, for which kappa is told."""
_WIDEST = 100
"""Whole values that lie further apart are no scale of grades."""
DIFFERENCE = 0.05
"""The difference of mean areas for which a study to come is planned."""
POWER = 0.8
"""The chance to show it that such a study shall have."""
PLANNED = (3, 4, 5, 6, 8, 10, 15, 20)
"""Numbers of readers that are planned with."""


@dataclass(frozen=True, slots=True)
class ReaderArea:
    """The area of one reader in one modality.

    Args:
        reader: Who read.
        modality: With what.
        area: The AUC, with the interval of this reader's for other patients.
    """

    reader: str
    modality: str
    area: Estimate


@dataclass(frozen=True, slots=True)
class ReaderAgreement:
    """How far readers agree in one modality.

    Args:
        modality: In which.
        of: What is compared: ``"ratings"``, ``"grades"`` or ``"calls"``.
        found: The measure.
        pair: The two readers; empty for all of them together.
    """

    modality: str
    of: str
    found: Agreement
    pair: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReaderPlan:
    """Cases that a study of two modalities needs, by its number of readers.

    Args:
        difference: True difference of the mean areas.
        power: Chance to show it at 5 %.
        malignant_share: Share of malignant cases, that of this study.
        needed: The numbers.
    """

    difference: float
    power: float
    malignant_share: float
    needed: tuple[CasesNeeded, ...]


@dataclass(frozen=True, slots=True)
class ReaderAnalysis:
    """What several readers of the same cases tell.

    Args:
        level: Confidence level of the intervals.
        readers: Names of the readers.
        modalities: Names of the modalities.
        patients: Number of patients, the independent units.
        malignant: Number of malignant cases.
        benign: Number of benign cases.
        areas: Area of every reader in every modality.
        models: The analyses by Obuchowski and Rockette, the main one first.
        agreement: How far readers agree.
        plan: For the next study; None with one reader or one modality.
        notes: What could not be told, and why.
    """

    level: float
    readers: tuple[str, ...]
    modalities: tuple[str, ...]
    patients: int
    malignant: int
    benign: int
    areas: tuple[ReaderArea, ...]
    models: tuple[ReaderModel, ...]
    agreement: tuple[ReaderAgreement, ...]
    plan: ReaderPlan | None
    notes: tuple[str, ...] = ()


def analyse_readers(
    rows: Iterable[ReaderRow],
    *,
    threshold: float | None = None,
    difference: float = DIFFERENCE,
    level: float = LEVEL,
) -> ReaderAnalysis:
    """Areas, comparison of modalities, agreement and a plan, from ratings.

    The main analysis takes readers and cases as samples and DeLong's covariances; the
    others follow: readers fixed, cases fixed, and the first with the other covariances.

    Args:
        rows: One rating per reader, modality and case.
        threshold: A rating of this much or more calls malignant; None where nobody
            said, and no agreement of calls is told.
        difference: What a study to come shall show.
        level: Confidence level.

    Raises:
        RunError: If a rating is missing or given twice, or one label does not occur.
        ValueError: If the level is none.
    """
    check_level(level)
    table = cross_ratings(rows)
    models, notes = _analyse_models(table, level)
    return ReaderAnalysis(
        level=level,
        readers=table.readers,
        modalities=table.modalities,
        patients=len(set(table.patients)),
        malignant=table.malignant,
        benign=table.benign,
        areas=_find_areas(table, level),
        models=models,
        agreement=_find_agreement(table, threshold, level),
        plan=_plan(table, models, difference),
        notes=notes,
    )


def _find_areas(table: RatingTable, level: float) -> tuple[ReaderArea, ...]:
    owners = np.asarray(table.patients)
    sides = [owners[table.labels == label].tolist() for label in (1, 0)]
    numbers = [count_patients(table.patients, table.labels == one) for one in (1, 0)]
    found = []
    for r, reader in enumerate(table.readers):
        for m, modality in enumerate(table.modalities):
            placements = compute_placements(table.reading(r, m))
            variance = compute_clustered_variance(placements, sides[0], sides[1])
            area = estimate_from_variance(
                placements.auc, variance, numbers[0], numbers[1], None, level
            )
            found.append(ReaderArea(reader, modality, area))
    return tuple(found)


def _analyse_models(
    table: RatingTable, level: float
) -> tuple[tuple[ReaderModel, ...], tuple[str, ...]]:
    """The analyses that these readers and cases allow, and what they do not allow."""
    fewest = min(count_patients(table.patients, table.labels == one) for one in (0, 1))
    if fewest < 2:
        return (), (
            "Readers cannot be compared: there must be two patients of each label.",
        )
    areas = compute_areas(table)

    def model(samples: Samples, method: CovarianceMethod) -> ReaderModel:
        readings = Readings(
            table.readers, table.modalities, areas, estimate_covariances(table, method)
        )
        return analyse_model(readings, samples, level, method.value)

    delong = CovarianceMethod.DELONG
    if len(table.readers) < 2:
        return (model(Samples.CASES, delong),), (
            "With one reader nothing can be said of other readers.",
        )
    found = [model(samples, delong) for samples in Samples]
    found.append(model(Samples.BOTH, CovarianceMethod.JACKKNIFE))
    if table.clustered:
        return tuple(found), (
            "Patients have several cases: the covariances are Obuchowski's and the "
            "jackknife's over patients, and there are no unbiased ones. The agreement "
            "takes cases as independent.",
        )
    found.append(model(Samples.BOTH, CovarianceMethod.UNBIASED))
    return tuple(found), ()


def _find_agreement(
    table: RatingTable, threshold: float | None, level: float
) -> tuple[ReaderAgreement, ...]:
    if len(table.readers) < 2:
        return ()
    found: list[ReaderAgreement] = []
    values = np.unique(table.scores)
    whole = bool((values == np.round(values)).all())
    graded = values.size <= MOST_GRADES and whole and np.ptp(values) <= _WIDEST
    for place, modality in enumerate(table.modalities):
        ratings = table.scores[:, place]
        for form in (Correlation.TWO, Correlation.THREE, Correlation.TWO_MEAN):
            one = correlate_ratings(ratings, form, level)
            if one is not None:
                found.append(ReaderAgreement(modality, "ratings", one))
        if graded:
            # Steps between grades count, so a grade that nobody gave keeps its place.
            lowest = float(values[0])
            grades = math.floor(values[-1] - lowest) + 1
            found += _compare_readers(
                table, modality, "grades", ratings - lowest, grades, level
            )
        if threshold is not None:
            calls = (ratings >= threshold).astype(np.float64)
            found += _compare_readers(table, modality, "calls", calls, 2, level)
    return tuple(found)


def _compare_readers(
    table: RatingTable,
    modality: str,
    of: str,
    ratings: Float[np.ndarray, "reader case"],
    grades: int,
    level: float,
) -> list[ReaderAgreement]:
    """Kappa of all readers together, then of every two."""
    given = ratings.astype(np.int64)
    weights = Weights.QUADRATIC if grades > 2 else Weights.NONE
    found = []
    together = compare_many_grades(given, grades, level)
    if together is not None:
        found.append(ReaderAgreement(modality, of, together))
    for first, second in combinations(range(len(table.readers)), 2):
        one = compare_grades(given[first], given[second], grades, weights, level)
        if one is not None:
            pair = (table.readers[first], table.readers[second])
            found.append(ReaderAgreement(modality, of, one, pair))
    return found


def _plan(
    table: RatingTable, models: tuple[ReaderModel, ...], difference: float
) -> ReaderPlan | None:
    parts = models[0].components if models else None
    if parts is None or parts.interaction is None:
        return None
    pilot = PilotStudy(parts, len(table.cases))
    if parts.error - (parts.same_reader or 0.0) <= 0:
        return None  # nothing spreads: every study would show every difference
    return ReaderPlan(
        difference=difference,
        power=POWER,
        malignant_share=table.malignant / len(table.cases),
        needed=tuple(
            find_cases(pilot, readers, difference, power=POWER) for readers in PLANNED
        ),
    )
