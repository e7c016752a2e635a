import csv
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from bsgi.evaluation.areas.auc import (
    AucInterval,
    choose_interval,
    compute_auc,
    compute_placements,
    delong_interval,
    estimate_auc,
    logit_delong_interval,
    newcombe_interval,
)
from bsgi.evaluation.estimate import Estimate
from bsgi.evaluation.scored import Scored


def draw(
    rng: np.random.Generator, malignant: int, benign: int, *, step: float = 0.0
) -> Scored:
    """Normal scores of two classes; a step rounds them, which makes ties."""
    labels = np.repeat([1, 0], [malignant, benign])
    scores = rng.normal(size=labels.size) + labels
    return Scored(labels, np.round(scores / step) * step if step else scores)


def estimate(scored: Scored, method: AucInterval | None = None) -> Estimate:
    result = estimate_auc(scored, method)
    assert result is not None
    return result


def load_asah(shared_folder: Path, marker: str) -> Scored:
    with (shared_folder / "roc" / "aSAH.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    return Scored(
        labels=np.array([int(row["outcome"] == "Poor") for row in rows]),
        scores=np.array([float(row[marker]) for row in rows]),
    )


@pytest.mark.parametrize("marker", ["wfns", "s100b", "ndka"])
def test_agrees_with_proc_on_asah(shared_folder: Path, marker: str) -> None:
    folder = shared_folder / "data"
    known = json.loads((folder / "roc" / "expected.json").read_text())["pROC_aSAH"]
    placements = compute_placements(load_asah(folder, marker))
    assert placements.auc == pytest.approx(known["auc"][marker], abs=1e-12)
    assert placements.variance == pytest.approx(known["var_delong"][marker], abs=1e-12)


def test_agrees_with_proc_on_covariances_and_interval(shared_folder: Path) -> None:
    folder = shared_folder / "data"
    known = json.loads((folder / "roc" / "expected.json").read_text())["pROC_aSAH"]
    plain = estimate(load_asah(folder, "ndka"), AucInterval.DELONG)
    assert (plain.lower, plain.value, plain.upper) == pytest.approx(
        known["ci95_delong_ndka"], abs=1e-9
    )
    first = compute_placements(load_asah(folder, "wfns"))
    second = compute_placements(load_asah(folder, "ndka"))
    covariance = (
        np.cov(first.malignant, second.malignant)[0, 1] / first.malignant.size
        + np.cov(first.benign, second.benign)[0, 1] / first.benign.size
    )
    assert covariance == pytest.approx(known["cov_delong"]["wfns,ndka"], abs=1e-12)


def test_agrees_with_proc_on_random_data(
    require_program: Callable[[str], str], tmp_path: Path
) -> None:
    """R's pROC on 60 data sets, half of them with ties, 2 to 60 exams in a class."""
    rng = np.random.default_rng(2014)
    sets = []
    for number in range(60):
        sizes = rng.integers(2, 61, size=2)
        sets.append(draw(rng, int(sizes[0]), int(sizes[1]), step=number % 2 * 0.5))
    lines = ["set,label,score"]
    for number, scored in enumerate(sets):
        for label, score in zip(scored.labels, scored.scores, strict=True):
            lines.append(f"{number},{label},{float(score)!r}")
    table = tmp_path / "scores.csv"
    table.write_text("\n".join(lines))
    program = """
        suppressPackageStartupMessages(library(pROC))
        table <- read.csv(commandArgs(TRUE)[1], colClasses = c(score = "numeric"))
        for (part in split(table, table$set)) {
            curve <- roc(part$label, part$score, levels = c(0, 1),
                         direction = "<", quiet = TRUE)
            found <- suppressWarnings(
                c(auc(curve), var(curve, method = "delong"),
                  ci.auc(curve, method = "delong")[c(1, 3)]))
            cat(formatC(found, digits = 17, format = "g"), "\n")
        }
    """
    script = tmp_path / "check.R"
    script.write_text(program)
    result = subprocess.run(
        [require_program("Rscript"), str(script), str(table)],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    answers = [[float(x) for x in line.split()] for line in result.stdout.splitlines()]
    assert len(answers) == len(sets)
    for scored, (auc, variance, lower, upper) in zip(sets, answers, strict=True):
        placements = compute_placements(scored)
        assert placements.variance is not None
        assert placements.auc == pytest.approx(auc, abs=1e-12)
        assert placements.variance == pytest.approx(variance, abs=1e-12)
        plain = delong_interval(placements.auc, placements.variance)
        assert (plain.lower, plain.upper) == pytest.approx((lower, upper), abs=1e-10)


def test_agrees_with_scikit_learn_and_with_every_pair() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        scored = draw(rng, 23, 31, step=0.3)
        high = scored.scores[scored.labels == 1][:, None]
        low = scored.scores[scored.labels == 0][None, :]
        wins = (high > low) + 0.5 * (high == low)
        placements = compute_placements(scored)
        np.testing.assert_allclose(placements.malignant, wins.mean(axis=1))
        np.testing.assert_allclose(placements.benign, wins.mean(axis=0))
        theirs = roc_auc_score(scored.labels, scored.scores)
        assert compute_auc(scored) == pytest.approx(theirs, abs=1e-12)


def test_swapped_labels_mirror_the_auc_and_its_interval() -> None:
    scored = draw(np.random.default_rng(4), 30, 40)
    mirrored = Scored(1 - scored.labels, scored.scores)
    for method in AucInterval:
        one, other = estimate(scored, method), estimate(mirrored, method)
        assert one.value == pytest.approx(1 - other.value)
        assert one.lower == pytest.approx(1 - other.upper)
        assert one.upper == pytest.approx(1 - other.lower)


def test_logit_delong_is_delong_on_the_scale_of_log_odds() -> None:
    """By hand: AUC 0.8, variance 0.0016; log odds ln 4, error 0.04 / 0.16 = 0.25."""
    found = logit_delong_interval(0.8, 0.0016)
    half = 1.959963984540054 * 0.25
    assert found.lower == pytest.approx(1 / (1 + np.exp(half) / 4))
    assert found.upper == pytest.approx(1 / (1 + np.exp(-half) / 4))
    with pytest.raises(ValueError, match="an AUC inside"):
        logit_delong_interval(1.0, 0.001)


# R package auRoc 0.2-1, auc.nonpara.mw(method = "newcombe"), which solves a quartic.
@pytest.mark.parametrize(
    ("auc", "malignant", "benign", "lower", "upper"),
    [
        (0.893, 51, 58, 0.811476603228, 0.939883234296),
        (0.95, 17, 28, 0.821500718847, 0.986224039055),
        (1.0, 17, 28, 0.904483800480, 1.0),
        (0.7, 5, 12, 0.397822999543, 0.885420144912),
        (0.5, 8, 8, 0.252526819855, 0.747473180145),
        (0.02, 17, 28, 0.00303266117226, 0.13152480496675),
    ],
)
def test_newcombe_agrees_with_auroc(
    auc: float, malignant: int, benign: int, lower: float, upper: float
) -> None:
    found = newcombe_interval(auc, malignant, benign)
    assert (found.lower, found.upper) == pytest.approx((lower, upper), abs=1e-11)


def test_newcombe_with_one_exam_of_each_label_says_nearly_nothing() -> None:
    found = newcombe_interval(1.0, 1, 1)
    # (1 - t)^2 = z^2 t (1 - t) has the root 1 / (1 + z^2).
    assert found.lower == pytest.approx(1 / (1 + 1.959963984540054**2))
    assert found.upper == 1.0


def test_newcombe_refuses_the_impossible() -> None:
    with pytest.raises(ValueError, match="auc must be 0 to 1"):
        newcombe_interval(1.1, 17, 28)
    with pytest.raises(ValueError, match="both classes must have an exam"):
        newcombe_interval(0.9, 0, 28)


def test_the_default_depends_on_how_few_are_misplaced() -> None:
    """Of 100 patients with areas of 0.95 and 0.98, and of the same turned around."""
    for area, method in (
        (0.90, AucInterval.LOGIT_DELONG),
        (0.95, AucInterval.NEWCOMBE),
        (0.98, AucInterval.NEWCOMBE),
    ):
        for auc in (area, 1.0 - area):
            assert choose_interval(0.001, 38, 62, auc) is method
    assert choose_interval(0.001, 87, 144, 0.96) is AucInterval.LOGIT_DELONG
    assert choose_interval(0.001, 87, 144, 0.97) is AucInterval.NEWCOMBE


@pytest.mark.parametrize(
    ("malignant", "benign", "method"),
    [
        (30, 30, AucInterval.LOGIT_DELONG),
        (19, 100, AucInterval.NEWCOMBE),
        (100, 19, AucInterval.NEWCOMBE),
        (1, 30, AucInterval.NEWCOMBE),
    ],
)
def test_the_default_depends_on_the_smaller_class(
    malignant: int, benign: int, method: AucInterval
) -> None:
    found = estimate(draw(np.random.default_rng(5), malignant, benign))
    assert found.method == method.value


@pytest.mark.parametrize(
    ("scores", "auc"), [([0.1, 0.9], 1.0), ([0.9, 0.1], 0.0), ([0.3, 0.3], 0.5)]
)
def test_without_variance_the_default_is_newcombes(
    scores: list[float], auc: float
) -> None:
    labels = np.repeat([0, 1], 200)
    found = estimate(Scored(labels, np.repeat(scores, 200)))
    assert (found.value, found.method) == (auc, AucInterval.NEWCOMBE.value)
    assert found.upper - found.lower > 0.005


def test_one_label_only_is_undefined() -> None:
    assert estimate_auc(Scored(np.array([1, 1]), np.array([0.1, 0.2]))) is None


def test_delong_needs_two_exams_of_each_label() -> None:
    scored = Scored(np.array([1, 0, 0]), np.array([0.5, 0.4, 0.6]))
    with pytest.raises(ValueError, match="must have two exams of each label"):
        estimate_auc(scored, AucInterval.DELONG)


@pytest.mark.parametrize(("malignant", "benign"), [(17, 28), (38, 62)])
def test_the_default_interval_covers(malignant: int, benign: int) -> None:
    """2,000 data sets at a true AUC of 0.921; the standard error is 0.5 %."""
    rng = np.random.default_rng(6)
    labels = np.repeat([1, 0], [malignant, benign])
    truth = 0.9213503964748575  # normal scores, 2 standard deviations apart
    hits = 0
    for _ in range(2000):
        scores = rng.normal(size=labels.size) + 2.0 * labels
        found = estimate(Scored(labels, scores))
        hits += found.lower <= truth <= found.upper
    assert 0.93 < hits / 2000 <= 0.985


def test_a_million_exams_take_about_a_second() -> None:
    scored = draw(np.random.default_rng(7), 400_000, 600_000)
    found = estimate(scored)
    assert found.upper - found.lower < 0.003
