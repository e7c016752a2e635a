import pytest

from bsgi.physics.acceptance import contrast
from bsgi.physics.acceptance.contrast import LOWEST_RATIO, TABLES, check_contrast
from bsgi.physics.acceptance.phantom import project_ratio


@pytest.mark.parametrize("name", TABLES)
def test_every_printed_lesion_has_its_brightness(name: str) -> None:
    checks = check_contrast(name)
    lesions = TABLES[name][1]
    deep = sum(lesion.mean is None for lesion in lesions)
    assert deep == 4
    assert len(checks) == 4 * len(lesions) - deep
    failed = [check for check in checks if not check.passed]
    assert not failed


def test_faint_lesions_are_left_out() -> None:
    for _, lesions in TABLES.values():
        assert min(lesion.peak for lesion in lesions) >= LOWEST_RATIO


def test_a_projector_that_blurs_too_much_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        contrast,
        "project_ratio",
        lambda *words: 1.0 + 0.8 * (project_ratio(*words) - 1.0),
    )
    failed = [c for c in check_contrast("lumagem-3200s-wide") if not c.passed]
    assert len(failed) >= 10
