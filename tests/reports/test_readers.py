"""The tables and sentences of several readers."""

import numpy as np
import pytest

from bsgi.evaluation.readers.analysis import ReaderAnalysis, analyse_readers
from bsgi.evaluation.readers.rating_table import ReaderRow
from bsgi.reports.readers import (
    build_agreement,
    build_reader_areas,
    build_reader_components,
    build_reader_plan,
    build_reader_tests,
    describe_readers,
)
from bsgi.reports.tables import UNDEFINED
from tests.evaluation.readers.conftest import draw_table, list_rows


def draw(readers: int = 3, modalities: int = 2, gain: float = 0.3) -> ReaderAnalysis:
    rng = np.random.default_rng(2)
    table = draw_table(rng, readers, modalities, 60, gain=gain, step=1.0)
    return analyse_readers(list_rows(table), threshold=1.0)


def test_every_number_of_the_areas_stands_in_the_table() -> None:
    found = draw()
    table = build_reader_areas(found)
    assert table.head == ("reader", "M0", "M1")
    assert [row[0] for row in table.rows] == [
        "R0", "R1", "R2", "Mean, for other readers and other patients",
        "Mean, for these readers and other patients",
        "Mean, for other readers and these patients",
    ]  # fmt: skip
    for one in found.areas:
        row = table.rows[found.readers.index(one.reader)]
        cell = row[1 + found.modalities.index(one.modality)]
        shown = f"{one.area.value:.3f} ({one.area.lower:.3f} to {one.area.upper:.3f})"
        assert cell == shown
    mean = found.models[0].areas[1].area
    assert mean is not None
    assert f"{mean.value:.3f} ({mean.lower:.3f}" in table.rows[3][2]


def test_differences_say_what_they_hold_for() -> None:
    found = draw()
    table = build_reader_tests(found)
    assert table is not None
    assert [block.title for block in table.blocks] == [
        "For other readers and other patients", "For these readers and other patients",
        "For other readers and these patients", "For other readers and other patients",
        "For other readers and other patients",
    ]  # fmt: skip
    assert [len(block.rows) for block in table.blocks] == [1, 4, 1, 1, 1]
    one = found.models[0].differences[0]
    row = table.blocks[0].rows[0]
    assert row[:2] == ("M0 - M1", f"{one.value:+.3f}")
    assert "covariances: DeLong; all modalities equal: F " in table.blocks[0].note
    assert table.blocks[1].rows[1][0] == "reader R0: M0 - M1"
    assert table.blocks[1].rows[0][3] == "normal"
    assert "chi-square" in table.blocks[1].note


def test_the_parts_of_the_spread_stand_by_covariance() -> None:
    found = draw()
    table = build_reader_components(found)
    assert table is not None
    assert table.head == ("", "DeLong", "jackknife", "unbiased")
    cov = found.models[0].components
    assert cov is not None
    assert cov.neither is not None
    assert table.rows[-1] == (
        "Cov3, neither", f"{cov.neither:.7f}", *table.rows[-1][2:],
    )  # fmt: skip
    assert build_reader_components(draw(1)) is not None


def test_agreement_and_plan() -> None:
    found = draw()
    table = build_agreement(found)
    assert table is not None
    assert [block.title for block in table.blocks] == ["M0", "M1"]
    names = [row[0] for row in table.blocks[0].rows]
    assert names.count("ratings: all readers") == 3
    assert "calls: R0 and R2" in names
    plan = build_reader_plan(found)
    assert plan is not None
    assert found.plan is not None
    assert len(plan.rows) == len(found.plan.needed)
    assert "50.0" in plan.caption  # share of malignant cases


def test_the_sentences_fit_the_numbers() -> None:
    found = draw(gain=1.0)
    texts = describe_readers(found)
    assert texts[0] == (
        "3 readers read 60 cases of 60 patients (30 malignant, 30 benign) in 2 "
        "modalities."
    )
    one = found.models[0].differences[0]
    assert "lower with M0 than with M1" in texts[1]
    assert f"difference {one.value:+.3f}" in texts[1]
    assert one.lower is not None
    assert one.upper is not None
    assert ("no difference is shown" in texts[1]) == (one.lower <= 0 <= one.upper)
    assert "one mean area" in describe_readers(draw(3, 3))[1]
    assert "nothing can be said of other readers" in " ".join(describe_readers(draw(1)))


def test_little_to_tell_makes_small_tables() -> None:
    one = draw(1, 1)
    assert build_reader_tests(one) is None
    assert build_agreement(one) is None
    assert build_reader_plan(one) is None
    assert len(build_reader_areas(one).rows) == 2
    rng = np.random.default_rng(1)
    two = analyse_readers(list_rows(draw_table(rng, cases=2)))
    assert build_reader_components(two) is None
    assert build_reader_areas(two).rows[0][0] == "R0"


@pytest.mark.parametrize("modalities", ["x", "xy"])
def test_perfect_readers_have_no_spread(modalities: str) -> None:
    rows = [
        ReaderRow(reader, modality, f"p{case}", case % 2, float(case % 2))
        for reader in "ab"
        for modality in modalities
        for case in range(12)
    ]
    found = analyse_readers(rows)
    assert build_reader_areas(found).rows[2][1] == "1.000 (no spread)"
    if len(modalities) == 2:
        table = build_reader_tests(found)
        assert table is not None
        assert table.blocks[0].rows[0][-1] == UNDEFINED
        assert "nothing to test" in describe_readers(found)[1]
