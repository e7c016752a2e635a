from dataclasses import replace
from pathlib import Path

from bsgi.evaluation.design import Design
from bsgi.evaluation.details import add_details
from bsgi.evaluation.summary import summarize_predictions
from bsgi.files import load_csv
from bsgi.reports.figure_data import COLUMNS
from bsgi.reports.sections import list_sections
from tests.evaluation.rows import study_rows


def test_every_detail_has_a_section_and_every_figure_its_data(tmp_path: Path) -> None:
    rows = [
        replace(row, probability=row.score)
        for row in study_rows(repeats=1, folds=3, methods=("a/b", "a b"))
    ]
    groups = {"camera": {row.exam_id: "DL"[int(row.exam_id) % 2] for row in rows}}
    metrics = summarize_predictions(rows, simulated=True, design=Design.FOLDS)
    detailed = add_details(metrics, rows, groups)
    titles = {"a/b": "First", "a b": "Second"}
    sections = list_sections(detailed, rows, titles, tmp_path, simulated=True)
    assert [section.key for section in sections] == [
        "areas", "operating-points", "calibration", "abstention", "subgroups", "power",
    ]  # fmt: skip
    parts = {section.key: section.parts for section in sections}
    assert [part.title for part in parts["subgroups"]] == ["First", "Second"]
    pictures = [p for s in sections for part in s.parts for p in part.pictures]
    drawn = sorted(tmp_path.glob("*.svg"))
    assert len(drawn) == len(pictures) == 7  # two methods, three kinds, and decisions
    for path in drawn:
        assert load_csv(path.with_suffix(".csv"), COLUMNS), path.name
    assert all("Simulated" in picture.alt for picture in pictures)
    assert list_sections(metrics, rows, titles, tmp_path, simulated=True) == ()
