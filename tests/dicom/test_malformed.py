"""Hostile and foreign files: no traceback, no view, a reason, at little cost."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydicom import dcmread
from pydicom.data import get_testdata_files

from tests.archive import codes
from tests.archive.hostile import HOSTILE, deflate_bomb, make_view, nested
from tests.conftest import ROOT

MOST_SECONDS = 1.0
MOST_MB = 500.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file, in a process of its own."""

    path: str
    seconds: float
    peak_mb: float
    views: int
    refusals: list[str]


def watch(paths: Sequence[Path]) -> list[Outcome]:
    """Read files in another process."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.archive.watched"],
        input="\n".join(map(str, paths)),
        capture_output=True, text=True, check=False, cwd=ROOT, timeout=100,
    )  # fmt: skip
    outcomes = [Outcome(**json.loads(line)) for line in done.stdout.splitlines()]
    unread = paths[len(outcomes)].name if len(outcomes) < len(paths) else ""
    assert done.returncode == 0, f"{unread}: {done.stderr[-2000:]}"
    assert not done.stderr, done.stderr[-2000:]
    return outcomes


WHOLE_VIEWS = (
    "deflate bomb of 60 MB",
    "10,000 deep with lengths",
    "meta group of 2 GB",
    "a hundred thousand items",
    "description of 8 MB",
    "description of blanks",
)
"""Hostile files that hold a whole view within all limits: they may be read, at once."""


def check(outcomes: Sequence[Outcome]) -> None:
    """No file gives a view, takes long, or is refused without a readable reason."""
    wrong = []
    for each in outcomes:
        name = Path(each.path).name
        if each.views and not name.endswith(WHOLE_VIEWS):
            wrong.append(f"{name}: gives {each.views} views")
        if not each.refusals and not each.views:
            wrong.append(f"{name}: no reason")
        if each.seconds >= MOST_SECONDS:
            wrong.append(f"{name}: took {each.seconds:.1f} s")
        if each.peak_mb >= MOST_MB:
            wrong.append(f"{name}: took {each.peak_mb:.0f} MB")
        wrong += [
            f"{name}: unreadable reason {reason[:80]!r}"
            for reason in each.refusals
            if not (reason.isprintable() and reason.endswith(".") and len(reason) < 250)
        ]
    assert not wrong, "\n" + "\n".join(wrong)


def test_every_malformed_file_is_refused_at_little_cost(shared_folder: Path) -> None:
    paths = sorted((shared_folder / "data" / "dicom_malformed").glob("*/*"))
    assert len(paths) == 335
    outcomes = watch(paths)
    check(outcomes)
    assert not [each for each in outcomes if "FUZZ" in "".join(each.refusals)]


def test_real_phantom_images_are_refused_at_little_cost(shared_folder: Path) -> None:
    paths = sorted((shared_folder / "data" / "nm_dicom").glob("*.dcm"))
    assert len(paths) == 14
    check(watch(paths))


def test_files_that_pydicom_is_tested_with_are_no_views() -> None:
    """Whatever their class is, the reason is about it, about damage or about pixels."""
    paths = [Path(path) for path in get_testdata_files() if Path(path).is_file()]
    assert len(paths) > 80
    outcomes = watch(paths)
    check(outcomes)
    wrong = []
    for each in outcomes:
        dataset = _read(Path(each.path))
        if dataset not in {"", codes.NM} and "Nuclear Medicine" not in each.refusals[0]:
            wrong.append(f"{Path(each.path).name}: {each.refusals[0]}")
    assert len(wrong) < 0.15 * len(paths), "\n".join(wrong)
    assert all("damaged" in line or "DICOM" in line for line in wrong), "\n".join(wrong)


def _read(path: Path) -> str:
    """The class that pydicom finds in a file, if it finds one."""
    try:
        return str(dcmread(path).get("SOPClassUID", ""))
    except Exception:  # noqa: BLE001 - whatever is wrong, there is no class
        return ""


def test_hostile_files_take_little_time_and_memory(tmp_path: Path) -> None:
    paths = []
    for number, (name, make) in enumerate(HOSTILE.items()):
        path = tmp_path / f"{number:02} {name}"
        path.write_bytes(make())
        paths.append(path)
    check(watch(paths))


def test_the_view_that_hostile_files_are_made_of_is_read(tmp_path: Path) -> None:
    """Otherwise they might be refused for another reason than their fault."""
    contents = {
        "plain": make_view().finish().content,
        "deflated": make_view(codes.DEFLATED).finish().content,
        "small bomb": deflate_bomb(1, inside=True),
        "nested": nested(3, open_ended=True),
        "nested with lengths": nested(3, open_ended=False),
    }
    paths = [tmp_path / name for name in contents]
    for path, content in zip(paths, contents.values(), strict=True):
        path.write_bytes(content)
    outcomes = watch(paths)
    assert [each.refusals for each in outcomes] == [[]] * len(paths)
    assert [each.views for each in outcomes] == [1] * len(paths)
