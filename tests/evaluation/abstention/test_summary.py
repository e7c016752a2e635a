import json
import math

import numpy as np
import pytest
from pydantic import TypeAdapter

from bsgi.evaluation.abstention.guarantee import Basis, bound_folds
from bsgi.evaluation.abstention.summary import (
    NOT_STATED,
    AbstentionMetrics,
    summarize_abstention,
)
from bsgi.evaluation.design import Design
from bsgi.evaluation.predictions import PredictionRow
from tests.evaluation.abstention.test_chosen import split_rows
from tests.evaluation.abstention.test_shift import two_cameras
from tests.evaluation.rows import row, study_rows


def summarize(
    rows: list[PredictionRow], design: Design | None = Design.FOLDS, **more: object
) -> AbstentionMetrics:
    found = summarize_abstention(rows, design, **more)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_it_comes_back_from_json_as_it_was() -> None:
    rows, cameras = two_cameras(0.5)
    adapter = TypeAdapter(AbstentionMetrics)
    for found in (
        summarize(rows, Design.SINGLE, groups={"camera": cameras}),
        summarize(study_rows(folds=5)),
    ):
        text = json.dumps(adapter.dump_python(found, mode="json"), allow_nan=False)
        assert adapter.validate_python(json.loads(text)) == found


def test_patients_set_aside_have_the_whole_guarantee() -> None:
    found = summarize(split_rows(), Design.SINGLE)
    assert (found.guarantee, found.cross_fitted) == (0.9, False)
    assert found.basis is Basis.SET_ASIDE
    assert found.repeats == 1
    assert found.everything_referred == ()
    assert summarize(split_rows(), None, error_rate=0.2).guarantee == 0.8


def test_exams_of_training_patients_have_no_guarantee() -> None:
    """40 women with exam a in train and exam b in calibrate, as any table may have."""
    tested = [row(f"t{n}", n / 20, n % 2) for n in range(20)]
    rows = [
        row(f"{n}{exam}", n / 40, n % 2, patient=f"w{n}", part=part)
        for n in range(40)
        for exam, part in (("a", "train"), ("b", "calibrate"))
    ]
    found = summarize(tested + rows, None)
    assert (found.guarantee, found.basis) == (None, Basis.INNER_FOLDS)
    assert found.cross_fitted
    bare = [each for each in rows if each.part == "calibrate"]
    found = summarize(tested + bare, None)
    assert (found.guarantee, found.basis) == (None, Basis.NOT_STATED)
    assert "no row of the part train says" in found.guarantee_words


def test_folds_have_less_and_say_so() -> None:
    rows = study_rows(malignant=40, benign=60, folds=5)
    found = summarize(rows)
    assert found.cross_fitted
    assert (found.basis, found.repeats, len(found.thresholds)) == (
        Basis.OTHER_FOLDS, 5, 25,
    )  # fmt: skip
    folds = [
        [sum((r.label, r.repeat, r.fold) == (label, repeat, f) for r in rows)
         for f in range(5)]
        for label in (0, 1) for repeat in range(5)
    ]  # fmt: skip
    assert found.guarantee == bound_folds(folds, 0.1)
    assert found.guarantee is not None
    for outcome in (found.malignant, found.benign):
        assert outcome is not None
        assert max(outcome.error_by_repeat) <= 1.0 - found.guarantee
        assert len(outcome.error_by_repeat) == 5


def test_the_mean_error_of_folds_holds_where_networks_are_alike() -> None:
    """20 simulated studies; `runs/conformal_coverage.py` has more."""
    errors = []
    for seed in range(20):
        rows = study_rows(malignant=40, benign=60, repeats=1, folds=5, seed=seed)
        found = summarize(rows)
        assert found.malignant is not None
        assert found.benign is not None
        errors.append((found.malignant.error.value, found.benign.error.value))
    deviation = np.std(errors, axis=0) / np.sqrt(20)
    assert np.all(np.mean(errors, axis=0) <= 0.1 + 3.0 * deviation)


def test_a_woman_in_several_folds_proves_nothing() -> None:
    rows = study_rows(malignant=40, benign=60, repeats=1, folds=2)
    rows = [
        row(r.exam_id, r.score, r.label, patient=f"p{int(r.exam_id) // 2}", fold=r.fold)
        for r in rows
    ]
    found = summarize(rows)
    assert found.guarantee is None
    assert "tested in several folds" in found.guarantee_words


def test_without_the_design_folds_are_seen_in_the_rows() -> None:
    rows = study_rows(malignant=40, benign=60, folds=5)
    assert summarize(rows, None) == summarize(rows, Design.FOLDS)


def test_with_too_few_patients_everything_is_referred_and_it_says_why() -> None:
    found = summarize(study_rows(malignant=10, benign=40, repeats=2, folds=5, seed=1))
    assert found.malignant is not None
    few = [one for one in found.thresholds if one.thresholds.malignant_patients < 9]
    assert few
    (reason,) = found.everything_referred
    assert reason.startswith(
        f"{len(few)} of 10 tests have fewer than 9 calibration patients with a malig"
    )
    assert "every exam is referred" in reason
    assert all(one.thresholds.refers_everything for one in few)


@pytest.mark.parametrize("design", [Design.SINGLE, None])
def test_without_calibration_scores_there_is_nothing(design: Design | None) -> None:
    assert summarize_abstention(study_rows(), design) is None


def test_sizes_and_no_tests_have_no_average() -> None:
    rows = [
        row(r.exam_id, r.score, r.label, fold=fold, part=r.part)
        for r in split_rows()
        for fold in (0, 1)
    ]
    assert summarize_abstention(rows, Design.SIZES) is None
    tested = [one for one in rows if one.part != "test"]
    assert summarize_abstention(tested, Design.SINGLE) is None


def test_every_exam_stands_in_one_group_of_a_grouping() -> None:
    rows = split_rows()
    size = {r.exam_id: "small" for r in rows[::3]} | {
        r.exam_id: "large" for r in rows[1::3]
    }
    found = summarize(rows, Design.SINGLE, groups={"lesion size": size})
    assert [one.group for one in found.groups] == ["small", "large", NOT_STATED]
    for label in ("malignant", "benign"):
        whole = getattr(found, label)
        parts = [getattr(one.outcome, label) for one in found.groups]
        assert sum(one.patients for one in parts) == whole.patients
        errors = [one.error.value * one.patients for one in parts]
        assert math.fsum(errors) / whole.patients == pytest.approx(whole.error.value)
    assert found.shifts == ()


def test_cameras_are_carried_over_to_each_other() -> None:
    rows, cameras = two_cameras(1.5)
    found = summarize(rows, Design.SINGLE, groups={"camera": cameras})
    assert [(one.calibrated_on, one.applied_to) for one in found.shifts] == [
        ("A", "A"), ("A", "B"), ("B", "A"), ("B", "B"),
    ]  # fmt: skip


def test_the_order_of_rows_changes_nothing() -> None:
    rows = study_rows(malignant=40, benign=60, repeats=2, folds=5)
    order = np.random.default_rng(1).permutation(len(rows))
    assert summarize([rows[n] for n in order]) == summarize(rows)


def test_several_exams_of_a_woman_count_as_one_patient() -> None:
    rng = np.random.default_rng(2)
    rows = []
    for number in range(120):
        label, own = number % 2, rng.normal()
        rows += [
            row(
                f"{number}-{exam}",
                float(own + 0.3 * rng.normal() + 2 * label),
                label,
                patient=f"p{number}",
                fold=number // 2 % 4,
            )
            for exam in range(int(rng.integers(1, 4)))
        ]
    found = summarize(rows)
    assert found.malignant is not None
    assert found.malignant.patients == 60 < found.malignant.exams
    assert found.thresholds[0].thresholds.malignant_patients == 45
    assert found.guarantee == bound_folds([[15] * 4], 0.1)


def test_impossible_settings_are_refused() -> None:
    with pytest.raises(ValueError, match="error_rate must lie"):
        summarize_abstention(split_rows(), None, error_rate=0.0)
    with pytest.raises(ValueError, match="level must lie"):
        summarize_abstention(split_rows(), None, level=1.0)
    with pytest.raises(ValueError, match="within one method"):
        summarize_abstention(
            study_rows(methods=("a", "b"), repeats=1, folds=2), Design.FOLDS
        )
