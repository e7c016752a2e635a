"""The cameras that can be simulated; adding a camera is adding a record here.

Makers do not publish collimator dimensions, and no measurement of all three cameras was
at hand in full. Each value has the letter of its certainty: F stated by the source
named, M literature still to be checked, C computed, D a choice. Sensitivity, resolution
and window acceptance follow from the records and are typed in nowhere.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from bsgi.errors import ConfigError
from bsgi.physics.camera.collimator import Collimator, HoleShape
from bsgi.physics.camera.energy import EnergyResponse
from bsgi.physics.camera.flaws import DetectorFlaws
from bsgi.physics.camera.materials import CZT, LEAD, NAI, TUNGSTEN
from bsgi.physics.camera.record import Camera

STANDARD_WINDOW_KEV = (126.0, 154.0)  # M: 140 keV +- 10 %
WIDE_WINDOW_KEV = (110.0, 154.0)  # M: Hruska et al., Med Phys 2012;39:3466

DILON_6800_GP = Camera(
    name="dilon-6800-gp",
    title="Dilon 6800-like, general-purpose collimator",
    crystal=NAI,
    crystal_mm=6.0,  # M: Hruska and O'Connor, Nucl Med Commun 2005;26:441
    # C: the only array near 3 mm pitch with "> 3,000" crystals in 6 x 8 in (F, maker's
    # announcement of 1999). The 8 in lie along the body axis.
    rows=64,
    cols=48,
    pitch_mm=3.2,
    intrinsic_fwhm_mm=3.3,  # C/M: the crystal's pitch
    energy=EnergyResponse(fwhm=0.13),  # M: 12 to 15 %
    window_kev=STANDARD_WINDOW_KEV,
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
    module=(8, 8),  # C: 48 phototubes (F, the same) behind 64 x 48 crystals
    flaws=DetectorFlaws(
        # D: integral uniformity 5 to 8 %, differential 3 to 5 % (D/M)
        gain_sd_pixel=0.033,
        gain_sd_smooth=0.015,
        dead_pixel_share=5e-4,  # D: one or two crystals of 3,072
        dead_module_share=2e-4,  # D: one detector of a hundred has a dead tube
    ),
)

DILON_6800_HR = replace(
    DILON_6800_GP,
    name="dilon-6800-hr",
    title="Dilon 6800-like, high-resolution collimator",
    collimator=Collimator(  # D: a generic low-energy high-resolution design
        shape=HoleShape.HEXAGON,
        hole_mm=1.4,
        septum_mm=0.2,
        length_mm=27.0,
        material=LEAD,
    ),
)

_CZT_FLAWS = DetectorFlaws(
    # D: tighter than a scintillator's: integral 3.5 to 4.5 %, differential 2 to 3 %
    gain_sd_pixel=0.02,
    gain_sd_smooth=0.008,
    dead_pixel_share=1e-3,  # D: some pixels of CZT leak or lose contact
    dead_module_share=2e-4,  # D
)

LUMAGEM_3200S = Camera(
    name="lumagem-3200s-wide",
    title="LumaGEM 3200S-like, two heads, 110 to 154 keV",
    crystal=CZT,
    crystal_mm=5.0,  # M: Weinmann et al., Med Phys 2009;36:845
    # C: a field of 20 x 16 cm (F: PMC3656956, table 3) at this pitch (M: the same). The
    # matrix itself is not published; 128 x 96 is as likely but 6 mm short of the field.
    # The 20 cm lie along the body axis, as the breast is wider than long.
    rows=125,
    cols=100,
    pitch_mm=1.6,
    intrinsic_fwhm_mm=1.6,  # C: the pitch
    # M: 4 to 6 %. D: the tail, which gives the published gain of a wide window.
    energy=EnergyResponse(fwhm=0.05, tail=0.40, tail_kev=17.5),
    window_kev=WIDE_WINDOW_KEV,
    fill=0.79,  # D
    collimator=Collimator(  # D: registered, a hole to a pixel, after Weinmann 2009
        shape=HoleShape.SQUARE,
        hole_mm=1.225,
        septum_mm=0.375,
        length_mm=9.4,
        material=TUNGSTEN,
    ),
    back_gap_mm=1.0,  # D
    dead_edge_mm=8.0,  # M
    heads=2,
    module=(25, 25),  # D: 40 mm, as the other CZT camera; its own are not published
    flaws=_CZT_FLAWS,
)

LUMAGEM_3200S_STANDARD = replace(
    LUMAGEM_3200S,
    name="lumagem-3200s-standard",
    title="LumaGEM 3200S-like, two heads, 126 to 154 keV",
    window_kev=STANDARD_WINDOW_KEV,
)

GE_NM750B = Camera(
    name="ge-nm750b-wide",
    title="GE Discovery NM 750b-like, two heads, 110 to 154 keV",
    crystal=CZT,
    crystal_mm=5.0,  # M: Hruska et al., Med Phys 2012;39:3466
    rows=96,  # C: a field of 24 x 16 cm (F: PMC3656956, table 3) at this pitch (M)
    cols=64,
    pitch_mm=2.46,
    intrinsic_fwhm_mm=2.46,  # C: the pitch
    # M: 5 to 7 %; 7.3 % was measured on a similar one (F). D: the tail, as above.
    energy=EnergyResponse(fwhm=0.063, tail=0.40, tail_kev=17.5),
    window_kev=WIDE_WINDOW_KEV,
    fill=0.79,  # D
    collimator=Collimator(  # D: registered, a hole to a pixel, after Weinmann 2009
        shape=HoleShape.SQUARE,
        hole_mm=2.06,
        septum_mm=0.40,
        length_mm=21.0,
        material=TUNGSTEN,
    ),
    back_gap_mm=1.0,  # D
    dead_edge_mm=8.0,  # M
    heads=2,
    module=(16, 16),  # M: 39 mm modules of 256 pixels
    flaws=_CZT_FLAWS,
)

GE_NM750B_STANDARD = replace(
    GE_NM750B,
    name="ge-nm750b-standard",
    title="GE Discovery NM 750b-like, two heads, 126 to 154 keV",
    window_kev=STANDARD_WINDOW_KEV,
)

CAMERAS: Mapping[str, Camera] = MappingProxyType(
    {
        camera.name: camera
        for camera in (
            DILON_6800_GP,
            DILON_6800_HR,
            LUMAGEM_3200S,
            LUMAGEM_3200S_STANDARD,
            GE_NM750B,
            GE_NM750B_STANDARD,
        )
    }
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
