"""The figures of a run report: drawn, saved beside the page, and put into it."""

from collections.abc import Sequence

from bsgi.cohort.store import Cohort
from bsgi.evaluation.predictions import PredictionRow
from bsgi.reports.exam_views import draw_exam
from bsgi.reports.reconstruction import (
    describe_reconstruction,
    draw_reconstruction,
    load_reconstruction,
    name_exams,
)
from bsgi.reports.results import select_rows
from bsgi.reports.run_folder import RunFolder
from bsgi.reports.style import Picture, load_picture, save_picture, save_svg
from bsgi.reports.training_curves import draw_training, list_graphs
from bsgi.reports.wording import call_in_words, count_of, label_in_words

EXAMPLES_PER_LABEL = 2
"""Benign and malignant exams shown in counts, so many of each."""


def choose_examples(run: RunFolder) -> tuple[PredictionRow, ...]:
    """The first benign and malignant test exams.

    By the order of the predictions and by nothing that the network said, so that the
    examples are neither its best nor its worst.

    Args:
        run: The run whose test exams these are.
    """
    rows = select_rows(run.metrics.methods[0], run.predictions)
    chosen: list[PredictionRow] = []
    for label in (0, 1):
        chosen += [row for row in rows if row.label == label][:EXAMPLES_PER_LABEL]
    return tuple(chosen)


def picture_examples(
    run: RunFolder, cohort: Cohort, examples: Sequence[PredictionRow]
) -> tuple[Picture, ...]:
    """The example exams in counts.

    Args:
        run: The run, into whose folder of figures they are saved.
        cohort: Where the exams lie.
        examples: The exams, from `choose_examples`.
    """
    threshold = run.threshold
    pictures = []
    for row in examples:
        exam = cohort.load_exam(row.exam_id)
        truth = cohort.load_truth(row.exam_id)
        path = run.folder / "figures" / f"exam-{row.exam_id}.svg"
        save_svg(path, draw_exam(exam, truth))
        label = label_in_words(row.label)
        outlined = truth is not None and any(m.any() for m in truth.masks.values())
        pictures.append(
            load_picture(
                path,
                f"The four views of exam {row.exam_id}, {label}, in reversed grey"
                + (", the true lesion outlined." if outlined else "."),
                f"{row.exam_id}: {label}. Score {row.score:.3f}, "
                f"{call_in_words(row.label, row.score, threshold)}.",
            )
        )
    return tuple(pictures)


def picture_training(run: RunFolder, *, simulated: bool) -> tuple[Picture, ...]:
    """How loss and accuracy of the training exams went, phase by phase.

    Args:
        run: The run, into whose folder of figures they are saved.
        simulated: Whether its exams are simulated.
    """
    pictures = []
    for graph in list_graphs([run.history]):
        path = run.folder / "figures" / f"training-{graph.key}.svg"
        text = graph.describe()
        pictures.append(
            save_picture(path, draw_training(graph), text, text, simulated=simulated)
        )
    return tuple(pictures)


def picture_reconstruction(run: RunFolder) -> Picture | None:
    """What an autoencoder keeps of some test exams; None of other methods.

    Args:
        run: The run, into whose folder of figures it is saved.

    Raises:
        RunError: If the files that show it are damaged.
    """
    shown = load_reconstruction(run.folder)
    if shown is None:
        return None
    path = run.folder / "figures" / "reconstruction.svg"
    names = name_exams(shown, run.predictions)
    save_svg(path, draw_reconstruction(shown, run.settings, names))
    return load_picture(
        path,
        f"{count_of(len(shown.exam_ids), 'test exam')} in rows: the original images, "
        "those of the autoencoder, and those of principal components of equal code "
        "length.",
        describe_reconstruction(shown),
    )
