"""An audit of published figures as a terminal shows it, and as machines read it."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from typing import Any

from bsgi.evaluation.audit.audit import (
    Audit,
    FigureCounts,
    Rate,
    Weight,
    estimate_rates,
)
from bsgi.evaluation.audit.fitting_counts import Fit, Naming
from bsgi.evaluation.audit.printed import Counts, Rounding
from bsgi.evaluation.audit.published import FIGURES

SHOWN_PAIRS = 50
"""Pairs of counts that a reader is shown; of more only the first few."""

FEW_PAIRS = 5
"""Pairs that are shown of those that are too many."""

LISTED_ROWS = 100_000
"""Lines of counts that a machine is given of one row: more tell nothing."""


def print_audit(audit: Audit) -> str:
    """What an audit found, in a few lines.

    Args:
        audit: The audit of one row.
    """
    row = audit.row
    lines = [row.name + (f" ({row.source})" if row.source else "")]
    figures = (f"{name} {getattr(row, name).strip()}" for name in FIGURES
               if getattr(row, name).strip())  # fmt: skip
    lines.append(f"  printed: {', '.join(figures)}")
    lines.append(f"  tested: {_describe_exams(audit)}")
    if audit.figures:
        lines.append("  each figure by itself:")
        lines += (f"    {_describe_figure(audit, each)}" for each in audit.figures)
    lines.append(f"  all together: {_describe_outcome(audit)}")
    lines += (f"    {line}" for line in _list_fits(audit))
    if audit.rounding is Rounding.CUT:
        lines.append("  so only if further digits were cut off, not rounded.")
    lines.append(f"  {_describe_reading(audit)}")
    shown = _choose_shown(audit)
    for fit in shown:
        lines.append(
            f"  with malignant as positive, at {_repeats(fit.repeats)}"
            f"{_naming(audit, fit) if len(shown) > 1 else ''} (95 % intervals at the "
            "number of exams, since repeats test the same ones):"
        )
        lines += (f"    {_describe_rate(rate)}" for rate in estimate_rates(row, fit))
    if audit.weight is not None:
        lines.append(f"  {_describe_weight(audit.weight)}")
    lines.append(f"  {_describe_search(audit)}")
    return "\n".join(lines)


def audit_as_json(audit: Audit) -> dict[str, Any]:
    """What an audit found, complete, for machines.

    Args:
        audit: The audit of one row.
    """
    row, reading = audit.row, audit.reading
    return {
        **asdict(row),
        "positive": "malignant",
        "sensitivity_is_recall_of": None if reading is None else reading.value,
        "rounding": audit.rounding.value,
        "max_repeats": audit.max_repeats,
        "figures": [asdict(figure) for figure in audit.figures],
        "fits": list(_fits_as_json(audit)),
        "fitting_repeats": {
            naming.value: list(audit.fitting_repeats[naming]) for naming in Naming
        },
        "possible_at_any_number_of_repeats": {
            naming.value: audit.possible[naming] for naming in Naming
        },
        "weight": None if audit.weight is None else asdict(audit.weight),
    }


def _fits_as_json(audit: Audit) -> Iterator[dict[str, Any]]:
    room = LISTED_ROWS
    for fit in audit.fits:
        rows = list(islice(fit.rows(), room))
        room -= len(rows)
        yield {
            "repeats": fit.repeats,
            "sensitivity_is_recall_of": fit.naming.value,
            "pairs": fit.number(),
            "tp": asdict(fit.tp),
            "tn": asdict(fit.tn),
            "right": asdict(fit.right),
            "counts": [
                {"tp": tp, "tn_first": tn.first, "tn_last": tn.last} for tp, tn in rows
            ],
            "counts_left_out": fit.tp.last - fit.tp.first + 1 - len(rows),
            "rates": [asdict(rate) for rate in estimate_rates(audit.row, fit)],
        }


def _describe_exams(audit: Audit) -> str:
    row = audit.row
    text = f"{row.positives} malignant and {row.negatives} benign exams"
    if row.repeats is None:
        return f"{text}; number of repeats not stated"
    malignant, benign = row.positives * row.repeats, row.negatives * row.repeats
    return (
        f"{text}, {_repeats(row.repeats)}: {malignant} malignant and {benign} benign "
        f"predictions, {malignant + benign} in all"
    )


def _describe_figure(audit: Audit, each: FigureCounts) -> str:
    row = audit.row
    repeats = row.repeats or 1
    malignant, benign = row.positives * repeats, row.negatives * repeats
    if each.figure == "accuracy":
        found = _of(each.all, malignant + benign, "", audit, each)
    else:
        found = (
            f"{_of(each.malignant, malignant, ' malignant', audit, each)}; "
            f"{_of(each.benign, benign, ' benign', audit, each)}"
        )
    return f"{each.figure:<12} {each.text:<7} {found}"


def _of(
    counts: Counts | None, total: int, kind: str, audit: Audit, each: FigureCounts
) -> str:
    """The counts that fit, or between which numbers a count would have to lie."""
    if counts is not None:
        return f"{_range(counts)} of {total}{kind}"
    figure = audit.row.figure(each.figure)
    if figure is None:
        raise ValueError(f"{each.figure} is not printed.")
    lower, upper = (float(bound * total) for bound in figure.bounds(audit.rounding))
    return f"none of {total}{kind} ({lower:.2f} to {upper:.2f})"


def _describe_outcome(audit: Audit) -> str:
    stated = audit.row.repeats
    if stated is None:
        if audit.fits:
            return f"counts fit at these of 1 to {_repeats(audit.max_repeats)}:"
        return f"no counts fit at 1 to {_repeats(audit.max_repeats)}"
    if not audit.fits:
        return f"no counts fit at {_repeats(stated)}"
    total = sum(fit.number() for fit in audit.fits)
    if total == 1:
        return f"one pair of counts fits at {_repeats(stated)}, and no other:"
    return f"{total:,} pairs of counts fit at {_repeats(stated)}:"


def _list_fits(audit: Audit) -> Iterator[str]:
    """The pairs that fit, the first ones of them where there are very many."""
    several = audit.row.repeats is None or len(audit.fits) > 1
    many = sum(fit.number() for fit in audit.fits) > SHOWN_PAIRS
    for fit in audit.fits[:SHOWN_PAIRS]:
        number = fit.number()
        ranges = f"{_pairs(number)}, TP {_range(fit.tp)}, TN {_range(fit.tn)}"
        if several:
            yield f"{_repeats(fit.repeats)}{_naming(audit, fit)}: {ranges}"
        shown = number
        if many:
            shown = 0 if audit.row.repeats is None else min(number, FEW_PAIRS)
        pairs = islice(fit.pairs(), shown)
        yield from (_describe_pair(audit, fit, *pair) for pair in pairs)
        if 0 < shown < number:
            yield f"and {number - shown:,} more, of {ranges}"
    if many:
        yield "--json lists them all"


def _naming(audit: Audit, fit: Fit) -> str:
    if not audit.row.tells_recalls:
        return ""
    return f", sensitivity as the recall of the {fit.naming} class"


def _describe_pair(audit: Audit, fit: Fit, tp: int, tn: int) -> str:
    malignant = audit.row.positives * fit.repeats
    benign = audit.row.negatives * fit.repeats
    return (
        f"TP {tp}, FN {malignant - tp}, TN {tn}, FP {benign - tn}: {tp}/{malignant} "
        f"malignant, {tn}/{benign} benign, {tp + tn}/{malignant + benign} right"
    )


def _describe_reading(audit: Audit) -> str:
    reading = audit.reading
    if not audit.row.tells_recalls:
        return "neither sensitivity nor specificity is printed, so no naming is tested"
    if reading is None:
        if audit.fits or any(audit.possible.values()):
            return "which class the sensitivity is the recall of cannot be told"
        return (
            "impossible: at no number of repeats whatever is this accuracy the mean of "
            "these two recalls, weighted by the classes"
        )
    by = "no counts fit the other reading"
    if not audit.fits:
        by = "by its weight in the accuracy, though no counts fit"
    warning = ""
    if reading is Naming.BENIGN:
        warning = ", not of the malignant one as its name says"
    return f"sensitivity is the recall of the {reading} class{warning} ({by})"


def _choose_shown(audit: Audit) -> list[Fit]:
    """For each naming that fits, the counts at the smallest number of repeats."""
    first: dict[Naming, Fit] = {}
    for fit in audit.fits:
        first.setdefault(fit.naming, fit)
    return list(first.values())


def _describe_rate(rate: Rate) -> str:
    counts = f"{_range(rate.counts)}/{rate.total}"
    lowest, highest = rate.counts.first / rate.total, rate.counts.last / rate.total
    share = f"{100 * highest:.1f} %"
    if rate.counts.first != rate.counts.last:
        share = f"{100 * lowest:.1f} to {share}"
    return (
        f"{rate.name} {counts} = {share}; of {rate.patients} exams: "
        f"Wilson {_interval(rate.wilson_lower, rate.wilson_upper)}, "
        f"exact {_interval(rate.exact_lower, rate.exact_upper)}"
    )


def _describe_weight(weight: Weight) -> str:
    fits = [
        name
        for name, share in (("malignant", weight.malignant), ("benign", weight.benign))
        if weight.lower <= share <= weight.upper
    ]
    verdict = {0: "rounding excludes both", 2: "rounding allows both"}.get(
        len(fits), ""
    )
    if len(fits) == 1:
        other = "malignant" if fits == ["benign"] else "benign"
        verdict = f"rounding allows the {fits[0]} share and excludes the {other} one"
    return (
        f"weight of sensitivity in accuracy: {weight.value:.3f} ({weight.lower:.3f} to "
        f"{weight.upper:.3f} by rounding); share of benign exams {weight.benign:.3f}, "
        f"of malignant {weight.malignant:.3f}: {verdict}"
    )


def _describe_search(audit: Audit) -> str:
    texts = []
    for naming in Naming:
        found = _join(audit.fitting_repeats[naming])
        if not audit.row.tells_recalls:
            texts = [found]
            break
        texts.append(f"{found} with sensitivity as the recall of the {naming} class")
    return f"repeats that fit, of 1 to {audit.max_repeats}: {'; '.join(texts)}"


def _join(numbers: Sequence[int]) -> str:
    """Numbers in a list, such as ``"5, 10 to 20"``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    texts: list[str] = []
    for run in runs:
        texts += [f"{run[0]} to {run[-1]}"] if len(run) > 2 else map(str, run)
    return ", ".join(texts) or "none"


def _range(counts: Counts) -> str:
    same = counts.first == counts.last
    return str(counts.first) if same else f"{counts.first} to {counts.last}"


def _interval(lower: float, upper: float) -> str:
    return f"{100 * lower:.1f} to {100 * upper:.1f} %"


def _repeats(number: int) -> str:
    return "1 repeat" if number == 1 else f"{number} repeats"


def _pairs(number: int) -> str:
    return "1 pair" if number == 1 else f"{number:,} pairs"
