import shutil
from pathlib import Path

from bsgi.reports.map_pictures import choose_mapped
from bsgi.reports.results import select_rows
from bsgi.reports.run_folder import find_heat_maps, load_run
from tests.evaluation.test_summary import make_rows


def test_benign_maps_come_first_by_rising_score(
    trained: tuple[Path, Path],
) -> None:
    run = load_run(trained[0])
    tested = select_rows(run.metrics.methods[0], run.predictions)
    rows = choose_mapped(tested, find_heat_maps(trained[0] / "maps"))
    assert [row.label for row in rows] == [0, 0, 0, 1, 1, 1]
    for label in (0, 1):
        scores = [row.score for row in rows if row.label == label]
        assert scores == sorted(scores)
    shutil.rmtree(trained[0] / "maps")
    assert choose_mapped(tested, find_heat_maps(trained[0] / "maps")) == ()


def test_of_many_maps_the_lowest_middle_and_highest_are_shown() -> None:
    rows = make_rows()
    chosen = choose_mapped(rows, {row.exam_id for row in rows})
    for label in (0, 1):
        scores = sorted(row.score for row in rows if row.label == label)
        shown = [row.score for row in chosen if row.label == label]
        assert shown[0] == scores[0]
        assert shown[-1] == scores[-1]
        assert abs(scores.index(shown[1]) - (len(scores) - 1) / 2) <= 0.5
