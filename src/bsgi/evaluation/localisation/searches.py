"""What one search of one image found and missed, in memory and as a table.

A mark that hits no target is false. Of several marks on one target the highest counts
and the others are neither hit nor false. A repeat searches the same images again, as
another training of a network does.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bsgi.errors import RunError
from bsgi.files import TableRow, load_csv, save_csv

COLUMNS = ("method", "repeat", "image", "patient_id", "kind", "score")
"""Columns of a table of searches."""
_TARGET, _FALSE, _NOTHING = "target", "false mark", "nothing"


@dataclass(frozen=True, slots=True)
class Search:
    """One search of one image.

    Args:
        image: Name of the image, such as an exam and a view.
        patient: The woman.
        targets: For each target the rating of the highest mark on it; None if missed.
        false_marks: Ratings of the marks that hit no target.

    Raises:
        ValueError: If a name is empty or a rating is not finite.
    """

    image: str
    patient: str
    targets: tuple[float | None, ...] = ()
    false_marks: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not self.image or not self.patient:
            raise ValueError("a search must name its image and its patient.")
        known = [one for one in self.targets if one is not None]
        if not all(map(math.isfinite, (*known, *self.false_marks))):
            raise ValueError(f"ratings of image {self.image} must be finite.")

    @property
    def highest_hit(self) -> float:
        """The highest rating on a target; minus infinity without one."""
        return max((one for one in self.targets if one is not None), default=-math.inf)

    @property
    def highest_false(self) -> float:
        """The highest rating of a false mark; minus infinity without one."""
        return max(self.false_marks, default=-math.inf)


Repeats = Sequence[Sequence[Search]]
"""The searches of one method: those of each repeat, of the same images."""


def save_searches(path: Path, searches: Mapping[str, Repeats]) -> None:
    """Write searches as a table: a row per target, per false mark, or per empty image.

    Args:
        path: The file to make or replace.
        searches: By method those of each repeat.
    """
    rows: list[tuple[object, ...]] = []
    for method, repeats in searches.items():
        for repeat, own in enumerate(repeats):
            for search in own:
                start = (method, repeat, search.image, search.patient)
                found: list[tuple[object, ...]] = [
                    (*start, _TARGET, "" if one is None else one)
                    for one in search.targets
                ]
                found += [(*start, _FALSE, one) for one in search.false_marks]
                rows += found or [(*start, _NOTHING, "")]
    save_csv(path, COLUMNS, rows)


def load_searches(path: Path) -> dict[str, tuple[tuple[Search, ...], ...]]:
    """Read a table of searches; methods and images in order of appearance.

    Args:
        path: The file, as `save_searches` writes it.

    Returns:
        By method the searches of each repeat; at least one.

    Raises:
        RunError: If it is missing or empty, or holds an impossible value; the message
            names line and column. If repeats do not count from 0 without a gap.
    """
    table = load_csv(path, COLUMNS, RunError)
    if not table:
        raise RunError(f"{path} must have at least one row below its header.")
    found: dict[str, dict[int, dict[str, Search]]] = {}
    for row in table:
        place = f"{path}, line {row.line}"
        for name in ("method", "image", "patient_id"):
            if not row[name].strip():
                raise RunError(f"{place}, column {name}: must not be empty.")
        method, image = row["method"].strip(), row["image"].strip()
        repeat = _parse_repeat(row["repeat"].strip(), place)
        own = found.setdefault(method, {}).setdefault(repeat, {})
        known = own.get(image) or Search(image, row["patient_id"].strip())
        if known.patient != row["patient_id"].strip():
            raise RunError(
                f"{place}, column patient_id: image {image} must be of one patient, "
                f"got {row['patient_id']!r} after {known.patient!r}."
            )
        own[image] = _add(known, place, row)
    return {
        method: _list_repeats(path, method, repeats)
        for method, repeats in found.items()
    }


def _parse_repeat(text: str, place: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise RunError(
            f"{place}, column repeat: must be a whole number from 0, got {text!r}."
        )
    return int(text)


def _list_repeats(
    path: Path, method: str, repeats: Mapping[int, Mapping[str, Search]]
) -> tuple[tuple[Search, ...], ...]:
    """The searches of each repeat, in the order of the repeats."""
    numbers = sorted(repeats)
    if numbers != list(range(len(numbers))):
        raise RunError(
            f"{path}, column repeat: repeats of {method} must count from 0 without a "
            f"gap, got {', '.join(map(str, numbers))}."
        )
    return tuple(tuple(repeats[number].values()) for number in numbers)


def _add(search: Search, place: str, row: TableRow) -> Search:
    """A search with what one more row tells of it."""
    kind, text = row["kind"].strip(), row["score"].strip()
    if kind not in (_TARGET, _FALSE, _NOTHING):
        raise RunError(
            f"{place}, column kind: must be {_TARGET}, {_FALSE} or {_NOTHING}, got "
            f"{kind!r}."
        )
    if not text and kind != _FALSE:
        missed = (*search.targets, None)
        return search if kind == _NOTHING else replace(search, targets=missed)
    try:
        # Python reads 1_000 as a number; in a table it is a slip.
        score = float(text) if "_" not in text else math.nan
    except ValueError:
        score = math.nan
    if not math.isfinite(score) or kind == _NOTHING:
        rule = "empty" if kind == _NOTHING else "a finite number"
        raise RunError(f"{place}, column score: must be {rule}, got {text!r}.")
    if kind == _FALSE:
        return replace(search, false_marks=(*search.false_marks, score))
    return replace(search, targets=(*search.targets, score))
