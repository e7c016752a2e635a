"""The photopeak among energy windows.

References:
    DICOM PS3.3 C.8.4.10 (NM isotope: energy window information).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pydicom.dataset import Dataset

from bsgi.dicom.parse import read_items, read_number
from bsgi.errors import DicomError

PHOTOPEAK_KEV: Final = 140.5
"""Gamma energy of Tc-99m."""


@dataclass(frozen=True, slots=True)
class Window:
    """The energy window whose frames are taken.

    Args:
        number: Its number in the file, from 1.
        limits_kev: Lower and upper limit; None if unknown.
        notes: What was chosen, and what the file does not say.
    """

    number: int
    limits_kev: tuple[float, float] | None
    notes: tuple[str, ...] = ()


def choose_window(dataset: Dataset, numbers: Sequence[int]) -> Window:
    """The one window of a file, or the only one that holds the photopeak of Tc-99m.

    Args:
        dataset: An NM dataset.
        numbers: Numbers of the windows that frames belong to.

    Raises:
        DicomError: If a window is not described, or if of several windows not exactly
            one has a range that holds 140.5 keV. A name, such as ``Tc-99m``, is no
            range.
    """
    items = read_items(dataset, "EnergyWindowInformationSequence")
    for number in numbers:
        if not 1 <= number <= max(len(items), 1):
            raise DicomError(f"energy window {number} of a frame is not described.")
    if len(numbers) == 1:
        return _take_only(items, numbers[0])
    limits = {number: _read_limits(items[number - 1]) for number in numbers}
    peaks = [
        number
        for number, window in limits.items()
        if window is not None and window[0] < PHOTOPEAK_KEV < window[1]
    ]
    if len(peaks) != 1:
        raise DicomError(
            f"must have one energy window around {PHOTOPEAK_KEV} keV, got {len(peaks)} "
            f"of {len(numbers)}."
        )
    lower, upper = limits[peaks[0]] or (0.0, 0.0)
    note = (
        f"the photopeak window {lower:g} to {upper:g} keV was taken, "
        f"{len(numbers) - 1} other left out"
    )
    return Window(peaks[0], limits[peaks[0]], (note,))


def _take_only(items: Sequence[Dataset], number: int) -> Window:
    """The window of a file that has no other."""
    if not items:
        return Window(number, None)
    limits = _read_limits(items[number - 1])
    ranges = len(read_items(items[number - 1], "EnergyWindowRangeSequence"))
    if limits is not None or ranges == 0:
        return Window(number, limits)
    said = (
        f"the energy window has {ranges} ranges; its limits are taken as unknown"
        if ranges > 1
        else "the range of the energy window is not believable and was left out"
    )
    return Window(number, None, (said,))


def _read_limits(item: Dataset) -> tuple[float, float] | None:
    """Limits of one energy window; None if it has no range or several."""
    ranges = read_items(item, "EnergyWindowRangeSequence")
    if len(ranges) != 1:
        return None
    lower = read_number(ranges[0], "EnergyWindowLowerLimit")
    upper = read_number(ranges[0], "EnergyWindowUpperLimit")
    if lower is None or upper is None or not 0 < lower < upper:
        return None
    return lower, upper
