"""The folder RUN: is it new, unfinished, finished, or another training's.

``recipe.toml`` is the first file of a RUN and ``provenance.json`` the last. So a folder
with the first alone is an unfinished run, and one with both is finished. Neither times
nor hosts stand in any file but the last: the same run writes the same bytes.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import tomli_w

from bsgi.errors import ConfigError, OutputError, RunError
from bsgi.files import FORMAT_VERSION, load_toml, save_text
from bsgi.training.damage import DamageError
from bsgi.training.folder_lock import LOCK
from bsgi.training.precision import Decision
from bsgi.training.recipe import Recipe, parse_recipe

RECIPE: Final = "recipe.toml"
LAST_CHECKPOINT: Final = "checkpoints/last.safetensors"
FINAL_WEIGHTS: Final = "checkpoints/final.safetensors"
PROVENANCE: Final = "provenance.json"

RESULTS: Final = (
    RECIPE, "split.csv", "history.csv", FINAL_WEIGHTS, "reference.json",
    "predictions.csv", "metrics.json",
)  # fmt: skip
"""What every finished RUN has besides its last file."""

_HEADER = """\
# What this run used. It is itself a recipe: bsgi train COHORT --recipe THIS --out NEW
# [run] says which run it was, [decided] what was decided when it began.

"""
_HEADER_OF_STUDY = """\
# What this run of a study used; its parts stand in split.csv.
# [run] says which run it was, [decided] what was decided when the study began.

"""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What a run depends on, from its first moment.

    Args:
        recipe: Settings of the training, none left open.
        seed: Seed of first weights and order, and of the split unless it was given.
        cohort_sha256: Hash of the exams that it uses.
        decision: How its steps compute.
        split_sha256: Hash of the parts of its exams; empty in runs of earlier versions.
        weights_sha256: Hash of the file of first weights; empty without one.
        of_study: Whether split and decision were given to it by a study.
    """

    recipe: Recipe
    seed: int
    cohort_sha256: str
    decision: Decision
    split_sha256: str = ""
    weights_sha256: str = ""
    of_study: bool = False

    @property
    def identity(self) -> str:
        """One text for all that decides about the weights."""
        decided = f"{self.decision.precision}-{self.decision.threads}"
        parts = (
            self.recipe.fingerprint(), self.cohort_sha256, self.split_sha256,
            self.weights_sha256, self.seed, decided,
        )  # fmt: skip
        return "-".join(str(part) for part in parts)


def find_begun_run(run: Path, wanted: RunRecord) -> RunRecord | None:
    """The record of a run that was begun in a folder; None if nothing was.

    Its file of first weights may lie elsewhere by now; then the place is the wanted.

    Args:
        run: Folder of the run.
        wanted: What it must depend on. Of its decision only that of a study counts:
            else what was decided at the begin holds.

    Raises:
        OutputError: If the folder holds other things.
        RunError: If it is the run of another recipe, seed, cohort, split, file of
            weights or decision.
    """
    if not (run / RECIPE).exists():
        check_free(run)
        return None
    begun = load_run_record(run)
    decision = wanted.decision if wanted.of_study else begun.decision
    settled = wanted.recipe.settle(decision.precision, decision.threads)
    same = {
        "recipe": begun.recipe.fingerprint() == settled.fingerprint(),
        "seed": begun.seed == wanted.seed,
        "cohort": begun.cohort_sha256 == wanted.cohort_sha256,
        "weights": begun.weights_sha256 == wanted.weights_sha256,
        # In another cohort the parts differ too; that goes without saying.
        "split": begun.split_sha256 in ("", wanted.split_sha256)
        or begun.cohort_sha256 != wanted.cohort_sha256
        or begun.seed != wanted.seed,
        "precision": (begun.decision.precision, begun.decision.threads)
        == (decision.precision, decision.threads),
    }
    check_same(run, "run", same)
    return replace(begun, recipe=settled)


def check_same(folder: Path, kind: str, same: Mapping[str, bool]) -> None:
    """Refuse to go on with what was begun differently, and say what differs.

    Args:
        folder: The folder that was begun.
        kind: What it holds, such as ``run``.
        same: Whether each thing is as it was, by a name that a reader understands.

    Raises:
        RunError: If one is not.
    """
    other = [name for name, equal in same.items() if not equal]
    if other:
        raise RunError(
            f"{folder} must be a {kind} of the same {_join(list(same))} to be resumed, "
            f"but it had another {_join(other)}; choose another folder."
        )


def is_finished(run: Path) -> bool:
    """Whether a run has all its results."""
    return (run / PROVENANCE).exists()


def save_run_record(run: Path, record: RunRecord) -> None:
    """Begin a run: write its ``recipe.toml``.

    Args:
        run: Folder of the run; made if it is missing.
        record: What the run depends on.
    """
    facts = {
        "format_version": FORMAT_VERSION,
        "seed": record.seed,
        "recipe_sha256": record.recipe.fingerprint(),
        "cohort_sha256": record.cohort_sha256,
        "split_sha256": record.split_sha256,
        "weights_sha256": record.weights_sha256,
        "of_study": record.of_study,
    }
    tables = record.recipe.tables() | {
        "seed": record.seed,
        "run": facts,
        "decided": decision_as_table(record.decision),
    }
    header = _HEADER_OF_STUDY if record.of_study else _HEADER
    save_text(run / RECIPE, header + tomli_w.dumps(tables))


def load_run_record(run: Path) -> RunRecord:
    """Read what a run depends on.

    Args:
        run: Folder of the run.

    Raises:
        DamageError: If it is no RUN, or its ``recipe.toml`` is not as we wrote it.
    """
    path = run / RECIPE
    tables = read_record(path, "run")
    try:
        own = tables["run"]
        return RunRecord(
            recipe=parse_recipe(tables, str(path)),
            seed=int(own["seed"]),
            cohort_sha256=str(own["cohort_sha256"]),
            decision=Decision(**tables["decided"]),
            split_sha256=str(own.get("split_sha256", "")),
            weights_sha256=str(own.get("weights_sha256", "")),
            of_study=bool(own.get("of_study", False)),
        )
    except (ConfigError, KeyError, TypeError, ValueError) as reason:
        raise DamageError(f"{path} must be as bsgi wrote it, but: {reason}") from None


def read_record(path: Path, kind: str) -> dict[str, Any]:
    """The tables of a TOML file of ours, whose table ``[run]`` names its version.

    Args:
        path: The file.
        kind: What its folder holds, such as ``run``.

    Raises:
        DamageError: If it is missing, not TOML, or of another version.
    """
    _, tables = load_toml(path, kind, DamageError)
    own = tables.get("run", {})
    version = own.get("format_version") if isinstance(own, dict) else None
    if version != FORMAT_VERSION:
        raise DamageError(
            f"{path} must have format_version {FORMAT_VERSION} in its table run, got "
            f"{version!r}; is it the recipe of a {kind}?"
        )
    return tables


def decision_as_table(decision: Decision) -> dict[str, Any]:
    """What was decided, without the times that it rested on.

    Args:
        decision: How the steps of a training compute.
    """
    return {
        key: value
        for key, value in asdict(decision).items()
        if not key.endswith("_step_s")
    }


def measured_times(decision: Decision) -> dict[str, float]:
    """The times that a decision rested on; none where it was read from a file.

    Args:
        decision: How the steps of a training compute.
    """
    return {
        key: value
        for key, value in asdict(decision).items()
        if key.endswith("_step_s") and value is not None
    }


def check_free(folder: Path) -> None:
    """Refuse a folder with things of others; a first file half written is ours.

    Args:
        folder: A folder in which something of ours is to be begun.

    Raises:
        OutputError: If it is a file, or holds something.
    """
    if folder.is_file() or folder.is_symlink():
        raise OutputError(f"the output {folder} must be a folder, got a file.")
    if folder.is_dir():
        foreign = sorted(
            entry.name
            for entry in folder.iterdir()
            if not entry.name.endswith(".partial") and entry.name != LOCK
        )
        if foreign:
            raise OutputError(
                f"the output {folder} must be new or hold an unfinished run, but it "
                f"holds {foreign[0]}; choose another name."
            )


def _join(names: list[str]) -> str:
    """Names as a reader says them: a, b and c."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
