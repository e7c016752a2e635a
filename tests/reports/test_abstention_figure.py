from pathlib import Path
from typing import Any

import pytest

from bsgi.evaluation.abstention.summary import AbstentionMetrics, summarize_abstention
from bsgi.evaluation.design import Design
from bsgi.reports.abstention_figure import draw_abstention
from bsgi.reports.style import save_picture
from tests.evaluation.abstention.test_shift import two_cameras


def summarize(**more: Any) -> AbstentionMetrics:
    rows, cameras = two_cameras(1.0)
    groups = {"camera": cameras, "age": dict.fromkeys(cameras, "40 to 49")}
    found = summarize_abstention(rows, Design.SINGLE, groups=groups, **more)
    assert found is not None
    return found


def test_bars_add_up_to_all_patients() -> None:
    abstention = summarize()
    axes: Any = draw_abstention(abstention).axes[0]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == [
        "true malignant (n = 100)", "true benign (n = 100)",
        "camera A, malignant (n = 50)", "camera B, malignant (n = 50)",
        "camera A, benign (n = 50)", "camera B, benign (n = 50)",
    ]  # fmt: skip
    ends: dict[int, float] = {}
    for patch in axes.patches:
        place = round(patch.get_y() + patch.get_height() / 2)
        ends[place] = ends.get(place, 0.0) + patch.get_width()
    assert ends == pytest.approx(dict.fromkeys(range(6), 1.0))
    assert abstention.malignant is not None
    first = axes.patches[0]
    assert first.get_width() == pytest.approx(abstention.malignant.called_wrong.value)


def test_errors_stand_on_their_side_with_their_interval() -> None:
    abstention = summarize()
    axes: Any = draw_abstention(abstention).axes[0]
    (spans,) = (
        [segment[:, 0].tolist() for segment in line.get_segments()]
        for bar in axes.containers
        if hasattr(bar, "has_xerr")
        for line in bar.lines[2]
    )
    assert abstention.malignant is not None
    assert abstention.benign is not None
    one, other = abstention.malignant.error, abstention.benign.error
    assert spans[0] == pytest.approx([one.lower, one.upper])
    assert spans[1] == pytest.approx([1.0 - other.upper, 1.0 - other.lower])


def test_everything_is_named_once_in_the_legend() -> None:
    legend = draw_abstention(summarize()).axes[0].get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == [
        "called benign", "referred, either label possible", "referred, no label left",
        "called malignant", "judged wrongly, with interval (benign: from the right)",
    ]  # fmt: skip


def test_the_same_result_gives_the_same_file(tmp_path: Path) -> None:
    for name in ("a", "b"):
        figure = draw_abstention(summarize())
        save_picture(tmp_path / f"{name}.svg", figure, "", simulated=True)
    one, other = ((tmp_path / f"{name}.svg").read_bytes() for name in ("a", "b"))
    assert one == other


def test_thresholds_without_patients_draw_referrals_only() -> None:
    axes: Any = draw_abstention(summarize(error_rate=0.001)).axes[0]
    widths = [round(patch.get_width(), 9) for patch in axes.patches]
    assert set(widths) == {0.0, 1.0}
