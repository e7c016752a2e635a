import numpy as np
import pytest
from pydicom.dataset import Dataset

from bsgi.dicom.frames.stated import check_stated
from tests.dicom.conftest import make_view


def _check(dataset: Dataset) -> tuple[str, ...]:
    return check_stated(dataset, make_view().counts)


def test_what_agrees_with_the_pixels_is_not_noted(dataset: Dataset) -> None:
    assert _check(dataset) == ()
    dataset.CountsAccumulated += 1
    dataset.LargestImagePixelValue = int(np.max(make_view().counts)) - 1
    assert _check(dataset) == (
        "the pixels do not sum to Counts Accumulated",
        "a pixel is larger than the stated largest one",
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["DECY"], "decay"),
        (["UNIF", "SCAT", "ATTN"], "attenuation, scatter"),
        (["MOTN", "SMITH"], "motion"),
        (["DTIM", "DTIM"], "dead time"),
        (["UNIF", "NRGY", "LIN", "COR"], ""),
        (["SMITH"], ""),
        ("", ""),
    ],
)
def test_corrected_counts_are_noted_in_our_own_words(
    dataset: Dataset, words: list[str], said: str
) -> None:
    dataset.CorrectedImage = words
    notes = _check(dataset)
    assert "SMITH" not in " ".join(notes)
    assert notes == (
        (f"the file says its counts were corrected for {said}; they are taken as "
         "stored",) if said else ()
    )  # fmt: skip
