"""From exams to predictions: numbers, decisions and what stays without one."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bsgi.evaluation.abstention.thresholds import (
    ConformalThresholds,
    refer_everything,
)
from bsgi.exam.prediction import Decision, Prediction, Refusal
from bsgi.exam.preprocess import preprocess
from bsgi.exam.record import Exam, View, ViewName
from bsgi.explain.gradcam import explain_gradcam
from bsgi.runtime.bundle import load_bundle
from bsgi.runtime.maps import lay_on_view
from bsgi.runtime.onnx_runtime import OnnxRuntimeEngine
from bsgi.runtime.predict import (
    BOTH,
    NEITHER,
    NO_THRESHOLDS,
    TOO_FEW,
    Predictor,
    decide_score,
    score_of,
)
from tests.conftest import make_exam
from tests.runtime.make_bundle import PLATT, VENN_ABERS, make_bundle, some_network


def some_exams(number: int) -> list[Exam]:
    rng = np.random.default_rng(number)
    return [make_exam(f"{n:04d}-1", rng=rng) for n in range(1, number + 1)]


def blank_exam() -> Exam:
    view = View(ViewName.LCC, np.zeros((1, 64, 48), np.uint16), (3.2, 3.2), 600.0)
    return Exam("blank-1", "blank", {ViewName.LCC: view})


@pytest.fixture(scope="module")
def predictor(tmp_path_factory: pytest.TempPathFactory) -> Predictor:
    bundle = load_bundle(make_bundle(tmp_path_factory.mktemp("bundles") / "b"))
    return Predictor(bundle, OnnxRuntimeEngine(bundle, 1), VENN_ABERS, batch=3)


def test_scores_and_maps_are_those_of_pytorch(predictor: Predictor) -> None:
    exams = some_exams(7)
    found = list(predictor.predict(exams))
    assert [one.exam_id for one in found] == [exam.exam_id for exam in exams]
    for exam, one in zip(exams, found, strict=True):
        assert isinstance(one, Prediction)
        images = torch.from_numpy(preprocess(exam, predictor.bundle.settings)[None])
        cam = explain_gradcam(some_network(), images)
        assert one.score == pytest.approx(float(cam.scores[0]), abs=1e-5)
        largest = float(cam.malignant.max())
        for laid in one.maps:
            view = exam.views[laid.view]
            theirs = lay_on_view(
                cam.malignant[0].numpy(), view, predictor.bundle.settings
            )
            assert np.abs(laid.evidence - theirs).max() <= 1e-5 * largest + 1e-12


def test_the_probability_is_that_of_the_calibration(predictor: Predictor) -> None:
    (one,) = predictor.predict(some_exams(1))
    assert isinstance(one, Prediction)
    theirs = VENN_ABERS.apply(np.array([one.score]))
    assert one.probability == float(theirs.value[0])
    assert one.probability_interval == (float(theirs.lower[0]), float(theirs.upper[0]))
    assert one.method == "tiny"
    assert one.precision == "float32"
    assert one.simulated_training
    assert one.bundle_sha256 == predictor.bundle.sha256


def test_other_calibrations_have_no_interval(tmp_path: Path) -> None:
    bundle = load_bundle(make_bundle(tmp_path / "b", calibrator=PLATT))
    engine = OnnxRuntimeEngine(bundle, 1)
    (one,) = Predictor(bundle, engine, PLATT).predict(some_exams(1))
    assert isinstance(one, Prediction)
    assert one.probability_interval is None
    assert one.probability == pytest.approx(1 / (1 + np.exp(1 - 2 * one.score)))


def test_a_calibration_is_never_left_away_silently(tmp_path: Path) -> None:
    bundle = load_bundle(make_bundle(tmp_path / "b"))
    with pytest.raises(ValueError, match="the calibration of its bundle"):
        Predictor(bundle, OnnxRuntimeEngine(bundle, 1))


def test_no_exam_is_lost(predictor: Predictor) -> None:
    good = some_exams(5)
    exams = [blank_exam(), good[0], good[1], blank_exam(), *good[2:], blank_exam()]
    found = list(predictor.predict(iter(exams)))
    assert [one.exam_id for one in found] == [exam.exam_id for exam in exams]
    refused = [one for one in found if isinstance(one, Refusal)]
    assert [one.reason for one in refused] == [
        "exam blank-1: no view holds a breast with counts."
    ] * 3
    alone = next(iter(predictor.predict(good[:1])))
    assert isinstance(alone, Prediction)
    assert isinstance(found[1], Prediction)
    assert found[1].score == pytest.approx(alone.score, abs=1e-6)


def test_exams_are_read_as_they_are_needed(predictor: Predictor) -> None:
    read: list[str] = []

    def watched() -> Iterator[Exam]:
        for exam in some_exams(9):
            read.append(exam.exam_id)
            yield exam

    outcomes = predictor.predict(watched())
    next(outcomes)
    assert len(read) == predictor.batch


def test_an_exam_of_one_view_is_predicted(predictor: Predictor) -> None:
    exam = make_exam(views=(ViewName.RMLO,))
    (one,) = predictor.predict([exam])
    assert isinstance(one, Prediction)
    assert [each.view for each in one.maps] == [ViewName.RMLO]
    assert one.values.left_over_right == {}


@pytest.mark.parametrize(
    ("score", "decision", "reason"),
    [
        (0.1, Decision.BENIGN, ()),
        (0.39, Decision.BENIGN, ()),
        (0.4, Decision.REFER, (BOTH,)),
        (0.6, Decision.REFER, (BOTH,)),
        (0.61, Decision.MALIGNANT, ()),
    ],
)
def test_decisions_follow_the_thresholds(
    score: float, decision: Decision, reason: tuple[str, ...]
) -> None:
    thresholds = ConformalThresholds(0.1, 0.4, 0.6, 20, 20)
    assert decide_score(thresholds, score) == (decision, reason)


def test_without_thresholds_every_exam_is_referred_with_the_reason() -> None:
    apart = ConformalThresholds(0.1, 0.6, 0.4, 20, 20)
    assert decide_score(apart, 0.5) == (Decision.REFER, (NEITHER,))
    assert decide_score(None, 0.9) == (Decision.REFER, (NO_THRESHOLDS,))
    few = refer_everything(0.1)
    assert decide_score(few, 0.9) == (Decision.REFER, (TOO_FEW,))


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_the_score_is_the_softmax_of_malignant(benign: float, malignant: float) -> None:
    theirs = torch.softmax(torch.tensor([benign, malignant], dtype=torch.float64), 0)
    assert score_of(benign, malignant) == pytest.approx(float(theirs[1]), abs=1e-12)
