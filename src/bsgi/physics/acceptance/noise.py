"""Noise of repeated acquisitions: photons arrive by chance, and nothing else varies."""

import numpy as np

from bsgi.exam.record import ViewName
from bsgi.physics.acceptance.check import Check, Subject, check_near
from bsgi.physics.acceptance.phantom import build_round_slab, project_uniform
from bsgi.physics.acquisition.acquire import acquire_view
from bsgi.physics.acquisition.protocol import Protocol
from bsgi.physics.camera.catalogue import find_camera

GROUP = "Noise"

# C: with these and at least 1,000 pixels, a standard error below 0.003.
_ACQUISITIONS = 300
_FEWEST_COUNTS = 5.0
# F: 740 MBq for a scintillation camera, 300 MBq for CZT (PMC3656956, table 3).
_DOSE_MBQ = {1: 740.0, 2: 300.0}


def check_noise(name: str, seed: int) -> tuple[Check, ...]:
    """Variance over mean of a pixel in repeated acquisitions of one breast.

    Args:
        name: The camera's name.
        seed: Seed of the acquisitions.
    """
    camera = find_camera(name)
    rng = np.random.default_rng(seed)
    rate = project_uniform(camera, build_round_slab(60.0))[:1]
    counts = np.stack(
        [
            acquire_view(
                rng,
                rate,
                ViewName.LCC,
                Protocol(),
                dose_mbq=_DOSE_MBQ[camera.heads],
                isotope=camera.isotope,
                pitch_mm=camera.pitch_mm,
            ).counts[0]
            for _ in range(_ACQUISITIONS)
        ]
    ).astype(float)
    mean, variance = counts.mean(axis=0), counts.var(axis=0, ddof=1)
    bright = mean > _FEWEST_COUNTS
    ratio = variance[bright] / mean[bright]
    error = float(ratio.std() / np.sqrt(ratio.size))
    subject = Subject(
        GROUP,
        f"{name}: variance over mean, {_ACQUISITIONS} acquisitions",
        "C: Poisson statistics before any correction",
        digits=3,
        note=f"{ratio.size:,} pixels, standard error {error:.4f}",
    )
    return (check_near(subject, float(ratio.mean()), 1.0, margin=0.02),)
