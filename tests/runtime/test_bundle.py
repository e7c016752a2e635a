"""A bundle of a stranger: whatever is wrong with it is said in one line."""

import hashlib
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bsgi.runtime.bundle import load_bundle
from bsgi.runtime.folder import BundleError, save_sums
from tests.runtime.make_bundle import THRESHOLDS, make_bundle

SPOIL = Callable[[Path], None]


def test_what_was_written_is_read(tmp_path: Path) -> None:
    bundle = load_bundle(make_bundle(tmp_path / "b"))
    assert bundle.facts.method == "tiny"
    assert bundle.facts.simulated
    assert bundle.settings.size == 64
    assert bundle.conformal == THRESHOLDS
    assert bundle.calibrated
    sums = (tmp_path / "b" / "SHA256SUMS").read_bytes()
    assert bundle.sha256 == hashlib.sha256(sums).hexdigest()


def test_a_bundle_may_do_without_calibration_and_thresholds(tmp_path: Path) -> None:
    bundle = load_bundle(make_bundle(tmp_path / "b", conformal=None, calibrator=None))
    assert bundle.conformal is None
    assert not bundle.calibrated


def test_the_sums_are_those_of_the_standard_program(
    tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    folder = make_bundle(tmp_path / "b")
    check = [require_program("sha256sum"), "--check", "--strict", "SHA256SUMS"]
    assert subprocess.run(check, cwd=folder, check=False).returncode == 0


def _flip(name: str, place: int = 100) -> SPOIL:
    def spoil(folder: Path) -> None:
        content = bytearray((folder / name).read_bytes())
        content[min(place, len(content) - 1)] ^= 1
        (folder / name).write_bytes(content)

    return spoil


def _sums(change: Callable[[str], str]) -> SPOIL:
    def spoil(folder: Path) -> None:
        path = folder / "SHA256SUMS"
        path.write_text(change(path.read_text()))

    return spoil


def _json(name: str, **change: object) -> SPOIL:
    def spoil(folder: Path) -> None:
        content = json.loads((folder / name).read_text())
        (folder / name).write_text(json.dumps({**content, **change}))
        save_sums(folder)

    return spoil


def _link(name: str) -> SPOIL:
    def spoil(folder: Path) -> None:
        (folder / name).rename(folder.parent / name)
        (folder / name).symlink_to(folder.parent / name)

    return spoil


def _write(name: str, content: bytes) -> SPOIL:
    def spoil(folder: Path) -> None:
        (folder / name).write_bytes(content)
        save_sums(folder)

    return spoil


def _enlarge(folder: Path) -> None:
    os.truncate(folder / "reference.json", (1 << 24) + 1)


def _make_pipe(folder: Path) -> None:
    (folder / "card.md").unlink()
    os.mkfifo(folder / "card.md")


FIRST = "0" * 64
HOSTILE: dict[str, tuple[SPOIL, str]] = {
    "a changed byte of the graph": (_flip("model.onnx"), "it was changed"),
    "a changed byte of a table": (_flip("operating_points.json"), "it was changed"),
    "a wrong hash": (_sums(lambda text: FIRST + text[64:]), "it was changed"),
    "no hash": (_sums(lambda text: "x" + text), "line 1: must be a SHA-256"),
    "no sums": (lambda folder: (folder / "SHA256SUMS").unlink(), "must hold SHA256"),
    "no graph": (lambda folder: (folder / "model.onnx").unlink(), "must hold model"),
    "a file more": (lambda f: (f / "run.sh").touch(), "no other, got 'run.sh'"),
    "a hidden file": (lambda f: (f / ".x").touch(), "no other, got '.x'"),
    "a folder": (lambda f: (f / "more").mkdir(), "no other, got 'more'"),
    "a line less": (
        _sums(lambda text: text.split("\n", 1)[1]), "only in one of the two",
    ),
    "a name twice": (
        _sums(lambda text: text + text.splitlines()[0] + "\n"), "each once",
    ),
    "a path upwards": (
        _sums(lambda text: f"{text}{FIRST}  ../model.onnx\n"), "the plain name",
    ),
    "an absolute path": (
        _sums(lambda text: f"{text}{FIRST}  /etc/passwd\n"), "the plain name",
    ),
    "a link for the graph": (_link("model.onnx"), "must be a file and no link"),
    "a link for the sums": (_link("SHA256SUMS"), "must be a file and no link"),
    "a pipe": (_make_pipe, "must be a file, and it is none"),
    "a large file": (_enlarge, "at most 16,777,216 bytes"),
    "another version": (_json("bundle.json", format_version=2), "format_version 1"),
    "another version of another file": (
        _json("preprocess.json", format_version="1"), "format_version 1",
    ),
    "no JSON": (_write("reference.json", b"\x80pickle"), "must be JSON"),
    "deep JSON": (_write("reference.json", b"[" * 100_000), "must be JSON"),
    "a list": (_write("reference.json", b"[]"), "format_version 1, got None"),
    "another size": (_json("preprocess.json", size=128), "images of the size"),
    "a giant size": (_json("preprocess.json", size=10**9), "images of the size"),
    "a wrong shape": (
        _json("bundle.json", shape={
            "size": 64, "channels": 512, "map_rows": 4, "map_cols": 4,
        }),
        "the outputs of the graph must be float32 of the shapes",
    ),
    "a giant shape": (
        _json("bundle.json", shape={
            "size": 64, "channels": 10**9, "map_rows": 4, "map_cols": 4,
        }),
        "shapes must be 1 to 4096",
    ),
    "another method": (_json("bundle.json", method="other"), "of the method 'other'"),
    "a graph that is empty": (_write("model.onnx", b""), "must use the operations"),
    "a graph that is none": (_write("model.onnx", b"\x80\x04K\x01."), "the graph"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_bundle_is_refused_in_one_line(case: str, tmp_path: Path) -> None:
    spoil, said = HOSTILE[case]
    folder = make_bundle(tmp_path / "b")
    spoil(folder)
    with pytest.raises(BundleError) as refused:
        load_bundle(folder)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_is_no_folder_is_no_bundle(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("no bundle")
    for path in (tmp_path / "b", tmp_path / "c"):
        with pytest.raises(BundleError, match="must be the folder of a bundle"):
            load_bundle(path)
