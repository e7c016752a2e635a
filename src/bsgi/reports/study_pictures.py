"""The figures of a study report: drawn, saved beside the page, and put into it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bsgi.cohort.store import Cohort
from bsgi.evaluation.predictions import PredictionRow
from bsgi.reports.curves import draw_training
from bsgi.reports.exam_views import draw_exam
from bsgi.reports.heat_maps import HeatMapFigures, draw_heat_maps, shared_top
from bsgi.reports.results import select_rows
from bsgi.reports.run_folder import RunFolder, find_heat_maps, load_heat_map
from bsgi.reports.style import Picture, load_picture, save_svg
from bsgi.reports.wording import call_in_words, label_in_words

EXAMPLES_PER_LABEL = 2
"""Benign and malignant exams shown in counts, so many of each."""
MAPS_PER_LABEL = 3
"""Benign and malignant exams shown with heat maps, so many of each at most."""


@dataclass(frozen=True, slots=True)
class ExamPictures:
    """An exam's heat maps as the page shows them.

    Args:
        title: Exam, label and score.
        pictures: The views, and the two maps.
    """

    title: str
    pictures: tuple[Picture, ...]


def choose_examples(run: RunFolder) -> tuple[PredictionRow, ...]:
    """The first benign and malignant test exams.

    By the order of the predictions and by nothing that the network said, so that the
    examples are neither its best nor its worst.

    Args:
        run: The run whose test exams these are.
    """
    return _first_of_each_label(
        select_rows(run.metrics.methods[0], run.predictions), EXAMPLES_PER_LABEL
    )


def choose_mapped(run: RunFolder) -> tuple[PredictionRow, ...]:
    """The test exams whose heat maps are shown: benign first, by rising score.

    Args:
        run: The run whose test exams these are.
    """
    paths = find_heat_maps(run.folder / "maps")
    rows = [
        row
        for row in select_rows(run.metrics.methods[0], run.predictions)
        if row.exam_id in paths
    ]
    rows.sort(key=lambda row: (row.label, row.score, row.exam_id))
    return _first_of_each_label(rows, MAPS_PER_LABEL)


def _first_of_each_label(
    rows: Sequence[PredictionRow], number: int
) -> tuple[PredictionRow, ...]:
    chosen: list[PredictionRow] = []
    for label in (0, 1):
        chosen += [row for row in rows if row.label == label][:number]
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
    threshold = run.metrics.methods[0].threshold
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


def picture_training(run: RunFolder) -> tuple[Picture, ...]:
    """How loss and accuracy of the training exams went.

    Args:
        run: The run, into whose folder of figures they are saved.
    """
    epochs = [epoch.number for epoch in run.history]
    last = run.history[-1]
    pictures = []
    for key, name, values, top in (
        ("loss", "cross-entropy loss", [epoch.loss for epoch in run.history], None),
        ("accuracy", "accuracy", [epoch.accuracy for epoch in run.history], 1.02),
    ):
        path = run.folder / "figures" / f"training-{key}.svg"
        save_svg(path, draw_training(epochs, values, name, top))
        text = (
            f"{name.capitalize()} on the training exams, each as its batch was met: "
            f"{values[0]:.3f} in epoch {epochs[0]}, {values[-1]:.3f} in epoch "
            f"{last.number}."
        )
        pictures.append(load_picture(path, text, text))
    return tuple(pictures)


def picture_heat_maps(run: RunFolder, cohort: Cohort) -> tuple[ExamPictures, ...]:
    """The heat maps of some test exams, on one scale; empty if the run has none.

    Args:
        run: The run, into whose folder of figures they are saved.
        cohort: Where the exams lie.
    """
    rows = choose_mapped(run)
    if not rows:
        return ()
    paths = find_heat_maps(run.folder / "maps")
    maps = {row.exam_id: load_heat_map(paths[row.exam_id]) for row in rows}
    top = shared_top(list(maps.values()))
    threshold = run.metrics.methods[0].threshold
    shown = []
    for row in rows:
        exam, truth = cohort.load_exam(row.exam_id), cohort.load_truth(row.exam_id)
        figures = draw_heat_maps(exam, truth, maps[row.exam_id], run.settings, top)
        title = (
            f"{row.exam_id}: {label_in_words(row.label)}, score {row.score:.3f}, "
            f"{call_in_words(row.label, row.score, threshold)}"
        )
        shown.append(ExamPictures(title, _picture_maps(run, row, figures)))
    return tuple(shown)


def _picture_maps(
    run: RunFolder, row: PredictionRow, figures: HeatMapFigures
) -> tuple[Picture, ...]:
    texts = {
        "seen": "Views as the network sees them",
        "malignant": "Evidence for malignant",
        "benign": "Evidence for benign",
    }
    pictures = []
    for key, figure in figures.named():
        text = texts[key]
        path = run.folder / "figures" / f"map-{row.exam_id}-{key}.svg"
        save_svg(path, figure)
        alt = f"{text}, exam {row.exam_id}, {label_in_words(row.label)}."
        pictures.append(load_picture(path, alt, text))
    return tuple(pictures)
