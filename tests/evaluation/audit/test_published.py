from dataclasses import replace
from pathlib import Path

import pytest

from bsgi.errors import ConfigError
from bsgi.evaluation.audit.published import PAPER, TEXT_DIFFERENCE, load_published

HEADER = "method,accuracy,sensitivity,specificity,positives,negatives,repeats\n"


def test_the_paper_prints_that_each_method_is_better_by_so_much() -> None:
    """Its text gives the differences; the rows must agree with them."""
    network, encoder, proposed = PAPER
    for row, accuracy, sensitivity, auc in (
        (network, 0.189, 0.157, 0.09),
        (encoder, 0.102, 0.086, 0.20),
    ):
        for name, difference in (
            ("accuracy", accuracy), ("sensitivity", sensitivity), ("auc", auc),
        ):  # fmt: skip
            ours = float(getattr(proposed, name)) - float(getattr(row, name))
            assert ours == pytest.approx(difference, abs=1e-9)
    assert [row.auc_derived for row in PAPER] == [True, True, False]
    apart = float(proposed.specificity) - float(encoder.specificity)
    assert apart == pytest.approx(0.129, abs=1e-9)


def test_text_and_table_of_the_paper_disagree_on_one_specificity() -> None:
    """Known: 0.141 in its text, 0.988 - 0.747 = 0.241 by its table 1."""
    network, _, proposed = PAPER
    apart = float(proposed.specificity) - float(network.specificity)
    assert apart == pytest.approx(0.241, abs=1e-9)
    assert float(TEXT_DIFFERENCE) == 0.141


def test_a_table_is_read(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(HEADER + "ours,99.1%,0.993,,17,28,5\n,,0.5,,3,4,\n")
    first, second = load_published(path)
    assert (first.method, first.accuracy, first.specificity) == ("ours", "99.1%", "")
    assert (first.positives, first.negatives, first.repeats) == (17, 28, 5)
    assert second.method == "line 3"
    assert second.repeats is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a,1.2,,,17,28,5\n", "line 2: accuracy must be a share"),
        ("a,0.9,nan,,17,28,5\n", "line 2: sensitivity must be a share"),
        ("a,,,,17,28,5\n", "line 2: at least one of"),
        ("a,0.9,,,0,28,5\n", "line 2: positives must be a number from 1, got 0"),
        ("a,0.9,,,17,-2,5\n", "line 2: negatives must be a number from 1, got '-2'"),
        ("a,0.9,,,,28,5\n", "line 2: positives must be a number from 1, got ''"),
        ("a,0.9,,,17,28,0\n", "line 2: repeats must be a number from 1"),
        ("a,0.9,,,17,28,5.5\n", "line 2: repeats must be a number from 1"),
        ("a,0.9,,,17,28\n", "line 2: must have 7 fields"),
        ("a,0.9,,,999999999,28,5\n", "line 2: exams times repeats must be at most"),
        ("", "at least one row"),
    ],
)
def test_a_wrong_table_is_refused_by_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(HEADER + text)
    with pytest.raises(ConfigError, match=says):
        load_published(path)


def test_a_table_without_a_column_or_a_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    with pytest.raises(ConfigError, match="is missing"):
        load_published(path)
    path.write_text("method,accuracy\n")
    with pytest.raises(ConfigError, match="must have the column 'sensitivity'"):
        load_published(path)


def test_impossible_numbers_are_refused() -> None:
    with pytest.raises(ConfigError, match="repeats must be a number from 1, got 0"):
        replace(PAPER[0], repeats=0)
