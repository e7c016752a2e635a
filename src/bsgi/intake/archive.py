"""The files of a folder, and what tables call them."""

import os
from collections.abc import Iterable
from pathlib import Path


def list_files(folder: Path) -> list[Path]:
    """All files under a folder, by name; links to folders are not followed.

    Args:
        folder: Where to look, at any depth.
    """
    files: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders.sort()
        files.extend(Path(place, name) for name in names)
    return sorted(files)


def show_path(path: Path, folder: Path) -> str:
    """A path relative to a folder, as a text that every table can hold.

    Args:
        path: A file in the folder.
        folder: The folder.
    """
    name = os.fsencode(path.relative_to(folder)).decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else "?" for letter in name)


def name_files(
    folder: Path, files: Iterable[Path], *, hidden: bool = False
) -> dict[Path, str]:
    """What tables call each file.

    Args:
        folder: Folder that paths are shown relative to.
        files: The files, sorted.
        hidden: Give numbers in place of paths, since a hospital may name folders after
            patients.
    """
    if not hidden:
        return {path: show_path(path, folder) for path in files}
    return {path: f"file {rank:06d}" for rank, path in enumerate(files, start=1)}
