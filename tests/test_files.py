import os
from pathlib import Path

import pytest

from bsgi.errors import CohortError, OutputError, RunError
from bsgi.files import (
    check_vacant,
    load_csv,
    load_json,
    new_file,
    new_folder,
    save_csv,
    save_json,
)


def test_a_file_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.txt"
    with new_file(path) as partial:
        partial.write_text("half")
        assert not path.exists()
    assert path.read_text() == "half"


def test_content_is_on_the_disk_before_its_name_and_the_name_before_what_follows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut must not leave a name without its content, in any writer."""
    place = tmp_path.resolve()
    done: list[str] = []
    sync = os.fsync

    def note(opened: int) -> None:
        path = Path(f"/proc/self/fd/{opened}").readlink()
        done.append(f"{path.relative_to(place)} {(place / 'a.csv').exists()}")
        sync(opened)

    monkeypatch.setattr(os, "fsync", note)
    save_csv(place / "a.csv", ["x"], [[1]])
    assert done == [".a.csv.partial False", ". True"]
    done.clear()
    with new_folder(place / "b") as partial:
        for name in "cd":
            save_json(partial / "e" / name, {})
    places = [each.split()[0] for each in done]
    assert sorted(places[:2]) == [".b.partial/e/c", ".b.partial/e/d"]  # at once
    assert places[2:] == [".b.partial", ".b.partial/e", "."]


def test_a_failed_file_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "b.txt"
    path.write_text("old")

    def interrupted() -> None:
        with new_file(path) as partial:
            partial.write_text("new")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_folder_leaves_nothing(tmp_path: Path) -> None:
    def failing() -> None:
        with new_folder(tmp_path / "out") as partial:
            (partial / "x").write_text("x")
            raise OSError("full")

    with pytest.raises(OSError, match="full"):
        failing()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_replaces_what_an_earlier_kill_left(tmp_path: Path) -> None:
    left = tmp_path / ".out.partial"
    left.mkdir()
    (left / "stale").write_text("stale")
    with new_folder(tmp_path / "out") as partial:
        (partial / "x").write_text("x")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["x"]


def test_a_taken_folder_is_refused_and_an_empty_one_used(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    check_vacant(tmp_path / "out")
    with new_folder(tmp_path / "out") as partial:
        (partial / "x").write_text("x")
    with pytest.raises(OutputError, match="must not exist yet"):
        check_vacant(tmp_path / "out")


def test_json_carries_its_format_version(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    save_json(path, {"b": 1})
    assert load_json(path) == {"format_version": 1, "b": 1}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"format_version": 2}', "must have format_version 1, got 2"),
        ("[]", "must have format_version 1, got None"),
        ("{", "cannot be read as JSON"),
    ],
)
def test_a_json_file_of_another_kind_is_refused(
    tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(CohortError, match=message):
        load_json(path)


def test_a_json_file_holds_no_nan(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        save_json(tmp_path / "a.json", {"x": float("nan")})
    assert list(tmp_path.iterdir()) == []


def test_a_table_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    save_csv(path, ["id", "text"], [["00815", 'a "b", c\nd'], ["815", ""]])
    assert load_csv(path, ["id"]) == [
        {"id": "00815", "text": 'a "b", c\nd'},
        {"id": "815", "text": ""},
    ]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_row_knows_the_line_on_which_it_begins(tmp_path: Path, ending: str) -> None:
    lines = ["id,text", "", "1,a", "", "", '2,"b', "", 'c"', "3,d"]
    path = tmp_path / "a.csv"
    path.write_bytes(ending.join(lines).encode())
    rows = load_csv(path, ["id"])
    assert [(row["id"], row.line) for row in rows] == [("1", 3), ("2", 6), ("3", 9)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "must have the column 'id'"),
        ("id\n1\n", "must have the column 'label'"),
        ("id,label\n1\n", "line 2: must have 2 fields, got 1"),
        ("id,label\n1,0,7\n", "line 2: must have 2 fields, got 3"),
        ("id,label\n\n1,0\n\n1\n", "line 5: must have 2 fields"),
        ('id,label\n"1\n2",0\n1\n', "line 4: must have 2 fields"),
    ],
)
def test_a_ragged_table_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(RunError, match=message):
        load_csv(path, ["id", "label"], RunError)
