"""The folder RUN: is it new, unfinished, finished, or another training's.

``recipe.toml`` is the first file of a RUN and ``provenance.json`` the last. So a folder
with the first alone is an unfinished run, and one with both is finished.
"""

import fcntl
import os
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import tomli_w

from bsgi.errors import ConfigError, OutputError, RunError
from bsgi.files import FORMAT_VERSION, save_text
from bsgi.training.precision import Decision
from bsgi.training.recipe import Recipe, parse_recipe

RECIPE = "recipe.toml"
LAST_CHECKPOINT = "checkpoints/last.safetensors"
FINAL_WEIGHTS = "checkpoints/final.safetensors"

_HEADER = """\
# What this run used. It is itself a recipe: bsgi train COHORT --recipe THIS --out NEW
# [run] says which run it was, [decided] what was decided when it began.

"""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What a run depends on, from its first moment.

    Args:
        recipe: Settings of the training, none left open.
        seed: Seed of split, first weights and order.
        cohort_sha256: Hash of the exams that it uses.
        decision: How its steps compute.
    """

    recipe: Recipe
    seed: int
    cohort_sha256: str
    decision: Decision

    @property
    def identity(self) -> str:
        """One text for all that decides about the weights."""
        decided = f"{self.decision.precision}-{self.decision.threads}"
        parts = (self.recipe.fingerprint(), self.cohort_sha256, self.seed, decided)
        return "-".join(str(part) for part in parts)


def find_begun_run(
    run: Path, *, recipe: Recipe, seed: int, cohort_sha256: str
) -> RunRecord | None:
    """The record of a run that was begun in a folder; None if nothing was.

    Args:
        run: Folder of the run.
        recipe: Settings that it must have.
        seed: Seed that it must have.
        cohort_sha256: Exams that it must use.

    Raises:
        OutputError: If the folder holds other things.
        RunError: If it is the run of another recipe, seed or cohort.
    """
    if not (run / RECIPE).exists():
        _check_vacant(run)
        return None
    begun = load_run_record(run)
    settled = recipe.settle(begun.decision.precision, begun.decision.threads)
    differences = {
        "recipe": begun.recipe.fingerprint() == settled.fingerprint(),
        "seed": begun.seed == seed,
        "cohort": begun.cohort_sha256 == cohort_sha256,
    }
    other = [name for name, same in differences.items() if not same]
    if other:
        raise RunError(
            f"{run} must be a run of the same recipe, seed and cohort to be resumed, "
            f"but it had another {' and '.join(other)}; choose another folder."
        )
    return begun


@contextmanager
def lock_run(run: Path) -> Iterator[None]:
    """A block in which no other process trains in the same folder.

    The lock goes with the process, however it ends, and leaves no file.

    Args:
        run: Folder of the run; made if it is missing.

    Raises:
        RunError: If another process trains in it.
    """
    run.mkdir(parents=True, exist_ok=True)
    folder = os.open(run, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunError(
                f"{run} is in use by another training; wait for its end, or choose "
                "another folder."
            ) from None
        yield
    finally:
        os.close(folder)


def is_finished(run: Path) -> bool:
    """Whether a run has all its results."""
    return (run / "provenance.json").exists()


def save_run_record(run: Path, record: RunRecord) -> None:
    """Begin a run: write its ``recipe.toml``.

    Args:
        run: Folder of the run; made if it is missing.
        record: What the run depends on.
    """
    decided = asdict(record.decision)
    tables = record.recipe.tables() | {
        "seed": record.seed,
        "run": {
            "format_version": FORMAT_VERSION,
            "seed": record.seed,
            "recipe_sha256": record.recipe.fingerprint(),
            "cohort_sha256": record.cohort_sha256,
        },
        "decided": {key: value for key, value in decided.items() if value is not None},
    }
    save_text(run / RECIPE, _HEADER + tomli_w.dumps(tables))


def load_run_record(run: Path) -> RunRecord:
    """Read what a run depends on.

    Args:
        run: Folder of the run.

    Raises:
        RunError: If it is no RUN, or its ``recipe.toml`` is not as we wrote it.
    """
    path = run / RECIPE
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RunError(f"{path} is missing; is {run} the folder of a run?") from None
    except (OSError, ValueError) as reason:
        raise RunError(f"{path} cannot be read: {reason}.") from None
    own = tables.get("run", {})
    if own.get("format_version") != FORMAT_VERSION:
        raise RunError(
            f"{path} must have format_version {FORMAT_VERSION} in its table run, got "
            f"{own.get('format_version')!r}; is it the recipe of a run?"
        )
    try:
        return _parse_record(tables, str(path))
    except (ConfigError, KeyError, TypeError, ValueError) as reason:
        raise RunError(f"{path} must be as bsgi wrote it, but: {reason}") from None


def _parse_record(tables: dict[str, Any], source: str) -> RunRecord:
    return RunRecord(
        recipe=parse_recipe(tables, source),
        seed=int(tables["run"]["seed"]),
        cohort_sha256=str(tables["run"]["cohort_sha256"]),
        decision=Decision(**tables["decided"]),
    )


def _check_vacant(run: Path) -> None:
    """Refuse a folder with things of others; a first file half written is ours."""
    if run.is_file() or run.is_symlink():
        raise OutputError(f"the output {run} must be a folder, got a file.")
    if run.is_dir():
        foreign = sorted(
            entry.name for entry in run.iterdir() if not entry.name.endswith(".partial")
        )
        if foreign:
            raise OutputError(
                f"the output {run} must be new or hold an unfinished run, but it holds "
                f"{foreign[0]}; choose another name."
            )
