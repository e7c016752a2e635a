"""The reader of DICOM files under coverage-guided fuzzing; see fuzz.sh.

An input is a finding if reading it raises anything, gives neither a view nor a reason,
or gives a reason that is not one readable line. Hangs and memory are libFuzzer's.
"""

import os
import struct
import sys
import tempfile
from pathlib import Path
from typing import Final

import atheris
import numpy as np

with atheris.instrument_imports(
    include=["bsgi", "pydicom"], enable_loader_override=False
):
    from bsgi.dicom.read import read_file

from tests.archive import codes
from tests.archive.draft import Draft, Ids
from tests.archive.layouts import LAYOUTS, Plan, lay_out
from tests.archive.pictures import Pixels
from tests.archive.saying import FAMILIES, Saying, say

SMALL: Final = Pixels(16, signed=False, shape=(16, 12), largest=300)
SIGNED: Final = Pixels(16, signed=True, shape=(16, 12), largest=300)
MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder in memory, not a name in it


def main() -> None:
    """Write seeds, or fuzz with the options of libFuzzer."""
    if sys.argv[1:2] == ["--seeds"]:
        write_seeds(Path(sys.argv[2]))
        return
    folder = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=folder, prefix="fuzz-") as place:
        path = Path(place) / "input.dcm"

        def try_input(content: bytes) -> None:
            path.write_bytes(content)
            check(path)

        atheris.Setup(sys.argv, try_input, custom_mutator=mutate)
        atheris.Fuzz()


def check(path: Path) -> None:
    """Read a file and hold the answer to what is promised of every file."""
    source = read_file(path)
    if not source.views and not source.refusals:
        raise AssertionError("neither a view nor a reason")
    for reason in source.refusals:
        if not (reason.isprintable() and reason.endswith(".") and len(reason) < 300):
            raise AssertionError(f"unreadable reason {reason!r}")


def mutate(content: bytes, max_size: int, seed: int) -> bytes:
    """Mostly a mutation of libFuzzer; sometimes one that knows DICOM's lengths.

    Blind mutations rarely pass the 128 bytes and the prefix at the begin of a file,
    which are therefore put back.
    """
    rng = np.random.default_rng(seed)
    changed = bytearray(content)
    if len(changed) > 200 and rng.random() < 0.3:
        place = int(rng.integers(132, len(changed) - 4))
        number = int(rng.choice([0, 1, 2, 255, 65_535, 2**31 - 1, 2**32 - 1]))
        kind = ("<H", "<I")[int(rng.integers(2))]
        value = struct.pack(kind, number & (0xFFFF if kind == "<H" else 0xFFFFFFFF))
        changed[place : place + len(value)] = value
        mutated = bytes(changed)
    else:
        mutated = atheris.Mutate(content, max_size)
    if rng.random() < 0.95:
        mutated = bytes(128) + b"DICM" + mutated[132:]
    return mutated[:max_size]


def make_seed(layout: str, family: str, syntax: str, pixels: Pixels) -> Draft:
    """The first file of a study."""
    rng = np.random.default_rng(len(layout) + len(syntax))
    plan = Plan(Ids("F1", 1), layout, pixels, syntax, "seeds")
    drafts = lay_out(plan, rng)
    side = ("ImageLaterality", "region SRT")[len(family) % 2]
    say(drafts, Saying(family, side, "ImageID", "whole").settle(layout), rng)
    return drafts[0]


def write_seeds(folder: Path) -> None:
    """Views in every layout, code family and transfer syntax as the first inputs."""
    folder.mkdir(parents=True, exist_ok=True)
    number = 0
    for syntax in codes.LOSSLESS:
        for layout in LAYOUTS:
            family = FAMILIES[number % (len(FAMILIES) - 1)]
            pixels = (SMALL, SIGNED)[number % 2]
            draft = make_seed(layout, family, syntax, pixels)
            (folder / f"seed-{number:03}").write_bytes(draft.finish().content)
            number += 1
    sys.stderr.write(f"{number} seeds in {os.fspath(folder)}\n")


if __name__ == "__main__":
    main()
