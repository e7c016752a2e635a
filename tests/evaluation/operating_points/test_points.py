from dataclasses import astuple, replace

import numpy as np
import pytest
from pydantic import TypeAdapter
from sklearn.metrics import roc_curve

from bsgi.evaluation.design import Design
from bsgi.evaluation.estimate import Estimate
from bsgi.evaluation.operating_points.points import (
    READ_OFF,
    ChosenOn,
    OperatingPoint,
    find_operating_points,
)
from bsgi.evaluation.rates.proportions import estimate_proportion
from tests.evaluation.rows import row, study_rows


def test_rates_are_those_of_the_test_exams_at_thresholds_chosen_elsewhere() -> None:
    """Ten calibration exams of each label, whose tenth highest benign score is 8.5."""
    rows = [row(f"c{n}", float(n), 0, part="calibrate") for n in range(10)]
    rows += [row(f"d{n}", n + 5.25, 1, part="calibrate") for n in range(10)]
    rows += [row(f"t{n}", 7.0 + n, 0) for n in range(5)]
    rows += [row(f"u{n}", 6.5 + n, 1) for n in range(8)]
    point, other = find_operating_points(
        rows, None, (("specificity", 0.9), ("sensitivity", 0.8))
    )
    assert point.rule == "specificity 0.90"
    (chosen,) = point.thresholds
    assert (chosen.threshold, chosen.exams, chosen.reached) == (8.125, 10, 0.9)
    for rate, right, total in ((point.specificity, 2, 5), (point.sensitivity, 6, 8)):
        expected = estimate_proportion(right, total)
        assert rate is not None
        assert expected is not None
        assert astuple(rate)[:3] == pytest.approx(astuple(expected)[:3])
    assert point.primary
    assert point.chosen_on is ChosenOn.CALIBRATION
    assert other.thresholds[0].reached == 0.8
    assert other.thresholds[0].threshold == pytest.approx(7.125)


def test_nothing_of_a_fold_is_read_for_its_threshold() -> None:
    rows = study_rows(repeats=2, folds=4)
    before = find_operating_points(rows, Design.FOLDS)
    # The networks of the other folds learned from the patients under test.
    assert not any(point.primary for point in before)
    assert all(point.chosen_on is ChosenOn.OTHER_FOLDS for point in before)
    assert all(point.cross_fitted for point in before)
    for key in {(each.repeat, each.fold) for each in before[0].thresholds}:
        flipped = [
            replace(each, label=1 - each.label, score=-each.score)
            if (each.repeat, each.fold) == key
            else each
            for each in rows
        ]
        after = find_operating_points(flipped, Design.FOLDS)
        for one, other in zip(before, after, strict=True):
            same = [
                pair
                for pair in zip(one.thresholds, other.thresholds, strict=True)
                if (pair[0].repeat, pair[0].fold) == key
            ]
            assert all(first == second for first, second in same)
            assert one.thresholds != other.thresholds


def test_repeats_are_no_new_patients() -> None:
    """A study five times over has the interval of one."""
    rows = study_rows(repeats=1, folds=4)
    five = [replace(each, repeat=repeat) for each in rows for repeat in range(5)]
    (one, _), (many, _) = (
        find_operating_points(each, Design.FOLDS) for each in (rows, five)
    )
    assert one.sensitivity is not None
    assert one.sensitivity == many.sensitivity
    assert one.specificity == many.specificity


def test_without_calibration_scores_the_point_says_that_it_is_optimistic() -> None:
    rows = study_rows(repeats=1)
    points = find_operating_points(rows, Design.SINGLE)
    for point in points:
        assert point.rule.endswith(READ_OFF)
        assert point.chosen_on is ChosenOn.TEST_CURVE
        assert not point.primary
        assert point.thresholds == ()
        assert point.note
    false, true, _ = roc_curve(
        [each.label for each in rows], [each.score for each in rows],
        drop_intermediate=False,
    )  # fmt: skip
    sensitivity, specificity = points[0].sensitivity, points[1].specificity
    assert sensitivity is not None
    assert specificity is not None
    assert points[0].specificity is None
    assert points[1].sensitivity is None
    # scikit-learn's corners, joined by straight lines
    assert sensitivity.value == pytest.approx(np.interp(0.1, false, true))
    assert specificity.value == pytest.approx(1 - np.interp(0.95, true, false))
    assert sensitivity.lower < sensitivity.value < sensitivity.upper


def test_one_label_has_one_rate() -> None:
    rows = [row(f"c{n}", float(n), n % 2, part="calibrate") for n in range(20)]
    rows += [row(f"t{n}", float(n), 0) for n in range(5)]
    point, _ = find_operating_points(rows, None)
    assert point.sensitivity is None
    assert isinstance(point.specificity, Estimate)
    bare = find_operating_points([each for each in rows if each.part == "test"], None)
    assert all(each.sensitivity is None and each.specificity is None for each in bare)


def test_sizes_and_no_test_rows_have_no_points() -> None:
    rows = [row("a", 0.1, 0), row("b", 0.9, 1)]
    sizes = [*rows, *(replace(each, fold=1) for each in rows)]
    assert find_operating_points(sizes, Design.SIZES) == ()
    assert find_operating_points(sizes, None) == ()
    assert find_operating_points([], None) == ()


def test_a_point_survives_json() -> None:
    adapter = TypeAdapter(tuple[OperatingPoint, ...])
    for design in (Design.FOLDS, Design.SINGLE):
        points = find_operating_points(study_rows(repeats=1, folds=3), design)
        assert adapter.validate_json(adapter.dump_json(points)) == points


@pytest.mark.parametrize("target", [("accuracy", 0.9), ("specificity", 1.0)])
def test_refuses_an_impossible_target(target: tuple[str, float]) -> None:
    with pytest.raises(ValueError, match="a target must be sensitivity or specificity"):
        find_operating_points(study_rows(repeats=1), None, (target,))
