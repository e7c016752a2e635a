"""Obuchowski and Rockette's analysis against MRMCaov 0.3.0, and by simulation."""

import json
from pathlib import Path

import numpy as np
import pytest

from bsgi.evaluation.readers.covariances import (
    CovarianceMethod,
    compute_areas,
    estimate_covariances,
)
from bsgi.evaluation.readers.mrmc import estimate_area_difference, estimate_mean_area
from bsgi.evaluation.readers.obuchowski_rockette import Readings, analyse_model
from bsgi.evaluation.readers.rating_table import RatingTable
from bsgi.evaluation.readers.reader_model import ReaderModel, Samples
from tests.evaluation.readers.conftest import draw_table


def read(
    table: RatingTable, method: CovarianceMethod = CovarianceMethod.DELONG
) -> Readings:
    return Readings(
        table.readers, table.modalities, compute_areas(table),
        estimate_covariances(table, method),
    )  # fmt: skip


def printed(*values: float) -> object:
    """Numbers as MRMCaov prints them, to seven digits."""
    return pytest.approx(values, rel=6e-7)


def test_random_readers_and_cases_as_expected(
    van_dyke: RatingTable, shared_folder: Path
) -> None:
    text = (shared_folder / "data" / "roc" / "expected.json").read_text()
    wanted = json.loads(text)["VanDyke"]
    areas = compute_areas(van_dyke).T.ravel()
    assert areas == printed(
        *wanted["empirical_auc"]["t1"], *wanted["empirical_auc"]["t2"]
    )
    own = wanted["delong_random_readers_random_cases"]
    found = analyse_model(read(van_dyke), Samples.BOTH)
    assert found.test is not None
    assert found.components is not None
    parts, test, one = found.components, found.test, found.differences[0]
    assert (
        parts.error, parts.same_reader, parts.same_modality, parts.neither,
        found.squares.modality, found.squares.interaction, test.denominator,
        test.statistic, test.freedom, test.freedom_below, test.p, one.value, one.error,
        *(one.lower, one.upper),
    ) == printed(*(
        own[name] for name in ("Error", "Cov1", "Cov2", "Cov3", "MS_T", "MS_TR",
        "denominator", "F", "df1", "df2", "p", "diff", "se")), *own["ci95"],
    )  # fmt: skip
    assert one.p == pytest.approx(test.p)
    for area, name in zip(found.areas, ("auc1", "auc2"), strict=True):
        assert area.area is not None
        shown = (area.value, area.error, area.area.lower, area.area.upper)
        assert shown == printed(*own[name])


def test_the_unbiased_and_the_jackknife_as_printed(van_dyke: RatingTable) -> None:
    found = analyse_model(read(van_dyke, CovarianceMethod.UNBIASED), Samples.BOTH)
    test, one = found.test, found.differences[0]
    assert test is not None
    assert (
        test.statistic, test.freedom_below, test.p, one.error, one.lower, one.upper,
    ) == printed(
        4.489614, 15.03418, 0.0511618, 0.02067154, -0.0878519409, 0.0002512968
    )  # fmt: skip
    jackknife = analyse_model(
        read(van_dyke, CovarianceMethod.JACKKNIFE), Samples.BOTH
    ).differences[0]
    assert (jackknife.freedom, jackknife.lower, jackknife.upper) == printed(
        15.25967, -0.0879594986, 0.0003588544
    )


def test_fixed_readers_as_printed(van_dyke: RatingTable) -> None:
    found = analyse_model(read(van_dyke, CovarianceMethod.JACKKNIFE), Samples.CASES)
    test, one = found.test, found.differences[0]
    assert test is not None
    assert (
        test.denominator, test.statistic, test.freedom, test.p, one.error, one.lower,
        one.upper, one.statistic,
    ) == printed(
        0.0008758604, 5.475953, 1, 0.01927984, 0.01871748, -0.08048591, -0.00711473,
        -2.340075,
    )  # fmt: skip
    shown = [
        (a.value, a.error, a.area.lower, a.area.upper) for a in found.areas if a.area
    ]
    assert shown[0] == printed(0.8970370, 0.02428971, 0.8494301, 0.9446440)
    assert shown[1] == printed(0.9408374, 0.01677632, 0.9079564, 0.9737183)
    apart = {own.reader: own for own in found.by_reader}
    assert list(apart) == list(van_dyke.readers)
    assert (
        apart["2"].value, apart["2"].error, apart["2"].lower, apart["2"].upper,
        apart["5"].p,
    ) == printed(
        -0.04653784, 0.02630183, -0.098088476, 0.005012792, 0.02300099
    )  # fmt: skip
    assert apart["5"].p_adjusted == pytest.approx(5 * 0.02300099)  # Holm, five readers


def test_fixed_cases_as_printed(van_dyke: RatingTable) -> None:
    found = analyse_model(read(van_dyke), Samples.READERS)
    test, one = found.test, found.differences[0]
    assert test is not None
    assert found.components is None
    assert (
        test.statistic, test.freedom, test.freedom_below, test.p, one.error, one.lower,
        one.upper,
    ) == printed(
        8.704, 1, 4, 0.04195875, 0.01484629, -0.08502022, -0.00258042
    )  # fmt: skip
    shown = [(a.error, a.area.lower, a.area.upper) for a in found.areas if a.area]
    assert shown[0] == printed(0.02482994, 0.8280981, 0.9659760)
    assert shown[1] == printed(0.01615303, 0.8959894, 0.9856854)


@pytest.mark.parametrize("seed", range(4))
def test_two_modalities_are_as_two_kinds_of_trainings(seed: int) -> None:
    """`mrmc.py` has the same for trainings as readers, written otherwise."""
    readings = read(draw_table(np.random.default_rng(seed), 4, luck=0.3))
    found = analyse_model(readings, Samples.BOTH)
    first = readings.chosen((0, 1, 2, 3), (0,))
    mean = estimate_mean_area(first.areas[:, 0], first.covariances)
    assert found.areas[0].value == pytest.approx(mean.value)
    half = (mean.upper - mean.lower) / 2
    assert found.areas[0].error > 0
    area = found.areas[0].area
    assert area is not None
    assert area.lower == pytest.approx(max(mean.value - half, 0))
    order = [0, 2, 4, 6, 1, 3, 5, 7]
    other = estimate_area_difference(
        readings.areas[:, 0], readings.areas[:, 1],
        readings.covariances[np.ix_(order, order)],
    )  # fmt: skip
    one = found.differences[0]
    assert (one.lower, one.upper, one.freedom) == pytest.approx(
        (other.lower, other.upper, other.freedom)
    )


def count_alarms(luck: float, samples: Samples, *, studies: int = 100) -> float:
    """How often modalities without difference are said to differ at 5 %."""
    rng = np.random.default_rng(3)
    alarms = 0
    for _ in range(studies):
        table = draw_table(rng, 3, 2, 40, gain=0.0, luck=luck, step=0.01)
        test = analyse_model(read(table), samples).test
        alarms += test is not None and test.p < 0.05
    return alarms / studies


def test_the_test_holds_its_level() -> None:
    """100 drawn studies of 3 readers and 40 cases: standard error 2.2 %.

    `runs/reader_tests.py` draws more.
    """
    assert count_alarms(0.3, Samples.BOTH) <= 0.05 + 2 * 0.022


def test_three_modalities_are_adjusted_by_holm() -> None:
    found = analyse_model(
        read(draw_table(np.random.default_rng(8), 4, 3, 60, gain=0.5)), Samples.BOTH
    )
    pairs = [(one.first, one.second) for one in found.differences]
    assert pairs == [("M0", "M1"), ("M0", "M2"), ("M1", "M2")]
    values = [one.p for one in found.differences if one.p is not None]
    adjusted = [one.p_adjusted for one in found.differences]
    assert min(x for x in adjusted if x is not None) == pytest.approx(3 * min(values))
    assert found.test is not None
    assert found.test.freedom == 2


def equal(table: RatingTable, samples: Samples) -> ReaderModel:
    return analyse_model(read(table), samples)


@pytest.mark.parametrize("samples", Samples)
def test_where_nothing_spreads_nothing_is_tested(samples: Samples) -> None:
    table = draw_table(np.random.default_rng(9))
    apart = np.broadcast_to(table.labels.astype(float), table.scores.shape).copy()
    perfect = RatingTable(
        table.readers, table.modalities, table.cases, table.patients, table.labels,
        apart,
    )  # fmt: skip
    found = equal(perfect, samples)
    assert found.test is None
    assert [one.area for one in found.areas] == [None, None]
    assert [one.value for one in found.areas] == [1.0, 1.0]
    one = found.differences[0]
    assert (one.value, one.lower, one.upper, one.p) == (0.0, None, None, None)


def test_one_reader_is_delongs_comparison_and_has_no_others() -> None:
    table = draw_table(np.random.default_rng(10), 1)
    readings = read(table)
    found = analyse_model(readings, Samples.CASES)
    own = readings.covariances
    error = (own[0, 0] + own[1, 1] - 2 * own[0, 1]) ** 0.5
    assert found.differences[0].error == pytest.approx(error)
    assert found.by_reader == ()
    with pytest.raises(ValueError, match="two or more, got one"):
        analyse_model(readings, Samples.BOTH)


def test_one_modality_has_no_test() -> None:
    found = analyse_model(
        read(draw_table(np.random.default_rng(11), 3, 1)), Samples.BOTH
    )
    assert (found.test, found.differences) == (None, ())
    assert found.components is not None
    assert found.components.same_reader is None


def test_readings_must_fit() -> None:
    with pytest.raises(ValueError, match="covariance of each pair"):
        Readings(("a",), ("b", "c"), np.ones((1, 2)), np.eye(3))
