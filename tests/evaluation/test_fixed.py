import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from bsgi.errors import RunError
from bsgi.evaluation.abstention.guarantee import Basis
from bsgi.evaluation.abstention.thresholds import ConformalThresholds
from bsgi.evaluation.design import Design
from bsgi.evaluation.details import add_details
from bsgi.evaluation.fixed import (
    OPERATING_POINTS,
    FixedMethod,
    FixedPoint,
    FixedThresholds,
    fix_thresholds,
    judge_fixed,
    load_operating_points,
    save_operating_points,
)
from bsgi.evaluation.operating_points.points import ChosenOn
from bsgi.evaluation.predictions import PredictionRow
from bsgi.evaluation.rates.proportions import estimate_proportion
from bsgi.evaluation.summary import Metrics, summarize_predictions
from tests.evaluation.rows import row, study_rows

# Ten malignant and ten benign patients: 0.05, 0.15, ... 0.95 and 0.01, 0.11, ... 0.91.
MALIGNANT = [0.05 + step / 10 for step in range(10)]
BENIGN = [0.01 + step / 10 for step in range(10)]

FIXED = FixedMethod(
    method="paper",
    threshold=0.5,
    points=(FixedPoint("specificity", 0.9, 0.83, 10, 0.9),),
    conformal=ConformalThresholds(0.1, 0.15, 0.81, 10, 10),
    cross_fitted=False,
)


def own_cohort() -> list[PredictionRow]:
    """Scores of patients set aside and of two under test; a patient learned from."""
    rows = [
        row(f"c{label}{place}", score, label, part="calibrate")
        for label, scores in ((1, MALIGNANT), (0, BENIGN))
        for place, score in enumerate(scores)
    ]
    learned = row("l", 0.5, 1, part="train")
    return [*rows, learned, row("t1", 0.9, 1), row("t0", 0.2, 0)]


def other_cohort() -> list[PredictionRow]:
    """Four malignant patients and five exams of four benign ones."""
    malignant = [0.9, 0.82, 0.5, 0.1]
    benign = [("b0", 0.05), ("b0", 0.84), ("b1", 0.2), ("b2", 0.82), ("b3", 0.81)]
    return [
        *(row(f"m{n}", score, 1) for n, score in enumerate(malignant)),
        *(
            row(f"b{n}", score, 0, patient=patient)
            for n, (patient, score) in enumerate(benign)
        ),
    ]


def evaluate(rows: list[PredictionRow], **given: object) -> Metrics:
    metrics = summarize_predictions(rows, simulated=True, design=Design.SINGLE)
    return add_details(metrics, rows, **given)  # type: ignore[arg-type]


def test_a_network_keeps_the_thresholds_that_its_own_cohort_gave() -> None:
    fixed = fix_thresholds(evaluate(own_cohort()))
    assert fixed is not None
    assert fixed.simulated
    (found,) = fixed.methods
    assert (found.method, found.threshold, found.cross_fitted) == ("paper", 0.5, False)
    # Of ten floor(0.1 * 11) = 1 may lie at the threshold or beyond: the strangest.
    assert found.conformal == ConformalThresholds(0.1, 0.05, 0.91, 10, 10)
    high, low = found.points
    # Nine of ten benign ones are below 0.83, half-way between 0.81 and 0.85.
    assert (high.aim, high.target, high.exams, high.reached) == (
        "specificity", 0.9, 10, 0.9,
    )  # fmt: skip
    assert high.threshold == pytest.approx(0.83)
    # 95 % of ten malignant ones are all ten: the lowest, half-way down to 0.01.
    assert (low.aim, low.reached) == ("sensitivity", 1.0)
    assert low.threshold == pytest.approx(0.03)


def test_other_exams_are_judged_at_fixed_thresholds_by_hand() -> None:
    fixed = FixedThresholds(simulated=False, methods=(FIXED,))
    (method,) = evaluate(other_cohort(), fixed=fixed).methods
    (point,) = method.operating_points
    assert (point.chosen_on, point.primary) == (ChosenOn.FIXED, True)
    assert point.thresholds[0].threshold == 0.83
    # 0.9 alone of four malignant ones reaches 0.83; of five benign exams 0.84 does.
    assert point.sensitivity == estimate_proportion(1, 4)
    assert point.specificity is not None
    assert point.specificity.value == pytest.approx(4 / 5)
    found = method.abstention
    assert found is not None
    assert (found.basis, found.guarantee, found.shifts) == (Basis.FIXED, None, ())
    assert "fixed before" in found.guarantee_words
    malignant, benign = found.malignant, found.benign
    assert malignant is not None
    assert benign is not None
    # 0.9 and 0.82 are too high for benign; 0.5 is either; 0.1 is too low: one of four.
    assert (malignant.patients, malignant.error.value) == (4, 0.25)
    assert malignant.called_right.value == 0.5
    assert malignant.referred.value == 0.25
    # b0 by 0.84 and b2 by 0.82 are called malignant; 0.81 is not above the threshold.
    assert (benign.patients, benign.exams, benign.error.value) == (4, 5, 0.5)
    # b0's exam at 0.05 is called benign: half of her, one eighth of four.
    assert benign.called_right.value == pytest.approx(0.125)


def test_nothing_is_chosen_on_the_other_exams() -> None:
    fixed = FixedThresholds(simulated=False, methods=(FIXED,))
    rows = other_cohort()
    before = evaluate(rows, fixed=fixed).methods[0]
    turned = [replace(each, label=1 - each.label) for each in rows]
    after = evaluate(turned, fixed=fixed).methods[0]
    assert before.abstention is not None
    assert after.abstention is not None
    assert before.abstention.thresholds == after.abstention.thresholds
    assert [point.thresholds for point in before.operating_points] == [
        point.thresholds for point in after.operating_points
    ]


def test_without_calibration_exams_only_the_threshold_is_fixed() -> None:
    rows = other_cohort()
    fixed = fix_thresholds(evaluate(rows))
    assert fixed is not None
    assert fixed.methods == (FixedMethod("paper", 0.5, (), None, cross_fitted=False),)
    (method,) = evaluate(rows, fixed=fixed).methods
    assert (method.operating_points, method.abstention) == ((), None)
    assert fix_thresholds(evaluate(study_rows(repeats=2))) is None


@pytest.mark.parametrize(
    ("learned", "basis", "crossed", "says"),
    [
        ("l", Basis.SET_ASIDE, False, "on patients set aside"),
        ("c00", Basis.INNER_FOLDS, True, "trained without them, so that nothing"),
        (None, Basis.NOT_STATED, None, "from whom the network had learned"),
    ],
)
def test_what_the_thresholds_stood_on_goes_along(
    tmp_path: Path, learned: str | None, basis: Basis, crossed: bool | None, says: str
) -> None:
    rows = [each for each in own_cohort() if each.part != "train"]
    if learned is not None:
        rows.append(row("again", 0.5, 0, patient=f"p{learned}", part="train"))
    fixed = fix_thresholds(evaluate(rows))
    assert fixed is not None
    save_operating_points(tmp_path / OPERATING_POINTS, fixed)
    fixed = load_operating_points(tmp_path)
    (found,) = fixed.methods
    assert (found.basis, found.cross_fitted) == (basis, crossed)
    (method,) = evaluate(other_cohort(), fixed=fixed).methods
    assert method.abstention is not None
    words = method.abstention.guarantee_words
    assert says in words
    assert words.endswith("the measured error is what counts.")
    assert ("10\N{NO-BREAK SPACE}%" in words) == (basis is Basis.SET_ASIDE)


def test_without_a_word_of_the_basis_nothing_is_claimed() -> None:
    fixed = FixedThresholds(simulated=False, methods=(FIXED,))
    (method,) = evaluate(other_cohort(), fixed=fixed).methods
    assert method.abstention is not None
    assert "is not stated" in method.abstention.guarantee_words


def test_what_was_fixed_before_is_not_fixed_again() -> None:
    fixed = FixedThresholds(simulated=False, methods=(FIXED,))
    again = fix_thresholds(evaluate(other_cohort(), fixed=fixed))
    assert again is not None
    assert again.methods == (FixedMethod("paper", 0.5, (), None, cross_fitted=False),)


def test_thresholds_of_other_methods_and_of_several_networks_are_refused() -> None:
    fixed = FixedThresholds(simulated=False, methods=(FIXED,))
    rows = [replace(each, method="mlp") for each in other_cohort()]
    with pytest.raises(RunError, match="got 'mlp' and thresholds of 'paper'"):
        evaluate(rows, fixed=fixed)
    again = [replace(each, repeat=1) for each in other_cohort()]
    with pytest.raises(ValueError, match="must be of one network, got 2"):
        judge_fixed([*other_cohort(), *again], FIXED)


def test_the_file_gives_back_every_digit(tmp_path: Path) -> None:
    fixed = fix_thresholds(evaluate(own_cohort()))
    assert fixed is not None
    path = tmp_path / OPERATING_POINTS
    save_operating_points(path, fixed)
    assert load_operating_points(path) == fixed
    assert load_operating_points(tmp_path) == fixed
    assert json.loads(path.read_text())["positive"] == "malignant"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("malignant_from", None), ("benign_up_to", "high"), ("benign_patients", 3),
        ("error_rate", 0.0), ("malignant_patients", -1),
    ],
)  # fmt: skip
def test_a_damaged_file_is_refused_in_one_line(
    tmp_path: Path, name: str, value: object
) -> None:
    path = tmp_path / OPERATING_POINTS
    save_operating_points(path, FixedThresholds(simulated=True, methods=(FIXED,)))
    content = json.loads(path.read_text())
    content["methods"][0]["conformal"][name] = value
    path.write_text(json.dumps(content))
    with pytest.raises(RunError, match=r"must be as bsgi writes it, but methods\.0"):
        load_operating_points(path)


def test_entries_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="must aim at a rate"):
        FixedPoint("accuracy", 0.9, 0.5, 10, 0.9)
    with pytest.raises(ValueError, match="finite threshold"):
        FixedPoint("specificity", 0.9, math.inf, 10, 0.9)
    with pytest.raises(ValueError, match="finite threshold"):
        replace(FIXED, threshold=math.nan)
    with pytest.raises(ValueError, match="each once"):
        FixedThresholds(simulated=True, methods=(FIXED, FIXED))
