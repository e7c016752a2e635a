from pathlib import Path

import pytest

from bsgi.cohort.split import load_split
from bsgi.cohort.store import load_cohort
from bsgi.evaluation.details import add_details
from bsgi.evaluation.summary import summarize_predictions
from bsgi.provenance import describe
from bsgi.reports.checklists.fill import CHECKLISTS, fill_checklist
from bsgi.reports.checklists.item import Fact
from bsgi.reports.checklists.study_facts import tell_run, tell_study, tell_table
from bsgi.reports.run_folder import load_run
from bsgi.reports.study_folder import load_study
from bsgi.reports.wording import with_interval
from tests.evaluation.rows import study_rows

OF_A_COHORT = (Fact.COHORT, Fact.DEVICES, Fact.CHARACTERISTICS, Fact.FLOW)


@pytest.fixture(scope="module")
def facts(finished_study: tuple[Path, Path]) -> dict[Fact, str]:
    study, cohort = finished_study
    return tell_study(load_study(study), load_cohort(cohort))


def test_a_study_tells_what_its_files_say(
    facts: dict[Fact, str], finished_study: tuple[Path, Path]
) -> None:
    study = load_study(finished_study[0])
    average = study.metrics.methods[0].average
    assert average is not None
    assert with_interval(average.sensitivity) in facts[Fact.RATES]
    assert "East 20, North & South 40" in facts[Fact.DEVICES]
    assert "disjoint by patient" in facts[Fact.PARTS]
    assert "32 x 32 pixels" in facts[Fact.PREPROCESSING]
    assert "paper-resnet" in facts[Fact.MODEL]
    assert study.provenance.packages["numpy"] in facts[Fact.SOFTWARE]
    assert "Seed 3." in facts[Fact.AVAILABILITY]
    assert facts[Fact.SIMULATED].startswith("Simulated exams")
    assert facts[Fact.REFERENCE].startswith("The simulator drew")


def test_a_study_fills_at_least_half_of_each_list_in_part(
    facts: dict[Fact, str],
) -> None:
    for checklist in CHECKLISTS:
        rows = fill_checklist(checklist, facts).table.rows
        assert sum(bool(row[3]) for row in rows) >= len(rows) / 2, checklist.title


def test_a_run_tells_the_same_kinds_of_things(trained: tuple[Path, Path]) -> None:
    run, cohort = trained
    opened = load_run(run)
    facts = tell_run(opened, load_cohort(cohort), load_split(run / "split.csv"))
    for fact in (*OF_A_COHORT, Fact.MODEL, Fact.TRAINING, Fact.PARTS, Fact.RATES):
        assert facts[fact], fact
    assert opened.title in facts[Fact.RATES]


def test_a_table_tells_its_results_and_nothing_of_a_cohort(tmp_path: Path) -> None:
    rows = study_rows(repeats=1, folds=3, methods=("a", "b"))
    metrics = summarize_predictions(rows, simulated=False)
    table = tmp_path / "a.csv"
    table.write_text("x")
    made = describe("bsgi evaluate", inputs={"a.csv": table})
    facts = tell_table(add_details(metrics, rows), made, ("Patients were guessed.",))
    assert not set(OF_A_COHORT) & set(facts)
    assert "Patients were guessed." in facts[Fact.LIMITS]
    assert "AUC of a less b" in facts[Fact.COMPARISONS]
    assert made.inputs["a.csv"] in facts[Fact.AVAILABILITY]
    assert Fact.SIMULATED not in facts
    # Three folds calibrate each other: their networks have seen the test patients.
    points = facts[Fact.OPERATING_POINTS]
    assert "a, specificity 0.90: sensitivity" in points
    assert "(threshold from scores of the other folds, a little optimistic)" in points
