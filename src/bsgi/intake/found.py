"""What was found in a folder: views, refusals, and the studies they belong to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bsgi.dicom.read import SourceView
from bsgi.exam.record import ViewName
from bsgi.intake.spool import Place


class RepeatRule(StrEnum):
    """Which of several acquisitions of one view is kept; they are never added up."""

    FIRST = "first"
    LAST = "last"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """A file, or some of its frames.

    Args:
        file: What tables call the file.
        frames: Such as ``"frames 1 to 2"``; empty for all of it.
    """

    file: str
    frames: str = ""

    def __str__(self) -> str:
        return f"{self.file}, {self.frames}" if self.frames else self.file


@dataclass(frozen=True, slots=True)
class Found:
    """One view that was read, its counts in the spool.

    Args:
        file: What tables call its file.
        source: What the file says; its counts are a placeholder.
        digest: Hash of its counts.
        place: Where its counts lie in the spool.
        copies: Other files with the same view, and what sets them apart, such as
            ``" under another SOP Instance UID"``; empty if nothing does.
    """

    file: str
    source: SourceView
    digest: bytes
    place: Place
    copies: tuple[tuple[Part, str], ...] = ()

    @property
    def name(self) -> ViewName:
        """Which of the four views it is."""
        return self.source.view.name

    @property
    def part(self) -> Part:
        """The file, and which of its frames."""
        return Part(self.file, self.source.frame)

    @property
    def content(self) -> tuple[str, str, str, bytes]:
        """What makes it this view and no other."""
        source = self.source
        return source.patient_id, source.study_uid, str(self.name), self.digest

    @property
    def order(self) -> tuple[datetime, str, Part]:
        """By time, then by identifier: the order of the file system does not count."""
        acquired = self.source.acquired or datetime.max
        return acquired, self.source.view.source_uid, self.part


@dataclass(frozen=True, slots=True)
class FileViews:
    """What became of one file.

    Args:
        file: What tables call it.
        views: Its views.
        refusals: Why it, or parts of it, gave none.
        patient_id: As in the file; empty if it does not tell.
        study_uid: As in the file; empty if it does not tell.
    """

    file: str
    views: tuple[Found, ...]
    refusals: tuple[str, ...]
    patient_id: str
    study_uid: str


@dataclass(slots=True)
class Study:
    """The views of one patient and study, and what was left out.

    Args:
        patient_id: As in the files.
        study_uid: As in the files.
        views: One of each kind, in canonical order.
        notes: What was accepted and is worth a look.
        left_out: Duplicates and other acquisitions.
        refused: What gave no view.
    """

    patient_id: str
    study_uid: str
    views: list[Found] = field(default_factory=list)
    notes: list[tuple[Part, str]] = field(default_factory=list)
    left_out: list[tuple[Part, str]] = field(default_factory=list)
    refused: list[tuple[Part, str]] = field(default_factory=list)

    @property
    def all_notes(self) -> list[tuple[str, str]]:
        """Pairs of file and note: all that its files give the exam to say."""
        said = (*self.notes, *self.left_out, *self.refused)
        return [(str(part), note) for part, note in said]


@dataclass(frozen=True, slots=True)
class Collection:
    """What became of the files of a folder; each is in one of three places.

    Args:
        studies: Studies with at least one view, by patient and study.
        rejected: The reason of each file that gave no view.
        left_out: Files of which only duplicates and other acquisitions were left.
        files: Number of files that were looked at.
        in_part: Files that gave some of their views and not all.
        repeats: Files or parts of files left out as other acquisitions of a view.
        rule: Which of several acquisitions was kept.
    """

    studies: tuple[Study, ...]
    rejected: Mapping[str, str]
    left_out: frozenset[str]
    files: int
    in_part: int
    repeats: int
    rule: RepeatRule
