"""What 140 keV photons meet on their way: tissue, crystal and collimator."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Material:
    """A material as photons of the imaged line see it.

    Args:
        name: Plain name.
        mu_per_cm: Linear attenuation coefficient at 140.5 keV, all interactions.

    Raises:
        ValueError: If the coefficient is not positive.
    """

    name: str
    mu_per_cm: float

    def __post_init__(self) -> None:
        if not self.mu_per_cm > 0:
            raise ValueError(f"mu_per_cm must be positive, got {self.mu_per_cm}.")


# C: xraylib cross-sections with ICRU-44 and ICRU-46 compositions, at 140.5 keV.
ADIPOSE = Material("adipose tissue", mu_per_cm=0.1453)
GLAND = Material("mammary gland", mu_per_cm=0.1554)
NAI = Material("NaI(Tl)", mu_per_cm=2.62)
CZT = Material("CZT", mu_per_cm=4.06)
LEAD = Material("lead", mu_per_cm=26.9)
TUNGSTEN = Material("tungsten", mu_per_cm=35.9)


def mix_breast(gland_share: float) -> Material:
    """Breast tissue with a given share of gland by volume.

    Args:
        gland_share: Volume of glandular tissue over that of the breast, 0 to 1.
    """
    if not 0 <= gland_share <= 1:
        raise ValueError(f"gland_share must be 0 to 1, got {gland_share}.")
    mu = ADIPOSE.mu_per_cm * (1 - gland_share) + GLAND.mu_per_cm * gland_share
    return Material("breast", mu_per_cm=mu)
