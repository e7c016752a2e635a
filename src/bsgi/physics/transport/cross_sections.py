"""What photons of 60 to 141 keV meet in tissue and crystals, from the xraylib library.

Only the Monte Carlo needs it: everything else reads the tables that it left behind.

References:
    Schoonjans et al., "The xraylib library for X-ray-matter interactions", Spectrochim
    Acta B 2011;66:776. Compositions: ICRU Reports 44 and 46.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import xraylib
from jaxtyping import Float

# Whole keV, so that a table is looked up without a search.
LOWEST_KEV = 60
HIGHEST_KEV = 141
# Momentum transfer sin(theta / 2) / wavelength; 141 keV backwards is 11.4.
MOMENTUM_STEP = 0.01
MOMENTA = 1201
KEV_ANGSTROM = 12.398420  # F: CODATA, h c
ELECTRON_KEV = 510.99895  # F: CODATA, rest energy of the electron


@dataclass(frozen=True, slots=True)
class Mixture:
    """Matter by its elements.

    Args:
        name: Plain name.
        density_g_per_cm3: Mass per volume.
        mass_shares: Mass of each element, by atomic number, over that of the whole.

    Raises:
        ValueError: If the density is not positive or the shares do not add up to 1.
    """

    name: str
    density_g_per_cm3: float
    mass_shares: Mapping[int, float]

    def __post_init__(self) -> None:
        if not self.density_g_per_cm3 > 0:
            raise ValueError(f"density of {self.name} must be positive.")
        if not abs(sum(self.mass_shares.values()) - 1.0) < 2e-3:
            raise ValueError(f"mass shares of {self.name} must add up to 1.")


# F: ICRU-44 adipose tissue.
ADIPOSE = Mixture(
    "adipose tissue",
    0.95,
    {1: 0.114, 6: 0.598, 7: 0.007, 8: 0.278, 11: 0.001, 16: 0.001, 17: 0.001},
)
# F: ICRU-46 mammary gland.
GLAND = Mixture(
    "mammary gland",
    1.02,
    {
        1: 0.106,
        6: 0.332,
        7: 0.030,
        8: 0.527,
        11: 0.001,
        15: 0.001,
        16: 0.002,
        17: 0.001,
    },
)
WATER = Mixture("water", 1.0, {1: 0.1119, 8: 0.8881})  # F: by its formula
# F: by their formulae NaI, CsI and Cd(0.9) Zn(0.1) Te; densities are handbook values.
CRYSTALS = (
    Mixture("NaI(Tl)", 3.67, {11: 0.1534, 53: 0.8466}),
    Mixture("CsI(Tl)", 4.51, {53: 0.4885, 55: 0.5115}),
    Mixture("CZT", 5.78, {30: 0.0278, 48: 0.4305, 52: 0.5417}),
)


class Medium(NamedTuple):
    """Coefficients of one medium, as arrays that compiled code can take.

    Energies are whole keV from `LOWEST_KEV`; momentum transfers are in 1/Angstrom,
    `MOMENTUM_STEP` apart.

    Args:
        compton_per_cm: Incoherent scattering, by energy.
        rayleigh_per_cm: Coherent scattering, by energy; zeros if it is left out.
        photo_per_cm: Photoelectric absorption, by energy.
        incoherent: Incoherent scattering function per electron, by momentum transfer;
            ones if the electrons are taken as free.
        form: Squared form factor per gram, by momentum transfer.
        form_area: Its integral over the square of the momentum transfer.
        compton_norm: Integral over the sphere of the Klein-Nishina formula (in squares
            of the electron's radius) times `incoherent`, by energy.
        rayleigh_norm: Integral over the sphere of (1 + cos^2) times `form`, by energy.
    """

    compton_per_cm: Float[np.ndarray, " energy"]
    rayleigh_per_cm: Float[np.ndarray, " energy"]
    photo_per_cm: Float[np.ndarray, " energy"]
    incoherent: Float[np.ndarray, " momentum"]
    form: Float[np.ndarray, " momentum"]
    form_area: Float[np.ndarray, " momentum"]
    compton_norm: Float[np.ndarray, " energy"]
    rayleigh_norm: Float[np.ndarray, " energy"]

    def total_per_cm(self, energy_kev: float) -> float:
        """Attenuation coefficient at an energy within the table."""
        total = self.compton_per_cm + self.rayleigh_per_cm + self.photo_per_cm
        return float(np.interp(energy_kev, energies_kev(), total))


def energies_kev() -> Float[np.ndarray, " energy"]:
    """The energies of every table."""
    return np.arange(LOWEST_KEV, HIGHEST_KEV + 1, dtype=float)


def momenta() -> Float[np.ndarray, " momentum"]:
    """The momentum transfers of every table, in 1/Angstrom."""
    return MOMENTUM_STEP * np.arange(MOMENTA, dtype=float)


def mix_breast_tissue(gland_share: float) -> Mixture:
    """Fat with a given share of gland by volume.

    Args:
        gland_share: Volume of glandular tissue over that of the breast, 0 to 1.
    """
    parts = ((ADIPOSE, 1.0 - gland_share), (GLAND, gland_share))
    density = sum(each.density_g_per_cm3 * share for each, share in parts)
    masses: dict[int, float] = {}
    for each, share in parts:
        for number, mass in each.mass_shares.items():
            part = mass * share * each.density_g_per_cm3 / density
            masses[number] = masses.get(number, 0.0) + part
    return Mixture("breast", density, masses)


def tabulate_total(mixture: Mixture) -> Float[np.ndarray, " energy"]:
    """Attenuation coefficient per cm at the energies of every table.

    Args:
        mixture: What attenuates.
    """
    return np.array(
        [
            mixture.density_g_per_cm3
            * sum(w * xraylib.CS_Total(z, e) for z, w in mixture.mass_shares.items())
            for e in energies_kev()
        ]
    )


def scatter_incoherently(
    energy_kev: float, cosine: Float[np.ndarray, " angle"]
) -> Float[np.ndarray, " angle"]:
    """Klein-Nishina cross-section per solid angle, in squares of the electron's radius.

    Args:
        energy_kev: Energy before the scatter.
        cosine: Cosine of the angle.

    References:
        Klein, Nishina, Z Phys 1929;52:853.
    """
    ratio = 1.0 / (1.0 + energy_kev / ELECTRON_KEV * (1.0 - cosine))
    result: Float[np.ndarray, " angle"] = (
        0.5 * ratio**2 * (ratio + 1.0 / ratio - (1.0 - cosine**2))
    )
    return result


def build_medium(tissue: Mixture, *, rayleigh: bool, binding: bool) -> Medium:
    """Everything that the Monte Carlo must know of a tissue.

    Args:
        tissue: The tissue.
        rayleigh: Whether there is coherent scattering.
        binding: Whether bound electrons scatter less into small angles. The momentum
            that they have of their own (Doppler broadening) is left out either way.
    """
    shares = tissue.mass_shares.items()
    per_energy = [
        [tissue.density_g_per_cm3 * sum(w * section(z, e) for z, w in shares)
         for e in energies_kev()]
        for section in (xraylib.CS_Compt, xraylib.CS_Rayl, xraylib.CS_Photo)
    ]  # fmt: skip
    compton, coherent, photo = (np.array(each) for each in per_energy)
    atoms = {z: w / xraylib.AtomicWeight(z) for z, w in shares}
    electrons = sum(z * count for z, count in atoms.items())
    form = np.array(
        [
            sum(n * xraylib.FF_Rayl(z, q) ** 2 for z, n in atoms.items())
            for q in momenta()
        ]
    )
    incoherent = np.ones(MOMENTA)
    if binding:
        incoherent[0] = 0.0
        incoherent[1:] = [
            sum(n * xraylib.SF_Compt(z, q) for z, n in atoms.items()) / electrons
            for q in momenta()[1:]
        ]
    square = momenta() ** 2
    steps = 0.5 * (form[1:] + form[:-1]) * np.diff(square)
    # Fine at small angles, where form factors fall and binding acts.
    cosine = 1.0 - 2.0 * np.linspace(0.0, 1.0, 4001) ** 2
    norms: list[tuple[float, float]] = []
    for energy_kev in energies_kev():
        momentum = energy_kev / KEV_ANGSTROM * np.sqrt(0.5 * (1.0 - cosine))
        functions = (
            scatter_incoherently(energy_kev, cosine)
            * np.interp(momentum, momenta(), incoherent),
            (1.0 + cosine**2) * np.interp(momentum, momenta(), form),
        )
        both = [-2.0 * np.pi * float(np.trapezoid(f, cosine)) for f in functions]
        norms.append((both[0], both[1]))
    return Medium(
        compton_per_cm=compton,
        rayleigh_per_cm=coherent if rayleigh else np.zeros_like(coherent),
        photo_per_cm=photo,
        incoherent=incoherent,
        form=form,
        form_area=np.concatenate([[0.0], np.cumsum(steps)]),
        compton_norm=np.array([norm[0] for norm in norms]),
        rayleigh_norm=np.array([norm[1] for norm in norms]),
    )
