"""Ratings of several readers: each reads every case in every modality.

A modality is what is compared: two cameras, or a network and a physician with and
without it. A case is an exam; where patients have one exam each, it is the patient.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, Integer

from bsgi.errors import RunError
from bsgi.evaluation.scored import Scored
from bsgi.files import TableRow, load_csv


@dataclass(frozen=True, slots=True)
class ReaderRow:
    """What one reader said of one case in one modality.

    Args:
        reader: Who read it.
        modality: With what, such as a camera or a method.
        patient: The woman.
        label: 1 malignant, 0 benign.
        score: The rating; the higher, the more malignant.
        exam: The exam; empty where the woman has one.

    Raises:
        ValueError: If a value breaks these rules.
    """

    reader: str
    modality: str
    patient: str
    label: int
    score: float
    exam: str = ""

    def __post_init__(self) -> None:
        for name in ("reader", "modality", "patient"):
            if not getattr(self, name):
                raise ValueError(f"{name} must not be empty.")
        if self.label not in (0, 1):
            raise ValueError(f"label must be 0 or 1, got {self.label!r}.")
        if not math.isfinite(self.score):
            raise ValueError(f"score must be finite, got {self.score}.")

    @property
    def case(self) -> str:
        """What was read: the exam, or the patient where she has one."""
        return self.exam or self.patient


@dataclass(frozen=True, slots=True)
class RatingColumns:
    """Names of the columns of a table of ratings.

    Args:
        reader: Column of the reader.
        modality: Column of the modality.
        patient: Column of the patient, or of the case where she has one.
        label: Column of the truth, 1 malignant and 0 benign.
        score: Column of the rating.
        exam: Column of the exam; empty where patients have one.
    """

    reader: str = "reader"
    modality: str = "method"
    patient: str = "patient_id"
    label: str = "label"
    score: str = "score"
    exam: str = ""

    @property
    def present(self) -> tuple[str, ...]:
        """The columns that a table must have."""
        named = (self.reader, self.modality, self.patient, self.label, self.score)
        return (*named, self.exam) if self.exam else named


@dataclass(frozen=True, slots=True)
class RatingTable:
    """Fully crossed ratings: of every reader, in every modality, of every case.

    Args:
        readers: Names of the readers.
        modalities: Names of the modalities.
        cases: Names of the cases.
        patients: The patient of each case.
        labels: 1 malignant, 0 benign, for each case.
        scores: The ratings.

    Raises:
        ValueError: If the parts do not fit together.
    """

    readers: tuple[str, ...]
    modalities: tuple[str, ...]
    cases: tuple[str, ...]
    patients: tuple[str, ...]
    labels: Integer[np.ndarray, " case"]
    scores: Float[np.ndarray, "reader modality case"]

    def __post_init__(self) -> None:
        shape = (len(self.readers), len(self.modalities), len(self.cases))
        if self.scores.shape != shape or 0 in shape:
            raise ValueError(
                f"scores must have readers, modalities and cases {shape}, got "
                f"{self.scores.shape}."
            )
        if not len(self.patients) == len(self.labels) == len(self.cases):
            raise ValueError("every case must have a patient and a label.")

    @property
    def malignant(self) -> int:
        """Number of malignant cases."""
        return int(np.count_nonzero(self.labels))

    @property
    def benign(self) -> int:
        """Number of benign cases."""
        return len(self.cases) - self.malignant

    @property
    def clustered(self) -> bool:
        """Whether a patient has several cases."""
        return len(set(self.patients)) < len(self.patients)

    def reading(self, reader: int, modality: int) -> Scored:
        """Labels and ratings of one reader in one modality.

        Args:
            reader: Place of the reader.
            modality: Place of the modality.
        """
        return Scored(self.labels, self.scores[reader, modality])


def cross_ratings(rows: Iterable[ReaderRow]) -> RatingTable:
    """Ratings as a table without gaps; readers and modalities in order of appearance.

    Args:
        rows: One per reader, modality and case.

    Raises:
        RunError: If a rating is missing or given twice, a case has two labels or two
            patients, or only one label occurs; the message names reader and case.
    """
    found: dict[tuple[str, str, str], float] = {}
    of_case: dict[str, tuple[int, str]] = {}
    for row in rows:
        key = (row.reader, row.modality, row.case)
        place = _describe(*key)
        if key in found:
            raise RunError(f"{place} must have one rating, got two.")
        found[key] = row.score
        label, patient = of_case.setdefault(row.case, (row.label, row.patient))
        if label != row.label:
            raise RunError(f"{place} must have label {label} as before it had, got "
                           f"{row.label}.")  # fmt: skip
        if patient != row.patient:
            raise RunError(f"{place} must be of patient {patient!r} as before it was, "
                           f"got {row.patient!r}.")  # fmt: skip
    if not found:
        raise RunError("a table of ratings must have at least one rating, got none.")
    readers, modalities = _names(key[0] for key in found), _names(k[1] for k in found)
    cases = tuple(of_case)
    _check_crossed(found, readers, modalities, cases)
    labels = np.array([of_case[case][0] for case in cases], np.int64)
    if len(set(labels.tolist())) < 2:
        word = "malignant" if labels[0] else "benign"
        raise RunError(
            f"a table of ratings must have malignant and benign cases, got {word} ones "
            "only."
        )
    return RatingTable(
        readers=readers,
        modalities=modalities,
        cases=cases,
        patients=tuple(of_case[case][1] for case in cases),
        labels=labels,
        scores=np.array(
            [[[found[r, m, c] for c in cases] for m in modalities] for r in readers],
            np.float64,
        ),
    )


def load_ratings(
    path: Path, columns: RatingColumns | None = None
) -> tuple[ReaderRow, ...]:
    """Read a table of ratings, refusing whatever would have to be guessed.

    Args:
        path: A CSV file with a header.
        columns: Names of its columns; None for those of `RatingColumns`.

    Returns:
        Its rows, in order; at least one.

    Raises:
        RunError: If it is missing, empty, lacks a column or holds an impossible value;
            the message names line and column.
    """
    chosen = columns or RatingColumns()
    table = load_csv(path, chosen.present, RunError)
    if not table:
        raise RunError(f"{path} must have at least one row below its header.")
    return tuple(_parse_row(f"{path}, line {row.line}", row, chosen) for row in table)


def _parse_row(place: str, row: TableRow, columns: RatingColumns) -> ReaderRow:
    for name in columns.present:
        if not row[name].strip():
            raise RunError(f"{place}, column {name}: must not be empty.")
    label, score = row[columns.label].strip(), row[columns.score].strip()
    if label not in ("0", "1"):
        raise RunError(f"{place}, column {columns.label}: must be 0 or 1, got {label}.")
    return ReaderRow(
        reader=row[columns.reader].strip(),
        modality=row[columns.modality].strip(),
        patient=row[columns.patient].strip(),
        label=int(label),
        score=_parse_score(f"{place}, column {columns.score}", score),
        exam=row[columns.exam].strip() if columns.exam else "",
    )


def _parse_score(place: str, text: str) -> float:
    try:
        # Python reads 1_000 as a number; in a table it is a slip.
        value = float(text) if "_" not in text else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise RunError(f"{place}: must be a finite number, got {text!r}.")
    return value


def _names(values: Iterable[str]) -> tuple[str, ...]:
    """Names that occur, once each, in order of appearance."""
    return tuple(dict.fromkeys(values))


def _check_crossed(
    found: dict[tuple[str, str, str], float],
    readers: Sequence[str],
    modalities: Sequence[str],
    cases: Sequence[str],
) -> None:
    missing = [
        (reader, modality, case)
        for reader in readers
        for modality in modalities
        for case in cases
        if (reader, modality, case) not in found
    ]
    if missing:
        more = f" ({len(missing)} ratings are missing)" if len(missing) > 1 else ""
        raise RunError(
            "every reader must have rated every case in every modality, but "
            f"{_describe(*missing[0])} has no rating{more}; add it, or leave the "
            "reader or the case out."
        )


def _describe(reader: str, modality: str, case: str) -> str:
    return f"case {case!r} of reader {reader!r} in modality {modality!r}"
