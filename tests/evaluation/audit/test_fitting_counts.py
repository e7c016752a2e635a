from itertools import product

import numpy as np
import pytest

from bsgi.evaluation.audit.fitting_counts import Naming, find_fits, is_possible
from bsgi.evaluation.audit.printed import Counts, PrintedFigure, Rounding, parse_figure
from bsgi.evaluation.audit.published import PublishedRow

ROUNDED = Rounding.ROUNDED


def allows(figure: PrintedFigure | None, count: int, total: int) -> bool:
    if figure is None:
        return True
    lower, upper = figure.bounds(ROUNDED)
    return lower * total <= count <= upper * total


def try_all(row: PublishedRow, repeats: int, naming: Naming) -> list[tuple[int, int]]:
    """Every pair of counts tried by itself."""
    accuracy, first, second = (
        parse_figure("x", text)
        for text in (row.accuracy, row.sensitivity, row.specificity)
    )
    malignant, benign = (
        (first, second) if naming is Naming.MALIGNANT else (second, first)
    )
    p, n = row.positives * repeats, row.negatives * repeats
    return [
        (tp, tn)
        for tp, tn in product(range(p + 1), range(n + 1))
        if allows(malignant, tp, p)
        and allows(benign, tn, n)
        and allows(accuracy, tp + tn, p + n)
    ]


def draw_row(rng: np.random.Generator) -> tuple[PublishedRow, int]:
    p, n, repeats = (int(each) for each in rng.integers(1, (12, 12, 5)))
    tp, tn = (
        int(rng.integers(0, p * repeats + 1)),
        int(rng.integers(0, n * repeats + 1)),
    )
    shares = (tp + tn) / ((p + n) * repeats), tp / (p * repeats), tn / (n * repeats)
    places = int(rng.integers(1, 4))
    texts = [f"{share:.{places}f}" for share in shares]
    for place in range(3):
        if rng.random() < 0.25:
            texts[place] = ""
    if not any(texts):
        texts[0] = f"{shares[0]:.2f}"
    return PublishedRow("x", texts[0], texts[1], texts[2], p, n, repeats), repeats


def test_all_pairs_that_fit_are_found_and_no_others() -> None:
    rng = np.random.default_rng(5)
    for _ in range(40):
        row, repeats = draw_row(rng)
        found = {fit.naming: fit for fit in find_fits(row, (repeats,), ROUNDED)}
        namings = list(Naming) if row.tells_recalls else [Naming.MALIGNANT]
        assert set(found) <= set(namings)
        for naming in namings:
            expected = try_all(row, repeats, naming)
            fit = found.get(naming)
            assert (list(fit.pairs()) if fit else []) == expected
            if fit:
                tps, tns = zip(*expected, strict=True)
                assert fit.number() == len(expected)
                assert fit.tp == Counts(min(tps), max(tps))
                assert fit.tn == Counts(min(tns), max(tns))
                sums = [sum(pair) for pair in expected]
                assert fit.right == Counts(min(sums), max(sums))


def test_what_fits_at_some_number_of_repeats_is_possible() -> None:
    rng = np.random.default_rng(6)
    for _ in range(40):
        row, _ = draw_row(rng)
        for fit in find_fits(row, range(1, 8), ROUNDED):
            assert is_possible(row, fit.naming, ROUNDED)


def test_what_is_impossible_fits_nowhere() -> None:
    row = PublishedRow("x", "0.991", "0.950", "0.960", 50, 60)
    assert not any(is_possible(row, naming, ROUNDED) for naming in Naming)
    assert find_fits(row, range(1, 200), ROUNDED) == ()


def test_without_a_recall_there_is_no_naming_to_tell() -> None:
    row = PublishedRow("x", "0.5", "", "", 2, 2)
    fits = find_fits(row, (1, 2), ROUNDED)
    assert [fit.repeats for fit in fits] == [1, 2]


@pytest.mark.parametrize("size", [50, 5_000])
def test_very_many_pairs_are_counted_without_listing_them(size: int) -> None:
    (fit,) = find_fits(PublishedRow("x", "0.5", "", "", size, size), (1,), ROUNDED)
    listed = sum(tn.last - tn.first + 1 for _, tn in fit.rows())
    assert fit.number() == listed
