"""`maps.csv`: one row for each heat map, with the shares of its mass."""

import math
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import numpy as np
from jaxtyping import Float

from bsgi.errors import RunError
from bsgi.evaluation.maps.regions import find_regions, measure_areas, measure_mass
from bsgi.exam.preprocess import Preprocessing
from bsgi.exam.record import Exam, Label, Truth
from bsgi.files import TableRow, load_csv, save_csv

WORDS = ("benign", "malignant")
"""What the labels 0 and 1 are called."""


@dataclass(frozen=True, slots=True)
class MapRow:
    """Where one map's mass lies: the evidence for the diagnosis that a network gave.

    Args:
        method: Name of the method.
        repeat: Number of the repeat, from 0.
        fold: Number of the fold, from 0.
        exam_id: Name of the exam in its cohort.
        label: 1 malignant, 0 benign.
        called: What the network called it.
        margin: Its score less the threshold; it was called malignant from 0 on.
        evidence: Which of its two maps this is: that for what it called.
        lesion: Share of the mass on lesions; None if nobody knows where they are, or
            the map is empty.
        vicinity: Share within 10 mm of a lesion; None likewise.
        breast: Share on the rest of the breast; None if the map is empty.
        blank: Share on the empty field; None if the map is empty.
        lesion_area: Share of the area that lesions have; None if nobody knows.
        vicinity_area: Share of the area within 10 mm; None likewise.
        breast_area: Share of the area that the rest of the breast has.
        blank_area: Share of the area that the empty field has.

    Raises:
        ValueError: If a value breaks these rules.
    """

    method: str
    repeat: int
    fold: int
    exam_id: str
    label: int
    called: int
    margin: float
    evidence: str
    lesion: float | None
    vicinity: float | None
    breast: float | None
    blank: float | None
    lesion_area: float | None
    vicinity_area: float | None
    breast_area: float
    blank_area: float

    def __post_init__(self) -> None:
        if self.label not in (0, 1) or self.called not in (0, 1):
            raise ValueError(
                f"label and called must be 0 or 1, got {self.label}, {self.called}."
            )
        if not math.isfinite(self.margin) or self.called != int(self.margin >= 0):
            raise ValueError(
                f"margin must be from 0 on where called is 1, got {self.margin} and "
                f"{self.called}."
            )
        if self.evidence not in WORDS:
            raise ValueError(f"evidence must be one of {WORDS}, got {self.evidence!r}.")
        for name in _SHARES:
            share = getattr(self, name)
            if share is not None and not 0 <= share <= 1:
                raise ValueError(f"{name} must be empty or 0 to 1, got {share}.")

    @property
    def empty(self) -> bool:
        """Whether the map has no evidence anywhere."""
        return self.blank is None


COLUMNS = tuple(column.name for column in fields(MapRow))
_SHARES = COLUMNS[8:]


def measure_exam(
    exam: Exam,
    truth: Truth | None,
    malignant_map: Float[np.ndarray, "map_row map_col"],
    benign_map: Float[np.ndarray, "map_row map_col"],
    score: float,
    threshold: float,
    settings: Preprocessing,
    *,
    run: tuple[str, int, int] = ("", 0, 0),
) -> MapRow:
    """Where the evidence for the diagnosis that a network gave an exam lies.

    Args:
        exam: The exam, with a label.
        truth: What a simulator knows of it; None for a real exam.
        malignant_map: Evidence for malignant.
        benign_map: Evidence for benign.
        score: Score of malignant.
        threshold: A score of this much or more was called malignant.
        settings: How the network was given the exam.
        run: Method, repeat and fold that the maps come from.

    Raises:
        ValueError: If the exam has no label, or a map is negative or not finite.
        ExamError: If a view's pose cannot be told.
    """
    if exam.label is Label.UNKNOWN:
        raise ValueError(f"exam {exam.exam_id} must have a label.")
    called = int(score >= threshold)
    regions = find_regions(exam, truth, settings)
    mass = measure_mass(malignant_map if called else benign_map, regions)
    area = measure_areas(regions)
    return MapRow(
        *run,
        exam.exam_id,
        int(exam.label),
        called,
        score - threshold,
        WORDS[called],
        lesion=None if mass is None else mass.lesion,
        vicinity=None if mass is None else mass.vicinity,
        breast=None if mass is None else mass.breast,
        blank=None if mass is None else mass.blank,
        lesion_area=area.lesion,
        vicinity_area=area.vicinity,
        breast_area=area.breast,
        blank_area=area.blank,
    )


def save_map_rows(path: Path, rows: Iterable[MapRow]) -> None:
    """Write `maps.csv`; what is not known is empty.

    Args:
        path: The file to make or replace.
        rows: What to write, in this order.
    """
    texts = (["" if v is None else v for v in astuple(row)] for row in rows)
    save_csv(path, COLUMNS, texts)


def load_map_rows(path: Path) -> tuple[MapRow, ...]:
    """Read `maps.csv`.

    Args:
        path: The file.

    Raises:
        RunError: If it is missing, lacks a column or holds an impossible value.
    """
    rows = []
    for row in load_csv(path, COLUMNS, RunError):
        try:
            rows.append(_parse_row(row))
        except ValueError as reason:
            raise RunError(f"{path}, line {row.line}: {reason}") from None
    return tuple(rows)


def _parse_row(row: TableRow) -> MapRow:
    shares = {name: float(row[name]) if row[name] else None for name in _SHARES[:6]}
    return MapRow(
        method=row["method"],
        repeat=int(row["repeat"]),
        fold=int(row["fold"]),
        exam_id=row["exam_id"],
        label=int(row["label"]),
        called=int(row["called"]),
        margin=float(row["margin"]),
        evidence=row["evidence"],
        breast_area=float(row["breast_area"]),
        blank_area=float(row["blank_area"]),
        **shares,
    )
