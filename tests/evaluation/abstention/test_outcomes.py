import numpy as np
import pytest
from scipy.stats import binomtest

from bsgi.evaluation.abstention.decisions import DecidedExam, Decision
from bsgi.evaluation.abstention.outcomes import summarize_outcome
from bsgi.evaluation.rates.confusion import Confusion

B, M, BOTH, NEITHER = (
    Decision.BENIGN, Decision.MALIGNANT, Decision.BOTH, Decision.NEITHER,
)  # fmt: skip


def exam(
    name: str, label: int, decision: Decision, *, patient: str = "", repeat: int = 0
) -> DecidedExam:
    return DecidedExam(repeat, name, patient or f"p{name}", label, decision)


def draw(seed: int, *, repeats: int = 1, number: int = 60) -> list[DecidedExam]:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, size=number)
    return [
        exam(f"{n:03d}", int(labels[n]), Decision(rng.choice(list(Decision))), repeat=r)
        for r in range(repeats)
        for n in range(number)
    ]


def test_shares_of_one_repeat_are_plain_counts() -> None:
    exams = draw(1)
    found = summarize_outcome(exams)
    for label, outcome in ((1, found.malignant), (0, found.benign)):
        made = [one.decision for one in exams if one.label == label]
        right, wrong = (M, B) if label else (B, M)
        assert outcome is not None
        assert outcome.patients == outcome.exams == len(made)
        errors = made.count(wrong) + made.count(NEITHER)
        limits = binomtest(errors, len(made)).proportion_ci(method="exact")  # SciPy
        assert outcome.error.value == pytest.approx(errors / len(made))
        assert outcome.error.lower == pytest.approx(limits.low)
        assert outcome.error.upper == pytest.approx(limits.high)
        for estimate, chosen in (
            (outcome.called_right, [right]), (outcome.called_wrong, [wrong]),
            (outcome.referred, [BOTH, NEITHER]), (outcome.empty, [NEITHER]),
        ):  # fmt: skip
            count = sum(map(made.count, chosen))
            limits = binomtest(count, len(made)).proportion_ci(method="wilson")
            assert estimate.value == pytest.approx(count / len(made))
            assert (estimate.lower, estimate.upper) == pytest.approx(tuple(limits))


def test_rates_are_those_of_called_exams() -> None:
    exams = draw(2)
    called = summarize_outcome(exams).called
    counts = Confusion(
        *(
            sum((one.label, one.decision) == case for one in exams)
            for case in ((1, M), (0, M), (0, B), (1, B))
        )
    )
    assert called.confusion == counts
    for rate, right, wrong in (
        (called.sensitivity, counts.tp, counts.fn),
        (called.specificity, counts.tn, counts.fp),
        (called.ppv, counts.tp, counts.fp), (called.npv, counts.tn, counts.fn),
    ):  # fmt: skip
        limits = binomtest(right, right + wrong).proportion_ci(method="wilson")
        assert rate is not None
        assert rate.value == right / (right + wrong)
        assert (rate.lower, rate.upper) == pytest.approx(tuple(limits))


def test_repeats_add_no_patients() -> None:
    once = draw(3)
    again = [
        exam(one.exam_id, one.label, one.decision, repeat=r)
        for r in range(5)
        for one in once
    ]
    single, several = summarize_outcome(once), summarize_outcome(again)
    assert several.malignant is not None
    assert single.malignant is not None
    assert several.malignant.error == single.malignant.error
    assert several.malignant.error_by_repeat == 5 * single.malignant.error_by_repeat
    assert several.called.confusion.tp == 5 * single.called.confusion.tp
    assert several.called.patients == single.called.patients
    for name in ("sensitivity", "specificity", "ppv", "npv"):
        one, five = getattr(single.called, name), getattr(several.called, name)
        assert (five.lower, five.upper) == pytest.approx((one.lower, one.upper))


def test_repeats_are_averaged() -> None:
    exams = draw(4, repeats=3)
    found = summarize_outcome(exams).benign
    singles = [
        summarize_outcome([one for one in exams if one.repeat == r]).benign
        for r in range(3)
    ]
    assert found is not None
    shares = [one.error.value for one in singles if one is not None]
    assert found.error_by_repeat == pytest.approx(tuple(shares))
    assert found.error.value == pytest.approx(np.mean(shares))


def test_a_woman_is_judged_wrongly_if_any_exam_of_the_label_is() -> None:
    exams = [
        exam("1", 1, M, patient="a"), exam("2", 1, B, patient="a"),
        exam("3", 1, M, patient="b"), exam("4", 1, BOTH, patient="b"),
        exam("5", 0, M, patient="b"), exam("6", 1, NEITHER, patient="c"),
        exam("7", 1, M, patient="d"),
    ]  # fmt: skip
    found = summarize_outcome(exams)
    outcome = found.malignant
    assert outcome is not None
    assert (outcome.patients, outcome.exams) == (4, 6)
    assert outcome.error.value == pytest.approx(2 / 4)
    assert outcome.called_right.value == pytest.approx((0.5 + 0.5 + 0 + 1) / 4)
    assert outcome.called_wrong.value == pytest.approx(0.5 / 4)
    assert outcome.referred.value == pytest.approx((0.5 + 1.0) / 4)
    assert outcome.empty.value == pytest.approx(1.0 / 4)
    assert found.called.patients == 3


def test_ten_exams_of_a_woman_narrow_no_interval() -> None:
    many = [exam(f"x{n}", 1, M, patient="x") for n in range(10)]
    others = [exam(f"{n}", 1, M) for n in range(4)]
    rate = summarize_outcome([*many, *others]).called.sensitivity
    four = summarize_outcome(others).called.sensitivity
    assert rate is not None
    assert four is not None
    assert rate.lower < four.lower


def test_what_is_not_there_is_none() -> None:
    found = summarize_outcome([exam("1", 1, BOTH), exam("2", 1, NEITHER)])
    assert found.benign is None
    assert found.malignant is not None
    assert found.malignant.error.value == 0.5
    assert found.called.patients == 0
    assert found.called.confusion == Confusion(0, 0, 0, 0)
    assert {
        found.called.sensitivity, found.called.specificity, found.called.ppv,
        found.called.npv,
    } == {None}  # fmt: skip
    only = summarize_outcome([exam("1", 0, B)]).called
    assert (only.ppv, only.sensitivity) == (None, None)
    assert only.npv is not None


def test_the_order_of_exams_changes_nothing() -> None:
    exams = draw(5, repeats=3)
    order = np.random.default_rng(6).permutation(len(exams))
    assert summarize_outcome([exams[n] for n in order]) == summarize_outcome(exams)
