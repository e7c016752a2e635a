from dataclasses import replace

from bsgi.evaluation.comparisons.areas import AreaComparison
from bsgi.evaluation.comparisons.difference import Difference
from bsgi.evaluation.estimate import Estimate
from bsgi.evaluation.operating_points.points import (
    ChosenOn,
    FoldThreshold,
    OperatingPoint,
)
from bsgi.evaluation.power.statements import PowerEntry, PowerStatement
from bsgi.reports.comparison_tables import (
    build_areas_table,
    build_operating_table,
    build_power_table,
    describe_areas,
    describe_operating,
)

MINUS, SPACE = "\N{MINUS SIGN}", "\N{NO-BREAK SPACE}"

AREA = AreaComparison(
    "a", "b", 45, 17, 28, Difference(0.05, -0.02, 0.12, "delong-t"), 1.4, 43.0, 0.17,
    0.34, "delong-t", paired=True,
)  # fmt: skip
NONE = AreaComparison(
    "a", "c", 0, 0, 0, None, None, None, None, None, "delong-t", paired=True,
    note="no exam was tested by both",
)  # fmt: skip
LEARNED = "learned from its test patients: a little optimistic"
RATE = Estimate(0.9, 0.7, 0.97, "wilson")
POINT = OperatingPoint(
    "specificity 0.90", "specificity", 0.9, ChosenOn.OTHER_FOLDS, True, False,
    (FoldThreshold(0, 0, 0.4, 20, 0.9), FoldThreshold(0, 1, 0.6, 20, 0.9)), RATE, None,
)  # fmt: skip


def test_differences_have_sign_interval_and_both_p_values() -> None:
    table = build_areas_table((AREA, NONE), {"a": "Ours", "b": "Theirs"}, 0.95)
    assert table is not None
    assert table.blocks[0].title == "Ours (A) and Theirs (B)"
    (first,) = (block.rows[0] for block in table.blocks)
    assert "on the same patients" in table.caption
    assert "between different patients" not in table.caption
    assert first[0] == "A less B"
    assert first[2:] == (
        f"+0.050 ({MINUS}0.020 to +0.120)",
        "1.40",
        "43.0",
        "0.170",
        "0.340",
    )
    assert build_areas_table((), {}, 0.95) is None
    assert build_areas_table((NONE,), {}, 0.95) is None
    says = describe_areas((AREA, NONE))
    assert says[0].startswith("Of 1 comparison of areas none has p below 0.05")
    assert says[1:] == ("a and c are not compared: no exam was tested by both.",)
    assert describe_areas(()) == ()
    assert describe_areas((NONE,), {"a": "Ours"}) == (
        "Ours and c are not compared: no exam was tested by both.",
    )


def test_different_patients_are_said_to_be_so() -> None:
    apart = replace(
        AREA, second="d", method="delong-t and mover", freedom=None, paired=False
    )
    table = build_areas_table((apart,), {}, 0.95)
    assert table is not None
    assert "between different patients" in table.caption
    assert "same patients" not in table.caption
    assert (table.head[3], table.blocks[0].rows[0][0]) == (
        "z",
        "A less B, other patients",
    )
    assert "cannot part the method from its patients" in describe_areas((apart,))[1]
    both = build_areas_table((AREA, apart), {}, 0.95)
    assert both is not None
    assert "same patients" in both.caption
    assert "between different patients" in both.caption
    assert both.head[3] == "t, or z"


def test_a_point_says_where_its_threshold_comes_from() -> None:
    table = build_operating_table({"Ours": (POINT,), "Theirs": ()}, 0.95)
    assert table is not None
    assert [block.title for block in table.blocks] == ["Ours"]
    row = table.blocks[0].rows[0]
    assert row[0] == f"specificity 90{SPACE}%"
    assert row[2:] == ("no benign exam", "0.4 to 0.6", "scores of the other folds")
    assert any(LEARNED in text for text in describe_operating({"": (POINT,)}))
    assert build_operating_table({"Ours": ()}, 0.95) is None


def test_only_other_folds_are_said_to_have_learned_from_test_patients() -> None:
    """Inner networks had fewer training patients, and none of those under test."""
    given = replace(POINT, chosen_on=ChosenOn.CALIBRATION, primary=True)
    for cross_fitted in (True, False):
        point = replace(given, cross_fitted=cross_fitted)
        says = " ".join(describe_operating({"": (point,)}))
        assert LEARNED not in says
        assert "optimistic" not in says
        inner = "other networks, of fewer training patients"
        assert (inner in says) is cross_fitted
    read = replace(POINT, chosen_on=ChosenOn.TEST_CURVE, cross_fitted=False)
    says = " ".join(describe_operating({"": (read,)}))
    assert LEARNED not in says
    assert "no result" in says


def test_power_names_what_was_assumed() -> None:
    entry = PowerEntry(
        "a", None, "auc", "DeLong", 45, 0.5, True, 0.12, None, "Some words."
    )
    power = PowerStatement(0.95, 0.8, 0.05, 45, 17, 28, (entry,), "For all.")
    table = build_power_table(power, {"a": "Ours"})
    assert table is not None
    (block,) = table.blocks
    assert block.title == "Ours and another method on the same patients"
    assert block.rows == (
        ("AUC", "45", "0.120", "unknown", "DeLong", "correlation 0.50, assumed"),
    )
    assert f"shown in 80{SPACE}% of studies" in table.caption
    assert build_power_table(None, {}) is None
    nothing = replace(power, entries=(replace(entry, detectable=None),))
    assert build_power_table(nothing, {}) is None


def test_exams_of_one_label_have_one_rate_to_plan_with() -> None:
    entries = tuple(
        PowerEntry("a", None, name, "McNemar mid-P", 12, None, True, 0.5, 134, "Words.")
        for name in ("accuracy", "sensitivity")
    )
    power = PowerStatement(0.95, 0.8, 0.05, 12, 12, 0, entries, "For all.")
    table = build_power_table(power, {})
    assert table is not None
    (block,) = table.blocks
    assert [row[0] for row in block.rows] == ["sensitivity"]


def test_a_rate_that_was_aimed_at_on_the_curve_is_no_result() -> None:
    read = replace(POINT, chosen_on=ChosenOn.TEST_CURVE, thresholds=())
    table = build_operating_table({"Ours": (read,)}, 0.95)
    assert table is not None
    row = table.blocks[0].rows[0]
    assert row[2:] == (f"90{SPACE}%, as aimed", "none", "the test curve itself")
    nothing = replace(read, sensitivity=None)
    assert build_operating_table({"Ours": (nothing,)}, 0.95) is None
    assert describe_operating({"Ours": (nothing,)}) == ()


def test_fixed_thresholds_are_said_to_be_fixed() -> None:
    fixed = replace(POINT, chosen_on=ChosenOn.FIXED, primary=True)
    says = " ".join(describe_operating({"": (fixed,)}))
    assert "fixed before, on other exams; none was chosen on these" in says
