"""The energy window and the isotope, as the file states them."""

from typing import Final

from bsgi.exam.quality.finding import FileFacts
from bsgi.exam.quality.look import Look

PHOTOPEAK_KEV: Final = 140.5
"""Energy of the photons of Tc-99m, which is what sestamibi is labelled with."""

WIDTHS_KEV: Final = (14.0, 56.0)
"""Usual widths: 10 to 40 % of the photopeak. In use are 126 to 154 keV (20 %) and, for
CZT, 110 to 154 keV (31 %). The bounds are a design choice.

References:
    Hruska et al., Med Phys 39 (2012) 3466, for the wide window.
"""

_OTHER_ISOTOPE = "another than Tc-99m"


def find_wrong_window(look: Look) -> str:
    """An energy window without the photopeak of Tc-99m, or of unusual width.

    Args:
        look: The view; a window that is not stated raises no doubt.
    """
    window = look.view.energy_window_kev
    if window is None:
        return ""
    lower, upper = window
    if not lower <= PHOTOPEAK_KEV <= upper:
        return (
            f"energy window {lower:g} to {upper:g} keV, without the photopeak of "
            f"{PHOTOPEAK_KEV:g} keV"
        )
    if not WIDTHS_KEV[0] <= upper - lower <= WIDTHS_KEV[1]:
        return f"energy window {lower:g} to {upper:g} keV, an unusual width"
    return ""


def find_wrong_isotope(facts: FileFacts) -> str:
    """An isotope that the file states and that is not Tc-99m.

    Args:
        facts: What the file says.
    """
    return "isotope other than Tc-99m" if facts.isotope == _OTHER_ISOTOPE else ""
