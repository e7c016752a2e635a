"""A table of a file as rows under our names of the columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from stat import S_ISREG
from typing import Final

from bsgi.errors import ConfigError, LabelTableError
from bsgi.files import TableRow
from bsgi.intake.tables.sheet import CellKind, Sheet, count_known, plain_name
from bsgi.intake.tables.text import read_text_table
from bsgi.intake.tables.workbook import OLE_MAGIC, ZIP_MAGIC, read_workbook

MAX_TABLE_BYTES: Final = 256 * 2**20
"""Larger than a table of a million rows."""

_BROKEN: Final = frozenset({CellKind.ERROR, CellKind.FORMULA})


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that a kind of table has.

    Args:
        required: Those that must be there.
        optional: Those that may be there; all others are left unread.
        ids: Those that hold identifiers, in which a date is an error.
        mapped: Whether ``--column`` can say what a file calls them.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...]
    ids: tuple[str, ...]
    mapped: bool = True

    @property
    def all(self) -> frozenset[str]:
        """All columns that are looked for."""
        return frozenset({*self.required, *self.optional})


@dataclass(frozen=True, slots=True)
class NamedTable:
    """A table under our names of its columns.

    Args:
        where: The file, for messages.
        rows: Its rows, by our names.
        names: What the file calls each column.
        numbers: Line and our name of the cells that a spreadsheet keeps as numbers.
        decimal_comma: Whether a comma may stand in a number.
        notes: What was decided to read it, each a sentence.
    """

    where: str
    rows: tuple[TableRow, ...]
    names: Mapping[str, str]
    numbers: frozenset[tuple[int, str]] = field(default=frozenset())
    decimal_comma: bool = False
    notes: tuple[str, ...] = ()

    def place(self, line: int, column: str) -> str:
        """Where a field stands, for messages."""
        return f"{self.where}, line {line}, column {self.names.get(column, column)!r}"


def read_table(
    path: Path, columns: Columns, mapping: Mapping[str, str] | None = None
) -> NamedTable:
    """Read a CSV table or an XLSX workbook, whatever it calls its columns.

    A column is found by its name, whatever its case, with blanks and hyphens for
    underscores; or by the mapping, which goes first. Of a workbook the one sheet that
    has the columns is read.

    Args:
        path: The file; what it is its content says and not its name.
        columns: What is looked for.
        mapping: What the file calls a column of ours, such as ``Befund`` for ``label``.

    Raises:
        ConfigError: If the mapping names a column that is not ours, or not the file's.
        LabelTableError: If the file cannot be read, a column is missing or there twice,
            a row has too many or too few fields, or several sheets could be meant.
    """
    mapping = mapping or {}
    for ours in mapping:
        if ours not in columns.all:
            raise ConfigError(
                f"--column must name one of {', '.join(_listed(columns))}, got "
                f"{ours!r}."
            )
    theirs = frozenset(map(plain_name, mapping.values()))
    sheets = _read_sheets(path, columns.all | theirs)
    sheet = _choose_sheet(path, sheets, columns, mapping)
    names = _name_columns(path, sheet.header, columns, mapping)
    return _build(path, sheet, columns, names)


def _listed(columns: Columns) -> tuple[str, ...]:
    return (*columns.required, *columns.optional)


def _read_sheets(path: Path, wanted: frozenset[str]) -> list[Sheet]:
    content = _read_bytes(path)
    if content.startswith(OLE_MAGIC):
        raise LabelTableError(
            f"{path} is a workbook of before 2007 or has a password; save it as XLSX "
            "without one, or as CSV in UTF-8."
        )
    if not content.startswith(ZIP_MAGIC):
        return [read_text_table(path, content, wanted)]
    sheets = read_workbook(path, content)
    if not sheets:
        raise LabelTableError(f"{path} must have a header line, got empty sheets.")
    return sheets


def _read_bytes(path: Path) -> bytes:
    try:
        status = path.stat()
        if not S_ISREG(status.st_mode):
            raise LabelTableError(f"{path} must be a file with a table, and is none.")
        if status.st_size > MAX_TABLE_BYTES:
            raise LabelTableError(
                f"{path} must be smaller than {MAX_TABLE_BYTES >> 20} MiB, "
                f"got {status.st_size >> 20} MiB."
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise LabelTableError(f"the table {path} does not exist.") from None
    except OSError as reason:
        raise LabelTableError(
            f"the table {path} cannot be opened: {reason.strerror}."
        ) from None


def _choose_sheet(
    path: Path, sheets: Sequence[Sheet], columns: Columns, mapping: Mapping[str, str]
) -> Sheet:
    """The one sheet with all required columns; the first if none has them."""
    if len(sheets) == 1:
        return sheets[0]
    wanted = frozenset(
        plain_name(mapping.get(name, name))
        for name in {*columns.required, *mapping.keys()}
    )
    fit = [
        sheet for sheet in sheets if count_known(sheet.header, wanted) == len(wanted)
    ]
    if len(fit) > 1:
        raise LabelTableError(
            f"{path} must have the columns on one sheet, got them on "
            f"{', '.join(sheet.place for sheet in fit)}; leave one of them."
        )
    if not fit:
        return sheets[0]
    note = f"Of the workbook {fit[0].place} was read."
    return replace(fit[0], notes=(*fit[0].notes, note))


def _name_columns(
    path: Path, header: Sequence[str], columns: Columns, mapping: Mapping[str, str]
) -> dict[str, int]:
    """The place of each column of ours that the header has."""
    plain = [plain_name(name) for name in header]
    places: dict[str, int] = {}
    for ours in _listed(columns):
        wanted = mapping.get(ours, ours)
        found = [place for place, name in enumerate(header) if name == wanted]
        found = found or [
            place for place, name in enumerate(plain) if name == plain_name(wanted)
        ]
        if len(found) > 1:
            raise LabelTableError(f"{path} must name the column {wanted!r} once.")
        if found:
            places[ours] = found[0]
        elif ours in mapping or ours in columns.required:
            kind = ConfigError if ours in mapping else LabelTableError
            hint = f"; say what it is called with --column {ours}=NAME"
            raise kind(
                f"{path} must have the column {wanted!r}, "
                f"{_show_header(header, columns, mapping)}"
                f"{hint if columns.mapped else ''}."
            )
    twice = {place for place in places.values() if [*places.values()].count(place) > 1}
    if twice:
        both = [ours for ours, place in places.items() if place in twice]
        raise ConfigError(
            f"--column must not name one column for {' and '.join(both)}."
        )
    return places


def _show_header(
    header: Sequence[str], columns: Columns, mapping: Mapping[str, str]
) -> str:
    """The names of the columns, if the first line holds names and no patient."""
    theirs = frozenset(map(plain_name, mapping.values()))
    if count_known(header, columns.all | theirs) == 0:
        return "got none of those known in its first line, which must name the columns"
    return f"got {', '.join(map(repr, header))}"


def _build(
    path: Path, sheet: Sheet, columns: Columns, places: Mapping[str, int]
) -> NamedTable:
    rows: list[TableRow] = []
    numbers: set[tuple[int, str]] = set()
    names = {ours: sheet.header[place] for ours, place in places.items()}
    table = NamedTable(str(path), (), names)
    for line, texts in sheet.rows:
        if len(texts) != len(sheet.header):
            raise LabelTableError(
                f"{path}, line {line}: must have {len(sheet.header)} fields, "
                f"got {len(texts)}."
            )
        rows.append(TableRow(line, {ours: texts[at] for ours, at in places.items()}))
        for ours, place in places.items():
            kind = sheet.kinds.get((line, place))
            if kind is None:
                continue
            _check_kind(table.place(line, ours), kind, is_id=ours in columns.ids)
            if kind is CellKind.NUMBER:
                numbers.add((line, ours))
    notes = list(sheet.notes)
    renamed = [
        f"{theirs!r} as {ours}"
        for ours, theirs in names.items()
        if plain_name(theirs) != ours
    ]
    if renamed:
        notes.append(f"Columns were read under other names: {', '.join(renamed)}.")
    return replace(
        table,
        rows=tuple(rows),
        numbers=frozenset(numbers),
        decimal_comma=sheet.decimal_comma,
        notes=tuple(notes),
    )


def _check_kind(where: str, kind: CellKind, *, is_id: bool) -> None:
    """Refuse a cell of a spreadsheet that does not hold what it shows."""
    lost = kind in {CellKind.DATE, CellKind.LONG_NUMBER}
    if kind in _BROKEN or (is_id and lost):
        raise LabelTableError(
            f"{where}: must hold a text, got {kind}; set the cell to text and fill it "
            "again."
        )
