"""How far probabilities can be believed: a table and words for a reader."""

from collections.abc import Callable, Mapping
from typing import Final

from bsgi.evaluation.calibration.real_estimate import RealEstimate
from bsgi.evaluation.calibration.source import CalibratedOn
from bsgi.evaluation.calibration.summary import CalibrationMetrics
from bsgi.evaluation.estimate import LEVEL, Estimate
from bsgi.reports.tables import Table
from bsgi.reports.wording import count_of, interval_title, percent

UNDEFINED: Final = "undefined"

CALIBRATION_NOTE: Final = (
    "A calibrated 30 % means: of all exams given 30 %, 30 % are malignant. Intercept "
    "and slope come from a logistic regression of the labels on the log odds of the "
    "probabilities; a slope below 1 means that they are too extreme, an intercept "
    "below 0 that they are too high. A value is undefined where exams have one label, "
    "where the probabilities part the labels without a fault, or where one is exactly "
    "0 or 1. The Brier score is the mean squared distance of probability and label; "
    "whoever always says the prevalence p gets p (1 - p), and the skill is the share "
    "of that which is saved. Intervals count patients, however many exams and repeats "
    "each has."
)
"""What stands below the table."""

DECISION_NOTE: Final = (
    "Who acts from a probability t on takes one missed cancer to weigh as much as "
    "(1 - t) / t false alarms. The net benefit counts both, as found cancers per exam; "
    "acting is of use where the curve lies above acting on everybody and on nobody. "
    "Limits are pointwise, from patients drawn anew."
)
"""What stands below a decision curve."""

_MANY: Final = 400
"""Patients from which on calibration can be judged, 200 of each label at best."""

Row = tuple[str, str, Callable[[CalibrationMetrics], str]]


def build_calibration_table(
    methods: Mapping[str, CalibrationMetrics], level: float = LEVEL
) -> Table:
    """Every measure of calibration of every method, with its interval.

    Args:
        methods: What was found, by the name of the method.
        level: Confidence level of the intervals.

    Raises:
        ValueError: If there is no method.
    """
    if not methods:
        raise ValueError("a table of calibration must have at least one method.")
    rows: tuple[Row, ...] = (
        ("Patients (predictions)", "", lambda m: f"{m.patients:,} ({m.exams:,})"),
        ("Mean probability", "", lambda m: percent(m.mean_probability)),
        ("Malignant", "", lambda m: percent(m.prevalence)),
        ("Expected / observed", "1", lambda m: _show(m.expected_observed)),
        ("Intercept (in the large)", "0", lambda m: _show(m.intercept)),
        ("Slope", "1", lambda m: _show(m.slope)),
        ("Brier score", "0", lambda m: _show(m.brier, 3)),
        ("Brier skill", "1", lambda m: _show(m.skill)),
        ("Reliability (bins)", "0", lambda m: f"{m.by_bins.reliability:.3f}"),
        ("Resolution (bins)", "", lambda m: f"{m.by_bins.resolution:.3f}"),
        ("Uncertainty", "", lambda m: f"{m.by_bins.uncertainty:.3f}"),
        ("Remainder within bins", "0", lambda m: _signed(m.by_bins.within_bins)),
        ("Miscalibration (curve)", "0", lambda m: f"{m.by_curve.miscalibration:.3f}"),
        ("Discrimination (curve)", "", lambda m: f"{m.by_curve.discrimination:.3f}"),
    )
    return Table(
        caption=f"Calibration on the test exams, with {interval_title(level)}",
        head=("", "ideal", *methods),
        rows=tuple(
            (name, ideal, *(show(metrics) for metrics in methods.values()))
            for name, ideal, show in rows
        ),
    )


def build_bins_table(calibration: CalibrationMetrics, level: float = LEVEL) -> Table:
    """The points of one method's reliability diagram, as numbers.

    Args:
        calibration: What was found.
        level: Confidence level of the intervals.
    """
    return Table(
        caption="Observed against predicted, in bins of about equal numbers",
        head=(
            "probability",
            "mean",
            "malignant",
            interval_title(level),
            "exams",
            "patients",
        ),
        rows=tuple(
            (
                f"{100 * each.lowest:.1f} to {percent(each.highest)}",
                percent(each.mean_probability),
                percent(each.observed.value),
                f"{100 * each.observed.lower:.1f} to {percent(each.observed.upper)}",
                f"{each.exams:,}",
                f"{each.patients:,}",
            )
            for each in calibration.bins
        ),
    )


def describe_calibration(calibration: CalibrationMetrics) -> str:
    """In one or two sentences whether the probabilities of a method can be believed.

    Only what the intervals show is said.

    Args:
        calibration: What was found.

    References:
        Van Calster et al. 2016, doi 10.1016/j.jclinepi.2015.12.005, for the number of
        patients that calibration asks for.
    """
    text = (
        f"On {count_of(calibration.patients, 'patient')} the mean probability of "
        f"malignancy was {percent(calibration.mean_probability)}, and "
        f"{percent(calibration.prevalence)} of the exams were malignant."
    )
    text += _describe_source(calibration)
    found = []
    ratio, slope = calibration.expected_observed, calibration.slope
    if ratio is not None and not ratio.lower <= 1 <= ratio.upper:
        found.append(f"too {'high' if ratio.value > 1 else 'low'} on the whole")
    if slope is not None and not slope.lower <= 1 <= slope.upper:
        found.append("too extreme" if slope.value < 1 else "not extreme enough")
    if found:
        return f"{text} The probabilities are {' and '.join(found)}."
    extremes = calibration.bins[0].lowest, calibration.bins[-1].highest
    if slope is None and (extremes[0] == 0 or extremes[1] == 1):
        return (
            f"{text} A probability is exactly 0 or 1, which a single exam can refute "
            "and no number of exams can confirm; slope and intercept are undefined."
        )
    if ratio is None or slope is None:
        return f"{text} The exams do not suffice to judge the probabilities."
    few = ", which so few could overlook" if calibration.patients < _MANY else ""
    return f"{text} The exams do not show that the probabilities are wrong{few}."


def _describe_source(calibration: CalibrationMetrics) -> str:
    """What the probabilities were fitted on, as a sentence."""
    source = calibration.source
    if source.calibrated_on is CalibratedOn.GIVEN:
        return (
            " The probabilities came with the scores, and what they were fitted on is "
            "not known; had it been these exams, they would look too good."
        )
    return (
        f" The probabilities are those of a recalibration ({source.calibrator}) fitted "
        f"on {source.calibrated_on.value}."
    )


def _show(estimate: Estimate | RealEstimate | None, digits: int = 2) -> str:
    if estimate is None:
        return UNDEFINED
    value, lower, upper = (
        _signed(each, digits)
        for each in (estimate.value, estimate.lower, estimate.upper)
    )
    return f"{value} ({lower} to {upper})"


def _signed(value: float, digits: int = 3) -> str:
    """A number with a true minus sign, and none before a zero."""
    text = f"{value:.{digits}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", "\N{MINUS SIGN}")
