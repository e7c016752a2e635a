"""`check.json`: all that the leak court found, and what was accepted by name.

A cohort is never changed, so the file lies beside it, in ``<COHORT>.check/``.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bsgi.cohort.check.confounding import Confounder
from bsgi.cohort.check.duplicates import CopiedExam
from bsgi.cohort.check.parts import DividedPatient
from bsgi.cohort.check.permutation import PermutationCheck
from bsgi.cohort.store import Cohort
from bsgi.errors import CohortError
from bsgi.evaluation.stored import StoredKind
from bsgi.provenance import hash_file

CHECK: Final = "check.json"
"""Name of the file."""


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
