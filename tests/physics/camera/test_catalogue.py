"""The catalogue against the tables that the cameras were described by."""

from dataclasses import replace

import pytest

from bsgi.physics.camera.catalogue import (
    CAMERAS,
    DILON_6800_GP,
    DILON_6800_HR,
    GE_NM750B,
    GE_NM750B_STANDARD,
    LUMAGEM_3200S,
    LUMAGEM_3200S_STANDARD,
)
from bsgi.physics.camera.record import Camera

each_camera = pytest.mark.parametrize("camera", CAMERAS.values(), ids=CAMERAS.keys())


def test_the_names_that_others_use() -> None:
    assert list(CAMERAS) == [
        "dilon-6800-gp",
        "dilon-6800-hr",
        "lumagem-3200s-wide",
        "lumagem-3200s-standard",
        "ge-nm750b-wide",
        "ge-nm750b-standard",
    ]


@pytest.mark.parametrize(
    ("camera", "cps_per_mbq"),
    [
        (DILON_6800_GP, 176),
        (DILON_6800_HR, 77),
        (LUMAGEM_3200S, 505),
        (GE_NM750B, 320),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_sensitivity(camera: Camera, cps_per_mbq: float) -> None:
    assert camera.sensitivity_cps_per_mbq == pytest.approx(cps_per_mbq, rel=0.05)


# Quadrature at 0, 2, 3, 5 and 10 cm, as the tables print it.
@pytest.mark.parametrize(
    ("camera", "widths_mm"),
    [
        (DILON_6800_GP, (4.0, 5.1, 5.7, 7.0, 10.6)),
        (DILON_6800_HR, (3.7, 4.3, 4.6, 5.4, 7.7)),
        (LUMAGEM_3200S, (2.1, 4.4, 5.7, 8.4, 15.3)),
        (GE_NM750B, (3.3, 4.8, 5.7, 7.6, 12.5)),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_resolution_in_quadrature(camera: Camera, widths_mm: tuple[float, ...]) -> None:
    measured = [camera.system_fwhm_mm(b) for b in (0.0, 20.0, 30.0, 50.0, 100.0)]
    assert measured == pytest.approx(widths_mm, rel=0.05)


@pytest.mark.parametrize(
    ("camera", "efficiency"),
    [
        (DILON_6800_GP, 3.4e-4),
        (DILON_6800_HR, 1.5e-4),
        (LUMAGEM_3200S, 8.9e-4),
        (GE_NM750B, 5.7e-4),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_geometric_efficiency(camera: Camera, efficiency: float) -> None:
    assert camera.collimator.efficiency == pytest.approx(efficiency, rel=0.02)


@pytest.mark.parametrize(
    ("camera", "accepted"),
    [
        (DILON_6800_GP, 0.93),
        (LUMAGEM_3200S, 0.93),
        (LUMAGEM_3200S_STANDARD, 0.82),
        (replace(LUMAGEM_3200S, window_kev=(130.0, 151.0)), 0.78),
        (GE_NM750B, 0.93),
        (GE_NM750B_STANDARD, 0.82),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_window_acceptance(camera: Camera, accepted: float) -> None:
    assert camera.window_acceptance == pytest.approx(accepted, abs=0.01)


@pytest.mark.parametrize(
    ("camera", "stopped"), [(DILON_6800_GP, 0.79), (LUMAGEM_3200S, 0.87)]
)
def test_stopping(camera: Camera, stopped: float) -> None:
    assert camera.stopping == pytest.approx(stopped, abs=0.005)


@each_camera
def test_septal_penetration_is_below_4_percent(camera: Camera) -> None:
    """The tables have 0.1 to 4 % for these collimators."""
    assert 0.001 <= camera.collimator.penetration <= 0.04


@each_camera
def test_a_registered_collimator_has_a_hole_to_a_pixel(camera: Camera) -> None:
    if camera.heads == 2:
        cell_mm = camera.collimator.hole_mm + camera.collimator.septum_mm
        assert cell_mm == pytest.approx(camera.pitch_mm)


# Fields of view in mm, along the body axis first; the second is the reach of the head.
@pytest.mark.parametrize(
    ("camera", "field_mm"),
    [
        (DILON_6800_GP, (204.8, 153.6)),
        (LUMAGEM_3200S, (200.0, 160.0)),
        (GE_NM750B, (236.2, 157.4)),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_field_of_view(camera: Camera, field_mm: tuple[float, float]) -> None:
    assert camera.field_mm == pytest.approx(field_mm, abs=0.1)


def test_dilon_has_more_than_3000_crystals_behind_48_tubes() -> None:
    high, wide = DILON_6800_GP.module
    assert DILON_6800_GP.rows * DILON_6800_GP.cols == 3072
    assert 48 * high * wide == 3072


@pytest.mark.parametrize(
    ("wide", "standard"),
    [(LUMAGEM_3200S, LUMAGEM_3200S_STANDARD), (GE_NM750B, GE_NM750B_STANDARD)],
)
def test_the_windows_are_of_one_camera(wide: Camera, standard: Camera) -> None:
    assert wide.window_kev == (110.0, 154.0)
    assert standard.window_kev == (126.0, 154.0)
    same = replace(
        standard, name=wide.name, title=wide.title, window_kev=wide.window_kev
    )
    assert same == wide
