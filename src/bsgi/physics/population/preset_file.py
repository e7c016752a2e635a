"""The tables of a preset's TOML file, checked before any woman is drawn."""

import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from bsgi.errors import ConfigError
from bsgi.exam.record import ViewName
from bsgi.physics.breast.lesions import DEPTHS

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
# A level that no woman has would leave a gap in the distribution of ratios.
Common = Annotated[float, Field(ge=1e-6, le=1)]
# No place nearer to the chest wall or to the nipple is ever drawn.
Depth = Annotated[float, Field(ge=DEPTHS[0], le=DEPTHS[1])]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ProtocolTable(_Table):
    """Table ``[protocol]``: how the views are taken, as `Protocol` has it."""

    uptake_s: NotNegative
    """From the injection to the first view."""
    view_s: Positive
    """Time per view; with ``view_counts`` the longest."""
    pause_s: NotNegative
    """Between two views."""
    order: Annotated[tuple[ViewName, ...], Field(strict=False)] = tuple(ViewName)
    """Order of the views."""
    view_counts: Positive | None = None
    """Events that end a view; time does if left out."""
    frame_s: Positive | None = None
    """Time per frame of dynamic views; static if left out."""
    motion_share: Share = 0.0
    """Share of views in which the patient moves."""
    motion_mm: NotNegative = 0.0
    """Standard deviation of the way she moves."""


class WomenTable(_Table):
    """Table ``[women]``: what may differ between groups of women."""

    gland_share_median: Annotated[float, Field(ge=0.05, le=0.50)]
    """Median share of gland by volume."""
    gland_share_spread: Annotated[float, Field(ge=1, le=5)]
    """Its geometric standard deviation."""
    background: (
        Annotated[tuple[Common, Common, Common, Common], Field(strict=False)] | None
    ) = None
    """Shares of the four levels of background uptake; by density if left out. A level
    may be as rare as one in a million, but not quite absent."""
    implant_share: Share = 0.0
    """Share of women with implants in both breasts."""
    mastectomy_share: Share = 0.0
    """Share of women with one breast."""


class LogNormalTable(_Table):
    """A log-normal distribution between two limits."""

    median: Positive
    """Its median."""
    spread: Annotated[float, Field(ge=1, allow_inf_nan=False)]
    """Its geometric standard deviation."""
    lowest: Positive
    """Drawn again below it."""
    highest: Positive
    """Drawn again above it."""


class SizeTable(LogNormalTable):
    """A log-normal distribution of diameters or extents."""

    highest: Annotated[float, Field(gt=0, le=90)]
    """Drawn again above it; D: nothing larger fits under the paddle."""


class LesionTable(_Table):
    """What both tables of lesions may hold."""

    histologies: Annotated[dict[str, NotNegative], Field(min_length=1)]
    """Kinds of lesion and how common they are, in any unit."""
    diameter_mm: SizeTable | None = None
    """Diameters of masses, instead of each histology's own."""
    extent_mm: SizeTable | None = None
    """Extents of other lesions, instead of each histology's own."""
    ratio: LogNormalTable | None = None
    """Concentration ratios, instead of each histology's own."""
    invisible: Share | None = None
    """Share that cannot be seen, instead of each histology's own."""
    round_only: bool = False
    """Whether all are masses of one ball."""
    multifocal: Share = 0.0
    """Share with a second focus near the first."""
    multicentric: Share = 0.0
    """Share with a second focus elsewhere in the breast."""
    depth: Annotated[tuple[Depth, Depth], Field(strict=False)] = (0.12, 0.85)
    """Range of depths, 0 chest wall, 1 nipple."""


class MalignantTable(LesionTable):
    """Table ``[malignant_lesions]``: lesions of women whose label is malignant."""

    node: Share = 0.0
    """Share of invasive cancers with an axillary node that can be seen."""


class BenignTable(LesionTable):
    """Table ``[benign_lesions]``: lesions of the others."""

    share: Share
    """How many of them have one."""


class PresetFile(_Table):
    """All of a preset, after what it extends has been filled in."""

    format_version: Literal[1] = 1
    """Version of these keys."""
    title: Annotated[str, Field(min_length=1, max_length=200)]
    """What it is for, in a line."""
    camera: str
    """Camera that is taken unless another is asked for."""
    dose_mbq: Positive
    """Injected activity, likewise."""
    exams: Annotated[int, Field(ge=1)]
    """How many women, likewise."""
    malignant: Annotated[int, Field(ge=0)]
    """How many of them have a malignant lesion, likewise."""
    protocol: ProtocolTable
    women: WomenTable
    malignant_lesions: MalignantTable
    benign_lesions: BenignTable


def parse_tables(text: str, source: str) -> dict[str, Any]:
    """The tables of a TOML text.

    Args:
        text: What the file holds.
        source: What messages call it.

    Raises:
        ConfigError: If it is not TOML.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as reason:
        raise ConfigError(f"{source} must be TOML, but: {reason}.") from None


def merge_tables(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Tables of a preset over those that it extends; its own values win.

    Args:
        base: What is extended.
        own: What the file itself says. Its ``histologies`` replace all earlier ones.
    """
    merged = dict(base)
    for key, value in own.items():
        inner = merged.get(key)
        if isinstance(value, dict) and isinstance(inner, dict) and key != "histologies":
            merged[key] = merge_tables(inner, value)
        else:
            merged[key] = value
    return merged


def check_tables(tables: Mapping[str, Any], source: str) -> PresetFile:
    """A preset's content, once all keys, types and ranges are right.

    Args:
        tables: Complete tables.
        source: What messages call the file.

    Raises:
        ConfigError: If a key, type or range is wrong; the message names both.
    """
    try:
        return PresetFile.model_validate(dict(tables))
    except ValidationError as invalid:
        faults = invalid.errors(include_url=False)
        # A wrong name before the missing one that it was meant to be.
        faults.sort(key=lambda fault: fault["type"] == "missing")
        more = f" ({len(faults) - 1} more)" if len(faults) > 1 else ""
        raise ConfigError(f"{source}: {_explain(faults[0])}{more}") from None


def _explain(fault: ErrorDetails) -> str:
    """One fault in a line: the key, the rule, what came."""
    key = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "missing":
        return f"the key {key} must be there, or extend a preset that has it."
    if fault["type"] == "extra_forbidden":
        known = sorted(_known_keys(fault["loc"][:-1]))
        near = get_close_matches(str(fault["loc"][-1]), known, n=1)
        hint = (
            f"did you mean {near[0]}?" if near else f"it may have {', '.join(known)}."
        )
        return f"{key} is not a key of a preset; {hint}"
    value = fault["input"]
    shown = "a table" if isinstance(value, dict) else repr(value)
    if fault["type"] == "model_type":
        return f"{key} must be a table, got {shown}."
    rule = fault["msg"].replace("Input should", "must").replace("String should", "must")
    return f"{key} {rule}, got {shown}."


def _known_keys(place: tuple[int | str, ...]) -> Iterator[str]:
    """The keys that may stand in a table."""
    table: Any = PresetFile
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
