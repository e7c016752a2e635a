"""`bsgi import`: DICOM files, or plain images, and labels become a cohort."""

from collections.abc import Mapping
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

Source = Annotated[
    Path | None, typer.Argument(metavar="SOURCE", help="Folder of DICOM files.")
]
Labels = Annotated[
    Path | None,
    typer.Option(help="CSV or XLSX with patient_id and label (0, 1, empty)."),
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
    Path | None, typer.Option(help="CSV of decisions on doubtful views.")
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
    from bsgi.intake.folder import import_folder
    from bsgi.intake.images.cohort import import_images
    from bsgi.intake.tables.fields import TableWords

    first, second = _choose_input(
        source,
        table,
        {
            "--labels": labels, "--truth": truth, "--view-words": view_words,
            "--opposite-head": opposite_head != "stated",
            "--repeats": repeats != "first",
        },
    )  # fmt: skip
    words = TableWords(read_columns(column), read_label_words(label_word))
    rules = _build_rules(words, view_words, opposite_head, repeats, overrule, processes)
    with progress_bar("import") as progress:
        if second is None:
            summary = import_images(
                first, out, key=key, keep_ids=keep_ids, progress=progress, rules=rules
            )
        else:
            summary = import_folder(
                first, second, out, key=key, keep_ids=keep_ids, truth=truth,
                progress=progress, rules=rules,
            )  # fmt: skip
    show(summary, _describe(summary), as_json=as_json)


def _choose_input(
    source: Path | None, table: Path | None, of_files: Mapping[str, Path | bool | None]
) -> tuple[Path, Path | None]:
    """Folder and labels of DICOM files, or the table of plain images alone."""
    from bsgi.errors import ConfigError

    if table is not None:
        given = [option for option, value in of_files.items() if value]
        if source is not None or given:
            raise ConfigError(
                "--table is for plain images and takes no "
                f"{'SOURCE' if source is not None else given[0]}."
            )
        return table, None
    labels = of_files["--labels"]
    if source is None or not isinstance(labels, Path):
        raise ConfigError(
            "say what to import: SOURCE with --labels for DICOM files, or --table for "
            "plain images."
        )
    return source, labels


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
        f"{summary.exams} exams of {summary.patients} patients in {summary.cohort}: "
        f"{summary.benign} benign, {summary.malignant} malignant, "
        f"{summary.unlabelled} without a label",
        f"{summary.views} views from {summary.files} files",
        *summary.remarks,
    ]
    if summary.rejected:
        lines.append(f"{summary.rejected} files gave no view, see {where}:")
        lines += [f"  {count} x {reason}" for reason, count in summary.reasons[:5]]
    lines += [text for number, text in _list_looks(summary) if number]
    lines.append(f"next: bsgi check {summary.cohort}")
    return "\n".join(lines)


def _list_looks(summary: "ImportSummary") -> list[tuple[int, str]]:
    """What needs a look, each with how much of it there is."""
    matched = summary.unlabelled < summary.exams
    return [
        (
            summary.in_part,
            f"{summary.in_part} files gave some of their views only, see notes.csv",
        ),
        (
            summary.left_out,
            f"{summary.left_out} files left out as repeats, see notes.csv",
        ),
        (
            summary.repeats,
            f"{summary.repeats} of the repeats are other acquisitions of a view: the "
            f"{summary.rule} by time is kept (--repeats)",
        ),
        (
            summary.women_under_two_ids,
            f"{summary.women_under_two_ids} women may stand under two ids, see "
            "notes.csv",
        ),
        (
            0 if matched else summary.labels_without_images,
            "no exam has a label: none of the rows matches one; patient_id must be as "
            "in the DICOM files (spreadsheets drop leading zeros), and study_date, "
            "where filled, the date of the study",
        ),
        (
            summary.labels_without_images,
            f"{summary.labels_without_images} labels without images, see notes.csv",
        ),
        (
            summary.ids_without_zeros,
            f"{summary.ids_without_zeros} ids of the table are in the files but for "
            "zeros in front; ids are texts, so write them as in the files",
        ),
        (
            summary.numeric_ids if summary.labels_without_images else 0,
            f"{summary.numeric_ids} ids are numbers to the spreadsheet, which drops "
            "zeros in front; format the column as text",
        ),
        (
            summary.views_left_out,
            f"{summary.views_left_out} views left out by decision, see notes.csv",
        ),
        (
            summary.doubtful,
            f"{summary.doubtful} exams are of doubtful quality (missing views, few "
            "counts, ...), see the column quality of exams.csv",
        ),
    ]
