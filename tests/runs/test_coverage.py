import json
from pathlib import Path

import numpy as np
import pytest
from runs.coverage_draws import AREAS, FAMILIES, draw_correlated, list_labels
from runs.coverage_rates import compute_coverage
from runs.coverage_sizes import draw_fold_areas, measure_mcnemar
from runs.coverage_tables import FULL, Bound, Found, Tally, write_into_page

from bsgi.evaluation.areas.auc import compute_placements
from bsgi.evaluation.estimate import Estimate
from bsgi.evaluation.power.proportions import compute_mcnemar_power
from bsgi.evaluation.rates.proportions import ProportionInterval, estimate_proportion
from bsgi.evaluation.scored import Scored
from runs import coverage


@pytest.mark.parametrize("family", FAMILIES)
def test_scores_have_the_area_that_they_are_said_to_have(family: str) -> None:
    labels = list_labels(8000, 8000)
    for number, area in enumerate(AREAS):
        scores = FAMILIES[family](np.random.default_rng(number), labels, area)
        placed = compute_placements(Scored(labels, scores))
        assert placed.variance is not None
        assert placed.auc == pytest.approx(area, abs=4 * np.sqrt(placed.variance))


def test_scores_of_two_methods_are_correlated_within_a_label() -> None:
    labels = list_labels(8000, 8000)
    for correlation in (0.3, 0.6):
        scores = draw_correlated(
            np.random.default_rng(1), labels, (0.8, 0.95), correlation
        )
        for label in (0, 1):
            found = np.corrcoef(scores[:, labels == label])[0, 1]
            assert found == pytest.approx(correlation, abs=0.03)


def test_two_ways_of_training_are_equally_good() -> None:
    rng = np.random.default_rng(2)
    areas = np.array([draw_fold_areas(rng, list_labels(38, 62)) for _ in range(40)])
    assert areas.shape == (40, 2, 25)
    means = areas.mean(axis=2)
    apart = means[:, 0] - means[:, 1]
    assert abs(apart.mean()) < 3 * apart.std() / np.sqrt(40)
    assert 0.7 < means.mean() < 0.95


def test_the_coverage_of_a_proportion_is_that_of_drawn_counts() -> None:
    coverage_, width = compute_coverage(17, ProportionInterval.WILSON)
    counts = np.random.default_rng(3).binomial(17, 0.9, size=4000)
    found = [estimate_proportion(int(count), 17) for count in counts]
    held = np.mean(
        [each is not None and each.lower <= 0.9 <= each.upper for each in found]
    )
    assert coverage_[200] == pytest.approx(held, abs=0.02)
    wide = np.mean([0 if each is None else each.upper - each.lower for each in found])
    assert width[200] == pytest.approx(wide, rel=0.02)


def test_sizes_of_mcnemar_agree_with_power_without_a_difference() -> None:
    found = measure_mcnemar(0, 0)
    (row,) = [each for each in found.rows if each[0] == "45"]
    for column, mid_p in ((1, True), (2, False)):
        most = max(
            compute_mcnemar_power(45, share / 200, share / 200, mid_p=mid_p)
            for share in range(1, 61)
        )
        assert row[column] == pytest.approx(most, abs=1e-9)
    assert all(bound.holds for bound in found.bounds)


def test_a_small_run_keeps_its_bounds(tmp_path: Path) -> None:
    """40 data sets per cell, so that three standard errors are allowed."""
    words = ["--sets", "40", "--seed", "5", "--out", str(tmp_path), "--tables"]
    assert coverage.main([*words, "areas", "families", "rates"]) == 0
    content = json.loads((tmp_path / "coverage.json").read_text())
    assert [table["name"] for table in content["tables"]] == [
        "areas", "families", "rates"
    ]  # fmt: skip
    assert content["broken"] == []
    areas = content["tables"][0]
    assert len(areas["rows"]) == 45
    # Plain DeLong near 1 is what the default is there to mend.
    worst = min(row["delong"] for row in areas["rows"])
    assert worst < min(row["default"] for row in areas["rows"]) - 0.1


def test_a_broken_bound_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def measure(sets: int, seed: int) -> Found:
        bound = Bound("coverage", 0.93, 0.94, at_least=True, sets=sets + seed)
        return Found("areas", ("patients", "held"), (("45", 0.93),), (bound,), sets)

    monkeypatch.setitem(coverage.TABLES, "areas", measure)
    assert coverage.main(["--sets", "10000", "--tables", "areas"]) == 1
    printed = capsys.readouterr().out
    assert "BROKEN: coverage: 93.00%, must be at least 94.0%" in printed
    assert coverage.main(["--sets", "100", "--tables", "areas"]) == 0


def test_bounds_are_strict_at_the_full_number_and_for_what_is_calculated() -> None:
    for sets, holds in ((FULL, False), (0, False), (100, True)):
        assert Bound("", 0.9399, 0.94, at_least=True, sets=sets).holds is holds
        assert Bound("", 0.0561, 0.056, at_least=False, sets=sets).holds is holds
    assert Bound("", 0.056, 0.056, at_least=False, sets=FULL).holds


def test_an_interval_that_is_undefined_holds_nothing() -> None:
    tally = Tally()
    tally.add(Estimate(0.9, 0.8, 1.0, "x"), 0.85)
    tally.add(None, 0.85)
    assert (tally.coverage, tally.mean_width) == (0.5, "0.100")


def test_every_table_has_a_place_in_the_docs() -> None:
    page = coverage.PAGE.read_text(encoding="utf-8")
    tables = [Found(name, ("a",), (("b",),), (), 7) for name in coverage.TABLES]
    written = write_into_page(page, tables)
    assert written.count("*7 data sets per cell.*") == len(tables)
    assert write_into_page(written, tables) == written
    with pytest.raises(ValueError, match="one place for the table other"):
        write_into_page(page, [Found("other", ("a",), (), (), 0)])


def test_a_bound_that_only_few_data_sets_forgive_is_marked() -> None:
    few = Bound("size", 0.058, 0.056, at_least=False, sets=2000)
    assert (few.holds, few.is_forgiven) == (True, True)
    full = Bound("size", 0.058, 0.056, at_least=False, sets=FULL)
    assert (full.holds, full.is_forgiven) == (False, False)
    kept = Bound("coverage", 0.95, 0.93, at_least=True, sets=2000)
    assert (kept.holds, kept.is_forgiven) == (True, False)
