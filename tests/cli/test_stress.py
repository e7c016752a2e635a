"""`bsgi stress` as a user runs it."""

import json
from pathlib import Path

import pytest

from bsgi.cli.app import run as run_program
from bsgi.reports.wording import RESEARCH_ONLY, SIMULATED
from bsgi.training.run import train_run
from tests.training.study.conftest import mlp_recipe, write_two_sites


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A RUN and its cohort."""
    folder = tmp_path_factory.mktemp("stress-cli")
    cohort = write_two_sites(folder / "cohort", 12)
    train_run(cohort, mlp_recipe("mlp"), folder / "run")
    return folder / "run", cohort


def test_a_run_has_its_stress_test_inside(
    trained: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    run, cohort = trained
    assert run_program(["stress", str(run), str(cohort)]) == 0
    text = capsys.readouterr().out
    assert RESEARCH_ONLY in text
    assert SIMULATED in text
    assert "half of the dose" in text
    assert {path.name for path in (run / "stress").iterdir()} == {
        "plan.json", "stress.csv", "refused.csv", "stress.json", "provenance.json",
        "figures",
    }  # fmt: skip
    assert run_program(["stress", str(run), str(cohort), "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["done_before"] == summary["networks"] == 1
    assert summary["metrics"]["methods"][0]["method"] == "mlp"


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("{cohort}", "{cohort}"), 1, "recipe.toml is missing"),
        (("{run}", "{run}"), 1, "cohort.json is missing"),
        (("{run}", "{cohort}", "--out", "{cohort}"), 1, "must be new or hold"),
        (("{run}", "{cohort}", "--seed", "-1"), 2, "--seed"),
    ],
)
def test_wrong_input_gets_one_line(
    trained: tuple[Path, Path],
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    status: int,
    said: str,
) -> None:
    run, cohort = trained
    given = [word.format(run=run, cohort=cohort) for word in words]
    assert run_program(["stress", *given]) == status
    message = capsys.readouterr().err
    assert said in message
    assert message.count("\n") == 1
