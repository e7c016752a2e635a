"""`bsgi import`: DICOM files, or plain images, and labels become a cohort."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from bsgi.cli.pairs import read_columns, read_label_words
from bsgi.cli.terminal import Json, progress_bar, show

if TYPE_CHECKING:
    from bsgi.intake.rules import ImportRules
    from bsgi.intake.summary import ImportSummary
    from bsgi.intake.tables.fields import TableWords

Choice = TypeVar("Choice", bound=StrEnum)

REASONS = 5
"""Reasons of refusal that are shown; the table has all."""

Source = Annotated[
    Path | None, typer.Argument(metavar="SOURCE", help="Folder of DICOM files.")
]
Labels = Annotated[
    Path | None,
    typer.Option(
        help="CSV or XLSX with patient_id and label (0, 1, empty). Without it no exam "
        "has a label, to look at an archive first."
    ),
]
Table = Annotated[
    Path | None,
    typer.Option(
        help="Instead of SOURCE: CSV or XLSX of PNG, TIFF and NPY images with path, "
        "patient_id, view and label."
    ),
]
Out = Annotated[Path, typer.Option(help="Cohort folder to make.")]
Truth = Annotated[Path | None, typer.Option(help="Truth that bsgi simulate wrote.")]
Key = Annotated[
    Path | None,
    typer.Option(
        help="Secret key of the pseudonyms, made if it is missing; the same key "
        "gives the same pseudonyms. Without it a new key is used and forgotten."
    ),
]
KeepIds = Annotated[
    bool, typer.Option("--keep-ids", help="Keep patient ids as they are.")
]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        metavar="OURS=THEIRS",
        help="What the table calls a column, such as label=Pathology; may be given "
        "several times.",
    ),
]
LabelWords = Annotated[
    list[str] | None,
    typer.Option(
        metavar="WORD=MEANING",
        help="What a word of the table means, such as maligne=malignant; may be given "
        "several times.",
    ),
]
ViewWordsFile = Annotated[
    Path | None, typer.Option(help="TOML file with a site's own words for views.")
]
OppositeHeadRule = Annotated[
    str,
    typer.Option(
        metavar="stated|mirrored|as-stored",
        help="How a second head lies where its file does not say it; stated refuses "
        "such files.",
    ),
]
Repeats = Annotated[
    str,
    typer.Option(
        metavar="first|last|refuse",
        help="Which of several acquisitions of one view is kept.",
    ),
]
OverruleFile = Annotated[
    Path | None, typer.Option(help="CSV or XLSX of decisions on doubtful views.")
]
Processes = Annotated[
    int, typer.Option(min=1, help="Processes; the cohort does not depend on it.")
]


def import_(
    out: Out,
    source: Source = None,
    labels: Labels = None,
    table: Table = None,
    truth: Truth = None,
    key: Key = None,
    keep_ids: KeepIds = False,
    column: Columns = None,
    label_word: LabelWords = None,
    view_words: ViewWordsFile = None,
    opposite_head: OppositeHeadRule = "stated",
    repeats: Repeats = "first",
    overrule: OverruleFile = None,
    processes: Processes = 1,
    as_json: Json = False,
) -> None:
    """Read a folder of DICOM files into a cohort; what is refused is listed.

    Or, with --table, plain images.
    """
    from bsgi.errors import ConfigError
    from bsgi.intake.folder import import_folder
    from bsgi.intake.images.cohort import import_images
    from bsgi.intake.tables.fields import TableWords

    if not out.name:
        raise ConfigError("--out must name a folder to make, got an empty name or '.'.")
    what = _choose_input(
        source,
        table,
        {
            "--labels": labels, "--truth": truth, "--view-words": view_words,
            "--opposite-head": opposite_head != "stated",
            "--repeats": repeats != "first",
        },
        of_tables=bool(column or label_word),
    )  # fmt: skip
    words = TableWords(read_columns(column), read_label_words(label_word))
    rules = _build_rules(words, view_words, opposite_head, repeats, overrule, processes)
    with progress_bar("import") as progress:
        if table is not None:
            summary = import_images(
                what, out, key=key, keep_ids=keep_ids, progress=progress, rules=rules
            )
        else:
            summary = import_folder(
                what, labels, out, key=key, keep_ids=keep_ids, truth=truth,
                progress=progress, rules=rules,
            )  # fmt: skip
    show(summary, _describe(summary), as_json=as_json)


def _choose_input(
    source: Path | None,
    table: Path | None,
    of_files: Mapping[str, Path | bool | None],
    *,
    of_tables: bool,
) -> Path:
    """The folder of DICOM files or the table of plain images.

    Args:
        source: Folder of DICOM files.
        table: Table of plain images.
        of_files: Options for DICOM files, and whether each is given.
        of_tables: Whether something is said of the words of a table.
    """
    from bsgi.errors import ConfigError

    if table is not None:
        given = [option for option, value in of_files.items() if value]
        if source is not None or given:
            raise ConfigError(
                "--table is for plain images and takes no "
                f"{'SOURCE' if source is not None else given[0]}."
            )
        return table
    if source is None:
        raise ConfigError(
            "say what to import: SOURCE, a folder of DICOM files, with --labels; or "
            "--table for plain images."
        )
    if of_tables and of_files["--labels"] is None:
        raise ConfigError(
            "--column and --label-word are for a table, and --labels is missing."
        )
    return source


def _build_rules(
    words: "TableWords",
    view_words: Path | None,
    opposite_head: str,
    repeats: str,
    overrule: Path | None,
    processes: int,
) -> "ImportRules":
    """What the options of a site say together."""
    from bsgi.dicom.frames.heads import OppositeHead
    from bsgi.dicom.read import ReadingRules
    from bsgi.dicom.views.words import load_words
    from bsgi.intake.found import RepeatRule
    from bsgi.intake.rules import ImportRules

    given = {"view words": view_words, "overrules": overrule}
    return ImportRules(
        words=words,
        reading=ReadingRules(
            load_words(view_words),
            _read_choice(OppositeHead, "--opposite-head", opposite_head),
        ),
        repeats=_read_choice(RepeatRule, "--repeats", repeats),
        overrule=overrule,
        processes=processes,
        inputs={name: path for name, path in given.items() if path is not None},
    )


def _read_choice(kind: type[Choice], option: str, text: str) -> Choice:
    from bsgi.errors import ConfigError

    try:
        return kind(text)
    except ValueError:
        raise ConfigError(
            f"{option} must be one of {', '.join(kind)}, got {text!r}."
        ) from None


def _describe(summary: "ImportSummary") -> str:
    """The cohort in a few lines, what needs a look last."""
    outside = summary.cohort.with_name(f"{summary.cohort.name}.rejected.csv")
    where = outside if outside.exists() else summary.cohort / "rejected.csv"
    lines = [
        f"{_count(summary.exams, 'exam')} of {_count(summary.patients, 'patient')} in "
        f"{summary.cohort}: "
        f"{summary.benign} benign, {summary.malignant} malignant, "
        f"{summary.unlabelled} without a label",
        f"{_count(summary.views, 'view')} from {_count(summary.files, 'file')}",
        *summary.remarks,
    ]
    if summary.rejected:
        lines.append(f"{_count(summary.rejected, 'file')} gave no view, see {where}:")
        lines += _list_reasons(summary.reasons)
    if summary.exams_of_two_women:
        lines.append(
            f"two women may be in {_count(summary.exams_of_two_women, 'exam')}, left "
            "without a label: its files differ in name or birth date, see notes.csv"
        )
    lines += [text for number, text in _list_looks(summary) if number]
    lines.append(f"next: bsgi check {summary.cohort}")
    return "\n".join(lines)


def _list_reasons(reasons: Sequence[tuple[str, int]]) -> list[str]:
    """The most frequent reasons; with the last line they add up to all files."""
    # One more reason is shown in the line that it would be counted in.
    shown = len(reasons) if len(reasons) == REASONS + 1 else REASONS
    lines = [f"  {count} x {reason}" for reason, count in reasons[:shown]]
    others = reasons[shown:]
    if others:
        files = sum(count for _, count in others)
        lines.append(f"  {files} for {len(others)} other reasons")
    return lines


def _count(number: int, noun: str, plural: str = "") -> str:
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def _list_looks(summary: "ImportSummary") -> list[tuple[int, str]]:
    """What needs a look, each with how much of it there is."""
    matched = summary.unlabelled < summary.exams
    return [
        (
            summary.in_part,
            f"{_count(summary.in_part, 'file')} gave a part of the views only, see "
            "notes.csv",
        ),
        (
            summary.left_out,
            f"{_count(summary.left_out, 'file')} left out as repeats, see notes.csv",
        ),
        (
            summary.repeats,
            f"among them {_count(summary.repeats, 'other acquisition')} of a view: the "
            f"{summary.rule} by time is kept (--repeats)",
        ),
        (
            summary.women_under_two_ids,
            f"{_count(summary.women_under_two_ids, 'woman', 'women')} may stand under "
            "two ids, see notes.csv",
        ),
        (
            0 if matched else summary.labels_without_images,
            "no exam has a label: none of the rows matches one; patient_id must be as "
            "in the DICOM files (spreadsheets drop leading zeros), and study_date, "
            "where filled, the date of the study",
        ),
        (
            summary.labels_without_images,
            f"{_count(summary.labels_without_images, 'label')} without images, see "
            "notes.csv",
        ),
        (
            summary.ids_without_zeros,
            "zeros in front tell "
            f"{_count(summary.ids_without_zeros, 'id')} of the table from the files; "
            "ids are texts, so write them as in the files",
        ),
        (
            summary.numeric_ids if summary.labels_without_images else 0,
            f"the spreadsheet keeps {_count(summary.numeric_ids, 'id')} as numbers, "
            "and drops zeros in front; format the column as text",
        ),
        (
            summary.views_left_out,
            f"{_count(summary.views_left_out, 'view')} left out by decision, see "
            "notes.csv",
        ),
        (
            summary.doubtful,
            f"the quality of {_count(summary.doubtful, 'exam')} is in doubt (missing "
            "views, few counts, ...), see the column quality of exams.csv",
        ),
    ]
