"""Decay over the four views of an exam."""

from bsgi.exam.record import ViewName
from bsgi.physics.acceptance.check import Check, Subject, check_near
from bsgi.physics.acquisition.protocol import Protocol
from bsgi.physics.camera.isotope import TC99M

GROUP = "Acquisition"

# C: 10 min to each of four views, 1 min between them, the first 5 min after injection;
# their middles are 10, 21, 32 and 43 min after it. Half-life 6.007 h (F).
_PROTOCOL = Protocol(uptake_s=300.0, view_s=600.0, pause_s=60.0)
_PRINTED = (0.981, 0.960, 0.940, 0.921)


def check_decay() -> tuple[Check, ...]:
    """Mean share of the injected activity that is left during each view."""
    checks = []
    names: tuple[ViewName, ...] = _PROTOCOL.order
    for name, printed in zip(names, _PRINTED, strict=True):
        middle_min = (_PROTOCOL.start_s(name) + 0.5 * _PROTOCOL.view_s) / 60.0
        exposure = _PROTOCOL.exposure_mbq_s(name, 1.0, TC99M)
        subject = Subject(
            GROUP,
            f"decay factor of the view about {middle_min:.0f} min after injection",
            "C: half-life of Tc-99m, 6.007 h (F)",
            digits=4,
        )
        measured = exposure / _PROTOCOL.view_s
        # The print has three digits.
        checks.append(check_near(subject, measured, printed, margin=0.001))
    return tuple(checks)
