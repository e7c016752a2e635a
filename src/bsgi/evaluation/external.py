"""A network on exams of others, judged at what was fixed before they were seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from bsgi.errors import ConfigError, RunError
from bsgi.evaluation.calibration.calibrator import Calibration, load_calibration
from bsgi.evaluation.calibration.source import CalibratedOn, CalibrationSource
from bsgi.evaluation.fixed import (
    OPERATING_POINTS,
    FixedThresholds,
    load_operating_points,
)
from bsgi.evaluation.predictions import PredictionRow
from bsgi.evaluation.summary import Metrics
from bsgi.evaluation.tables.columns import read_columns

CALIBRATION: Final = "calibration.json"
_ALIKE: Final = 1e-6
"""Probabilities this near each other are the same; tables round them."""


@dataclass(frozen=True, slots=True)
class External:
    """What came with a network: thresholds, and what turns scores into probabilities.

    Args:
        fixed: Its thresholds.
        calibration: Its recalibration; None without one.
        files: Where they were read, by the names of the files.
    """

    fixed: FixedThresholds
    calibration: Calibration | None
    files: Mapping[str, Path]

    @property
    def sentences(self) -> tuple[str, ...]:
        """What a reader has to know of the results."""
        on = "simulated exams" if self.fixed.simulated else "other exams"
        return (
            f"External validation: thresholds fixed before, on {on}, from "
            f"{' and '.join(self.files)}; nothing was chosen on these exams. That no "
            "patient of these exams was among those that the network learned from "
            "cannot be seen here.",
        )


def load_external(path: Path) -> External:
    """What came with a network.

    Args:
        path: `operating_points.json`, or the folder of a RUN or bundle that holds it. A
            `calibration.json` beside it is read too.

    Raises:
        RunError: If a file cannot be used, or the two are of different methods.
    """
    place = path / OPERATING_POINTS if path.is_dir() else path
    fixed = load_operating_points(place)
    beside = place.with_name(CALIBRATION)
    if not beside.is_file():
        return External(fixed, None, {place.name: place})
    calibration = load_calibration(beside)
    if calibration.method not in fixed.names:
        raise RunError(
            f"{beside} must be of a method of {place.name}, "
            f"{', '.join(map(repr, fixed.names))}, got {calibration.method!r}; keep "
            "the files of a network together."
        )
    return External(fixed, calibration, {place.name: place, beside.name: beside})


def choose_name(
    external: External, path: Path, mapping: Mapping[str, str]
) -> str | None:
    """The name to give the method of a table that names none.

    Args:
        external: What came with the network.
        path: The table.
        mapping: What the table calls a column of ours.

    Returns:
        That of the thresholds if they are of one method; None if the table has a column
        of methods, or there are several.
    """
    names = external.fixed.names
    named = "method" in read_columns(path, mapping).names
    return names[0] if len(names) == 1 and not named else None


def fix_rows(
    external: External, rows: Sequence[PredictionRow]
) -> tuple[tuple[PredictionRow, ...], tuple[str, ...]]:
    """Scores with the probabilities that belong to them, and what a reader should know.

    Args:
        external: What came with the network.
        rows: Its scores.

    Raises:
        ConfigError: If a row is no test, or the scores are of several networks.
        RunError: If there are no thresholds of a method.
    """
    if any(row.part != "test" for row in rows):
        raise ConfigError(
            "fixed thresholds must meet test exams only, got rows of the part "
            "calibrate or train; leave these rows, or the thresholds, out."
        )
    for name in dict.fromkeys(row.method for row in rows):
        external.fixed.of(name)
        runs = {(row.repeat, row.fold) for row in rows if row.method == name}
        if len(runs) > 1:
            raise ConfigError(
                "fixed thresholds must be of one network, got scores of "
                f"{len(runs)} repeats or folds of {name!r}; take one of them."
            )
    calibration = external.calibration
    if calibration is None:
        return tuple(rows), ()
    places = [n for n, row in enumerate(rows) if row.method == calibration.method]
    if not places:
        return tuple(rows), ()
    values = calibration.calibrator.apply(
        np.array([rows[place].score for place in places])
    ).value
    filled, strange = list(rows), False
    for place, value in zip(places, values.tolist(), strict=True):
        given = rows[place].probability
        if given is None:
            filled[place] = replace(rows[place], probability=value)
        else:
            strange |= abs(given - value) > _ALIKE
    if not strange:
        return tuple(filled), ()
    return tuple(rows), (
        f"The probabilities of the table are not those that {CALIBRATION} gives for "
        "its scores; those of the table are evaluated. Make sure that scores, "
        "thresholds and calibration are of one network.",
    )


def name_source(
    external: External, metrics: Metrics, *, strange: bool = False
) -> Metrics:
    """The same results, their calibration said to be fixed before where it is so.

    Args:
        external: What came with the network.
        metrics: What was found.
        strange: Whether the probabilities are not those of its calibration.
    """
    fixed = external.calibration
    if fixed is None or strange:
        return metrics
    source = CalibrationSource(CalibratedOn.FIXED, fixed.calibrator.name)
    return replace(
        metrics,
        methods=tuple(
            replace(one, calibration=replace(one.calibration, source=source))
            if one.calibration is not None and one.method == fixed.method
            else one
            for one in metrics.methods
        ),
    )
