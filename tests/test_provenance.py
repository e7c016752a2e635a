import hashlib
import json
from pathlib import Path

import pytest

from bsgi.errors import RunError
from bsgi.provenance import describe, hash_file, load_provenance, save_provenance


def test_provenance_comes_back_as_it_was_written(tmp_path: Path) -> None:
    table = tmp_path / "labels.csv"
    table.write_bytes(b"x")
    made = describe("bsgi import", seed=7, inputs={"labels": table})
    save_provenance(tmp_path, made)
    assert load_provenance(tmp_path) == made
    assert made.inputs == {"labels": hashlib.sha256(b"x").hexdigest()}
    assert made.packages["numpy"]


def test_times_stand_in_the_provenance_and_no_computer(tmp_path: Path) -> None:
    made = describe("bsgi train", seconds=12.34567, measured_s={"float32_step_s": 0.3})
    save_provenance(tmp_path, made)
    back = load_provenance(tmp_path)
    assert (back.seconds, back.measured_s) == (12.346, {"float32_step_s": 0.3})
    assert back.host == ""
    assert "host" not in json.loads((tmp_path / "provenance.json").read_text())


def test_a_file_of_an_earlier_version_is_readable(tmp_path: Path) -> None:
    content = {
        "format_version": 1,
        "command": "c",
        "version": "0",
        "git": "",
        "date": "",
    }
    (tmp_path / "provenance.json").write_text(json.dumps(content))
    old = load_provenance(tmp_path)
    assert (old.host, old.seconds, dict(old.measured_s)) == ("", None, {})
    named = {**content, "host": "ward-7"}
    (tmp_path / "provenance.json").write_text(json.dumps(named))
    assert load_provenance(tmp_path).host == "ward-7"


def test_a_hash_is_sha256(tmp_path: Path) -> None:
    path = tmp_path / "empty"
    path.touch()
    # FIPS 180-4 example: the hash of the empty message
    assert hash_file(path).startswith("e3b0c44298fc1c149afbf4c8996fb924")


def test_another_json_is_not_a_provenance(tmp_path: Path) -> None:
    (tmp_path / "provenance.json").write_text('{"format_version": 1, "x": 1}')
    with pytest.raises(RunError, match="is not one"):
        load_provenance(tmp_path)
