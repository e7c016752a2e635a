"""The tables of docs/concepts/paper-study.md, in Markdown, from the studies' own files.

    .venv/bin/python runs/paper_tables.py FOLDER     FOLDER is that of runs/paper.sh

Prints for each study the mean results of every method with their intervals beside what
the paper prints, then McNemar's tests.
"""

import sys
from pathlib import Path

from bsgi.evaluation.audit.published import PAPER
from bsgi.evaluation.estimate import Estimate
from bsgi.evaluation.metrics_json import load_metrics
from bsgi.evaluation.summary import Metrics

STUDIES = ("single", "folds")
COLUMNS = ("TP", "FP", "TN", "FN", "accuracy", "sensitivity", "specificity", "AUC")


def main() -> int:
    """Read the command line, print."""
    if len(sys.argv) != 2:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    folder = Path(sys.argv[1])
    for name in STUDIES:
        metrics = load_metrics(folder / name / "metrics.json")
        lines = [f"## {name}", "", *list_results(metrics), "", *list_tests(metrics)]
        sys.stdout.write("\n".join(lines) + "\n\n")
    return 0


def list_results(metrics: Metrics) -> list[str]:
    """One row per method: ours, and below it the paper's with its labels put right."""
    lines = [f"| method | {' | '.join(COLUMNS)} |", "|---" * (len(COLUMNS) + 1) + "|"]
    published = {row.method: row for row in PAPER}
    for method in metrics.methods:
        own = method.average
        if own is None:
            continue
        counts = own.confusion
        cells = [str(n) for n in (counts.tp, counts.fp, counts.tn, counts.fn)]
        rates = (own.accuracy, own.sensitivity, own.specificity, own.auc)
        cells += [show(rate) for rate in rates]
        lines.append(f"| {method.method} | {' | '.join(cells)} |")
        if row := published.get(method.method):
            # Its printed sensitivity is the recall of the benign class.
            theirs = (row.accuracy, row.specificity, row.sensitivity, row.auc)
            lines.append(f"| *the paper's* | | | | | {' | '.join(map(str, theirs))} |")
    return lines


def list_tests(metrics: Metrics) -> list[str]:
    """McNemar's tests of every two methods."""
    lines = [
        "| methods | of | only first right | only second | exact p | mid-P | Holm |",
        "|---|---|---|---|---|---|---|",
    ]
    for each in metrics.comparisons:
        numbers = (each.p_exact, each.p_mid, each.p_adjusted)
        lines.append(
            f"| {each.first}, {each.second} | {each.quantity} | {each.only_first} | "
            f"{each.only_second} | {' | '.join(f'{p:.3f}' for p in numbers)} |"
        )
    return lines


def show(rate: Estimate | None) -> str:
    """A value with its interval."""
    if rate is None:
        return ""
    return f"{rate.value:.3f} ({rate.lower:.3f} to {rate.upper:.3f})"


if __name__ == "__main__":
    sys.exit(main())
