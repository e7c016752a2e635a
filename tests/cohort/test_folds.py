"""The laws of every plan, on random cohorts of women with several exams."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedKFold

from bsgi.cohort.folds import (
    Fold,
    load_folds,
    plan_folds,
    plan_periods,
    plan_single,
    plan_sites,
    plan_sizes,
    save_folds,
)
from bsgi.cohort.split import Part, Split, SplitRow, split_stratified
from bsgi.cohort.store import ExamRow
from bsgi.errors import CohortError, ConfigError
from bsgi.exam.record import Label

Plan = Callable[[Sequence[ExamRow], int], tuple[Fold, ...]]

REPEATS = 2
PLANS: dict[str, Plan] = {
    "single": lambda rows, seed: plan_single(rows, seed, REPEATS, 0.2),
    "folds": lambda rows, seed: plan_folds(rows, seed, REPEATS, 5),
    "site": lambda rows, _: plan_sites(rows, REPEATS),
    "time": lambda rows, _: plan_periods(rows, REPEATS, 4),
    "sizes": lambda rows, seed: plan_sizes(rows, seed, REPEATS, (2, 7, 20)),
}
DRAWN = ("single", "folds", "sizes")
SEEDS = st.integers(0, 2**32)
LAW = settings(max_examples=20, deadline=None)


def name_label(malignant: bool) -> Label:
    return Label.MALIGNANT if malignant else Label.BENIGN


def make_rows(seed: int, patients: int = 110) -> list[ExamRow]:
    """Women of three sites with one to three exams, some of them without a label."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(patients):
        site = f"site-{rng.integers(3)}"
        # The first ones alternate, so that all sites and periods have both labels.
        malignant = number % 2 == 1 if number < 64 else bool(rng.random() < 0.4)
        for rank in range(1, 1 + int(rng.integers(1, 4))):
            label = name_label(malignant and (rank == 1 or rng.random() < 0.5))
            if rank > 1 and rng.random() < 0.2:
                label = Label.UNKNOWN
            rows.append(
                ExamRow(
                    f"p{number:03d}-{rank}",
                    f"p{number:03d}",
                    site=site,
                    label=label,
                    time_order=1 + int(rng.integers(200)),
                )
            )
    return [rows[index] for index in rng.permutation(len(rows))]


def women(count: int, **fields: object) -> list[ExamRow]:
    """Women with one exam each, every third malignant."""
    rows = [
        ExamRow(
            f"{n:04d}-1", f"{n:04d}", label=name_label(n % 3 == 2), time_order=n + 1
        )
        for n in range(count)
    ]
    return [replace(row, **fields) for row in rows]  # type: ignore[arg-type]


def patients_of(fold: Fold, part: Part) -> set[str]:
    return {row.patient_id for row in fold.split.rows if row.part is part}


def count_labels(rows: Sequence[ExamRow], patients: set[str]) -> tuple[int, int]:
    """Benign patients and malignant ones, by an own count."""
    worst: dict[str, int] = {}
    for row in rows:
        if row.label is not Label.UNKNOWN and row.patient_id in patients:
            worst[row.patient_id] = max(worst.get(row.patient_id, 0), int(row.label))
    malignant = sum(worst.values())
    return len(worst) - malignant, malignant


@pytest.mark.parametrize("name", PLANS)
@LAW
@given(seed=SEEDS)
def test_what_holds_of_every_plan(name: str, seed: int) -> None:
    rows = make_rows(seed)
    plan = PLANS[name](rows, seed)
    labels = {row.exam_id: row.label for row in rows}
    owners = {row.exam_id: row.patient_id for row in rows}
    numbers = [(fold.repeat, fold.fold) for fold in plan]
    folds = len(plan) // REPEATS
    assert numbers == [(r, f) for r in range(REPEATS) for f in range(folds)]
    titles = [fold.title for fold in plan]
    assert titles == titles[:folds] * REPEATS
    assert len(set(titles)) == folds
    for fold in plan:
        train, test = (patients_of(fold, part) for part in (Part.TRAIN, Part.TEST))
        assert train
        assert test
        assert not train & test
        used = [row.exam_id for row in fold.split.rows]
        assert used == sorted(set(used))
        for row in fold.split.rows:
            assert owners[row.exam_id] == row.patient_id
            assert labels[row.exam_id] is not Label.UNKNOWN
        # a woman is used with all of her labelled exams or with none
        assert set(used) == {
            exam_id
            for exam_id, label in labels.items()
            if label is not Label.UNKNOWN and owners[exam_id] in train | test
        }
        taught = {labels[exam_id] for exam_id in fold.split.exam_ids(Part.TRAIN)}
        assert taught == {Label.BENIGN, Label.MALIGNANT}


@pytest.mark.parametrize("name", ["folds", "site", "time"])
@LAW
@given(seed=SEEDS)
def test_each_exam_is_tested_once_per_repeat(name: str, seed: int) -> None:
    rows = make_rows(seed)
    plan = PLANS[name](rows, seed)
    labelled = {row.exam_id for row in rows if row.label is not Label.UNKNOWN}
    for repeat in range(REPEATS):
        folds = [fold for fold in plan if fold.repeat == repeat]
        tests = Counter(e for fold in folds for e in fold.split.exam_ids(Part.TEST))
        if name == "time":  # the first period is only ever learned from
            labelled -= set(folds[0].split.exam_ids(Part.TRAIN))
        assert tests == dict.fromkeys(labelled, 1)


@pytest.mark.parametrize("name", PLANS)
@LAW
@given(seed=SEEDS)
def test_the_plan_follows_from_cohort_and_seed(name: str, seed: int) -> None:
    rows = make_rows(seed)
    plan = PLANS[name](rows, seed)
    assert PLANS[name](rows[::-1], seed) == plan
    if name in DRAWN:
        assert PLANS[name](rows, seed + 1) != plan


@LAW
@given(seed=SEEDS)
def test_the_papers_mode_draws_the_split_of_one_training(seed: int) -> None:
    rows = sorted(make_rows(seed), key=lambda row: row.exam_id)
    alone = split_stratified(rows, np.random.default_rng((seed, 0)), 0.2)
    assert [fold.split for fold in PLANS["single"](rows, seed)] == [alone] * REPEATS


def test_the_papers_mode_has_the_papers_numbers() -> None:
    labels = [Label.BENIGN] * 144 + [Label.MALIGNANT] * 87
    rows = [
        ExamRow(f"{n}-1", f"{n}", label=label) for n, label in enumerate(labels, 100)
    ]
    plan = plan_single(rows, 3, 5, 0.2)
    assert len(plan) == 5
    assert count_labels(rows, patients_of(plan[0], Part.TEST)) == (28, 17)
    assert count_labels(rows, patients_of(plan[0], Part.TRAIN)) == (116, 70)
    for fold in plan_folds(rows, 3, 2, 5):
        benign, malignant = count_labels(rows, patients_of(fold, Part.TEST))
        assert benign in {28, 29}
        assert malignant in {17, 18}


def test_the_papers_mode_takes_a_given_split() -> None:
    rows = women(30)
    given_parts = [
        "test" if n < 6 else "calibrate" if n < 12 else "train" for n in range(30)
    ]
    rows = [
        replace(row, split=part) for row, part in zip(rows, given_parts, strict=True)
    ]
    plan = plan_single(rows, 1, 2, 0.2)
    assert plan == plan_single(rows, 2, 2, 0.2)
    assert [str(row.part) for row in plan[0].split.rows] == given_parts
    rows = [
        replace(row, split="test" if row.label is Label.BENIGN else "train")
        for row in rows
    ]
    with pytest.raises(
        CohortError, match="for train must be benign and malignant, got 0 and 10"
    ):
        plan_single(rows, 1, 2, 0.2)


@LAW
@given(seed=SEEDS, folds=st.integers(2, 12), patients=st.integers(64, 120))
def test_folds_have_the_numbers_of_scikit_learn(
    seed: int, folds: int, patients: int
) -> None:
    rows = make_rows(seed, patients)
    plan = plan_folds(rows, seed, 1, folds)
    ours = [count_labels(rows, patients_of(fold, Part.TEST)) for fold in plan]
    benign, malignant = count_labels(rows, {row.patient_id for row in rows})
    labels = np.repeat([0, 1], [benign, malignant])
    theirs = [
        (int(np.sum(labels[test] == 0)), int(np.sum(labels[test] == 1)))
        for _, test in StratifiedKFold(folds).split(labels, labels)
    ]
    assert sorted(ours) == sorted(theirs)
    for counts in (*zip(*ours, strict=True), [sum(pair) for pair in ours]):
        assert max(counts) - min(counts) <= 1


def test_folds_of_another_repeat_are_drawn_anew() -> None:
    plan = plan_folds(women(60), 1, 6, 5)
    assert len({fold.split for fold in plan}) == 30


def test_folds_need_patients_of_both_classes_for_each() -> None:
    rows = women(14)  # four malignant
    match = r"^5 folds need 5 malignant patients at least, got 4; ask for 4 folds or"
    with pytest.raises(CohortError, match=match):
        plan_folds(rows, 1, 1, 5)
    assert len(plan_folds(rows, 1, 1, 4)) == 4
    with pytest.raises(CohortError, match="got 1; use more exams"):
        plan_folds(rows[:4], 1, 1, 2)
    # with too few of both, the number to ask for is that of the smaller class
    with pytest.raises(CohortError, match="need 12 malignant patients at least, got 4"):
        plan_folds(rows, 1, 1, 12)


@LAW
@given(seed=SEEDS)
def test_a_site_is_tested_by_the_others(seed: int) -> None:
    rows = make_rows(seed)
    sites = {row.exam_id: row.site for row in rows}
    plan = plan_sites(rows, 1)
    assert [fold.title for fold in plan] == [f"site site-{n}" for n in range(3)]
    for number, fold in enumerate(plan):
        for row in fold.split.rows:
            tested = row.part is Part.TEST
            assert (sites[row.exam_id] == f"site-{number}") is tested


def test_a_site_of_one_label_can_be_tested_but_not_alone_be_learned_from() -> None:
    rows = women(30, site="A")
    rows = [
        replace(row, site="B" if row.label is Label.BENIGN and n < 9 else "A")
        for n, row in enumerate(rows)
    ]
    with pytest.raises(
        CohortError,
        match=r"^site A: the exams for train must be benign and malignant, got 6 and 0",
    ):
        plan_sites(rows, 1)
    rows[-1] = replace(rows[-1], site="C")
    rows[0] = replace(rows[0], site="C")
    plan = plan_sites(rows, 1)
    assert count_labels(rows, patients_of(plan[1], Part.TEST)) == (5, 0)


def test_sites_must_be_known_and_a_patient_at_one() -> None:
    rows = women(12, site="A")
    with pytest.raises(CohortError, match=r"at least 2 sites, got only 'A'; fill"):
        plan_sites(rows, 1)
    blank = [
        replace(row, site="") if n in {3, 5} else row for n, row in enumerate(rows)
    ]
    with pytest.raises(CohortError, match=r"got 2 without, the first 0003-1; fill the"):
        plan_sites(blank, 1)
    twice = [*rows, ExamRow("0004-2", "0004", site="B", label=Label.BENIGN)]
    match = r"at one site, got 0004-1 at 'A' and 0004-2 at 'B'; give both one site"
    with pytest.raises(CohortError, match=match):
        plan_sites(twice, 1)


@LAW
@given(seed=SEEDS, periods=st.integers(2, 6))
def test_periods_follow_each_other(seed: int, periods: int) -> None:
    rows = make_rows(seed)
    first: dict[str, int] = {}
    for row in rows:
        if row.label is not Label.UNKNOWN:
            assert row.time_order is not None
            known = first.get(row.patient_id, row.time_order)
            first[row.patient_id] = min(known, row.time_order)
    plan = plan_periods(rows, 1, periods)
    assert [fold.title for fold in plan] == [
        f"period {n} of {periods}" for n in range(2, periods + 1)
    ]
    past: set[str] = set()
    for fold in plan:
        train, test = (patients_of(fold, part) for part in (Part.TRAIN, Part.TEST))
        assert max(first[key] for key in train) < min(first[key] for key in test)
        assert past <= train
        past = train | test
    assert past == set(first)


@given(patients=st.integers(20, 90), periods=st.integers(2, 6))
def test_periods_are_equal_up_to_one_where_all_dates_differ(
    patients: int, periods: int
) -> None:
    plan = plan_periods(women(patients), 1, periods)
    sizes = [len(patients_of(plan[0], Part.TRAIN))]
    sizes += [len(patients_of(fold, Part.TEST)) for fold in plan]
    assert sum(sizes) == patients
    assert max(sizes) - min(sizes) <= 1


def test_patients_of_one_date_stay_in_one_period() -> None:
    dates = [1] * 13 + [2] * 2 + [3] * 3 + [4] * 12
    rows = [
        replace(row, time_order=date)
        for row, date in zip(women(30), dates, strict=True)
    ]
    plan = plan_periods(rows, 1, 3)
    assert [len(patients_of(fold, Part.TEST)) for fold in plan] == [5, 12]
    assert len(plan_periods(rows, 1, 4)) == 3
    match = "5 periods need 5 different dates of first exams at least, got 4; ask for"
    with pytest.raises(CohortError, match=match):
        plan_periods(rows, 1, 5)


def test_periods_need_known_dates_and_both_labels_at_first() -> None:
    rows = women(30)
    rows[7] = replace(rows[7], time_order=None)
    match = r"of every labelled exam, got 1 without, the first 0007-1; import the"
    with pytest.raises(CohortError, match=match):
        plan_periods(rows, 1)
    rows[7] = replace(rows[7], label=Label.UNKNOWN)
    assert len(plan_periods(rows, 1)) == 4
    late = sorted(women(30), key=lambda row: int(row.label))
    late = [replace(row, time_order=n) for n, row in enumerate(late, 1)]
    match = "period 2 of 5: the exams for train must be .* got 6 and 0; ask for fewer"
    with pytest.raises(CohortError, match=match):
        plan_periods(late, 1)


@LAW
@given(seed=SEEDS)
def test_a_learning_curve_has_one_test_set_and_nested_training(seed: int) -> None:
    rows = make_rows(seed)
    sizes = (2, 3, 11, 30, 41)
    plan = plan_sizes(rows, seed, 3, sizes)
    everyone = {row.patient_id for row in rows}
    benign, malignant = count_labels(rows, everyone)
    test = patients_of(plan[0], Part.TEST)
    assert min(count_labels(rows, test)) >= 20
    before: set[str] = set()
    for fold in plan:
        size = sizes[fold.fold]
        train = patients_of(fold, Part.TRAIN)
        assert fold.title == f"{size} patients"
        assert len(train) == size
        assert patients_of(fold, Part.TEST) == test
        _, found = count_labels(rows, train)
        wanted = size * malignant / (benign + malignant)
        assert abs(found - min(max(wanted, 1), size - 1)) <= 0.5
        if fold.fold:
            assert before <= train
        before = train
    assert before == everyone - test
    largest = [fold for fold in plan if fold.fold == 4]
    assert len({fold.split for fold in largest}) == 1
    assert len({fold.split for fold in plan if fold.fold == 3}) == 3


def test_a_learning_curve_says_how_many_exams_it_needs() -> None:
    rows = women(150)
    match = (
        r"must leave 20 of each class .* got 34 benign and 17 malignant; .* need 1\d\d"
    )
    with pytest.raises(CohortError, match=match) as caught:
        plan_sizes(women(120), 1, 1, (10, 69))
    needed = int(str(caught.value).partition("would need ")[2].split()[0])
    assert f"{needed} patients, {needed} exams" in str(caught.value)
    assert plan_sizes(women(needed), 1, 1, (10, 69))
    with pytest.raises(CohortError):
        plan_sizes(women(needed - 4), 1, 1, (10, 69))
    with pytest.raises(CohortError, match="got 0 benign and 0 malignant"):
        plan_sizes(rows, 1, 1, (500,))
    double = [*rows, *(replace(row, exam_id=f"{row.patient_id}-2") for row in rows)]
    with pytest.raises(CohortError, match=r"need 159 patients, 318 exams"):
        plan_sizes(double, 1, 1, (100,))


@pytest.mark.parametrize("sizes", [(), (1, 5), (5, 5), (9, 5)])
def test_sizes_must_ascend(sizes: tuple[int, ...]) -> None:
    with pytest.raises(ConfigError, match="that ascend, each at least 2, got"):
        plan_sizes(women(100), 1, 1, sizes)


@pytest.mark.parametrize(
    "ask",
    [
        lambda rows: plan_single(rows, 1, 0, 0.2),
        lambda rows: plan_folds(rows, 1, 0, 5),
        lambda rows: plan_folds(rows, 1, 1, 1),
        lambda rows: plan_sites(rows, 0),
        lambda rows: plan_periods(rows, 0),
        lambda rows: plan_periods(rows, 1, 1),
        lambda rows: plan_sizes(rows, 1, 0, (5,)),
    ],
)
def test_numbers_below_the_least_are_refused(
    ask: Callable[[list[ExamRow]], object],
) -> None:
    with pytest.raises(ConfigError, match=r"must be at least [12], got [01]\."):
        ask(women(30))


@pytest.mark.parametrize("name", PLANS)
def test_a_cohort_of_one_label_is_refused(name: str) -> None:
    rows = [replace(row, label=Label.BENIGN) for row in make_rows(1)]
    with pytest.raises(CohortError, match="benign and malignant patients, got 110 and"):
        PLANS[name](rows, 1)


def test_a_fold_needs_exams_for_both_parts() -> None:
    split = Split((SplitRow("a-1", "a", Part.TRAIN),))
    with pytest.raises(CohortError, match=r"repeat 0, site A: .* for test, got none"):
        Fold(0, 0, "site A", split)
    with pytest.raises(ValueError, match="count from 0, got -1, 0"):
        Fold(-1, 0, "", split)


@pytest.mark.parametrize("name", PLANS)
def test_folds_come_back_as_they_were(tmp_path: Path, name: str) -> None:
    plan = PLANS[name](make_rows(4), 4)
    save_folds(tmp_path / "splits.csv", plan)
    assert load_folds(tmp_path / "splits.csv") == plan
