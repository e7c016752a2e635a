from dataclasses import replace
from pathlib import Path

import pytest

from bsgi.cohort.folds import plan_folds
from bsgi.cohort.split import Part
from bsgi.cohort.store import Cohort, load_cohort
from bsgi.exam.record import Label, ViewName
from bsgi.files import load_csv
from bsgi.reports.flow import count_flow, describe_flow, list_reasons
from bsgi.reports.flow_diagram import COLUMNS, draw_flow, picture_flow
from tests.reports.make_run import write_cohort


@pytest.fixture
def cohort(tmp_path: Path) -> Cohort:
    """A cohort with one exam of each kind of doubt, and refused files."""
    write_cohort(tmp_path / "cohort")
    lines = [f"f{n},rows must be {n} or more" for n in range(3)]
    lines += ["g,not a DICOM file", *(f"h{n},reason {'abcdef'[n]}" for n in range(6))]
    text = "\n".join(["file,reason", *lines]) + "\n"
    (tmp_path / "cohort" / "rejected.csv").write_text(text)
    opened = load_cohort(tmp_path / "cohort")
    rows = list(opened.rows)
    rows[0] = replace(rows[0], label=Label.UNKNOWN)
    rows[1] = replace(rows[1], views=(ViewName.LCC,))
    rows[2] = replace(rows[2], quality="few counts")
    return Cohort(opened.folder, tuple(rows))


def test_every_exam_is_in_one_place(cohort: Cohort) -> None:
    labelled = [row for row in cohort.rows if row.label is not Label.UNKNOWN]
    parts = {
        row.exam_id: (Part.TRAIN if n else Part.TEST) for n, row in enumerate(labelled)
    }
    left = parts.popitem()[0]
    flow = count_flow(cohort, [parts])
    assert flow.exams.exams == len(cohort.rows)
    assert flow.unlabelled.exams == len(cohort.rows) - len(labelled) > 0
    assert flow.incomplete == sum(len(row.views) < 4 for row in cohort.rows) > 0
    assert flow.doubtful == sum(row.quality != "" for row in cohort.rows) > 0
    assert (flow.unused.exams, flow.never_tested) == (1, len(parts) - 1)
    assert left not in parts
    used = {part.part: part.ever.exams for part in flow.parts}
    assert used == {Part.TRAIN: len(parts) - 1, Part.TEST: 1}
    assert sum(used.values()) + flow.unused.exams == flow.labelled
    views = sum(len(row.views) for row in cohort.rows)
    assert describe_flow(flow).startswith(f"{views} views were read and 10 files")


def test_reasons_are_counted_without_their_numbers(cohort: Cohort) -> None:
    flow = count_flow(cohort, [])
    assert flow.reasons[0] == ("rows must be … or more", 3)
    assert sum(number for _, number in flow.reasons) == flow.refused == 10
    assert list_reasons(flow)[-1] == "3 other reasons: 3"
    assert flow.parts == ()
    assert draw_flow(flow).axes


def test_folds_are_counted_over_all_runs(cohort: Cohort) -> None:
    folds = plan_folds(cohort.rows, 1, 2, 3)
    flow = count_flow(cohort, [fold.split.parts for fold in folds])
    assert flow.runs == 6
    train, test = flow.parts
    assert train.ever.exams == test.ever.exams == flow.labelled
    assert train.fewest + test.most == flow.labelled
    assert flow.never_tested == 0


def test_the_diagram_says_all_and_its_numbers_lie_beside_it(
    cohort: Cohort, tmp_path: Path
) -> None:
    folds = plan_folds(cohort.rows, 1, 1, 3)
    flow = count_flow(cohort, [fold.split.parts for fold in folds])
    texts = [text.get_text() for text in draw_flow(flow).axes[0].texts]
    assert f"{flow.exams.exams} exams of {flow.exams.patients} patients" in texts
    assert "10 files without a view" in texts
    picture = picture_flow(flow, tmp_path / "flow.svg", simulated=True)
    assert "Simulated exams" in picture.alt
    rows = {row["step"]: row for row in load_csv(tmp_path / "flow.csv", COLUMNS)}
    assert rows["files refused"]["exams"] == "10"
    assert rows["test"]["exams"] == str(flow.labelled)
    assert rows["test"]["fewest"] == str(flow.parts[1].fewest)
