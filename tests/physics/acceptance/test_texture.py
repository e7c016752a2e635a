from dataclasses import replace

import pytest

from bsgi.physics.acceptance.texture import check_texture, measure_texture


def test_the_exponent_is_that_of_breast_tissue() -> None:
    texture = measure_texture(1, women=24)
    assert texture.women >= 12
    (check,) = check_texture(texture)
    assert check.passed, check
    # The shape of the gland is smooth and steepens the spectrum.
    assert texture.whole > texture.law.exponent
    assert "gland's mean shape taken off" in check.quantity
    for exponent in (texture.law.exponent, texture.whole, texture.straight):
        assert f"{exponent:.2f}" in check.note


def test_a_flat_spectrum_is_found() -> None:
    texture = measure_texture(2, women=6)
    flat = replace(texture, law=replace(texture.law, exponent=2.0))
    assert not check_texture(flat)[0].passed


def test_breasts_that_are_all_too_small_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bsgi.physics.acceptance.texture._PIECE_MM", 192.0)
    with pytest.raises(ValueError, match=r"must hold a square of 192\.0 mm"):
        measure_texture(1, women=1)
