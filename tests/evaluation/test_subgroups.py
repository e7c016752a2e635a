"""Results by subgroup: numbers, comparators, and the test of heterogeneity."""

import json
import subprocess
from collections.abc import Callable

import numpy as np
import pytest
from pydantic import TypeAdapter

from bsgi.evaluation.areas.auc import estimate_auc
from bsgi.evaluation.multiplicity import adjust_by_holm
from bsgi.evaluation.part_metrics import estimate_area, estimate_rate
from bsgi.evaluation.repeats import RepeatedScores
from bsgi.evaluation.scored import Scored
from bsgi.evaluation.subgroups import (
    TESTED_FROM,
    ComparedWith,
    SubgroupMetrics,
    summarize_subgroups,
)
from tests.evaluation.test_part_metrics import draw_scores


def part_by(scores: RepeatedScores, *names: str) -> dict[str, str]:
    """Exams to groups in turn, three in a row to each, so that all have both labels."""
    return {
        exam_id: names[place // 3 % len(names)]
        for place, exam_id in enumerate(scores.exam_ids)
    }


def test_one_group_of_all_has_the_results_of_all() -> None:
    scores = draw_scores(2)
    (part,) = summarize_subgroups(scores, {"camera": part_by(scores, "one")})
    (group,) = part.groups
    assert (group.group, group.patients) == ("one", 60)
    assert (group.malignant, group.benign, group.reference) == (20, 40, 0)
    assert group.auc == estimate_area(scores)
    assert group.sensitivity == estimate_rate(scores, 1)
    assert group.specificity == estimate_rate(scores, 0)
    assert part.p is None


def test_groups_stand_in_the_order_of_the_grouping() -> None:
    scores = draw_scores(2)
    members = part_by(scores, "young", "middle", "old")
    ordered = dict(sorted(members.items(), key=lambda one: -len(one[1])))
    (part,) = summarize_subgroups(scores, {"age": ordered})
    assert [group.group for group in part.groups] == ["middle", "young", "old"]
    assert sum(group.patients for group in part.groups) == 60


def test_a_group_of_one_label_is_compared_with_all_of_the_other() -> None:
    scores = draw_scores(4, repeats=1)
    sizes = {
        exam_id: "cancer, small" if place < 30 else "cancer, large"
        for place, exam_id in enumerate(scores.exam_ids)
        if scores.labels[place] == 1
    } | {
        exam_id: "no lesion"
        for place, exam_id in enumerate(scores.exam_ids)
        if scores.labels[place] == 0
    }
    (part,) = summarize_subgroups(scores, {"lesion size": sizes})
    small, none = (
        next(group for group in part.groups if group.group == name)
        for name in ("cancer, small", "no lesion")
    )
    assert small.compared_with is ComparedWith.ALL_BENIGN
    assert (small.patients, small.malignant, small.benign) == (10, 10, 0)
    assert small.reference == 40
    chosen = (scores.labels == 0) | (np.arange(60) < 30)
    assert small.auc == estimate_auc(
        Scored(scores.labels[chosen], scores.scores[0, chosen])
    )
    assert small.specificity is None
    assert small.sensitivity is not None
    assert none.compared_with is ComparedWith.ALL_MALIGNANT
    assert (none.benign, none.reference) == (40, 20)
    assert none.sensitivity is None


def test_no_row_stands_without_number_and_interval() -> None:
    scores = draw_scores(5)
    groups = {"camera": part_by(scores, *"abcdefg"), "site": part_by(scores, "x", "y")}
    for part in summarize_subgroups(scores, groups):
        for group in part.groups:
            assert group.patients > 0
            for found in (group.auc, group.sensitivity, group.specificity):
                assert found is not None
                assert found.lower < found.upper


def test_unknown_exams_are_counted_and_unknown_groupings_left_out() -> None:
    scores = draw_scores(5)
    members = dict(list(part_by(scores, "a", "b").items())[:50])
    groups = {"camera": members | {"another exam": "c"}, "nothing": {"other": "x"}}
    (part,) = summarize_subgroups(scores, groups)
    assert part.grouping == "camera"
    assert part.unknown == 10
    assert [group.group for group in part.groups] == ["a", "b"]


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_an_impossible_level_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match="level"):
        summarize_subgroups(draw_scores(1), {}, level)


def test_a_higher_level_has_wider_intervals() -> None:
    scores = draw_scores(5)
    groups = {"camera": part_by(scores, "a", "b")}
    (usual,), (high,) = (
        summarize_subgroups(scores, groups, level) for level in (0.95, 0.99)
    )
    for one, wide in zip(usual.groups, high.groups, strict=True):
        for name in ("auc", "sensitivity", "specificity"):
            narrow = getattr(one, name)
            assert getattr(wide, name).lower < narrow.lower
            assert getattr(wide, name).upper >= narrow.upper


def test_heterogeneity_of_separate_groups_is_that_of_procs_variances(
    require_program: Callable[[str], str],
) -> None:
    """R's pROC (the installed version is printed), AUC and DeLong variance by group."""
    scores = draw_scores(6, exams=180, repeats=1)
    members = part_by(scores, "a", "b", "c")
    (part,) = summarize_subgroups(scores, {"camera": members})
    own = [members[exam_id] for exam_id in scores.exam_ids]
    code = (
        "suppressMessages(library(pROC))"
        "; cat(as.character(packageVersion('pROC')), '\\n')"
        f"; y <- c({','.join(map(str, scores.labels))})"
        f"; x <- c({','.join(map(repr, scores.scores[0].tolist()))})"
        f"; g <- c({','.join(repr(name) for name in own)})"
        "; v <- sapply(c('a','b','c'), function(n) { r <- roc(y[g==n], x[g==n],"
        " levels=c(0,1), direction='<', quiet=TRUE);"
        " c(as.numeric(auc(r)), var(r, method='delong')) })"
        "; l <- qlogis(v[1,]); w <- (v[1,]*(1-v[1,]))^2/v[2,]"
        "; q <- sum(w*(l-sum(w*l)/sum(w))^2)"  # Cochran's Q of independent estimates
        "; n <- min(table(y, g)) - 1"
        "; cat(format(c(q, pf(q/2,2,n,lower.tail=FALSE)), digits=16))"
    )
    done = subprocess.run(
        [require_program("Rscript"), "-e", code],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    version, values = done.stdout.splitlines()
    print("pROC", version)
    assert part.tested == ("a", "b", "c")
    assert part.degrees_of_freedom == 2
    assert (part.chi_square, part.p) == pytest.approx(
        tuple(map(float, values.split())), rel=1e-9
    )


def test_correlated_areas_are_tested_with_their_covariance() -> None:
    """Groups of cancers share their benign exams: by enumeration of all pairs."""
    scores = draw_scores(7, exams=90, repeats=1)
    malignant, benign = (
        np.flatnonzero(scores.labels),
        np.flatnonzero(scores.labels == 0),
    )
    groups = malignant[:12], malignant[12:]
    members = {
        scores.exam_ids[place]: name
        for name, own in zip(("small", "large"), groups, strict=True)
        for place in own
    }
    (part,) = summarize_subgroups(scores, {"size": members})
    line = scores.scores[0]
    kernels = [
        np.where(line[own][:, None] > line[benign][None], 1.0, 0.0) for own in groups
    ]
    areas = [kernel.mean() for kernel in kernels]
    slopes = [area * (1 - area) for area in areas]
    spread = sum(
        kernel.mean(axis=1).var(ddof=1) / len(kernel) / slope**2
        for kernel, slope in zip(kernels, slopes, strict=True)
    )
    both = kernels[0].mean(axis=0) / slopes[0] - kernels[1].mean(axis=0) / slopes[1]
    spread += both.var(ddof=1) / len(benign)
    logits = [np.log(area / (1 - area)) for area in areas]
    assert part.chi_square == pytest.approx((logits[0] - logits[1]) ** 2 / spread)
    assert part.degrees_of_freedom == 1


def test_cancers_and_benign_lesions_are_not_compared_with_each_other() -> None:
    scores = draw_scores(8, exams=240)
    members = {
        exam_id: ("cancer " if label else "benign ") + "ab"[place // 3 % 2]
        for place, (exam_id, label) in enumerate(
            zip(scores.exam_ids, scores.labels, strict=True)
        )
    }
    (part,) = summarize_subgroups(scores, {"size": members})
    assert len(part.tested) == 4
    assert part.degrees_of_freedom == 2


def test_small_groups_take_no_part_in_the_test() -> None:
    scores = draw_scores(9, exams=90)
    members = part_by(scores, "a", "b") | dict.fromkeys(scores.exam_ids[-9:], "few")
    (part,) = summarize_subgroups(scores, {"camera": members})
    assert part.tested == ("a", "b")
    few = next(group for group in part.groups if group.group == "few")
    assert few.malignant < TESTED_FROM


def test_perfect_separation_has_no_test_and_no_nan() -> None:
    scores = draw_scores(9, exams=90, repeats=1)
    scores.scores[:] = scores.labels + 0.001 * np.arange(90)
    (part,) = summarize_subgroups(scores, {"camera": part_by(scores, "a", "b")})
    assert part.p is None
    assert part.tested == ()
    assert all(group.auc and group.auc.value == 1.0 for group in part.groups)


def test_ties_everywhere_have_no_test_and_no_nan() -> None:
    scores = draw_scores(9, exams=90, repeats=1)
    scores.scores[:] = 1.0
    (part,) = summarize_subgroups(scores, {"camera": part_by(scores, "a", "b")})
    assert part.p is None
    assert all(group.auc and group.auc.value == 0.5 for group in part.groups)


def test_two_exams_are_a_row_too() -> None:
    scores = draw_scores(1, exams=2, repeats=1)
    (part,) = summarize_subgroups(scores, {"camera": part_by(scores, "a")})
    assert part.groups[0].patients == 2
    assert part.groups[0].auc is not None


def test_repeats_of_other_exams_have_results_and_no_test() -> None:
    scores = draw_scores(3, exams=120, missing=0.4)
    (part,) = summarize_subgroups(scores, {"camera": part_by(scores, "a", "b")})
    assert part.p is None
    assert all(group.auc and group.auc.method == "newcombe" for group in part.groups)


def test_holm_is_over_the_groupings_that_have_a_test() -> None:
    scores = draw_scores(10, exams=180)
    groups = {
        "a": part_by(scores, "1", "2"),
        "one only": part_by(scores, "1"),
        "b": part_by(scores, "1", "2", "3"),
        "c": part_by(scores, "1", "1", "2"),
    }
    parts = summarize_subgroups(scores, groups)
    assert [part.p is None for part in parts] == [False, True, False, False]
    wanted = adjust_by_holm([part.p for part in parts if part.p is not None])
    found = tuple(part.p_adjusted for part in parts if part.p is not None)
    assert found == wanted
    assert parts[1].p_adjusted is None


def test_a_true_difference_is_found_and_none_is_not_invented() -> None:
    rng = np.random.default_rng(12)
    scores = draw_scores(14, exams=300, repeats=1)
    camera = {name: "ab"[place // 3 % 2] for place, name in enumerate(scores.exam_ids)}
    (same,) = summarize_subgroups(scores, {"camera": camera})
    scores.scores[0, [one == "b" for one in camera.values()]] = rng.normal(size=150)
    (other,) = summarize_subgroups(scores, {"camera": camera})
    assert same.p is not None
    assert other.p is not None
    assert same.p > 0.05
    assert other.p < 0.02


def test_results_survive_json() -> None:
    scores = draw_scores(10, exams=120)
    parts = summarize_subgroups(scores, {"camera": part_by(scores, "a", "b")})
    adapter = TypeAdapter(tuple[SubgroupMetrics, ...])
    text = json.dumps(adapter.dump_python(parts, mode="json"), allow_nan=False)
    assert adapter.validate_python(json.loads(text)) == parts
