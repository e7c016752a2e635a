"""A cohort with its labels dealt anew, on disk, so that all that reads one reads it.

It says so in its ``cohort.json``. Views are shared with the cohort that it came from;
truth is left out, which belongs to the true labels.
"""

import os
import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bsgi.cohort.check.permuted_labels import permute_labels
from bsgi.cohort.store import COLUMNS, Cohort, ExamRow, format_row, load_cohort
from bsgi.cohort.writer import explain_disk_errors
from bsgi.errors import CohortError, OutputError
from bsgi.exam.record import Label
from bsgi.files import load_json, new_folder, save_csv, save_json
from bsgi.provenance import describe, hash_file, save_provenance

_TABLES = ("rejected.csv", "notes.csv")


def make_permuted_cohort(cohort: Cohort, out: Path, seed: int) -> Cohort:
    """The cohort with its labels dealt anew among the patients, or find it made.

    Args:
        cohort: A cohort with true labels.
        out: The folder to make.
        seed: Seed of the draw.

    Returns:
        The other cohort, opened.

    Raises:
        CohortError: If a label does not occur, the labels are permuted already, or an
            exam is missing.
        OutputError: If `out` holds anything else, or cannot be written.
    """
    if has_permuted_labels(cohort.folder):
        raise CohortError(
            f"{cohort.folder} must have its true labels, but they are permuted; name "
            "the cohort that it was made from."
        )
    rows = permute_labels(cohort.rows, seed)
    source = hash_file(cohort.folder / "exams.csv")
    if out.exists():
        return _find_made(out, rows, source)
    described = load_json(cohort.folder / "cohort.json", CohortError)
    described.pop("format_version")
    labels = Counter(row.label for row in rows)
    described |= {
        "malignant": labels[Label.MALIGNANT],
        "benign": labels[Label.BENIGN],
        "truths": 0,
        "labels_permuted": True,
        "permutation_seed": seed,
        "source_sha256": source,
    }
    with explain_disk_errors(out), new_folder(out) as folder:
        (folder / "exams").mkdir()
        for row in rows:
            name = f"{row.exam_id}.npz"
            _share(cohort.folder / "exams" / name, folder / "exams" / name)
        for name in _TABLES:
            if (cohort.folder / name).is_file():
                shutil.copyfile(cohort.folder / name, folder / name)
        save_csv(folder / "exams.csv", COLUMNS, map(format_row, rows))
        save_json(folder / "cohort.json", described)
        made = describe(
            "bsgi study --canary",
            seed=seed,
            inputs={"exams.csv": cohort.folder / "exams.csv"},
        )
        save_provenance(folder, made)
    return load_cohort(out)


def has_permuted_labels(cohort: Path) -> bool:
    """Whether the labels of a cohort were dealt anew, so that they mean nothing.

    Args:
        cohort: A COHORT.

    Raises:
        CohortError: If it is none.
    """
    return bool(load_json(cohort / "cohort.json", CohortError).get("labels_permuted"))


def check_labels(cohort: Path, *, permuted: bool) -> None:
    """Keep labels without meaning to canaries, and true ones from them.

    Args:
        cohort: The COHORT that something is about to learn from.
        permuted: Whether its labels must be permuted.

    Raises:
        CohortError: If they are not as they must be.
    """
    if has_permuted_labels(cohort) == permuted:
        return
    if permuted:
        raise CohortError(
            f"a canary must have permuted labels, but those of {cohort} are true; give "
            "--canary, which permutes them."
        )
    raise CohortError(
        f"{cohort} has permuted labels, which mean nothing, and only a canary may "
        "learn from them; name the cohort that it was made from."
    )


def _find_made(out: Path, rows: Sequence[ExamRow], source_sha256: str) -> Cohort:
    """The cohort that an earlier call made."""
    try:
        described = load_json(out / "cohort.json", CohortError)
        made = load_cohort(out)
    except CohortError as reason:
        raise OutputError(
            f"{out} must be free, or hold the cohort with permuted labels, but: "
            f"{reason}"
        ) from None
    same = described.get("source_sha256") == source_sha256
    if not (same and made.rows == tuple(rows)):
        raise OutputError(
            f"{out} must hold the same exams with labels permuted by the same seed, "
            "but it holds others; choose another folder for the study."
        )
    return made


def _share(source: Path, place: Path) -> None:
    """One file under two names; a copy where the disk cannot do that."""
    if not source.is_file():
        raise CohortError(f"{source} is missing, though exams.csv lists the exam.")
    try:
        os.link(source, place)
    except OSError:
        shutil.copyfile(source, place)
