"""What is on disk after a prediction: every digit, and a table to evaluate."""

import json
from pathlib import Path

import numpy as np

from bsgi.evaluation.tables.any_table import load_any_table
from bsgi.exam.prediction import (
    Decision,
    HeatMap,
    Prediction,
    Refusal,
    SemiQuantitative,
    ViewValues,
)
from bsgi.exam.record import Label, Projection, ViewName
from bsgi.files import load_csv
from bsgi.runtime.output import COLUMNS, write_predictions


def some_prediction(number: int) -> Prediction:
    rng = np.random.default_rng(number)
    evidence = rng.random((5, 4), dtype=np.float32)
    return Prediction(
        exam_id=f"{number:04d}-1", patient_id=f"{number:04d}", method="tiny",
        bundle_sha256="0" * 64, precision="float32", score=float(rng.random()),
        probability=0.5, probability_interval=(0.25, 0.75),
        decision=Decision.REFER, reasons=("a, b", "c"),
        maps=(HeatMap(ViewName.LCC, evidence),),
        values=SemiQuantitative(
            {ViewName.LCC: ViewValues(2.5, 700.0)}, {Projection.CC: 1.25}
        ),
        simulated_training=True,
    )  # fmt: skip


def test_tables_and_maps_hold_every_digit(tmp_path: Path) -> None:
    made = [some_prediction(n) for n in range(4)]
    refusal = Refusal("0009-1", "0009", "no breast")
    outcomes: list[Prediction | Refusal] = [*made, refusal]
    labels = {one.exam_id: Label(str(n % 2)) for n, one in enumerate(made)}
    written = write_predictions(
        tmp_path, iter(outcomes), labels=labels, rejected={"file 000007": "no image"}
    )
    assert (written.predicted, written.refused) == (4, 1)
    assert written.decisions == {Decision.REFER: 4}
    rows = load_csv(tmp_path / "predictions.csv", COLUMNS)
    assert [float(row["score"]) for row in rows] == [one.score for one in made]
    assert rows[0]["reasons"] == "a, b; c"
    assert rows[0]["lesion_to_background_LCC"] == "2.5"
    assert rows[0]["counts_per_cm2_RCC"] == ""
    assert rows[0]["left_over_right_CC"] == "1.25"
    refused = load_csv(tmp_path / "rejected.csv", ("exam_id", "file", "reason"))
    assert [tuple(row.values()) for row in refused] == [
        ("0009-1", "", "no breast"), ("", "file 000007", "no image"),
    ]  # fmt: skip
    with np.load(tmp_path / "maps" / "0002-1.npz", allow_pickle=False) as arrays:
        assert set(arrays) == {"LCC", "meta"}
        np.testing.assert_array_equal(arrays["LCC"], made[2].maps[0].evidence)
        meta = json.loads(str(arrays["meta"]))
    assert meta["format_version"] == 1
    assert meta["score"] == made[2].score
    assert "Research use only" in meta["note"]


def test_the_table_is_one_that_can_be_evaluated(tmp_path: Path) -> None:
    made = [some_prediction(n) for n in range(4)]
    labels = {one.exam_id: Label(str(n % 2)) for n, one in enumerate(made)}
    write_predictions(tmp_path, made, labels=labels)
    table = load_any_table(tmp_path / "predictions.csv")
    assert [row.label for row in table.rows] == [0, 1, 0, 1]
    assert [row.score for row in table.rows] == [one.score for one in made]
    assert {row.part for row in table.rows} == {"test"}
