"""What stands in a field of a table: labels, dates and numbers, without a guess.

A message never repeats a field that could be a name, an identifier or a date.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final

from bsgi.errors import ConfigError, LabelTableError
from bsgi.evaluation.tables.any_table import LABELS
from bsgi.exam.record import Label
from bsgi.files import TableRow
from bsgi.intake.tables.read import NamedTable

_DATE: Final = re.compile(
    r"(\d{4})-?(\d{2})-?(\d{2})(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?",
    re.ASCII,
)
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?", re.ASCII | re.I)
_SHORT: Final = 3
_FIRST_YEAR: Final = 1850
"""No study is older; dates of files are read likewise."""

WORDS: Final[Mapping[str, Label]] = MappingProxyType(
    {"": Label.UNKNOWN, **{word: Label(label) for word, label in LABELS.items()}}
)
"""Texts of a label in lower case; the same as for tables of scores, and empty."""

MEANINGS: Final[Mapping[str, Label]] = MappingProxyType(
    {
        "malignant": Label.MALIGNANT,
        "benign": Label.BENIGN,
        "unknown": Label.UNKNOWN,
    }
)
"""What a word of a table may be said to mean."""


@dataclass(frozen=True, slots=True)
class TableWords:
    """What a table of somebody calls columns and labels.

    Args:
        columns: What it calls a column of ours, such as ``Befund`` for ``label``.
        labels: What its words for a label mean, such as ``malignant`` for ``maligne``;
            beside 0, 1, benign, malignant, negative and positive.

    Raises:
        ConfigError: If a meaning is none of malignant, benign and unknown, or a word
            that is understood already is to mean something else.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for word, meaning in self.labels.items():
            label = MEANINGS.get(meaning.strip().casefold())
            if label is None:
                raise ConfigError(
                    f"--label-word must be WORD=malignant, WORD=benign or "
                    f"WORD=unknown, got {meaning!r} as the meaning."
                )
            known = WORDS.get(word.strip().casefold(), label)
            if known is not label:
                raise ConfigError(
                    f"--label-word must not change what {word!r} means already."
                )

    @property
    def meanings(self) -> Mapping[str, Label]:
        """Every word for a label, in lower case, and its label."""
        said = {
            word.strip().casefold(): MEANINGS[meaning.strip().casefold()]
            for word, meaning in self.labels.items()
        }
        return {**WORDS, **said}


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one row, each read as what it must be.

    Args:
        table: The table.
        row: One of its rows.
        meanings: The label of each word, in lower case.
    """

    table: NamedTable
    row: TableRow
    meanings: Mapping[str, Label]

    def text(self, column: str) -> str:
        """A field as it stands; empty if the table has no such column."""
        return self.row.get(column, "")

    def required(self, column: str) -> str:
        """A field that must not be empty.

        Raises:
            LabelTableError: If it is.
        """
        text = self.text(column)
        if not text:
            raise self.refuse(column, f"{column} must not be empty.")
        return text

    def label(self, column: str) -> Label:
        """A label; unknown where the field is empty or the column missing.

        Raises:
            LabelTableError: If the word is none that is known.
        """
        text = self.text(column)
        label = self.meanings.get(text.casefold())
        if label is None:
            raise self.refuse(
                column,
                f"{column} must be 0, 1, benign, malignant, negative, positive or "
                f"empty, got {show_field(text)}; say what another word means with "
                "--label-word WORD=malignant or WORD=benign.",
            )
        return label

    def date(self, column: str) -> date | None:
        """A date, written YYYY-MM-DD or YYYYMMDD; a time after it is left unread.

        Raises:
            LabelTableError: If it is written in another way, no day or before 1850.
        """
        text = self.text(column)
        if not text:
            return None
        match = _DATE.fullmatch(text)
        try:
            if match is None:
                raise ValueError
            found = date(int(match[1]), int(match[2]), int(match[3]))
            if found.year < _FIRST_YEAR:
                raise ValueError
        except ValueError:
            raise self.refuse(
                column,
                f"{column} must be YYYY-MM-DD, not before {_FIRST_YEAR}, got something "
                "else.",
            ) from None
        return found

    def number(self, column: str, least: float, most: float, what: str) -> float | None:
        """A number; None where the field is empty.

        Args:
            column: Our name of the column.
            least: Smallest value that is believed.
            most: Values from this on are not.
            what: What it must be, such as ``"0 to 130 years"``.

        Raises:
            LabelTableError: If it is no number or out of range.
        """
        text = self.text(column)
        if not text:
            return None
        plain = text
        if self.table.decimal_comma and text.count(",") == 1 and "." not in text:
            plain = text.replace(",", ".")
        value = float(plain) if _NUMBER.fullmatch(plain) else float("nan")
        if not least <= value < most:
            raise self.refuse(
                column, f"{column} must be {what}, got {show_field(text)}."
            )
        return value

    def refuse(self, column: str, what: str) -> LabelTableError:
        """The error of a field, with its place in front."""
        return LabelTableError(f"{self.table.place(self.row.line, column)}: {what}")


def show_field(text: str) -> str:
    """A field fit for a message: a longer one could be a name or an identifier.

    Args:
        text: What stands in the table.
    """
    return repr(text) if len(text) <= _SHORT else f"another of {len(text)} characters"
