from bsgi.physics.acceptance.energy_windows import DETECTORS, check_windows


def test_windows_keep_the_printed_shares() -> None:
    checks = check_windows()
    assert len(checks) == len(DETECTORS)
    assert all(check.passed for check in checks), checks


def test_a_window_keeps_less_than_a_wider_one() -> None:
    wide, standard, narrow = (
        DETECTORS[f"CZT 5 % and tail, {limits} keV"].window_acceptance
        for limits in ("110-154", "126-154", "130-151")
    )
    assert narrow < standard < wide
