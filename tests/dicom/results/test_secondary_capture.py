"""The picture: beside and not on top, colours of one scale, no patient."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread

from bsgi.dicom.results.picture import add_heads, colour_evidence, draw_picture
from bsgi.dicom.results.secondary_capture import build_capture
from bsgi.exam.prediction import HeatMap
from bsgi.exam.record import ViewName
from tests.dicom.conftest import make_header
from tests.dicom.results.conftest import Written
from tests.dicom.results.exams import make_case


def test_it_refers_to_all_sources_and_holds_no_identity(written: Written) -> None:
    case, paths = written
    capture = dcmread(paths["capture"])
    assert capture.BurnedInAnnotation == "NO"
    assert capture.ConversionType == "WSD"
    uids = [item.ReferencedSOPInstanceUID for item in capture.SourceImageSequence]
    assert uids == [view.source_uid for view in case.views.values()]
    assert capture.PhotometricInterpretation == "RGB"
    assert capture.pixel_array.shape[2] == 3


def test_pixels_do_not_depend_on_the_patient(tmp_path: Path) -> None:
    first = make_case(tmp_path / "a")
    header = replace(
        make_header("4711"), patient_name="Other^Woman", birth_date=None, accession=""
    )
    second = make_case(tmp_path / "b", header=header)
    # Neither does the pseudonym of a prediction stand in it.
    prediction = replace(second.prediction, patient_id="P-99", exam_id="P-99-1")
    other = draw_picture(replace(second.origin, prediction=prediction), 2.0)
    assert np.array_equal(draw_picture(first.origin, 2.0), other)


def test_a_map_changes_nothing_but_its_own_place(tmp_path: Path) -> None:
    """The view beside it stays as it is, pixel for pixel."""
    case = make_case(tmp_path, (ViewName.LCC,))
    blank = HeatMap(ViewName.LCC, np.zeros((40, 32), np.float32))
    without = replace(case.prediction, maps=(blank,))
    hot, cold = (
        draw_picture(replace(case.origin, prediction=prediction), 1.0)
        for prediction in (case.prediction, without)
    )
    changed = (hot != cold).any(axis=-1)
    # The view and the map are pictures of one size, the map 300 pixels to the right.
    rows, columns = (np.flatnonzero(changed.any(axis=axis)) for axis in (1, 0))
    assert changed.sum() > 1000
    view = cold[rows[0] : rows[-1], columns[0] - 300 : columns[-1] - 300]
    assert len(np.unique(view)) > 20


def test_colours_begin_dark_and_grow_lighter() -> None:
    """So that they read the same in grey (Rec. 601 weights)."""
    steps = np.linspace(0, 1, 101)[None]
    colours = colour_evidence(2 * steps, 2.0)[0].astype(float)
    grey = colours @ [0.299, 0.587, 0.114]
    assert (colours[0] == 0).all()
    assert (np.diff(grey) > 0).all()
    beyond = colour_evidence(np.full((1, 1), 9.0), 2.0)
    assert (beyond[0, 0] == colours[-1]).all()


def test_heads_are_added_as_the_first_sees_them(tmp_path: Path) -> None:
    view = make_case(tmp_path, (ViewName.LCC,), heads=2).views[ViewName.LCC]
    assert np.array_equal(add_heads(view), 2.0 * view.counts[0])


@pytest.mark.parametrize("reasons", [0, 1, 30])
def test_long_reasons_are_wrapped_and_not_cut(reasons: int, tmp_path: Path) -> None:
    case = make_case(tmp_path, (ViewName.LCC,))
    text = "the exam is unlike those that the model was trained on " * 4
    prediction = replace(case.prediction, reasons=("few counts", *(text,) * reasons))
    capture = build_capture(replace(case.origin, prediction=prediction))
    pixels = np.frombuffer(capture.PixelData, np.uint8)[
        : capture.Rows * capture.Columns * 3
    ].reshape(capture.Rows, capture.Columns, 3)
    # Margins stay empty: no text runs over the edge.
    assert not pixels[:, -15:].any()
    assert not pixels[-15:].any()
