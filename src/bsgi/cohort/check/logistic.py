"""Logistic regression with a small penalty on its slopes."""

import numpy as np
from jaxtyping import Float, Integer
from scipy.special import expit

_STEPS = 100
_ENOUGH = 1e-9


def fit_logistic(
    features: Float[np.ndarray, "exam feature"],
    labels: Integer[np.ndarray, " exam"],
    penalty: float = 1.0,
) -> Float[np.ndarray, " weight"]:
    """Slopes and intercept that minimise the log loss plus half the penalty.

    By Newton's method with steps halved until the loss falls; it is convex. Hundreds of
    small regressions are fitted for one check, for which a general minimiser is slow.

    Args:
        features: Standardised values.
        labels: 1 malignant, 0 benign; both must occur, or the intercept has no end.
        penalty: Times half the sum of squared slopes; the intercept is free.

    Returns:
        The slopes, and the intercept last.

    Raises:
        ValueError: If a label does not occur.

    References:
        le Cessie and van Houwelingen 1992, doi 10.2307/2347628.
    """
    if not 0 < int(labels.sum()) < labels.size:
        raise ValueError("a regression must have both labels.")
    full = np.column_stack([features, np.ones(len(features))])
    ridge = np.append(np.full(features.shape[1], penalty), 0.0)
    weights = np.zeros(full.shape[1])
    loss = _find_loss(full, labels, ridge, weights)
    for _ in range(_STEPS):
        chance = expit(full @ weights)
        slope = full.T @ (chance - labels) + ridge * weights
        curvature = (full * (chance * (1.0 - chance))[:, None]).T @ full
        curvature[np.diag_indices_from(curvature)] += ridge + 1e-12
        step = np.linalg.solve(curvature, slope)
        share = 1.0
        tried = _find_loss(full, labels, ridge, weights - step)
        while tried > loss and share > _ENOUGH:
            share /= 2.0
            tried = _find_loss(full, labels, ridge, weights - share * step)
        weights, loss = weights - share * step, tried
        if np.abs(share * step).max() < _ENOUGH:
            break
    return np.asarray(weights, dtype=np.float64)


def _find_loss(
    full: np.ndarray, labels: np.ndarray, ridge: np.ndarray, weights: np.ndarray
) -> float:
    margins = full @ weights
    fit = np.logaddexp(0.0, margins).sum() - margins @ labels
    return float(fit + 0.5 * np.sum(ridge * weights**2))
