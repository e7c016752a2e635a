"""What was found in a folder: views, refusals, and the studies they belong to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from itertools import combinations, starmap

from bsgi.dicom.persons import may_be_one
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
    """What sorts and names one view that was read; all else of it is in the spool.

    Args:
        file: What tables call its file.
        name: Which of the four views it is.
        patient_id: As in the file.
        study_uid: As in the file.
        source_uid: SOP Instance UID, as in the file.
        digest: Hash of its counts.
        place: Where it lies in the spool.
        duration_s: Duration of the acquisition.
        counts: Sum of its counts.
        window_kev: Limits of its energy window; None if unknown.
        acquired: Begin of the acquisition; None if unknown.
        study_date: Date of the study; None if unknown.
        frame: Which frames of the file it is; empty if it is the whole file.
        issuer: Who gave the Patient ID; empty if unknown.
        person: Digest of name and birth date; empty if unknown. It must not be written.
        dates_moved: Whether the file says that its dates were changed or removed.
        notes: What was accepted but is worth a look.
        copies: Other files with the same view, and what sets them apart, such as
            ``" under another SOP Instance UID"``; empty if nothing does.
    """

    file: str
    name: ViewName
    patient_id: str
    study_uid: str
    source_uid: str
    digest: bytes
    place: Place
    duration_s: float
    counts: int
    window_kev: tuple[float, float] | None = None
    acquired: datetime | None = None
    study_date: date | None = None
    frame: str = ""
    issuer: str = ""
    person: str = field(default="", repr=False)
    dates_moved: bool = False
    notes: tuple[str, ...] = ()
    copies: tuple[tuple[Part, str], ...] = ()

    @property
    def part(self) -> Part:
        """The file, and which of its frames."""
        return Part(self.file, self.frame)

    @property
    def content(self) -> tuple[str, str, str, bytes]:
        """What makes it this view and no other."""
        return self.patient_id, self.study_uid, str(self.name), self.digest

    @property
    def order(self) -> tuple[datetime, str, Part]:
        """By time, then by identifier: the order of the file system does not count."""
        return self.acquired or datetime.max, self.source_uid, self.part


@dataclass(frozen=True, slots=True)
class FileViews:
    """What became of one file.

    Args:
        file: What tables call it.
        views: Its views.
        refusals: Why it, or parts of it, gave none.
        patient_id: As in the file; empty if it does not tell.
        study_uid: As in the file; empty if it does not tell.
        nuclear: Whether it may come from a gamma camera.
    """

    file: str
    views: tuple[Found, ...]
    refusals: tuple[str, ...]
    patient_id: str
    study_uid: str
    nuclear: bool = True


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
        days: Study dates of all its files that gave a view; more than one if they
            differ.
        persons: Digests of name and birth date of these files.
    """

    patient_id: str
    study_uid: str
    views: list[Found] = field(default_factory=list)
    notes: list[tuple[Part, str]] = field(default_factory=list)
    left_out: list[tuple[Part, str]] = field(default_factory=list)
    refused: list[tuple[Part, str]] = field(default_factory=list)
    days: frozenset[date] = frozenset()
    persons: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def of_two_women(self) -> bool:
        """Whether its files name two women, not one whose name is written in two ways.

        Birth dates differ, or neither name is a part of the other.
        """
        return not all(starmap(may_be_one, combinations(sorted(self.persons), 2)))

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
        repeats: Acquisitions of a view that were left out by the rule.
        rule: Which of several acquisitions was kept.
        lost: Of each patient, how many of her studies gave no view, files of other
            modalities aside.
        patients: All patient ids that files have, also refused ones.
    """

    studies: tuple[Study, ...]
    rejected: Mapping[str, str]
    left_out: frozenset[str]
    files: int
    in_part: int
    repeats: int
    rule: RepeatRule
    lost: Mapping[str, int] = field(default_factory=dict)
    patients: frozenset[str] = frozenset()
