"""The names of the exams of a table of images."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bsgi.cohort.store import is_safe_id
from bsgi.dicom.pseudonyms import Pseudonyms
from bsgi.errors import LabelTableError
from bsgi.intake.images.table import ImageExam
from bsgi.intake.naming import rank_dates


@dataclass(frozen=True, slots=True)
class NamedExam:
    """The rows of an exam under its name.

    Args:
        exam_id: Name of the exam.
        patient_id: Pseudonym of the patient, or her id where ids are kept.
        exam: Its rows.
        time_order: Rank of its study date in the table, from 1; None without a date.
    """

    exam_id: str
    patient_id: str
    exam: ImageExam
    time_order: int | None


def name_exams(
    exams: Sequence[ImageExam], pseudonyms: Pseudonyms, table: Path
) -> list[NamedExam]:
    """The exams under their names, in the order of these.

    The exams of a patient are numbered by study date and then by the table's exam_id;
    where ids are kept, that is their name if the table has it.

    Args:
        exams: The exams of a table.
        pseudonyms: The names of patients.
        table: The table, for messages.

    Raises:
        LabelTableError: If an id is kept that cannot name a file, or names two exams.
    """
    by_patient: dict[str, list[ImageExam]] = defaultdict(list)
    for exam in exams:
        by_patient[exam.patient_id].append(exam)
    ranks = rank_dates(exam.study_date for exam in exams)
    named: dict[str, NamedExam] = {}
    for patient_id, group in by_patient.items():
        name = pseudonyms.name_patient(patient_id)
        for number, exam in enumerate(sorted(group, key=_order), start=1):
            kept = exam.exam_id if pseudonyms.key is None else ""
            exam_id = kept or f"{name}-{number}"
            line = exam.rows[0].line
            if not is_safe_id(exam_id):
                raise LabelTableError(
                    f"{table}, line {line}: its ids cannot name a file; import them "
                    "under pseudonyms, without --keep-ids."
                )
            first = named.get(exam_id.lower())
            if first is not None:
                raise LabelTableError(
                    f"{table}, lines {first.exam.rows[0].line} and {line}: ids that "
                    "are kept must differ by more than the case of letters; import "
                    "them under pseudonyms, without --keep-ids."
                )
            day = exam.study_date
            order = None if day is None else ranks[day]
            named[exam_id.lower()] = NamedExam(exam_id, name, exam, order)
    return sorted(named.values(), key=lambda item: item.exam_id)


def _order(exam: ImageExam) -> tuple[date, str]:
    return exam.study_date or date.max, exam.exam_id
