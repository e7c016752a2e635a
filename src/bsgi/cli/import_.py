"""`bsgi import`: a folder of DICOM files and a table of labels become a cohort."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bsgi.cli.terminal import Json, progress_bar, show

if TYPE_CHECKING:
    from bsgi.intake.folder import ImportSummary


def import_(
    source: Annotated[
        Path, typer.Argument(metavar="SOURCE", help="Folder of DICOM files.")
    ],
    labels: Annotated[
        Path, typer.Option(help="CSV with patient_id and label (0, 1, empty).")
    ],
    out: Annotated[Path, typer.Option(help="Cohort folder to make.")],
    truth: Annotated[
        Path | None, typer.Option(help="Truth that bsgi simulate wrote.")
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option(
            help="Secret key of the pseudonyms, made if it is missing; the same key "
            "gives the same pseudonyms. Without it a new key is used and forgotten."
        ),
    ] = None,
    keep_ids: Annotated[
        bool, typer.Option("--keep-ids", help="Keep patient ids as they are.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Read a folder of DICOM files into a cohort; what is refused is listed."""
    from bsgi.intake.folder import import_folder

    with progress_bar("import") as progress:
        summary = import_folder(
            source, labels, out, key=key, keep_ids=keep_ids, truth=truth,
            progress=progress,
        )  # fmt: skip
    show(summary, _describe(summary), as_json=as_json)


def _describe(summary: "ImportSummary") -> str:
    """The cohort in a few lines, what needs a look last."""
    outside = summary.cohort.with_name(f"{summary.cohort.name}.rejected.csv")
    where = outside if outside.exists() else summary.cohort / "rejected.csv"
    lines = [
        f"{summary.exams} exams of {summary.patients} patients in {summary.cohort}: "
        f"{summary.benign} benign, {summary.malignant} malignant, "
        f"{summary.unlabelled} without a label",
        f"{summary.views} views from {summary.files} files",
    ]
    if summary.rejected:
        lines.append(f"{summary.rejected} files gave no view, see {where}:")
        lines += [f"  {count} x {reason}" for reason, count in summary.reasons[:5]]
    if summary.left_out:
        lines.append(f"{summary.left_out} files left out as repeats, see notes.csv")
    if summary.labels_without_images and summary.unlabelled == summary.exams:
        lines.append(
            "no exam has a label: none of the rows matches one; patient_id must be as "
            "in the DICOM files (spreadsheets drop leading zeros), and study_date, "
            "where filled, the date of the study"
        )
    if summary.labels_without_images:
        lines.append(
            f"{summary.labels_without_images} labels without images, see notes.csv"
        )
    if summary.doubtful:
        lines.append(
            f"{summary.doubtful} exams are of doubtful quality (missing views, few "
            "counts, ...), see the column quality of exams.csv"
        )
    lines.append(f"next: bsgi train {summary.cohort} --out RUN")
    return "\n".join(lines)
