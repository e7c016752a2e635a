"""Which column of anyone's table is which, and what stands in it.

Programs write tables with commas, semicolons or tabs, with and without a byte order
mark, and call their columns what they like. Nothing is guessed quietly: each choice is
told in a note, and what stays open is refused.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

from bsgi.errors import ConfigError, RunError
from bsgi.evaluation.predictions import COLUMNS
from bsgi.files import TableRow, load_csv

READER: Final = "reader"
"""The column of who read an exam."""
GROUP: Final = "group"
"""The column of a grouping; others begin with this and an underscore."""
_DELIMITERS: Final = {",": "commas", ";": "semicolons", "\t": "tabs"}


@dataclass(frozen=True, slots=True)
class ColumnTable:
    """A table whose columns are known.

    Args:
        rows: Its lines, by our names of the columns.
        names: What the file calls each of them.
        decimal_comma: Whether a comma may stand in a number, since it parts no fields.
        notes: What was decided, each a sentence.
    """

    rows: tuple[TableRow, ...]
    names: Mapping[str, str]
    decimal_comma: bool
    notes: tuple[str, ...]


def read_columns(path: Path, mapping: Mapping[str, str] | None = None) -> ColumnTable:
    """Read a table and find the columns of predictions, readers and groups in it.

    A column is found by its name, whatever its case, with blanks and hyphens for
    underscores; or by the mapping, which goes first.

    Args:
        path: The file.
        mapping: What the file calls a column of ours, such as ``Pathology`` for
            ``label``.

    Raises:
        ConfigError: If the mapping names a column that is not ours, or not the file's.
        RunError: If the file is missing, no table, empty, has two columns of one name,
            or lacks label or score.
    """
    delimiter, header = _read_header(path)
    names = _name_columns(path, header, mapping or {})
    table = load_csv(path, header, RunError, delimiter=delimiter)
    if not table:
        raise RunError(f"{path} must have at least one row below its header.")
    rows = [
        TableRow(row.line, {ours: row[theirs] for ours, theirs in names.items()})
        for row in table
    ]
    return ColumnTable(
        rows=tuple(rows),
        names=names,
        decimal_comma=delimiter != ",",
        notes=_note_columns(delimiter, header, names),
    )


def is_ours(column: str) -> bool:
    """Whether a name is that of a column that `read_columns` looks for.

    Args:
        column: The name.
    """
    return column in COLUMNS or column in (READER, GROUP) or _is_grouping(column)


def name_grouping(column: str) -> str:
    """The grouping of a column, such as ``"camera"`` for ``"group_camera"``.

    Args:
        column: Our name of the column.
    """
    return column.removeprefix(f"{GROUP}_").replace("_", " ")


def list_groupings(names: Mapping[str, str]) -> tuple[str, ...]:
    """The columns that hold groups.

    Args:
        names: What the file calls each column of ours.
    """
    return tuple(column for column in names if column == GROUP or _is_grouping(column))


def _is_grouping(column: str) -> bool:
    return column.startswith(f"{GROUP}_") and len(column) > len(GROUP) + 1


def _read_header(path: Path) -> tuple[str, tuple[str, ...]]:
    """What parts the fields, and the names of the columns as they stand."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            first = next((line for line in stream if line.strip()), "")
            rest = stream.read(1 << 16)
    except FileNotFoundError:
        raise RunError(f"{path} is missing; is the name right?") from None
    except UnicodeDecodeError:
        raise RunError(
            f"{path} must be a text table in UTF-8, but is not; save it as CSV UTF-8."
        ) from None
    except IsADirectoryError:
        raise RunError(f"{path} is a folder; name the table in it.") from None
    except OSError as reason:
        raise RunError(f"{path} cannot be read as a table: {reason}.") from None
    if "\0" in first or "\0" in rest:
        raise RunError(f"{path} must be a text table, but holds bytes of zero.")
    found = {mark: _split(first, rest, mark) for mark in _DELIMITERS}
    # The mark that parts the header into most fields; the comma where none does.
    best = max(_DELIMITERS, key=lambda mark: len(found[mark]))
    header = found[best]
    if not any(name.strip() for name in header):
        raise RunError(f"{path} must have a header with the columns label and score.")
    return best, header


def _split(first: str, rest: str, delimiter: str) -> tuple[str, ...]:
    try:
        lines = chain([first], rest.splitlines(keepends=True))
        return tuple(next(csv.reader(lines, strict=True, delimiter=delimiter), ()))
    except csv.Error:
        return ()


def _name_columns(
    path: Path, header: Sequence[str], mapping: Mapping[str, str]
) -> dict[str, str]:
    twice = [name for name in header if header.count(name) > 1]
    if twice:
        raise RunError(f"{path} must have each column once, got {twice[0]!r} twice.")
    names = _follow_mapping(path, header, mapping)
    for theirs in header:
        ours = theirs.strip().casefold().replace(" ", "_").replace("-", "_")
        if not is_ours(ours) or ours in mapping:
            continue
        if ours in names:
            raise RunError(
                f"{path} must have one column {ours}, got {names[ours]!r} and "
                f"{theirs!r}; say which with --column {ours}=NAME."
            )
        names[ours] = theirs
    for ours in ("label", "score"):
        if ours not in names:
            raise RunError(
                f"{path} must have the column {ours!r}, got "
                f"{', '.join(map(repr, header))}; say which it is with --column "
                f"{ours}=NAME."
            )
    return names


def _follow_mapping(
    path: Path, header: Sequence[str], mapping: Mapping[str, str]
) -> dict[str, str]:
    known = {name.strip(): name for name in header}
    names = {}
    for ours, theirs in mapping.items():
        if not is_ours(ours):
            raise ConfigError(
                f"a column must be one of {', '.join(COLUMNS)}, {READER}, {GROUP} or "
                f"{GROUP}_NAME, got {ours!r}."
            )
        if theirs.strip() not in known:
            raise ConfigError(
                f"the column {theirs!r} for {ours} must stand in {path}, which has "
                f"{', '.join(map(repr, header))}."
            )
        names[ours] = known[theirs.strip()]
    return names


def _note_columns(
    delimiter: str, header: Sequence[str], names: Mapping[str, str]
) -> tuple[str, ...]:
    notes = []
    if delimiter != ",":
        notes.append(
            f"The columns of the table are parted by {_DELIMITERS[delimiter]}."
        )
    others = [
        f"{theirs!r} as {ours}"
        for ours, theirs in names.items()
        if ours != theirs and list(names.values()).count(theirs) == 1
    ]
    if others:
        notes.append(f"Columns were read under other names: {', '.join(others)}.")
    twice = {
        theirs: [ours for ours, name in names.items() if name == theirs]
        for theirs in names.values()
    }
    notes += [
        f"The column {theirs!r} was read as {' and as '.join(ours)}."
        for theirs, ours in twice.items()
        if len(ours) > 1
    ]
    unread = [name for name in header if name not in names.values()]
    if unread:
        notes.append(f"Columns that were not read: {', '.join(map(repr, unread))}.")
    return tuple(notes)
