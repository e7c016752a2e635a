import json
import re
from pathlib import Path

import pytest

from bsgi.cli.app import run
from tests.cli.conftest import Run

FIGURES = ("--accuracy", "0.991", "--sensitivity", "0.993", "--specificity", "0.988")
SIZES = ("--positives", "17", "--negatives", "28")
SWAPPED = "sensitivity is the recall of the benign class"


def test_the_rows_of_the_paper(bsgi: Run) -> None:
    done = bsgi("audit", "--paper")
    assert done.returncode == 0
    network, encoder, proposed = done.stdout.split("\n\n")
    for counts in ("139/140", "84/85", "223/225", SWAPPED, "one pair of counts fits"):
        assert counts in proposed
    for counts in ("127/140", "73/85", "200/225", SWAPPED):
        assert counts in encoder
    assert "no counts fit at 5 repeats" in network
    assert "10, 20 with sensitivity as the recall of the benign class" in network
    assert "TP 84, FN 1, TN 139, FP 1" in proposed
    assert "sensitivity 84/85 = 98.8 %" in proposed
    assert "specificity 139/140 = 99.3 %" in proposed


def test_figures_of_the_command_line_give_the_same_as_the_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["audit", *FIGURES, *SIZES, "--repeats", "5"]) == 0
    direct = capsys.readouterr().out.splitlines()
    assert f"  {SWAPPED}" in "\n".join(direct)
    table = tmp_path / "rows.csv"
    table.write_text(
        "method,accuracy,sensitivity,specificity,positives,negatives,repeats,note\n"
        "published figures,99.1%,99.3%,98.8%,17,28,5,in per cent\n"
    )
    assert run(["audit", "--table", str(table)]) == 0
    assert re.sub(r" +", " ", capsys.readouterr().out).replace(
        "99.1%", "0.991"
    ).replace("99.3%", "0.993").replace("98.8%", "0.988").splitlines() == [
        re.sub(r" +", " ", line) for line in direct
    ]


def test_json_lists_all_counts(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["audit", *FIGURES, *SIZES, "--max-repeats", "10", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["audits"]
    assert found["sensitivity_is_recall_of"] == "benign"
    assert found["fitting_repeats"] == {"malignant": [], "benign": [5, 10]}
    first = found["fits"][0]
    assert first["counts"] == [{"tp": 84, "tn_first": 139, "tn_last": 139}]
    assert first["pairs"] == 1
    assert {rate["name"] for rate in first["rates"]} == {
        "sensitivity", "specificity", "accuracy",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "give one thing to audit"),
        (["--paper", *FIGURES], "give one thing to audit"),
        (["--paper", "--table", "rows.csv"], "give one thing to audit"),
        (["--table", "nowhere.csv"], "nowhere.csv is missing"),
        ([*FIGURES], "--positives and --negatives must be given"),
        ([*FIGURES, "--positives", "17"], "--positives and --negatives"),
        ([*SIZES], "at least one of accuracy"),
        (["--accuracy", "1.2", *SIZES], "accuracy must be a share .* got '1.2'"),
        (["--accuracy", "nan", *SIZES], "accuracy must be a share .* got 'nan'"),
        (["--accuracy", "good", *SIZES], "accuracy must be a share .* got 'good'"),
        (["--accuracy=-0.5", *SIZES], "accuracy must be a share .* got '-0.5'"),
        ([*FIGURES, "--positives", "0", "--negatives", "28"], "positives"),
        ([*FIGURES, "--positives", "-17", "--negatives", "28"], "positives"),
        ([*FIGURES, "--positives", "1.5", "--negatives", "28"], "positives"),
        ([*FIGURES, *SIZES, "--repeats", "0"], "repeats"),
        ([*FIGURES, *SIZES, "--max-repeats", "0"], "max-repeats"),
        ([*FIGURES, *SIZES, "--repeats", "9999999"], "at most 10,000,000"),
    ],
)
def test_wrong_input_is_one_line(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["audit", *words]) == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.count("\n") == 1
    assert re.match(f"bsgi: .*{says}", written.err), written.err
