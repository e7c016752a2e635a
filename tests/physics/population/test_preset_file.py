import math

import pytest
from scipy.stats import lognorm

from bsgi.errors import ConfigError
from bsgi.physics.population.preset_file import (
    LEAST_WITHIN,
    LogNormalTable,
    check_limits,
    check_tables,
    merge_tables,
    parse_tables,
)


def test_tables_merge_leaf_by_leaf_but_histologies_as_one() -> None:
    base = {"a": 1, "t": {"x": 1, "y": 2}, "l": {"histologies": {"IDC": 1}, "z": 3}}
    own = {"a": 2, "t": {"y": 5}, "l": {"histologies": {"ILC": 1}}}
    assert merge_tables(base, own) == {
        "a": 2,
        "t": {"x": 1, "y": 5},
        "l": {"histologies": {"ILC": 1}, "z": 3},
    }
    assert base["t"] == {"x": 1, "y": 2}


def test_text_that_is_no_toml_is_named() -> None:
    assert parse_tables("a = 1", "here") == {"a": 1}
    with pytest.raises(ConfigError, match="here must be TOML, but"):
        parse_tables("a = ", "here")


def test_a_wrong_key_is_named_before_those_that_are_missing() -> None:
    with pytest.raises(ConfigError, match="here: titel is not a key") as caught:
        check_tables({"titel": "x"}, "here")
    assert "did you mean title?" in str(caught.value)
    assert "more)" in str(caught.value)


@pytest.mark.parametrize("spread", [1.05, 1.7, 5.0])
@pytest.mark.parametrize("width", [1e-9, 1e-3, 0.02, 0.05, 0.5])
def test_limits_hold_a_hundredth_of_their_distribution(
    spread: float, width: float
) -> None:
    table = LogNormalTable(
        median=10.0, spread=spread, lowest=10.0 - width, highest=10.0 + width
    )
    shares = lognorm(math.log(spread), scale=10.0).cdf([table.lowest, table.highest])
    if shares[1] - shares[0] >= LEAST_WITHIN:
        check_limits(table, "here")
    else:
        with pytest.raises(ValueError, match="here must have at least 1 % of its"):
            check_limits(table, "here")


def test_no_spread_needs_no_room() -> None:
    check_limits(
        LogNormalTable(median=10.0, spread=1.0, lowest=10.0, highest=10.0), "here"
    )
    check_limits(None, "here")
