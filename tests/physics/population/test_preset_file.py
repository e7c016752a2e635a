import pytest

from bsgi.errors import ConfigError
from bsgi.physics.population.preset_file import (
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
