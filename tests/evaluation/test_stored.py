import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from bsgi.errors import CohortError, RunError
from bsgi.evaluation.stored import POSITIVE, StoredKind


@dataclass(frozen=True, slots=True)
class Small:
    """A record of two numbers."""

    number: float
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.number < 0:
            raise ValueError("number must not be negative.")


KIND = StoredKind(Small, maker="bsgi small", remedy="make it again", marks=POSITIVE)


def test_a_record_comes_back_with_every_digit(tmp_path: Path) -> None:
    record = Small(0.1 + 0.2, ("a", "b"))
    KIND.save(tmp_path / "small.json", record)
    content = json.loads((tmp_path / "small.json").read_text())
    assert content["positive"] == "malignant"
    assert content["format_version"] == 1
    assert KIND.load(tmp_path / "small.json") == record


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("number", "many", "small.json must be as bsgi small writes it, but number:"),
        ("number", -1.0, "number must not be negative"),
        ("names", ["a", 1], r"but names.1: .*; make it again\."),
        ("positive", "benign", "must have positive malignant, got 'benign'; make it"),
        ("format_version", 2, "must have format_version 1, got 2"),
    ],
)
def test_what_is_not_so_is_named_in_one_line(
    tmp_path: Path, name: str, value: object, says: str
) -> None:
    path = tmp_path / "small.json"
    KIND.save(path, Small(1.0, ("a", "b")))
    path.write_text(json.dumps({**json.loads(path.read_text()), name: value}))
    with pytest.raises(RunError, match=says) as refusal:
        KIND.load(path)
    assert "\n" not in str(refusal.value)


def test_the_error_is_that_of_its_folder(tmp_path: Path) -> None:
    kind = StoredKind(Small, error=CohortError)
    with pytest.raises(CohortError, match="is missing"):
        kind.load(tmp_path / "small.json")
    kind.save(tmp_path / "small.json", Small(1.0, ()))
    (tmp_path / "small.json").write_text('{"format_version": 1}')
    with pytest.raises(CohortError, match="number: Field required"):
        kind.load(tmp_path / "small.json")
