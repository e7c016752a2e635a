import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from bsgi.errors import OutputError, RunError
from bsgi.training.precision import Decision
from bsgi.training.study.folder import (
    StudyRecord,
    find_begun_study,
    load_study_record,
    save_study_record,
)
from bsgi.training.study.recipe import Study, load_study
from tests.training.study.conftest import make_study, mlp_recipe, small_recipe

OPEN = small_recipe("net", training={"epochs": 2, "precision": "auto"})
STUDY = make_study(OPEN, mlp_recipe("m.l.p")).settle()
DECISIONS = {
    "net": Decision("bfloat16", 1, "measured", 0.3, 0.1),
    "m.l.p": Decision("float32", 1, "recipe"),
}
METHODS = tuple(
    each.settle(DECISIONS[each.name].precision, 1) for each in STUDY.methods
)
RECORD = StudyRecord(
    study=replace(STUDY, methods=METHODS),
    cohort_sha256="c",
    splits_sha256="s",
    weights_sha256={"net": "w", "m.l.p": ""},
    decisions=DECISIONS,
)


def find(
    out: Path,
    study: Study = STUDY,
    cohort: str = "c",
    splits: str = "s",
    weights: str = "w",
) -> StudyRecord | None:
    return find_begun_study(
        out,
        study,
        cohort_sha256=cohort,
        splits_sha256=splits,
        weights_sha256={"net": weights, "m.l.p": ""},
    )


def test_a_record_comes_back_without_the_times(tmp_path: Path) -> None:
    save_study_record(tmp_path, RECORD)
    timeless = replace(DECISIONS["net"], float32_step_s=None, bfloat16_step_s=None)
    assert load_study_record(tmp_path) == replace(
        RECORD, decisions=DECISIONS | {"net": timeless}
    )
    text = (tmp_path / "study.toml").read_text(encoding="utf-8")
    assert "_step_s" not in text
    tables = tomllib.loads(text)
    assert tables["methods"] == ["net", "m.l.p"]
    assert [table["name"] for table in tables["method"]] == ["net", "m.l.p"]
    assert tables["decided"]["net"]["precision"] == "bfloat16"
    assert tables["design"] == "single"


def test_the_file_is_itself_a_recipe_of_the_same_study(tmp_path: Path) -> None:
    save_study_record(tmp_path, RECORD)
    assert load_study(tmp_path / "study.toml").settle() == RECORD.study


def test_the_same_study_is_found_with_its_precision_open_or_settled(
    tmp_path: Path,
) -> None:
    assert find(tmp_path) is None
    save_study_record(tmp_path, RECORD)
    for study in (STUDY, RECORD.study):
        begun = find(tmp_path, study)
        assert begun is not None
        assert begun.decisions["net"].precision == "bfloat16"


def _change(**settings: object) -> Study:
    return replace(STUDY, recipe=STUDY.recipe.model_copy(update=settings))


@pytest.mark.parametrize(
    ("study", "others", "what"),
    [
        (_change(seed=4), {"splits": "t"}, "seed"),
        (_change(repeats=9), {"splits": "t"}, "recipe"),
        (_change(threshold=0.4), {}, "recipe"),
        (replace(STUDY, methods=STUDY.methods[:1]), {}, "recipe"),
        (replace(STUDY, methods=STUDY.methods[::-1]), {}, "recipe"),
        (replace(STUDY, methods=(STUDY.methods[0], mlp_recipe("x"))), {}, "recipe"),
        (STUDY, {"cohort": "d", "splits": "t"}, "cohort"),
        (STUDY, {"weights": "v"}, "weights"),
        (STUDY, {"splits": "t"}, "splits"),
        (_change(seed=4), {"cohort": "d"}, "seed and cohort"),
    ],
)
def test_another_study_is_refused_and_what_differs_is_named(
    tmp_path: Path, study: Study, others: dict[str, str], what: str
) -> None:
    save_study_record(tmp_path, RECORD)
    with pytest.raises(RunError, match=f"it had another {what}; choose another folder"):
        find(tmp_path, study, **others)


def test_a_folder_of_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "recipe.toml").write_text("")
    with pytest.raises(OutputError, match=r"it holds recipe\.toml; choose another"):
        find(tmp_path)
    with pytest.raises(RunError, match=r"study.toml is missing; is .* of a study\?"):
        load_study_record(tmp_path)
    (tmp_path / "study.toml").write_text("[run]\nformat_version = 1\n")
    with pytest.raises(RunError, match="must be as bsgi wrote it"):
        load_study_record(tmp_path)
