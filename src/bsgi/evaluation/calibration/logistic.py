"""Logistic regression of one label on few numbers, by maximum likelihood.

Own code, since SciPy has none and this is all that is needed of it: the likelihood is
concave, so Newton's steps, halved where they overshoot, end at its top.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float
from scipy.optimize import brentq
from scipy.special import expit

_STEPS: Final = 200
_CLOSE: Final = 1e-11

CONSTANT: Final = 1e-12
"""Numbers that differ by no more than this part of them are taken as the same."""


@dataclass(frozen=True, slots=True)
class LogisticFit:
    """Where the likelihood is largest.

    Args:
        coefficients: One for each column of the design.
        loss: Negative log likelihood there.
        information: Second derivatives of the loss there.
    """

    coefficients: Float[np.ndarray, " column"]
    loss: float
    information: Float[np.ndarray, "column column"]


def fit_logistic(
    design: Float[np.ndarray, "exam column"],
    targets: Float[np.ndarray, " exam"],
    offset: Float[np.ndarray, " exam"] | None = None,
) -> LogisticFit:
    """The coefficients under which the targets are most likely.

    Args:
        design: The numbers of each exam; columns must not depend on each other.
        targets: 1 malignant, 0 benign, or a share between.
        offset: A part of the log odds that is not fitted; None for none.

    Raises:
        ValueError: If the likelihood has no top, as where labels are separated; check
            that with `is_separated` before.
    """
    fixed = np.zeros(len(targets)) if offset is None else offset
    now = np.zeros(design.shape[1])
    loss = measure_loss(design @ now + fixed, targets)
    for _ in range(_STEPS):
        p = expit(design @ now + fixed)
        gradient = design.T @ (p - targets)
        information = design.T @ (design * (p * (1.0 - p))[:, None])
        try:
            step = np.linalg.solve(information, gradient)
        except np.linalg.LinAlgError:
            break
        # Far from the top a step may overshoot; halves of it never go on doing so.
        for _ in range(60):
            there = now - step
            found = measure_loss(design @ there + fixed, targets)
            if found <= loss + 1e-12 * abs(loss):
                break
            step = step / 2.0
        now, loss = there, found
        if float(np.max(np.abs(step))) < _CLOSE * (1.0 + float(np.max(np.abs(now)))):
            return LogisticFit(now, loss, information)
    raise ValueError("the likelihood of a logistic regression must have a top.")


def fit_constant(
    targets: Float[np.ndarray, " exam"], offset: Float[np.ndarray, " exam"]
) -> float:
    """The constant that must be added to log odds so that the labels are most likely.

    Then the probabilities sum to the number of malignant exams, which one search finds
    however large the log odds are.

    Args:
        targets: 1 malignant, 0 benign; both must occur.
        offset: Log odds that are given.

    Raises:
        ValueError: If there is one label only.
    """
    wanted = float(np.sum(targets))
    if not 0 < wanted < len(targets):
        raise ValueError("the likelihood of a logistic regression must have a top.")

    def excess(constant: float) -> float:
        return float(np.sum(expit(offset + constant))) - wanted

    # Beyond these all exams together are expected below the smallest share of one.
    reach = 50.0 + math.log(len(targets))
    least, most = -float(np.max(offset)) - reach, reach - float(np.min(offset))
    return float(brentq(excess, least, most, xtol=1e-13, rtol=1e-13))


def measure_loss(
    log_odds: Float[np.ndarray, " exam"], targets: Float[np.ndarray, " exam"]
) -> float:
    """Negative log likelihood of some log odds, in nats.

    Args:
        log_odds: Log odds of malignancy.
        targets: 1 malignant, 0 benign, or a share between.
    """
    return float(np.sum(np.logaddexp(0.0, log_odds) - targets * log_odds))


def is_constant(values: Float[np.ndarray, " exam"], relative: float = CONSTANT) -> bool:
    """Whether all numbers are the same, or apart by no more than rounding.

    Their standard deviation does not tell: of 45 times 0.1 it is 1e-17.

    Args:
        values: A number of each exam, at least one.
        relative: The largest distance that counts as rounding, in parts of the largest
            number.
    """
    least, most = float(values.min()), float(values.max())
    return most - least <= relative * max(abs(least), abs(most))


def is_separated(
    values: Float[np.ndarray, " exam"], targets: Float[np.ndarray, " exam"]
) -> bool:
    """Whether a number parts the labels, but for ties at the border, or is one alone.

    Then the likelihood rises without end and a slope has no estimate.

    Args:
        values: A number of each exam.
        targets: 1 malignant, 0 benign.

    References:
        Albert and Anderson 1984, On the existence of maximum likelihood estimates in
        logistic regression models, doi 10.1093/biomet/71.1.1.
    """
    malignant, benign = values[targets == 1], values[targets == 0]
    if not malignant.size or not benign.size or is_constant(values):
        return True
    return bool(benign.max() <= malignant.min() or malignant.max() <= benign.min())
