from dataclasses import replace

import pytest

from bsgi.evaluation.calibration.calibrator import CALIBRATORS
from bsgi.evaluation.calibration.recalibrate import recalibrate_rows
from bsgi.evaluation.calibration.source import (
    CalibratedOn,
    CalibrationSource,
    find_source,
)
from bsgi.evaluation.design import Design
from bsgi.evaluation.predictions import PredictionRow
from tests.evaluation.rows import study_rows


def aside(part: str = "") -> list[PredictionRow]:
    """Half the patients calibrate; rows of the part train for these or for others."""
    rows = [
        replace(each, part="calibrate" if number % 2 else "test")
        for number, each in enumerate(study_rows(repeats=1))
    ]
    given = [each for each in rows if each.part == "calibrate"]
    if part == "theirs":
        rows += [replace(each, part="train") for each in given]
    if part == "others":
        rows.append(replace(given[0], exam_id="x", patient_id="px", part="train"))
    return rows


@pytest.mark.parametrize("name", CALIBRATORS)
@pytest.mark.parametrize(
    ("rows", "design", "expected"),
    [
        (aside(), Design.SINGLE, CalibratedOn.NOT_STATED),
        (aside("theirs"), Design.SINGLE, CalibratedOn.OUT_OF_FOLD),
        (aside("others"), Design.SINGLE, CalibratedOn.SET_ASIDE),
        (study_rows(repeats=2, folds=3), Design.FOLDS, CalibratedOn.OTHER_FOLDS),
    ],
    ids=["not stated", "out of fold", "set aside", "other folds"],
)
def test_a_recalibration_is_known_again(
    name: str, rows: list[PredictionRow], design: Design, expected: CalibratedOn
) -> None:
    filled = recalibrate_rows(rows, name, design)
    found = find_source(filled, design)
    assert found == CalibrationSource(expected, name)


def test_what_cannot_be_known_is_not_guessed() -> None:
    rows = recalibrate_rows(aside("others"), "platt", Design.SINGLE)
    bent = [
        replace(each, probability=None if each.probability is None
                else each.probability**2) for each in rows
    ]  # fmt: skip
    for unknown in (bent, study_rows(repeats=1), aside("others")):
        assert find_source(unknown, Design.SINGLE) == CalibrationSource()
    one_label = [each for each in rows if each.part == "test" or each.label == 1]
    assert find_source(one_label, Design.SINGLE) == CalibrationSource()
