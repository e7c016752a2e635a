"""A table as it stands in a file, before its columns are known."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class CellKind(StrEnum):
    """What a spreadsheet keeps in a cell that is no plain text."""

    NUMBER = "a number"
    LONG_NUMBER = "a number of more than 15 digits, of which spreadsheets keep 15"
    DATE = "a date"
    ERROR = "an error of the spreadsheet"
    FORMULA = "a formula whose value was not saved"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a file.

    Args:
        header: Names of the columns.
        rows: The rows that hold something, each with its line in the file, from 1.
        place: Which sheet of its workbook it is, such as ``"sheet 1 of 2"``, since its
            title may be the name of a patient; empty in a text file.
        kinds: By line and place of the column (from 0), what is no plain text.
        decimal_comma: Whether a comma may stand in a number, since it parts no fields.
        notes: What was decided to read it, each a sentence.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    place: str = ""
    kinds: Mapping[tuple[int, int], CellKind] = field(default_factory=dict)
    decimal_comma: bool = False
    notes: tuple[str, ...] = ()


def plain_name(text: str) -> str:
    """The name of a column, whatever its case, with underscores for blanks.

    Args:
        text: The name as it stands in a table.
    """
    return text.strip().casefold().replace(" ", "_").replace("-", "_")


def count_known(header: Iterable[str], wanted: frozenset[str]) -> int:
    """How many of the columns that are looked for a header has.

    Args:
        header: Names of columns as they stand.
        wanted: Plain names of columns.
    """
    return len(wanted.intersection(map(plain_name, header)))
