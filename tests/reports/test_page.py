import pytest
from jinja2 import UndefinedError

from bsgi.reports.page import render_page


def test_a_part_that_is_missing_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="'title' is undefined"):
        render_page("run.html")
