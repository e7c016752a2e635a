"""The whole analysis of readers in one record, and as JSON and back."""

import json

import numpy as np
import pytest
from pydantic import TypeAdapter

from bsgi.evaluation.areas.auc import estimate_auc
from bsgi.evaluation.readers.analysis import ReaderAnalysis, analyse_readers
from bsgi.evaluation.readers.rating_table import RatingTable, ReaderRow
from bsgi.evaluation.readers.reader_model import Samples
from tests.evaluation.readers.conftest import draw_table, list_rows


def test_van_dyke(van_dyke: RatingTable) -> None:
    found = analyse_readers(list_rows(van_dyke), threshold=4.0)
    assert (found.patients, found.malignant, found.benign) == (114, 45, 69)
    main = found.models[0]
    assert (main.samples, main.covariances) == (Samples.BOTH.value, "DeLong")
    assert main.test is not None
    assert main.test.p == pytest.approx(0.05123303, abs=1e-8)
    assert [(one.samples, one.covariances) for one in found.models[1:]] == [
        (Samples.CASES.value, "DeLong"), (Samples.READERS.value, ""),
        (Samples.BOTH.value, "jackknife"), (Samples.BOTH.value, "unbiased"),
    ]  # fmt: skip
    assert {one.of for one in found.agreement} == {"ratings", "grades", "calls"}
    assert found.plan is not None
    needed = {one.readers: one.cases for one in found.plan.needed}
    assert needed[3] is None
    assert needed[5] == 213
    assert found.notes == ()


def test_each_reader_has_the_interval_of_an_auc() -> None:
    table = draw_table(np.random.default_rng(1), cases=60)
    found = analyse_readers(list_rows(table))
    for place, one in enumerate(found.areas):
        wanted = estimate_auc(table.reading(*divmod(place, 2)))
        assert wanted is not None
        assert one.area.method == wanted.method
        assert (one.area.value, one.area.lower, one.area.upper) == pytest.approx(
            (wanted.value, wanted.lower, wanted.upper)
        )


@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (2, 1), (3, 3)])
@pytest.mark.parametrize("per_patient", [1, 2])
def test_it_is_the_same_after_json(shape: tuple[int, int], per_patient: int) -> None:
    table = draw_table(
        np.random.default_rng(2), *shape, cases=24, per_patient=per_patient
    )
    found = analyse_readers(list_rows(table), threshold=0.5)
    adapter = TypeAdapter(ReaderAnalysis)
    text = json.dumps(adapter.dump_python(found, mode="json"), allow_nan=False)
    assert adapter.validate_python(json.loads(text)) == found
    assert (found.plan is not None) == (min(shape) > 1)
    assert bool(found.agreement) == (shape[0] > 1)


def test_what_cannot_be_told_is_said() -> None:
    rng = np.random.default_rng(3)
    one = analyse_readers(list_rows(draw_table(rng, 1)))
    assert [model.samples for model in one.models] == [Samples.CASES.value]
    assert "With one reader nothing can be said of other readers." in one.notes
    clustered = analyse_readers(list_rows(draw_table(rng, per_patient=2)))
    assert clustered.patients == 15
    assert "Patients have several cases" in clustered.notes[0]
    assert "unbiased" not in [model.covariances for model in clustered.models]
    two = analyse_readers(list_rows(draw_table(rng, cases=2)))
    assert two.models == ()
    assert "two patients of each label" in two.notes[0]
    assert two.areas[0].area.method == "newcombe"


def test_readers_who_are_all_right_leave_nothing_to_test() -> None:
    rows = [
        ReaderRow(reader, modality, f"p{case}", case % 2, float(case % 2))
        for reader in "ab"
        for modality in "xy"
        for case in range(12)
    ]
    found = analyse_readers(rows, threshold=0.5)
    assert found.plan is None
    assert found.models[0].test is None
    assert all(one.found.value == pytest.approx(1.0) for one in found.agreement)


def test_only_grades_have_kappa() -> None:
    rng = np.random.default_rng(4)
    fine = analyse_readers(list_rows(draw_table(rng, step=0.01)))
    assert {one.of for one in fine.agreement} == {"ratings"}
    wide = draw_table(rng, step=1.0)
    coarse = analyse_readers(list_rows(wide))
    assert {one.of for one in coarse.agreement} == {"ratings", "grades"}
    far = [
        ReaderRow(r.reader, r.modality, r.patient, r.label, 1e9 * r.score, r.exam)
        for r in list_rows(wide)
    ]
    assert {one.of for one in analyse_readers(far).agreement} == {"ratings"}
