from pathlib import Path

from bsgi.reports.run_folder import load_run
from bsgi.reports.run_pictures import choose_examples


def test_examples_are_the_first_of_each_label(trained: tuple[Path, Path]) -> None:
    rows = choose_examples(load_run(trained[0]))
    assert [(row.exam_id, row.label) for row in rows] == [
        ("SIM00001-1", 0),
        ("SIM00002-1", 0),
        ("SIM00000-1", 1),
        ("SIM00009-1", 1),
    ]
