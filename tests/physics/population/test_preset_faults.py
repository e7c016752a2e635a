import pytest

from bsgi.physics.population.preset_faults import show_value


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"a": 1}, "a table"),
        (True, "true"),
        ("x", '"x"'),
        (1.5, "1.5"),
        (float("nan"), "nan"),
        ([1, "x", False], '[1, "x", false]'),
    ],
)
def test_a_value_is_shown_as_its_file_has_it(value: object, shown: str) -> None:
    assert show_value(value) == shown


def test_a_long_value_is_cut() -> None:
    assert len(show_value("x" * 500)) == 60
