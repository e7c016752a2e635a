"""`bsgi stress` as a user runs it."""

import json
from pathlib import Path

import pytest

from bsgi.cli.app import run as run_program
from bsgi.cohort.check.permuted_cohort import make_permuted_cohort
from bsgi.cohort.store import load_cohort
from bsgi.reports.run_report import write_report
from bsgi.reports.wording import RESEARCH_ONLY, SIMULATED
from bsgi.training.run import train_run
from tests.training.study.conftest import mlp_recipe, write_two_sites


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A RUN with its report, and its cohort."""
    folder = tmp_path_factory.mktemp("stress-cli")
    cohort = write_two_sites(folder / "cohort", 12)
    train_run(cohort, mlp_recipe("mlp"), folder / "run")
    write_report(folder / "run", cohort)
    return folder / "run", cohort


def test_a_run_has_its_stress_test_inside(
    trained: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    run, cohort = trained
    assert 'id="stress"' not in (run / "report.html").read_text()
    assert run_program(["stress", str(run), str(cohort)]) == 0
    text = capsys.readouterr().out
    assert RESEARCH_ONLY in text
    assert SIMULATED in text
    assert "half of the dose" in text
    assert {path.name for path in (run / "stress").iterdir()} == {
        "plan.json", "stress.csv", "refused.csv", "stress.json", "provenance.json",
        "figures", "report.html",
    }  # fmt: skip
    for page in (run / "stress" / "report.html", run / "report.html"):
        assert str(page) in text
        assert 'id="stress"' in page.read_text()
        assert (page.parent / "figures" / "stress-mlp.csv").is_file()
    assert run_program(["stress", str(run), str(cohort), "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["done_before"] == summary["networks"] == 1
    assert summary["metrics"]["methods"][0]["method"] == "mlp"


def test_elsewhere_it_has_its_page_and_no_other_is_touched(
    trained: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, cohort = trained
    report = run / "report.html"
    before = report.stat().st_mtime_ns
    out = tmp_path / "out"
    assert run_program(["stress", str(run), str(cohort), "--out", str(out)]) == 0
    assert str(report) not in capsys.readouterr().out
    assert (out / "report.html").is_file()
    assert report.stat().st_mtime_ns == before


def test_permuted_labels_are_refused(
    trained: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, cohort = trained
    permuted = tmp_path / "permuted"
    make_permuted_cohort(load_cohort(cohort), permuted, seed=1)
    for words in (
        ["stress", str(run), str(permuted)],
        ["train", str(permuted), "--out", str(tmp_path / "run")],
    ):
        assert run_program(words) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert "has permuted labels, which mean nothing" in line
    assert not (tmp_path / "run").exists()


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
