"""Exams to predictions: score, probability, decision, heat maps and known values."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float, Float32

from bsgi.errors import ExamError
from bsgi.evaluation.abstention.decisions import Decision as Kept
from bsgi.evaluation.abstention.decisions import decide
from bsgi.evaluation.abstention.thresholds import ConformalThresholds
from bsgi.evaluation.calibration.probabilities import Probabilities
from bsgi.exam.prediction import Decision, Prediction, Refusal
from bsgi.exam.preprocess import preprocess
from bsgi.exam.record import Exam
from bsgi.runtime.bundle import Bundle
from bsgi.runtime.engine import Engine, EngineOutput
from bsgi.runtime.maps import lay_maps
from bsgi.runtime.values import measure_values

BATCH: Final = 8
"""Exams that go through the network together."""

NO_THRESHOLDS: Final = "no thresholds: the model was fixed without calibration exams"
TOO_FEW: Final = "no thresholds: too few calibration exams of a label"
BOTH: Final = "the score would be no surprise for a benign or for a malignant exam"
NEITHER: Final = "the score is too high for a benign and too low for a malignant exam"

_BENIGN, _MALIGNANT = 0, 1


@runtime_checkable
class Calibrator(Protocol):
    """A fitted recalibration, such as that of ``calibration.json``."""

    @property
    def name(self) -> str:
        """Name of the recalibration."""

    def apply(self, scores: Float[np.ndarray, " exam"]) -> Probabilities:
        """The probability of each score.

        Args:
            scores: Scores of the network.
        """


@dataclass(frozen=True, slots=True)
class Predictor:
    """A model of a bundle, ready for exams.

    Args:
        bundle: The verified bundle.
        engine: What runs its graph.
        calibrator: That of its ``calibration.json``; None if it has none.
        batch: Exams that go through the network together.

    Raises:
        ValueError: If the calibrator is missing or one too many.
    """

    bundle: Bundle
    engine: Engine
    calibrator: Calibrator | None = None
    batch: int = BATCH

    def __post_init__(self) -> None:
        if (self.calibrator is not None) != self.bundle.calibrated:
            raise ValueError("a predictor must have the calibration of its bundle.")

    def predict(self, exams: Iterable[Exam]) -> Iterator[Prediction | Refusal]:
        """What the model says of each exam, in their order.

        Args:
            exams: The exams, read as they are needed.

        Yields:
            A prediction, or why there is none: no exam is passed over.
        """
        rest = iter(exams)
        while batch := tuple(islice(rest, self.batch)):
            prepared = [self._prepare(exam) for exam in batch]
            images = [each for each in prepared if isinstance(each, np.ndarray)]
            output = self.engine.run(np.stack(images)) if images else None
            row = 0
            for exam, each in zip(batch, prepared, strict=True):
                if output is None or isinstance(each, str):
                    yield _refuse(exam, str(each))
                else:
                    yield self._conclude(exam, output, row)
                    row += 1

    def _prepare(self, exam: Exam) -> Float32[np.ndarray, "4 size size"] | str:
        """The image of an exam, or why there is none."""
        try:
            return preprocess(exam, self.bundle.settings)
        except ExamError as reason:
            return str(reason)

    def _conclude(
        self, exam: Exam, output: EngineOutput, row: int
    ) -> Prediction | Refusal:
        maps = output.maps[row]
        logits = output.logits[row].astype(np.float64)
        if not (np.isfinite(logits).all() and np.isfinite(maps).all()):
            return _refuse(exam, "the network gives no finite number for it.")
        score = score_of(float(logits[_BENIGN]), float(logits[_MALIGNANT]))
        try:
            values = measure_values(exam)
        except ExamError as reason:
            return _refuse(exam, str(reason))
        decision, reasons = decide_score(self.bundle.conformal, score)
        probability, interval = self._calibrate(score)
        return Prediction(
            exam_id=exam.exam_id,
            patient_id=exam.patient_id,
            method=self.bundle.facts.method,
            bundle_sha256=self.bundle.sha256,
            precision=self.engine.precision,
            score=score,
            probability=probability,
            probability_interval=interval,
            decision=decision,
            reasons=reasons,
            maps=lay_maps(maps[_MALIGNANT], exam, self.bundle.settings),
            values=values,
            simulated_training=self.bundle.facts.simulated,
        )

    def _calibrate(
        self, score: float
    ) -> tuple[float | None, tuple[float, float] | None]:
        if self.calibrator is None:
            return None, None
        found = self.calibrator.apply(np.array([score]))
        value = float(found.value[0])
        if self.calibrator.name != "venn-abers":
            return value, None
        return value, (float(found.lower[0]), float(found.upper[0]))


def score_of(benign: float, malignant: float) -> float:
    """Softmax score of malignant, as the training wrote it.

    Args:
        benign: Logit of benign.
        malignant: Logit of malignant.
    """
    apart = malignant - benign
    if apart >= 0:
        return 1.0 / (1.0 + math.exp(-apart))
    odds = math.exp(max(apart, -700.0))
    return odds / (1.0 + odds)


def decide_score(
    thresholds: ConformalThresholds | None, score: float
) -> tuple[Decision, tuple[str, ...]]:
    """Benign, malignant or refer, and why an exam is referred.

    Args:
        thresholds: Fixed before; None where nothing was calibrated.
        score: Score of the exam.
    """
    if thresholds is None:
        return Decision.REFER, (NO_THRESHOLDS,)
    if thresholds.refers_everything:
        return Decision.REFER, (TOO_FEW,)
    kept = decide(thresholds, score)
    if kept is Kept.BOTH:
        return Decision.REFER, (BOTH,)
    if kept is Kept.NEITHER:
        return Decision.REFER, (NEITHER,)
    called = Decision.MALIGNANT if kept is Kept.MALIGNANT else Decision.BENIGN
    return called, ()


def _refuse(exam: Exam, reason: str) -> Refusal:
    return Refusal(exam.exam_id, exam.patient_id, reason)
