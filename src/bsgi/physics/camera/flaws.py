"""What is left of a detector's faults after its uniformity correction."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DetectorFlaws:
    """How uneven a detector is, and how much of it is dead.

    Cameras correct each pixel by a flood image. What this leaves, by drift and by the
    noise of the flood, is drawn once for each detector and stays the same.

    Args:
        gain_sd_pixel: Standard deviation of the gain from pixel to pixel, as a share.
        gain_sd_smooth: That of its slow change over the field, as a share.
        dead_pixel_share: Chance of a pixel to give no counts.
        dead_module_share: Chance of a module to give no counts.

    Raises:
        ValueError: If a standard deviation is negative or above 0.2, or a share is not
            in [0, 1).
    """

    gain_sd_pixel: float = 0.0
    gain_sd_smooth: float = 0.0
    dead_pixel_share: float = 0.0
    dead_module_share: float = 0.0

    def __post_init__(self) -> None:
        for spread in (self.gain_sd_pixel, self.gain_sd_smooth):
            # Gains are drawn from bell curves; a wider one would reach below zero.
            if not 0 <= spread <= 0.2:
                raise ValueError(f"a gain_sd must be 0 to 0.2, got {spread}.")
        for share in (self.dead_pixel_share, self.dead_module_share):
            if not 0 <= share < 1:
                raise ValueError(f"a dead share must be in [0, 1), got {share}.")


PERFECT = DetectorFlaws()
"""A detector without flaws, for measurements of all else."""
