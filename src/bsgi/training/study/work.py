"""One run of a study, on whatever process or computer it falls to."""

import platform
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Final

from bsgi.errors import BsgiError, ConfigError, OutputError, RunError
from bsgi.training.damage import DamageError
from bsgi.training.maps import MAPPING
from bsgi.training.precision import Decision
from bsgi.training.run import train_run
from bsgi.training.run_exams import READING
from bsgi.training.study.folder import STUDY
from bsgi.training.study.plan import Task

STEPS: Final = ".steps.partial"
"""Name of the file that says how far a run is; no part of its results."""

SESSION: Final = ".session.partial"
"""Name of the file that says who works on a study; no part of its results."""

EVERY_S = 1.0
"""A run says how far it is at most this often."""

ABSENT: Final = 3
"""So many times in a row nobody works on a study; a shared disk may err once."""

PACKAGES: Final = ("bsgi", "torch", "numpy")
"""What all workers must have in one version, since results depend on it."""

_SHARES = {READING: (0.0, 0.05), MAPPING: (0.95, 1.0)}
_TRAINING_SHARE = (0.05, 0.95)

_one_at_a_time = threading.Lock()


def find_versions() -> dict[str, str]:
    """The version that this computer has of each of `PACKAGES`."""
    return {name: metadata.version(name) for name in PACKAGES}


@dataclass(frozen=True, slots=True)
class Assignment:
    """A run of a study with all that a worker must know.

    Args:
        cohort: The cohort, an absolute path that every worker sees.
        study: The STUDY, likewise.
        task: What to run.
        decision: How its steps compute.
        maps: Whether to write heat maps of the test exams.
        session: Who works on the study now; a worker stops when somebody else does.
        versions: Versions of packages that all workers must have.
    """

    cohort: Path
    study: Path
    task: Task
    decision: Decision
    maps: bool
    session: str
    versions: Mapping[str, str] = field(default_factory=find_versions)

    @property
    def run(self) -> Path:
        """Folder of the run."""
        return self.study / self.task.place


def do_task(assignment: Assignment) -> None:
    """Do one run, or go on with it, or find it finished.

    Runs in one process wait for each other, since PyTorch's settings are the process's.

    Args:
        assignment: What to do.

    Raises:
        BsgiError: If the run fails, or this computer cannot do it as the others do; the
            message names the run.
    """
    task = assignment.task
    _check_computer(assignment)
    reporter = _Reporter(assignment.run / STEPS, assignment)
    try:
        with _one_at_a_time:
            train_run(
                assignment.cohort,
                task.recipe,
                assignment.run,
                seed=task.seed,
                split=task.split,
                decision=assignment.decision,
                maps=assignment.maps,
                wait=True,
                progress=reporter,
            )
    except (DamageError, OutputError) as reason:
        raise RunError(
            f"run {task.name}: {str(reason).rstrip('.')}; to do this run again, remove "
            f"{assignment.run} and give the same command."
        ) from None
    except BsgiError as reason:
        raise type(reason)(f"run {task.name}: {reason}") from None
    finally:
        with suppress(NotADirectoryError):  # a file may lie in the run's place
            reporter.path.unlink(missing_ok=True)


def save_session(study: Path, session: str) -> None:
    """Say who works on a study from now on.

    Args:
        study: The STUDY.
        session: A text that no other session has.
    """
    (study / SESSION).write_text(session, encoding="utf-8")


def read_share(run: Path) -> float:
    """How much of a run is done, 0 to 1; 0 if it does not say.

    Args:
        run: Folder of the run.
    """
    try:
        share = float((run / STEPS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return 0.0
    return min(max(share, 0.0), 1.0)


@dataclass(slots=True)
class _Reporter:
    """Writes how far a run is, and stops it when its study has gone."""

    path: Path
    assignment: Assignment
    last_s: float = field(default_factory=time.monotonic)
    absent: int = 0

    def __call__(self, done: int, total: int, text: str) -> None:
        now_s = time.monotonic()
        if now_s - self.last_s < EVERY_S:
            return
        self.last_s = now_s
        begin, end = _SHARES.get(text, _TRAINING_SHARE)
        share = begin + (end - begin) * done / max(total, 1)
        if self.path.parent.is_dir():
            # Not renamed into place: half a number is read as none, and that is all.
            self.path.write_text(f"{share:.5f}", encoding="utf-8")
        if self._study_has_ended():
            raise RunError("stopped, since its study has ended.")

    def _study_has_ended(self) -> bool:
        """Whether somebody else works on it, or nobody for several looks in a row."""
        text, own = _read_session(self.assignment.study), self.assignment.session
        self.absent = 0 if text == own else self.absent + 1
        # Half of the own text is one that is just being written.
        return self.absent >= ABSENT or not own.startswith(text)


def _read_session(study: Path) -> str:
    """Who works on a study; empty if nobody does, or the disk does not say."""
    try:
        return (study / SESSION).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _check_computer(assignment: Assignment) -> None:
    """Refuse a computer of a cluster that would compute otherwise, or elsewhere."""
    if not (assignment.study / STUDY).exists():
        raise ConfigError(
            f"every worker must see the folder {assignment.study}, but "
            f"{platform.node()} does not; put the study on a shared file system."
        )
    here = find_versions()
    for name, wanted in assignment.versions.items():
        if here[name] != wanted:
            raise ConfigError(
                f"every worker must have {name} {wanted}, but {platform.node()} has "
                f"{here[name]}; install the same there."
            )
