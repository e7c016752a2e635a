"""The empirical ROC curve: sensitivity against false alarms at every threshold."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from bsgi.evaluation.scored import Scored


@dataclass(frozen=True, slots=True)
class RocCurve:
    """Corners of an empirical ROC curve, from the strictest threshold to the laxest.

    Args:
        thresholds: Infinity, then each score that occurs, falling. At threshold t an
            exam is called malignant if its score is at least t.
        false_positive_rate: Share of benign exams called malignant, from 0 to 1.
        true_positive_rate: Share of malignant exams called malignant, from 0 to 1.
    """

    thresholds: Float[np.ndarray, " corner"]
    false_positive_rate: Float[np.ndarray, " corner"]
    true_positive_rate: Float[np.ndarray, " corner"]


def build_roc(scored: Scored) -> RocCurve:
    """The empirical ROC curve of some exams.

    Exams with one score enter together, so a tie between a malignant and a benign exam
    is a slanted line, and the area below counts it half, as the Mann-Whitney AUC does.

    Args:
        scored: Labels and scores, with both labels.

    Raises:
        ValueError: If there is no malignant or no benign exam.
    """
    scored.check_both()
    order = np.argsort(-scored.scores, kind="stable")
    scores = scored.scores[order].astype(np.float64)
    malignant = (scored.labels[order] == 1).astype(np.int64)
    last_of_tie = np.append(np.flatnonzero(np.diff(scores)), scores.size - 1)
    true_positives = np.cumsum(malignant)[last_of_tie]
    false_positives = last_of_tie + 1 - true_positives
    return RocCurve(
        thresholds=np.concatenate([[np.inf], scores[last_of_tie]]),
        false_positive_rate=np.concatenate([[0.0], false_positives / scored.benign]),
        true_positive_rate=np.concatenate([[0.0], true_positives / scored.malignant]),
    )
