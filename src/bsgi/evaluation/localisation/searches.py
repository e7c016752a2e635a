"""What one search of one image found and missed, in memory and as a table.

A mark that hits no target is false. Of several marks on one target the highest counts
and the others are neither hit nor false.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bsgi.errors import RunError
from bsgi.files import TableRow, load_csv, save_csv

COLUMNS = ("method", "image", "patient_id", "kind", "score")
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


def save_searches(path: Path, searches: Mapping[str, Iterable[Search]]) -> None:
    """Write searches as a table: a row per target, per false mark, or per empty image.

    Args:
        path: The file to make or replace.
        searches: Those of each method.
    """
    rows: list[tuple[object, ...]] = []
    for method, own in searches.items():
        for search in own:
            start = (method, search.image, search.patient)
            found: list[tuple[object, ...]] = [
                (*start, _TARGET, "" if one is None else one) for one in search.targets
            ]
            found += [(*start, _FALSE, one) for one in search.false_marks]
            rows += found or [(*start, _NOTHING, "")]
    save_csv(path, COLUMNS, rows)


def load_searches(path: Path) -> dict[str, tuple[Search, ...]]:
    """Read a table of searches; methods and images in order of appearance.

    Args:
        path: The file, as `save_searches` writes it.

    Returns:
        The searches of each method; at least one.

    Raises:
        RunError: If it is missing or empty, or holds an impossible value; the message
            names line and column.
    """
    table = load_csv(path, COLUMNS, RunError)
    if not table:
        raise RunError(f"{path} must have at least one row below its header.")
    found: dict[tuple[str, str], Search] = {}
    for row in table:
        place = f"{path}, line {row.line}"
        for name in ("method", "image", "patient_id"):
            if not row[name].strip():
                raise RunError(f"{place}, column {name}: must not be empty.")
        key = (row["method"].strip(), row["image"].strip())
        known = found.get(key) or Search(key[1], row["patient_id"].strip())
        if known.patient != row["patient_id"].strip():
            raise RunError(
                f"{place}, column patient_id: image {key[1]} must be of one patient, "
                f"got {row['patient_id']!r} after {known.patient!r}."
            )
        found[key] = _add(known, place, row)
    methods = dict.fromkeys(method for method, _ in found)
    return {
        name: tuple(own for (method, _), own in found.items() if method == name)
        for name in methods
    }


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
