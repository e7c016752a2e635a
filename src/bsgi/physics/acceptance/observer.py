"""The model observer beside the ideal one, where the ideal one is known."""

from bsgi.physics.acceptance.check import Check, Subject, check_near
from bsgi.physics.camera.catalogue import find_camera
from bsgi.physics.observers.looks import CHANNELS
from bsgi.physics.observers.uniform import DIAMETER_MM, THICKNESS_MM, measure_on_uniform

GROUP = "Observer"

# C: a standard error of d' of about 1 %.
_IMAGES = 8000


def check_observer(name: str, seed: int) -> tuple[Check, ...]:
    """Channelized Hotelling observer against the ideal one, on a uniform slab.

    Args:
        name: The camera's name; its first head is read.
        seed: Seed of the images.
    """
    found = measure_on_uniform(find_camera(name), seed, _IMAGES)
    subject = Subject(
        GROUP,
        f"{name}: detectability d' of a {DIAMETER_MM:g} mm lesion, uniform "
        f"{THICKNESS_MM / 10.0:g} cm",
        "C: ideal observer, moments of the Poisson likelihood ratio",
        digits=3,
        note=f"standard error {found.observer.standard_error:.3f}; {CHANNELS} channels",
    )
    return (
        check_near(subject, found.observer.d_prime, found.ideal.d_prime, share=0.05),
    )
