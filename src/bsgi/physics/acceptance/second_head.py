"""Lesion contrast on the second head, which looks at the breast from above.

A lesion near the first head is deep for the second one; there it must look as the sums
in real space say for its distance to that head.
"""

from bsgi.physics.acceptance.check import Check, Subject, check_near
from bsgi.physics.acceptance.contrast import GROUP, THICKNESS_MM
from bsgi.physics.acceptance.lesion_sums import Sphere, read_contrast, sum_ratio_image
from bsgi.physics.acceptance.phantom import (
    MU_PER_CM,
    build_round_slab,
    find_middle,
    project_ratio,
    sum_scatter,
)
from bsgi.physics.camera.catalogue import GE_NM750B, LUMAGEM_3200S, find_camera

CAMERAS = (LUMAGEM_3200S.name, GE_NM750B.name)
"""Cameras with two heads, one of each make."""

# D: heights above the first head, one near each head: an exchange of the heads shows.
HEIGHTS_MM = (10.0, 40.0)
_DIAMETER_MM, _RATIO = 10.0, 8.0


def check_second_head(name: str) -> tuple[Check, ...]:
    """Brightness of a lesion near to and far from the second head of a camera.

    Args:
        name: The camera's name.
    """
    camera = find_camera(name)
    slab = build_round_slab(THICKNESS_MM)
    scatter = sum_scatter(camera, slab)
    checks = []
    for height_mm in HEIGHTS_MM:
        sphere = Sphere(_DIAMETER_MM, _RATIO, height_mm)
        seen = project_ratio(camera, slab, sphere, find_middle(camera), head=1)
        away_mm = THICKNESS_MM - height_mm
        predicted = sum_ratio_image(
            camera,
            Sphere(_DIAMETER_MM, _RATIO, away_mm),
            scatter,
            thickness_mm=THICKNESS_MM,
            mu_per_cm=MU_PER_CM,
        )
        kinds = ("peak pixel", "mean in the 50 % isocontour")
        for kind, value, sums in zip(
            kinds, read_contrast(seen), read_contrast(predicted), strict=True
        ):
            subject = Subject(
                GROUP,
                f"{name}, second head: {_DIAMETER_MM:g} mm, concentration ratio "
                f"{_RATIO:g}, {away_mm / 10.0:g} cm from that head, {kind}, L/N - 1",
                "C: real-space sums with the same response and scatter",
                digits=3,
            )
            checks.append(check_near(subject, value - 1.0, sums - 1.0, share=0.10))
    return tuple(checks)
