"""A named study to an exam: what its files and its row of the table say together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from bsgi.cohort.arrays import load_truth
from bsgi.cohort.writer import CohortWriter
from bsgi.dicom.cameras import name_camera
from bsgi.dicom.pseudonyms import Pseudonyms
from bsgi.dicom.read import SourceView
from bsgi.errors import CohortError
from bsgi.exam.quality.assess import assess_exam
from bsgi.exam.quality.catalogue import join_findings
from bsgi.exam.quality.finding import FileFacts
from bsgi.exam.record import Exam, Label, Truth, View, ViewName
from bsgi.intake.labels import LabelRow
from bsgi.intake.naming import NamedStudy
from bsgi.intake.overrule import Overrules, apply_overrules
from bsgi.intake.spool import Spool

MAX_AGE_YEARS: Final = 90.0
"""Ages above 89 identify a patient and are all written as 90 under a pseudonym.

References: 45 CFR 164.514(b)(2)(i)(C).
"""


@dataclass(slots=True)
class Adding:
    """Builds exams and writes them, one after the other.

    Args:
        writer: Writes the cohort.
        spool: Where the views are.
        pseudonyms: The names of identifiers.
        truth: Folder of truth that a simulation wrote; None if there is none.
        overrules: A physicist's decisions; None if there are none.
        views_left_out: Views that were left out by decision, so far.
        files_used: Files that gave a view of the cohort, so far.
    """

    writer: CohortWriter
    spool: Spool
    pseudonyms: Pseudonyms
    truth: Path | None = None
    overrules: Overrules | None = None
    views_left_out: int = 0
    files_used: set[str] = field(default_factory=set)

    def add_all(self, studies: Sequence[NamedStudy]) -> None:
        """Build and write the exams of studies.

        Args:
            studies: The studies under the names of their exams.

        Raises:
            ConfigError: If a decision is on an exam or a view that is not there.
            CohortError: If truth does not fit, or no exam is left.
            OutputError: If an exam cannot be written.
        """
        if self.overrules is not None:
            self.overrules.check_exams({named.exam_id for named in studies})
        for named in studies:
            self._add(named)
        if not self.writer.rows:
            raise CohortError(
                "a cohort must have an exam, and the overrules leave out all of "
                f"{len(studies)}."
            )

    def _add(self, named: NamedStudy) -> None:
        sources = [self.spool.load(item.place) for item in named.study.views]
        exam, notes = build_exam(named, sources, self.pseudonyms)
        findings = assess_exam(exam, list_facts(sources))
        left: Exam | None = exam
        if self.overrules is not None:
            left, findings, why = apply_overrules(exam, findings, self.overrules)
            notes += why
        kept = left.views if left else {}
        gone = [item.part for item in named.study.views if item.name not in kept]
        used = (item.file for item in named.study.views if item.name in kept)
        self.files_used.update(used)
        self.views_left_out += len(gone)
        said = [("", note) for note in notes]
        said += [(str(part), "its view was left out by decision") for part in gone]
        said += named.study.all_notes
        if left is None:
            for file, note in said:
                self.writer.note(file, f"exam {named.exam_id}: {note}")
            return
        known = None
        if self.truth is not None and left.simulated:
            known = find_truth(self.truth, named.study.study_uid, left)
            if known is None:
                said.append(("", "no truth of this simulated exam"))
        self.writer.add(
            left,
            known,
            quality=join_findings(findings),
            time_order=named.time_order,
            notes=said,
        )


def build_exam(
    named: NamedStudy, sources: Sequence[SourceView], pseudonyms: Pseudonyms
) -> tuple[Exam, list[str]]:
    """An exam from its files and its row of the table.

    Args:
        named: The study under the name of its exam.
        sources: Its views, as their files have them.
        pseudonyms: The names of identifiers.

    Returns:
        The exam, and what is worth a look.
    """
    row = named.label
    notes = list(named.notes)
    cameras = [source.camera for source in sources if source.camera]
    doses_mbq = [source.dose_mbq for source in sources if source.dose_mbq is not None]
    for what, values in (("camera", set(cameras)), ("dose", set(doses_mbq))):
        if len(values) > 1:
            notes.append(f"views differ in {what}; that of the first view is listed")
    exam = Exam(
        exam_id=named.exam_id,
        patient_id=named.patient_id,
        views={source.view.name: _name_view(source, pseudonyms) for source in sources},
        site=row.site if row else "",
        camera=name_camera(cameras[0], pseudonyms) if cameras else "",
        dose_mbq=doses_mbq[0] if doses_mbq else None,
        age_years=_choose_age(sources, row, notes, hidden=pseudonyms.key is not None),
        label=row.label if row else Label.UNKNOWN,
        label_left=row.label_left if row else Label.UNKNOWN,
        label_right=row.label_right if row else Label.UNKNOWN,
        simulated=any(source.simulated for source in sources),
    )
    missing = [name for name in ViewName if name not in exam.views]
    if missing:
        notes.append(f"views missing: {', '.join(missing)}")
    return exam, notes


def _name_view(source: SourceView, pseudonyms: Pseudonyms) -> View:
    return replace(source.view, source_uid=pseudonyms.name_uid(source.view.source_uid))


def _choose_age(
    sources: Sequence[SourceView],
    row: LabelRow | None,
    notes: list[str],
    *,
    hidden: bool,
) -> float | None:
    """Age from the table, or from the first file that has one."""
    ages = [source.age_years for source in sources if source.age_years is not None]
    age = ages[0] if ages else None
    if row is not None and row.age_years is not None:
        if age is not None and abs(age - row.age_years) > 1:
            notes.append("age differs between files and table; the table's is listed")
        age = row.age_years
    if age is None:
        notes.append("age unknown")
    return hide_age(age) if hidden else age


def hide_age(age_years: float | None) -> float | None:
    """An age that identifies nobody.

    Args:
        age_years: The age; None if unknown.
    """
    return None if age_years is None else min(age_years, MAX_AGE_YEARS)


def list_facts(sources: Sequence[SourceView]) -> Mapping[ViewName, FileFacts]:
    """What only the files of a study know of its views.

    Args:
        sources: Its views, as their files have them.
    """
    return {
        source.view.name: FileFacts(source.motion_mm, source.isotope)
        for source in sources
    }


def find_truth(folder: Path, study_uid: str, exam: Exam) -> Truth | None:
    """The truth of a simulated study, of the views that are there.

    Args:
        folder: Where a simulation wrote it, one file per study.
        study_uid: As in the files.
        exam: The exam.

    Raises:
        CohortError: If it is damaged, or its masks do not fit the views.
    """
    path = folder / f"{study_uid}.npz"
    if not path.exists():
        return None
    truth = load_truth(path)
    masks = {name: mask for name, mask in truth.masks.items() if name in exam.views}
    for name, mask in masks.items():
        if mask.shape != exam.views[name].counts.shape[1:]:
            raise CohortError(
                f"{path}: the mask of {name} must have the shape of its view, "
                f"{exam.views[name].counts.shape[1:]}, got {mask.shape}."
            )
    return replace(truth, masks=masks)
