"""Settings in TOML, whosever they are: found by name or path, wrong keys explained.

Recipes of trainings and of studies are read in the same way and refused in the same
words.
"""

import tomllib
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from importlib import resources
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from bsgi.errors import ConfigError


class SettingsTable(BaseModel):
    """A table of settings: types as written, nothing unknown, nothing changed later."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def shipped_settings(package: str, folder: str) -> dict[str, str]:
    """The texts of the TOML files that come with a package, by name.

    Args:
        package: The package, such as ``bsgi.training``.
        folder: The folder in it, such as ``recipes``.
    """
    place = resources.files(package) / folder
    return {
        entry.name.removesuffix(".toml"): entry.read_text(encoding="utf-8")
        for entry in place.iterdir()
        if entry.name.endswith(".toml")
    }


def read_settings(
    name_or_path: str, shipped: dict[str, str]
) -> tuple[dict[str, Any], str]:
    """The tables of a recipe, and what messages call it.

    Args:
        name_or_path: A name among `shipped`, or the path of a TOML file.
        shipped: Texts of the recipes that have a name.

    Raises:
        ConfigError: If there is no such recipe, or it is not TOML.
    """
    text, source = _read_text(name_or_path, shipped)
    try:
        return tomllib.loads(text), source
    except tomllib.TOMLDecodeError as reason:
        raise ConfigError(f"{source} must be TOML, but: {reason}.") from None


def explain_invalid(
    invalid: ValidationError, source: str, root: type[BaseModel]
) -> str:
    """The first fault in one line, a wrong name before a missing one.

    Args:
        invalid: What pydantic found.
        source: What messages call the file.
        root: The settings that the file should hold.
    """
    faults = invalid.errors(include_url=False)
    faults.sort(key=lambda fault: fault["type"] == "missing")
    first, *others = faults
    place, _ = _find_place(first["loc"], root)
    # Where a value may be of several kinds, pydantic finds a fault with each of them.
    same = [fault for fault in others if _find_place(fault["loc"], root)[0] == place]
    text = _explain_fault(first, root, same)
    left = len(others) - len(same)
    return f"{source}: {text}" + (f" ({left} more)" if left else "")


def _read_text(name_or_path: str, shipped: dict[str, str]) -> tuple[str, str]:
    """The text of a recipe and what messages call it."""
    if name_or_path in shipped:
        return shipped[name_or_path], f"the recipe {name_or_path}"
    path = Path(name_or_path)
    try:
        return path.read_text(encoding="utf-8-sig"), str(path)
    except FileNotFoundError:
        near = get_close_matches(name_or_path, shipped, n=1)
        hint = f" did you mean {near[0]!r}?" if near else ""
        raise ConfigError(
            f"the recipe must be one of {', '.join(sorted(shipped))} or a TOML file, "
            f"got {name_or_path!r}.{hint}"
        ) from None
    except (OSError, UnicodeDecodeError) as reason:
        raise ConfigError(f"the recipe {path} cannot be read: {reason}.") from None


def _explain_fault(
    fault: ErrorDetails, root: type[BaseModel], same: Sequence[ErrorDetails] = ()
) -> str:
    """A fault in words, with what other kinds of value its key may have instead."""
    place, kinds = _find_place(fault["loc"], root)
    key = ".".join(place)
    if fault["type"] == "missing":
        return f"the key {key} must be there."
    if fault["type"] == "extra_forbidden":
        known = sorted({name for kind in kinds for name in kind.model_fields})
        near = get_close_matches(place[-1], known, n=1)
        hint = (
            f"did you mean {near[0]}?" if near else f"it may have {', '.join(known)}."
        )
        return f"{key} is not a key of a recipe; {hint}"
    if fault["type"] in ("model_type", "model_attributes_type"):
        return f"{key} must be a table, got {fault['input']!r}."
    if fault["type"] == "union_tag_invalid":
        tag, tags = (str(fault["ctx"][key]) for key in ("tag", "expected_tags"))
        near = get_close_matches(tag, tags.replace("'", "").split(", "), n=1)
        hint = f" did you mean {near[0]!r}?" if near else ""
        return f"{key}.name must be one of {tags}, got {tag!r}.{hint}"
    if fault["type"] == "value_error":
        rule = str(fault["ctx"]["error"])
        return f"{key}: {rule}." if key else f"{rule}."
    more = [_say_rule(each).removeprefix("must be ") for each in same]
    rule = " or ".join([_say_rule(fault), *more])
    value = fault["input"]
    shown = "a table" if isinstance(value, dict) else repr(value)
    return f"{key} {rule}, got {shown}."


def _say_rule(fault: ErrorDetails) -> str:
    text = fault["msg"].replace("Input should", "must")
    return text.replace("String should", "must")


def _find_place(
    location: tuple[int | str, ...], root: type[BaseModel]
) -> tuple[tuple[str, ...], list[type[BaseModel]]]:
    """The keys to a fault as a file has them, and the tables that its last one is in.

    Where a table or a value may be of several kinds, pydantic names the kind on the
    way, which stands in no file.
    """
    place: list[str] = []
    parents: list[type[BaseModel]] = []
    kinds = [root]
    for part in location:
        named = [kind for kind in kinds if _name_of(kind) == part]
        if named and part not in kinds[0].model_fields:
            kinds = named
            continue
        if place and not kinds and isinstance(part, str):
            continue
        place.append(str(part))
        parents = kinds
        kinds = [
            kind
            for parent in kinds
            if (field := parent.model_fields.get(str(part))) is not None
            for kind in _tables_of(field.annotation)
        ]
    return tuple(place), parents


def _name_of(kind: type[BaseModel]) -> object:
    """The value of `name` by which a kind of table is told from others."""
    field = kind.model_fields.get("name")
    return field.default if field is not None else None


def _tables_of(annotation: object) -> Iterator[type[BaseModel]]:
    """The tables that a field may hold: one, or each of a union."""
    if get_origin(annotation) is Annotated:
        yield from _tables_of(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, UnionType):
        for choice in get_args(annotation):
            yield from _tables_of(choice)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
