import pytest

from bsgi.errors import RunError
from bsgi.evaluation.calibration_scores import CalibrationRows, find_calibration_rows
from bsgi.evaluation.design import Design
from bsgi.evaluation.predictions import PredictionRow
from tests.evaluation.rows import row, study_rows


def names(found: CalibrationRows | None) -> list[str]:
    assert found is not None
    return [each.exam_id for each in found.rows]


def run_rows(*, learned: bool) -> list[PredictionRow]:
    """One training: tests a, calibrates on c and b, which it may have learned from."""
    rows = [
        row("a", 0.7, 1), row("c", 0.1, 0, part="calibrate"),
        row("b", 0.9, 1, part="calibrate"), row("d", 0.3, 0, part="calibrate", fold=1),
    ]  # fmt: skip
    if learned:
        rows += [row("b", 0.95, 1, part="train"), row("c", 0.05, 0, part="train")]
    return rows


@pytest.mark.parametrize("design", [None, *Design])
@pytest.mark.parametrize("learned", [True, False])
def test_rows_of_the_part_calibrate_come_first(
    design: Design | None, learned: bool
) -> None:
    found = find_calibration_rows(run_rows(learned=learned), 0, 0, design)
    assert names(found) == ["b", "c"]
    assert found is not None
    assert found.cross_fitted is learned
    assert found.stated is learned
    assert found.scored.scores.tolist() == [0.9, 0.1]


@pytest.mark.parametrize("overlap", [True, False])
def test_another_exam_of_a_training_patient_is_no_exam_set_aside(
    overlap: bool,
) -> None:
    """40 women, exam a of whom is in train and exam b calibrates, or other women."""
    rows = [row("t", 0.7, 1)]
    for number in range(40):
        learned = number if overlap else number + 40
        rows += [
            row(f"{learned}a", 0.9, number % 2, patient=f"w{learned}", part="train"),
            row(f"{number}b", 0.5, number % 2, patient=f"w{number}", part="calibrate"),
        ]
    found = find_calibration_rows(rows, 0, 0, None)
    assert found is not None
    assert found.stated
    assert found.cross_fitted is overlap


@pytest.mark.parametrize(("repeat", "fold"), [(1, 0), (0, 1)])
def test_training_rows_of_another_repeat_or_fold_state_nothing(
    repeat: int, fold: int
) -> None:
    other = row("x", 0.9, 1, part="train", repeat=repeat, fold=fold)
    rows = [*run_rows(learned=False), other]
    found = find_calibration_rows(rows, 0, 0, None)
    assert found is not None
    assert not found.stated


@pytest.mark.parametrize("design", [None, Design.FOLDS])
def test_else_the_other_folds_of_the_repeat_without_this_ones_patients(
    design: Design | None,
) -> None:
    rows = study_rows(repeats=2, folds=3)
    # A second exam of a patient whom fold 0 tests lies in fold 1.
    first = next(each for each in rows if (each.repeat, each.fold) == (1, 0))
    rows.append(row("z", 0.5, 0, patient=first.patient_id, repeat=1, fold=1))
    found = find_calibration_rows(rows, 1, 0, design)
    tested = {r.patient_id for r in rows if (r.repeat, r.fold) == (1, 0)}
    assert found is not None
    assert found.cross_fitted
    assert {(r.repeat, r.fold) for r in found.rows} == {(1, 1), (1, 2)}
    assert tested.isdisjoint(r.patient_id for r in found.rows)
    assert len(found.rows) == 45 - len(tested)


@pytest.mark.parametrize(
    "design", [Design.SINGLE, Design.SITES, Design.PERIODS, Design.SIZES]
)
def test_other_designs_have_no_other_folds_to_learn_from(design: Design) -> None:
    assert find_calibration_rows(study_rows(folds=3), 0, 0, design) is None


def test_folds_that_test_an_exam_twice_and_a_single_fold_give_nothing() -> None:
    rows = study_rows(repeats=1, folds=2)
    again = [row(r.exam_id, r.score, r.label, fold=1 - r.fold) for r in rows[:1]]
    assert find_calibration_rows(rows + again, 0, 0, None) is None
    assert find_calibration_rows(study_rows(), 0, 0, None) is None


def test_a_tested_patient_calibrates_nothing() -> None:
    rows = [row("a", 0.7, 1), row("b", 0.2, 1, part="calibrate", patient="pa")]
    with pytest.raises(RunError, match="of the part calibrate must not be tested"):
        find_calibration_rows(rows, 0, 0, None)


def test_methods_are_not_mixed() -> None:
    rows = study_rows(methods=("one", "two"), folds=2)
    with pytest.raises(ValueError, match="within one method"):
        find_calibration_rows(rows, 0, 0, None)
