"""The same exams with and without a stress: areas, rates, changed calls, refusals."""

from dataclasses import replace
from pathlib import Path

import pytest

from bsgi.errors import RunError
from bsgi.evaluation.comparisons.families import compare_all_areas
from bsgi.evaluation.multiplicity import adjust_by_holm
from bsgi.evaluation.predictions import PredictionRow
from bsgi.evaluation.repeats import average_repeats, collect_repeats
from bsgi.evaluation.stress.rows import (
    NO_STRESS,
    RefusedRow,
    StressRow,
    load_refused,
    load_stress_rows,
    save_refused,
    save_stress_rows,
)
from bsgi.evaluation.stress.stored import load_stress, save_stress
from bsgi.evaluation.stress.summary import StressMetrics, summarize_stress
from tests.evaluation.rows import study_rows

TITLES = {NO_STRESS: "as it was", "none at all": "no change", "blur": "blurred"}
REFUSED = RefusedRow("paper", "0003", "blur", "it lacks LCC, so nothing is blurred")


def stress_rows(tested: list[PredictionRow]) -> list[StressRow]:
    """No change under one stress; under the other half of each score is lost."""
    rows = []
    for one in tested:
        own = one.method, one.repeat, one.fold, one.exam_id
        rows.append(StressRow(*own, NO_STRESS, one.score))
        rows.append(StressRow(*own, "none at all", one.score))
        if one.exam_id != REFUSED.exam_id:
            less = one.score * (0.4 if int(one.exam_id) % 2 else 1.0)
            rows.append(StressRow(*own, "blur", less))
    return rows


def summarize(tested: list[PredictionRow], level: float = 0.95) -> StressMetrics:
    """Two stresses at a threshold of one half."""
    keys = {(row.repeat, row.fold) for row in tested}
    return summarize_stress(
        tested,
        stress_rows(tested),
        [REFUSED],
        thresholds={"paper": dict.fromkeys(keys, 0.5)},
        titles=TITLES,
        simulated=True,
        level=level,
    )


def test_exams_as_they_were_have_the_results_of_the_study() -> None:
    tested = study_rows()
    first = summarize(tested).methods[0].results[0]
    average = average_repeats(collect_repeats(tested))
    assert first.auc == average.auc
    assert first.sensitivity == average.sensitivity
    assert first.specificity == average.specificity
    assert (first.patients, first.malignant, first.benign) == (45, 17, 28)
    assert first.comparison is None
    assert first.changed is None


def test_a_stress_without_effect_changes_nothing() -> None:
    result = summarize(study_rows()).methods[0].results[1]
    assert result.auc == result.unstressed_auc
    assert result.changed is not None
    assert result.changed.value == 0.0
    assert result.changed.upper > 0.0
    assert result.comparison is not None
    assert result.comparison.difference is not None
    assert result.comparison.difference.value == 0.0


def test_refused_exams_are_named_and_missing_on_both_sides() -> None:
    result = summarize(study_rows()).methods[0].results[2]
    (refusal,) = result.refused
    assert (refusal.exam_id, refusal.reason) == (REFUSED.exam_id, REFUSED.reason)
    assert result.exams == result.patients == 44
    kept = [row for row in study_rows() if row.exam_id != REFUSED.exam_id]
    assert result.unstressed_auc == average_repeats(collect_repeats(kept)).auc


def test_the_difference_is_the_paired_comparison_of_areas() -> None:
    tested = study_rows()
    result = summarize(tested, level=0.9).methods[0].results[2]
    kept = [row for row in tested if row.exam_id != REFUSED.exam_id]
    after = [
        replace(row, score=row.score * (0.4 if int(row.exam_id) % 2 else 1.0))
        for row in kept
    ]
    (wanted,) = compare_all_areas(
        {"blur": collect_repeats(after), NO_STRESS: collect_repeats(kept)}, 0.9
    )
    assert result.comparison is not None
    assert result.comparison.difference == wanted.difference
    assert result.comparison.p == wanted.p
    calls = [
        (a.score >= 0.5) != (b.score >= 0.5) for a, b in zip(after, kept, strict=True)
    ]
    assert result.changed is not None
    assert result.changed.value == pytest.approx(sum(calls) / len(calls))


def test_p_values_are_adjusted_over_the_stresses() -> None:
    found = [
        result.comparison
        for result in summarize(study_rows()).methods[0].results
        if result.comparison is not None and result.comparison.p is not None
    ]
    wanted = adjust_by_holm([one.p for one in found if one.p is not None])
    assert tuple(one.p_adjusted for one in found) == wanted


def test_a_stress_that_all_exams_refuse_is_a_row_too() -> None:
    tested = study_rows(repeats=1)
    rows = [row for row in stress_rows(tested) if row.stress != "blur"]
    refused = [RefusedRow("paper", row.exam_id, "blur", "it is so") for row in tested]
    metrics = summarize_stress(
        tested, rows, refused, thresholds={"paper": {(0, 0): 0.5}}, titles=TITLES,
        simulated=False,
    )  # fmt: skip
    last = metrics.methods[0].results[2]
    assert last.exams == 0
    assert len(last.refused) == 45
    assert last.auc is None


def test_one_label_only_has_rates_and_no_area() -> None:
    tested = [row for row in study_rows(repeats=1) if row.label == 1]
    for result in summarize(tested).methods[0].results:
        assert result.auc is None
        assert result.sensitivity is not None
        assert result.specificity is None


def test_a_score_of_another_exam_is_a_fault() -> None:
    tested = study_rows(repeats=1)
    with pytest.raises(ValueError, match="of a test exam"):
        summarize_stress(
            tested[1:], stress_rows(tested), [], thresholds={"paper": {(0, 0): 0.5}},
            titles=TITLES, simulated=False,
        )  # fmt: skip


def test_results_scores_and_refusals_survive_their_files(tmp_path: Path) -> None:
    tested = study_rows()
    metrics = summarize(tested)
    save_stress(tmp_path / "stress.json", metrics)
    assert load_stress(tmp_path / "stress.json") == metrics
    rows = tuple(stress_rows(tested))
    save_stress_rows(tmp_path / "stress.csv", rows)
    assert load_stress_rows(tmp_path / "stress.csv") == rows
    save_refused(tmp_path / "refused.csv", [REFUSED])
    assert load_refused(tmp_path / "refused.csv") == (REFUSED,)


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('"malignant": 17', '"malignant": "many"', "malignant"),
        ('"positive": "malignant"', '"positive": "benign"', "positive"),
        ('"format_version": 1', '"format_version": 9', "format_version"),
    ],
)
def test_a_damaged_file_is_refused_in_one_line(
    tmp_path: Path, old: str, new: str, word: str
) -> None:
    path = tmp_path / "stress.json"
    save_stress(path, summarize(study_rows()))
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(RunError, match=word):
        load_stress(path)


@pytest.mark.parametrize("score", ["", "nan", "high"])
def test_a_damaged_score_is_refused_with_its_line(tmp_path: Path, score: str) -> None:
    path = tmp_path / "stress.csv"
    path.write_text(
        f"method,repeat,fold,exam_id,stress,score\npaper,0,0,1,none,{score}\n"
    )
    with pytest.raises(RunError, match="line 2"):
        load_stress_rows(path)
