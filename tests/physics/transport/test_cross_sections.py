"""Cross-sections: against the printed values and the formulae they must obey."""

import math

import numpy as np
import pytest

from bsgi.physics.camera import materials
from bsgi.physics.transport.cross_sections import (
    ADIPOSE,
    CRYSTALS,
    ELECTRON_KEV,
    GLAND,
    LOWEST_KEV,
    WATER,
    Mixture,
    build_medium,
    energies_kev,
    mix_breast_tissue,
    momenta,
    scatter_incoherently,
    tabulate_total,
)

LINE_KEV = 140.5


# xraylib with ICRU-44 and ICRU-46 compositions, computed apart from this project.
@pytest.mark.parametrize(
    ("tissue", "total", "compton", "rayleigh", "photo"),
    [
        (ADIPOSE, 0.1453, 0.1429, 0.0020, 0.0005),
        (GLAND, 0.1554, 0.1522, 0.0025, 0.0007),
        (WATER, 0.1537, 0.1500, 0.0028, 0.0009),
    ],
    ids=lambda value: value.name if isinstance(value, Mixture) else "",
)
def test_coefficients_at_the_line_are_the_printed_ones(
    tissue: Mixture, total: float, compton: float, rayleigh: float, photo: float
) -> None:
    medium = build_medium(tissue, rayleigh=True, binding=False)
    assert medium.total_per_cm(LINE_KEV) == pytest.approx(total, abs=6e-5)
    for table, expected in (
        (medium.compton_per_cm, compton),
        (medium.rayleigh_per_cm, rayleigh),
        (medium.photo_per_cm, photo),
    ):
        at_line = np.interp(LINE_KEV, energies_kev(), table)
        assert at_line == pytest.approx(expected, abs=6e-5)


@pytest.mark.parametrize("material", [materials.NAI, materials.CZT])
def test_crystals_agree_with_the_materials_of_the_cameras(
    material: materials.Material,
) -> None:
    crystal = next(each for each in CRYSTALS if each.name == material.name)
    at_line = np.interp(LINE_KEV, energies_kev(), tabulate_total(crystal))
    assert at_line == pytest.approx(material.mu_per_cm, rel=0.01)


def test_klein_nishina_adds_up_to_its_closed_form() -> None:
    cosine = np.linspace(-1.0, 1.0, 20001)
    for energy_kev in (60.0, 100.0, LINE_KEV):
        a = energy_kev / ELECTRON_KEV
        log = math.log(1 + 2 * a)
        closed = 2 * math.pi * (
            (1 + a) / a**2 * (2 * (1 + a) / (1 + 2 * a) - log / a)
            + log / (2 * a)
            - (1 + 3 * a) / (1 + 2 * a) ** 2
        )  # fmt: skip
        sphere = (
            2 * np.pi * np.trapezoid(scatter_incoherently(energy_kev, cosine), cosine)
        )
        assert sphere == pytest.approx(closed, rel=1e-6)
        medium = build_medium(WATER, rayleigh=False, binding=False)
        index = int(energy_kev) - LOWEST_KEV
        if energy_kev == int(energy_kev):
            assert medium.compton_norm[index] == pytest.approx(closed, rel=1e-5)


def test_free_electrons_account_for_compton_scatter() -> None:
    """Water has 3.343e23 electrons per gram; binding takes 1 % or less of it away."""
    medium = build_medium(WATER, rayleigh=False, binding=True)
    radius_cm = 2.8179403e-13
    for energy_kev in (100, 140):
        index = energy_kev - LOWEST_KEV
        per_cm = medium.compton_norm[index] * radius_cm**2 * 3.343e23
        assert medium.compton_per_cm[index] == pytest.approx(per_cm, rel=0.005)


def test_scattering_functions_have_their_limits() -> None:
    medium = build_medium(WATER, rayleigh=True, binding=True)
    assert medium.incoherent[0] == 0.0
    assert medium.incoherent[-1] == pytest.approx(1.0, abs=1e-3)
    assert np.diff(medium.incoherent).min() > -1e-6
    # At no angle all electrons of an atom scatter together: Z squared.
    atoms = {z: share / weight for (z, share), weight in zip(
        WATER.mass_shares.items(), (1.008, 15.999), strict=True)}  # fmt: skip
    assert medium.form[0] == pytest.approx(
        sum(count * z * z for z, count in atoms.items()), rel=1e-3
    )
    assert len(medium.form) == len(momenta())


def test_options_switch_scatter_off() -> None:
    medium = build_medium(GLAND, rayleigh=False, binding=False)
    assert medium.rayleigh_per_cm.max() == 0.0
    assert medium.incoherent.min() == 1.0


@pytest.mark.parametrize(("gland_share", "expected"), [(0.0, ADIPOSE), (1.0, GLAND)])
def test_a_mixture_of_one_is_that_one(gland_share: float, expected: Mixture) -> None:
    mixed = tabulate_total(mix_breast_tissue(gland_share))
    assert mixed == pytest.approx(tabulate_total(expected), rel=1e-9)


def test_a_mixture_attenuates_by_volume() -> None:
    fat, gland = tabulate_total(ADIPOSE), tabulate_total(GLAND)
    mixed = tabulate_total(mix_breast_tissue(0.2))
    assert mixed == pytest.approx(0.8 * fat + 0.2 * gland, rel=1e-9)


def test_impossible_mixtures_are_refused() -> None:
    with pytest.raises(ValueError, match="density"):
        Mixture("nothing", 0.0, {1: 1.0})
    with pytest.raises(ValueError, match="add up to 1"):
        Mixture("half", 1.0, {1: 0.5})
