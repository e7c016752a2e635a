from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bsgi.files import load_csv
from bsgi.reports.bars import BarGroup, draw_bars
from bsgi.reports.curves import draw_roc
from bsgi.reports.exam_views import draw_exam
from bsgi.reports.figure_data import COLUMNS, collect_drawn
from bsgi.reports.learning_curve import LearningLine, draw_learning
from bsgi.reports.style import new_figure, save_svg
from bsgi.reports.training_curves import TrainingGraph, draw_training
from tests.conftest import make_exam
from tests.reports.test_bars import NAMES, RATE
from tests.reports.test_curves import make_line


def test_bars_come_back_with_their_intervals_and_names() -> None:
    groups = [
        BarGroup(name, (replace(RATE, value=0.7 + number / 100), RATE, None),
                 (0.75 if number == 3 else None, None, None))
        for number, name in enumerate("abcdefg")
    ]  # fmt: skip
    rows = collect_drawn(draw_bars(NAMES, groups, "the paper"))
    bars = [row for row in rows if row.kind == "bar"]
    found = {(row.series, row.at): (row.y, row.lower, row.upper) for row in bars}
    assert len(bars) == len(found) == 14  # seven methods in five colours
    for number, name in enumerate("abcdefg"):
        assert found[name, "Accuracy"] == pytest.approx((0.7 + number / 100, 0.6, 0.9))
    marks = [row for row in rows if row.series == "the paper"]
    assert [(row.kind, row.at, row.y) for row in marks] == [("point", "Accuracy", 0.75)]


def test_curves_keep_their_bands_and_points_when_colours_come_again() -> None:
    line = make_line()
    lines = [
        replace(
            line,
            name=f"m{number}",
            band=(line.up * number / 10, np.minimum(line.up + number / 10, 1.0)),
            operating_point=(number / 10, 0.5),
        )
        for number in range(1, 8)
    ]
    rows = collect_drawn(draw_roc(lines))
    assert len(rows) == 2 + 7 * (len(line.up) + 1)  # the edges of bands are no curves
    for number in range(1, 8):
        own = [row for row in rows if row.series.startswith(f"m{number}:")]
        *curve, point = own
        assert (point.kind, point.x, point.y) == ("point", number / 10, 0.5)
        assert [row.x for row in curve] == line.across.tolist()
        assert [row.y for row in curve] == line.up.tolist()
        lower, upper = lines[number - 1].band or (None, None)
        assert [row.lower for row in curve] == pytest.approx(lower)
        assert [row.upper for row in curve] == pytest.approx(upper)


def test_points_with_intervals_and_plain_courses() -> None:
    learning = LearningLine("m", (20, 40), (RATE, None))
    rows = collect_drawn(draw_learning([learning]))
    (point,) = [row for row in rows if row.series == "m"]
    assert (point.y, point.lower, point.upper) == pytest.approx((0.8, 0.6, 0.9))
    graph = TrainingGraph("loss", "loss", (((1, 2), (0.7, 0.5)),))
    assert [(row.x, row.y) for row in collect_drawn(draw_training(graph))] == [
        (1.0, 0.7),
        (2.0, 0.5),
    ]


def test_a_histogram_and_a_scatter_are_read_too() -> None:
    figure = new_figure(3.0, 3.0)
    left, right = figure.add_subplot(1, 2, 1), figure.add_subplot(1, 2, 2)
    left.set_title("left")
    left.bar([1, 2], [3, 4], label="counts")
    left.bar([1], [9], bottom=[3], label="on top")
    right.barh([1, 2], [5, 6])
    right.set_yticks([1, 2], ["first", "second"])
    right.scatter([1], [2], label="dot")
    rows = collect_drawn(figure)
    assert [row.at for row in rows][3:] == ["first", "second", "second"]
    assert [(row.panel, row.series, row.kind, row.x, row.y) for row in rows] == [
        ("left", "counts", "bar", 1.0, 3.0),
        ("left", "counts", "bar", 2.0, 4.0),
        ("left", "on top", "bar", 1.0, 9.0),
        ("2", "", "bar", 5.0, 1.0),
        ("2", "", "bar", 6.0, 2.0),
        ("2", "dot", "point", 1.0, 2.0),
    ]


def test_pixels_are_told_and_not_copied() -> None:
    exam = make_exam(rng=np.random.default_rng(1))
    rows = collect_drawn(draw_exam(exam, None))
    images = [row for row in rows if row.kind == "image"]
    assert len(images) == 4
    assert all(row.at.endswith("pixels") for row in images)
    assert max(row.upper or 0 for row in images) == max(
        view.counts.sum(axis=0).max() for view in exam.views.values()
    )


def test_the_table_lies_beside_the_figure_and_a_diagram_has_none(
    tmp_path: Path,
) -> None:
    save_svg(tmp_path / "figures" / "roc.svg", draw_roc([make_line()]))
    rows = load_csv(tmp_path / "figures" / "roc.csv", COLUMNS)
    assert [row["y"] for row in rows[:2]] == ["0.0", "1.0"]
    figure = new_figure(3.0, 3.0)
    figure.text(0.5, 0.5, "no data")
    save_svg(tmp_path / "words.svg", figure)
    assert not (tmp_path / "words.csv").exists()
