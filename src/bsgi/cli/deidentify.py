"""`bsgi deidentify`: DICOM files without identities, which stay DICOM."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bsgi.cli.import_ import Columns, LabelWords, ViewWordsFile
from bsgi.cli.pairs import read_columns, read_label_words
from bsgi.cli.terminal import Json, progress_bar, show

if TYPE_CHECKING:
    from bsgi.intake.deidentified import DeidentifySummary


def deidentify(
    source: Annotated[
        Path, typer.Argument(metavar="SOURCE", help="Folder of DICOM files.")
    ],
    out: Annotated[Path, typer.Option(help="Folder of de-identified files to make.")],
    key: Annotated[
        Path | None,
        typer.Option(
            help="Secret key of the pseudonyms, made if it is missing; the same key "
            "gives the same pseudonyms. Without it a new key is used and forgotten."
        ),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(help="Table of labels to write too, under the pseudonyms."),
    ] = None,
    column: Columns = None,
    label_word: LabelWords = None,
    view_words: ViewWordsFile = None,
    as_json: Json = False,
) -> None:
    """Write nuclear medicine images again without identities (DICOM PS3.15).

    Images with burned-in text, pictures and other kinds of files are refused and
    listed. Text inside counts is not searched: look at the images before you pass them
    on.
    """
    from bsgi.dicom.views.words import load_words
    from bsgi.intake.deidentified import deidentify_folder
    from bsgi.intake.tables.fields import TableWords

    words = TableWords(read_columns(column), read_label_words(label_word))
    with progress_bar("deidentify") as progress:
        summary = deidentify_folder(
            source, out, key=key, labels=labels, label_words=words,
            view_words=load_words(view_words), progress=progress,
        )  # fmt: skip
    show(summary, _describe(summary), as_json=as_json)


def _describe(summary: "DeidentifySummary") -> str:
    """What was written and what was refused, what to do last."""
    lines = [
        f"{summary.written} of {summary.files} files written to {summary.folder}: "
        f"{summary.studies} studies of {summary.patients} patients, "
        f"{summary.views} views that bsgi import finds"
    ]
    if summary.rejected:
        outside = summary.folder.with_name(f"{summary.folder.name}.rejected.csv")
        lines.append(f"{summary.rejected} files refused, see {outside}:")
        lines += [f"  {count} x {reason}" for reason, count in summary.reasons[:5]]
    if summary.notes:
        lines.append(f"{summary.notes} notes, see {summary.folder / 'notes.csv'}")
    if summary.labels is not None:
        lines.append(f"{summary.labels} labels in {summary.folder / 'labels.csv'}")
    lines += [text for number, text in _list_looks(summary) if number]
    lines.append("text inside the images is not searched: look at them before you "
                 "pass them on")  # fmt: skip
    return "\n".join(lines)


def _list_looks(summary: "DeidentifySummary") -> list[tuple[int, str]]:
    """What nobody can find later, each with how much of it there is."""
    return [
        (
            summary.labels_without_files,
            f"{summary.labels_without_files} rows of the table match no study, see "
            "notes.csv",
        ),
        (
            summary.ids_without_zeros,
            f"zeros in front tell {summary.ids_without_zeros} ids of the table from "
            "the files; ids are texts, so write them as in the files",
        ),
        (
            summary.women_under_two_ids,
            f"{summary.women_under_two_ids} women may stand under two ids, see "
            "notes.csv: nobody can notice it in the new files",
        ),
        (
            summary.studies_of_two_women,
            f"two women may be in one study ({summary.studies_of_two_women}), see "
            "notes.csv: nobody can notice it in the new files",
        ),
    ]
