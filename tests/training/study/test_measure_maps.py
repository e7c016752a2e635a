"""Where maps of a study look and what their peaks find, without a training."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bsgi.cohort.folds import plan_single
from bsgi.cohort.split import Part
from bsgi.cohort.store import Cohort
from bsgi.cohort.writer import CohortWriter
from bsgi.errors import RunError
from bsgi.exam.preprocess import preprocess_mask
from bsgi.exam.record import Label, Side, Truth
from bsgi.training.study.measure_maps import MEASURING, measure_maps
from bsgi.training.study.plan import Task, list_tasks
from tests.conftest import make_exam
from tests.reports.make_run import add_lesion
from tests.training.study.conftest import make_study, small_recipe

METHODS = ("right", "left")
SCORES = {Label.MALIGNANT: 0.9, Label.BENIGN: 0.2}


def make_cohort(folder: Path) -> Cohort:
    """Ten malignant exams with a lesion in the left breast, and ten benign ones.

    Nobody knows where the lesion of the last malignant exam is, and nothing of the last
    benign one.
    """
    rng = np.random.default_rng(1)
    with CohortWriter(folder) as writer:
        for number in range(20):
            label = Label.MALIGNANT if number % 2 else Label.BENIGN
            exam = make_exam(f"{number:04d}-1", rng=rng, label=label)
            truth: Truth | None = Truth((), {}, "homogeneous")
            if label is Label.MALIGNANT:
                exam, truth = add_lesion(exam, Side.LEFT)
                if number == 19:
                    truth = replace(truth, masks={})
            writer.add(exam, None if number == 18 else truth)
        return writer.finish()


def write_maps(
    cohort: Cohort, tasks: tuple[Task, ...], out: Path
) -> dict[tuple[str, int, int, str], float]:
    """Maps of one method on the lesion, of the other elsewhere; and all scores."""
    scores = {}
    for task in tasks:
        for exam_id in task.split.exam_ids(Part.TEST):
            exam, truth = cohort.load_exam(exam_id), cohort.load_truth(exam_id)
            settings = task.recipe.preprocess.settings()
            heat = np.zeros((settings.size, settings.size), np.float32)
            heat[1, 1] = 0.5
            for name, mask in (truth.masks if truth else {}).items():
                seen = preprocess_mask(mask, exam.views[name], settings)
                heat = np.maximum(heat, seen.astype(np.float32))
            if task.recipe.name == "left":
                heat = heat[:, ::-1].copy()
            path = out / task.place / "maps" / f"{exam_id}.npz"
            path.parent.mkdir(parents=True, exist_ok=True)
            np.savez(path, malignant=heat, benign=np.ones_like(heat))
            key = (task.recipe.name, task.repeat, task.fold, exam_id)
            scores[key] = SCORES[exam.label]
    return scores


def test_peaks_on_a_lesion_find_it_and_others_do_not(tmp_path: Path) -> None:
    cohort = make_cohort(tmp_path / "cohort")
    study = make_study(*map(small_recipe, METHODS), repeats=2, test_fraction=0.5)
    folds = plan_single(cohort.rows, 3, 2, 0.5)
    tasks = tuple(list_tasks(study, folds))
    scores = write_maps(cohort, tasks, tmp_path / "study")
    thresholds = {key[:3]: 0.5 for key in scores}
    told: list[tuple[int, int, str]] = []
    found = measure_maps(
        cohort, tasks, tmp_path / "study", scores, thresholds,
        lambda *words: told.append(words),
    )  # fmt: skip
    tested = folds[0].split.exam_ids(Part.TEST)
    assert [row.exam_id for row in found.rows] == [*sorted(tested)] * 4
    assert told[-1] == (len(tested), len(tested), MEASURING)
    known = [one for one in sorted(tested) if one not in ("0018-1", "0019-1")]
    assert list(found.searches) == list(METHODS)
    for method, repeats in found.searches.items():
        assert len(repeats) == 2
        for own in repeats:
            assert [search.image for search in own] == known
            for search in own:
                malignant = int(search.image[:4]) % 2 == 1
                assert bool(search.targets) == malignant
                if not malignant:
                    assert search.highest_false == pytest.approx(0.2)
                elif method == "right":
                    assert search.highest_hit == pytest.approx(0.9)
                    assert search.highest_false == pytest.approx(0.45)
                else:
                    assert search.targets == (None,) * len(search.targets)
                    assert search.highest_false == pytest.approx(0.9)
    (tmp_path / "study" / tasks[0].place / "maps" / f"{known[0]}.npz").unlink()
    with pytest.raises(RunError, match="must be a heat map"):
        measure_maps(cohort, tasks, tmp_path / "study", scores, thresholds)


def test_without_truth_nothing_is_searched(tmp_path: Path) -> None:
    cohort = make_cohort(tmp_path / "cohort")
    for path in (cohort.folder / "truth").iterdir():
        path.unlink()
    study = make_study(small_recipe("right"), repeats=1)
    tasks = tuple(list_tasks(study, plan_single(cohort.rows, 3, 1, 0.2)))
    scores = write_maps(cohort, tasks, tmp_path / "study")
    found = measure_maps(
        cohort, tasks, tmp_path / "study", scores, {key[:3]: 0.5 for key in scores}
    )
    assert found.rows
    assert found.searches == {}
