"""`splits.csv`: all splits of a study in one table, checked when read and written."""

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final

from bsgi.cohort.split import Split, SplitRow, parse_part
from bsgi.errors import CohortError
from bsgi.files import TableRow, load_csv, save_csv

COLUMNS: Final = ("repeat", "fold", "title", "exam_id", "patient_id", "part")
"""Columns of splits.csv."""

Key = tuple[int, int, str]
"""Repeat and fold, both from 0, and the title of the fold."""

_NUMBER: Final = re.compile(r"[0-9]{1,6}")


def save_splits(path: Path, splits: Sequence[tuple[Key, Split]]) -> None:
    """Write splits.csv.

    Args:
        path: The file to make or replace.
        splits: The splits, in the order of repeat and fold.

    Raises:
        CohortError: If their numbers have a hole or are out of order, or a fold has two
            titles.
    """
    _check_keys([key for key, _ in splits], "a study")
    rows = (
        (*key, row.exam_id, row.patient_id, str(row.part))
        for key, split in splits
        for row in split.rows
    )
    save_csv(path, COLUMNS, rows)


def load_splits(path: Path) -> list[tuple[Key, Split]]:
    """Read splits.csv, in the order of repeat and fold.

    Args:
        path: A file that `save_splits` wrote.

    Raises:
        CohortError: If it is missing, names an unknown part, divides a patient, has two
            titles for a fold, or its numbers have a hole.
    """
    keyed = [(_parse_key(row, path), row) for row in load_csv(path, COLUMNS)]
    keyed.sort(key=lambda pair: pair[0])
    groups = [
        (key, tuple(_parse_row(row, path) for _, row in pairs))
        for key, pairs in groupby(keyed, key=lambda pair: pair[0])
    ]
    _check_keys([key for key, _ in groups], str(path))
    return [(key, _build_split(rows, key, path)) for key, rows in groups]


def _check_keys(keys: Sequence[Key], where: str) -> None:
    """All repeats must have the same folds, counted from 0, under the same titles."""
    if not keys:
        raise CohortError(f"{where} must have at least one split, got none.")
    titles: dict[int, str] = {}
    for _, fold, title in keys:
        first = titles.setdefault(fold, title)
        if first != title:
            raise CohortError(
                f"{where}: fold {fold} must have one title, got {first!r} and "
                f"{title!r}."
            )
    found = [(repeat, fold) for repeat, fold, _ in keys]
    repeats = 1 + max(repeat for repeat, _ in found)
    folds = 1 + max(titles)
    present = set(found)
    # One by one: a single wrong number could ask for very many.
    for repeat, fold in _count(repeats, folds):
        if (repeat, fold) not in present:
            raise CohortError(
                f"{where} must have folds 0 to {folds - 1} in each of repeats 0 to "
                f"{repeats - 1}, got none for repeat {repeat}, fold {fold}."
            )
    if found != sorted(present):
        raise CohortError(f"{where} must have each repeat and fold once, in order.")


def _count(repeats: int, folds: int) -> Iterable[tuple[int, int]]:
    return ((repeat, fold) for repeat in range(repeats) for fold in range(folds))


def _parse_key(row: TableRow, path: Path) -> Key:
    for column in ("repeat", "fold"):
        if not _NUMBER.fullmatch(row[column]):
            raise CohortError(
                f"{path}, line {row.line}: {column} must be a number from 0, got "
                f"{row[column]!r}."
            )
    return int(row["repeat"]), int(row["fold"]), row["title"]


def _parse_row(row: TableRow, path: Path) -> SplitRow:
    part = parse_part(row["part"], f"{path}, line {row.line}")
    return SplitRow(row["exam_id"], row["patient_id"], part)


def _build_split(rows: tuple[SplitRow, ...], key: Key, path: Path) -> Split:
    try:
        return Split(rows)
    except CohortError as reason:
        where = f"{path}, repeat {key[0]}, fold {key[1]}"
        raise CohortError(f"{where}: {reason}") from None
