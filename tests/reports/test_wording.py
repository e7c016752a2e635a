from dataclasses import replace

import pytest

from bsgi.evaluation.estimate import Estimate
from bsgi.evaluation.rates.confusion import Confusion
from bsgi.evaluation.summary import RepeatMetrics
from bsgi.reports.wording import (
    area_with_interval,
    call_in_words,
    count_of,
    describe_calls,
    describe_counts,
    describe_ranking,
    interval_name,
    interval_title,
    p_in_words,
    percent,
    percent_interval,
    with_interval,
)

CONFUSION = Confusion(tp=14, fp=3, tn=25, fn=3)
RESULT = RepeatMetrics(
    repeat=0,
    fold=0,
    threshold=0.5,
    confusion=CONFUSION,
    accuracy=CONFUSION.accuracy(),
    sensitivity=CONFUSION.sensitivity(),
    specificity=CONFUSION.specificity(),
    auc=Estimate(0.84, 0.701, 0.927, "newcombe"),
)


def test_numbers_keep_their_nouns() -> None:
    assert count_of(1, "exam") == "1 exam"
    assert count_of(1231, "exam") == "1,231 exams"


def test_per_cent_signs_stay_with_their_numbers() -> None:
    assert percent(5 / 6) == "83.3\N{NO-BREAK SPACE}%"
    estimate = Estimate(0.8, 0.59, 0.938, "wilson")
    assert percent_interval(estimate) == "59.0 to 93.8\N{NO-BREAK SPACE}%"


def test_an_area_is_explained() -> None:
    text = describe_ranking(RESULT, 0.95)
    assert "Of all pairs of a malignant and a benign test exam" in text
    assert "AUC 0.840" in text
    assert "0.701 to 0.927" in text
    assert "better than chance" not in text
    assert "95\N{NO-BREAK SPACE}% interval 0.701" in text
    assert "90\N{NO-BREAK SPACE}% interval 0.701" in describe_ranking(RESULT, 0.9)


def test_an_interval_over_chance_is_called_so() -> None:
    weak = replace(RESULT, auc=Estimate(0.6, 0.45, 0.75, "newcombe"))
    assert "do not show that the method is better than chance" in describe_ranking(
        weak, 0.95
    )


def test_one_label_gives_no_area() -> None:
    benign = Confusion(tp=0, fp=3, tn=25, fn=0)
    text = describe_ranking(replace(RESULT, auc=None, confusion=benign), 0.95)
    assert "0 malignant exams and 28 benign exams" in text


def test_calls_are_counted() -> None:
    text = describe_calls(0.5, CONFUSION)
    assert "scores of 0.5 or more called malignant" in text
    assert "14 of 17 malignant exams and 25 of 28 benign exams" in text


@pytest.mark.parametrize(
    ("label", "score", "words"),
    [
        (1, 0.5, "called malignant, correct"),
        (1, 0.4, "called benign, incorrect"),
        (0, 0.4, "called benign, correct"),
        (0, 0.6, "called malignant, incorrect"),
    ],
)
def test_a_call_is_right_or_wrong(label: int, score: float, words: str) -> None:
    assert call_in_words(label, score, 0.5) == words


def test_intervals_have_names() -> None:
    assert interval_name(Estimate(0.5, 0.4, 0.6, "logit-delong")) == "logit-DeLong"
    assert interval_name(Estimate(0.5, 0.4, 0.6, "bca")) == "bca"


@pytest.mark.parametrize(
    ("level", "words"), [(0.95, "95"), (0.9, "90"), (0.975, "97.5"), (0.29, "29")]
)
def test_intervals_are_called_by_their_level(level: float, words: str) -> None:
    assert interval_title(level) == f"{words}\N{NO-BREAK SPACE}% interval"


def test_p_values_are_never_said_to_be_nought() -> None:
    assert p_in_words(0.0001) == "<\N{NO-BREAK SPACE}0.001"
    assert p_in_words(0.0341) == "0.034"
    assert p_in_words(1.0) == "1"


def test_values_stand_with_their_intervals() -> None:
    space = "\N{NO-BREAK SPACE}"
    rate = Estimate(0.8, 0.59, 0.938, "wilson")
    assert with_interval(rate) == f"80.0{space}% (59.0 to 93.8{space}%)"
    assert area_with_interval(rate) == "0.800 (0.590 to 0.938)"
    assert with_interval(None) == area_with_interval(None) == "undefined"
    assert describe_counts(CONFUSION) == "TP 14, FP 3, TN 25, FN 3"
