"""Mean ROC curves of the methods of a table, with bands that know its patients."""

from collections.abc import Sequence
from pathlib import Path

from bsgi.evaluation.details import pool_scores
from bsgi.evaluation.operating_points.roc_band import build_roc_band
from bsgi.evaluation.predictions import PredictionRow
from bsgi.evaluation.summary import MethodMetrics, Metrics
from bsgi.reports.curves import RocLine, draw_roc
from bsgi.reports.style import Picture, save_picture
from bsgi.reports.wording import area_with_interval, interval_title


def picture_mean_roc(
    metrics: Metrics, rows: Sequence[PredictionRow], path: Path
) -> Picture | None:
    """The mean curve of each method over its repeats, the folds of each pooled.

    Args:
        metrics: What was found.
        rows: What it was found from.
        path: SVG file to make or replace.

    Returns:
        The figure; None where no method has several results that belong together.
    """
    lines = []
    for method in metrics.methods:
        if len(method.repeats) > 1:
            own = [row for row in rows if row.method == method.method]
            line = _draw_line(method, own, metrics.level)
            lines += [] if line is None else [line]
    if not lines:
        return None
    level = interval_title(metrics.level)
    told = "; ".join(f"{line.name} {area_with_interval(line.auc)}" for line in lines)
    return save_picture(
        path,
        draw_roc(lines),
        f"Mean ROC curves with bands. AUC: {told}.",
        "Mean over the repeats at each false positive rate, the folds of a repeat "
        f"pooled; the pale band is its pointwise {level}, which knows that repeats "
        "share their patients. The dot is the threshold, the grey dashed line pure "
        f"chance. In the legend the mean AUC with its {level}.",
        simulated=metrics.simulated,
    )


def _draw_line(
    method: MethodMetrics, rows: Sequence[PredictionRow], level: float
) -> RocLine | None:
    """One method's mean curve; None where there is none to draw."""
    scores, average = pool_scores(method, rows), method.average
    if scores is None or average is None or average.auc is None:
        return None
    if not scores.is_complete:
        return None
    band = build_roc_band(
        scores.labels, scores.scores, patients=scores.patients, level=level
    )
    counts = average.confusion
    return RocLine(
        name=method.method,
        across=band.false_positive_rate,
        up=band.mean,
        auc=average.auc,
        operating_point=(counts.fp / counts.benign, counts.tp / counts.malignant),
        band=(band.lower, band.upper),
    )
