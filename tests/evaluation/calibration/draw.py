"""Labels with probabilities that are too extreme, for tests."""

import numpy as np

from bsgi.evaluation.calibration.forecasts import Forecasts


def draw_forecasts(
    seed: int,
    *,
    patients: int = 60,
    exams: int = 1,
    slope: float = 1.0,
    shift: float = 0.0,
    decimals: int | None = None,
) -> Forecasts:
    """Exams whose true log odds are ``slope * said + shift``; one label each patient.

    Args:
        seed: Where they come from.
        patients: Number of patients.
        exams: Exams of each.
        slope: True calibration slope.
        shift: True shift of the log odds.
        decimals: Round the probabilities, so that there are ties.
    """
    rng = np.random.default_rng(seed)
    said = rng.normal(-0.3, 1.2, size=patients)
    truth = 1 / (1 + np.exp(-(slope * said + shift)))
    labels = (rng.random(patients) < truth).astype(np.int64)
    labels[:2] = [0, 1]
    noise = 0.3 * rng.normal(size=(patients, exams)) * (exams > 1)
    p = 1 / (1 + np.exp(-(said[:, None] + noise)))
    if decimals is not None:
        p = p.round(decimals).clip(0.01, 0.99)
    return Forecasts(
        labels=np.repeat(labels, exams),
        probabilities=p.ravel(),
        patients=tuple(str(n) for n in range(patients) for _ in range(exams)),
    )
