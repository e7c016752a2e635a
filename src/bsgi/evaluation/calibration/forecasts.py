"""Labels, probabilities and patients side by side, checked once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Integer

from bsgi.evaluation.predictions import PredictionRow
from bsgi.evaluation.scored import Scored


@dataclass(frozen=True, slots=True)
class Forecasts:
    """What is true of some exams, and how probable malignancy was said to be.

    Args:
        labels: 1 malignant, 0 benign.
        probabilities: Chance of malignancy, 0 to 1.
        patients: The patient of each exam; an exam may stand here several times, once
            for each repeat.

    Raises:
        ValueError: If the three differ in length or are empty, a label is neither 0 nor
            1, or a probability is not between 0 and 1.
    """

    labels: Integer[np.ndarray, " exam"]
    probabilities: Float[np.ndarray, " exam"]
    patients: tuple[str, ...]

    def __post_init__(self) -> None:
        Scored(self.labels, self.probabilities)
        wrong = np.flatnonzero((self.probabilities < 0) | (self.probabilities > 1))
        if wrong.size:
            raise ValueError(
                f"probabilities must be 0 to 1, got {self.probabilities[wrong[0]]} at "
                f"index {wrong[0]}."
            )
        if len(self.patients) != self.labels.size:
            raise ValueError(
                f"every exam must have its patient, got {len(self.patients)} patients "
                f"for {self.labels.size} exams."
            )

    @property
    def exams(self) -> int:
        """Number of exams, each counted as often as it stands here."""
        return int(self.labels.size)

    @property
    def malignant(self) -> int:
        """Number of malignant exams."""
        return int(np.count_nonzero(self.labels))

    @property
    def benign(self) -> int:
        """Number of benign exams."""
        return self.exams - self.malignant

    @property
    def prevalence(self) -> float:
        """Share of malignant exams."""
        return self.malignant / self.exams

    def log_odds(self) -> Float[np.ndarray, " exam"] | None:
        """Log odds of the probabilities; None where one is 0 or 1 and has none."""
        p = self.probabilities.astype(np.float64)
        if p.min() == 0 or p.max() == 1:
            return None
        return np.log(p) - np.log1p(-p)


def collect_forecasts(rows: Sequence[PredictionRow]) -> Forecasts | None:
    """The probabilities of the test rows of one method, its repeats side by side.

    The repeats of an exam share their patient and so count as one in every interval.

    Args:
        rows: Rows of one method; only those of the part test count.

    Returns:
        The probabilities; None if there is no test row, or one has none.

    Raises:
        ValueError: If the rows are of several methods.
    """
    tested = [row for row in rows if row.part == "test"]
    if len({row.method for row in tested}) > 1:
        raise ValueError("probabilities must be collected within one method.")
    values = [row.probability for row in tested if row.probability is not None]
    if not tested or len(values) < len(tested):
        return None
    return Forecasts(
        labels=np.array([row.label for row in tested], dtype=np.int64),
        probabilities=np.array(values, dtype=np.float64),
        patients=tuple(row.patient_id for row in tested),
    )


def name_patients(patients: Sequence[str] | None, exams: int) -> tuple[str, ...]:
    """The patient of each exam; another for each where nobody said.

    Args:
        patients: The patient of each exam, or None.
        exams: Number of exams.
    """
    return tuple(map(str, range(exams))) if patients is None else tuple(patients)
