"""Decay over the four views of an exam."""

import numpy as np

from bsgi.physics.acceptance.check import Check, Subject, check_near
from bsgi.physics.acquisition.acquire import acquire_view
from bsgi.physics.acquisition.protocol import Protocol
from bsgi.physics.camera.isotope import TC99M

GROUP = "Acquisition"

# C: 10 min to each of four views, 1 min between them, the first 5 min after injection;
# their middles are 10, 21, 32 and 43 min after it. Half-life 6.007 h (F).
_PROTOCOL = Protocol(uptake_s=300.0, view_s=600.0, pause_s=60.0)
_PRINTED = (0.981, 0.960, 0.940, 0.921)


# C: 1.5e8 counts in all: a standard error of 1e-4 of the factor.
_SHAPE = (1, 64, 48)
_COUNTS = 50_000.0


def check_decay(seed: int) -> tuple[Check, ...]:
    """Mean share of the injected activity that is left during each view.

    A bright field of constant rate is acquired; what is counted, over what would be
    counted without decay.

    Args:
        seed: Seed of the acquisitions.
    """
    rng = np.random.default_rng(seed)
    rate = np.full(_SHAPE, _COUNTS / _PROTOCOL.view_s, np.float32)
    undecayed = float(rate.sum(dtype=float)) * _PROTOCOL.view_s
    checks = []
    for name, printed in zip(_PROTOCOL.order, _PRINTED, strict=True):
        middle_min = (_PROTOCOL.start_s(name) + 0.5 * _PROTOCOL.view_s) / 60.0
        taken = acquire_view(
            rng, rate, name, _PROTOCOL, dose_mbq=1.0, isotope=TC99M, pitch_mm=1.0
        )
        subject = Subject(
            GROUP,
            f"counts of the view about {middle_min:.0f} min after injection, over "
            "those without decay",
            "C: half-life of Tc-99m, 6.007 h (F)",
            digits=4,
        )
        measured = float(taken.counts.sum(dtype=float)) / undecayed
        # The print has three digits.
        checks.append(check_near(subject, measured, printed, margin=0.001))
    return tuple(checks)
