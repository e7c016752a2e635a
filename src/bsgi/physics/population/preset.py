"""What kind of women a population holds, and how they are imaged unless said otherwise.

A preset is the name of one that comes with the package (`presets/*.toml`) or the path
of a TOML file. A file may extend one of ours: it then says only what differs. It draws
the same women as long as it changes nothing about women and lesions, so that cameras
and doses are compared on one group; else its women have a name, and so identifiers, of
their own. That name follows from what was changed, never from the file's name.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from bsgi.errors import ConfigError
from bsgi.exam.record import ViewName
from bsgi.physics.acquisition.protocol import Protocol, read_order
from bsgi.physics.breast.histology import HISTOLOGIES, Forms, Histology, LogNormal
from bsgi.physics.breast.lesions import LesionMix, Part
from bsgi.physics.camera.catalogue import find_camera
from bsgi.physics.population.preset_faults import show_value
from bsgi.physics.population.preset_file import (
    BenignTable,
    LesionTable,
    LogNormalTable,
    MalignantTable,
    PresetFile,
    ProtocolTable,
    WomenTable,
    check_limits,
    check_sum,
    check_tables,
    merge_tables,
    parse_tables,
)


@dataclass(frozen=True, slots=True)
class Women:
    """What may differ between groups of women; the rest is drawn alike.

    Args:
        gland_share_median: Median share of gland by volume.
        gland_share_spread: Its geometric standard deviation.
        background: Shares of the levels of background uptake; None takes the published
            ones by density.
        implant_share: Share of women with implants in both breasts.
        mastectomy_share: Share of women with one breast.
    """

    gland_share_median: float
    gland_share_spread: float
    background: tuple[float, float, float, float] | None = None
    implant_share: float = 0.0
    mastectomy_share: float = 0.0


@dataclass(frozen=True, slots=True)
class Preset:
    """A group of women, their lesions, and how they are imaged.

    Args:
        name: Name of the preset, or of its file with ``.toml``, which no preset of ours
            has.
        title: What it is for.
        women_of: Name of these women, from which they and their identifiers follow:
            that of a preset of ours, or "own" and a number that stands for all that is
            particular to them.
        camera: Name of the camera that is taken unless another is asked for.
        dose_mbq: Injected activity, likewise.
        exams: How many women, likewise.
        malignant_exams: How many of them have a malignant lesion; the share counts.
        protocol: How the views are taken.
        women: What is particular to these women.
        malignant: Lesions of the women labelled malignant.
        benign: Lesions of the others.
        benign_share: How many of the others have one.
    """

    name: str
    title: str
    women_of: str
    camera: str
    dose_mbq: float
    exams: int
    malignant_exams: int
    protocol: Protocol
    women: Women
    malignant: LesionMix
    benign: LesionMix
    benign_share: float

    @property
    def malignant_share(self) -> Fraction:
        """Share of women with a malignant lesion, exactly."""
        return Fraction(self.malignant_exams, self.exams)

    @property
    def definition(self) -> str:
        """All that is particular to these women and their lesions, as one text."""
        parts = asdict(self.women), asdict(self.malignant), asdict(self.benign)
        return json.dumps([*parts, self.benign_share], allow_nan=False)

    def count_malignant(self, exams: int) -> int:
        """How many of a number of women are malignant if no number is asked for.

        Args:
            exams: The number. A part of a woman does not count, so that more exams add
                women and leave those that were there as they are.
        """
        return exams * self.malignant_exams // self.exams


def shipped_presets() -> tuple[str, ...]:
    """Names of the presets that come with the package."""
    folder = resources.files("bsgi.physics.population") / "presets"
    names = (entry.name for entry in folder.iterdir())
    return tuple(
        sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml"))
    )


@lru_cache(maxsize=64)
def find_preset(name_or_path: str) -> Preset:
    """A preset of ours or of a file; a file is read once per process.

    Args:
        name_or_path: A name of `shipped_presets`, or the path of a TOML file.

    Raises:
        ConfigError: If there is no such preset or a key, type or range in it is wrong.

    Example:
        >>> find_preset("paper").dose_mbq
        740.0
    """
    source = _call(name_or_path)
    own = _read_tables(name_or_path)
    tables, base, own_women = _complete(own, source)
    if is_file(name_or_path) and "title" not in own and base is not None:
        tables["title"] = f"own preset, extends {base}"
    try:
        found = _build(check_tables(tables, source), Path(name_or_path).name)
    except (ValueError, ConfigError) as reason:
        if str(reason).startswith(f"{source}: "):
            raise
        raise ConfigError(f"{source}: {reason}") from None
    extended = None if base is None or own_women else find_preset(base)
    return replace(found, women_of=_name_women(found, extended, name_or_path))


def is_file(name_or_path: str) -> bool:
    """Whether a preset is a file of the user's, and not one of ours.

    Args:
        name_or_path: As `find_preset` takes it.
    """
    return name_or_path not in shipped_presets()


def _call(name_or_path: str) -> str:
    """What messages call a preset."""
    return name_or_path if is_file(name_or_path) else f"the preset {name_or_path}"


def _read_tables(name_or_path: str) -> dict[str, Any]:
    """What a preset's file itself says."""
    names = shipped_presets()
    if name_or_path in names:
        folder = resources.files("bsgi.physics.population") / "presets"
        text = (folder / f"{name_or_path}.toml").read_text(encoding="utf-8")
        return parse_tables(text, _call(name_or_path))
    unknown = ConfigError(
        f"preset must be one of {', '.join(names)} or a file whose name ends in .toml, "
        f"got {show_value(name_or_path)}; give a name or a file that is there."
    )
    path = Path(name_or_path)
    if path.suffix != ".toml" or "\0" in name_or_path:
        raise unknown
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise unknown from None
    except IsADirectoryError:
        raise ConfigError(
            f"the preset {name_or_path} must be a file, got a folder."
        ) from None
    except UnicodeDecodeError as reason:
        raise ConfigError(
            f"the preset {name_or_path} must be UTF-8 text, but byte {reason.start} is "
            "not; save it as UTF-8."
        ) from None
    except OSError as reason:
        raise ConfigError(
            f"the preset {name_or_path} must be a file that can be read, got: "
            f"{reason.strerror}."
        ) from None
    return parse_tables(text, name_or_path)


def _complete(
    own: dict[str, Any], source: str
) -> tuple[dict[str, Any], str | None, bool]:
    """Complete tables, what they extend, and whether they ask for their own women."""
    own = dict(own)
    base, own_women = own.pop("extends", None), own.pop("own_women", False)
    if not isinstance(own_women, bool):
        raise ConfigError(
            f"{source}: own_women must be true or false, got {show_value(own_women)}."
        )
    if base is None:
        return own, None, own_women
    if base not in shipped_presets():
        raise ConfigError(
            f"{source}: extends must be one of {', '.join(shipped_presets())}, got "
            f"{show_value(base)}; a file of your own cannot be extended, copy its keys."
        )
    tables, *_ = _complete(_read_tables(base), _call(base))
    return merge_tables(tables, own), base, own_women


def _name_women(found: Preset, extended: Preset | None, name_or_path: str) -> str:
    """The name of a preset's women; `extended` is the one whose women they may be."""
    if extended is not None and found.definition == extended.definition:
        return extended.women_of
    if name_or_path in shipped_presets():
        return found.name
    return "own" + hashlib.sha256(found.definition.encode()).hexdigest()[:8]


def _build(content: PresetFile, name: str) -> Preset:
    """A preset of its file's content, but for the name of its women."""
    find_camera(content.camera)
    if content.malignant > content.exams:
        raise ValueError(
            f"malignant must be 0 to {content.exams}, the exams, got "
            f"{content.malignant}; give both."
        )
    return Preset(
        name=name,
        title=content.title,
        women_of="",
        camera=content.camera,
        dose_mbq=content.dose_mbq,
        exams=content.exams,
        malignant_exams=content.malignant,
        protocol=_build_protocol(content.protocol),
        women=_build_women(content.women),
        malignant=_build_mix(content.malignant_lesions, "malignant_lesions"),
        benign=_build_mix(content.benign_lesions, "benign_lesions"),
        benign_share=content.benign_lesions.share,
    )


def _build_protocol(table: ProtocolTable) -> Protocol:
    """The way of taking views of its table."""
    values = table.model_dump()
    names = values.pop("order")
    try:
        order = tuple(ViewName) if names is None else read_order(names)
        return Protocol(order=order, **values)
    except ValueError as reason:
        raise ValueError(f"protocol.{reason}") from None


def _build_women(table: WomenTable) -> Women:
    """What is particular to the women of its table."""
    check_sum("women", table, ("implant_share", "mastectomy_share"))
    levels = table.background
    if levels is not None and not 0.999 < sum(levels) < 1.001:
        raise ValueError(
            f"women.background must sum to 1, got {' + '.join(map(str, levels))} = "
            f"{sum(levels):g}."
        )
    return Women(**table.model_dump())


def _build_mix(table: MalignantTable | BenignTable, place: str) -> LesionMix:
    """A mix of lesions of its table."""
    malignant = isinstance(table, MalignantTable)
    known = [each.name for each in HISTOLOGIES.values() if each.malignant is malignant]
    for name in table.histologies:
        if name not in known:
            raise ValueError(
                f"{place}.histologies must be of {', '.join(known)}, got "
                f"{show_value(name)}."
            )
    total = sum(table.histologies.values())
    if total <= 0:
        raise ValueError(
            f"{place}.histologies must have a share greater than 0, got 0 for each."
        )
    check_sum(place, table, ("multifocal", "multicentric"))
    lower, upper = table.depth
    if not lower < upper:
        raise ValueError(f"{place}.depth must rise, got {lower} to {upper}.")
    for key in ("diameter_mm", "extent_mm", "ratio"):
        check_limits(getattr(table, key), f"{place}.{key}")
    return LesionMix(
        malignant=malignant,
        parts=tuple(
            Part(_change(HISTOLOGIES[name], table), share / total)
            for name, share in table.histologies.items()
            if share > 0
        ),
        multifocal=table.multifocal,
        multicentric=table.multicentric,
        node=table.node if isinstance(table, MalignantTable) else 0.0,
        depth=(lower, upper),
    )


def _change(histology: Histology, table: LesionTable) -> Histology:
    """A histology with what a preset says of all its lesions."""
    found = replace(
        histology,
        diameter_mm=_take(table.diameter_mm, histology.diameter_mm),
        extent_mm=_take(table.extent_mm, histology.extent_mm),
        ratio=_take(table.ratio, histology.ratio),
    )
    if table.invisible is not None:
        found = replace(found, invisible=table.invisible)
    return replace(found, forms=Forms(1.0)) if table.round_only else found


def _take(table: LogNormalTable | None, own: LogNormal) -> LogNormal:
    """A preset's distribution, or the histology's own."""
    return own if table is None else LogNormal(**table.model_dump())
