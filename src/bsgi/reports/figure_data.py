"""The data that a figure draws, as rows of a table beside it.

A reader who wants to redraw a curve, or to check a bar, needs its numbers. They are
read from the finished figure itself, so that every figure has them and none can show
something else than its table. Pixels are not copied: those of exams and heat maps lie
in the COHORT and in `RUN/maps`; a row tells what an image spans.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.colors import to_hex
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

_NEAR: Final = 1e-9


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """One point, bar, corner of a curve, or image of a figure.

    Args:
        panel: Title or label of the panel, or its number where it has none.
        series: What the legend calls it; empty where it does not.
        kind: ``point``, ``line``, ``bar`` or ``image``.
        x: Where it stands; of a horizontal bar its length.
        at: What an axis writes there, such as the name of a method.
        y: Its height, of a horizontal bar its place; of an image its mean.
        lower: Lower limit of its interval or band; of an image its lowest value.
        upper: Upper limit; of an image its highest value.
    """

    panel: str
    series: str
    kind: str
    x: float | None
    at: str
    y: float | None
    lower: float | None = None
    upper: float | None = None


COLUMNS: Final = tuple(column.name for column in fields(DrawnRow))


def collect_drawn(figure: Figure) -> tuple[DrawnRow, ...]:
    """What a figure shows, panel by panel.

    Args:
        figure: The finished figure.

    Returns:
        Its rows; none where it shows no data, as a diagram.
    """
    rows: list[DrawnRow] = []
    for number, axes in enumerate(figure.axes, 1):
        if axes.get_label() == "<colorbar>":
            continue
        title = (
            axes.get_title(loc="left")
            or axes.get_title()
            or (axes.get_title(loc="right"))
        )
        panel = title or ("" if len(figure.axes) == 1 else str(number))
        rows += _collect_panel(axes, " ".join(panel.split()))
    return tuple(rows)


def _collect_panel(axes: Axes, panel: str) -> list[DrawnRow]:
    names = _name_series(axes)
    whiskers = [one for one in axes.containers if isinstance(one, ErrorbarContainer)]
    rows = [
        row
        for bar in axes.containers
        if isinstance(bar, BarContainer)
        for row in _list_bars(bar, names)
    ]
    rows = _join_whiskers(rows, [row for w in whiskers for row in _list_whiskers(w)])
    rows += _list_lines(axes, names, {id(line) for w in whiskers for line in _parts(w)})
    for dots in axes.collections:
        if isinstance(dots, PathCollection):
            rows += _list_dots(dots, names)
    rows += _list_images(axes)
    across, up = _read_ticks(axes)
    return [
        replace(
            row,
            panel=panel,
            at=_find_tick(across, row.x) or _find_tick(up, row.y) or row.at,
        )
        for row in rows
    ]


Band = tuple[Float[np.ndarray, " x"], Float[np.ndarray, " x"], Float[np.ndarray, " x"]]
"""Places, lower and upper limits."""


def _key(colour: object, hatch: object = None) -> str:
    """What tells series apart: colour without its transparency, and hatch."""
    return f"{to_hex(colour)} {hatch or ''}"  # type: ignore[arg-type]


def _name_series(axes: Axes) -> dict[str, str]:
    """The legend's name of each colour and hatch that has one only."""
    found: dict[str, set[str]] = {}
    artists: list[Any] = [*axes.lines, *axes.patches]
    for artist in artists:
        label = _label(artist)
        if label and isinstance(artist, Line2D):
            found.setdefault(_key(artist.get_color()), set()).add(label)
        elif label:
            key = _key(artist.get_facecolor(), artist.get_hatch())
            found.setdefault(key, set()).add(label)
    return {key: min(labels) for key, labels in found.items() if len(labels) == 1}


def _label(artist: Any) -> str:  # noqa: ANN401 - any artist of matplotlib
    label = str(artist.get_label())
    return "" if label.startswith("_") else " ".join(label.split())


def _parts(whisker: Any) -> Iterator[Line2D]:  # noqa: ANN401 - its stub is wrong
    main, caps, _ = whisker.lines
    if main is not None:
        yield main
    yield from caps


def _list_bars(bar: BarContainer, names: Mapping[str, str]) -> Iterator[DrawnRow]:
    """Bars by their own lengths, also where they are stacked."""
    for patch in bar.patches:
        name = _label(bar) or names.get(
            _key(patch.get_facecolor(), patch.get_hatch()), ""
        )
        x, y = patch.get_x() + patch.get_width() / 2, patch.get_height()
        if bar.orientation == "horizontal":
            x, y = patch.get_width(), patch.get_y() + patch.get_height() / 2
        yield DrawnRow("", name, "bar", round(float(x), 12), "", round(float(y), 12))


def _list_whiskers(whisker: Any) -> Iterator[DrawnRow]:  # noqa: ANN401 - as above
    main, _, spans = whisker.lines
    if main is None:
        return
    name = _label(whisker) or _label(main)
    for place, (x, y) in enumerate(_points(main)):
        lower = upper = None
        for span in spans:
            ends = np.asarray(span.get_segments()[place], dtype=float)
            vertical = abs(ends[0, 0] - ends[1, 0]) < _NEAR
            lower, upper = sorted(ends[:, 1 if vertical else 0].tolist())
        yield DrawnRow("", name, "point", x, "", y, lower, upper)


def _join_whiskers(bars: list[DrawnRow], whiskers: list[DrawnRow]) -> list[DrawnRow]:
    """Bars with the intervals that stand on them, and the points that stand alone."""
    joined = list(bars)
    for whisker in whiskers:
        for place, bar in enumerate(joined):
            if (
                bar.kind == "bar"
                and _near(bar.x, whisker.x)
                and _near(bar.y, whisker.y)
            ):
                joined[place] = replace(bar, lower=whisker.lower, upper=whisker.upper)
                break
        else:
            joined.append(whisker)
    return joined


def _list_lines(
    axes: Axes, names: Mapping[str, str], parts: set[int]
) -> Iterator[DrawnRow]:
    """Curves and their points; a band goes to the curve of its colour in its order.

    What has no label, such as the point of an operating threshold, belongs to the last
    curve of its colour before it.
    """
    bands = _find_bands(axes)
    edges = [band for listed in bands.values() for band in listed]
    last: dict[str, str] = {}
    for line in axes.lines:
        if id(line) in parts or any(_is_edge(line, band) for band in edges):
            continue
        key, band = _key(line.get_color()), None
        name = _label(line)
        if name:
            last[key] = name
            waiting = bands.get(key, [])
            if waiting and len(waiting[0][0]) == len(_points(line)):
                band = waiting.pop(0)
        name = name or last.get(key, names.get(key, ""))
        points = _points(line)
        alone = line.get_linestyle() in ("None", "") or len(points) == 1
        kind = "point" if alone else "line"
        for place, (x, y) in enumerate(points):
            lower = None if band is None else float(band[1][place])
            upper = None if band is None else float(band[2][place])
            yield DrawnRow("", name, kind, x, "", y, lower, upper)


def _find_bands(axes: Axes) -> dict[str, list[Band]]:
    """Bands between two curves, by colour and in the order of drawing."""
    bands: dict[str, list[Band]] = {}
    for shape in axes.collections:
        if not isinstance(shape, PolyCollection) or len(shape.get_paths()) != 1:
            continue
        corners = np.asarray(shape.get_paths()[0].vertices, dtype=float)
        number = (len(corners) - 3) // 2
        if number < 1 or 2 * number + 3 != len(corners):
            continue
        one, other = corners[1 : number + 1], corners[number + 2 : -1][::-1]
        if one.shape == other.shape and np.allclose(one[:, 0], other[:, 0]):
            limits = np.sort(np.stack([one[:, 1], other[:, 1]]), axis=0)
            key = _key(np.asarray(shape.get_facecolor())[0])
            bands.setdefault(key, []).append((one[:, 0], limits[0], limits[1]))
    return bands


def _is_edge(line: Line2D, band: Band) -> bool:
    """Whether a line without a name is the border of a band."""
    points = np.array(_points(line)).reshape(-1, 2)
    places, lower, upper = band
    return (
        not _label(line)
        and len(points) == len(places)
        and np.allclose(points[:, 0], places)
        and (np.allclose(points[:, 1], lower) or np.allclose(points[:, 1], upper))
    )


def _list_dots(dots: PathCollection, names: Mapping[str, str]) -> Iterator[DrawnRow]:
    colours = np.asarray(dots.get_facecolor())
    name = _label(dots)
    if not name and len(colours):
        name = names.get(_key(colours[0]), "")
    for x, y in np.ma.getdata(dots.get_offsets()).tolist():
        yield DrawnRow("", name, "point", float(x), "", float(y))


def _list_images(axes: Axes) -> Iterator[DrawnRow]:
    for image in axes.images:
        values = np.ma.getdata(np.asarray(image.get_array()))
        if values.ndim != 2 or not values.size:
            continue
        size = f"{values.shape[0]} x {values.shape[1]} pixels"
        lowest, mean, highest = values.min(), values.mean(), values.max()
        yield DrawnRow(
            "", "", "image", None, size, float(mean), float(lowest), float(highest)
        )


def _points(line: Line2D) -> list[tuple[float, float]]:
    across, up = (
        np.asarray(values, dtype=float).tolist()
        for values in (line.get_xdata(), line.get_ydata())
    )
    return list(zip(across, up, strict=True))


Ticks = tuple[tuple[float, str], ...]
"""Places on an axis, and what it writes there."""


def _read_ticks(axes: Axes) -> tuple[Ticks, Ticks]:
    """Where the two axes write words instead of numbers, and which."""
    found: list[Ticks] = []
    for axis in (axes.xaxis, axes.yaxis):
        labels = [label.get_text() for label in axis.get_ticklabels()]
        places = [float(place) for place in axis.get_ticklocs()]
        words = not all(_is_number(label) for label in labels)
        plain = len(labels) == len(places) and words
        found.append(tuple(zip(places, labels, strict=True)) if plain else ())
    return found[0], found[1]


def _find_tick(ticks: Ticks, at: float | None) -> str:
    near = [(abs(place - at), text) for place, text in ticks] if at is not None else []
    distance, text = min(near, default=(1.0, ""))
    return text if distance < 0.5 else ""


def _is_number(text: str) -> bool:
    try:
        float(text.replace("\N{MINUS SIGN}", "-").replace(",", "") or 0)
    except ValueError:
        return False
    return True


def _near(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and abs(one - other) < _NEAR
