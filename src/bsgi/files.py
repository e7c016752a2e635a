"""Outputs are written beside their place and renamed, so that none is ever half there.

A reader of a finished path sees all of it or nothing, after a power cut too: content
and name are on the disk before the writer goes on. What was begun and not finished
carries the suffix ``.partial`` and is removed, at the latest by the next writer.
"""

import csv
import json
import os
import shutil
import tomllib
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, TextIO

from bsgi.errors import BsgiError, CohortError, OutputError

NPZ_DAMAGE: Final = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What NumPy, zipfile and a wrong `meta` raise on a damaged npz file of ours."""

_WRITERS: Final = 16
"""Threads that wait for the disk at the same time."""

FORMAT_VERSION = 1
"""Version of every JSON file and folder that this package writes."""


def _partial(path: Path) -> Path:
    return path.with_name(f".{path.name}.partial")


def _is_partial(name: str) -> bool:
    return name.startswith(".") and name.endswith(".partial")


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """A path to write to, which becomes `path` when the block ends without an error.

    Args:
        path: The file to make or replace. Its folder is made if it is missing.

    Yields:
        A path beside it, on the same file system.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = _partial(path)
    try:
        yield partial
        # In an unfinished folder all files go to the disk together, at its end.
        alone = not any(map(_is_partial, path.parent.parts))
        if alone:
            _put_on_disk(partial)
        partial.replace(path)
        if alone:
            _put_names_on_disk(path.parent)
    finally:
        partial.unlink(missing_ok=True)


def check_vacant(path: Path) -> None:
    """Say early that an output folder is taken, before hours are spent on it.

    Args:
        path: A folder that a command is going to make.

    Raises:
        OutputError: If it is a file, or a folder that holds something.
    """
    if path.is_symlink() or path.is_file() or (path.is_dir() and any(path.iterdir())):
        raise OutputError(
            f"the output {path} must not exist yet; choose another name or remove it."
        )


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """A folder to fill, which becomes `path` when the block ends without an error.

    Args:
        path: The folder to make. It must not exist, or be empty.

    Yields:
        An empty folder beside it, on the same file system.

    Raises:
        OutputError: If something is there already.
    """
    check_vacant(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = _partial(path)
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    try:
        yield partial
        _put_all_on_disk(partial)
        if path.is_dir():
            path.rmdir()
        partial.rename(path)
        _put_names_on_disk(path.parent)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _put_on_disk(path: Path) -> None:
    """Wait until a file's content would outlast a power cut."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _put_all_on_disk(folder: Path) -> None:
    """The same for all files in a folder, at any depth, and then for their names.

    Several at a time: a journal commits what waits together, which is some ten times
    as fast as file by file.
    """
    places = list(os.walk(folder))
    files = [Path(place, name) for place, _, names in places for name in names]
    with ThreadPoolExecutor(_WRITERS) as pool:
        for _ in pool.map(_put_on_disk, files):
            pass  # an error of any of them comes out here
    for place, _, _ in places:
        _put_names_on_disk(Path(place))


def _put_names_on_disk(folder: Path) -> None:
    """The same for the names in a folder, where the file system can do so."""
    with suppress(OSError):
        _put_on_disk(folder)


def save_bytes(path: Path, content: bytes) -> None:
    """Write a file in one piece."""
    with new_file(path) as partial:
        partial.write_bytes(content)


def save_text(path: Path, text: str) -> None:
    """Write a text file in one piece, as UTF-8."""
    save_bytes(path, text.encode())


def save_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a JSON file with its `format_version` first.

    Args:
        path: The file to make or replace.
        content: What to write; numbers must be finite.

    Raises:
        ValueError: If a number is NaN or infinite, which JSON cannot hold.
    """
    payload = {"format_version": FORMAT_VERSION, **content}
    text = json.dumps(payload, indent=2, allow_nan=False, ensure_ascii=False)
    save_text(path, text + "\n")


def load_json(path: Path, error: type[BsgiError] = CohortError) -> dict[str, Any]:
    """Read a JSON file that `save_json` wrote.

    Args:
        path: The file.
        error: The kind of error to raise, that of the folder it belongs to.

    Raises:
        BsgiError: Of kind `error`, if it is missing, not JSON, or of another version.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise error(f"{path} is missing; is {path.parent} the right folder?") from None
    except (OSError, ValueError) as reason:
        raise error(f"{path} cannot be read as JSON: {reason}.") from None
    version = content.get("format_version") if isinstance(content, dict) else None
    if version != FORMAT_VERSION:
        raise error(
            f"{path} must have format_version {FORMAT_VERSION}, got {version!r}; "
            "it was written by another version of bsgi."
        )
    return dict(content)


def load_toml(
    path: Path, kind: str, error: type[BsgiError] = CohortError
) -> tuple[str, dict[str, Any]]:
    """Read the TOML file that begins a folder of ours.

    Args:
        path: The file.
        kind: What its folder holds, such as ``study``.
        error: The kind of error to raise, that of the folder it belongs to.

    Returns:
        Its text as it stands, and its tables.

    Raises:
        BsgiError: Of kind `error`, if it is missing or not TOML.
    """
    try:
        text = path.read_text(encoding="utf-8")
        return text, tomllib.loads(text)
    except FileNotFoundError:
        raise error(
            f"{path} is missing; is {path.parent} the folder of a {kind}?"
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as reason:
        raise error(f"{path} cannot be read as TOML: {reason}.") from None


def save_csv(
    path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Write a table with a header line, fields quoted where they must be."""
    with (
        new_file(path) as partial,
        partial.open("w", newline="", encoding="utf-8") as stream,
    ):
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


class TableRow(dict[str, str]):
    """A row of a table by the names of its columns, which knows where it stands.

    Args:
        line: Line of the file on which the row begins, counted from 1.
        fields: Its texts by column.
    """

    def __init__(self, line: int, fields: Mapping[str, str]) -> None:
        super().__init__(fields)
        self.line = line


def load_csv(
    path: Path,
    columns: Sequence[str],
    error: type[BsgiError] = CohortError,
    *,
    delimiter: str = ",",
) -> list[TableRow]:
    """Read a table that has at least the given columns; every field is a text.

    Lines that hold nothing are passed over.

    Args:
        path: The file.
        columns: Columns that must be there; others are kept.
        error: The kind of error to raise, that of the folder it belongs to.
        delimiter: What stands between two fields.

    Returns:
        The rows, each with its line in the file, for messages.

    Raises:
        BsgiError: Of kind `error`, if it is missing, lacks a column or has ragged rows.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            (_, present), *records = _read_records(stream, delimiter) or [(1, [])]
    except FileNotFoundError:
        raise error(f"{path} is missing; is {path.parent} the right folder?") from None
    except (OSError, UnicodeDecodeError, csv.Error) as reason:
        raise error(f"{path} cannot be read as a table: {reason}.") from None
    missing = [name for name in columns if name not in present]
    if missing:
        raise error(f"{path} must have the column {missing[0]!r}.")
    rows = []
    for line, texts in records:
        if len(texts) != len(present):
            raise error(
                f"{path}, line {line}: must have {len(present)} fields, "
                f"got {len(texts)}."
            )
        rows.append(TableRow(line, dict(zip(present, texts, strict=True))))
    return rows


def _read_records(stream: TextIO, delimiter: str) -> list[tuple[int, list[str]]]:
    """The records of a table that hold something, each with its first line.

    One record may take several lines, where a quoted field has line breaks.
    """
    records = []
    reader = csv.reader(stream, strict=True, delimiter=delimiter)
    line = 1
    for texts in reader:
        if texts:
            records.append((line, texts))
        line = reader.line_num + 1
    return records
