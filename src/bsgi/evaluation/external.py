"""A network on exams of others, judged at what was fixed before they were seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from bsgi.errors import ConfigError, RunError
from bsgi.evaluation.calibration.calibrator import (
    Calibration,
    load_calibration,
    save_calibration,
)
from bsgi.evaluation.calibration.source import (
    CalibratedOn,
    CalibrationSource,
    tolerate_rounding,
)
from bsgi.evaluation.fixed import (
    OPERATING_POINTS,
    FixedThresholds,
    fix_thresholds,
    load_operating_points,
    save_operating_points,
)
from bsgi.evaluation.predictions import PredictionRow
from bsgi.evaluation.summary import Metrics
from bsgi.evaluation.tables.columns import read_columns

CALIBRATION: Final = "calibration.json"
_PREDICTIONS: Final = "predictions.csv"
"""Name of the scores of a RUN."""


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
    def folder(self) -> str:
        """Last part of the place where the thresholds were read."""
        return next(iter(self.files.values())).resolve().parent.name

    @property
    def sentences(self) -> tuple[str, ...]:
        """What a reader has to know of the results."""
        on = "simulated exams" if self.fixed.simulated else "other exams"
        return (
            f"External validation: thresholds of {' and '.join(self.fixed.names)}, "
            f"fixed before, on {on}, from {' and '.join(self.files)} of the folder "
            f"{self.folder}; nothing was chosen on these exams. That no "
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
    if not place.is_file():
        raise RunError(
            f"{place} is missing; --thresholds takes {OPERATING_POINTS} or the folder "
            "with it, such as that of bsgi train or of bsgi evaluate."
        )
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
    known = [rows[place].probability for place in places]
    alike = tolerate_rounding([each for each in known if each is not None])
    filled, strange = list(rows), False
    for place, value in zip(places, values.tolist(), strict=True):
        given = rows[place].probability
        if given is None:
            filled[place] = replace(rows[place], probability=value)
        else:
            strange |= abs(given - value) > alike
    if not strange:
        return tuple(filled), ()
    return tuple(rows), (
        f"The probabilities of the table are not those that {CALIBRATION} gives for "
        "its scores; those of the table are evaluated. Make sure that scores, "
        "thresholds and calibration are of one network.",
    )


def keep_thresholds(metrics: Metrics, predictions: Path | None, out: Path) -> None:
    """Write what judges the same network elsewhere, and a RUN's own recalibration.

    Args:
        metrics: Results whose thresholds were chosen on these very exams.
        predictions: The table that they are of; a RUN has its recalibration beside it.
            None where its probabilities were not those of the table.
        out: Folder that gets `operating_points.json`, if a method is one network, and
            `calibration.json`.

    Raises:
        RunError: If the recalibration of the RUN cannot be read.
    """
    kept = fix_thresholds(metrics)
    if kept is None:
        return
    save_operating_points(out / OPERATING_POINTS, kept)
    if predictions is None or predictions.name != _PREDICTIONS:
        return
    beside = predictions.with_name(CALIBRATION)
    if not beside.is_file():
        return
    calibration = load_calibration(beside)
    if calibration.method in kept.names:
        save_calibration(out / CALIBRATION, calibration)


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
