"""Tests of two areas, against R's pROC (1.18 here, 1.19 in the expected values)."""

import csv
import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydantic import TypeAdapter
from scipy.stats import brunnermunzel

from bsgi.evaluation.areas.auc import compute_placements
from bsgi.evaluation.comparisons.areas import (
    AreaComparison,
    AreaTest,
    compare_paired_areas,
    compare_unpaired_areas,
)
from bsgi.evaluation.comparisons.families import compare_all_areas
from bsgi.evaluation.multiplicity import adjust_by_holm
from bsgi.evaluation.predictions import PredictionRow
from bsgi.evaluation.readers.mrmc import delong_covariance
from bsgi.evaluation.repeats import RepeatedScores, collect_repeats
from bsgi.evaluation.scored import Scored
from tests.evaluation.rows import row, study_rows

Pair = tuple[Scored, Scored]

IN_R = """
    suppressPackageStartupMessages(library(pROC))
    say <- function(...) cat(formatC(c(...), digits = 17, format = "g"), "\\n")
    curve <- function(part, name)
        roc(part$label, part[[name]], levels = c(0, 1), direction = "<", quiet = TRUE)
    cat(as.character(packageVersion("pROC")), "\\n")
    table <- read.csv(commandArgs(TRUE)[1])
    parts <- split(table, table$set)
    ones <- lapply(parts, curve, "one")
    twos <- lapply(parts, curve, "two")
    for (i in seq_along(parts)) suppressWarnings({
        paired <- roc.test(ones[[i]], twos[[i]], method = "delong", paired = TRUE)
        apart <- roc.test(ones[[i]], twos[[i %% length(parts) + 1]],
                          method = "delong", paired = FALSE)
        say(auc(ones[[i]]), auc(twos[[i]]),
            var(ones[[i]], method = "delong"), var(twos[[i]], method = "delong"),
            cov(ones[[i]], twos[[i]], method = "delong"),
            paired$statistic, paired$p.value, paired$conf.int,
            apart$statistic, apart$parameter, apart$p.value)
    })
"""


def draw_pair(
    rng: np.random.Generator, malignant: int, benign: int, *, step: float = 0.0
) -> Pair:
    """Two scores of the same exams; a step rounds them, which makes ties."""
    labels = np.repeat([1, 0], [malignant, benign])
    common = rng.normal(size=labels.size) + labels
    both = [common + 0.8 * rng.normal(size=labels.size) for _ in range(2)]
    if step:
        both = [np.round(each / step) * step for each in both]
    return Scored(labels, both[0]), Scored(labels, both[1])


def ask_proc(program: str, folder: Path, pairs: list[Pair]) -> list[list[float]]:
    """One line of figures for each pair, all from one call of R."""
    lines = ["set,label,one,two"]
    for number, (one, two) in enumerate(pairs):
        for label, *scores in zip(one.labels, one.scores, two.scores, strict=True):
            lines.append(f"{number},{label},{float(scores[0])!r},{float(scores[1])!r}")
    (folder / "pairs.csv").write_text("\n".join(lines))
    (folder / "check.R").write_text(IN_R)
    done = subprocess.run(
        [program, str(folder / "check.R"), str(folder / "pairs.csv")],
        capture_output=True, text=True, check=True, timeout=100,
    )  # fmt: skip
    version, *answers = done.stdout.splitlines()
    print(f"compared with pROC {version} in R")
    assert version.startswith("1."), f"pROC {version}"
    assert len(answers) == len(pairs)
    return [[float(figure) for figure in line.split()] for line in answers]


def agree_with_proc(one: Scored, two: Scored, other: Scored, known: list[float]) -> int:
    """How many of the two tests had a statistic to compare."""
    placed = compute_placements(one), compute_placements(two)
    assert [each.auc for each in placed] == pytest.approx(known[:2], abs=1e-10)
    spread = delong_covariance(placed)
    found = [spread[0, 0], spread[1, 1], spread[0, 1]]
    assert found == pytest.approx(known[2:5], abs=1e-10)
    paired = compare_paired_areas(one, two, test=AreaTest.DELONG)
    apart = compare_unpaired_areas(one, other, test=AreaTest.DELONG)
    compared = 0
    if paired.statistic:
        assert paired.difference is not None
        assert paired.freedom is None
        limits = [paired.difference.lower, paired.difference.upper]
        assert [paired.statistic, paired.p] == pytest.approx(known[5:7], abs=1e-8)
        assert limits == pytest.approx(np.clip(known[7:9], -1, 1), abs=1e-10)
        compared += 1
    if apart.statistic:
        found = [apart.statistic, apart.freedom or 0.0, apart.p or 0.0]
        assert found == pytest.approx(known[9:], rel=1e-8, abs=1e-8)
        compared += 1
    return compared


def test_agrees_with_proc_on_200_data_sets_with_ties(
    require_program: Callable[[str], str], tmp_path: Path
) -> None:
    """R's pROC 1.18: areas, DeLong's variances and covariances, both tests."""
    rng = np.random.default_rng(1988)
    pairs = []
    for number in range(200):
        sizes = rng.integers(2, 61, size=2)
        step = (0.25, 0.5, 1.0, 2.0)[number % 4]
        pairs.append(draw_pair(rng, int(sizes[0]), int(sizes[1]), step=step))
    answers = ask_proc(require_program("Rscript"), tmp_path, pairs)
    compared = 0
    for number, (one, two) in enumerate(pairs):
        other = pairs[(number + 1) % len(pairs)][1]
        compared += agree_with_proc(one, two, other, answers[number])
    assert compared >= 380


MARKERS = (("wfns", "s100b"), ("wfns", "ndka"), ("ndka", "s100b"))


def load_asah(shared_folder: Path, marker: str) -> Scored:
    with (shared_folder / "data" / "roc" / "aSAH.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    return Scored(
        labels=np.array([int(row["outcome"] == "Poor") for row in rows]),
        scores=np.array([float(row[marker]) for row in rows]),
    )


def test_agrees_with_proc_on_asah(
    shared_folder: Path, require_program: Callable[[str], str], tmp_path: Path
) -> None:
    """The installed pROC, on pairs of three markers of the same patients."""
    pairs = [
        (load_asah(shared_folder, one), load_asah(shared_folder, two))
        for one, two in MARKERS
    ]
    answers = ask_proc(require_program("Rscript"), tmp_path, pairs)
    for number, (one, two) in enumerate(pairs):
        other = pairs[(number + 1) % len(pairs)][1]
        assert agree_with_proc(one, two, other, answers[number]) == 2


@pytest.mark.parametrize(("first", "second"), MARKERS)
def test_agrees_with_what_proc_1_19_prints(
    shared_folder: Path, first: str, second: str
) -> None:
    path = shared_folder / "data" / "roc" / "expected.json"
    known = json.loads(path.read_text())["pROC_aSAH"]
    one, two = load_asah(shared_folder, first), load_asah(shared_folder, second)
    paired = compare_paired_areas(one, two, test=AreaTest.DELONG)
    apart = compare_unpaired_areas(one, two, test=AreaTest.DELONG)
    expected = known["paired_delong"][f"{first}-{second}"]
    assert paired.difference is not None
    limits = (paired.difference.lower, paired.difference.upper)
    assert paired.statistic == pytest.approx(expected["Z"], abs=1e-8)
    assert paired.p == pytest.approx(expected["p"], abs=1e-8)
    assert limits == pytest.approx(expected["ci_diff"], abs=1e-8)
    expected = known["unpaired_delong"][f"{first}-{second}"]
    assert apart.statistic == pytest.approx(expected["D"], abs=1e-8)
    assert apart.p == pytest.approx(expected["p"], abs=1e-8)
    spread = delong_covariance([compute_placements(one), compute_placements(two)])
    covariances = known["cov_delong"]
    covariance = covariances.get(f"{first},{second}", covariances["s100b,wfns"])
    if f"{first},{second}" != "wfns,s100b":
        assert spread[0, 1] == pytest.approx(covariance, abs=1e-10)


def test_students_against_no_reading_at_all_is_brunner_and_munzels() -> None:
    """SciPy's brunnermunzel: a reading that calls all exams alike has the area 1/2."""
    rng = np.random.default_rng(2000)
    for sizes in ((3, 4), (17, 28), (40, 9)):
        one, _ = draw_pair(rng, *sizes, step=0.5)
        blank = Scored(one.labels, np.zeros(one.labels.size))
        known = brunnermunzel(
            one.scores[one.labels == 0], one.scores[one.labels == 1], distribution="t"
        )
        for found in (
            compare_paired_areas(one, blank),
            compare_unpaired_areas(one, blank, test=AreaTest.STUDENT),
        ):
            assert found.statistic == pytest.approx(known.statistic)
            assert found.p == pytest.approx(known.pvalue)


def test_swapped_methods_mirror_the_difference() -> None:
    one, two = draw_pair(np.random.default_rng(1), 17, 28, step=0.5)
    for test in AreaTest:
        for compare in (compare_paired_areas, compare_unpaired_areas):
            found = compare(one, two, test=test)
            other = compare(two, one, test=test)
            assert found.difference is not None
            assert other.difference is not None
            assert found.p == pytest.approx(other.p)
            assert found.difference.lower == pytest.approx(-other.difference.upper)
            assert found.difference.upper == pytest.approx(-other.difference.lower)


def test_only_the_order_of_scores_counts() -> None:
    one, two = draw_pair(np.random.default_rng(2), 20, 30)
    bent = Scored(one.labels, np.exp(one.scores))
    assert compare_paired_areas(bent, two) == compare_paired_areas(one, two)


def test_test_and_interval_agree_and_the_interval_holds_plain_delongs() -> None:
    rng = np.random.default_rng(3)
    significant = 0
    for _ in range(30):
        labels = np.repeat([1, 0], [17, 28])
        strong, weak = (
            Scored(labels, np.round(rng.normal(size=45) + shift * labels, 1))
            for shift in (3.0, 1.0)
        )
        for compare in (compare_paired_areas, compare_unpaired_areas):
            found = compare(strong, weak, test=AreaTest.STUDENT)
            plain = compare(strong, weak, test=AreaTest.DELONG)
            assert found.p is not None
            assert plain.p is not None
            assert found.difference is not None
            assert plain.difference is not None
            assert (found.p < 0.05) == found.difference.excludes_zero
            assert found.p >= plain.p
            assert found.difference.lower <= plain.difference.lower
            assert found.difference.upper >= plain.difference.upper
            significant += found.p < 0.05
    assert 20 < significant < 60


def test_the_primary_holds_its_level_and_its_interval_covers() -> None:
    """True areas 0.95 and 0.98 of 45 patients: plain DeLong covers about 89 %."""
    rng = np.random.default_rng(4)
    labels = np.repeat([1, 0], [17, 28])
    shifts = 2.326174307353349, 2.904446871803085  # sqrt(2) times normal quantiles
    held = dict.fromkeys(AreaTest, 0)
    rejected = 0
    for _ in range(120):
        common, *own = rng.normal(size=(3, 45))
        one, two, three = (
            Scored(labels, np.sqrt(0.6) * common + np.sqrt(0.4) * each + shift * labels)
            for each, shift in zip((*own, own[1]), (*shifts, shifts[0]), strict=True)
        )
        for test in AreaTest:
            found = compare_paired_areas(one, two, test=test).difference
            assert found is not None
            held[test] += found.lower <= 0.95 - 0.98 <= found.upper
        p = compare_paired_areas(one, three).p
        rejected += p is not None and p < 0.05
    assert held[AreaTest.STUDENT] > 0.96 * 120
    assert held[AreaTest.DELONG] < 0.94 * 120
    assert rejected <= 0.05 * 120


def test_both_perfect_tell_nothing_and_keep_an_interval() -> None:
    labels = np.repeat([1, 0], [17, 28])
    scores = np.arange(45.0)[::-1]
    found = compare_paired_areas(Scored(labels, scores), Scored(labels, 1.0 * labels))
    assert (found.statistic, found.p, found.freedom) == (0.0, 1.0, None)
    assert found.note == "no patient tells the two apart"
    assert found.difference is not None
    assert found.difference.value == 0.0
    assert found.difference.lower == -found.difference.upper < -0.05
    assert found.difference.method == "mover"


def test_without_a_standard_error_there_is_no_p() -> None:
    """All right against all wrong, two patients of each label."""
    labels = np.array([1, 1, 0, 0])
    found = compare_paired_areas(
        Scored(labels, 1.0 * labels), Scored(labels, -1.0 * labels)
    )
    assert (found.statistic, found.p) == (None, None)
    assert found.note == "the difference has no standard error"
    assert found.difference is not None
    assert found.difference.value == 1.0
    assert found.difference.lower < 0.6
    plain = compare_paired_areas(
        Scored(labels, 1.0 * labels),
        Scored(labels, -1.0 * labels),
        test=AreaTest.DELONG,
    )
    assert plain.difference is not None
    assert (plain.p, plain.difference.lower) == (None, 1.0)


def test_two_patients_have_an_interval_and_no_test() -> None:
    labels = np.array([1, 0])
    for test in AreaTest:
        found = compare_paired_areas(
            Scored(labels, np.array([0.7, 0.2])),
            Scored(labels, np.array([0.2, 0.2])),
            test=test,
        )
        assert (found.patients, found.malignant, found.benign) == (2, 1, 1)
        assert (found.statistic, found.p) == (None, None)
        assert found.note == "a test needs two patients of each label"
        assert found.difference is not None
        assert found.difference.value == 0.5
        assert found.difference.lower < -0.2


def test_one_label_only_is_refused() -> None:
    ill = Scored(np.ones(4, np.int64), np.arange(4.0))
    with pytest.raises(ValueError, match="malignant and benign exams, got 4 and 0"):
        compare_paired_areas(ill, ill)
    both = Scored(np.array([1, 0, 0, 1]), np.arange(4.0))
    with pytest.raises(ValueError, match="the same exams"):
        compare_paired_areas(both, ill)


def collect(rows: list[PredictionRow]) -> dict[str, RepeatedScores]:
    return {
        method: collect_repeats([each for each in rows if each.method == method])
        for method in dict.fromkeys(each.method for each in rows)
    }


def test_every_pair_and_one_family() -> None:
    rows = study_rows(methods=("paper", "network", "autoencoder"), repeats=2, folds=3)
    found = compare_all_areas(collect(rows))
    assert [(each.first, each.second) for each in found] == [
        ("paper", "network"), ("paper", "autoencoder"), ("network", "autoencoder"),
    ]  # fmt: skip
    values = [each.p for each in found if each.p is not None]
    assert [each.p_adjusted for each in found] == list(adjust_by_holm(values))
    for each in found:
        assert (each.patients, each.malignant, each.benign) == (45, 17, 28)
        assert each.paired


def test_a_single_repeat_of_single_exams_is_the_plain_pair() -> None:
    rows = study_rows(methods=("a", "b"), repeats=1)
    (found,) = compare_all_areas(collect(rows))
    first, second = collect(rows).values()
    alone = compare_paired_areas(
        Scored(first.labels, first.scores[0]),
        Scored(second.labels, second.scores[0]),
        ("a", "b"),
    )
    assert found.p == pytest.approx(alone.p, abs=1e-12)
    assert found.freedom == pytest.approx(alone.freedom)
    assert found.difference is not None
    assert alone.difference is not None
    assert found.difference.lower == pytest.approx(alone.difference.lower)


def test_repeats_and_second_exams_add_no_patients() -> None:
    once = study_rows(methods=("a", "b"), repeats=1)
    (known,) = compare_all_areas(collect(once))
    five = [replace(each, repeat=repeat) for repeat in range(5) for each in once]
    twice = [
        replace(each, exam_id=each.exam_id + view) for view in "ab" for each in once
    ]
    for rows in (five, twice):
        (found,) = compare_all_areas(collect(rows))
        assert (found.patients, found.malignant, found.benign) == (45, 17, 28)
        assert found.p == pytest.approx(known.p)
        assert found.freedom == pytest.approx(known.freedom)
        assert found.difference is not None
        assert known.difference is not None
        assert found.difference.upper == pytest.approx(known.difference.upper)


def test_a_patient_with_both_labels_is_one_patient() -> None:
    rows = [
        row(f"{patient}{label}", score, label, patient=str(patient), method=method)
        for method, seed in (("a", 1), ("b", 2))
        for patient, noise in enumerate(np.random.default_rng(seed).normal(size=12))
        for label, score in ((0, float(noise)), (1, float(noise) + 0.5))
    ]
    (found,) = compare_all_areas(collect(rows))
    assert (found.patients, found.malignant, found.benign) == (12, 12, 12)
    assert found.freedom is not None
    assert found.freedom <= 11


def test_only_what_both_tested_is_compared() -> None:
    rows = study_rows(methods=("a", "b"), repeats=1)
    known = compare_all_areas(collect(rows))
    odd = replace(rows[0], exam_id="other", patient_id="other", score=-9.0, method="a")
    assert compare_all_areas(collect([odd, *rows])) == known


def test_repeats_of_different_exams_are_averaged_by_their_scores() -> None:
    rows = study_rows(methods=("a", "b"), repeats=3)
    fewer = [each for each in rows if (each.repeat, each.exam_id) != (1, "0003")]
    (found,) = compare_all_areas(collect(fewer))
    assert found.note.startswith("repeats test different exams")
    assert found.patients == 45
    assert found.p is not None


def test_methods_without_shared_exams_of_both_labels_have_no_difference() -> None:
    rows = [row("x", 0.1, 0, method="a"), row("y", 0.9, 1, method="b")]
    (found,) = compare_all_areas(collect(rows))
    assert (found.patients, found.difference, found.p) == (0, None, None)
    assert "of whom one method has one label only" in found.note
    rows = [row(name, 0.1, 1, method=m) for name in "xy" for m in "ab"]
    (found,) = compare_all_areas(collect(rows))
    assert (found.patients, found.malignant, found.benign) == (2, 2, 0)
    assert (found.p, found.p_adjusted) == (None, None)
    assert found.note == "all exams that both tested have one label"
    assert compare_all_areas(collect(rows[:1])) == ()


def test_methods_must_agree_on_an_exam() -> None:
    rows = study_rows(methods=("a", "b"), repeats=1)
    scores = collect(rows)
    scores["b"] = replace(scores["b"], labels=1 - scores["b"].labels)
    with pytest.raises(ValueError, match="one patient and label"):
        compare_all_areas(scores)


def test_goes_to_json_and_back() -> None:
    found = compare_all_areas(collect(study_rows(methods=("a", "b", "c"), repeats=2)))
    adapter = TypeAdapter(tuple[AreaComparison, ...])
    text = json.dumps(adapter.dump_python(found, mode="json"))
    assert adapter.validate_python(json.loads(text)) == found


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"p": 1.5}, "p values must be 0 to 1"),
        ({"p": None}, "must stand together"),
        ({"patients": -1}, "must not be negative"),
        ({"method": "bootstrap"}, "not a valid AreaTest"),
    ],
)
def test_refuses_the_impossible(change: dict[str, object], message: str) -> None:
    one, two = draw_pair(np.random.default_rng(5), 10, 10)
    with pytest.raises(ValueError, match=message):
        replace(compare_paired_areas(one, two), **change)  # type: ignore[arg-type]
