"""The tables of a preset's TOML file, checked before any woman is drawn."""

import math
import tomllib
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bsgi.errors import ConfigError
from bsgi.physics.acquisition.protocol import LARGEST_DOSE_MBQ
from bsgi.physics.breast.lesions import DEPTHS
from bsgi.physics.population.preset_faults import explain_fault

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]
# D: parts of a whole in any unit; the bound keeps their sum a number.
Weight = Annotated[float, Field(ge=0, le=1e9)]
# A level that no woman has would leave a gap in the distribution of ratios.
Common = Annotated[float, Field(ge=1e-6, le=1)]
# No place nearer to the chest wall or to the nipple is ever drawn.
Depth = Annotated[float, Field(ge=DEPTHS[0], le=DEPTHS[1])]

# D: a draw outside the limits is made again; so it ends soon.
LEAST_WITHIN = 0.01


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ProtocolTable(_Table):
    """Table ``[protocol]``: how the views are taken, in the limits of `Protocol`."""

    uptake_s: float
    """From the injection to the first view."""
    view_s: float
    """Time per view; with ``view_counts`` the longest."""
    pause_s: float
    """Between two views."""
    order: Annotated[tuple[str, ...], Field(strict=False)] | None = None
    """Order of the views; that of `ViewName` if left out."""
    view_counts: float | None = None
    """Events that end a view; time does if left out."""
    frame_s: float | None = None
    """Time per frame of dynamic views; static if left out."""
    motion_share: float = 0.0
    """Share of views in which the patient moves."""
    motion_mm: float = 0.0
    """Standard deviation of the way she moves."""


class WomenTable(_Table):
    """Table ``[women]``: what may differ between groups of women."""

    gland_share_median: Annotated[float, Field(ge=0.05, le=0.50)]
    """Median share of gland by volume."""
    gland_share_spread: Annotated[float, Field(ge=1, le=5)]
    """Its geometric standard deviation."""
    background: (
        Annotated[tuple[Common, ...], Field(strict=False, min_length=4, max_length=4)]
        | None
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
    spread: Annotated[float, Field(ge=1, le=10)]
    """Its geometric standard deviation; D: no lesion varies more than tenfold."""
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

    histologies: Annotated[dict[str, Weight], Field(min_length=1)]
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
    depth: Annotated[
        tuple[Depth, ...], Field(strict=False, min_length=2, max_length=2)
    ] = (0.12, 0.85)
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
    dose_mbq: Annotated[float, Field(gt=0, le=LARGEST_DOSE_MBQ, allow_inf_nan=False)]
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
    except RecursionError:
        raise ConfigError(
            f"{source} must be TOML of few levels, but has too many within each other."
        ) from None


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
        raise ConfigError(
            f"{source}: {explain_fault(faults[0], PresetFile)}{more}"
        ) from None


def check_sum(
    place: str, table: WomenTable | LesionTable, keys: tuple[str, ...]
) -> None:
    """Refuse shares of the same women that are more than all of them together.

    Args:
        place: Name of the table.
        table: The table.
        keys: The shares in it.

    Raises:
        ValueError: If they sum to more than 1.
    """
    shares = [getattr(table, key) for key in keys]
    if sum(shares) > 1:
        raise ValueError(
            f"{' and '.join(f'{place}.{key}' for key in keys)} must sum to at most 1, "
            f"got {' + '.join(map(str, shares))} = {sum(shares):g}."
        )


def check_limits(table: LogNormalTable | None, place: str) -> None:
    """Refuse limits without the median, or between which next to nothing lies.

    Args:
        table: A log-normal distribution; None is left out.
        place: Its key.

    Raises:
        ValueError: If the limits do not hold `LEAST_WITHIN` of the distribution.
    """
    if table is None:
        return
    if not table.lowest <= table.median <= table.highest:
        raise ValueError(
            f"{place}.median must lie between lowest and highest, got {table.median} "
            f"and the limits {table.lowest} to {table.highest}."
        )
    if table.spread == 1:
        return
    width = math.sqrt(2.0) * math.log(table.spread)
    below, above = (
        math.erf(math.log(limit / table.median) / width)
        for limit in (table.lowest, table.highest)
    )
    within = (above - below) / 2.0
    if within < LEAST_WITHIN:
        raise ValueError(
            f"{place} must have at least {100 * LEAST_WITHIN:g} % of its values from "
            f"lowest to highest, got {within:.1g}; widen them or give spread = 1.0."
        )
