"""What is wrong with a preset's file, in a line: the key, the rule, what came."""

import json
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from bsgi.exam.record import ViewName

LONGEST_SHOWN: Final = 60
"""Characters of a value that a message repeats."""

_BESIDE: Final = ("extends", "own_women")
"""Keys that stand beside the tables and are taken out before these are checked."""

_RULES: Final[Mapping[str, str]] = {
    "float_type": "be a number",
    "int_type": "be a whole number",
    "string_type": "be text",
    "bool_type": "be true or false",
    "dict_type": "be a table",
    "model_type": "be a table",
    "tuple_type": "be a list",
    "finite_number": "be finite",
    "greater_than": "be greater than {gt:g}",
    "greater_than_equal": "be at least {ge:g}",
    "less_than_equal": "be at most {le:g}",
    "literal_error": "be {expected}",
    "string_too_short": "be text of at least {min_length} character",
    "string_too_long": "be text of at most {max_length} characters",
    "too_short": "have at least {min_length} entry",
    "too_long": "have at most {max_length} entries",
}

_WORDS: Final[Mapping[str, str]] = {
    "women.background": "be four shares, one per level",
    "malignant_lesions.depth": "be two depths, the lower first",
    "benign_lesions.depth": "be two depths, the lower first",
    "malignant_lesions.histologies": "name at least one kind of lesion",
    "benign_lesions.histologies": "name at least one kind of lesion",
}
"""How long each list must be, and what of."""


def explain_fault(fault: ErrorDetails, table: type[BaseModel]) -> str:
    """One fault in a line.

    Args:
        fault: What pydantic found.
        table: The whole of a preset, for the keys that may stand in it.
    """
    key = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "missing":
        return f"the key {key} must be there, or extend a preset that has it."
    if fault["type"] == "extra_forbidden":
        return f"{key} is not a key of a preset; {_hint(fault['loc'], table)}"
    value = fault["input"]
    if isinstance(value, dict) and key in {"malignant", "exams"}:
        return (
            f"{key} must be a number of exams, got a table; the tables of lesions are "
            "[malignant_lesions] and [benign_lesions]."
        )
    if key.startswith("protocol.order"):
        return (
            f"protocol.order must be a list of each of {', '.join(ViewName)} once, got "
            f"{show_value(value)}."
        )
    if fault["type"] in {"too_short", "too_long"} and key in _WORDS:
        return f"{key} must {_WORDS[key]}, got {len(value) or 'none'}."
    rule = _RULES.get(fault["type"], "be of another kind")
    return f"{key} must {rule.format(**fault.get('ctx', {}))}, got {show_value(value)}."


def show_value(value: object) -> str:
    """A value as a TOML file would have it, cut short.

    Args:
        value: What a file holds.
    """
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, str | bool):
        shown = json.dumps(value, ensure_ascii=False)
    elif isinstance(value, list | tuple):
        shown = f"[{', '.join(show_value(item) for item in value[:9])}]"
    else:
        shown = str(value)
    return shown if len(shown) <= LONGEST_SHOWN else shown[: LONGEST_SHOWN - 3] + "..."


def _hint(place: Sequence[int | str], table: type[BaseModel]) -> str:
    """Which key was meant, or which there are."""
    known = sorted(_known_keys(place[:-1], table))
    if len(place) == 1:
        known += _BESIDE
    near = get_close_matches(str(place[-1]), known, n=1)
    return f"did you mean {near[0]}?" if near else f"it may have {', '.join(known)}."


def _known_keys(place: Sequence[int | str], whole: type[BaseModel]) -> Iterator[str]:
    """The keys that may stand in a table."""
    table: Any = whole
    for part in place:
        found = table.model_fields.get(str(part))
        kinds = [] if found is None else [found.annotation, *_parts(found.annotation)]
        tables = [k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel)]
        if not tables:
            return
        table = tables[0]
    yield from table.model_fields


def _parts(annotation: object) -> tuple[object, ...]:
    """The parts of a union."""
    parts: tuple[object, ...] = getattr(annotation, "__args__", ())
    return parts
