"""`check.json`: all that the leak court found, and what was accepted by name.

A cohort is never changed, so the file lies beside it, in ``<COHORT>.check/``.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bsgi.cohort.check.confounding import Confounder
from bsgi.cohort.check.duplicates import CopiedExam
from bsgi.cohort.check.identity import OneWoman
from bsgi.cohort.check.parts import DividedPatient
from bsgi.cohort.check.permutation import PermutationCheck
from bsgi.cohort.store import Cohort
from bsgi.errors import CohortError, ConfigError, OutputError
from bsgi.evaluation.stored import StoredKind
from bsgi.provenance import hash_file

CHECK: Final = "check.json"
"""Name of the file."""

_OURS: Final = ("contact-sheet*.html", "note.txt", "provenance.json", ".*.partial")
"""Files that stand beside it, also where a check was stopped before it was written."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What the leak court found in a cohort.

    Args:
        cohort_sha256: Hash of its table of exams.
        simulated: Whether any of its exams is simulated.
        exams: Its exams.
        patients: Its patients.
        unlabelled: Exams without a label.
        doubtful: Exams whose quality raises a doubt.
        views: Views compared with each other.
        blank: Views that hold too little to be compared.
        splits: How many splits were looked at.
        copies: Exams that share an acquisition.
        shared_studies: Exams whose study stood under two patient ids.
        divided: Patients in two parts of a split.
        confounders: What site, date, camera and count level tell of the label.
        accepted: Confounders that were accepted by name.
        permutation: What a regression on the uptake finds; None with too few patients.
        alike: Exams of different patients with equal site, date, age and dose.
        one_woman: Patients with equal name and birth date in the files; none in a check
            that was written before this was looked at.
    """

    cohort_sha256: str
    simulated: bool
    exams: int
    patients: int
    unlabelled: int
    doubtful: int
    views: int
    blank: int
    splits: int
    copies: tuple[CopiedExam, ...]
    shared_studies: tuple[str, ...]
    divided: tuple[DividedPatient, ...]
    confounders: tuple[Confounder, ...]
    accepted: tuple[str, ...]
    permutation: PermutationCheck | None
    alike: tuple[tuple[str, ...], ...]
    one_woman: tuple[OneWoman, ...] = ()

    @property
    def confounded(self) -> tuple[Confounder, ...]:
        """What predicts the label, accepted or not."""
        return tuple(each for each in self.confounders if each.found)

    @property
    def unaccepted(self) -> tuple[Confounder, ...]:
        """What predicts the label and was not accepted by name."""
        return tuple(each for each in self.confounded if each.name not in self.accepted)

    @property
    def copied(self) -> tuple[CopiedExam, ...]:
        """Exams that share an acquisition under two patient ids."""
        return tuple(each for each in self.copies if each.two_patients)


_KIND: Final = StoredKind(
    CheckResult,
    maker="bsgi check",
    remedy="check the cohort again",
    error=CohortError,
)


def check_folder(cohort: Path) -> Path:
    """Where the check of a cohort lies by default: beside it."""
    place = cohort.resolve()
    return place.with_name(f"{place.name}.check")


def choose_folder(cohort: Path, out: Path | None) -> Path:
    """Where the results of a check go: a new folder, or that of an earlier check.

    Args:
        cohort: The COHORT, which stays as it is.
        out: The folder that is asked for; None for the default.

    Raises:
        ConfigError: If it is the COHORT, or lies in or above it.
        OutputError: If it is taken by something else.
    """
    folder = check_folder(cohort) if out is None else out
    own, place = cohort.resolve(), folder.resolve()
    if place.is_relative_to(own) or own.is_relative_to(place):
        raise ConfigError(
            f"--out must lie outside of {cohort} and not above it, got {folder}; "
            "choose a folder of its own."
        )
    if folder.is_dir():
        names = [path for path in folder.iterdir() if not _is_ours(path)]
        taken = bool(names) and not (folder / CHECK).is_file()
    else:
        taken = folder.exists() or folder.is_symlink()
    if taken:
        raise OutputError(
            f"the output {folder} must be new or of an earlier check; choose another "
            "name with --out."
        )
    return folder


def _is_ours(path: Path) -> bool:
    return any(path.match(pattern) for pattern in _OURS)


def save_check(path: Path, result: CheckResult) -> None:
    """Write `check.json`.

    Args:
        path: The file to make or replace.
        result: What was found.
    """
    _KIND.save(path, result)


def load_check(path: Path) -> CheckResult:
    """Read `check.json`.

    Args:
        path: The file.

    Raises:
        CohortError: If it is missing, of another version, or not as we wrote it.
    """
    return _KIND.load(path)


def find_check(cohort: Cohort) -> CheckResult | None:
    """The check of a cohort that lies beside it; None if there is none of this table.

    Args:
        cohort: An opened cohort.

    Raises:
        CohortError: If there is one that cannot be read.
    """
    path = check_folder(cohort.folder) / CHECK
    if not path.is_file():
        return None
    result = load_check(path)
    own = hash_file(cohort.folder / "exams.csv")
    return result if result.cohort_sha256 == own else None
