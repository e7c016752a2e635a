"""What a regression on the uptake finds in labels, and in labels without meaning.

With the labels dealt anew among the patients nothing can be learned, so the area must
fall to chance: a test of this check itself, and the scale for the area of true labels.
It finds neither copies nor confounding, which are looked for on their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float, Integer
from scipy.stats import t as student

from bsgi.cohort.check.logistic import fit_logistic
from bsgi.evaluation.areas.auc import compute_auc
from bsgi.evaluation.scored import Scored

PERMUTATIONS: Final = 200
FOLDS: Final = 5

ALARM: Final = 0.001
"""P value of Student's test that the mean area of permuted labels is one half."""


@dataclass(frozen=True, slots=True)
class PermutationCheck:
    """Cross-validated areas of a logistic regression on the uptake.

    Args:
        patients: Patients in all.
        malignant: Malignant ones among them.
        auc: Area with the true labels; the mean over the folds.
        permutations: How often the labels were dealt anew.
        permuted_mean: Mean area with those labels.
        permuted_lower: The area that 2.5 % of them lie below.
        permuted_upper: The area that 2.5 % of them lie above.
        p: Share of permutations that reach the true labels' area, those counted as one.
        at_chance: Whether the mean of the permuted labels lies at one half, but for the
            chance of so many permutations.
    """

    patients: int
    malignant: int
    auc: float
    permutations: int
    permuted_mean: float
    permuted_lower: float
    permuted_upper: float
    p: float
    at_chance: bool


def check_permuted(
    features: Mapping[str, Float[np.ndarray, " feature"]],
    labels: Mapping[str, int],
    *,
    seed: int = 1,
    permutations: int = PERMUTATIONS,
) -> PermutationCheck | None:
    """The area of a regression on the uptake, with true labels and with dealt ones.

    Args:
        features: Of each patient, the mean over her exams.
        labels: Of each patient, 1 malignant or 0 benign.
        seed: Seed of folds and permutations.
        permutations: How often labels are dealt anew.

    Returns:
        The areas; None where a class has fewer patients than there are folds.

    References:
        Ojala and Garriga 2010, Journal of Machine Learning Research 11:1833.
    """
    names = sorted(features)
    label = np.array([labels[name] for name in names], dtype=np.int64)
    if min(np.count_nonzero(label == each) for each in (0, 1)) < FOLDS:
        return None
    values = np.stack([features[name] for name in names])
    rng = np.random.default_rng(seed)
    true = cross_validate(values, label, rng)
    dealt = np.array(
        [
            cross_validate(values, rng.permutation(label), rng)
            for _ in range(permutations)
        ]
    )
    error = float(dealt.std(ddof=1)) / np.sqrt(permutations)
    reach = float(student.ppf(1.0 - ALARM / 2.0, permutations - 1))
    lower, upper = np.quantile(dealt, [0.025, 0.975])
    return PermutationCheck(
        patients=len(names),
        malignant=int(label.sum()),
        auc=true,
        permutations=permutations,
        permuted_mean=float(dealt.mean()),
        permuted_lower=float(lower),
        permuted_upper=float(upper),
        p=float((1 + np.count_nonzero(dealt >= true - 1e-12)) / (permutations + 1)),
        at_chance=bool(abs(float(dealt.mean()) - 0.5) <= reach * error),
    )


def cross_validate(
    features: Float[np.ndarray, "patient feature"],
    labels: Integer[np.ndarray, " patient"],
    rng: np.random.Generator,
) -> float:
    """Mean area over stratified folds, each scored by a regression on the others.

    Areas are averaged and not scores pooled, which makes an area without any effect too
    small.

    Args:
        features: Of each patient.
        labels: Of each patient, at least as many of each label as there are folds.
        rng: Source of the folds.

    References:
        Airola et al. 2011, doi 10.1016/j.csda.2010.11.018.
    """
    fold = np.empty(len(labels), dtype=np.int64)
    for label in (0, 1):
        own = rng.permutation(np.flatnonzero(labels == label))
        fold[own] = np.arange(len(own)) % FOLDS
    return float(
        np.mean([_test_fold(features, labels, fold == k) for k in range(FOLDS)])
    )


def _test_fold(
    features: Float[np.ndarray, "patient feature"],
    labels: Integer[np.ndarray, " patient"],
    tested: np.ndarray,
) -> float:
    train = features[~tested]
    mean, spread = train.mean(axis=0), train.std(axis=0)
    scaled = (features - mean) / np.where(spread > 0, spread, 1.0)
    weights = fit_logistic(scaled[~tested], labels[~tested])
    scores = scaled[tested] @ weights[:-1] + weights[-1]
    return compute_auc(Scored(labels[tested], scores))


def average_by_patient(
    patients: Sequence[str], values: Sequence[Float[np.ndarray, " feature"]]
) -> dict[str, Float[np.ndarray, " feature"]]:
    """The mean of the exams of each patient.

    Args:
        patients: The patient of each exam.
        values: The numbers of each exam.
    """
    own: dict[str, list[np.ndarray]] = {}
    for patient, each in zip(patients, values, strict=True):
        own.setdefault(patient, []).append(each)
    return {patient: np.mean(each, axis=0) for patient, each in own.items()}
