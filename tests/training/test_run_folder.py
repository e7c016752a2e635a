from dataclasses import replace
from pathlib import Path

import pytest

from bsgi.errors import OutputError, RunError
from bsgi.training.precision import Decision
from bsgi.training.recipe import load_recipe, parse_recipe
from bsgi.training.run_folder import (
    RunRecord,
    find_begun_run,
    is_finished,
    load_run_record,
    measured_times,
    save_run_record,
)

MEASURED = Decision("bfloat16", 2, "measured", 0.31, 0.12)
RECORD = RunRecord(
    recipe=load_recipe("paper").settle("bfloat16", 2),
    seed=7,
    cohort_sha256="c",
    decision=MEASURED,
    split_sha256="s",
    weights_sha256="w",
)


def test_a_record_comes_back_without_the_times(tmp_path: Path) -> None:
    save_run_record(tmp_path, RECORD)
    back = load_run_record(tmp_path)
    timeless = replace(MEASURED, float32_step_s=None, bfloat16_step_s=None)
    recipe = RECORD.recipe.model_copy(update={"seed": 7})
    assert back == replace(RECORD, decision=timeless, recipe=recipe)
    assert back.identity == RECORD.identity
    assert measured_times(MEASURED) == {"float32_step_s": 0.31, "bfloat16_step_s": 0.12}
    assert measured_times(back.decision) == {}
    assert not is_finished(tmp_path)


def test_the_same_record_is_the_same_bytes_however_long_its_steps_took(
    tmp_path: Path,
) -> None:
    other = replace(RECORD, decision=replace(MEASURED, float32_step_s=9.9))
    for name, record in (("one", RECORD), ("two", other)):
        save_run_record(tmp_path / name, record)
    one, two = (tmp_path / name / "recipe.toml" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize(
    ("what", "changed"),
    [
        ("recipe", {"recipe": parse_recipe({"name": "other"}, "other")}),
        ("seed", {"seed": 8}),
        ("cohort", {"cohort_sha256": "d"}),
        ("weights", {"weights_sha256": "v"}),
        ("split", {"split_sha256": "t"}),
    ],
)
def test_every_part_of_the_identity_counts(
    tmp_path: Path, what: str, changed: dict[str, object]
) -> None:
    save_run_record(tmp_path, RECORD)
    wanted = replace(RECORD, **changed)  # type: ignore[arg-type]
    assert wanted.identity != RECORD.identity
    with pytest.raises(RunError, match=f"it had another {what}; choose another folder"):
        find_begun_run(tmp_path, wanted)


def test_a_run_alone_keeps_its_decision_and_that_of_a_study_is_given(
    tmp_path: Path,
) -> None:
    save_run_record(tmp_path, RECORD)
    other = Decision("float32", 1, "recipe")
    unsettled = replace(RECORD, recipe=load_recipe("paper"), decision=other)
    begun = find_begun_run(tmp_path, unsettled)
    assert begun is not None
    assert begun.decision.precision == "bfloat16"
    with pytest.raises(RunError, match="another recipe and precision"):
        find_begun_run(tmp_path, replace(unsettled, of_study=True))


def test_a_run_of_an_earlier_version_is_readable(tmp_path: Path) -> None:
    save_run_record(tmp_path, RECORD)
    path = tmp_path / "recipe.toml"
    lines = path.read_text(encoding="utf-8").splitlines()
    old = [each for each in lines if not each.startswith(("split_sha", "weights_sha"))]
    old = [each for each in old if not each.startswith("of_study")]
    path.write_text("\n".join([*old, "float32_step_s = 0.3"]), encoding="utf-8")
    back = load_run_record(tmp_path)
    assert (back.split_sha256, back.weights_sha256, back.of_study) == ("", "", False)
    assert back.decision.float32_step_s == 0.3


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"recipe.toml is missing; is .* of a run\?"):
        load_run_record(tmp_path)
    (tmp_path / ".recipe.toml.partial").write_text("half")
    assert find_begun_run(tmp_path, RECORD) is None
    (tmp_path / "recipe.toml").write_text('name = "paper"')
    with pytest.raises(RunError, match="must have format_version 1 in its table run"):
        load_run_record(tmp_path)
    (tmp_path / "recipe.toml").write_text("[run]\nformat_version = 1\n")
    with pytest.raises(RunError, match="must be as bsgi wrote it"):
        load_run_record(tmp_path)
    (tmp_path / "recipe.toml").unlink()
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(OutputError, match=r"it holds letter\.txt"):
        find_begun_run(tmp_path, RECORD)
