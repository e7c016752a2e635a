"""Methods on different patients, by hand and against R's pROC 1.18."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bsgi.evaluation.comparisons.areas import (
    AreaTest,
    compare_paired_areas,
    compare_unpaired_areas,
)
from bsgi.evaluation.comparisons.families import compare_all_areas
from bsgi.evaluation.multiplicity import adjust_by_holm
from bsgi.evaluation.predictions import PredictionRow
from bsgi.evaluation.repeats import RepeatedScores, collect_repeats
from bsgi.evaluation.scored import Scored
from tests.evaluation.comparisons.test_areas import ask_proc
from tests.evaluation.rows import study_rows


def collect(rows: list[PredictionRow]) -> dict[str, RepeatedScores]:
    return {
        method: collect_repeats([each for each in rows if each.method == method])
        for method in dict.fromkeys(each.method for each in rows)
    }


def elsewhere(
    name: str, *, seed: int = 1, malignant: int = 38, benign: int = 62, repeats: int = 1
) -> list[PredictionRow]:
    """A method tested at another hospital, on patients of its own."""
    rows = study_rows(
        methods=(name,), repeats=repeats, malignant=malignant, benign=benign,
        seed=seed, shift=0.4,
    )  # fmt: skip
    return [
        replace(each, exam_id=f"{name}-{each.exam_id}", patient_id=f"{name}-{n % 100}")
        for n, each in enumerate(rows)
    ]


def scored(scores: RepeatedScores) -> Scored:
    return Scored(scores.labels, scores.scores[0])


def test_different_patients_join_the_family() -> None:
    near = study_rows(methods=("a", "b"), repeats=1)
    methods = collect([*near, *elsewhere("c")])
    found = compare_all_areas(methods)
    assert [each.paired for each in found] == [True, False, False]
    a, b, c = (scored(each) for each in methods.values())
    alone = [
        compare_paired_areas(a, b),
        compare_unpaired_areas(a, c),
        compare_unpaired_areas(b, c),
    ]
    assert [each.p for each in found] == pytest.approx([each.p for each in alone])
    assert [each.p_adjusted for each in found] == pytest.approx(
        adjust_by_holm([each.p or 0.0 for each in alone])
    )
    assert found[1].method == AreaTest.BOTH
    assert (found[1].malignant, found[1].benign) == (17 + 38, 28 + 62)
    assert found[1].note == ""


def test_the_statistic_below_is_procs(
    require_program: Callable[[str], str], tmp_path: Path
) -> None:
    """The installed pROC on 45 and on 100 patients: D, degrees of freedom and p."""
    methods = collect([*study_rows(methods=("a",), repeats=1), *elsewhere("c")])
    one, other = (scored(each) for each in methods.values())
    answers = ask_proc(
        require_program("Rscript"), tmp_path, [(one, one), (other, other)]
    )
    plain = compare_unpaired_areas(one, other, test=AreaTest.DELONG)
    assert [plain.statistic, plain.freedom, plain.p] == pytest.approx(
        answers[0][9:], rel=1e-8
    )
    (primary,) = compare_all_areas(methods)
    assert primary.p is not None
    assert plain.p is not None
    assert primary.p >= plain.p
    assert primary.difference is not None
    assert (primary.p < 0.05) == primary.difference.excludes_zero


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (elsewhere("c", repeats=2), "takes one repeat of each method"),
        (
            [
                replace(each, patient_id=f"c{n // 2}")
                for n, each in enumerate(elsewhere("c"))
            ],
            "takes one exam of each patient",
        ),
        (elsewhere("c", benign=0), "one label only"),
    ],
)
def test_what_is_no_test_of_independent_patients_is_refused_in_words(
    other: list[PredictionRow], reason: str
) -> None:
    near = study_rows(methods=("a",), repeats=1)
    (found,) = compare_all_areas(collect([*near, *other]))
    assert (found.difference, found.p, found.p_adjusted) == (None, None, None)
    assert reason in found.note


def test_patients_of_both_on_different_exams_are_refused() -> None:
    near = study_rows(methods=("a",), repeats=1)
    other = elsewhere("c")
    other[0] = replace(other[0], patient_id=near[0].patient_id)
    (found,) = compare_all_areas(collect([*near, *other]))
    assert found.p is None
    assert "different exams of some of the same patients" in found.note


def test_patients_whom_nobody_named_are_not_taken_as_different() -> None:
    methods = collect([*study_rows(methods=("a",), repeats=1), *elsewhere("c")])
    (found,) = compare_all_areas(methods, known_patients=False)
    assert found.p is None
    assert "does not say which of their rows" in found.note


def test_shared_exams_of_one_label_are_counted() -> None:
    rows = study_rows(methods=("a", "b"), repeats=1)
    ill = [each for each in rows if each.label == 1 or each.method == "a"]
    healthy = [
        replace(each, method="b", exam_id=f"x{each.exam_id}")
        for each in rows
        if each.label == 0 and each.method == "b"
    ]
    (found,) = compare_all_areas(collect([*ill, *healthy]))
    assert (found.patients, found.malignant, found.benign) == (17, 17, 0)
    assert found.note == "all exams that both tested have one label"
