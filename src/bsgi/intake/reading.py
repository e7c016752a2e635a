"""Files to views, several files at a time."""

import hashlib
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Integer

from bsgi.dicom.read import ReadingRules, SourceView, read_file
from bsgi.errors import ExamError
from bsgi.exam.orientation import find_pose
from bsgi.intake.found import FileViews, Found
from bsgi.intake.processes import map_in_order
from bsgi.intake.spool import Spool

_BATCH: Final = 16
"""Files that travel to another process at a time."""

_NO_COUNTS: Final = np.zeros((1, 1, 1), np.uint16)
"""Stands for counts that lie in the spool."""


@dataclass(frozen=True, slots=True)
class _Read:
    """One file on its way from the process that read it."""

    views: tuple[tuple[SourceView, Integer[np.ndarray, "head row col"], bytes], ...]
    refusals: tuple[str, ...]
    patient_id: str
    study_uid: str


def read_files(
    names: Mapping[Path, str], spool: Spool, rules: ReadingRules, processes: int = 1
) -> Generator[FileViews, None, None]:
    """Read files, in their order whatever the number of processes.

    Args:
        names: The files, and what tables call them.
        spool: Where the counts go.
        rules: How the files are read.
        processes: How many files are read at the same time.

    Yields:
        What became of each file.

    Raises:
        OutputError: If a process is ended from outside.
    """
    work = partial(_read_batch, rules)
    batches = _batch(names, _BATCH if processes > 1 else 1)
    read = map_in_order(work, batches, processes, "import")
    with closing(read):
        shown = iter(names.values())
        for batch in read:
            for each in batch:
                yield _keep(next(shown), each, spool)


def _batch(paths: Iterable[Path], size: int) -> Iterator[tuple[Path, ...]]:
    rest = iter(paths)
    while batch := tuple(islice(rest, size)):
        yield batch


def _read_batch(rules: ReadingRules, paths: tuple[Path, ...]) -> list[_Read]:
    return [_read(path, rules) for path in paths]


def _read(path: Path, rules: ReadingRules) -> _Read:
    """One file: its views without their counts, the counts, and their digests."""
    source = read_file(path, rules)
    refusals = list(source.refusals)
    views = []
    for view in source.views:
        try:
            find_pose(view.view)  # a view that cannot be turned is of no use later
        except ExamError as reason:
            refusals.append(str(reason))
            continue
        counts = np.ascontiguousarray(view.view.counts)
        views.append((_lighten(view), counts, _hash(counts)))
    return _Read(tuple(views), tuple(refusals), source.patient_id, source.study_uid)


def _lighten(source: SourceView) -> SourceView:
    heads = len(source.view.heads_mirrored)
    empty = np.broadcast_to(_NO_COUNTS, (heads, 1, 1))
    return replace(source, view=replace(source.view, counts=empty))


def _hash(counts: Integer[np.ndarray, "head row col"]) -> bytes:
    digest = hashlib.blake2b(repr(counts.shape).encode(), digest_size=16)
    digest.update(counts.data)
    return digest.digest()


def _keep(file: str, read: _Read, spool: Spool) -> FileViews:
    """Put the counts of a file away and keep the rest."""
    views = tuple(
        Found(file, source, digest, spool.put(counts))
        for source, counts, digest in read.views
    )
    return FileViews(file, views, read.refusals, read.patient_id, read.study_uid)
