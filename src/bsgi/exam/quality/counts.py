"""A view without a breast, and a view with few counts."""

from typing import Final

from bsgi.exam.quality.look import Look

MINIMUM_COUNTS: Final = 100_000
"""Counts that a view should have at least, of all heads together.

References:
    SNM practice guideline for breast scintigraphy with breast-specific gamma cameras
    1.0 (2010); quoted from memory of the guideline, to be verified against its text.
"""


LEAST_COUNTS: Final = 2_000
"""Counts below which nothing can be seen: two in a hundred of the minimum. A design
choice."""

WHOLE_FIELD: Final = 0.97
"""Share of the field from which on what is bright is the field and no breast."""


def find_blank(look: Look) -> str:
    """A view that has no counts, or in which nothing stands out as a breast.

    Args:
        look: The view.
    """
    total = look.view.total_counts
    if total < LEAST_COUNTS or look.normal == 0:
        return f"blank: {total:,} counts" if total else "blank"
    if look.breast.mean() > WHOLE_FIELD:
        return "blank: no breast stands out from the field"
    return ""


def find_low_counts(look: Look) -> str:
    """A view with fewer counts than the guideline asks for.

    Args:
        look: The view.
    """
    total = look.view.total_counts
    if total >= MINIMUM_COUNTS:
        return ""
    return f"{total:,} counts, fewer than {MINIMUM_COUNTS:,}"
