"""Every file of a folder to a view, a duplicate or a refusal; nothing is lost.

Views are read once. Their counts wait in one temporary file that has no name, so that
the memory does not grow with the folder and nothing is left behind.
"""

import hashlib
import os
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Integer

from bsgi.dicom.read import SourceView, read_view
from bsgi.errors import DicomError, ExamError
from bsgi.exam.orientation import find_pose
from bsgi.exam.record import View, ViewName

Progress = Callable[[int, int, str], None]
"""Called with the number of files done, their total and what is being done."""

_SPOOL_BYTES: Final = 64 * 2**20
_NO_COUNTS: Final = np.zeros((1, 1, 1), np.uint16)


@dataclass(frozen=True, slots=True)
class Found:
    """One view that was read, its counts still in the spool.

    Args:
        file: Path relative to the folder.
        source: What the file says; its counts are a placeholder.
        digest: Hash of everything that makes it this view.
        place: Where its counts lie in the spool: offset, shape and type.
        copies: Other files with the same instance and content.
    """

    file: str
    source: SourceView
    digest: bytes
    place: tuple[int, tuple[int, ...], str]
    copies: tuple[str, ...] = ()

    @property
    def name(self) -> ViewName:
        """Which of the four views it is."""
        return self.source.view.name

    @property
    def order(self) -> tuple[datetime, str, str]:
        """By time, then by identifier: the order of the file system does not count."""
        acquired = self.source.acquired or datetime.max
        return acquired, self.source.view.source_uid, self.file


@dataclass(slots=True)
class Study:
    """The views of one patient and study, and what was left out.

    Args:
        patient_id: As in the files.
        study_uid: As in the files.
        views: One of each kind, in canonical order.
        notes: Pairs of file and note.
    """

    patient_id: str
    study_uid: str
    views: list[Found] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def files(self) -> tuple[str, ...]:
        """All files that it stands for, those left out too."""
        files = [item.file for item in self.views]
        return tuple(dict.fromkeys((*files, *(file for file, _ in self.notes))))


@dataclass(frozen=True, slots=True)
class Collection:
    """What became of the files of a folder.

    Args:
        studies: Studies with at least one view, by patient and study.
        rejected: Pairs of file and reason.
        files: Number of files that were looked at.
    """

    studies: tuple[Study, ...]
    rejected: tuple[tuple[str, str], ...]
    files: int


@dataclass(frozen=True, slots=True)
class Spool:
    """Counts waiting for their exam.

    Args:
        file: An open binary file without a name.
    """

    file: "tempfile.SpooledTemporaryFile[bytes]"

    def put(
        self, counts: Integer[np.ndarray, "head row col"]
    ) -> tuple[int, tuple[int, ...], str]:
        """Keep counts; gives their place."""
        offset = self.file.seek(0, os.SEEK_END)
        self.file.write(np.ascontiguousarray(counts).tobytes())
        return offset, counts.shape, counts.dtype.str

    def load_view(self, found: Found) -> View:
        """A view with its counts."""
        offset, shape, kind = found.place
        size = int(np.prod(shape)) * np.dtype(kind).itemsize
        self.file.seek(offset)
        counts = np.frombuffer(self.file.read(size), kind).reshape(shape)
        heads = found.source.view.heads_mirrored
        return replace(found.source.view, counts=counts, heads_mirrored=heads)


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


def list_files(folder: Path) -> list[Path]:
    """All files under a folder, by name; links to folders are not followed."""
    files: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders.sort()
        files.extend(Path(place, name) for name in names)
    return sorted(files)


def show_path(path: Path, folder: Path) -> str:
    """A path relative to a folder, as a text that every table can hold."""
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


def collect_views(
    names: Mapping[Path, str],
    spool: Spool,
    progress: Progress | None = None,
) -> Collection:
    """Read every file as a view and sort the views into studies.

    A file that occurs twice (one SOP Instance UID, one content) is kept once. Of two
    acquisitions of one view the first by time is kept. Where there is no telling, by
    equal or missing times or by one identifier on two contents, none is kept.

    Args:
        names: The files, sorted, and what tables call them, from `name_files`.
        spool: Where the counts wait.
        progress: Called after every file.
    """
    found: list[Found] = []
    rejected: list[tuple[str, str]] = []
    for number, (path, file) in enumerate(names.items(), start=1):
        try:
            source = read_view(path)
            find_pose(source.view)  # a view that cannot be turned is of no use later
        except (DicomError, ExamError) as reason:
            rejected.append((file, str(reason)))
        else:
            found.append(_keep(file, source, spool))
        if progress is not None:
            progress(number, len(names), f"{len(found)} views")
    studies = _group(_drop_duplicates(found, rejected), rejected)
    return Collection(tuple(studies), tuple(rejected), len(names))


def _keep(file: str, source: SourceView, spool: Spool) -> Found:
    """Put the counts away and keep the rest."""
    view = source.view
    said = (source.patient_id, source.study_uid, str(view.name), view.counts.shape)
    digest = hashlib.sha256(repr(said).encode() + view.counts.tobytes()).digest()
    place = spool.put(view.counts)
    heads = len(view.heads_mirrored)
    empty = np.broadcast_to(_NO_COUNTS, (heads, 1, 1))
    light = replace(source, view=replace(view, counts=empty))
    return Found(file, light, digest, place)


def _drop_duplicates(
    found: list[Found], rejected: list[tuple[str, str]]
) -> list[Found]:
    """One file per SOP Instance UID; the others are its copies or all are refused."""
    by_uid: dict[str, list[Found]] = defaultdict(list)
    for item in found:
        by_uid[item.source.view.source_uid].append(item)
    unique = []
    for group in by_uid.values():
        if len({item.digest for item in group}) > 1:
            rejected.extend(
                (item.file, "has the SOP Instance UID of another file, not its view.")
                for item in group
            )
        else:
            copies = tuple(item.file for item in group[1:])
            unique.append(replace(group[0], copies=copies))
    return unique


def _group(found: list[Found], rejected: list[tuple[str, str]]) -> list[Study]:
    """Views by patient and study, one of each kind."""
    by_study: dict[tuple[str, str], list[Found]] = defaultdict(list)
    for item in sorted(found, key=lambda item: item.order):
        by_study[item.source.patient_id, item.source.study_uid].append(item)
    studies = []
    for (patient_id, study_uid), items in sorted(by_study.items()):
        study = Study(patient_id, study_uid)
        for name in ViewName:
            same = [item for item in items if item.name is name]
            if same:
                _choose(study, same, rejected)
        for item in study.views:
            study.notes.extend((item.file, note) for note in item.source.notes)
        if study.views:
            studies.append(study)
    return studies


def _choose(study: Study, same: list[Found], rejected: list[tuple[str, str]]) -> None:
    """Keep the first of the acquisitions of one view, if there is a first."""
    first, *later = same
    times = [item.source.acquired for item in same]
    if later and (None in times or times[0] == times[1]):
        reason = (
            f"is one of {len(same)} acquisitions of {first.name} in its study, and "
            "their times do not say which came first."
        )
        rejected.extend(
            (file, reason) for item in same for file in (item.file, *item.copies)
        )
        return
    study.views.append(first)
    study.notes.extend(
        (file, f"duplicate of {first.file}, left out") for file in first.copies
    )
    study.notes.extend(
        (file, f"later acquisition of {first.name} than {first.file}, left out")
        for item in later
        for file in (item.file, *item.copies)
    )
