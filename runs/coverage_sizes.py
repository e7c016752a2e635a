"""How often tests at 5 % reject where there is no difference."""

from bisect import bisect_right
from collections import Counter

import numpy as np
from jaxtyping import Float, Int64
from runs.coverage_areas import LEVEL, SIZE_LIMIT
from runs.coverage_draws import FAMILIES, SIZES, draw_correlated, list_labels
from runs.coverage_rates import NUMBERS
from runs.coverage_tables import Bound, Found
from scipy.stats import binom, ttest_1samp

from bsgi.evaluation.comparisons.area_evidence import find_unpaired_evidence
from bsgi.evaluation.comparisons.areas import (
    AreaTest,
    compare_paired_areas,
    compare_unpaired_areas,
)
from bsgi.evaluation.comparisons.mover import combine_intervals
from bsgi.evaluation.comparisons.resampled import corrected_resampled_test
from bsgi.evaluation.multiplicity import adjust_by_holm
from bsgi.evaluation.rates.mcnemar import compare_paired
from bsgi.evaluation.scored import Scored

FORMS = {
    "mid-P": "p_mid",
    "exact": "p_exact",
    "chi-square": "p_chi_square",
    "corrected chi-square": "p_chi_square_corrected",
}
UNPAIRED = (AreaTest.BOTH, "mover", AreaTest.STUDENT, AreaTest.DELONG)
"""Tests of areas of different patients, the primary one first."""

RIVALS = 0.6
"""Methods that disagree on a larger share of patients are no rivals."""

FOLDS, REPEATS, FEATURES = 5, 5, 5


def measure_mcnemar(sets: int, seed: int) -> Found:
    """McNemar's test in all forms, every outcome summed up, not simulated.

    Args:
        sets: Not used.
        seed: Not used.
    """
    del sets, seed
    shares = np.arange(1, 101) / 100
    most = max(NUMBERS)
    rejected = {form: _reject_mcnemar(most, name) for form, name in FORMS.items()}
    rows: list[tuple[str | float, ...]] = []
    bounds = []
    for number in NUMBERS:
        weights = binom.pmf(np.arange(number + 1), number, shares[:, None])
        sizes = {form: weights @ by[: number + 1] for form, by in rejected.items()}
        usual = shares <= RIVALS
        rows.append(
            (
                str(number),
                *(float(size[usual].max()) for size in sizes.values()),
                *(float(size.max()) for size in sizes.values()),
            )
        )
        what = f"size of McNemar's mid-P, n = {number}"
        highest = float(sizes["mid-P"][usual].max())
        bounds.append(Bound(what, highest, SIZE_LIMIT, at_least=False, sets=0))
    columns = ("patients", *FORMS, *(f"{form}, any share" for form in FORMS))
    return Found("mcnemar", columns, tuple(rows), tuple(bounds), 0)


def _reject_mcnemar(most: int, name: str) -> Float[np.ndarray, " number"]:
    """Chance to reject, given so many discordant patients, without a difference."""
    fewest = np.full(most + 1, -1)
    for number in range(1, most + 1):

        def compute_p(fewer: int, number: int = number) -> float:
            return float(getattr(compare_paired(fewer, number - fewer), name))

        # The further from the middle the smaller p: those that reject come first.
        sides = range((number + 1) // 2)
        fewest[number] = bisect_right(sides, LEVEL, key=compute_p) - 1
    return np.asarray(2.0 * binom.cdf(fewest, np.arange(most + 1), 0.5), np.float64)


def measure_unpaired(sets: int, seed: int) -> Found:
    """Areas of different patients: size of the tests and coverage of the interval.

    The primary test rejects where ``delong-t`` does and the interval from those of both
    areas (``mover``) leaves out 0; that is read off the interval, since p is searched
    for. Its own interval spans both, so its coverage is what the test leaves.

    Args:
        sets: Data sets per cell.
        seed: Where the scores come from.
    """
    rows: list[tuple[str | float, ...]] = []
    bounds: list[Bound] = []
    for kind, family in enumerate(("normal", "skewed")):
        draw = FAMILIES[family]
        for numbers in ((45, 45), (100, 100), (231, 231), (45, 100), (45, 231)):
            labels = [list_labels(*SIZES[number]) for number in numbers]
            for area in (0.80, 0.90, 0.95, 0.98):
                key = [seed, 13, kind, *numbers, round(1000 * area)]
                rng = np.random.default_rng(key)
                rejected: Counter[str] = Counter()
                for _ in range(sets):
                    pair = [Scored(each, draw(rng, each, area)) for each in labels]
                    by_test = {
                        test: compare_unpaired_areas(pair[0], pair[1], test=test).p
                        for test in (AreaTest.STUDENT, AreaTest.DELONG)
                    }
                    for test, p in by_test.items():
                        rejected[test] += p is not None and p <= LEVEL
                    evidence = find_unpaired_evidence(pair[0], pair[1])
                    lower, upper = combine_intervals(evidence, 1.0 - LEVEL)
                    apart, p = not lower <= 0.0 <= upper, by_test[AreaTest.STUDENT]
                    rejected["mover"] += apart
                    spread = evidence.has_spread
                    rejected[AreaTest.BOTH] += apart and (
                        not spread or (p is not None and p <= LEVEL)
                    )
                shares = [rejected[test] / sets for test in UNPAIRED]
                among = f"{numbers[0]}, {numbers[1]}"
                rows.append((family, among, f"{area:.2f}", *shares, 1.0 - shares[0]))
                where = f"unpaired, {family}, n = {numbers}, {area:.2f}"
                bounds += [
                    Bound(f"size of {AreaTest.BOTH}, {where}", shares[0], SIZE_LIMIT,
                          at_least=False, sets=sets),
                    Bound(f"difference, {where}", 1.0 - shares[0], 0.93,
                          at_least=True, sets=sets),
                ]  # fmt: skip
    columns = (
        "scores", "patients", "true AUC", *(f"rejects, {test}" for test in UNPAIRED),
        "coverage, default",
    )  # fmt: skip
    return Found("unpaired", columns, tuple(rows), tuple(bounds), sets)


def measure_families(sets: int, seed: int) -> Found:
    """Three equal methods, all pairs tested: how often any adjusted p is below 5 %.

    Args:
        sets: Data sets per cell.
        seed: Where the scores come from.
    """
    rows: list[tuple[str | float, ...]] = []
    bounds = []
    for patients, sizes in SIZES.items():
        labels = list_labels(*sizes)
        for area in (0.80, 0.90):
            rng = np.random.default_rng([seed, 17, patients, round(1000 * area)])
            any_adjusted = any_single = 0
            for _ in range(sets):
                scores = draw_correlated(rng, labels, (area,) * 3, 0.6)
                scored = [Scored(labels, line) for line in scores]
                values = [
                    compare_paired_areas(scored[one], scored[other]).p
                    for one, other in ((0, 1), (0, 2), (1, 2))
                ]
                known = [value for value in values if value is not None]
                any_single += any(value <= LEVEL for value in known)
                any_adjusted += any(value <= LEVEL for value in adjust_by_holm(known))
            rows.append(
                (
                    str(patients), f"{area:.2f}", any_adjusted / sets,
                    any_single / sets,
                )
            )  # fmt: skip
            what = f"false alarm in a family of three, n = {patients}, {area:.2f}"
            bounds.append(
                Bound(what, any_adjusted / sets, SIZE_LIMIT, at_least=False, sets=sets)
            )
    columns = ("patients", "true AUC", "Holm", "not adjusted")
    return Found("families", columns, tuple(rows), tuple(bounds), sets)


def measure_resampled(sets: int, seed: int) -> Found:
    """The corrected resampled t test on five times five folds, and the plain one.

    Two classifiers by nearest means are trained in every fold, each on five features of
    its own, which are equally good; so neither way of training is the better one.

    Args:
        sets: Data sets per cell.
        seed: Where the features come from.
    """
    rows: list[tuple[str | float, ...]] = []
    for patients, sizes in SIZES.items():
        labels = list_labels(*sizes)
        rng = np.random.default_rng([seed, 19, patients])
        corrected = plain = 0
        for _ in range(sets):
            areas = draw_fold_areas(rng, labels)
            found = corrected_resampled_test(
                areas[0], areas[1], ratio=1.0 / (FOLDS - 1.0)
            )
            corrected += found.p is not None and found.p <= LEVEL
            apart = areas[0] - areas[1]
            plain += bool(np.ptp(apart)) and ttest_1samp(apart, 0.0).pvalue <= LEVEL
        rows.append((str(patients), corrected / sets, plain / sets))
    columns = ("patients", "corrected-resampled-t", "plain t over the folds")
    return Found("resampled", columns, tuple(rows), (), sets)


def draw_fold_areas(
    rng: np.random.Generator, labels: Int64[np.ndarray, " exam"]
) -> Float[np.ndarray, "2 fold"]:
    """AUC of both classifiers in every fold of every repeat of one data set.

    Args:
        rng: Where features and folds come from.
        labels: 1 malignant, 0 benign, the malignant ones first.
    """
    shared = np.sqrt(0.5) * rng.normal(size=(labels.size, 1, FEATURES))
    own = np.sqrt(0.5) * rng.normal(size=(labels.size, 2, FEATURES))
    features = shared + own + 0.7 * labels[:, None, None]
    malignant = int(labels.sum())
    areas = []
    for _ in range(REPEATS):
        # Malignant and benign patients are dealt apart, as a study does.
        dealt = np.concatenate(
            [
                rng.permutation(number) % FOLDS
                for number in (malignant, labels.size - malignant)
            ]
        )
        for fold in range(FOLDS):
            inside = dealt == fold
            means = [features[~inside & (labels == of)].mean(axis=0) for of in (1, 0)]
            scores = np.einsum("emf,mf->me", features[inside], means[0] - means[1])
            high, low = (scores[:, labels[inside] == of] for of in (1, 0))
            areas.append((high[:, :, None] > low[:, None, :]).mean(axis=(1, 2)))
    return np.array(areas, np.float64).T
