"""Which share of unscattered photons an energy window keeps."""

from dataclasses import replace

from bsgi.physics.acceptance.check import Check, Subject, check_near
from bsgi.physics.camera.catalogue import DILON_6800_GP, LUMAGEM_3200S
from bsgi.physics.camera.record import Camera

GROUP = "Energy"

# The settings of the reference table of scatter, as variants of two cameras.
DETECTORS: dict[str, Camera] = {
    "NaI 13 %, 126-154 keV": DILON_6800_GP,
    "CZT 5 % and tail, 126-154 keV": replace(LUMAGEM_3200S, window_kev=(126.0, 154.0)),
    "CZT 5 % and tail, 110-154 keV": LUMAGEM_3200S,
    "CZT 5 % and tail, 130-151 keV": replace(LUMAGEM_3200S, window_kev=(130.0, 151.0)),
}
"""Crystal, energy resolution and window, by the name of their column in the table."""

# C: a bell curve of 13 %; one of 5 %, of which 40 % have an exponential tail of 17.5
# keV.
_PRINTED = (0.93, 0.82, 0.93, 0.78)


def check_windows() -> tuple[Check, ...]:
    """Share of the photons at 140.5 keV that each window keeps."""
    return tuple(
        check_near(
            Subject(
                GROUP,
                f"{name}: unscattered photons in the window",
                "C: bell curve with exponential tail, numerically",
                digits=3,
            ),
            camera.window_acceptance,
            printed,
            margin=0.01,
        )
        for (name, camera), printed in zip(DETECTORS.items(), _PRINTED, strict=True)
    )
