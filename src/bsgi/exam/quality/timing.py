"""When views were taken, and for how long."""

from typing import Final

from bsgi.exam.quality.look import Look
from bsgi.exam.record import Exam

LATEST_START_S: Final = 3600.0
"""A view should begin within an hour of the injection: the uptake of breast and tumour
holds a plateau from about 5 to 60 minutes, and may wash out later.

References:
    Prescribing information of Tc-99m sestamibi (plateau); to be verified.
"""

LONGEST_RATIO: Final = 2.0
"""Views of an exam whose times differ by more than this factor were not taken alike. A
design choice."""


def find_late_start(look: Look) -> str:
    """A view that began late after the injection.

    Args:
        look: The view; an unknown start raises no doubt.
    """
    start_s = look.view.start_s
    if start_s is None or start_s <= LATEST_START_S:
        return ""
    return (
        f"began {start_s / 60:.0f} min after the injection, later than "
        f"{LATEST_START_S / 60:.0f} min"
    )


def find_unequal_times(exam: Exam) -> str:
    """Views of one exam that took very different times.

    Views that a number of counts ended are left out: their times differ as they should.

    Args:
        exam: The exam.
    """
    times_s = [
        view.duration_s for view in exam.views.values() if not view.stopped_by_counts
    ]
    if len(times_s) < 2 or max(times_s) <= LONGEST_RATIO * min(times_s):
        return ""
    return f"views took {min(times_s):.0f} to {max(times_s):.0f} s, not alike"
