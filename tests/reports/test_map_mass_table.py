from dataclasses import replace

from bsgi.evaluation.maps.mass import summarize_map_mass
from bsgi.evaluation.maps.rows import MapRow
from bsgi.reports.map_mass_table import build_mass_table


def make_row(number: int, *, label: int, lesion: float | None) -> MapRow:
    """A map with a tenth of its mass on the lesion, and half on the blank field."""
    known = lesion is not None
    return MapRow(
        "paper", 0, 0, f"e{number}", label, label, label - 0.5,
        ("benign", "malignant")[label],
        lesion=lesion, vicinity=0.1 if known else None,
        breast=0.3, blank=0.5, lesion_area=0.02 if known else None,
        vicinity_area=0.05 if known else None, breast_area=0.4, blank_area=0.5,
    )  # fmt: skip


def test_shares_and_enrichments_are_told_by_group() -> None:
    rows = [make_row(n, label=int(n < 6), lesion=0.1) for n in range(12)]
    (mass,) = summarize_map_mass(rows)
    table = build_mass_table(mass, "ResNet")
    titles = [block.title for block in table.blocks]
    assert titles == [
        "Malignant exams", "Benign exams", "Exams called malignant",
        "Exams called benign",
    ]  # fmt: skip
    lesion = table.blocks[0].rows[0]
    assert lesion[:2] == ("Lesion", "6")
    assert lesion[2].startswith("10.0")
    assert lesion[3].startswith("10.0")
    assert lesion[4].startswith("2.0")
    assert lesion[5] == "+8.0 (+8.0 to +8.0)"
    assert lesion[6] == "5.00 (5.00 to 5.00)"
    assert table.blocks[0].rows[4][6] == "1.00 (1.00 to 1.00)"
    assert table.blocks[0].note == "6 exams, 6 maps"


def test_a_row_counts_the_exams_that_have_its_region() -> None:
    rows = [make_row(n, label=1, lesion=0.1) for n in range(9)]
    rows[5:] = [
        replace(row, lesion=0.0, lesion_area=0.0, breast=0.4) for row in rows[5:]
    ]
    (mass,) = summarize_map_mass(rows)
    block = build_mass_table(mass, "ResNet").blocks[0]
    assert block.note == "9 exams, 9 maps"
    assert block.rows[0][:2] == ("Lesion", "5")
    assert block.rows[0][5:] == ("too few", "too few")
    assert block.rows[1][:2] == ("Vicinity", "9")


def test_where_nobody_knows_the_lesions_their_rows_are_left_out() -> None:
    rows = [make_row(n, label=int(n < 6), lesion=None) for n in range(12)]
    (mass,) = summarize_map_mass(rows)
    table = build_mass_table(mass, "ResNet")
    names = {row[0] for block in table.blocks for row in block.rows}
    assert names == {"Rest of the breast", "Blank"}
