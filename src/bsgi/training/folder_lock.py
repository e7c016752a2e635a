"""One process at a time in a folder, on a disk that several computers may share.

The lock goes with its process, however that ends. It is held on a file, since network
file systems lock no folders; the file is removed at the end, and one that a killed
process has left does no harm.
"""

import fcntl
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from bsgi.errors import RunError

LOCK: Final = ".lock"
"""Name of the file, no part of any result."""

_ATTEMPTS: Final = 100
"""A folder that others make and remove is there at the latest then."""

POLL_S = 0.2
"""Time between two looks at a lock that another process holds."""

SILENT_S = 10.0
"""Who waits longer than this says so, once; a killed process takes less to end."""


@contextmanager
def lock_folder(folder: Path, kind: str, *, wait: bool = False) -> Iterator[None]:
    """A block in which no other process works in the same folder.

    Args:
        folder: The folder; made if it is missing, and removed if it stays empty.
        kind: What works in it, such as ``training``, for the message.
        wait: Whether to wait for the other's end, however long that takes; after some
            seconds a warning says so.

    Raises:
        RunError: If another process works in it and there is no waiting.
    """
    lock = _take(folder / LOCK)
    begun_s = time.monotonic()
    said = False
    while lock is None:
        if not wait:
            raise RunError(
                f"{folder} is in use by another {kind}; wait for its end, or choose "
                "another folder."
            )
        if not said and time.monotonic() - begun_s > SILENT_S:
            said = True
            logging.getLogger(__name__).warning(
                "waiting for another %s to leave %s", kind, folder
            )
        time.sleep(POLL_S)
        lock = _take(folder / LOCK)
    try:
        yield
    finally:
        # Removed while it is held: who opened it before finds it gone and asks again.
        (folder / LOCK).unlink(missing_ok=True)
        os.close(lock)
        with suppress(OSError):
            folder.rmdir()  # if nothing is in it; else the system refuses


def sweep_lock(folder: Path) -> None:
    """Remove the file that a killed process has left; one in use stays.

    Args:
        folder: A folder in which `lock_folder` may have been used.
    """
    path = folder / LOCK
    if not path.exists():
        return
    lock = _take(path)
    if lock is not None:
        path.unlink(missing_ok=True)
        os.close(lock)


def _take(path: Path) -> int | None:
    """The open file if it is ours now; None if another process has it."""
    lock = _open(path)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if _is_at(path, lock):
            return lock
    except BlockingIOError:
        pass
    except BaseException:
        os.close(lock)
        raise
    os.close(lock)
    return None


def _open(path: Path) -> int:
    """The file, made if it is missing, also where others remove its folder just now."""
    for _ in range(_ATTEMPTS):
        # The second error is also said of a folder that has gone since.
        with suppress(FileNotFoundError, FileExistsError):
            return _make(path)
        time.sleep(0.001)
    return _make(path)


def _make(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)


def _is_at(path: Path, lock: int) -> bool:
    """Whether the file that we hold is still the one that others will find."""
    try:
        there = path.stat()
    except FileNotFoundError:
        return False
    own = os.fstat(lock)
    return (there.st_dev, there.st_ino) == (own.st_dev, own.st_ino)
