"""A part of the exams: the same rules as for all of them."""

import numpy as np
import pytest

from bsgi.evaluation.areas.auc import estimate_auc
from bsgi.evaluation.part_metrics import (
    count_tested,
    estimate_area,
    estimate_mean_call,
    estimate_rate,
    take_exams,
)
from bsgi.evaluation.rates.proportions import estimate_proportion
from bsgi.evaluation.repeats import RepeatedScores, average_repeats
from bsgi.evaluation.scored import Scored


def draw_scores(
    seed: int,
    *,
    exams: int = 60,
    repeats: int = 3,
    missing: float = 0.0,
    per_patient: int = 1,
) -> RepeatedScores:
    """Scores of some repeats, a share of which tests nothing of an exam."""
    rng = np.random.default_rng(seed)
    labels = (np.arange(exams) % 3 == 0).astype(np.int64)
    own = rng.normal(size=exams) + 1.2 * labels
    scores = own + rng.normal(size=(repeats, exams)) * 0.5
    scores[rng.random(scores.shape) < missing] = np.nan
    # Every exam is tested somewhere, as in the results of a study.
    scores[0] = np.where(np.isnan(scores).all(axis=0), own, scores[0])
    return RepeatedScores(
        exam_ids=tuple(f"e{number:03d}" for number in range(exams)),
        patients=tuple(f"p{number // per_patient:03d}" for number in range(exams)),
        labels=labels,
        scores=scores,
        margins=scores - 0.6,
    )


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("missing", [0.0, 0.3])
@pytest.mark.parametrize("per_patient", [1, 2])
def test_all_exams_have_the_results_of_all_exams(
    seed: int, missing: float, per_patient: int
) -> None:
    scores = draw_scores(seed, missing=missing, per_patient=per_patient)
    average = average_repeats(scores)
    assert estimate_area(scores) == average.auc
    assert estimate_rate(scores, 1) == average.sensitivity
    assert estimate_rate(scores, 0) == average.specificity
    assert count_tested(scores) == average.patients
    assert count_tested(scores, 1) == average.malignant
    assert count_tested(scores, 0) == average.benign


@pytest.mark.parametrize("seed", range(5))
def test_a_part_of_one_repeat_is_a_table_of_its_own(seed: int) -> None:
    scores = draw_scores(seed, repeats=1)
    chosen = np.random.default_rng(seed).random(60) < 0.5
    part = take_exams(scores, chosen)
    labels, line = scores.labels[chosen], scores.scores[0, chosen]
    assert estimate_area(part, 0.9) == estimate_auc(Scored(labels, line), level=0.9)
    right = int(((line >= 0.6) & (labels == 1)).sum())
    found = estimate_rate(part, 1)
    wanted = estimate_proportion(right, int(labels.sum()))
    assert found is not None
    assert wanted is not None
    assert (found.value, found.lower, found.upper) == pytest.approx(
        (wanted.value, wanted.lower, wanted.upper)
    )


def test_repeats_without_an_exam_of_the_part_are_left_out() -> None:
    scores = draw_scores(1, repeats=2)
    scores.scores[1, :30] = np.nan
    part = take_exams(scores, np.arange(60) < 30)
    assert part.scores.shape == (1, 30)
    assert estimate_area(part) == estimate_auc(Scored(part.labels, part.scores[0]))


def test_one_label_has_no_area_and_no_other_rate() -> None:
    scores = draw_scores(1)
    part = take_exams(scores, scores.labels == 1)
    assert estimate_area(part) is None
    assert estimate_rate(part, 0) is None
    assert estimate_rate(part, 1) is not None
    assert count_tested(part, 0) == 0


def test_no_exam_has_nothing() -> None:
    part = take_exams(draw_scores(1), np.zeros(60, bool))
    assert estimate_area(part) is None
    assert count_tested(part) == 0
    assert estimate_mean_call(part, np.zeros(part.scores.shape, bool)) is None


def test_several_exams_of_a_patient_are_no_new_patients() -> None:
    one = draw_scores(3, per_patient=1)
    twice = RepeatedScores(
        exam_ids=(*one.exam_ids, *(f"{name}b" for name in one.exam_ids)),
        patients=one.patients * 2,
        labels=np.tile(one.labels, 2),
        scores=np.tile(one.scores, 2),
        margins=np.tile(one.margins, 2),
    )
    single, double = estimate_area(one), estimate_area(twice)
    assert single is not None
    assert double is not None
    assert (double.lower, double.upper) == pytest.approx((single.lower, single.upper))
    assert estimate_rate(twice, 1) == estimate_rate(one, 1)
    assert count_tested(twice) == count_tested(one)
