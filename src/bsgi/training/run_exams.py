"""The exams of one run: which they are, and their images in memory."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bsgi.cohort.split import Part, Split
from bsgi.cohort.store import Cohort, ExamRow
from bsgi.errors import CohortError, ExamError
from bsgi.exam.preprocess import Preprocessing, preprocess
from bsgi.exam.record import Label
from bsgi.training.batches import LabelledImages, place_exam, reserve_images
from bsgi.training.loop import Progress
from bsgi.training.reference import ExamFacts, collect_facts

READING = "reading exams"
"""What the progress of a run says while its exams are read."""


@dataclass(frozen=True, slots=True)
class RunExams:
    """The exams of a run with their parts and images, in one order.

    Args:
        rows: What the cohort's table says of each.
        parts: What each is used for.
        images: Their pixels, labels and patients.
        facts: What else is known of each.
    """

    rows: tuple[ExamRow, ...]
    parts: tuple[Part, ...]
    images: LabelledImages
    facts: tuple[ExamFacts, ...]

    def places(self, part: Part) -> list[int]:
        """Numbers of the exams of a part."""
        return [place for place, own in enumerate(self.parts) if own is part]

    def patients(self, part: Part) -> list[str]:
        """Pseudonyms of the patients of a part, one for each exam."""
        return [self.rows[place].patient_id for place in self.places(part)]


def labelled_rows(cohort: Cohort) -> tuple[ExamRow, ...]:
    """Exams with a label of both kinds, in the order of the cohort.

    Args:
        cohort: A cohort.

    Raises:
        CohortError: If no exam has a label, or all have the same.
    """
    rows = tuple(row for row in cohort.rows if row.label is not Label.UNKNOWN)
    if not rows:
        raise CohortError(
            f"{cohort.folder} must have labelled exams, got {len(cohort.rows)} without "
            "a label; import it again with a label table."
        )
    counts = Counter(row.label for row in rows)
    for label in (Label.BENIGN, Label.MALIGNANT):
        if not counts[label]:
            raise CohortError(
                f"{cohort.folder} must have benign and malignant exams, got no "
                f"{label.name.lower()} one among {len(rows)} labelled."
            )
    return rows


def choose_rows(rows: Sequence[ExamRow], split: Split) -> tuple[ExamRow, ...]:
    """The exams that a split names, in the order of the cohort.

    Args:
        rows: Labelled exams of the cohort.
        split: A split of some of them.

    Raises:
        CohortError: If it names an exam that is not there, or another patient.
    """
    patients = {row.exam_id: row.patient_id for row in split.rows}
    chosen = tuple(row for row in rows if row.exam_id in patients)
    missing = patients.keys() - {row.exam_id for row in chosen}
    if missing:
        raise CohortError(
            f"a split must name labelled exams of the cohort, got {min(missing)}, "
            "which is none."
        )
    for row in chosen:
        if patients[row.exam_id] != row.patient_id:
            raise CohortError(
                f"a split must give each exam to its own patient, but that of "
                f"{row.exam_id} is another in the cohort."
            )
    return chosen


def hash_split(split: Split) -> str:
    """SHA-256 of the part of each exam of a split."""
    rows = [[row.exam_id, row.patient_id, str(row.part)] for row in split.rows]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def check_parts(rows: Sequence[ExamRow], split: Split) -> None:
    """Whether the parts of a split have what training and test need.

    A test may do with one label, such as that of a hospital.

    Args:
        rows: The exams of the split.
        split: The split.

    Raises:
        CohortError: If one has not.
    """
    parts = split.parts
    for part in (Part.TRAIN, Part.TEST):
        labels = [row.label for row in rows if parts[row.exam_id] is part]
        if not labels:
            raise CohortError(f"the part {part.value} must have exams, got none.")
        if len(set(labels)) < 2 and part is Part.TRAIN:
            raise CohortError(
                f"the part {part.value} must have benign and malignant exams, got "
                f"{labels.count(Label.BENIGN)} and {labels.count(Label.MALIGNANT)}; "
                "use more exams or another test_fraction."
            )


def read_exams(
    cohort: Cohort,
    rows: Sequence[ExamRow],
    split: Split,
    settings: Preprocessing,
    progress: Progress | None,
) -> RunExams:
    """The exams of a split, and no others, preprocessed once and kept in memory.

    Args:
        cohort: Where they lie.
        rows: What its table says of them, in order.
        split: The part of each.
        settings: How an exam becomes an image.
        progress: Called after each exam.

    Raises:
        CohortError: If an exam cannot be read, or holds no breast.
    """
    images = reserve_images(len(rows), settings.size)
    facts = []
    for place, row in enumerate(rows):
        exam = cohort.load_exam(row.exam_id)
        try:
            stack = preprocess(exam, settings)
        except ExamError as reason:
            raise CohortError(f"exam {row.exam_id} cannot be used: {reason}") from None
        place_exam(images, place, stack, int(row.label), row.patient_id)
        facts.append(collect_facts(exam))
        if progress:
            progress(place + 1, len(rows), READING)
    parts = split.parts
    in_order = tuple(parts[row.exam_id] for row in rows)
    return RunExams(tuple(rows), in_order, images.finish(), tuple(facts))
