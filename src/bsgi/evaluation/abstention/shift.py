"""What becomes of thresholds on a camera that they were not made on.

Conformal thresholds hold their error on patients like the calibration patients, and on
images like theirs. Another camera shifts the scores, and nothing in the thresholds
notices: the error may be anything, so it is measured.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bsgi.evaluation.abstention.chosen import choose_fold_thresholds, decide_rows
from bsgi.evaluation.abstention.outcomes import Outcome, summarize_outcome
from bsgi.evaluation.abstention.thresholds import ERROR_RATE
from bsgi.evaluation.design import Design
from bsgi.evaluation.estimate import LEVEL
from bsgi.evaluation.predictions import PredictionRow


@dataclass(frozen=True, slots=True)
class ShiftOutcome:
    """Thresholds made on one camera's exams and applied to another's.

    Args:
        calibrated_on: The camera of the calibration exams.
        applied_to: The camera of the test exams; the same one, to compare.
        malignant_patients: Calibration patients with a malignant exam; the fewest of a
            repeat and fold.
        benign_patients: Those with a benign exam, likewise.
        refers_everything: Whether these are too few in a repeat and fold, so that it
            refers every exam.
        outcome: What became of the test patients.
    """

    calibrated_on: str
    applied_to: str
    malignant_patients: int
    benign_patients: int
    refers_everything: bool
    outcome: Outcome


def measure_shifts(
    rows: Sequence[PredictionRow],
    design: Design | None,
    cameras: Mapping[str, str],
    error_rate: float = ERROR_RATE,
    level: float = LEVEL,
) -> tuple[ShiftOutcome, ...]:
    """Thresholds of each camera applied to the test exams of each, the same included.

    The network stays the same and has seen what it was trained on; only the thresholds
    change. Every repeat and fold has thresholds of its own.

    Args:
        rows: Rows of one method, of all parts; each exam tested once per repeat.
        design: How the study parts its patients; None if nobody said.
        cameras: The camera of each exam by exam_id; exams without one are left out.
        error_rate: Of the patients of a label, how many may be judged wrongly.
        level: Confidence level of the intervals.

    Returns:
        One outcome for each ordered pair of cameras, by name; none with fewer than two
        cameras among the test exams.
    """
    tested = [row for row in rows if row.part == "test"]
    names = sorted({cameras.get(row.exam_id, "") for row in tested} - {""})
    if len(names) < 2:
        return ()
    found = []
    for source in names:
        own = {exam_id for exam_id, camera in cameras.items() if camera == source}
        chosen = choose_fold_thresholds(rows, design, error_rate, own)
        decided = decide_rows(tested, chosen)
        made = [one.thresholds for one in chosen]
        for target in names:
            exams = [exam for exam in decided if cameras.get(exam.exam_id) == target]
            found.append(
                ShiftOutcome(
                    calibrated_on=source,
                    applied_to=target,
                    malignant_patients=min(each.malignant_patients for each in made),
                    benign_patients=min(each.benign_patients for each in made),
                    refers_everything=any(each.refers_everything for each in made),
                    outcome=summarize_outcome(exams, level),
                )
            )
    return tuple(found)
