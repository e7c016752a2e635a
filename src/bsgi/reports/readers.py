"""Several readers in a report: areas, differences of modalities, agreement, a plan."""

from bsgi.evaluation.readers.agreement import Agreement
from bsgi.evaluation.readers.analysis import ReaderAnalysis
from bsgi.evaluation.readers.reader_model import Difference, ReaderModel, Samples
from bsgi.evaluation.readers.sample_size import MOST_CASES
from bsgi.reports.tables import UNDEFINED, Block, BlockTable, Table
from bsgi.reports.wording import (
    area_with_interval,
    count_of,
    interval_title,
    p_equals,
    p_in_words,
    percent,
)

_HOLDS_FOR = {
    Samples.BOTH.value: "other readers and other patients",
    Samples.CASES.value: "these readers and other patients",
    Samples.READERS.value: "other readers and these patients",
}
TRUE_SIZE = (
    "The test is approximate: in simulated studies without a difference p was below "
    "5 % in 2.4 to 8.5 % of them, most often with three readers who differ much."
)
"""Observed size of the test for other readers and patients (`runs/reader_tests.py`)."""


def describe_readers(found: ReaderAnalysis) -> tuple[str, ...]:
    """What several readers tell, in sentences.

    Args:
        found: The analysis.
    """
    cases = found.malignant + found.benign
    texts = [
        f"{count_of(len(found.readers), 'reader')} read {count_of(cases, 'case')} of "
        f"{count_of(found.patients, 'patient')} ({found.malignant} malignant, "
        f"{found.benign} benign) in {_modalities(len(found.modalities))}."
    ]
    texts += _describe_main(found)
    return (*texts, *found.notes)


def _describe_main(found: ReaderAnalysis) -> list[str]:
    """The main comparison in a sentence, where there is one."""
    if not found.models or not found.models[0].differences:
        return []
    main = found.models[0]
    holds = _HOLDS_FOR[main.samples]
    if len(main.differences) > 1:
        if main.test is None:
            return []
        return [
            f"Whether the modalities have one mean area, for {holds}: "
            f"{p_equals(main.test.p)} by the test of Obuchowski and Rockette."
        ]
    one = main.differences[0]
    if one.p is None or one.lower is None or one.upper is None:
        return ["The areas of the modalities do not spread: there is nothing to test."]
    word = "lower" if one.value < 0 else "higher"
    text = (
        f"The mean AUC was {abs(one.value):.3f} {word} "
        f"with {one.first} than with {one.second} (difference {one.value:+.3f}, "
        f"{interval_title(found.level)} {one.lower:+.3f} to {one.upper:+.3f}, "
        f"{p_equals(one.p)}), for {holds}."
    )
    if one.lower <= 0 <= one.upper:
        text += " The interval includes 0, so no difference is shown."
    return [text]


def build_reader_areas(found: ReaderAnalysis) -> Table:
    """AUC of every reader in every modality, and the mean over the readers.

    Args:
        found: The analysis.
    """
    areas = {(one.reader, one.modality): one.area for one in found.areas}
    rows = [
        (
            reader,
            *(area_with_interval(areas[reader, name]) for name in found.modalities),
        )
        for reader in found.readers
    ]
    for model in found.models[:3]:  # by DeLong's covariances, one per question
        cells = [
            f"{one.value:.3f} (no spread)"
            if one.area is None
            else area_with_interval(one.area)
            for one in model.areas
        ]
        rows.append((f"Mean, for {_HOLDS_FOR[model.samples]}", *cells))
    return Table(
        caption=(
            f"AUC of each reader with its {interval_title(found.level)}, for other "
            "patients; means by Obuchowski and Rockette"
        ),
        head=("reader", *found.modalities),
        rows=tuple(rows),
    )


def build_reader_tests(found: ReaderAnalysis) -> BlockTable | None:
    """Differences of the modalities, by what the result holds for.

    Args:
        found: The analysis.

    Returns:
        The table; None with one modality.
    """
    models = [model for model in found.models if model.differences]
    if not models:
        return None
    return BlockTable(
        caption=(
            "Differences of mean AUC between modalities (Obuchowski and Rockette); p "
            "adjusted by Holm over the means of a block, and over its single readers. "
            f"{TRUE_SIZE}"
        ),
        head=("", "difference", interval_title(found.level), "df", "p", "p adjusted"),
        blocks=tuple(
            Block(
                title=f"For {_HOLDS_FOR[model.samples]}",
                rows=tuple(
                    _difference_row(one)
                    for one in (*model.differences, *model.by_reader)
                ),
                note=_note(model),
            )
            for model in models
        ),
    )


def build_reader_components(found: ReaderAnalysis) -> Table | None:
    """Mean squares, variances and covariances of the areas, for experts.

    Args:
        found: The analysis.

    Returns:
        The table; None where readers could not be compared.
    """
    models = [model for model in found.models if model.components is not None]
    models = [model for model in models if model.samples == models[0].samples]
    if not models:
        return None
    rows = []
    for name, field in (
        ("MS(modality)", "modality"),
        ("MS(reader)", "reader"),
        ("MS(modality x reader)", "interaction"),
    ):
        rows.append((name, *(_tiny(getattr(one.squares, field)) for one in models)))
    for name, field in (
        ("Variance of readers", "reader"),
        ("Variance of modality x reader", "interaction"),
        ("Error variance", "error"),
        ("Cov1, same reader", "same_reader"),
        ("Cov2, same modality", "same_modality"),
        ("Cov3, neither", "neither"),
    ):
        rows.append((name, *(_tiny(getattr(one.components, field)) for one in models)))
    return Table(
        caption="Parts of the spread of the areas, by how covariances were estimated",
        head=("", *(model.covariances for model in models)),
        rows=tuple(rows),
    )


def build_agreement(found: ReaderAnalysis) -> BlockTable | None:
    """How far readers agree, by modality.

    Args:
        found: The analysis.

    Returns:
        The table; None with one reader, or where nothing could be compared.
    """
    blocks = []
    for modality in found.modalities:
        rows = tuple(
            _agreement_row(
                f"{one.of}: {' and '.join(one.pair) or 'all readers'}", one.found
            )
            for one in found.agreement
            if one.modality == modality
        )
        if rows:
            blocks.append(Block(title=modality, rows=rows))
    if not blocks:
        return None
    return BlockTable(
        caption="Agreement of readers; 1 is perfect, 0 as by chance",
        head=("", "measure", "value", interval_title(found.level)),
        blocks=tuple(blocks),
    )


def build_reader_plan(found: ReaderAnalysis) -> Table | None:
    """How many cases a study with so many readers would need.

    Args:
        found: The analysis.

    Returns:
        The table; None where this study tells too little.
    """
    plan = found.plan
    if plan is None:
        return None
    rows = []
    for one in plan.needed:
        if one.cases is None or one.power is None:
            rows.append((f"{one.readers}", f"more than {MOST_CASES:,}, or never", ""))
        else:
            rows.append((f"{one.readers}", f"{one.cases:,}", percent(one.power)))
    return Table(
        caption=(
            f"Cases that a study of two modalities needs to show a difference of "
            f"{plan.difference:g} in mean AUC with a chance of {percent(plan.power)}, "
            f"{percent(plan.malignant_share)} of them malignant, if readers and cases "
            "vary as here"
        ),
        head=("readers", "cases", "power"),
        rows=tuple(rows),
    )


def _modalities(number: int) -> str:
    return "one modality" if number == 1 else f"{number} modalities"


def _note(model: ReaderModel) -> str:
    parts = [f"covariances: {model.covariances}"] if model.covariances else []
    test = model.test
    if test is not None:
        name = "chi-square" if model.samples == Samples.CASES.value else "F"
        freedom = f"{test.freedom}"
        if test.freedom_below is not None:
            freedom += f" and {test.freedom_below:.2f}"
        parts.append(
            f"all modalities equal: {name} {test.statistic:.3f}, df {freedom}, "
            f"{p_equals(test.p)}"
        )
    return "; ".join(parts)


def _difference_row(one: Difference) -> tuple[str, ...]:
    who = f"reader {one.reader}: " if one.reader else ""
    interval = UNDEFINED
    if one.lower is not None and one.upper is not None:
        interval = f"{one.lower:+.3f} to {one.upper:+.3f}"
    return (
        f"{who}{one.first} - {one.second}",
        f"{one.value:+.3f}",
        interval,
        "normal" if one.freedom is None else f"{one.freedom:.2f}",
        UNDEFINED if one.p is None else p_in_words(one.p),
        UNDEFINED if one.p_adjusted is None else p_in_words(one.p_adjusted),
    )


def _agreement_row(name: str, found: Agreement) -> tuple[str, ...]:
    interval = UNDEFINED
    if found.lower is not None and found.upper is not None:
        interval = f"{found.lower:.3f} to {found.upper:.3f}"
    return (name, found.name, f"{found.value:.3f}", interval)


def _tiny(value: float | None) -> str:
    return UNDEFINED if value is None else f"{value:.7f}"
