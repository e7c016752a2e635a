"""What made a result: version, code state, seed, packages, inputs and date.

Written as ``provenance.json`` beside every output, so that a figure can be traced to
the commit, the recipe and the files that it came from.
"""

import hashlib
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path

from bsgi.errors import RunError
from bsgi.files import load_json, save_json

PACKAGES = (
    "numpy", "scipy", "pydicom", "python-gdcm", "dicom-anonymizer", "pydantic",
    "torch", "monai", "safetensors", "onnx", "onnxruntime", "onnxscript", "openvino",
    "scikit-learn", "matplotlib",
)  # fmt: skip
"""Packages that can change a result; those that are installed are recorded."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """What made an output.

    Args:
        command: The command line, without paths of patients.
        version: Version of bsgi.
        git: Commit of the source tree, with ``+changes`` if it was edited; empty for
            an installed package.
        date: Date and time in UTC, ISO 8601.
        seed: Seed of all randomness; None if nothing was random.
        inputs: SHA-256 of each input by its name.
        packages: Version of each package that can change a result.
        python: Version of Python.
        machine: Processor architecture and operating system.
        host: Name of the computer in files of earlier versions. It is written no more,
            for it may tell the hospital.
        seconds: Wall time of the work that ended here; None if it was not timed. Where
            a training was interrupted it counts from the last resumption.
        measured_s: Times that a decision rested on, by name.
    """

    command: str
    version: str
    git: str
    date: str
    seed: int | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)
    packages: Mapping[str, str] = field(default_factory=dict)
    python: str = ""
    machine: str = ""
    host: str = ""
    seconds: float | None = None
    measured_s: Mapping[str, float] = field(default_factory=dict)


def describe(
    command: str,
    *,
    seed: int | None = None,
    inputs: Mapping[str, Path] | None = None,
    seconds: float | None = None,
    measured_s: Mapping[str, float] | None = None,
) -> Provenance:
    """The provenance of an output that is made now.

    Args:
        command: What was asked for, such as ``"bsgi train"``.
        seed: Seed of all randomness.
        inputs: Files that went in, by a name that a reader understands.
        seconds: Wall time of the work.
        measured_s: Times that a decision rested on, by name.
    """
    return Provenance(
        command=command,
        version=metadata.version("bsgi"),
        git=_git_state(),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        seed=seed,
        inputs={name: hash_file(path) for name, path in (inputs or {}).items()},
        packages=_packages(),
        python=platform.python_version(),
        machine=f"{platform.machine()} {platform.system()}",
        seconds=None if seconds is None else round(seconds, 3),
        measured_s=dict(measured_s or {}),
    )


def save_provenance(folder: Path, provenance: Provenance) -> None:
    """Write ``provenance.json`` into a folder."""
    content = asdict(provenance)
    content.pop("host")
    save_json(folder / "provenance.json", content)


def load_provenance(folder: Path) -> Provenance:
    """Read ``provenance.json`` of a folder.

    Raises:
        RunError: If it is missing, of another version or not a provenance.
    """
    content = load_json(folder / "provenance.json", RunError)
    content.pop("format_version")
    try:
        return Provenance(**content)
    except TypeError as reason:
        raise RunError(f"{folder}/provenance.json is not one: {reason}.") from None


def hash_file(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _packages() -> dict[str, str]:
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions


@cache
def _git_state() -> str:
    """Commit of the tree this file lies in; empty where there is no git or no tree."""
    folder = Path(__file__).resolve().parent
    command = ["git", "-C", str(folder), "describe", "--always", "--abbrev=12"]
    try:
        tracked = subprocess.run(  # noqa: S603 - fixed words and our own folder
            [*command[:3], "ls-files", "--error-unmatch", Path(__file__).name],
            capture_output=True, text=True, check=False, timeout=5,
        )  # fmt: skip
        if tracked.returncode != 0:
            return ""
        state = subprocess.run(  # noqa: S603 - as above
            [*command, "--dirty=+changes", "--exclude=*"],
            capture_output=True, text=True, check=True, timeout=5,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ""
    return state.stdout.strip()
