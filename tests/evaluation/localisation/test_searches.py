"""Searches: what they hold, and as a table and back."""

from pathlib import Path

import numpy as np
import pytest

from bsgi.errors import RunError
from bsgi.evaluation.localisation.searches import (
    Search,
    load_searches,
    save_searches,
)


def draw_searches(
    rng: np.random.Generator,
    number: int = 40,
    *,
    grades: int = 6,
    per_patient: int = 1,
    skill: float = 1.5,
) -> list[Search]:
    """Searches with misses, ties and several marks; every other image has targets."""
    found = []
    for image in range(number):
        false_marks = rng.normal(size=rng.poisson(0.8))
        hits = rng.normal(skill, 1.0, rng.integers(1, 4) if image % 2 else 0)
        found.append(
            Search(
                f"i{image}",
                f"p{image // per_patient}",
                tuple(
                    None if rng.random() < 0.2 else float(np.round(x * grades) / grades)
                    for x in hits
                ),
                tuple(float(np.round(x * grades) / grades) for x in false_marks),
            )
        )
    return found


def test_a_search_comes_back_from_its_table(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    path = tmp_path / "searches.csv"
    given = {
        "a": (tuple(draw_searches(rng)), tuple(draw_searches(rng))),
        "b": (tuple(draw_searches(rng)),),
    }
    save_searches(path, given)
    assert load_searches(path) == given


def test_the_highest_marks() -> None:
    search = Search("i", "p", (None, 2.0, 1.0), (0.5, 3.0))
    assert (search.highest_hit, search.highest_false) == (2.0, 3.0)
    nothing = Search("i", "p", (None,))
    assert (nothing.highest_hit, nothing.highest_false) == (-np.inf, -np.inf)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("a,0,i,p,hit,1", "line 2, column kind: must be target, false mark or nothing"),
        ("a,0,i,p,target,nan", "line 2, column score: must be a finite number"),
        (
            "a,0,i,p,false mark,",
            "line 2, column score: must be a finite number, got ''",
        ),
        ("a,0,i,p,nothing,1", "line 2, column score: must be empty, got '1'"),
        ("a,0,,p,nothing,", "line 2, column image: must not be empty"),
        (
            "a,0,i,p,target,1\na,0,i,q,target,2",
            "line 3, column patient_id: image i must",
        ),
        ("a,-1,i,p,nothing,", "line 2, column repeat: must be a whole number from 0"),
        ("a,1,i,p,nothing,", "repeats of a must count from 0 without a gap, got 1"),
        ("", "at least one row"),
    ],
)
def test_nonsense_is_refused_by_line_and_column(
    tmp_path: Path, line: str, message: str
) -> None:
    path = tmp_path / "searches.csv"
    path.write_text(f"method,repeat,image,patient_id,kind,score\n{line}\n")
    with pytest.raises(RunError, match=message):
        load_searches(path)


def test_nonsense_is_refused_in_memory() -> None:
    with pytest.raises(ValueError, match="name its image"):
        Search("", "p")
    with pytest.raises(ValueError, match="finite"):
        Search("i", "p", (np.inf,))
