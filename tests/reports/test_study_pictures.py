import shutil
from pathlib import Path

from bsgi.reports.run_folder import load_run
from bsgi.reports.study_pictures import choose_examples, choose_mapped


def test_examples_are_the_first_of_each_label(study: tuple[Path, Path]) -> None:
    rows = choose_examples(load_run(study[0]))
    assert [(row.exam_id, row.label) for row in rows] == [
        ("SIM00001-1", 0),
        ("SIM00002-1", 0),
        ("SIM00000-1", 1),
        ("SIM00009-1", 1),
    ]


def test_maps_are_shown_benign_first_by_rising_score(study: tuple[Path, Path]) -> None:
    run = load_run(study[0])
    rows = choose_mapped(run)
    assert [row.label for row in rows] == [0, 0, 0, 1, 1, 1]
    for label in (0, 1):
        scores = [row.score for row in rows if row.label == label]
        assert scores == sorted(scores)
    shutil.rmtree(study[0] / "maps")
    assert choose_mapped(run) == ()
