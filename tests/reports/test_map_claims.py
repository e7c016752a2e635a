from dataclasses import replace

from bsgi.evaluation.maps.mass import summarize_map_mass
from bsgi.evaluation.maps.rows import MapRow
from bsgi.reports.map_claims import describe_claims

ROW = MapRow(
    "paper", 0, 0, "0001", 1, 1, 0.4, "malignant",
    0.10, 0.10, 0.50, 0.30, 0.02, 0.04, 0.34, 0.60,
)  # fmt: skip


def test_claims_come_with_their_numbers() -> None:
    rows = [replace(ROW, exam_id=f"{exam:04}") for exam in range(12)]
    rows += [
        replace(
            ROW, exam_id=f"{exam:04}", label=0, called=0, margin=-0.4,
            evidence="benign",
            lesion=0.02, vicinity=0.04, breast=0.19, blank=0.75,
        )
        for exam in range(12, 24)
    ]  # fmt: skip
    (mass,) = summarize_map_mass(rows)
    called, malignant, _, benign = (
        text.replace("\N{NO-BREAK SPACE}", " ") for text in describe_claims(mass)
    )
    assert malignant.startswith("Maps of malignant tumours focus mainly on")
    for part in (
        "more than by chance, but not mainly. In 12 exams (malignant exams) the lesion "
        "with its vicinity has a mean 20.0 % of the map on 6.0 % of the area: a "
        "difference of +14.0 points (95 % interval +14.0 to +14.0), 3.33 times its "
        "share (3.33 to 3.33).",
        "the lesion alone has a mean 10.0 % of the map on 2.0 % of the area",
    ):
        assert part in malignant
    assert "exams that the network called malignant" in called
    assert "1.25 times its share" in benign
    assert (
        "Over 12 benign and 12 malignant exams so grouped a benign one's map has more "
        "on the blank field than a malignant one's in 100.0 % of pairs (50.0 % is no "
        "difference; Mann-Whitney p < 0.001)" in benign
    )


def test_few_exams_are_described_and_not_tested() -> None:
    (mass,) = summarize_map_mass([ROW])
    text = describe_claims(mass)[1]
    assert "vicinity: not testable." in text
    assert "of the area; fewer than 6 exams are not tested." in text


def test_what_cannot_be_tested_is_said() -> None:
    row = replace(ROW, lesion=None, vicinity=None, breast=0.5, blank=0.5,
                  lesion_area=None, vicinity_area=None)  # fmt: skip
    (mass,) = summarize_map_mass([row])
    texts = describe_claims(mass)
    assert len(texts) == 4
    assert (
        "not testable. No map of malignant exams has a share of the lesion with its"
        in texts[1]
    )
