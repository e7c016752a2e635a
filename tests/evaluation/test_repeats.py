from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from bsgi.errors import RunError
from bsgi.evaluation.areas.auc import compute_auc, compute_placements, estimate_auc
from bsgi.evaluation.estimate import Estimate
from bsgi.evaluation.predictions import collect_scores
from bsgi.evaluation.rates.proportions import estimate_mean_share
from bsgi.evaluation.repeats import (
    NEW_TRAININGS,
    AverageMetrics,
    RepeatedScores,
    average_repeats,
    collect_repeats,
)
from bsgi.evaluation.scored import Scored
from tests.evaluation.rows import row, study_rows


def sure(estimate: Estimate | None) -> Estimate:
    assert estimate is not None
    return estimate


def rates(average: AverageMetrics) -> list[Estimate]:
    return [
        sure(each)
        for each in (average.accuracy, average.sensitivity, average.specificity)
    ]


def test_one_repeat_is_that_repeat() -> None:
    rows = study_rows(repeats=1, malignant=30, benign=40)
    average = average_repeats(collect_repeats(rows))
    alone = collect_scores(rows)
    assert average.confusion == average.averaged_confusion
    assert average.auc == average.averaged_auc
    found, expected = sure(average.auc), sure(estimate_auc(alone))
    assert found.method == expected.method == "logit-delong"
    assert (found.lower, found.value, found.upper) == pytest.approx(
        (expected.lower, expected.value, expected.upper)
    )
    sensitivity = sure(average.confusion.sensitivity())
    assert sure(average.sensitivity).lower == pytest.approx(sensitivity.lower)


def test_rates_are_means_with_the_interval_of_the_patients() -> None:
    """84 of 85 and 139 of 140 over five repeats are 17 and 28 patients."""
    rows = []
    for repeat in range(5):
        for number in range(17):
            missed = number == 0 and repeat == 0
            score = 0.1 if missed else 0.9
            rows.append(row(f"m{number}", score, 1, repeat=repeat))
        for number in range(28):
            score = 0.9 if number == 0 and repeat == 1 else 0.1
            rows.append(row(f"b{number}", score, 0, repeat=repeat))
    average = average_repeats(collect_repeats(rows))
    assert (average.repeats, average.malignant, average.benign) == (5, 17, 28)
    confusion = average.confusion
    assert (confusion.tp, confusion.fn) == (84, 1)
    assert (confusion.tn, confusion.fp) == (139, 1)
    accuracy, sensitivity, specificity = rates(average)
    for found, right, number in (
        (accuracy, 223 / 225, 45), (sensitivity, 84 / 85, 17),
        (specificity, 139 / 140, 28),
    ):  # fmt: skip
        expected = estimate_mean_share(found.value, number)
        assert found.value == pytest.approx(right)
        assert found == expected
    # Averaged over the repeats everyone is called right.
    assert average.averaged_confusion.tp == 17
    assert average.averaged_confusion.tn == 28
    assert sure(average.averaged_auc).value == 1.0


def test_the_same_repeat_five_times_tells_as_much_as_once() -> None:
    once = study_rows(repeats=1, malignant=25, benign=31)
    five = [replace(each, repeat=repeat) for repeat in range(5) for each in once]
    one, many = (average_repeats(collect_repeats(rows)) for rows in (once, five))
    assert many.repeats == 5
    for first, second in zip(rates(one), rates(many), strict=True):
        assert (first.lower, first.upper) == pytest.approx((second.lower, second.upper))
    first, second = sure(one.auc), sure(many.auc)
    assert (first.lower, first.upper) == pytest.approx((second.lower, second.upper))
    assert one.averaged_confusion == many.averaged_confusion


def test_the_variance_of_the_mean_area_knows_that_repeats_share_patients() -> None:
    """Simulated: that of 200 data sets, which pooling would put at less than half."""
    rng = np.random.default_rng(5)
    labels = np.repeat([1, 0], [25, 35])
    exams = tuple(f"{number:02d}" for number in range(60))
    areas, ours, pooled = [], [], []
    for _ in range(200):
        own = 1.2 * labels + 0.8 * rng.normal(size=60)
        scores = own + 0.6 * rng.normal(size=(5, 60))
        found = average_repeats(RepeatedScores(exams, exams, labels, scores, scores))
        auc = sure(found.auc)
        areas.append(auc.value)
        # Back from the logit interval to the standard error that made it.
        width = np.log(auc.upper / (1 - auc.upper)) - np.log(
            auc.lower / (1 - auc.lower)
        )
        ours.append((width / 2 / 1.959964 * auc.value * (1 - auc.value)) ** 2)
        together = compute_placements(Scored(np.tile(labels, 5), scores.ravel()))
        pooled.append(together.variance or 0.0)
    assert np.mean(ours) == pytest.approx(np.var(areas), rel=0.25)
    assert np.mean(pooled) < 0.5 * np.var(areas)


def test_the_area_is_the_mean_of_the_areas() -> None:
    rows = study_rows(repeats=4)
    areas = [
        compute_auc(collect_scores([each for each in rows if each.repeat == repeat]))
        for repeat in range(4)
    ]
    average = average_repeats(collect_repeats(rows))
    assert sure(average.auc).value == pytest.approx(np.mean(areas))
    assert sure(average.auc).method == "newcombe"
    assert sure(average.averaged_auc).value != sure(average.auc).value


def test_folds_of_a_repeat_are_pooled() -> None:
    rows = study_rows(repeats=3, folds=5)
    flat = [replace(each, fold=0) for each in rows]
    folded = average_repeats(collect_repeats(rows))
    assert folded == average_repeats(collect_repeats(flat))
    assert folded.confusion.malignant == 3 * 17


def test_patients_count_and_not_their_exams() -> None:
    rows = [
        row(f"{number}-{visit}", 0.2 + 0.6 * (number < 10), int(number < 10),
            patient=f"p{number}")
        for number in range(20) for visit in range(3)
    ]  # fmt: skip
    average = average_repeats(collect_repeats(rows))
    assert (average.malignant, average.benign) == (10, 10)
    assert average.confusion.tp == 30
    assert sure(average.sensitivity).lower == estimate_mean_share(1.0, 10).lower
    assert sure(average.accuracy).lower == estimate_mean_share(1.0, 20).lower


def test_a_woman_with_both_labels_counts_once_for_accuracy() -> None:
    rows = [
        row("l", 0.9, 1, patient="both"), row("r", 0.1, 0, patient="both"),
        row("m", 0.9, 1), row("b", 0.1, 0),
    ]  # fmt: skip
    average = average_repeats(collect_repeats(rows))
    assert (average.patients, average.malignant, average.benign) == (3, 2, 2)
    # By Kish two exams, one and one are those of 16 / 6 women.
    assert sure(average.accuracy).lower == estimate_mean_share(1.0, 16 / 6).lower


def test_repeats_on_other_exams_count_the_smallest() -> None:
    """Two splits of one cohort: 20 + 20 and 15 + 18 exams, some of them in both."""
    rng = np.random.default_rng(6)
    rows = []
    for repeat, malignant, benign in ((0, range(20), range(20)),
                                      (1, range(10, 25), range(5, 23))):  # fmt: skip
        for label, chosen in ((1, malignant), (0, benign)):
            rows += [
                row(
                    f"{label}{number}",
                    float(rng.normal() + label),
                    label,
                    repeat=repeat,
                )
                for number in chosen
            ]
    average = average_repeats(collect_repeats(rows, 0.5))
    assert (average.malignant, average.benign) == (15, 18)
    areas = [
        compute_auc(collect_scores([each for each in rows if each.repeat == repeat]))
        for repeat in range(2)
    ]
    assert sure(average.auc).value == pytest.approx(np.mean(areas))
    assert sure(average.auc).method == "newcombe"


def test_a_repeat_without_malignant_exams_leaves_no_mean() -> None:
    rows = [row("b", 0.2, 0), row("c", 0.3, 0, repeat=1), row("m", 0.9, 1, repeat=1)]
    average = average_repeats(collect_repeats(rows))
    assert average.sensitivity is None
    assert average.auc is None
    assert average.malignant == 0
    assert sure(average.specificity).value == 1.0
    only_benign = average_repeats(collect_repeats([row("b", 0.2, 0)]))
    assert only_benign.averaged_auc is None


def test_a_score_at_the_threshold_is_called_malignant_on_average_too() -> None:
    scores = (0.1, 0.5, 0.9)
    rows = [row("m", score, 1, repeat=r) for r, score in enumerate(scores)]
    average = average_repeats(collect_repeats(rows, 0.5))
    assert average.averaged_confusion.tp == 1
    assert average.confusion.tp == 2


def test_each_repeat_is_called_at_its_own_threshold() -> None:
    rows = [row("m", 0.4, 1), row("m", 0.4, 1, repeat=1)]
    found = collect_repeats(rows, {(0, 0): 0.3, (1, 0): 0.45})
    assert found.margins.ravel() == pytest.approx([0.1, -0.05])
    average = average_repeats(found)
    assert (average.confusion.tp, average.confusion.fn) == (1, 1)
    assert average.averaged_confusion.tp == 1


def test_order_of_rows_does_not_matter() -> None:
    rows = study_rows(repeats=3, folds=4)
    shuffled = [
        rows[place] for place in np.random.default_rng(1).permutation(len(rows))
    ]
    assert average_repeats(collect_repeats(rows)) == average_repeats(
        collect_repeats(shuffled)
    )


def test_training_rows_do_not_count() -> None:
    rows = study_rows(repeats=2)
    trained = [row("t", 0.9, 1, part="train")]
    assert collect_repeats([*trained, *rows]).exam_ids == collect_repeats(rows).exam_ids


def test_refuses_an_exam_twice_in_a_repeat() -> None:
    rows = [row("a", 0.3, 0), row("a", 0.4, 0, fold=1)]
    with pytest.raises(RunError, match="paper must test an exam at most once in a"):
        collect_repeats(rows)


def test_refuses_two_methods_at_once() -> None:
    rows = study_rows(repeats=1, methods=("a", "b"))
    with pytest.raises(ValueError, match="of one method"):
        collect_repeats(rows)


def test_new_trainings_widen_the_interval_of_the_area() -> None:
    rows = study_rows(repeats=4, malignant=30, benign=40)
    scores = collect_repeats(rows)
    plain, wide = average_repeats(scores), average_repeats(scores, new_trainings=True)
    assert sure(wide.auc).method == NEW_TRAININGS
    assert sure(wide.auc).value == sure(plain.auc).value
    assert sure(wide.auc).lower <= sure(plain.auc).lower
    assert sure(wide.auc).upper >= sure(plain.auc).upper
    assert replace(wide, auc=None) == replace(plain, auc=None)
    once = collect_repeats(study_rows(repeats=1))
    assert average_repeats(once, new_trainings=True) == average_repeats(once)


def test_the_area_of_new_trainings_holds_its_level() -> None:
    """Simulated: four trainings that differ; that of the patients is too narrow."""
    rng = np.random.default_rng(7)
    labels = np.repeat([1, 0], [60, 60])
    exams = tuple(f"{number:03d}" for number in range(120))
    # A training's skill is drawn too; the true area is the mean over trainings.
    skills = rng.normal(1.3, 0.5, 20_000)
    truth = float(norm.cdf(skills / np.sqrt(2)).mean())
    held = np.zeros(2)
    for _ in range(200):
        own = rng.normal(0.0, 0.7, 120)
        lines = [
            labels * rng.normal(1.3, 0.5) + own + rng.normal(0.0, 0.714, 120)
            for _ in range(4)
        ]
        scores = RepeatedScores(exams, exams, labels, np.array(lines), np.array(lines))
        for place, new in enumerate((True, False)):
            auc = sure(average_repeats(scores, new_trainings=new).auc)
            held[place] += auc.lower <= truth <= auc.upper
    assert held[0] / 200 >= 0.92
    assert held[1] / 200 < 0.90
