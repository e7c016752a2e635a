"""The canary of a study: dealt labels under the same methods, marked everywhere."""

import csv
from pathlib import Path

import pytest

from bsgi.cohort.store import load_cohort
from bsgi.errors import BsgiError, CohortError, OutputError
from bsgi.evaluation.canary import load_canary
from bsgi.training.study.canary import (
    MARK,
    find_canary_cohort,
    make_canary,
    run_canary,
)
from bsgi.training.study.execute import Workers
from bsgi.training.study.folder import load_study_record
from bsgi.training.study.study import run_study
from tests.training.study.conftest import make_study, mlp_recipe

ALONE = Workers(1, None)
FOLDED = {"design": "folds", "folds": 3, "repeats": 1}


def test_every_name_of_a_canary_says_that_labels_are_permuted() -> None:
    study = make_study(mlp_recipe("a"), mlp_recipe("b" * 60))
    canary = make_canary(study)
    names = [canary.recipe.name, *(each.name for each in canary.methods)]
    assert all(name.endswith(MARK) and len(name) <= 64 for name in names)
    assert canary.recipe.methods == tuple(names[1:])
    assert canary.recipe.canary
    assert not study.recipe.canary
    assert make_canary(canary) == canary


def test_a_canary_is_at_chance_and_goes_on_where_it_was(
    two_sites: Path, tmp_path: Path
) -> None:
    """The cohort is so easy that its true labels are told without an error."""
    study = make_study(mlp_recipe("mlp"), **FOLDED)
    out = tmp_path / "study"
    found = run_canary(two_sites, study, out, workers=ALONE)
    assert found.canary.at_chance
    assert "at chance, as it must be" in found.canary.verdicts[0].sentence
    assert load_canary(out / "canary.json") == found.canary
    assert load_study_record(out).study.recipe.canary
    assert found.cohort == find_canary_cohort(out)
    truth = {row.exam_id: row.label for row in load_cohort(two_sites).rows}
    dealt = {row.exam_id: row.label for row in load_cohort(found.cohort).rows}
    assert truth.keys() == dealt.keys()
    assert truth != dealt
    with (out / "predictions.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert {row["method"] for row in rows} == {f"mlp{MARK}"}
    assert all(row["label"] == dealt[row["exam_id"]] for row in rows)
    again = run_canary(two_sites, study, out, workers=ALONE)
    assert again.study.done_before == again.study.runs
    assert again.canary == found.canary


def test_true_and_permuted_labels_are_not_mixed_up(
    two_sites: Path, tmp_path: Path
) -> None:
    study = make_study(mlp_recipe("mlp"), **FOLDED)
    with pytest.raises(CohortError, match="must have permuted labels"):
        run_study(two_sites, make_canary(study), tmp_path / "study", workers=ALONE)
    found = run_canary(two_sites, study, tmp_path / "study", workers=ALONE)
    with pytest.raises(CohortError, match="only a canary may learn"):
        run_study(found.cohort, study, tmp_path / "other", workers=ALONE)


def test_what_cannot_be_begun_leaves_nothing(two_sites: Path, tmp_path: Path) -> None:
    many = make_study(mlp_recipe("mlp"), design="folds", folds=30, repeats=1)
    with pytest.raises(BsgiError, match="30 folds"):
        run_canary(two_sites, many, tmp_path / "study", workers=ALONE)
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "file").touch()
    with pytest.raises(OutputError, match="must be new"):
        run_canary(two_sites, many, tmp_path / "taken", workers=ALONE)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["taken"]
