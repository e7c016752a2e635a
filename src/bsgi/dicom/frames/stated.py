"""What a file says of its own counts, and what is worth a note in it.

References:
    DICOM PS3.3 C.8.4.9 (NM image pixel: counts accumulated, corrected image).
"""

from typing import Final

import numpy as np
from jaxtyping import Integer
from pydicom.dataset import Dataset

from bsgi.dicom.parse import read_number, read_values

_CORRECTIONS: Final = {
    "DECY": "decay",
    "ATTN": "attenuation",
    "SCAT": "scatter",
    "DTIM": "dead time",
    "MOTN": "motion",
    "PMOT": "motion of the patient",
    "CLN": "count loss",
    "RAN": "random coincidences",
    "NORM": "normalisation of detectors",
    "DCAL": "sensitivity",
}
"""Corrections after which numbers are no counts any more.

Uniformity, linearity and energy are corrected while a camera counts; centre of rotation
and orbit concern tomograms only.
"""


def check_stated(
    dataset: Dataset, stack: Integer[np.ndarray, "frame row col"]
) -> tuple[str, ...]:
    """Notes on what the file says of its own pixels, all frames together.

    Args:
        dataset: An NM dataset.
        stack: Its stored integers.
    """
    notes = []
    stated = read_number(dataset, "CountsAccumulated")
    if stated is not None and stated != int(stack.sum(dtype=np.int64)):
        notes.append("the pixels do not sum to Counts Accumulated")
    largest = read_number(dataset, "LargestImagePixelValue")
    if largest is not None and largest < int(stack.max()):
        notes.append("a pixel is larger than the stated largest one")
    said = {
        str(value).strip().upper() for value in read_values(dataset, "CorrectedImage")
    }
    corrected = [name for word, name in _CORRECTIONS.items() if word in said]
    if corrected:
        notes.append(
            f"the file says its counts were corrected for {', '.join(corrected)}; they "
            "are taken as stored"
        )
    return tuple(notes)
