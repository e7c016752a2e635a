"""Views that wait for their exam in one temporary file without a name.

So the memory does not grow with the folder, and nothing is left behind.
"""

import os
import pickle
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bsgi.dicom.read import SourceView

_SPOOL_BYTES: Final = 8 * 2**20
_LENGTH_BYTES: Final = 8

Place = int
"""Where a view lies in a spool: the offset of its first byte."""


def pack_view(source: SourceView) -> bytes:
    """A view as bytes, its counts with it."""
    return pickle.dumps(source, protocol=pickle.HIGHEST_PROTOCOL)


@dataclass(frozen=True, slots=True)
class Spool:
    """Views waiting for their exam.

    Args:
        file: An open binary file without a name.
    """

    file: "tempfile.SpooledTemporaryFile[bytes]"

    def put(self, packed: bytes) -> Place:
        """Keep a view of `pack_view`; gives its place."""
        place = self.file.seek(0, os.SEEK_END)
        self.file.write(len(packed).to_bytes(_LENGTH_BYTES))
        self.file.write(packed)
        return place

    def load(self, place: Place) -> SourceView:
        """The view of a place."""
        self.file.seek(place)
        size = int.from_bytes(self.file.read(_LENGTH_BYTES))
        # Nobody else can have written there: the file has no name.
        source = pickle.loads(self.file.read(size))  # noqa: S301
        if not isinstance(source, SourceView):
            raise TypeError(f"a spool must hold views, got {type(source).__name__}.")
        return source


@contextmanager
def open_spool(folder: Path) -> Iterator[Spool]:
    """A spool in memory, and in a nameless file once it is large.

    Args:
        folder: Where the file lies once it is needed.

    Yields:
        The spool; its views are gone when the block ends.
    """
    with tempfile.SpooledTemporaryFile(_SPOOL_BYTES, "w+b", dir=str(folder)) as file:
        yield Spool(file)
