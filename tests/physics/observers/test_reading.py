"""The reading model against Bayes' rule written out, and on simulated exams."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import multivariate_normal

from bsgi.exam.record import ViewName
from bsgi.physics.acquisition.protocol import Protocol
from bsgi.physics.camera.catalogue import find_camera
from bsgi.physics.observers import reading
from bsgi.physics.observers.evidence import (
    Evidence,
    Setting,
    describe_setting,
    read_evidence,
)
from bsgi.physics.observers.lesion_prior import (
    RATIOS,
    LesionPrior,
    build_prior,
    draw_lesions_of,
)
from bsgi.physics.observers.looks import (
    CHANNELS,
    flatten,
    look_at,
    project_rates,
    show_only,
)
from bsgi.physics.observers.normal import (
    Normal,
    choose_place,
    learn_normal,
    observe_normal,
)
from bsgi.physics.observers.reading import Reader
from bsgi.physics.observers.templates import DIAMETERS_MM
from bsgi.physics.population.population import Population
from bsgi.physics.population.woman import Woman, draw_woman

CAMERA = "dilon-6800-gp"
POPULATION = Population("paper", CAMERA, 60, 30, 740.0, 3)
LIVE = np.ones((1, 64, 48), np.float32)


def _draw_setting(rng: np.random.Generator) -> tuple[Setting, Evidence, Normal]:
    """Made-up numbers of the right shapes: two looks of two channels."""
    shape = (len(DIAMETERS_MM), 2, 2)
    half = rng.normal(size=(len(DIAMETERS_MM), 2, 2, 2)).astype(np.float32)
    own = rng.normal(size=(2, 2, 2)).astype(np.float32)
    own, more = own @ own.swapaxes(1, 2), half @ half.swapaxes(2, 3)
    root = rng.normal(size=(5, 5))
    joint = root @ root.T / 20
    setting = Setting(rng.normal(size=shape).astype(np.float32), own, 0.1 * more)
    evidence = Evidence(rng.normal(size=(2, 2)), np.array([30.0, 50.0]))
    normal = Normal(
        rng.normal(size=4),
        joint[:4, :4],
        1.1,
        float(np.sqrt(joint[4, 4])),
        joint[:4, 4],
    )
    return setting, evidence, normal


def test_the_score_is_bayes_rule_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """SciPy's normal densities, summed over every kind of lesion."""
    monkeypatch.setattr(reading, "_SCALES", (1.0,))
    monkeypatch.setattr(reading, "_OWN_SHARE", 0.0)
    rng = np.random.default_rng(8)
    setting, evidence, normal = _draw_setting(rng)
    priors = np.zeros((2, len(DIAMETERS_MM), len(RATIOS)))
    kinds = [(1, 5), (3, 20), (6, 33), (9, 40)]
    for row, col in kinds:
        priors[:, row, col] = rng.uniform(0.1, 1.0, 2)
    priors /= priors.sum(axis=(1, 2), keepdims=True)
    logs = []
    for row, col in kinds:
        excess, shift = RATIOS[col] - 1, setting.shifts[row].ravel()
        noise = np.zeros((4, 4))
        for look in range(2):
            part = setting.noise[look] + max(excess, 0) * setting.more_noise[row, look]
            box = slice(2 * look, 2 * look + 2)
            noise[box, box] = part / evidence.counts[look]
        # The lesion's warmth is one more normal variable, joint with the outputs.
        carry = np.hstack([np.eye(4), excess * shift[:, None]])
        joint = np.block(
            [
                [normal.covariance, normal.with_warmth[:, None]],
                [normal.with_warmth[None], np.array([[normal.warmth_sd**2]])],
            ]
        )
        mean = normal.mean + normal.warmth * excess * shift
        law = multivariate_normal(mean, carry @ joint @ carry.T + noise)
        logs.append(law.logpdf(evidence.outputs.ravel()))
    expected = [logsumexp(logs, b=[prior[kind] for kind in kinds]) for prior in priors]
    found = Reader(LesionPrior(*priors), normal).score(setting, evidence)
    assert found == pytest.approx(expected[0] - expected[1], rel=1e-5, abs=1e-5)


@cache
def _reader() -> Reader:
    others = replace(POPULATION, seed=4)
    normal = learn_normal([observe_normal(others, index) for index in range(60)])
    return Reader(build_prior(draw_lesions_of(POPULATION, 3000, 5)), normal)


def _score(woman: Woman, exposure: float, seed: int | None = None) -> float:
    """Score of one woman's expected counts, or of drawn ones."""
    camera = find_camera(CAMERA)
    side, position = choose_place(woman)
    woman = show_only(woman, side)
    flats = project_rates(flatten(woman), camera, LIVE)
    looks = look_at(woman, side, position, camera, flats)
    counts = {
        name: rate * np.float32(exposure)
        for name, rate in project_rates(woman, camera, LIVE).items()
    }
    if seed is not None:
        rng = np.random.default_rng(seed)
        counts = {k: rng.poisson(v).astype(np.float32) for k, v in counts.items()}
    exposures = dict.fromkeys(ViewName, exposure)
    found = read_evidence(looks, flats, counts, exposures)
    return _reader().score(describe_setting(looks), found)


def test_a_hotter_or_larger_lesion_is_more_suspicious() -> None:
    woman = draw_woman(POPULATION, 0)
    main = replace(
        woman.lesions[0], diameter_mm=14.0, foci=(), position=(0.5, 0.1, 0.1)
    )

    def score(diameter_mm: float, ratio: float) -> float:
        lesion = replace(main, diameter_mm=diameter_mm, concentration_ratio=ratio)
        return _score(replace(woman, lesions=(lesion,)), 740.0 * 600.0)

    by_ratio = [score(14.0, ratio) for ratio in (1.0, 2.5, 5.0, 10.0)]
    assert by_ratio == sorted(by_ratio)
    assert by_ratio[0] < -1 < 1 < by_ratio[-1]
    by_size = [score(diameter_mm, 10.0) for diameter_mm in (4.0, 6.0, 9.0)]
    assert by_size == sorted(by_size)


def test_with_few_counts_it_is_less_sure() -> None:
    """At a hundredth of the dose the scores lie closer together."""
    women = [draw_woman(POPULATION, index) for index in range(16)]
    full, few = (
        [_score(woman, exposure, seed=woman.index) for woman in women]
        for exposure in (740.0 * 600.0, 7.4 * 600.0)
    )
    assert np.std(few) < 0.85 * np.std(full)


def test_noise_has_the_covariance_that_is_expected() -> None:
    camera, woman = find_camera(CAMERA), draw_woman(POPULATION, 2)
    side, position = choose_place(woman)
    woman = show_only(flatten(woman), side)
    flats = project_rates(woman, camera, LIVE)
    looks = look_at(woman, side, position, camera, flats)
    exposure, rng = 740.0 * 600.0 * 3.7, np.random.default_rng(9)
    exposures = dict.fromkeys(ViewName, exposure)
    rows = []
    for _ in range(1500):
        counts = {
            name: rng.poisson(rate * np.float32(exposure)).astype(np.float32)
            for name, rate in flats.items()
        }
        rows.append(read_evidence(looks, flats, counts, exposures).outputs.ravel())
    found, expected = np.cov(np.array(rows).T), describe_setting(looks).noise / exposure
    for look in range(len(looks)):
        box = slice(look * CHANNELS, (look + 1) * CHANNELS)
        scale = np.sqrt(np.diag(expected[look]))
        difference = (found[box, box] - expected[look]) / np.outer(scale, scale)
        assert np.abs(difference).max() < 0.15


def test_a_lesion_shifts_the_outputs_as_its_template_says() -> None:
    camera, woman = find_camera(CAMERA), draw_woman(POPULATION, 2)
    lesion = replace(
        woman.lesions[0],
        diameter_mm=DIAMETERS_MM[4],
        concentration_ratio=5.0,
        foci=(),
        position=(0.5, 0.1, 0.2),
    )
    woman = show_only(flatten(woman), lesion.side)
    flats = project_rates(woman, camera, LIVE)
    looks = look_at(woman, lesion.side, lesion.position, camera, flats)
    counts = project_rates(replace(woman, lesions=(lesion,)), camera, LIVE)
    found = read_evidence(looks, flats, counts, dict.fromkeys(ViewName, 1.0)).outputs
    shift = 4.0 * describe_setting(looks).shifts[4]
    assert np.abs(found - shift).max() < 0.04 * np.abs(shift).max()


def test_it_reads_women_of_the_paper_like_population() -> None:
    """Malignant exams score higher on the whole, with counts as they are taken."""
    camera, protocol = find_camera(CAMERA), Protocol()
    left = camera.isotope.mean_decay_factor(protocol.uptake_s, protocol.view_s)
    exposure = 740.0 * protocol.view_s * left
    scores = np.array(
        [_score(draw_woman(POPULATION, i), exposure, seed=i) for i in range(60)]
    )
    ill = np.array([POPULATION.label(i).name == "MALIGNANT" for i in range(60)])
    wins = (scores[ill][:, None] > scores[~ill][None]).mean()
    assert wins > 0.8
