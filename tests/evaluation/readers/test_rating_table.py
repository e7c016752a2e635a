"""Tables of ratings: read without guessing, refused by reader and case."""

from pathlib import Path

import numpy as np
import pytest

from bsgi.errors import RunError
from bsgi.evaluation.readers.rating_table import (
    RatingColumns,
    RatingTable,
    ReaderRow,
    cross_ratings,
    load_ratings,
)
from tests.evaluation.readers.conftest import draw_table, list_rows


def test_the_columns_of_van_dyke_are_read(van_dyke: RatingTable) -> None:
    assert van_dyke.readers == ("1", "2", "3", "4", "5")
    assert van_dyke.modalities == ("1", "2")
    assert (van_dyke.malignant, van_dyke.benign) == (45, 69)
    assert set(np.unique(van_dyke.scores)) == {1.0, 2.0, 3.0, 4.0, 5.0}
    assert not van_dyke.clustered


def test_the_order_of_rows_changes_no_rating() -> None:
    rng = np.random.default_rng(1)
    rows = list_rows(draw_table(rng))
    first = cross_ratings(rows)
    mixed = cross_ratings([rows[k] for k in rng.permutation(len(rows))])
    for r, reader in enumerate(first.readers):
        for m, modality in enumerate(first.modalities):
            other = mixed.reading(
                mixed.readers.index(reader), mixed.modalities.index(modality)
            )
            one = dict(zip(first.cases, first.scores[r, m], strict=True))
            two = dict(zip(mixed.cases, other.scores, strict=True))
            assert one == two


def test_what_is_not_crossed_is_named() -> None:
    rows = list_rows(draw_table(np.random.default_rng(2)))
    with pytest.raises(RunError, match="'e4' of reader 'R0' in modality 'M0' has no"):
        cross_ratings([*rows[:4], *rows[5:]])
    with pytest.raises(RunError, match=r"'e0' of reader 'R0' .*one rating, got two"):
        cross_ratings([*rows, rows[0]])
    with pytest.raises(RunError, match=r"'e7' .*must have label 1 as before"):
        cross_ratings([*rows, ReaderRow("R9", "M0", "p7", 0, 1.0, "e7")])
    with pytest.raises(RunError, match=r"'e7' .*must be of patient 'p7'"):
        cross_ratings([*rows, ReaderRow("R9", "M0", "p8", 1, 1.0, "e7")])
    benign = [row for row in rows if row.label == 0]
    with pytest.raises(RunError, match="got benign ones only"):
        cross_ratings(benign)
    with pytest.raises(RunError, match="at least one rating"):
        cross_ratings([])


def test_several_exams_of_a_woman_are_told_apart() -> None:
    table = cross_ratings(
        list_rows(draw_table(np.random.default_rng(3), per_patient=2))
    )
    assert table.clustered
    assert (len(table.cases), len(set(table.patients))) == (30, 15)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("a,x,1,2,0.5", "line 2, column label: must be 0 or 1, got 2"),
        ("a,x,1,1,nan", "line 2, column score: must be a finite number, got 'nan'"),
        ("a,x,1,1,1_0", "line 2, column score: must be a finite number, got '1_0'"),
        ("a,,1,1,0.5", "line 2, column method: must not be empty"),
        ("", "at least one row"),
    ],
)
def test_nonsense_is_refused_by_line_and_column(
    tmp_path: Path, line: str, message: str
) -> None:
    path = tmp_path / "ratings.csv"
    path.write_text(f"reader,method,patient_id,label,score\n{line}\n")
    with pytest.raises(RunError, match=message):
        load_ratings(path)
    with pytest.raises(RunError, match="must have the column 'truth'"):
        load_ratings(path, RatingColumns(label="truth"))


def test_a_table_whose_parts_do_not_fit_is_refused() -> None:
    table = draw_table(np.random.default_rng(4))
    with pytest.raises(ValueError, match="scores must have"):
        RatingTable(
            table.readers[:2], table.modalities, table.cases, table.patients,
            table.labels, table.scores,
        )  # fmt: skip
    with pytest.raises(ValueError, match="a patient and a label"):
        RatingTable(
            table.readers, table.modalities, table.cases, table.patients[:-1],
            table.labels, table.scores,
        )  # fmt: skip
    with pytest.raises(ValueError, match="label must be 0 or 1"):
        ReaderRow("a", "b", "c", 2, 0.5)
