"""Heat maps of some test exams as a page shows them, wrong calls among them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bsgi.cohort.store import Cohort
from bsgi.evaluation.predictions import PredictionRow
from bsgi.exam.preprocess import Preprocessing
from bsgi.reports.heat_maps import HeatMapFigures, draw_heat_maps, shared_top
from bsgi.reports.run_folder import load_heat_map
from bsgi.reports.style import Picture, load_picture, save_svg
from bsgi.reports.wording import call_in_words, label_in_words

MAPS_PER_LABEL = 3
"""Benign and malignant exams shown with heat maps, so many of each at most."""

_TEXTS = {
    "seen": "Views as the network sees them",
    "malignant": "Evidence for malignant",
    "benign": "Evidence for benign",
}


@dataclass(frozen=True, slots=True)
class ExamPictures:
    """An exam's heat maps as the page shows them.

    Args:
        title: Exam, label and score.
        pictures: The views, and the two maps.
    """

    title: str
    pictures: tuple[Picture, ...]


def choose_mapped(
    rows: Sequence[PredictionRow], mapped: Collection[str]
) -> tuple[PredictionRow, ...]:
    """The test exams whose heat maps are shown: benign first, by rising score.

    Of each label they are spread evenly from the lowest score to the highest, so that
    wrong calls are seen too.

    Args:
        rows: Test exams as one network scored them.
        mapped: Exams that have heat maps.
    """
    chosen: list[PredictionRow] = []
    for label in (0, 1):
        own = [row for row in rows if row.label == label and row.exam_id in mapped]
        own.sort(key=lambda row: (row.score, row.exam_id))
        number = min(MAPS_PER_LABEL, len(own))
        places = np.linspace(0, len(own) - 1, number).round().astype(int)
        chosen += [own[place] for place in places]
    return tuple(chosen)


def picture_heat_maps(
    rows: Sequence[PredictionRow],
    paths: Mapping[str, Path],
    cohort: Cohort,
    *,
    settings: Preprocessing,
    threshold: float,
    figures: Path,
) -> tuple[ExamPictures, ...]:
    """The heat maps of some test exams, all on one scale; empty if there are none.

    Args:
        rows: Test exams as one network scored them.
        paths: Its heat maps, by exam.
        cohort: Where the exams lie.
        settings: How the network was given the exams.
        threshold: A score of this much or more is called malignant.
        figures: Folder into which the figures are saved.

    Raises:
        RunError: If a heat map is damaged.
    """
    chosen = choose_mapped(rows, paths)
    if not chosen:
        return ()
    maps = {row.exam_id: load_heat_map(paths[row.exam_id]) for row in chosen}
    top = shared_top(list(maps.values()))
    shown = []
    for row in chosen:
        exam, truth = cohort.load_exam(row.exam_id), cohort.load_truth(row.exam_id)
        drawn = draw_heat_maps(exam, truth, maps[row.exam_id], settings, top)
        title = (
            f"{row.exam_id}: {label_in_words(row.label)}, score {row.score:.3f}, "
            f"{call_in_words(row.label, row.score, threshold)}"
        )
        shown.append(ExamPictures(title, _picture_maps(row, drawn, figures)))
    return tuple(shown)


def _picture_maps(
    row: PredictionRow, drawn: HeatMapFigures, figures: Path
) -> tuple[Picture, ...]:
    pictures = []
    for key, figure in drawn.named():
        path = figures / f"map-{row.exam_id}-{key}.svg"
        save_svg(path, figure)
        alt = f"{_TEXTS[key]}, exam {row.exam_id}, {label_in_words(row.label)}."
        pictures.append(load_picture(path, alt, _TEXTS[key]))
    return tuple(pictures)
