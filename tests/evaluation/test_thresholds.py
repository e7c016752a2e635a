import subprocess
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from bsgi.errors import ConfigError, RunError
from bsgi.evaluation.design import Design
from bsgi.evaluation.scored import Scored
from bsgi.evaluation.summary import summarize_predictions
from bsgi.evaluation.thresholds import YOUDEN, choose_thresholds, find_youden
from tests.evaluation.rows import row, study_rows


def index_at(scored: Scored, threshold: float) -> float:
    called = scored.scores >= threshold
    return float(called[scored.labels == 1].mean() - called[scored.labels == 0].mean())


def test_no_threshold_parts_the_labels_better() -> None:
    rng = np.random.default_rng(1)
    for _ in range(40):
        labels = np.repeat([1, 0], rng.integers(1, 20, size=2))
        scored = Scored(labels, np.round(rng.normal(size=labels.size) + labels, 1))
        chosen = find_youden(scored)
        everywhere = [*scored.scores, *(scored.scores + 0.01), chosen]
        best = max(index_at(scored, float(threshold)) for threshold in everywhere)
        assert index_at(scored, chosen) == pytest.approx(best)
        higher = [float(score) for score in scored.scores if score > chosen]
        # Above the next score that is called nothing is as good: the highest is taken.
        assert all(index_at(scored, each + 1e-9) < best for each in higher)


def test_a_threshold_lies_halfway_between_two_scores() -> None:
    scored = Scored(np.array([0, 0, 1, 1]), np.array([0.1, 0.2, 0.6, 0.9]))
    assert find_youden(scored) == pytest.approx(0.4)


def test_of_equally_good_thresholds_the_highest_is_taken() -> None:
    """At 0.75 half of the malignant and no benign; at 0.25 all and half: both 1/2."""
    scored = Scored(np.array([1, 0, 1, 0]), np.array([0.9, 0.6, 0.4, 0.1]))
    assert find_youden(scored) == pytest.approx(0.75)


def test_scores_worse_than_chance_call_everyone_malignant() -> None:
    scored = Scored(np.array([0, 1]), np.array([0.9, 0.1]))
    assert find_youden(scored) == 0.1
    assert find_youden(Scored(np.array([0, 1]), np.array([0.3, 0.3]))) == 0.3


def test_between_neighbouring_numbers_the_upper_is_taken() -> None:
    low = 0.5
    high = float(np.nextafter(low, 1.0))
    assert find_youden(Scored(np.array([0, 1]), np.array([low, high]))) == high
    huge = Scored(np.array([0, 1]), np.array([1.5e308, 1.7e308]))
    assert find_youden(huge) == pytest.approx(1.6e308)


def test_agrees_with_proc(require_program: Callable[[str], str]) -> None:
    """R's pROC lists all best thresholds; ours is the highest of them."""
    rng = np.random.default_rng(2)
    sets = []
    for _ in range(12):
        labels = np.repeat([1, 0], rng.integers(5, 30, size=2))
        sets.append(Scored(labels, np.round(rng.normal(size=labels.size) + labels, 1)))
    program = "suppressPackageStartupMessages(library(pROC))\n" + "\n".join(
        f"curve <- roc(c({', '.join(map(str, scored.labels))}), "
        f"c({', '.join(f'{score:.1f}' for score in scored.scores)}), "
        "levels = c(0, 1), direction = '<', quiet = TRUE)\n"
        "cat(max(coords(curve, 'best', best.method = 'youden')$threshold), '\\n')"
        for scored in sets
    )
    done = subprocess.run(
        [require_program("Rscript"), "-e", program],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    theirs = [float(line) for line in done.stdout.splitlines()]
    assert [find_youden(scored) for scored in sets] == pytest.approx(theirs, abs=1e-9)


def test_no_label_or_score_of_a_fold_is_read_for_its_threshold() -> None:
    """Read, not more: networks that scored the other folds learned from its labels."""
    rows = study_rows(repeats=2, folds=4)
    chosen = choose_thresholds(rows, YOUDEN)
    assert len(set(chosen.values())) > 1
    for key in chosen:
        flipped = [
            replace(each, label=1 - each.label, score=-each.score)
            if (each.repeat, each.fold) == key
            else each
            for each in rows
        ]
        again = choose_thresholds(flipped, YOUDEN)
        assert again[key] == chosen[key]
        assert again != chosen
    metrics = summarize_predictions(
        rows, threshold=YOUDEN, simulated=True, design=Design.FOLDS
    )
    (method,) = metrics.methods
    assert method.threshold == YOUDEN
    assert {(r.repeat, r.fold): r.threshold for r in method.repeats} == chosen


def test_a_threshold_comes_from_the_other_folds_of_its_repeat() -> None:
    rows = [
        row("a", 0.2, 0), row("b", 0.4, 1), row("c", 0.6, 0, fold=1),
        row("d", 0.9, 1, fold=1), row("a", 0.0, 0, repeat=1),
        row("b", 1.0, 1, repeat=1), row("c", 0.0, 0, repeat=1, fold=1),
        row("d", 0.5, 1, repeat=1, fold=1),
    ]  # fmt: skip
    assert choose_thresholds(rows, YOUDEN) == pytest.approx(
        {(0, 0): 0.75, (0, 1): 0.3, (1, 0): 0.25, (1, 1): 0.5}
    )


def test_a_patient_of_the_fold_is_left_out_of_the_others() -> None:
    rows = [
        row("a", 0.2, 0), row("b", 0.4, 1), row("e", 0.45, 1),
        row("c", 0.5, 0, fold=1), row("d", 0.9, 1, fold=1),
    ]  # fmt: skip
    other_exam = row("b2", 0.1, 1, patient="pb", fold=1)
    assert choose_thresholds([*rows, other_exam], YOUDEN)[0, 0] == pytest.approx(0.7)


def test_a_number_is_that_of_all_folds() -> None:
    rows = study_rows(repeats=2, folds=2)
    assert choose_thresholds(rows, 0.3) == dict.fromkeys(
        [(0, 0), (0, 1), (1, 0), (1, 1)], 0.3
    )


@pytest.mark.parametrize(
    "design", [design for design in (None, *Design) if design is not Design.FOLDS]
)
def test_refuses_a_rule_without_training_scores(design: Design | None) -> None:
    rows = study_rows(repeats=1, folds=3)
    message = "threshold 'youden' must be chosen on out-of-fold scores of training"
    with pytest.raises(ConfigError, match=message):
        summarize_predictions(rows, threshold=YOUDEN, simulated=True, design=design)


def test_refuses_other_folds_with_one_label() -> None:
    rows = [row("a", 0.2, 0), row("b", 0.4, 1), row("c", 0.6, 0, fold=1)]
    message = "repeat 0, fold 0 must be chosen on malignant and benign exams"
    with pytest.raises(RunError, match=message):
        choose_thresholds(rows, YOUDEN)
