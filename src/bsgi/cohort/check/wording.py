"""What the leak court found, in sentences."""

from bsgi.cohort.check.confounding import Confounder
from bsgi.cohort.check.duplicates import CopiedExam
from bsgi.cohort.check.identity import OneWoman
from bsgi.cohort.check.permutation import PermutationCheck
from bsgi.cohort.check.result import CheckResult


def list_faults(result: CheckResult) -> tuple[str, ...]:
    """What stops: leaks, and confounders that nobody accepted.

    Args:
        result: What was found.
    """
    faults = [*list_leaks(result)]
    faults += [
        f"{describe_confounder(each)}; --accept {each.name} if that is known and "
        "cannot be changed"
        for each in result.unaccepted
    ]
    if result.permutation is not None and not result.permutation.at_chance:
        faults.append(describe_permutation(result.permutation))
    return tuple(faults)


def list_leaks(result: CheckResult) -> tuple[str, ...]:
    """What lets a network meet a woman in two parts: copies, shared ids, divided ones.

    Args:
        result: What was found.
    """
    faults = [_describe_copy(each) for each in result.copied]
    faults += [
        f"{exam_id}: its study stood under two patient ids in the files"
        for exam_id in result.shared_studies
    ]
    for each in result.divided:
        more = f", and {each.splits - 1} more" if each.splits > 1 else ""
        faults.append(
            f"patient {each.patient_id} is in two parts ({'; '.join(each.parts)}) of "
            f"{each.split}{more}"
        )
    faults += [
        f"{_describe_woman(each)}, and {_count_splits(each.parted)} them in different "
        "parts; give her one id, or keep her exams in one part"
        for each in result.one_woman
        if each.parted
    ]
    return tuple(faults)


def list_hints(result: CheckResult) -> tuple[str, ...]:
    """What is worth a look and stops nothing.

    Args:
        result: What was found.
    """
    hints = [
        f"{_describe_woman(each)}; give her one id before anything is split"
        for each in result.one_woman
        if not each.parted
    ]
    hints += [
        f"accepted: {describe_confounder(each)}"
        for each in result.confounded
        if each.name in result.accepted
    ]
    hints += [
        f"one patient's exams {each.first} and {each.second} share an acquisition"
        for each in result.copies
        if not each.two_patients
    ]
    hints += [
        f"{', '.join(each)}: other patients with the same site, date, age and dose"
        for each in result.alike
    ]
    if result.blank:
        hints.append(f"{result.blank} views hold too little to be compared")
    return tuple(hints)


def describe_confounder(found: Confounder) -> str:
    """What one property tells of the label, with its strength and p value.

    Args:
        found: The property.
    """
    strength = found.strength
    return (
        f"{found.name} ({found.what}) "
        f"{'predicts' if found.found else 'does not show to predict'} the label: "
        f"{found.measure} {strength.value:.2f} ({strength.lower:.2f} to "
        f"{strength.upper:.2f}), {found.test}, p {found.p_adjusted:.2g} after Holm, "
        f"{found.patients} patients; {found.detail}"
    )


def describe_permutation(found: PermutationCheck) -> str:
    """What the regression on the uptake found, with true labels and dealt ones.

    Args:
        found: The areas.
    """
    verdict = "at chance" if found.at_chance else "NOT at chance"
    return (
        f"labels dealt anew {found.permutations} times: mean AUC of a regression on "
        f"the uptake {found.permuted_mean:.3f} ({found.permuted_lower:.2f} to "
        f"{found.permuted_upper:.2f}), {verdict}; true labels {found.auc:.2f}, p "
        f"{found.p:.2g}, {found.patients} patients"
    )


def describe_tests(result: CheckResult) -> tuple[str, ...]:
    """What was tested and how it came out, in a few lines.

    Args:
        result: What was found.
    """
    tested = "; ".join(
        f"{each.name} ({each.what}) p {each.p_adjusted:.2g}"
        for each in result.confounders
    )
    lines = [
        f"Compared: {result.views} views with each other, {result.splits} splits; "
        f"confounding, after Holm: {tested or 'nothing to test'}"
    ]
    if result.permutation is None:
        lines.append("permutation: too few patients of a label")
    elif result.permutation.at_chance:
        lines.append(describe_permutation(result.permutation))
    if not list_faults(result):
        lines.append("no leak and no confounder was found")
    return tuple(lines)


def _describe_copy(found: CopiedExam) -> str:
    views = ", ".join(
        f"{each.first} = {'mirrored ' if each.mirrored else ''}{each.second} "
        f"(r {each.correlation:.2f})"
        for each in found.views
    )
    parted = (
        f"; {_count_splits(found.parted)} them in different parts"
        if found.parted
        else ""
    )
    return (
        f"{found.first} and {found.second} share an acquisition under two patient "
        f"ids: {views}{parted}"
    )


def _describe_woman(found: OneWoman) -> str:
    return (
        f"patients {' and '.join(found.patients)} may be one woman: name and birth "
        "date are equal in the files"
    )


def _count_splits(number: int) -> str:
    return "1 split has" if number == 1 else f"{number} splits have"
