"""Counts that wait for their exam in one temporary file without a name.

So the memory does not grow with the folder, and nothing is left behind.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Integer

_SPOOL_BYTES: Final = 64 * 2**20

Place = tuple[int, tuple[int, ...], str]
"""Where counts lie in a spool: offset, shape and type."""


@dataclass(frozen=True, slots=True)
class Spool:
    """Counts waiting for their exam.

    Args:
        file: An open binary file without a name.
    """

    file: "tempfile.SpooledTemporaryFile[bytes]"

    def put(self, counts: Integer[np.ndarray, "head row col"]) -> Place:
        """Keep counts; gives their place."""
        offset = self.file.seek(0, os.SEEK_END)
        self.file.write(np.ascontiguousarray(counts).data)
        return offset, counts.shape, counts.dtype.str

    def load(self, place: Place) -> Integer[np.ndarray, "head row col"]:
        """The counts of a place."""
        offset, shape, kind = place
        counts = np.empty(shape, kind)
        self.file.seek(offset)
        counts.data.cast("B")[:] = self.file.read(counts.nbytes)
        return counts


@contextmanager
def open_spool(folder: Path) -> Iterator[Spool]:
    """A spool in memory, and in a nameless file once it is large.

    Args:
        folder: Where the file lies once it is needed.

    Yields:
        The spool; its counts are gone when the block ends.
    """
    with tempfile.SpooledTemporaryFile(_SPOOL_BYTES, "w+b", dir=str(folder)) as file:
        yield Spool(file)
