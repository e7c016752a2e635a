"""Something hot in the field that is not the breast, such as an extravasation."""

from typing import Final

from bsgi.exam.quality.look import Look

LEAST_RATIO: Final = 1.0
"""Uptake of an object, over that of normal breast tissue, from which on it is told. A
design choice: beside the breast the field is all but empty, and what is no brighter
than the breast hides little."""


def find_outside(look: Look) -> str:
    """An object away from the breast that is as hot as the breast, or hotter.

    An extravasation or a vein at the arm, a contamination of the detector, the other
    breast. It is told on blocks of some 6 mm, so that no single pixel is one.

    Args:
        look: A view with a breast.
    """
    if not look.objects.any():
        return ""
    ratio = float(look.coarse[look.objects].max()) / look.normal
    if ratio < LEAST_RATIO:
        return ""
    return (
        f"a hot object outside the breast, {ratio:.1f} times normal tissue: "
        "extravasation or contamination"
    )
