"""Views, heat maps and numbers as one picture in colour.

Each view stands beside its map and never below it: a map that is laid over a view hides
what a physician has to judge. The picture holds nothing that identifies a patient.
"""

from collections.abc import Sequence
from functools import cache
from typing import Final

import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image, ImageDraw, ImageFont

from bsgi.dicom.results.instance import Origin, find_version
from bsgi.dicom.results.parametric_map import find_top
from bsgi.exam.prediction import Prediction
from bsgi.exam.record import Projection, View, ViewName

_CELL: Final = 280
"""Pixels of the side of the square that a view or a map fits into."""

_GAP: Final = 20
_LINE: Final = 22
_PANEL_WIDTH: Final = 2 * _CELL + _GAP
_PANEL_HEIGHT: Final = _CELL + 3 * _LINE
_WIDTH: Final = 2 * _PANEL_WIDTH + 3 * _GAP
_TEXT_COLOUR: Final = (230, 230, 230)
_NOTICE_COLOUR: Final = (255, 200, 60)
_FRAME_COLOUR: Final = (90, 90, 90)
_BLACK_SHARE: Final = 99.8
"""Percentile of the counts shown as black: few hot pixels must not turn all white."""

_HEAT: Final = np.array(
    [(0, 0, 0), (60, 15, 110), (140, 40, 130), (215, 70, 85), (250, 145, 25),
     (250, 250, 170)],
    float,
)  # fmt: skip
"""Colours from no evidence to full, dark to light at an even pace, so that they read
the same in grey."""

_TITLE: Final = "Made by an algorithm"
_BAR: Final = (256, 14)
"""Width and height of the bar of colours."""

Picture = UInt8[np.ndarray, "row col 3"]


def draw_picture(origin: Origin, full_evidence: float | None) -> Picture:
    """The picture of an exam.

    Args:
        origin: What the model says, and the files that it says it of.
        full_evidence: Evidence at the end of the colours, the same for all views; None
            for the exam's own maximum, which the picture then says.
    """
    names = origin.sources.present()
    top = find_top(origin, full_evidence)
    scale = f"0 to {top:.3g} in units of the logit, one scale for all views"
    if full_evidence is None:
        scale += ", its end the maximum of this exam"
    rows = [p for p in Projection if any(name.projection is p for name in names)]
    footer = _wrap((*_list_footer(origin), f"Map colours: {scale}"))
    notices = (_TITLE, *origin.conditions())
    head = len(notices) * _LINE + 2 * _GAP
    height = head + len(rows) * (_PANEL_HEIGHT + _GAP) + len(footer) * _LINE + 3 * _GAP
    canvas = Image.new("RGB", (_WIDTH, height))
    draw = ImageDraw.Draw(canvas)
    _write(draw, (_GAP, _GAP), notices, _NOTICE_COLOUR)
    black = _find_black([origin.sources.images[name].view for name in names])
    for name in (each for each in ViewName if each.projection in rows):
        # The right breast stands on the left, as images are hung.
        col = 1 if name.side == "L" else 0
        place = (
            _GAP + col * (_PANEL_WIDTH + _GAP),
            head + rows.index(name.projection) * (_PANEL_HEIGHT + _GAP),
        )
        if name in names:
            _draw_panel(canvas, place, origin, name, (black, top))
        else:
            _write(draw, place, (f"{name}: no view",), _TEXT_COLOUR)
    foot = head + len(rows) * (_PANEL_HEIGHT + _GAP)
    _write(draw, (_GAP, foot), footer, _TEXT_COLOUR)
    bar = np.broadcast_to(np.linspace(0.0, 1.0, _BAR[0]), _BAR[::-1])
    lowest = height - _GAP - _BAR[1]
    canvas.paste(Image.fromarray(colour_evidence(bar, 1.0)), (_GAP, lowest))
    draw.rectangle((_GAP, lowest, _GAP + _BAR[0], height - _GAP), outline=_FRAME_COLOUR)
    return np.asarray(canvas, np.uint8).copy()


def add_heads(view: View) -> Float[np.ndarray, "row col"]:
    """Counts of all heads in the pixels of the first, as the camera saved them."""
    heads = [
        counts[:, ::-1] if mirrored else counts
        for counts, mirrored in zip(view.counts, view.heads_mirrored, strict=True)
    ]
    total: Float[np.ndarray, "row col"] = np.stack(heads).sum(axis=0, dtype=np.float64)
    return total


def colour_evidence(
    evidence: Float[np.ndarray, "row col"], top: float
) -> UInt8[np.ndarray, "row col 3"]:
    """A map in colours, from 0 to the end of their scale."""
    share = np.clip(evidence / top, 0.0, 1.0) * (len(_HEAT) - 1)
    steps = np.arange(len(_HEAT))
    channels = [np.interp(share, steps, _HEAT[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=-1).round().astype(np.uint8)


def _find_black(views: Sequence[View]) -> float:
    """Counts shown as black, one number for all views."""
    highest = max(float(np.percentile(add_heads(view), _BLACK_SHARE)) for view in views)
    return highest if highest > 0 else 1.0


def _draw_panel(
    canvas: Image.Image,
    place: tuple[int, int],
    origin: Origin,
    name: ViewName,
    tops: tuple[float, float],
) -> None:
    """One view, its map beside it, and its numbers below."""
    view = origin.sources.images[name].view
    black, top = tops
    left, upper = place
    draw = ImageDraw.Draw(canvas)
    _write(draw, place, (f"{name}: counts | evidence for malignant",), _TEXT_COLOUR)
    grey = 255 - 255 * np.clip(add_heads(view) / black, 0.0, 1.0)
    pictures = [np.repeat(grey[..., None], 3, axis=-1).astype(np.uint8)]
    pictures += [
        colour_evidence(heat.evidence.astype(np.float64), top)
        for heat in origin.prediction.maps
        if heat.view is name
    ]
    for number, picture in enumerate(pictures):
        corner = (left + number * (_CELL + _GAP), upper + _LINE)
        shown = Image.fromarray(picture).resize(_fit(view), Image.Resampling.NEAREST)
        canvas.paste(shown, corner)
        outline = (*corner, corner[0] + shown.width - 1, corner[1] + shown.height - 1)
        draw.rectangle(outline, outline=_FRAME_COLOUR)
    below = (left, upper + _CELL + _LINE)
    _write(draw, below, _list_values(origin.prediction, name), _TEXT_COLOUR)


def _fit(view: View) -> tuple[int, int]:
    """Width and height of a view in the picture, lengths to scale."""
    rows, cols = view.counts.shape[1:]
    height_mm, width_mm = rows * view.spacing_mm[0], cols * view.spacing_mm[1]
    scale = _CELL / max(height_mm, width_mm)
    return max(1, round(width_mm * scale)), max(1, round(height_mm * scale))


def _list_values(prediction: Prediction, name: ViewName) -> tuple[str, str]:
    values = prediction.values.views.get(name)
    ratio = None if values is None else values.lesion_to_background
    density = None if values is None else values.counts_per_cm2
    return (
        f"lesion to background: {_show(ratio, '.2f')}",
        f"counts per cm2: {_show(density, '.0f')}",
    )


def _list_footer(origin: Origin) -> tuple[str, ...]:
    """What is said of the exam as a whole."""
    prediction = origin.prediction
    interval = prediction.probability_interval
    between = (
        f" (interval {100 * interval[0]:.1f} to {100 * interval[1]:.1f} %)"
        if interval is not None
        else ""
    )
    chance = (
        f"{100 * prediction.probability:.1f} %{between}"
        if prediction.probability is not None
        else "not calibrated"
    )
    ratios = ", ".join(
        f"{projection} {ratio:.2f}"
        for projection, ratio in prediction.values.left_over_right.items()
    )
    return (
        f"Decision of the algorithm: {prediction.decision}",
        f"Probability of cancer: {chance}   score: {prediction.score:.3f}",
        f"Uptake left over right: {ratios or 'unknown'}",
        *(f"Reason: {reason}" for reason in prediction.reasons),
        f"Model: {prediction.method}, {prediction.bundle_sha256[:16]}, "
        f"{prediction.precision}, bsgi {find_version()}",
    )


def _show(value: float | None, form: str) -> str:
    return "unknown" if value is None else format(value, form)


@cache
def _load_font() -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    return ImageFont.load_default(16)


def _write(
    draw: ImageDraw.ImageDraw,
    place: tuple[int, int],
    lines: Sequence[str],
    colour: tuple[int, int, int],
) -> None:
    left, upper = place
    for number, line in enumerate(lines):
        draw.text((left, upper + number * _LINE), line, colour, font=_load_font())


def _wrap(lines: Sequence[str]) -> list[str]:
    """Lines that fit into the picture."""
    font, room = _load_font(), _WIDTH - 2 * _GAP
    fitting: list[str] = []
    for line in lines:
        current = ""
        for word in line.split(" "):
            longer = f"{current} {word}" if current else word
            if current and font.getlength(longer) > room:
                fitting.append(current)
                longer = f"    {word}"
            current = longer
        fitting.append(current)
    return fitting
