import json

import pytest

from bsgi.evaluation.audit.audit import audit_row
from bsgi.evaluation.audit.fitting_counts import Naming
from bsgi.evaluation.audit.published import PublishedRow
from bsgi.reports import audit_text
from bsgi.reports.audit_text import audit_as_json, print_audit


def show(
    *texts: str, sizes: tuple[int, int] = (17, 28), repeats: int | None = 5
) -> str:
    accuracy, sensitivity, specificity = texts
    row = PublishedRow("x", accuracy, sensitivity, specificity, *sizes, repeats)
    return print_audit(audit_row(row))


def test_a_row_whose_names_are_right_is_said_to_be_so() -> None:
    text = show("0.991", "0.988", "0.993")
    assert "sensitivity is the recall of the malignant class (no counts fit" in text
    assert "excludes the benign one" in text


def test_figures_that_fit_both_namings_tell_nothing() -> None:
    text = show("1.000", "1.000", "1.000")
    assert "2 pairs of counts fit at 5 repeats" in text
    assert "cannot be told" in text


def test_an_impossible_row_is_said_to_be_impossible() -> None:
    text = show("0.991", "0.950", "0.960")
    assert "no counts fit at 5 repeats" in text
    assert "impossible: at no number of repeats" in text
    assert "rounding excludes both" in text


def test_cut_off_digits_are_said() -> None:
    text = show("0.666", "0.666", "0.666", sizes=(3, 3), repeats=1)
    assert "only if further digits were cut off, not rounded" in text


def test_without_recalls_no_naming_is_named() -> None:
    text = show("0.8", "", "", sizes=(5, 5), repeats=None)
    assert "neither sensitivity nor specificity is printed" in text
    assert "recall of" not in text


@pytest.mark.parametrize("repeats", [5, None])
def test_what_is_printed_stays_short(repeats: int | None) -> None:
    text = show("0.5", "", "0.5", sizes=(900, 900), repeats=repeats)
    assert len(text.splitlines()) < 70
    assert "--json lists them all" in text


def test_up_to_fifty_pairs_are_all_shown() -> None:
    found = audit_row(PublishedRow("x", "0.90", "0.90", "", 30, 30, 1))
    text = print_audit(found)
    pairs = [pair for fit in found.fits for pair in fit.pairs()]
    assert 1 < len(pairs) <= 50
    for tp, tn in pairs:
        assert f"TP {tp}, FN {30 - tp}, TN {tn}, FP {30 - tn}" in text


def test_json_says_what_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_text, "LISTED_ROWS", 1000)
    row = PublishedRow("x", "0.5", "", "", 600, 600, 2)
    entry = json.loads(json.dumps(audit_as_json(audit_row(row))))
    (fit,) = entry["fits"]
    assert len(fit["counts"]) == 1000
    assert fit["counts_left_out"] == 201
    assert entry["sensitivity_is_recall_of"] is None
    assert set(entry["fitting_repeats"]) == {naming.value for naming in Naming}
