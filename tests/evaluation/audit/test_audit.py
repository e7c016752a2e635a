import time
from fractions import Fraction

import numpy as np
import pytest

from bsgi.errors import ConfigError
from bsgi.evaluation.audit.audit import audit_row, estimate_rates
from bsgi.evaluation.audit.fitting_counts import Naming
from bsgi.evaluation.audit.printed import Counts, Rounding
from bsgi.evaluation.audit.published import PAPER, PublishedRow
from bsgi.evaluation.rates.proportions import ProportionInterval, estimate_proportion

NETWORK, ENCODER, PROPOSED = PAPER


@pytest.mark.parametrize(
    ("row", "tp", "tn", "right"), [(PROPOSED, 84, 139, 223), (ENCODER, 73, 127, 200)]
)
def test_two_rows_of_the_paper_fit_one_pair_with_the_names_exchanged(
    row: PublishedRow, tp: int, tn: int, right: int
) -> None:
    found = audit_row(row)
    (fit,) = found.fits
    assert list(fit.pairs()) == [(tp, tn)]
    assert fit.right == Counts(right, right)
    assert found.reading is Naming.BENIGN
    assert found.rounding is Rounding.ROUNDED
    assert found.possible == {Naming.MALIGNANT: False, Naming.BENIGN: True}


def test_the_neural_network_row_fits_at_ten_repeats_and_not_at_five() -> None:
    found = audit_row(NETWORK)
    assert found.fits == ()
    assert found.fitting_repeats[Naming.MALIGNANT] == ()
    assert found.fitting_repeats[Naming.BENIGN] == (10, 20)
    assert found.reading is Naming.BENIGN  # by its weight


@pytest.mark.parametrize(
    ("row", "weight"), [(NETWORK, 0.618), (ENCODER, 0.625), (PROPOSED, 0.600)]
)
def test_the_weight_of_the_printed_sensitivity_is_the_benign_share(
    row: PublishedRow, weight: float
) -> None:
    found = audit_row(row).weight
    assert found is not None
    assert found.value == pytest.approx(weight, abs=5e-4)
    assert found.benign == pytest.approx(28 / 45)
    assert found.lower <= found.benign <= found.upper
    assert found.malignant < found.lower


def test_the_limits_of_the_weight_are_those_of_many_figures_that_round_so() -> None:
    rng = np.random.default_rng(8)
    found = audit_row(ENCODER).weight
    assert found is not None
    a, s, p = (
        float(text) + rng.uniform(-5e-4, 5e-4, 20_000)
        for text in (ENCODER.accuracy, ENCODER.sensitivity, ENCODER.specificity)
    )
    weights = (a - p) / (s - p)
    assert found.lower <= weights.min() <= found.lower + 0.002
    assert found.upper - 0.002 <= weights.max() <= found.upper


def test_no_weight_where_the_recalls_may_be_equal() -> None:
    assert (
        audit_row(PublishedRow("x", "0.90", "0.90", "0.90", 10, 10, 1)).weight is None
    )
    assert audit_row(PublishedRow("x", "0.90", "0.90", "", 10, 10, 1)).weight is None


def print_share(share: Fraction, places: int, *, per_cent: bool) -> str:
    if per_cent:
        return f"{float(100 * share):.{places - 2}f}%"
    return f"{float(share):.{places}f}"


@pytest.mark.parametrize("per_cent", [False, True])
@pytest.mark.parametrize("swapped", [False, True])
def test_the_true_counts_of_invented_tables_are_listed(
    *, swapped: bool, per_cent: bool
) -> None:
    rng = np.random.default_rng(20)
    for _ in range(20):
        p, n = (int(size) for size in rng.integers(5, 81, 2))
        repeats, places = int(rng.integers(1, 11)), int(rng.integers(2, 5))
        tp = int(rng.integers(0, p * repeats + 1))
        tn = int(rng.integers(0, n * repeats + 1))
        shares = (
            Fraction(tp + tn, (p + n) * repeats),
            Fraction(tp, p * repeats),
            Fraction(tn, n * repeats),
        )
        if swapped:
            shares = (shares[0], shares[2], shares[1])
        texts = [print_share(share, places, per_cent=per_cent) for share in shares]
        naming = Naming.BENIGN if swapped else Naming.MALIGNANT
        for stated in (repeats, None):
            found = audit_row(
                PublishedRow("x", texts[0], texts[1], texts[2], p, n, stated)
            )
            listed = {
                (fit.repeats, fit.naming, pair)
                for fit in found.fits
                for pair in fit.pairs()
            }
            assert (repeats, naming, (tp, tn)) in listed
            assert found.rounding is Rounding.ROUNDED
            assert found.possible[naming]
            assert found.reading in (naming, None)
            assert repeats in found.fitting_repeats[naming]


def test_digits_that_were_cut_off_are_tried_only_where_rounding_fits_nothing() -> None:
    found = audit_row(PublishedRow("x", "0.666", "0.666", "0.666", 3, 3, 1))
    assert found.rounding is Rounding.CUT
    assert [list(fit.pairs()) for fit in found.fits] == [[(2, 2)], [(2, 2)]]
    both = audit_row(PublishedRow("x", "0.667", "0.667", "0.667", 3, 3, 1))
    assert both.rounding is Rounding.ROUNDED


def test_without_repeats_all_numbers_are_searched() -> None:
    row = PublishedRow("x", "0.991", "0.993", "0.988", 17, 28)
    found = audit_row(row, max_repeats=12)
    assert [(fit.repeats, fit.naming) for fit in found.fits] == [
        (5, Naming.BENIGN), (10, Naming.BENIGN),
    ]  # fmt: skip
    assert found.figures == ()
    assert found.reading is Naming.BENIGN


def test_intervals_are_those_of_the_exams_of_one_run() -> None:
    """With all right in every run a count is whole, and the intervals are known."""
    row = PublishedRow("x", "1.000", "1.000", "1.000", 17, 28, 5)
    found = audit_row(row)
    for rate, exams in zip(
        estimate_rates(row, found.fits[0]), (17, 28, 45), strict=True
    ):
        wilson = estimate_proportion(exams, exams)
        exact = estimate_proportion(exams, exams, ProportionInterval.EXACT)
        assert wilson is not None
        assert exact is not None
        assert rate.patients == exams
        assert rate.total == 5 * exams
        assert rate.wilson_lower == pytest.approx(wilson.lower)
        assert rate.exact_lower == pytest.approx(exact.lower)
        assert rate.wilson_upper == rate.exact_upper == 1.0
    assert round(estimate_rates(row, found.fits[0])[2].exact_lower, 3) == 0.921


def test_intervals_cover_all_counts_that_fit() -> None:
    row = PublishedRow("x", "0.9", "0.9", "0.9", 20, 20, 1)
    fit = audit_row(row).fits[0]
    assert fit.tp == Counts(17, 19)
    sensitivity = estimate_rates(row, fit)[0]
    lowest, highest = (estimate_proportion(count, 20) for count in (17, 19))
    assert lowest is not None
    assert highest is not None
    assert sensitivity.wilson_lower == pytest.approx(lowest.lower)
    assert sensitivity.wilson_upper == pytest.approx(highest.upper)


def test_rows_that_no_number_of_repeats_can_give_are_told() -> None:
    found = audit_row(PublishedRow("x", "0.991", "0.950", "0.960", 50, 60, 5))
    assert found.fits == ()
    assert not any(found.possible.values())
    assert found.reading is None


@pytest.mark.alone
def test_an_audit_takes_no_time() -> None:
    row = PublishedRow("x", "0.5", "", "", 50_000, 50_000)
    begun = time.perf_counter()
    found = audit_row(row)
    assert sum(fit.number() for fit in found.fits) > 10**9
    assert time.perf_counter() - begun < 1


@pytest.mark.parametrize("most", [0, -1, 10**9])
def test_impossible_searches_are_refused(most: int) -> None:
    with pytest.raises(ConfigError):
        audit_row(PROPOSED, max_repeats=most)
