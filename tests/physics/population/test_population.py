from dataclasses import replace
from fractions import Fraction

import pytest

from bsgi.errors import ConfigError
from bsgi.exam.record import Label
from bsgi.physics.population.population import Population, fill_population
from bsgi.physics.population.preset import find_preset, shipped_presets

CAMERA = "dilon-6800-gp"
PAPER = Population("paper", CAMERA, 231, 87, 740.0, 1)


@pytest.mark.parametrize(("exams", "malignant"), [(231, 87), (10, 0), (7, 7), (400, 1)])
def test_the_asked_number_is_malignant(exams: int, malignant: int) -> None:
    population = replace(PAPER, exams=exams, malignant=malignant)
    labels = [population.label(index) for index in range(exams)]
    assert labels.count(Label.MALIGNANT) == malignant


@pytest.mark.parametrize("preset", shipped_presets())
def test_what_is_not_asked_for_is_the_presets(preset: str) -> None:
    found = find_preset(preset)
    population = fill_population(preset)
    assert population == Population(
        preset,
        found.camera,
        found.exams,
        found.malignant_exams,
        found.dose_mbq,
        1,
    )
    assert population.protocol == found.protocol
    assert population.women_of == found.women_of
    other = fill_population(
        preset, camera=CAMERA, exams=9, malignant=2, dose_mbq=1.5, seed=4
    )
    assert other == Population(preset, CAMERA, 9, 2, 1.5, 4)


def test_the_preset_gives_its_share_of_malignant_exams() -> None:
    assert fill_population("paper").malignant == 87
    assert fill_population("paper", exams=2310).malignant == 870
    assert fill_population("screening", exams=1000).malignant == 11


@pytest.mark.parametrize("preset", ["paper", "screening"])
@pytest.mark.parametrize("exams", [1, 60, 77, 231, 232, 1999, 5000])
def test_a_label_does_not_depend_on_how_many_are_drawn(preset: str, exams: int) -> None:
    some = fill_population(preset, exams=exams)
    many = fill_population(preset, exams=12_000)
    assert some.malignant_share == find_preset(preset).malignant_share
    labels = [some.label(index) for index in range(exams)]
    assert labels == [many.label(index) for index in range(exams)]
    assert labels.count(Label.MALIGNANT) == some.malignant


def test_another_share_that_is_asked_for_is_taken() -> None:
    population = replace(PAPER, malignant=88)
    assert population.malignant_share == Fraction(88, 231)
    assert replace(PAPER, exams=232).malignant_share == Fraction(87, 231)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"preset": "papper"}, 'or a file whose name ends in .toml, got "papper"'),
        ({"camera": "anger"}, "camera must be one of dilon-6800-gp.*, got 'anger'"),
        ({"exams": 0}, "exams must be at least 1, got 0"),
        ({"malignant": 232}, "malignant must be 0 to 231, got 232"),
        ({"dose_mbq": float("nan")}, "dose_mbq must be positive, got nan"),
        ({"dose_mbq": 0.0}, "dose_mbq must be positive, got 0.0"),
        ({"dose_mbq": 10_001.0}, "dose_mbq must be at most 10000, got 10001.0"),
        ({"dose_mbq": float("inf")}, "dose_mbq must be at most 10000, got inf"),
        ({"seed": -1}, "seed must not be negative, got -1"),
    ],
)
def test_impossible_populations_are_refused(
    change: dict[str, float | str], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        replace(PAPER, **change)  # type: ignore[arg-type]


def test_times_of_the_protocol_can_be_changed() -> None:
    changed = PAPER.change_protocol(view_s=300.0)
    assert changed == replace(PAPER.protocol, view_s=300.0)
    assert PAPER.change_protocol() == PAPER.protocol
    assert PAPER.change_protocol(frame_s=30.0).frame_s == 30.0
    with pytest.raises(ConfigError, match=r"^view_s must be positive, got -1\.0\.$"):
        PAPER.change_protocol(view_s=-1.0)
