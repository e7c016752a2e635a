"""Files to views, several files at a time."""

import hashlib
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from sys import intern
from typing import Final

import numpy as np
from jaxtyping import Integer

from bsgi.dicom.read import ReadingRules, SourceView, read_file
from bsgi.errors import ExamError
from bsgi.exam.orientation import find_pose
from bsgi.intake.found import FileViews, Found
from bsgi.intake.processes import map_in_order
from bsgi.intake.spool import Place, Spool, pack_view

_BATCH: Final = 16
"""Files that travel to another process at a time."""

_DEFAULT_PLANE: Final = (
    "its orientation names neither anterior nor posterior, as cameras write it by "
    "default; it was taken as not stated"
)


@dataclass(frozen=True, slots=True)
class _Read:
    """One file on its way from the process that read it; views also packed."""

    views: tuple[tuple[Found, bytes], ...]
    refusals: tuple[str, ...]
    patient_id: str
    study_uid: str
    nuclear: bool


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
    """One file: what sorts its views, and the views themselves as bytes."""
    source = read_file(path, rules)
    refusals = list(source.refusals)
    views = []
    for each in source.views:
        view = _drop_default_plane(each)
        try:
            find_pose(view.view)  # a view that cannot be turned is of no use later
        except ExamError as reason:
            refusals.append(str(reason))
            continue
        views.append((_describe(view), pack_view(view)))
    return _Read(
        tuple(views),
        tuple(refusals),
        source.patient_id,
        source.study_uid,
        source.nuclear,
    )


def _drop_default_plane(source: SourceView) -> SourceView:
    r"""A view without an orientation that no view of a breast can have.

    Cameras write planes such as ``L\F`` into every file, whatever lies on the
    detector; that is not stating it.
    """
    said = source.view.orientation
    if said is None or set("AP") & set("".join(said)):
        return source
    view = replace(source.view, orientation=None)
    return replace(source, view=view, notes=(*source.notes, _DEFAULT_PLANE))


def _describe(source: SourceView) -> Found:
    """What sorts and names a view, its file and place still open."""
    return Found(
        file="",
        name=source.view.name,
        patient_id=source.patient_id,
        study_uid=source.study_uid,
        source_uid=source.view.source_uid,
        digest=_hash(source.view.counts),
        place=-1,
        duration_s=source.view.duration_s,
        counts=int(source.view.counts.sum()),
        window_kev=source.view.energy_window_kev,
        acquired=source.acquired,
        study_date=source.study_date,
        frame=source.frame,
        issuer=source.issuer,
        person=source.person,
        dates_moved=source.dates_moved,
        notes=source.notes,
    )


def _hash(counts: Integer[np.ndarray, "head row col"]) -> bytes:
    digest = hashlib.blake2b(repr(counts.shape).encode(), digest_size=16)
    digest.update(np.ascontiguousarray(counts).data)
    return digest.digest()


def _keep(file: str, read: _Read, spool: Spool) -> FileViews:
    """Put the views of a file away and keep what sorts them."""
    views = tuple(
        _share(found, file, spool.put(packed)) for found, packed in read.views
    )
    return FileViews(
        file,
        views,
        read.refusals,
        intern(read.patient_id),
        intern(read.study_uid),
        read.nuclear,
    )


def _share(found: Found, file: str, place: Place) -> Found:
    """A view at its place; texts that views have in common are kept once."""
    return replace(
        found,
        file=file,
        place=place,
        patient_id=intern(found.patient_id),
        study_uid=intern(found.study_uid),
        issuer=intern(found.issuer),
        person=intern(found.person),
        notes=tuple(map(intern, found.notes)),
    )
