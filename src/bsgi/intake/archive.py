"""The files of a folder, and what tables call them."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bsgi.errors import ConfigError

LINKED: Final = (
    "is a link to a folder, and those are not followed; import the folder itself."
)
"""Why nothing was read behind a link: it may lead to what is read anyway, or back."""

_FIRST_BYTE: Final = 0xDC00
"""Python keeps a byte that is no UTF-8 as this and its value (PEP 383)."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What lies in a folder, at any depth.

    Args:
        folder: The folder.
        files: All files, sorted by path.
        skipped: Folders in which not everything was seen and why, sorted by path.
    """

    folder: Path
    files: tuple[Path, ...]
    skipped: tuple[tuple[Path, str], ...] = ()

    def name_skipped(self, *, hidden: bool = False) -> list[tuple[str, str]]:
        """What tables call each folder that was skipped, and why it was.

        Args:
            hidden: Give numbers in place of paths.
        """
        folders = [path for path, _ in self.skipped]
        names = name_files(self.folder, folders, hidden=hidden, kind="folder")
        return [(names[path], reason) for path, reason in self.skipped]


def list_files(folder: Path) -> Listing:
    """All that is in a folder; links to folders are told and not followed.

    Args:
        folder: Where to look, at any depth.

    Raises:
        ConfigError: If the folder itself cannot be opened.
    """
    files: list[Path] = []
    skipped: list[tuple[Path, str]] = []
    waiting = [folder]
    while waiting:
        place = waiting.pop()
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    path = Path(entry.path)
                    if not _is_folder(entry):
                        files.append(path)
                    elif entry.is_symlink():
                        skipped.append((path, LINKED))
                    else:
                        waiting.append(path)
        except OSError as reason:
            why = reason.strerror or type(reason).__name__
            if place == folder:
                raise ConfigError(f"{folder} cannot be read: {why}.") from None
            said = f"is a folder that cannot be opened or read to its end: {why}."
            skipped.append((place, said))
    return Listing(folder, tuple(sorted(files)), tuple(sorted(skipped)))


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    """Whether it is a folder; what cannot be told is refused later, as a file."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def show_path(path: Path, folder: Path) -> str:
    """A path relative to a folder, as a text that every table can hold.

    Args:
        path: A file in the folder.
        folder: The folder.
    """
    return escape(path.relative_to(folder).as_posix())


def escape(text: str) -> str:
    r"""A text as one line of letters that can be shown, and no two texts alike.

    A byte that is no UTF-8 becomes ``\xfc``, another character that cannot be shown
    ``\u000a``, and a backslash two.

    Args:
        text: A path, or a part of one.
    """
    return "".join(map(_escape_letter, text))


def _escape_letter(letter: str) -> str:
    if letter == "\\":
        return "\\\\"
    if letter.isprintable():
        return letter
    code = ord(letter)
    if 0x80 <= code - _FIRST_BYTE <= 0xFF:
        return f"\\x{code - _FIRST_BYTE:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def name_files(
    folder: Path, files: Iterable[Path], *, hidden: bool = False, kind: str = "file"
) -> dict[Path, str]:
    """What tables call each file.

    Args:
        folder: Folder that paths are shown relative to.
        files: The files, sorted.
        hidden: Give numbers in place of paths, since a hospital may name folders after
            patients.
        kind: What is numbered.
    """
    if not hidden:
        return {path: show_path(path, folder) for path in files}
    return {path: f"{kind} {rank:06d}" for rank, path in enumerate(files, start=1)}
