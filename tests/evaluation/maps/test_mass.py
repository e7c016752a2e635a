import subprocess
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bsgi.errors import RunError
from bsgi.evaluation.maps.mass import (
    Grouping,
    MapMass,
    Outcome,
    judge_claim,
    map_mass_as_json,
    map_mass_from_json,
    summarize_map_mass,
)
from bsgi.evaluation.maps.rows import MapRow, load_map_rows, measure_exam, save_map_rows
from bsgi.evaluation.maps.statistics import Region, contrast_blank
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
    margin: float = 0.0,
) -> MapRow:
    call = label if called is None else called
    lesion, vicinity, breast, blank = mass
    return MapRow(
        "paper", repeat, 0, f"{exam:04}", label, call, margin or 0.3 * (2 * call - 1),
        ("benign", "malignant")[call], lesion, vicinity, breast, blank, *AREA,
    )  # fmt: skip


def summarize(rows: Sequence[MapRow]) -> MapMass:
    (mass,) = summarize_map_mass(rows)
    return mass


def draw_rows(rng: np.random.Generator, exams: int, *, focus: float) -> list[MapRow]:
    """Malignant maps with lesions enriched about `focus`, benign ones as the area."""
    rows = []
    for exam in range(exams):
        label = exam % 2
        more = (focus if label else 1.0) * rng.uniform(0.5, 1.5)
        blank = AREA[3] * rng.uniform(0.7, 1.3)
        lesion, vicinity = AREA[0] * more, AREA[1] * more
        mass = (lesion, vicinity, 1 - lesion - vicinity - blank, blank)
        rows.append(make_row(exam, mass, label=label))
    return rows


def test_uniform_maps_are_enriched_nowhere() -> None:
    mass = summarize([make_row(exam, label=exam % 2) for exam in range(12)])
    for group in mass.groups:
        assert group.exams == 6
        for region in group.regions:
            assert region.ratio is not None
            assert region.ratio.value == pytest.approx(1.0)
            assert region.difference is not None
            assert region.difference.value == 0.0
        assert judge_claim(mass, group.by, group.group) is Outcome.NOT_SHOWN
    assert mass.contrast(Grouping.LABEL).auc == 0.5


def test_maps_on_lesions_support_the_first_claim_and_refute_the_second() -> None:
    rows = [make_row(exam, (1.0, 0.0, 0.0, 0.0), label=exam % 2) for exam in range(20)]
    mass = summarize(rows)
    assert judge_claim(mass, Grouping.LABEL, "malignant") is Outcome.SUPPORTED
    assert judge_claim(mass, Grouping.LABEL, "benign") is Outcome.CONTRADICTED
    near = mass.group(Grouping.LABEL, "malignant").region(Region.NEAR)
    assert near.mass is not None
    assert near.ratio is not None
    assert near.mass.median == 1.0
    assert near.ratio.value == pytest.approx(1 / 0.06)


def test_the_vicinity_of_the_tumour_counts_for_the_first_claim() -> None:
    rows = [make_row(exam, (0.0, 0.5, 0.1, 0.4)) for exam in range(20)]
    mass = summarize(rows)
    assert judge_claim(mass, Grouping.LABEL, "malignant") is Outcome.SUPPORTED
    lesion = mass.group(Grouping.LABEL, "malignant").region(Region.LESION)
    assert lesion.difference is not None
    assert lesion.difference.upper < 0


def test_more_than_by_chance_is_not_yet_mainly() -> None:
    # 0.30 of the map on 0.06 of the area: five times its share, and less than a half
    rows = [make_row(exam, (0.1, 0.2, 0.3, 0.4)) for exam in range(20)]
    mass = summarize(rows)
    assert judge_claim(mass, Grouping.LABEL, "malignant") is Outcome.PARTLY


def test_five_exams_are_too_few_to_test() -> None:
    rows = [make_row(exam, (1.0, 0.0, 0.0, 0.0)) for exam in range(5)]
    mass = summarize(rows)
    assert judge_claim(mass, Grouping.LABEL, "malignant") is Outcome.NOT_TESTABLE
    assert mass.group(Grouping.LABEL, "malignant").region(Region.NEAR).exams == 5


def test_exams_without_the_region_do_not_count_for_it() -> None:
    rows = [make_row(exam, (0.3, 0.0, 0.1, 0.6)) for exam in range(8)]
    rows += [
        replace(
            make_row(exam, (0.0, 0.0, 0.4, 0.6)), lesion_area=0.0, vicinity_area=0.0
        )
        for exam in range(8, 20)
    ]
    group = summarize(rows).group(Grouping.LABEL, "malignant")
    assert group.exams == 20
    lesion = group.region(Region.LESION)
    assert lesion.exams == 8
    assert lesion.mean_mass == pytest.approx(0.3)
    assert lesion.mean_area == pytest.approx(0.02)


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
            assert a.difference is not None
            assert b.difference is not None
            assert a.difference.value == pytest.approx(b.difference.value)
            assert a.difference.lower == pytest.approx(b.difference.lower, abs=1e-6)
    assert many.contrasts == one.contrasts


def test_an_exam_belongs_to_what_the_mean_of_its_margins_calls_it() -> None:
    """Two repeats call it malignant by a little, one benign by much: it is benign."""
    hot, cold = (1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0)
    rows = [
        make_row(1, hot, called=1, margin=0.1, repeat=0),
        make_row(1, hot, called=1, margin=0.1, repeat=1),
        make_row(1, cold, called=0, margin=-0.4, repeat=2),
        make_row(2, hot, called=1, margin=0.2),
    ]
    mass = summarize(rows)
    called = mass.group(Grouping.DIAGNOSIS, "benign")
    assert (called.exams, called.maps) == (1, 1)
    blank = called.region(Region.BLANK).mass
    assert blank is not None
    assert blank.median == 1.0
    assert mass.group(Grouping.DIAGNOSIS, "malignant").exams == 1
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
def test_blank_shares_are_compared_as_r_does(
    require_program: Callable[[str], str], tmp_path: Path, exams: int
) -> None:
    """wilcox.test of R is the independent program."""
    rng = np.random.default_rng(exams)
    mass, other = rng.uniform(0.01, 0.2, exams), rng.uniform(0.0, 0.3, exams + 3)
    program = f"""
        m <- c({",".join(map(repr, mass.tolist()))})
        o <- c({",".join(map(repr, other.tolist()))})
        exact <- {"TRUE" if exams < 50 else "FALSE"}
        two <- wilcox.test(o, m, exact = exact, correct = !exact)
        cat(formatC(c(two$p.value, two$statistic / length(m) / length(o)),
                    digits = 17, format = "g"))
    """
    script = tmp_path / "check.R"
    script.write_text(program)
    done = subprocess.run(
        [require_program("Rscript"), str(script)],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    ranked, auc = (float(text) for text in done.stdout.split())
    contrast = contrast_blank(mass.tolist(), other.tolist())
    assert contrast.p == pytest.approx(ranked, rel=1e-6)
    assert contrast.auc == pytest.approx(auc, rel=1e-9)


def draw_blobs(
    rng: np.random.Generator, exams: int, deviation: float, *, strays: float = 1e9
) -> list[MapRow]:
    """Maps of one blob, in 16 x 16 pixels that close like a torus.

    The lesion is 5 of the 256 pixels, 2 % of the area, and has no vicinity. A blob lies
    anywhere, whatever the lesion; or it strays from it by a standard deviation.
    """
    pixels = np.arange(16)
    rows = []
    for exam in range(exams):
        spread = []
        for middle in (
            rng.uniform(0, 16, 2) if strays > 16 else rng.normal(0, strays, 2)
        ):
            apart = np.abs((pixels - middle + 8) % 16 - 8)
            weights = np.exp(-(apart**2) / (2 * deviation**2))
            spread.append(weights / weights.sum())
        heat = np.outer(*spread)
        lesion = float(heat[0, 0] + heat[0, 1] + heat[1, 0] + heat[0, -1] + heat[-1, 0])
        row = make_row(exam, (lesion, 0.0, 0.0, 1 - lesion))
        rows.append(
            replace(
                row, lesion_area=5 / 256, vicinity_area=0.0, breast_area=0.0,
                blank_area=251 / 256,
            )
        )  # fmt: skip
    return rows


@pytest.mark.parametrize("exams", [30, 17])
@pytest.mark.parametrize("deviation", [1.0, 2.0, 4.0])
def test_maps_that_do_not_know_the_lesion_are_seldom_judged(
    exams: int, deviation: float
) -> None:
    """Of 1,000 such studies 3.2 to 6.2 % are judged one way or the other."""
    rng = np.random.default_rng(11)
    outcomes = [
        judge_claim(
            summarize(draw_blobs(rng, exams, deviation)), Grouping.LABEL, "malignant"
        )
        for _ in range(60)
    ]
    # More than 8 of 60 have a chance of 1 % at a level of 6 %.
    assert len(outcomes) - outcomes.count(Outcome.NOT_SHOWN) <= 8
    found = (Outcome.SUPPORTED, Outcome.PARTLY)
    assert sum(outcome in found for outcome in outcomes) <= 5


def test_maps_that_know_the_lesion_are_found() -> None:
    rng = np.random.default_rng(9)
    rows = draw_blobs(rng, 17, 2.0, strays=2.0)
    found = judge_claim(summarize(rows), Grouping.LABEL, "malignant")
    assert found is Outcome.PARTLY


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
        "method,repeat,fold,exam_id,label,called,margin,evidence,lesion,vicinity,breast,blank,"
        "lesion_area,vicinity_area,breast_area,blank_area"
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [(",1,1,0.3", ",2,1,0.3"), ("malignant", "good"), (",0.3,m", ",-0.3,m"),
     (",0.3,m", ",nan,m"), ("0.34", "1.34"),
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
    assert entry["claims"]["benign by label"] == "not testable"


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
