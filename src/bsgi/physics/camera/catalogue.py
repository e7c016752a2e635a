"""The cameras that can be simulated; adding a camera is adding a record here."""

from collections.abc import Mapping
from types import MappingProxyType

from bsgi.errors import ConfigError
from bsgi.physics.camera.collimator import Collimator, HoleShape
from bsgi.physics.camera.energy import EnergyResponse
from bsgi.physics.camera.materials import LEAD, NAI
from bsgi.physics.camera.record import Camera

DILON_6800_GP = Camera(
    name="dilon-6800-gp",
    title="Dilon 6800-like, general-purpose collimator",
    crystal=NAI,
    crystal_mm=6.0,  # M: Hruska and O'Connor, Nucl Med Commun 2005;26:441
    rows=64,  # C: the only array near 3 mm pitch with "> 3,000" crystals in 6 x 8 in
    cols=48,
    pitch_mm=3.2,
    intrinsic_fwhm_mm=3.3,  # C/M: the crystal's pitch
    energy=EnergyResponse(fwhm=0.13),  # M: 12 to 15 %
    window_kev=(126.0, 154.0),  # M: 140 keV +- 10 %
    fill=0.80,  # D: live share of the pixel's area
    collimator=Collimator(  # D: a generic low-energy all-purpose design
        shape=HoleShape.HEXAGON,
        hole_mm=1.9,
        septum_mm=0.2,
        length_mm=25.0,
        material=LEAD,
    ),
    back_gap_mm=5.0,  # D
    dead_edge_mm=10.0,  # F: 0.4 in of dead space, maker's announcement of 1999
    heads=1,
)

CAMERAS: Mapping[str, Camera] = MappingProxyType(
    {camera.name: camera for camera in (DILON_6800_GP,)}
)


def find_camera(name: str) -> Camera:
    """The camera of a name.

    Args:
        name: A key of `CAMERAS`.

    Raises:
        ConfigError: If there is no such camera.
    """
    try:
        return CAMERAS[name]
    except KeyError:
        known = ", ".join(CAMERAS)
        raise ConfigError(f"camera must be one of {known}, got {name!r}.") from None
