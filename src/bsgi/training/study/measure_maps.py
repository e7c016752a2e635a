"""Where the heat maps of a study look, and whether their peaks find the lesions."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bsgi.cohort.split import Part
from bsgi.cohort.store import Cohort
from bsgi.evaluation.localisation.matching import search_by_map
from bsgi.evaluation.localisation.searches import Search
from bsgi.evaluation.maps.rows import MapRow, measure_exam
from bsgi.exam.record import Exam, Label, Truth
from bsgi.training.loop import Progress
from bsgi.training.maps import load_maps
from bsgi.training.study.plan import Task

Key = tuple[str, int, int]
"""Method, repeat and fold."""

MEASURING = "measuring heat maps"
"""What progress says meanwhile."""


@dataclass(frozen=True, slots=True)
class MeasuredMaps:
    """What the maps of a study show.

    Args:
        rows: Where each looks, in the order of the runs and of exam_id.
        searches: By method, for each repeat with its folds together, what the peaks of
            the maps for malignant found; simulated exams only, and empty without any.
    """

    rows: tuple[MapRow, ...]
    searches: Mapping[str, tuple[tuple[Search, ...], ...]]


def measure_maps(
    cohort: Cohort,
    tasks: Sequence[Task],
    out: Path,
    scores: Mapping[tuple[str, int, int, str], float],
    thresholds: Mapping[Key, float],
    progress: Progress | None = None,
) -> MeasuredMaps:
    """Measure the maps of all test exams; exam by exam, so that each is read once.

    Args:
        cohort: The cohort.
        tasks: The runs that have maps, in order.
        out: The STUDY.
        scores: Scores by method, repeat, fold and exam.
        thresholds: A score of this much or more was called malignant.
        progress: Called after each exam.

    Raises:
        CohortError: If an exam cannot be read.
        RunError: If a map is missing or damaged.
    """
    wanted: dict[str, list[Task]] = defaultdict(list)
    for task in tasks:
        for exam_id in task.split.exam_ids(Part.TEST):
            wanted[exam_id].append(task)
    rows: dict[tuple[Key, str], MapRow] = {}
    searches: dict[tuple[str, int, str], Search] = {}
    for done, exam_id in enumerate(sorted(wanted), start=1):
        exam, truth = cohort.load_exam(exam_id), cohort.load_truth(exam_id)
        for task in wanted[exam_id]:
            key = (task.recipe.name, task.repeat, task.fold)
            malignant, benign = load_maps(out / task.place / "maps" / f"{exam_id}.npz")
            settings = task.recipe.preprocess.settings()
            score = scores[(*key, exam_id)]
            rows[key, exam_id] = measure_exam(
                exam, truth, malignant, benign, score, thresholds[key], settings,
                run=key,
            )  # fmt: skip
            if truth is not None:
                found = search_by_map(exam, truth, malignant, settings, score=score)
                if _is_told(exam, truth, found):
                    searches[key[0], key[1], exam_id] = found
        if progress:
            progress(done, len(wanted), MEASURING)
    keys = [(task.recipe.name, task.repeat, task.fold) for task in tasks]
    order = {key: place for place, key in enumerate(keys)}
    return MeasuredMaps(
        tuple(
            rows[pair]
            for pair in sorted(rows, key=lambda pair: (order[pair[0]], pair[1]))
        ),
        _group(searches, list(dict.fromkeys(task.recipe.name for task in tasks))),
    )


def _is_told(exam: Exam, truth: Truth, found: Search) -> bool:
    """Whether truth says where a malignant exam's lesion is, or that there is none.

    A malignant exam without an outline, such as one whose lesion is smaller than a
    pixel, has no place to be hit, and its marks are not false either.
    """
    malignant = exam.label is Label.MALIGNANT or any(
        lesion.malignant for lesion in truth.lesions
    )
    return bool(found.targets) or not malignant


def _group(
    searches: Mapping[tuple[str, int, str], Search], methods: Sequence[str]
) -> dict[str, tuple[tuple[Search, ...], ...]]:
    """Searches by method and repeat, in the order of exam_id."""
    found: dict[str, dict[int, list[Search]]] = {}
    for method, repeat, exam_id in sorted(searches):
        own = found.setdefault(method, {}).setdefault(repeat, [])
        own.append(searches[method, repeat, exam_id])
    return {
        method: tuple(tuple(own) for own in found[method].values())
        for method in methods
        if method in found
    }
