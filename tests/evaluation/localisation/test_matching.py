"""Marks against outlines, in the camera's pixels and on the image of a network."""

import numpy as np
import pytest

from bsgi.evaluation.localisation.matching import (
    match_exam,
    match_marks,
    name_image,
    search_by_map,
)
from bsgi.evaluation.localisation.peaks import Mark
from bsgi.exam.preprocess import Preprocessing, preprocess_mask
from bsgi.exam.record import Exam, Lesion, Side, Truth, ViewName
from tests.conftest import make_exam


def outline() -> np.ndarray:
    mask = np.zeros((64, 48), bool)
    mask[20:24, 10:14] = True
    mask[40:42, 30:33] = True
    return mask


def match(*marks: Mark, tolerance_mm: float = 10.0) -> tuple[object, object]:
    found = match_marks(
        marks, outline(), (3.2, 3.2), image="i", patient="p", tolerance_mm=tolerance_mm
    )
    return found.targets, found.false_marks


def test_a_mark_hits_within_the_tolerance() -> None:
    assert match(Mark(22.0, 12.0, 1.0)) == ((1.0, None), ())
    assert match(Mark(26.0, 12.0, 1.0)) == ((1.0, None), ())  # 9.6 mm below
    assert match(Mark(27.0, 12.0, 1.0)) == ((None, None), (1.0,))  # 12.8 mm
    assert match(Mark(26.0, 12.0, 1.0), tolerance_mm=0.0) == ((None, None), (1.0,))
    assert match(Mark(41.0, 31.0, 2.0), tolerance_mm=0.0) == ((None, 2.0), ())
    assert match() == ((None, None), ())


def test_of_several_marks_on_a_target_the_highest_counts() -> None:
    marks = (Mark(22.0, 12.0, 1.0), Mark(21.0, 11.0, 3.0), Mark(20.0, 10.0, 2.0))
    assert match(*marks, Mark(60.0, 2.0, 5.0)) == ((3.0, None), (5.0,))


def test_a_mark_belongs_to_the_nearest_target() -> None:
    mask = np.zeros((20, 20), bool)
    mask[5, 4] = mask[5, 9] = True
    found = match_marks(
        [Mark(5.0, 7.0, 1.0)], mask, (3.0, 3.0), image="i", patient="p",
        tolerance_mm=20.0,
    )  # fmt: skip
    assert found.targets == (None, 1.0)


def test_without_an_outline_every_mark_is_false() -> None:
    found = match_marks(
        [Mark(5.0, 7.0, 1.0)], np.zeros((9, 9), bool), (3.0, 3.0), image="i",
        patient="p",
    )  # fmt: skip
    assert (found.targets, found.false_marks) == ((), (1.0,))


def make_truth(*, malignant: bool = True) -> Truth:
    lesion = Lesion(Side.LEFT, malignant, "IDC", 12.0, 3.0, (0.5, 0.0, 0.0))
    masks = {ViewName.LCC: outline(), ViewName.RCC: outline()}
    return Truth((lesion,), masks)


def test_only_the_breast_with_a_malignant_lesion_has_targets() -> None:
    exam = make_exam()
    marks = {name: [Mark(22.0, 12.0, 1.0)] for name in (ViewName.LCC, ViewName.RCC)}
    found = {one.image: one for one in match_exam(exam, make_truth(), marks)}
    assert list(found) == [name_image(exam, name) for name in exam.present()]
    assert found["0001-1 LCC"].targets == (1.0, None)
    assert found["0001-1 RCC"].targets == ()
    assert found["0001-1 RCC"].false_marks == (1.0,)
    assert found["0001-1 LMLO"].false_marks == ()
    benign = match_exam(exam, make_truth(malignant=False), marks)
    assert all(one.targets == () for one in benign)


def heat_of(exam: Exam, settings: Preprocessing) -> np.ndarray:
    """A map that is hot where the first lesion of the left breast lies."""
    mask = outline()
    mask[40:42] = False
    return preprocess_mask(mask, exam.views[ViewName.LCC], settings).astype(np.float64)


@pytest.mark.parametrize("size", [128, 256])
def test_a_map_that_looks_at_a_lesion_finds_it(size: int) -> None:
    exam, settings = make_exam(), Preprocessing(size=size)
    heat = heat_of(exam, settings)
    found = search_by_map(exam, make_truth(), heat, settings)
    assert (found.image, found.patient) == ("0001-1", "0001")
    assert len(found.targets) == 2
    assert sorted(one is None for one in found.targets) == [False, True]
    assert max(one for one in found.targets if one) == pytest.approx(heat.max())
    assert found.false_marks == ()
    scored = search_by_map(exam, make_truth(), heat * 7.0, settings, score=0.3)
    assert max(one for one in scored.targets if one) == pytest.approx(0.3)
    benign = search_by_map(exam, make_truth(malignant=False), heat, settings)
    assert (benign.targets, len(benign.false_marks)) == ((), 1)
    empty = search_by_map(exam, make_truth(), np.zeros((8, 8)), settings, score=0.9)
    assert (empty.targets, empty.false_marks) == ((None, None), ())
    with pytest.raises(ValueError, match="score must be 0 or more"):
        search_by_map(exam, make_truth(), heat, settings, score=-1.0)


def test_outlines_of_all_views_count() -> None:
    """A lesion that only the oblique view shows is found by the map of the exam."""
    exam, settings = make_exam(), Preprocessing(size=128)
    truth = make_truth()
    oblique = Truth(truth.lesions, {ViewName.LMLO: outline()})
    heat = heat_of(exam, settings)
    found = search_by_map(exam, oblique, heat, settings)
    assert any(found.targets)
    far = search_by_map(exam, oblique, np.roll(heat, 60, axis=0), settings)
    assert far.targets == (None, None)
    assert len(far.false_marks) == 1
