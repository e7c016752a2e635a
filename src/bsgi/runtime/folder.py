"""The files of a bundle: exactly those that we write, and the bytes that we wrote.

A bundle may come from anybody. Nothing in it is opened before names, kinds and sizes
are known to be harmless, each file is read once, and what is used are the bytes that
were hashed.
"""

import hashlib
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bsgi.errors import RunError
from bsgi.files import save_text

SUMS: Final = "SHA256SUMS"
MODEL: Final = "model.onnx"
FACTS: Final = "bundle.json"
PREPROCESS: Final = "preprocess.json"
CALIBRATION: Final = "calibration.json"
OPERATING_POINTS: Final = "operating_points.json"

REQUIRED: Final = frozenset(
    {
        MODEL, FACTS, PREPROCESS, OPERATING_POINTS, "reference.json", "card.md",
        "provenance.json",
    }
)  # fmt: skip
"""Files that every bundle has besides its sums."""

OPTIONAL: Final = frozenset({CALIBRATION})
"""Files that it may have."""

MAX_BYTES: Final[Mapping[str, int]] = {MODEL: 1 << 29}
"""The largest graph that is read: eight times the largest network of the catalogue."""

MAX_OTHER_BYTES: Final = 1 << 24
"""The largest other file."""

_LINE: Final = re.compile(r"([0-9a-f]{64})  (.+)")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class BundleError(RunError):
    """A bundle that cannot be trusted or used."""


def save_sums(folder: Path) -> None:
    """Write the hash of every file of a bundle; the last thing an export does.

    Args:
        folder: The bundle, all its other files written.
    """
    names = sorted(path.name for path in folder.iterdir() if path.name != SUMS)
    lines = (
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n"
        for name in names
    )
    save_text(folder / SUMS, "".join(lines))


def read_files(folder: Path) -> tuple[dict[str, bytes], str]:
    """The verified content of every file of a bundle, and the hash of its sums.

    Args:
        folder: The bundle.

    Raises:
        BundleError: If a file is missing, is one too many, is no plain file or too
            large, or its bytes are not those that were written.
    """
    if not folder.is_dir():
        raise BundleError(f"{folder} must be the folder of a bundle, and it is none.")
    names = {entry.name for entry in os.scandir(folder)}
    _check_names(folder, names)
    sums = _read(folder, SUMS)
    expected = _parse_sums(folder, sums)
    if set(expected) != names - {SUMS}:
        odd = min(set(expected) ^ (names - {SUMS}))
        raise BundleError(
            f"{folder}/{SUMS} must name the files of the bundle and no other, but "
            f"{odd} is only in one of the two; take the bundle from its source again."
        )
    content = {}
    for name, digest in expected.items():
        content[name] = _read(folder, name)
        if hashlib.sha256(content[name]).hexdigest() != digest:
            raise BundleError(
                f"{folder}/{name} must have the SHA-256 that {SUMS} gives, and it has "
                "another: it was changed; take the bundle from its source again."
            )
    return content, hashlib.sha256(sums).hexdigest()


def _check_names(folder: Path, names: set[str]) -> None:
    for name in sorted({SUMS, *REQUIRED} - names):
        raise BundleError(f"{folder} must hold {name}; is it a whole bundle?")
    for name in sorted(names - {SUMS, *REQUIRED, *OPTIONAL}):
        raise BundleError(
            f"{folder} must hold the files of a bundle and no other, got {name!r}."
        )


def _parse_sums(folder: Path, content: bytes) -> dict[str, str]:
    digests: dict[str, str] = {}
    for number, line in enumerate(content.decode("ascii", "replace").splitlines(), 1):
        found = _LINE.fullmatch(line)
        if found is None:
            raise BundleError(
                f"{folder}/{SUMS}, line {number}: must be a SHA-256, two blanks and a "
                "name."
            )
        digest, name = found.groups()
        if _NAME.fullmatch(name) is None or name in digests:
            raise BundleError(
                f"{folder}/{SUMS}, line {number}: must be the plain name of a file of "
                f"this folder, each once, got {name!r}."
            )
        digests[name] = digest
    return digests


def _read(folder: Path, name: str) -> bytes:
    """One plain file, never through a link, never more than its limit."""
    limit = MAX_BYTES.get(name, MAX_OTHER_BYTES)
    try:
        opened = os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as reason:
        raise BundleError(
            f"{folder}/{name} must be a file and no link: {reason.strerror}."
        ) from None
    with os.fdopen(opened, "rb") as stream:
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise BundleError(f"{folder}/{name} must be a file, and it is none.")
        content = stream.read(limit + 1) if status.st_size <= limit else None
    if content is None or len(content) > limit:
        raise BundleError(
            f"{folder}/{name} must have at most {limit:,} bytes, got more."
        )
    return content
