from bsgi.physics.acceptance.timing import check_decay


def test_views_decay_as_printed() -> None:
    checks = check_decay()
    assert [check.passed for check in checks] == [True] * 4
    values = [check.value for check in checks]
    assert values == sorted(values, reverse=True)
