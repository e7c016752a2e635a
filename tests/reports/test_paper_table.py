from dataclasses import replace

import pytest

from bsgi.evaluation.estimate import Estimate
from bsgi.evaluation.rates.confusion import Confusion
from bsgi.evaluation.repeats import AverageMetrics
from bsgi.reports.paper_table import (
    build_comparison_table,
    explain_labels,
    find_paper_figures,
)

SPACE = "\N{NO-BREAK SPACE}"
CALLS = Confusion(tp=80, fp=10, tn=130, fn=5)
AVERAGE = AverageMetrics(
    repeats=5,
    patients=45,
    malignant=17,
    benign=28,
    confusion=CALLS,
    accuracy=Estimate(210 / 225, 0.8, 0.98, "wilson"),
    sensitivity=Estimate(80 / 85, 0.7, 0.99, "wilson"),
    specificity=Estimate(130 / 140, 0.75, 0.98, "wilson"),
    auc=Estimate(0.95, 0.85, 0.99, "newcombe"),
    averaged_confusion=CALLS,
    averaged_auc=None,
)


@pytest.mark.parametrize(
    ("method", "sensitivity", "specificity", "counts"),
    [
        ("paper", 0.988, 0.993, ("223 of 225", "84 of 85", "139 of 140")),
        ("paper-whole-trunk", 0.988, 0.993, ("223 of 225", "84 of 85", "139 of 140")),
        ("autoencoder", 0.859, 0.907, ("200 of 225", "73 of 85", "127 of 140")),
        ("neural-network", 0.747, 0.836, ()),
    ],
)
def test_sensitivity_is_that_of_the_malignant_class(
    method: str, sensitivity: float, specificity: float, counts: tuple[str, ...]
) -> None:
    paper = find_paper_figures(method)
    assert paper is not None
    assert paper.swapped
    assert paper.values["sensitivity"].value == pytest.approx(sensitivity)
    assert paper.values["specificity"].value == pytest.approx(specificity)
    names = ("accuracy", "sensitivity", "specificity")
    assert tuple(paper.counts[name] for name in names if paper.counts) == counts


def test_the_intervals_of_the_paper_are_those_of_its_patients() -> None:
    """Wilson's limits of 98.8 % of 17 patients, by hand from his formula."""
    paper = find_paper_figures("paper")
    assert paper is not None
    p, n, z = 0.988, 17, 1.959963984540054
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5 / (1 + z * z / n)
    assert paper.values["sensitivity"].lower == pytest.approx(centre - half)
    assert paper.values["sensitivity"].upper == pytest.approx(centre + half)


def test_the_intervals_of_the_paper_follow_the_level() -> None:
    usual, wide = (find_paper_figures("autoencoder", level) for level in (0.95, 0.99))
    assert usual is not None
    assert wide is not None
    for one, other in (
        (usual.auc, wide.auc), *zip(
            usual.values.values(), wide.values.values(), strict=True
        )
    ):  # fmt: skip
        assert other.value == one.value
        assert other.lower < one.lower


def test_ours_stand_beside_the_papers_under_one_name() -> None:
    methods = [("paper", "Network", AVERAGE), ("mine", "Mine", AVERAGE)]
    table = build_comparison_table(methods, 0.95)
    assert table.head[1:4] == ("ours, mean", f"95{SPACE}% interval", "right calls")
    first, second = table.blocks
    assert first.note == "TP 80, FP 10, TN 130, FN 5 over 5 repeats of 45 patients"
    assert first.rows[1] == (
        "Sensitivity", f"94.1{SPACE}%", f"70.0 to 99.0{SPACE}%", "80 of 85",
        f"98.8{SPACE}%", f"79.7 to 99.9{SPACE}%", "84 of 85", "0.993",
    )  # fmt: skip
    assert first.rows[3] == (
        "AUC", "0.950", "0.850 to 0.990", "", "0.98", "0.868 to 0.997", "", "0.98"
    )  # fmt: skip
    assert second.note.endswith("; not in the paper")
    assert all(row[4:] == ("", "", "", "") for row in second.rows)


def test_without_a_method_of_the_paper_ours_stand_alone() -> None:
    bare = replace(AVERAGE, repeats=1, auc=None, sensitivity=None)
    table = build_comparison_table([("mine", "Mine", bare)], 0.9)
    assert table.head == ("", "ours, mean", f"90{SPACE}% interval", "right calls")
    assert table.blocks[0].rows[1][:2] == ("Sensitivity", "undefined")
    assert table.blocks[0].rows[3][:2] == ("AUC", "undefined")
    assert explain_labels(["mine"]) == ()


def test_the_swap_is_explained_with_the_counts_that_prove_it() -> None:
    text = " ".join(explain_labels(["neural-network", "autoencoder", "paper"]))
    for part in (
        "28 benign and 17 malignant patients 5 times",
        "printed “sensitivity” is the recall of the benign class",
        "proposed 139 of 140 benign and 84 of 85 malignant",
        "autoencoder 127 of 140 benign and 73 of 85 malignant",
        "For the neural network no counts fit at 5 repeats, but they would at 10; why "
        "is not known.",
        "the benign share is 0.622, the malignant 0.378",
        "0.141 above the neural network's by the text, 0.988 - 0.747 = 0.241 by Table "
        "1, which stands here",
        "ranks the neural network above the autoencoder, by its table the other way",
    ):
        assert part in text
    alone = " ".join(explain_labels(["paper-whole-trunk", "paper"]))
    assert alone.count("139 of 140") == 1
    assert "neural network" not in alone
    unfit = " ".join(explain_labels(["neural-network"]))
    assert "only so" not in unfit
    assert "no counts fit" in unfit
