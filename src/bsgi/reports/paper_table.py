"""Table 1: our figures beside those of the paper, with the paper's labels put right.

References:
    Yu, Dong, Yang, Wang, Wang and Ma 2023, doi 10.3233/THC-236007.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bsgi.evaluation.areas.auc import newcombe_interval
from bsgi.evaluation.audit.audit import Audit, Rate, audit_row, estimate_rates
from bsgi.evaluation.audit.fitting_counts import Fit, Naming, find_recalls
from bsgi.evaluation.audit.published import (
    FIGURES,
    PAPER,
    TEXT_DIFFERENCE,
    PublishedRow,
)
from bsgi.evaluation.estimate import LEVEL, Estimate
from bsgi.evaluation.rates.confusion import Confusion
from bsgi.evaluation.rates.proportions import estimate_mean_share
from bsgi.evaluation.repeats import AverageMetrics
from bsgi.reports.tables import UNDEFINED, Block, BlockTable
from bsgi.reports.wording import (
    area_interval,
    count_of,
    describe_counts,
    interval_title,
    percent,
    percent_interval,
)

_SAME: Final = {"paper-whole-trunk": "paper"}
"""Other readings of a method of the paper, which stand beside the same row."""


@dataclass(frozen=True, slots=True)
class PaperFigures:
    """One row of the paper's table as it must be read.

    Args:
        audit: What its printed figures can come from.
        values: Accuracy, sensitivity and specificity with malignant as positive, by
            name, each with the interval that its patients deserve.
        counts: How many right calls fit each, such as ``"84 of 85"``.
        auc: Area under the ROC curve, by its text, with Newcombe's interval.
    """

    audit: Audit
    values: Mapping[str, Estimate]
    counts: Mapping[str, str]
    auc: Estimate

    @property
    def row(self) -> PublishedRow:
        """What is printed."""
        return self.audit.row

    @property
    def swapped(self) -> bool:
        """Whether its printed sensitivity is the recall of the benign class."""
        return self.audit.reading is Naming.BENIGN


def find_paper_figures(method: str, level: float = LEVEL) -> PaperFigures | None:
    """The paper's figures for a method; None if it has none.

    Args:
        method: Name of the method in predictions.
        level: Confidence level of the intervals.
    """
    name = _SAME.get(method, method)
    rows = [row for row in PAPER if row.method == name]
    if not rows:
        return None
    audit = audit_row(rows[0])
    fit = next((fit for fit in audit.fits if fit.naming is audit.reading), None)
    naming = audit.reading or Naming.MALIGNANT
    sensitivity, specificity = find_recalls(rows[0], naming)
    patients = rows[0].positives, rows[0].negatives
    figures = {
        "accuracy": (rows[0].figure("accuracy"), sum(patients)),
        "sensitivity": (sensitivity, patients[0]),
        "specificity": (specificity, patients[1]),
    }
    values = {
        quantity: estimate_mean_share(float(figure.value), number, level)
        for quantity, (figure, number) in figures.items()
        if figure is not None
    }
    auc = newcombe_interval(float(rows[0].auc), *patients, level)
    return PaperFigures(audit, values, _describe_counts(rows[0], fit), auc)


def build_comparison_table(
    methods: Sequence[tuple[str, str, AverageMetrics]],
    level: float,
    *,
    with_paper: bool = True,
    patients: Mapping[str, tuple[int, int]] | None = None,
) -> BlockTable:
    """Table 1: each method's figures, and where the paper has it, the paper's beside.

    Args:
        methods: Name, title and averaged results of each method.
        level: Confidence level of the intervals.
        with_paper: Whether the paper's figures may stand beside ours.
        patients: By name of the method the fewest and the most patients of a repeat;
            None takes all repeats to have as many.
    """
    found = [
        find_paper_figures(name, level) if with_paper else None for name, *_ in methods
    ]
    beside = any(found)
    blocks = []
    for (name, title, average), paper in zip(methods, found, strict=True):
        ours = _list_ours(average)
        columns = 4 if beside else 0
        theirs = _list_theirs(paper) if paper else [("",) * columns] * len(ours)
        rows = tuple((*a, *b) for a, b in zip(ours, theirs, strict=True))
        note = _note_ours(average, (patients or {}).get(name))
        if beside and paper is None:
            note += "; not in the paper"
        blocks.append(Block(title, rows, note))
    interval = interval_title(level)
    head: tuple[str, ...] = (
        "",
        "ours, mean" if with_paper else "mean",
        interval,
        "right calls",
    )
    if beside:
        head += (
            "paper, labels put right", "its interval", "right calls that fit",
            "paper, as printed",
        )  # fmt: skip
    caption = "Results on the test patients; positive: malignant"
    return BlockTable(caption, head, tuple(blocks))


def explain_labels(methods: Sequence[str]) -> tuple[str, ...]:
    """Why the paper's sensitivity and specificity change places, in a few sentences.

    Args:
        methods: Names of the study's methods; nothing is said where the paper has none.
    """
    found = {
        paper.row.method: paper
        for method in methods
        if (paper := find_paper_figures(method)) is not None
    }
    if not any(paper.swapped for paper in found.values()):
        return ()
    rows = list(found.values())
    row = rows[0].row
    repeats = row.repeats or 1
    fitting = [paper for paper in rows if paper.audit.fits]
    counts = "; ".join(
        f"{paper.row.name} {paper.counts['specificity']} benign and "
        f"{paper.counts['sensitivity']} malignant"
        for paper in fitting
    )
    sentences = [
        f"The paper tested {row.negatives} benign and {row.positives} malignant "
        f"patients {repeats} times. Its printed “sensitivity” is the recall of the "
        "benign class and its printed “specificity” that of the malignant class"
        + (
            f": only so do whole numbers of right calls fit ({counts})"
            if counts
            else ""
        )
        + ". With malignant as the positive class, as everywhere in this report, the "
        "two change places."
    ]
    sentences += [_explain_no_fit(paper) for paper in rows if not paper.audit.fits]
    if {"neural-network", "paper"} <= set(found):
        network, proposed = (found[name].row for name in ("neural-network", "paper"))
        apart = float(proposed.specificity) - float(network.specificity)
        sentences.append(
            "Text and table of the paper disagree on one figure: its “specificity” of "
            f"the proposed method is {TEXT_DIFFERENCE} above the neural network's by "
            f"the text, {proposed.specificity} - {network.specificity} = {apart:.3f} "
            "by Table 1, which stands here."
        )
    if {"neural-network", "autoencoder"} <= set(found):
        sentences.append(
            "By the areas in its text the paper ranks the neural network above the "
            "autoencoder, by its table the other way round; areas marked † follow from "
            "differences that the text gives."
        )
    return tuple(sentences)


def _explain_no_fit(paper: PaperFigures) -> str:
    row, naming = paper.row, paper.audit.reading
    text = f"For the {row.name} no counts fit at {count_of(row.repeats or 1, 'repeat')}"
    others = paper.audit.fitting_repeats.get(naming, ()) if naming else ()
    if others:
        text += f", but they would at {others[0]}"
    text += "; why is not known."
    weight = paper.audit.weight
    if weight is not None:
        text += (
            " Its labels are read by the weight of its “sensitivity” in the accuracy, "
            f"{weight.lower:.3f} to {weight.upper:.3f} after rounding: the benign "
            f"share is {weight.benign:.3f}, the malignant {weight.malignant:.3f}."
        )
    return text


def _note_ours(average: AverageMetrics, span: tuple[int, int] | None) -> str:
    repeats = "" if average.repeats == 1 else f" over {average.repeats} repeats"
    counts = describe_counts(average.confusion)
    number = f"{average.patients:,}"
    if span is not None and span[0] < span[1]:
        number = f"{span[0]:,} to {span[1]:,}"
    return f"{counts}{repeats} of {number} patients"


def _list_ours(average: AverageMetrics) -> list[tuple[str, ...]]:
    counts: Confusion = average.confusion
    total = counts.malignant + counts.benign
    rates = [
        ("Accuracy", average.accuracy, f"{counts.tp + counts.tn} of {total}"),
        ("Sensitivity", average.sensitivity, f"{counts.tp} of {counts.malignant}"),
        ("Specificity", average.specificity, f"{counts.tn} of {counts.benign}"),
    ]
    rows: list[tuple[str, ...]] = [
        (name, UNDEFINED, "", right)
        if rate is None
        else (name, percent(rate.value), percent_interval(rate), right)
        for name, rate, right in rates
    ]
    auc = average.auc
    if auc is None:
        rows.append(("AUC", UNDEFINED, "", ""))
    else:
        rows.append(("AUC", f"{auc.value:.3f}", area_interval(auc), ""))
    return rows


def _list_theirs(paper: PaperFigures) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for quantity in FIGURES:
        value = paper.values[quantity]
        printed = str(getattr(paper.row, quantity))
        rows.append(
            (
                percent(value.value),
                percent_interval(value),
                paper.counts.get(quantity, "none"),
                printed,
            )
        )
    auc = paper.row.auc + ("\N{DAGGER}" if paper.row.auc_derived else "")
    interval = area_interval(paper.auc)
    rows.append((auc, interval, "", "" if paper.row.auc_derived else paper.row.auc))
    return rows


def _describe_counts(row: PublishedRow, fit: Fit | None) -> dict[str, str]:
    if fit is None:
        return {}
    return {rate.name: _describe_rate(rate) for rate in estimate_rates(row, fit)}


def _describe_rate(rate: Rate) -> str:
    first, last = rate.counts.first, rate.counts.last
    numbers = f"{first}" if first == last else f"{first} to {last}"
    return f"{numbers} of {rate.total}"
