"""The table of words by which views are named: shipped, and extended by a site.

References:
    DICOM PS3.16 CID 4014, CID 4015 and CID 26 for the meanings of the shipped words.
"""

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from bsgi.dicom.views.spelling import NUMBER, split_text
from bsgi.errors import ConfigError

SHIPPED: Final = Path(__file__).with_name("words.toml")
MAX_TABLE_BYTES: Final = 2**20
_EXAMPLE: Final = "a phrase"
MAX_WORDS: Final = 6
"""Words of the longest phrase of which some may also be written as one."""


class Role(StrEnum):
    """What a word says of the view; the lists of the table."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"
    CC = "cc"
    MLO = "mlo"
    BREAST = "breast"
    ELSEWHERE = "elsewhere"
    IGNORE = "ignore"
    DOUBTFUL = "doubtful"
    DENIED = "denied"
    PROCESSED = "processed"
    OTHER_PART = "other_part"
    OTHER = "other"
    NOT_BREAST = "not_breast"
    OTHER_IMAGE = "other_image"


KEPT: Final = frozenset(
    {
        Role.OTHER,
        Role.NOT_BREAST,
        Role.OTHER_IMAGE,
        Role.PROCESSED,
        Role.DOUBTFUL,
        Role.DENIED,
    }
)
"""Lists whose shipped words no site can silence: without ``spot`` its spot views would
be taken for CC."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one word or phrase of the table means.

    Args:
        role: The list that it stands in.
        kind: Name of another view or of another kind of image; otherwise empty.
    """

    role: Role
    kind: str = ""


@dataclass(frozen=True, slots=True)
class ViewWords:
    """A table of words, as `load_words` checked it.

    Args:
        digest: SHA-256 of its content; two tables with the same words are equal.
        meanings: What each phrase means, by its words in order.
        longest: Words of the longest phrase.
    """

    digest: str
    meanings: Mapping[tuple[str, ...], Meaning] = field(compare=False, repr=False)
    longest: int = field(compare=False)


_Words = list[Annotated[str, Field(min_length=1, max_length=80)]]
_Kind = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z ()/-]{0,59}$")]


class _Table(BaseModel):
    """A file of words; every list may be left out."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    left: _Words = []
    right: _Words = []
    both: _Words = []
    cc: _Words = []
    mlo: _Words = []
    breast: _Words = []
    elsewhere: _Words = []
    ignore: _Words = []
    doubtful: _Words = []
    denied: _Words = []
    processed: _Words = []
    other_part: _Words = []
    other: dict[_Kind, _Words] = {}
    not_breast: dict[_Kind, _Words] = {}
    other_image: dict[_Kind, _Words] = {}


def load_words(path: Path | None = None) -> ViewWords:
    """The shipped table, with a site's own words laid on top of it.

    Args:
        path: A TOML file with the lists ``left``, ``right``, ``both``, ``cc``,
            ``mlo``, ``breast``, ``elsewhere``, ``ignore``, ``doubtful``, ``denied``,
            ``processed`` and ``other_part`` and the tables ``other``, ``not_breast``
            and ``other_image`` of such lists, as far as the site needs them; None for
            the shipped words alone. A word that it lists under ``ignore`` loses its
            shipped meaning, unless that refuses images (`KEPT`).

    Raises:
        ConfigError: If the file cannot be read, is no TOML, has another key or type,
            gives a word a second meaning, or silences a word that refuses images.
    """
    return _load_shipped() if path is None else _lay_on_top(path)


@cache
def _load_shipped() -> ViewWords:
    return _build(_read_meanings(SHIPPED, {}))


def _lay_on_top(path: Path) -> ViewWords:
    shipped = _load_shipped().meanings
    return _build({**shipped, **_read_meanings(path, shipped)})


def _build(meanings: Mapping[tuple[str, ...], Meaning]) -> ViewWords:
    content = "\n".join(
        sorted(f"{' '.join(phrase)}={_name(mean)}" for phrase, mean in meanings.items())
    )
    return ViewWords(
        digest=hashlib.sha256(content.encode()).hexdigest(),
        meanings=meanings,
        longest=max(len(phrase) for phrase in meanings),
    )


def _read_meanings(
    path: Path, shipped: Mapping[tuple[str, ...], Meaning]
) -> dict[tuple[str, ...], Meaning]:
    """Every phrase of a file with its meaning, checked against the shipped ones."""
    found: dict[tuple[str, ...], Meaning] = {}
    for text, meaning in _list_words(_read_table(path)):
        phrase, name = _split_phrase(text), _name(meaning)
        if not any(part != NUMBER for part in phrase):
            raise ConfigError(
                f"{_title(path)}: {name} must hold words of letters, with # for any "
                f"number, got {text!r:.90}."
            )
        silenced = _find_silenced(phrase, meaning, shipped)
        if silenced is not None:
            raise ConfigError(
                f"{_title(path)}: {text!r:.90} must not stand in {name}, as words of "
                f"{_name(silenced)} refuse images; another view would be taken for "
                "one of the four."
            )
        for form in _join_words(phrase):
            other = found.get(form)
            if other is None and meaning.role is not Role.IGNORE:
                other = shipped.get(form)
            if other is not None and other != meaning:
                raise ConfigError(
                    f"{_title(path)}: {text!r:.90} must stand in one list, got {name} "
                    f"and {_name(other)}; a shipped word can only be moved to ignore."
                )
            found[form] = meaning
    return found


def _find_silenced(
    phrase: tuple[str, ...],
    meaning: Meaning,
    shipped: Mapping[tuple[str, ...], Meaning],
) -> Meaning | None:
    """What a phrase of a site would silence of the shipped words that refuse images.

    That is such a word under ``ignore``, also written as one, and a longer phrase of
    nothing but shipped words under anything that does not refuse: ``spot view``. With
    a word of the site's own, as in ``ID card``, a phrase is another thing.
    """
    if meaning.role in KEPT or shipped.get(phrase) == meaning:
        return None
    if meaning.role is Role.IGNORE:
        for form in _join_words(phrase):
            if form in shipped and shipped[form].role in KEPT:
                return shipped[form]
    own = [part for part in phrase if part != NUMBER and (part,) not in shipped]
    if len(phrase) < 2 or own:
        return None
    parts = (
        shipped.get(phrase[begin:end])
        for begin in range(len(phrase))
        for end in range(begin + 1, len(phrase) + 1)
    )
    return next((part for part in parts if part and part.role in KEPT), None)


def _join_words(phrase: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """A phrase as it is, and with any of its words written as one."""
    if len(phrase) < 2 or NUMBER in phrase or len(phrase) > MAX_WORDS:
        yield phrase
        return
    for rest in _join_words(phrase[1:]):
        yield (phrase[0], *rest)
        yield (phrase[0] + rest[0], *rest[1:])


def _split_phrase(text: str) -> tuple[str, ...]:
    """The words of a phrase; empty if it has a number that is written out."""
    phrase: list[str] = []
    for part in text.replace(NUMBER, f" {NUMBER} ").split():
        words = [NUMBER] if part == NUMBER else [word.text for word in split_text(part)]
        if any(word.isdigit() for word in words):
            return ()
        phrase += words
    return tuple(phrase)


def _title(path: Path) -> str:
    return f"the table of words {path.name}"


def _name(meaning: Meaning) -> str:
    return f'{meaning.role} "{meaning.kind}"' if meaning.kind else str(meaning.role)


def _list_words(table: _Table) -> Iterator[tuple[str, Meaning]]:
    for role in Role:
        words: list[str] | dict[str, list[str]] = getattr(table, role.value)
        if isinstance(words, dict):
            for kind, texts in words.items():
                yield from ((text, Meaning(role, kind)) for text in texts)
        else:
            yield from ((text, Meaning(role)) for text in words)


def _read_table(path: Path) -> _Table:
    try:
        if path.is_file() and path.stat().st_size > MAX_TABLE_BYTES:
            raise ConfigError(f"{_title(path)} must be smaller than 1 MiB.")
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as reason:
        raise ConfigError(
            f"{_title(path)} cannot be opened: {reason.strerror}."
        ) from None
    except UnicodeDecodeError:
        raise ConfigError(f"{_title(path)} must be a text in UTF-8.") from None
    except tomllib.TOMLDecodeError as reason:
        raise ConfigError(f"{_title(path)} must be TOML, but: {reason}.") from None
    except RecursionError:
        raise ConfigError(f"{_title(path)} must be TOML of two levels.") from None
    try:
        return _Table.model_validate(tables)
    except ValidationError as invalid:
        raise ConfigError(f"{_title(path)}: {_explain(invalid.errors()[0])}") from None


def _explain(fault: ErrorDetails) -> str:
    """One fault in a line: the key, and what it must be."""
    key = ".".join(str(part) for part in fault["loc"] if part != "[key]")[:90]
    if fault["type"] == "extra_forbidden":
        return f"{key} is not one of its keys, which are {', '.join(Role)}."
    if fault["type"] == "string_pattern_mismatch":
        return f"{key!r} must be a name of 1 to 60 letters, spaces and hyphens."
    if fault["type"] == "list_type":
        example = f'{key} = ["{_EXAMPLE}"]'
        return f"{key} must be a list of phrases, such as {example}."
    if fault["type"] in ("dict_type", "model_type"):
        example = f'{key}."a kind" = ["{_EXAMPLE}"]'
        return f"{key} must be a table of lists of phrases, such as {example}."
    if fault["type"] == "string_type":
        return f"{key} must hold phrases in quotation marks."
    return f"{key} must be right, but: {fault['msg'].lower()}."
