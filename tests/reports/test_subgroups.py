"""Subgroups on a page: numbers beside every area, and what must be said."""

import pytest

from bsgi.evaluation.part_metrics import estimate_area
from bsgi.evaluation.repeats import RepeatedScores
from bsgi.evaluation.subgroups import (
    EXPLORATORY,
    SubgroupMetrics,
    summarize_subgroups,
)
from bsgi.reports.subgroups import (
    build_subgroup_table,
    describe_subgroups,
    draw_subgroups,
)
from tests.evaluation.test_part_metrics import draw_scores


def subgroups(scores: RepeatedScores) -> tuple[SubgroupMetrics, ...]:
    """Two groupings that part the exams, and one that does not."""
    cameras = {name: "ab"[place // 3 % 2] for place, name in enumerate(scores.exam_ids)}
    cancers = {
        name: ("malignant, small", "malignant, large")[place // 3 % 2]
        if label
        else "benign, no lesion"
        for place, (name, label) in enumerate(
            zip(scores.exam_ids, scores.labels, strict=True)
        )
    }
    site = dict.fromkeys(scores.exam_ids[:50], "East")
    return summarize_subgroups(
        scores, {"camera": cameras, "site": site, "lesion size": cancers}
    )


def test_each_row_has_its_numbers_and_intervals() -> None:
    scores = draw_scores(3)
    table = build_subgroup_table(subgroups(scores), "the network", 0.95)
    assert [block.title for block in table.blocks] == ["Camera", "Lesion size"]
    for block in table.blocks:
        for row in block.rows:
            sides = [int(side.strip("()")) for side in row[1].split(" + ")]
            assert min(sides) > 0
            assert " to " in row[2]
    small = next(r for r in table.blocks[1].rows if r[0] == "Malignant, small")
    assert small[1].endswith(" + (40)")
    assert small[4] == "none"
    assert "(" not in table.blocks[0].rows[0][1]
    assert "the network" in table.caption


def test_what_has_to_be_said_is_said() -> None:
    sentences = describe_subgroups(subgroups(draw_scores(3)))
    assert sentences[0] == EXPLORATORY
    text = " ".join(sentences)
    assert "compared with all test exams of the other label" in text
    assert "All test exams are alike in these: site: East." in text
    assert "exploratory" in text


def test_a_block_says_p_or_why_there_is_none() -> None:
    table = build_subgroup_table(subgroups(draw_scores(3)), "m", 0.95)
    assert [("p = " in b.note) or ("p <" in b.note) for b in table.blocks] == [True] * 2
    few = build_subgroup_table(subgroups(draw_scores(3, exams=30)), "m", 0.95)
    assert "too small" in few.blocks[0].note
    assert "No grouping had groups" in " ".join(
        describe_subgroups(subgroups(draw_scores(3, exams=30)))
    )


@pytest.mark.parametrize("apart", [True, False])
def test_a_difference_is_named_as_a_question_for_another_study(apart: bool) -> None:
    scores = draw_scores(3, exams=240, repeats=1)
    if apart:
        scores.scores[0, [place // 3 % 2 == 0 for place in range(240)]] *= -1
    text = " ".join(describe_subgroups(subgroups(scores)))
    assert ("Another study would have to confirm it" in text) == apart
    assert ("cannot show that there is no difference" in text) != apart


def test_the_figure_shows_every_group_with_its_number() -> None:
    scores = draw_scores(3)
    figure = draw_subgroups(subgroups(scores), estimate_area(scores))
    assert figure is not None
    texts = [text.get_text().strip() for text in figure.texts]
    assert "10 + (40)" in texts
    assert "10 + 20" in texts
    assert "East" not in texts


def test_without_a_grouping_that_parts_the_exams_there_is_nothing() -> None:
    scores = draw_scores(3)
    parts = summarize_subgroups(scores, {"site": dict.fromkeys(scores.exam_ids, "A")})
    assert draw_subgroups(parts, None) is None
    assert describe_subgroups(parts) == ()
    assert build_subgroup_table(parts, "m", 0.95).blocks == ()
