"""Can the label be told without looking at the breast? What every report says of it."""

from dataclasses import dataclass

from bsgi.cohort.check.confounding import CONFOUNDED, Confounder, find_confounders
from bsgi.cohort.check.result import find_check
from bsgi.cohort.check.wording import describe_permutation, list_leaks
from bsgi.cohort.store import Cohort
from bsgi.reports.tables import Table
from bsgi.reports.wording import p_in_words


@dataclass(frozen=True, slots=True)
class ConfoundingPart:
    """What a page shows of confounding.

    Args:
        warning: One sentence for the top of the page; empty if nothing was found.
        sentences: What was looked at, and what follows.
        table: Every property with its test; None if none could be tested.
        faults: What the check of the cohort found besides: copies under two patient
            ids, women in two parts, labels that give themselves.
    """

    warning: str
    sentences: tuple[str, ...]
    table: Table | None
    faults: tuple[str, ...] = ()


def show_confounding(cohort: Cohort) -> ConfoundingPart:
    """What site, date, camera and the like tell of the label, each alone.

    Taken from the check beside the cohort if there is one of this table of exams;
    otherwise the table itself is tested, which knows nothing of counts.

    Args:
        cohort: The cohort of a report.

    Raises:
        CohortError: If there is a check that cannot be read.
    """
    check = find_check(cohort)
    faults: tuple[str, ...] = ()
    if check is None:
        found = find_confounders(cohort.rows)
        accepted: tuple[str, ...] = ()
        source = (
            "Tested here on the table of exams alone; bsgi check looks at counts and "
            "at copies of images as well, and was not run on this cohort."
        )
    else:
        found, accepted = check.confounders, check.accepted
        source = "From the check of this cohort by bsgi check."
        faults = list_leaks(check)
        if check.permutation is not None and not check.permutation.at_chance:
            faults += (describe_permutation(check.permutation),)
    return ConfoundingPart(
        warning=_warn([each.name for each in found if each.found]),
        sentences=(_explain(found), source),
        table=_build_table(found, accepted) if found else None,
        faults=faults,
    )


def _warn(names: list[str]) -> str:
    if not names:
        return ""
    return (
        f"Labels can be predicted from {' and '.join(names)} alone, without looking at "
        "the breast: a method may have learned that in place of the disease."
    )


def _explain(found: tuple[Confounder, ...]) -> str:
    if not found:
        return (
            "No property of the exams differs between the patients, so none can tell "
            "of the label."
        )
    return (
        "Whatever predicts the label without the image may be what a network learned, "
        "and a test on the same hospitals would not show it. A property counts as "
        f"predicting the label if p after Holm is below {CONFOUNDED:g}; patients are "
        "the units."
    )


def _build_table(found: tuple[Confounder, ...], accepted: tuple[str, ...]) -> Table:
    rows = []
    for each in found:
        verdict = "predicts the label" if each.found else "not shown"
        if each.name in accepted:
            verdict += ", accepted by name"
        strength = each.strength
        rows.append(
            (
                f"{each.name} ({each.what})",
                str(each.patients),
                f"{each.measure} {strength.value:.2f} "
                f"({strength.lower:.2f} to {strength.upper:.2f})",
                f"{each.test}: {p_in_words(each.p_adjusted)}",
                verdict,
            )
        )
    return Table(
        caption="What tells of the label without the image",
        head=("", "patients", "strength (95 % interval)", "p after Holm", "verdict"),
        rows=tuple(rows),
    )
