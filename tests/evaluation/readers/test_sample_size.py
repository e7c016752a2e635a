"""Power of a study of readers, against RJafroc 2.1.3 and by simulation."""

from dataclasses import replace

import numpy as np
import pytest

from bsgi.evaluation.readers.obuchowski_rockette import Readings, analyse_model
from bsgi.evaluation.readers.reader_model import Samples
from bsgi.evaluation.readers.sample_size import PilotStudy, find_cases, find_power
from bsgi.evaluation.readers.variances import Components

PILOT = PilotStudy(
    Components(
        error=0.00080228827, same_reader=0.00034661371, same_modality=0.00034407483,
        neither=0.00023902837, reader=0.0015349993, interaction=0.00020040252,
    ),
    114,
)  # fmt: skip
"""VanDyke with the jackknife, as in example 4A of RJafroc's SsPowerGivenJK."""

RJAFROC = [
    (Samples.BOTH, 6, 251, 0.8922819891, 16.1270375929),
    (Samples.BOTH, 5, 114, 0.6166099771, 15.2596749243),
    (Samples.BOTH, 4, 60, 0.3534912028, 11.0736261559),
    (Samples.BOTH, 10, 400, 0.9934359311, 35.8863215085),
    (Samples.CASES, 6, 251, 0.9839447699, None),
    (Samples.CASES, 4, 60, 0.4553804997, None),
    (Samples.READERS, 6, 251, 0.9494449151, 5.0),
    (Samples.READERS, 4, 60, 0.3836538177, 3.0),
]
"""What SsPowerGivenJKOrVarCom of RJafroc 2.1.3 gives for a difference of 0.05."""


@pytest.mark.parametrize(("samples", "readers", "cases", "power", "freedom"), RJAFROC)
def test_power_is_rjafrocs(
    samples: Samples, readers: int, cases: int, power: float, freedom: float | None
) -> None:
    found = find_power(PILOT, readers, cases, 0.05, samples=samples)
    assert found.power == pytest.approx(power, abs=1e-8)
    assert found.freedom == (None if freedom is None else pytest.approx(freedom))


def test_cases_are_rjafrocs() -> None:
    wanted = {4: 361, 5: 213, 6: 170, 8: 134, 10: 119}
    for readers, cases in wanted.items():
        found = find_cases(PILOT, readers, 0.05)
        assert found.cases == cases
        assert found.power is not None
        assert found.power >= 0.8 > find_power(PILOT, readers, cases - 1, 0.05).power
    # three readers differ too much: no number of cases helps
    assert find_cases(PILOT, 3, 0.05).cases is None


def test_the_power_is_reached() -> None:
    """150 drawn studies with the pilot's variances: standard error 4 %.

    Areas are drawn as the model has them, normal about two means 0.05 apart.
    """
    rng = np.random.default_rng(1)
    readers, cases, parts = 5, 114, PILOT.components
    same_r = np.kron(np.eye(readers), np.ones((2, 2))) > 0
    same_m = np.kron(np.ones((readers, readers)), np.eye(2)) > 0
    kinds = [same_r & same_m, same_r & ~same_m, ~same_r & same_m, ~same_r & ~same_m]
    values = (parts.error, parts.same_reader, parts.same_modality, parts.neither)
    covariance = np.select(kinds, [one or 0.0 for one in values])
    shown = 0
    for noise in rng.multivariate_normal(np.zeros(2 * readers), covariance, 150):
        areas = noise.reshape(readers, 2) + rng.normal(0, 0.04, (readers, 1))
        areas += rng.normal(0, (parts.interaction or 0.0) ** 0.5, (readers, 2))
        areas += np.array([0.85, 0.90])
        readings = Readings(tuple("abcde"), ("one", "other"), areas, covariance)
        test = analyse_model(readings, Samples.BOTH).test
        shown += test is not None and test.p < 0.05
    wanted = find_power(PILOT, readers, cases, 0.05).power
    assert shown / 150 == pytest.approx(wanted, abs=3 * 0.04)


def test_no_difference_is_shown_as_often_as_the_level_says() -> None:
    for samples in Samples:
        found = find_power(PILOT, 6, 200, 0.0, samples=samples, alpha=0.01)
        assert found.power == pytest.approx(0.01)


def test_readers_that_agree_on_the_modalities_help_more() -> None:
    alike = PilotStudy(replace(PILOT.components, interaction=-0.0001), 114)
    needed = find_cases(alike, 4, 0.05).cases
    assert needed is not None
    assert needed < 361
    assert find_power(alike, 4, 60, 0.05).power > find_power(PILOT, 4, 60, 0.05).power


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="2 or more readers"):
        find_power(PILOT, 1, 100, 0.05)
    with pytest.raises(ValueError, match="1 or more readers"):
        find_power(PILOT, 0, 100, 0.05, samples=Samples.CASES)
    with pytest.raises(ValueError, match="two readers and two modalities"):
        PilotStudy(replace(PILOT.components, neither=None), 114)
    with pytest.raises(ValueError, match="cases must be positive"):
        PilotStudy(PILOT.components, 0)
    still = PilotStudy(Components(0.0, 0.0, 0.0, 0.0, 0.0, 0.0), 100)
    with pytest.raises(ValueError, match="nothing spreads"):
        find_power(still, 3, 100, 0.05)
