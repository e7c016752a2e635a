import subprocess
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bsgi.errors import RunError
from bsgi.evaluation.map_mass import (
    Grouping,
    MapMass,
    Outcome,
    judge_claim,
    map_mass_as_json,
    map_mass_from_json,
    summarize_map_mass,
)
from bsgi.evaluation.map_rows import MapRow, load_map_rows, measure_exam, save_map_rows
from bsgi.evaluation.map_statistics import Region, contrast_blank, summarize_region
from bsgi.exam.preprocess import Preprocessing
from bsgi.exam.record import Label
from bsgi.files import load_json, save_json
from bsgi.physics.population.population import Population
from bsgi.physics.simulate import simulate_exam
from tests.conftest import make_exam

AREA = (0.02, 0.04, 0.34, 0.6)


def make_row(
    exam: int,
    mass: tuple[float | None, ...] = AREA,
    *,
    label: int = 1,
    called: int | None = None,
    repeat: int = 0,
) -> MapRow:
    call = label if called is None else called
    lesion, vicinity, breast, blank = mass
    return MapRow(
        "paper", repeat, 0, f"{exam:04}", label, call, ("benign", "malignant")[call],
        lesion, vicinity, breast, blank, *AREA,
    )  # fmt: skip


def summarize(rows: Sequence[MapRow]) -> MapMass:
    (mass,) = summarize_map_mass(rows)
    return mass


def draw_rows(rng: np.random.Generator, exams: int, *, focus: float) -> list[MapRow]:
    """Malignant maps with lesions enriched about `focus`, benign ones as the area."""
    rows = []
    for exam in range(exams):
        label = exam % 2
        lesion = AREA[0] * (focus if label else 1.0) * rng.uniform(0.5, 1.5)
        blank = AREA[3] * rng.uniform(0.7, 1.3)
        mass = (lesion, 0.01, 1 - lesion - 0.01 - blank, blank)
        rows.append(make_row(exam, mass, label=label))
    return rows


def test_uniform_maps_are_enriched_nowhere() -> None:
    mass = summarize([make_row(exam, label=exam % 2) for exam in range(12)])
    for group in mass.groups:
        assert group.exams == 6
        for region in group.regions:
            assert region.enrichment is not None
            assert region.enrichment.median == pytest.approx(1.0)
            assert region.p == 1.0
        assert judge_claim(mass, group.by, group.group) is Outcome.NOT_SHOWN
    assert mass.contrast(Grouping.LABEL).auc == 0.5


def test_maps_on_lesions_support_the_first_claim_and_refute_the_second() -> None:
    rows = [make_row(exam, (1.0, 0.0, 0.0, 0.0), label=exam % 2) for exam in range(20)]
    mass = summarize(rows)
    assert judge_claim(mass, Grouping.LABEL, "malignant") is Outcome.SUPPORTED
    assert judge_claim(mass, Grouping.LABEL, "benign") is Outcome.CONTRADICTED
    near = mass.group(Grouping.LABEL, "malignant").region(Region.NEAR)
    assert near.mass is not None
    assert near.enrichment is not None
    assert near.mass.median == 1.0
    assert near.enrichment.median == pytest.approx(1 / 0.06)


def test_blank_maps_of_benign_exams_support_the_second_claim() -> None:
    rows = [
        make_row(exam, (0.0, 0.0, 0.1, 0.9) if exam % 2 == 0 else AREA, label=exam % 2)
        for exam in range(20)
    ]
    mass = summarize(rows)
    assert judge_claim(mass, Grouping.LABEL, "benign") is Outcome.SUPPORTED
    contrast = mass.contrast(Grouping.LABEL)
    assert contrast.auc == 1.0
    assert contrast.p is not None
    assert contrast.p < 0.001


def test_repeats_of_an_exam_are_one_exam() -> None:
    rng = np.random.default_rng(4)
    once = draw_rows(rng, 30, focus=1.3)
    often = [replace(row, repeat=repeat) for repeat in range(5) for row in once]
    one, many = summarize(once), summarize(often)
    for first, second in zip(one.groups, many.groups, strict=True):
        assert second.maps == 5 * first.maps
        assert second.exams == first.exams
        for a, b in zip(first.regions, second.regions, strict=True):
            assert a.exams == b.exams
            assert a.p == pytest.approx(b.p, rel=1e-9)
    assert many.contrasts == one.contrasts


def test_an_exam_belongs_to_what_most_of_its_repeats_called_it() -> None:
    hot, cold = (1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0)
    rows = [
        make_row(1, hot, called=1, repeat=0),
        make_row(1, hot, called=1, repeat=1),
        make_row(1, cold, called=0, repeat=2),
        make_row(2, cold, called=0),
    ]
    mass = summarize(rows)
    called = mass.group(Grouping.DIAGNOSIS, "malignant")
    assert (called.exams, called.maps) == (1, 2)
    lesion = called.region(Region.LESION).mass
    assert lesion is not None
    assert lesion.median == 1.0
    assert mass.group(Grouping.DIAGNOSIS, "benign").exams == 1
    by_label = mass.group(Grouping.LABEL, "malignant")
    assert (by_label.exams, by_label.maps) == (2, 4)


def test_empty_maps_are_counted_and_have_no_shares() -> None:
    none = (None, None, None, None)
    mass = summarize([make_row(1, none), make_row(1, repeat=1), make_row(2, none)])
    group = mass.group(Grouping.LABEL, "malignant")
    assert (group.exams, group.maps, group.empty_maps) == (1, 3, 2)
    assert group.region(Region.BLANK).exams == 1
    assert judge_claim(mass, Grouping.LABEL, "benign") is Outcome.NOT_TESTABLE


def test_without_truth_only_the_blank_field_is_tested() -> None:
    rows = [
        replace(
            make_row(exam, (None, None, 0.2, 0.8), label=0),
            lesion_area=None, vicinity_area=None,
        )
        for exam in range(9)
    ]  # fmt: skip
    mass = summarize(rows)
    group = mass.group(Grouping.LABEL, "benign")
    assert group.region(Region.LESION).mass is None
    assert judge_claim(mass, Grouping.LABEL, "malignant") is Outcome.NOT_TESTABLE
    assert judge_claim(mass, Grouping.LABEL, "benign") is Outcome.SUPPORTED


def test_methods_are_kept_apart() -> None:
    rows = [make_row(1), replace(make_row(1), method="other"), make_row(2)]
    assert [mass.method for mass in summarize_map_mass(rows)] == ["paper", "other"]
    assert summarize_map_mass([]) == ()


@pytest.mark.parametrize("exams", [8, 60])
def test_tests_agree_with_r(
    require_program: Callable[[str], str], tmp_path: Path, exams: int
) -> None:
    """wilcox.test of R, signed-rank and rank-sum, is the independent program."""
    rng = np.random.default_rng(exams)
    mass, area = rng.uniform(0.01, 0.2, exams), rng.uniform(0.01, 0.1, exams)
    other = rng.uniform(0.0, 0.3, exams + 3)
    program = f"""
        m <- c({",".join(map(repr, mass.tolist()))})
        a <- c({",".join(map(repr, area.tolist()))})
        o <- c({",".join(map(repr, other.tolist()))})
        exact <- {"TRUE" if exams < 50 else "FALSE"}
        one <- wilcox.test(m / a, mu = 1, exact = exact, correct = FALSE)
        two <- wilcox.test(o, m, exact = exact, correct = !exact)
        cat(formatC(c(one$p.value, two$p.value, two$statistic / length(m) / length(o)),
                    digits = 17, format = "g"))
    """
    script = tmp_path / "check.R"
    script.write_text(program)
    done = subprocess.run(
        [require_program("Rscript"), str(script)],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    signed, ranked, auc = (float(text) for text in done.stdout.split())
    contrast = contrast_blank(mass.tolist(), other.tolist())
    assert summarize_region(Region.BLANK, mass, area).p == pytest.approx(
        signed, rel=1e-6
    )
    assert contrast.p == pytest.approx(ranked, rel=1e-6)
    assert contrast.auc == pytest.approx(auc, rel=1e-9)


def test_a_true_focus_is_found_and_chance_is_not() -> None:
    rng = np.random.default_rng(9)
    chance = [
        judge_claim(
            summarize(draw_rows(rng, 60, focus=1.0)), Grouping.LABEL, "malignant"
        )
        for _ in range(30)
    ]
    assert chance.count(Outcome.NOT_SHOWN) >= 25
    found = summarize(draw_rows(rng, 60, focus=2.0))
    assert judge_claim(found, Grouping.LABEL, "malignant") is Outcome.SUPPORTED


def test_rows_come_back_from_their_file(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    rows = [*draw_rows(rng, 6, focus=2.0), make_row(7, (None,) * 4)]
    rows.append(
        replace(
            rows[0], lesion=None, vicinity=None, lesion_area=None, vicinity_area=None
        )
    )
    path = tmp_path / "maps.csv"
    save_map_rows(path, rows)
    assert load_map_rows(path) == tuple(rows)
    assert path.read_text().splitlines()[0] == (
        "method,repeat,fold,exam_id,label,called,evidence,lesion,vicinity,breast,blank,"
        "lesion_area,vicinity_area,breast_area,blank_area"
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [(",1,1,malignant", ",2,1,malignant"), ("malignant", "good"), ("0.34", "1.34"),
     ("0.34", "nan"), ("0.34", ""), ("0.34", "x")],
)  # fmt: skip
def test_a_damaged_table_is_refused_by_line(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "maps.csv"
    save_map_rows(path, [make_row(1, (0.1, 0.2, 0.3, 0.4))])
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(RunError, match=r"maps\.csv, line 2: "):
        load_map_rows(path)


def test_summaries_come_back_from_json(tmp_path: Path) -> None:
    rows = draw_rows(np.random.default_rng(3), 20, focus=3.0)
    for mass in (summarize(rows), summarize(rows[:1])):
        save_json(tmp_path / "m.json", map_mass_as_json(mass))
        entry = load_json(tmp_path / "m.json")
        assert map_mass_from_json(entry) == mass
    assert entry["claims"]["benign by label"] == "not shown"


@pytest.mark.parametrize("score", [0.2, 0.5])
def test_a_simulated_exam_is_measured_by_what_it_was_called(score: float) -> None:
    population = Population("paper", "dilon-6800-gp", 4, 4, 740.0, 2)
    exam, truth = simulate_exam(population, 0)
    settings = Preprocessing(64)
    field, wall = np.zeros((16, 16)), np.zeros((16, 16))
    field[:, 15], wall[6:10, 0] = 1.0, 1.0
    row = measure_exam(
        exam, truth, wall, field, score, 0.5, settings, run=("paper", 2, 1)
    )
    assert (row.method, row.repeat, row.fold) == ("paper", 2, 1)
    assert (row.exam_id, row.label) == (exam.exam_id, 1)
    assert row.called == int(score >= 0.5)
    assert row.evidence == ("malignant" if row.called else "benign")
    assert row.blank is not None
    assert row.blank == pytest.approx(0.0 if row.called else 1.0, abs=0.05)
    assert row.lesion_area
    unknown = measure_exam(exam, None, wall, field, score, 0.5, settings)
    assert unknown.lesion is unknown.lesion_area is None
    assert unknown.blank == pytest.approx(row.blank)
    empty = measure_exam(exam, truth, 0 * wall, 0 * field, score, 0.5, settings)
    assert empty.empty
    assert empty.lesion_area == row.lesion_area


def test_an_exam_without_a_label_is_refused() -> None:
    heat = np.ones((4, 4))
    exam = make_exam(label=Label.UNKNOWN)
    with pytest.raises(ValueError, match="must have a label"):
        measure_exam(exam, None, heat, heat, 0.5, 0.5, Preprocessing(64))
