"""The folder STUDY: is it new, unfinished, finished, or another study's.

``study.toml`` is its first file and ``provenance.json`` its last. Neither times nor
hosts stand in any file but the last: the same study writes the same bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import tomli_w

from bsgi.errors import ConfigError, RunError
from bsgi.files import FORMAT_VERSION, save_text
from bsgi.training.precision import Decision
from bsgi.training.recipe import Recipe
from bsgi.training.run_folder import (
    check_free,
    check_same,
    decision_as_table,
    read_record,
)
from bsgi.training.study.recipe import Study, parse_study

STUDY: Final = "study.toml"
SPLITS: Final = "splits.csv"
PREDICTIONS: Final = "predictions.csv"
METRICS: Final = "metrics.json"
MAPS: Final = "maps.csv"
SEARCHES: Final = "searches.csv"

_HEADER = """\
# What this study used. It is itself a recipe: bsgi study COHORT --recipe THIS --out NEW
# [run] says which study it was, [[method]] has the recipe of each method in full, and
# [decided] what was decided for it when the study began.

"""


@dataclass(frozen=True, slots=True)
class StudyRecord:
    """What a study depends on, from its first moment.

    Args:
        study: Its settings and those of its methods, none left open.
        cohort_sha256: Hash of the exams that it uses.
        splits_sha256: Hash of all its splits.
        weights_sha256: Hash of the first weights of each method; empty without.
        decisions: How the steps of each method compute.
    """

    study: Study
    cohort_sha256: str
    splits_sha256: str
    weights_sha256: Mapping[str, str]
    decisions: Mapping[str, Decision]


def find_begun_study(
    out: Path,
    study: Study,
    *,
    cohort_sha256: str,
    splits_sha256: str,
    weights_sha256: Mapping[str, str],
) -> StudyRecord | None:
    """The record of a study that was begun in a folder; None if nothing was.

    Files of first weights may lie elsewhere by now; then the place is the wanted.

    Args:
        out: Folder of the study.
        study: Settings that it must have, with the precision of methods left open.
        cohort_sha256: Exams that it must use.
        splits_sha256: Splits that it must have.
        weights_sha256: First weights that its methods must have.

    Raises:
        OutputError: If the folder holds other things.
        RunError: If it is another study; the message says what differs.
    """
    if not (out / STUDY).exists():
        check_free(out)
        return None
    begun = load_study_record(out)
    methods = _settle_as_begun(study, begun)
    same_source = (
        begun.cohort_sha256 == cohort_sha256
        and _without_seed(begun.study) == _without_seed(study)
        and begun.study.recipe.seed == study.recipe.seed
    )
    check_same(
        out,
        "study",
        {
            "recipe": _without_seed(begun.study) == _without_seed(study)
            and _fingerprints(methods) == _fingerprints(begun.study.methods),
            "seed": begun.study.recipe.seed == study.recipe.seed,
            "cohort": begun.cohort_sha256 == cohort_sha256,
            "weights": dict(begun.weights_sha256) == dict(weights_sha256),
            # Another seed or cohort has other splits; that goes without saying.
            "splits": not same_source or begun.splits_sha256 == splits_sha256,
        },
    )
    return replace(begun, study=Study(begun.study.recipe, methods))


def save_study_record(out: Path, record: StudyRecord) -> None:
    """Begin a study: write its ``study.toml``.

    Args:
        out: Folder of the study; made if it is missing.
        record: What the study depends on.
    """
    tables: dict[str, Any] = record.study.recipe.model_dump(
        mode="json", exclude_none=True
    )
    tables |= {
        "run": {
            "format_version": FORMAT_VERSION,
            "cohort_sha256": record.cohort_sha256,
            "splits_sha256": record.splits_sha256,
            "weights_sha256": dict(record.weights_sha256),
        },
        "method": [method.tables() for method in record.study.methods],
        "decided": {
            name: decision_as_table(decision)
            for name, decision in record.decisions.items()
        },
    }
    save_text(out / STUDY, _HEADER + tomli_w.dumps(tables))


def load_study_record(out: Path) -> StudyRecord:
    """Read what a study depends on.

    Args:
        out: Folder of the study.

    Raises:
        RunError: If it is no STUDY, or its ``study.toml`` is not as we wrote it.
    """
    path = out / STUDY
    tables = read_record(path, "study")
    try:
        own = tables["run"]
        return StudyRecord(
            study=parse_study(tables, str(path)),
            cohort_sha256=str(own["cohort_sha256"]),
            splits_sha256=str(own["splits_sha256"]),
            weights_sha256=dict(own["weights_sha256"]),
            decisions={
                name: Decision(**table) for name, table in tables["decided"].items()
            },
        )
    except (AttributeError, ConfigError, KeyError, TypeError, ValueError) as reason:
        raise RunError(f"{path} must be as bsgi wrote it, but: {reason}") from None


def _without_seed(study: Study) -> dict[str, Any]:
    return study.recipe.model_dump(exclude={"seed"})


def _settle_as_begun(study: Study, begun: StudyRecord) -> tuple[Recipe, ...]:
    """The methods of a study with what was decided for those of their names."""
    decided = begun.decisions
    return tuple(
        method.settle(decided[method.name].precision, decided[method.name].threads)
        if method.name in decided
        else method
        for method in study.methods
    )


def _fingerprints(methods: tuple[Recipe, ...]) -> list[str]:
    return [method.fingerprint() for method in methods]
