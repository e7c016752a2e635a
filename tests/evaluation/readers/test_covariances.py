"""Covariances of areas, against MRMCaov 0.3.0 and against counting by hand."""

import numpy as np
import pytest
from jaxtyping import Float

from bsgi.evaluation.areas.auc import compute_auc
from bsgi.evaluation.readers.covariances import (
    CovarianceMethod,
    compute_areas,
    estimate_covariances,
)
from bsgi.evaluation.readers.rating_table import RatingTable
from bsgi.evaluation.readers.variances import part_variances
from bsgi.evaluation.scored import Scored
from tests.evaluation.readers.conftest import draw_table

Matrix = Float[np.ndarray, "reading reading"]

MRMCAOV = {
    CovarianceMethod.DELONG: (
        0.0007921325, 0.0003420090, 0.0003395265, 0.0002358497,
        0.0015364254, 0.0002045840,
    ),
    CovarianceMethod.JACKKNIFE: (
        0.0008022883, 0.0003466137, 0.0003440748, 0.0002390284,
        0.0015349993, 0.0002004025,
    ),
    CovarianceMethod.UNBIASED: (
        0.0007883925, 0.0003416706, 0.0003390650, 0.0002356148,
        0.0015365290, 0.0002077588,
    ),
}  # fmt: skip
"""What MRMCaov 0.3.0 prints for VanDyke: error, Cov1, Cov2, Cov3, reader, both."""


@pytest.mark.parametrize("method", CovarianceMethod)
def test_van_dyke_as_mrmcaov_prints_it(
    van_dyke: RatingTable, method: CovarianceMethod
) -> None:
    found = part_variances(
        compute_areas(van_dyke), estimate_covariances(van_dyke, method)
    )
    assert (
        found.error, found.same_reader, found.same_modality, found.neither,
        found.reader, found.interaction,
    ) == pytest.approx(MRMCAOV[method], abs=5.1e-11)  # fmt: skip


def leave_out(table: RatingTable) -> Matrix:
    """The jackknife over patients as it is written: leave out, count anew."""
    owners = np.array(table.patients)
    areas = np.array(
        [
            [
                compute_auc(
                    Scored(table.labels[owners != patient], own[owners != patient])
                )
                for own in table.scores.reshape(-1, len(table.cases))
            ]
            for patient in sorted(set(table.patients))
        ]
    )
    count = len(areas)
    return np.asarray(np.cov(areas.T) * (count - 1) ** 2 / count)


@pytest.mark.parametrize("per_patient", [1, 2, 3])
def test_the_jackknife_leaves_out_women(per_patient: int) -> None:
    table = draw_table(np.random.default_rng(per_patient), per_patient=per_patient)
    found = estimate_covariances(table, CovarianceMethod.JACKKNIFE)
    np.testing.assert_allclose(found, leave_out(table), atol=1e-14)


def test_the_jackknife_leaves_out_women_with_both_labels() -> None:
    table = draw_table(np.random.default_rng(5))
    owners = tuple(f"p{case % 11}" for case in range(30))
    table = RatingTable(
        table.readers, table.modalities, table.cases, owners, table.labels, table.scores
    )
    found = estimate_covariances(table, CovarianceMethod.JACKKNIFE)
    np.testing.assert_allclose(found, leave_out(table), atol=1e-14)


def count_all(table: RatingTable, one: int, other: int) -> float:
    """The unbiased covariance by its definition, over all pairs of pairs of cases."""
    flat = table.scores.reshape(-1, len(table.cases))
    ill, well = table.labels == 1, table.labels == 0
    wins = [
        (own[ill][:, None] > own[well]) + 0.5 * (own[ill][:, None] == own[well])
        for own in (flat[one], flat[other])
    ]
    apart = []
    for i in range(table.malignant):
        for j in range(table.benign):
            rest = np.delete(np.delete(wins[1], i, 0), j, 1)
            apart.append(wins[0][i, j] * rest.mean())
    return float(wins[0].mean() * wins[1].mean() - np.mean(apart))


def test_the_unbiased_covariance_is_the_product_less_that_of_strangers() -> None:
    table = draw_table(np.random.default_rng(6), 2, 2, 14)
    found = estimate_covariances(table, CovarianceMethod.UNBIASED)
    wanted = [[count_all(table, i, j) for j in range(4)] for i in range(4)]
    np.testing.assert_allclose(found, wanted, atol=1e-14)


def test_the_unbiased_covariance_is_right_on_average() -> None:
    """400 drawn studies of 16 cases: the mean estimate is the covariance of areas."""
    rng = np.random.default_rng(7)
    areas, estimates = [], []
    for _ in range(400):
        table = draw_table(rng, 2, 1, 16)
        areas.append(compute_areas(table).ravel())
        estimates.append(estimate_covariances(table, CovarianceMethod.UNBIASED))
    true = np.cov(np.array(areas).T)
    error = np.std(estimates, axis=0) / 400**0.5 + true * (2 / 400) ** 0.5
    assert (np.abs(np.mean(estimates, axis=0) - true) < 4 * error).all()


def test_delong_counts_women_and_not_their_exams() -> None:
    """Twice the same exam of each woman tells nothing new."""
    table = draw_table(np.random.default_rng(8))
    double = RatingTable(
        table.readers,
        table.modalities,
        (*table.cases, *(f"{case} again" for case in table.cases)),
        table.patients * 2,
        np.tile(table.labels, 2),
        np.tile(table.scores, 2),
    )
    for method in (CovarianceMethod.DELONG, CovarianceMethod.JACKKNIFE):
        np.testing.assert_allclose(
            estimate_covariances(double, method),
            estimate_covariances(table, method),
            atol=1e-14,
        )
    with pytest.raises(ValueError, match="one case per patient"):
        estimate_covariances(double, CovarianceMethod.UNBIASED)


@pytest.mark.parametrize("method", CovarianceMethod)
def test_one_patient_of_a_label_has_no_covariance(method: CovarianceMethod) -> None:
    table = draw_table(np.random.default_rng(9), 2, 1, 3)
    with pytest.raises(ValueError, match="got 1 malignant"):
        estimate_covariances(table, method)
