"""The reading model: how a reader would weigh an exam who knows the odds but not her.

The reader knows the place that mammography or ultrasound showed, how normal breasts
vary there, how often malignant and benign lesions have which size and concentration
ratio, and how a sphere of each size at that depth would look on this camera. It does
not know the label, nor the size and ratio of this lesion. Its score is the logarithm of
the likelihood ratio of malignant over benign: of the channel outputs of all views and
heads, each likelihood averaged over what lesions of that label may be.

Given a lesion, the outputs are taken as normal. Their covariance has three parts:
normal breasts' variation, Poisson noise, and how hot the tissue at the place is, on
which the lesion's concentration depends. Some women vary more than others; so the first
and the last are taken at several scales, all equally likely.

References:
    Barrett and Myers, *Foundations of Image Science* (Wiley 2004), ch. 13: the ideal
    observer of a random signal averages the likelihood over it; Park et al., J Opt Soc
    Am A 2009;26:B59, for the same in channels.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Float32
from scipy.special import logsumexp

from bsgi.physics.observers.evidence import Evidence, Setting
from bsgi.physics.observers.lesion_prior import RATIOS, LesionPrior
from bsgi.physics.observers.normal import Normal

# D: less probable kinds of lesion than this are left out, for speed.
_RARE = 1e-5
# This and the next were chosen on 600 exams (seed 5, LumaGEM-like camera).
# D: variance of a woman's normal tissue over that of all women, each as likely.
_SCALES = (1.0, 4.0)
# D: share of each output's variance that is its own. Normal breasts are not quite
# normal in the statistical sense; without it the reader is too sure of fine detail, and
# gains nothing from more counts.
_OWN_SHARE = 0.03


@dataclass(frozen=True, slots=True)
class Reader:
    """Everything that a reader brings along.

    Args:
        prior: What lesions of either label may be.
        normal: How normal breasts vary.
    """

    prior: LesionPrior
    normal: Normal

    def score(self, setting: Setting, evidence: Evidence) -> float:
        """Logarithm of the likelihood ratio, malignant over benign.

        Args:
            setting: What is known of the exam.
            evidence: What its counts say.
        """
        both = (self.prior.malignant, self.prior.benign)
        likely = (both[0] > _RARE) | (both[1] > _RARE)
        found = logsumexp(
            [
                _weigh(setting, evidence, _scale(self.normal, scale), likely)
                for scale in _SCALES
            ],
            axis=0,
        )
        malignant, benign = (
            float(logsumexp(found[likely], b=prior[likely])) for prior in both
        )
        return malignant - benign


def _scale(normal: Normal, scale: float) -> Normal:
    """Normal breasts that vary more or less, and each output a little on its own."""
    own = _OWN_SHARE * np.diag(np.diag(normal.covariance))
    return replace(
        normal,
        covariance=scale * (normal.covariance + own),
        warmth_sd=math.sqrt(scale) * normal.warmth_sd,
        with_warmth=scale * normal.with_warmth,
    )


def _weigh(
    setting: Setting,
    evidence: Evidence,
    normal: Normal,
    likely: Bool[np.ndarray, "diameter ratio"],
) -> Float[np.ndarray, "diameter ratio"]:
    """Logarithm of the likelihood of each kind of lesion, up to a constant."""
    found = np.full(likely.shape, -np.inf)
    excess = np.array(RATIOS) - 1.0
    noise = normal.covariance + _block(setting.noise, evidence.counts)
    seen = evidence.outputs.ravel() - normal.mean
    for number, chosen in enumerate(likely):
        if not chosen.any():
            continue
        shift = setting.shifts[number].ravel().astype(float)
        more = _block(setting.more_noise[number], evidence.counts)
        cross = np.outer(normal.with_warmth, shift)
        warm = normal.warmth_sd**2 * np.outer(shift, shift)
        hotter = excess[chosen][:, None, None]
        covariance = noise + hotter * (cross + cross.T) + hotter**2 * warm
        covariance += np.maximum(hotter, 0.0) * more
        away = seen - normal.warmth * excess[chosen][:, None] * shift
        found[number, chosen] = _log_normal(away, covariance)
    return found


def _log_normal(
    away: Float[np.ndarray, "kind output"],
    covariance: Float[np.ndarray, "kind output output"],
) -> Float[np.ndarray, " kind"]:
    """Logarithm of normal densities, up to a constant."""
    lower = np.linalg.cholesky(covariance)
    spread = np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(axis=1)
    solved = np.linalg.solve(covariance, away[..., None])[..., 0]
    return np.asarray(-spread - 0.5 * (away * solved).sum(axis=1))


def _block(
    parts: Float32[np.ndarray, "look channel channel"],
    counts: Float[np.ndarray, " look"],
) -> Float[np.ndarray, "output output"]:
    """Covariance of all looks whose noise is independent of each other's."""
    looks, channels = parts.shape[:2]
    whole = np.zeros((looks, channels, looks, channels))
    for look in range(looks):
        whole[look, :, look] = parts[look] / counts[look]
    return whole.reshape(looks * channels, looks * channels)
