from dataclasses import replace

import numpy as np
import pytest

from bsgi.errors import RunError
from bsgi.evaluation.abstention.chosen import choose_fold_thresholds, decide_rows
from bsgi.evaluation.abstention.decisions import decide
from bsgi.evaluation.abstention.guarantee import Basis
from bsgi.evaluation.abstention.thresholds import fit_thresholds
from bsgi.evaluation.design import Design
from bsgi.evaluation.predictions import PredictionRow, collect_scores
from tests.evaluation.rows import row, study_rows


def split_rows(
    *, trained: bool = False, stated: bool = True, seed: int = 0
) -> list[PredictionRow]:
    """30 + 30 patients set aside and 20 + 20 tested; or the first trained on too.

    Two more were trained on, unless nothing shall be stated of the training.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(100):
        label = number % 2
        score = float(rng.normal() + 2 * label)
        part = "calibrate" if number < 60 else "test"
        rows.append(row(f"{number:03d}", score, label, part=part))
        if trained and number < 60:
            rows.append(row(f"{number:03d}", score + 1.0, label, part="train"))
    if stated:
        rows += [
            row(f"l{label}", float(label), label, part="train") for label in (0, 1)
        ]
    return rows


def test_patients_set_aside_calibrate_their_fold() -> None:
    rows = split_rows()
    (found,) = choose_fold_thresholds(rows, Design.SINGLE, 0.1)
    own = [one for one in rows if one.part == "calibrate"]
    owners = [one.patient_id for one in own]
    assert found.thresholds == fit_thresholds(collect_scores(own), owners)
    assert (found.basis, found.cross_fitted) == (Basis.SET_ASIDE, False)


def test_scores_of_training_patients_are_said_to_be_so() -> None:
    (found,) = choose_fold_thresholds(split_rows(trained=True), Design.SINGLE, 0.1)
    assert (found.basis, found.cross_fitted) == (Basis.INNER_FOLDS, True)


def test_without_training_rows_nobody_knows_whose_scores_they_are() -> None:
    for design in (None, Design.SINGLE):
        (found,) = choose_fold_thresholds(split_rows(stated=False), design, 0.1)
        assert (found.basis, found.cross_fitted) == (Basis.NOT_STATED, False)
    (found,) = choose_fold_thresholds(split_rows(stated=False), Design.SITES, 0.1)
    assert found.basis is Basis.OTHER_PATIENTS


@pytest.mark.parametrize("design", [Design.SITES, Design.PERIODS])
def test_other_hospitals_and_periods_are_other_patients(design: Design) -> None:
    (found,) = choose_fold_thresholds(split_rows(), design, 0.1)
    assert found.basis is Basis.OTHER_PATIENTS


def test_folds_are_calibrated_on_the_others_of_their_repeat() -> None:
    rows = study_rows(malignant=40, benign=60, repeats=2, folds=4)
    chosen = choose_fold_thresholds(rows, Design.FOLDS, 0.1)
    assert [(one.repeat, one.fold) for one in chosen] == [
        (repeat, fold) for repeat in range(2) for fold in range(4)
    ]
    for one in chosen:
        others = [r for r in rows if r.repeat == one.repeat and r.fold != one.fold]
        owners = [r.patient_id for r in others]
        assert one.thresholds == fit_thresholds(collect_scores(others), owners)
        assert (one.basis, one.cross_fitted) == (Basis.OTHER_FOLDS, True)


def test_no_label_of_a_fold_is_read_for_its_thresholds() -> None:
    rows = study_rows(malignant=40, benign=60, repeats=1, folds=4)
    turned = [replace(r, label=1 - r.label) if r.fold == 2 else r for r in rows]
    before, after = (
        choose_fold_thresholds(each, Design.FOLDS, 0.1) for each in (rows, turned)
    )
    assert before[2] == after[2]
    assert before[1] != after[1]


def test_without_calibration_rows_everything_is_referred() -> None:
    rows = study_rows(repeats=1)
    (found,) = choose_fold_thresholds(rows, Design.SINGLE, 0.1)
    assert (found.basis, found.cross_fitted) == (None, False)
    assert found.thresholds.refers_everything


def test_only_chosen_exams_calibrate() -> None:
    rows = split_rows()
    few = {one.exam_id for one in rows[:30]}
    (found,) = choose_fold_thresholds(rows, Design.SINGLE, 0.1, few)
    assert found.thresholds.malignant_patients == 15
    (none,) = choose_fold_thresholds(rows, Design.SINGLE, 0.1, ())
    assert none.thresholds.refers_everything
    assert none.basis is Basis.SET_ASIDE


def test_test_rows_are_decided_by_their_own_thresholds() -> None:
    rows = study_rows(malignant=40, benign=60, repeats=2, folds=4)
    chosen = choose_fold_thresholds(rows, Design.FOLDS, 0.1)
    by_fold = {(one.repeat, one.fold): one.thresholds for one in chosen}
    decided = decide_rows([*rows, row("x", 1.0, 1, part="train")], chosen)
    assert len(decided) == len(rows)
    for one, exam in zip(rows, decided, strict=True):
        assert exam.decision is decide(by_fold[one.repeat, one.fold], one.score)
        assert (exam.exam_id, exam.label) == (one.exam_id, one.label)


def test_a_patient_on_both_sides_is_refused() -> None:
    rows = split_rows()
    rows[0] = replace(rows[0], patient_id=rows[-3].patient_id)
    with pytest.raises(RunError, match="part calibrate must not be tested"):
        choose_fold_thresholds(rows, Design.SINGLE, 0.1)
