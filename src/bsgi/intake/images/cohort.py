"""A table of plain images to a cohort."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bsgi.cohort.writer import CohortWriter, explain_disk_errors
from bsgi.dicom.cameras import name_camera
from bsgi.dicom.pseudonyms import Pseudonyms
from bsgi.errors import CohortError, ExamError
from bsgi.exam.quality.assess import assess_exam
from bsgi.exam.quality.catalogue import join_findings
from bsgi.exam.quality.finding import Finding
from bsgi.exam.record import Exam, View, ViewName
from bsgi.files import check_vacant
from bsgi.intake.collect import Progress
from bsgi.intake.exams import hide_age
from bsgi.intake.images.naming import NamedExam, name_exams
from bsgi.intake.images.pixels import Pixels, read_pixels
from bsgi.intake.images.table import ImageRow, load_image_table
from bsgi.intake.outside import choose_pseudonyms, list_outside, report_nothing
from bsgi.intake.overrule import Overrules, apply_overrules, load_overrules
from bsgi.intake.processes import map_in_order
from bsgi.intake.rules import ImportRules
from bsgi.intake.summary import Counted, ImportSummary, summarize
from bsgi.provenance import describe

NOMINAL_SPACING_MM: Final = 1.0
NOMINAL_DURATION_S: Final = 1.0
"""Taken where a table does not say them, and said in notes and quality."""

EIGHT_BIT: Final = "eight-bit"
"""Name of the doubt about views whose pixels are grey values and no counts."""

_SPACING: Final = "spacing"
_DURATION: Final = "duration"
_OF_TABLE: Final = frozenset({EIGHT_BIT, _SPACING, _DURATION})
"""Doubts that all views of an exam mostly share."""


def import_images(
    table: Path,
    out: Path,
    *,
    key: Path | None = None,
    keep_ids: bool = False,
    progress: Progress | None = None,
    rules: ImportRules | None = None,
) -> ImportSummary:
    """Read a table of PNG, TIFF and NPY images into a cohort.

    Views are taken as hung in mammography, chest walls together, as such files do not
    say how they lie; the quality of every exam says so.

    Args:
        table: CSV or XLSX, one row per view; paths are relative to its folder.
        out: The cohort to make; it must not exist, or be empty.
        key: File with the secret key of the pseudonyms, made if it is missing. Without
            it a new key is used and forgotten.
        keep_ids: Whether patient ids stay as they are.
        progress: Called after every image.
        rules: What a site has set; None for the usual.

    Returns:
        What came of it.

    Raises:
        ConfigError: If a key is given for ids that are kept.
        LabelTableError: If the table cannot be read without guessing.
        CohortError: If no file gives a view; the reasons are in a table beside `out`.
        OutputError: If `out` is taken or cannot be written.
    """
    rules = rules or ImportRules()
    check_vacant(out)
    listed = load_image_table(table, rules.words)
    overrules = None if rules.overrule is None else load_overrules(rules.overrule)
    pseudonyms = choose_pseudonyms(key, keep_ids=keep_ids)
    named = name_exams(listed.exams, pseudonyms, table)
    with explain_disk_errors(out), CohortWriter(out) as writer:
        adding = _Adding(writer, pseudonyms, overrules)
        paths = [row.path for item in named for row in item.exam.rows]
        read = map_in_order(_read, paths, rules.processes, "import")
        with closing(read):
            adding.add_all(named, read, progress)
        if not writer.rows:
            report_nothing(table, out, adding.by_path, "rows of images")
        remarks = (*listed.notes, *adding.list_remarks())
        # A hospital may name a table after a patient, as it does folders.
        name = table.name if pseudonyms.key is None else "image table"
        for remark in remarks:
            writer.note(name, remark)
        for file, reason in adding.rejected:
            writer.reject(file, reason)
        cohort = writer.finish(
            describe("bsgi import", inputs={"table": table, **rules.inputs}),
            files=adding.files,
            used=sum(len(row.views) for row in writer.rows),
        )
        list_outside(out, adding.by_path, pseudonyms)
    return summarize(cohort, adding.count(remarks))


@dataclass(slots=True)
class _Adding:
    """Writes exams of images, one after the other."""

    writer: CohortWriter
    pseudonyms: Pseudonyms
    overrules: Overrules | None
    rejected: list[tuple[str, str]] = field(default_factory=list)
    by_path: list[tuple[str, str]] = field(default_factory=list)
    files: int = 0
    views_left_out: int = 0
    doubts: Counter[str] = field(default_factory=Counter)

    def add_all(
        self,
        named: Sequence[NamedExam],
        read: Iterator[Pixels | str],
        progress: Progress | None,
    ) -> None:
        """Write exams, one after the other.

        Args:
            named: The exams under their names.
            read: The pixels of each of their rows, or why there are none.
            progress: Called after every exam.

        Raises:
            ConfigError: If a decision is on an exam or a view that is not there.
            CohortError: If decisions leave no exam.
        """
        total = sum(len(item.exam.rows) for item in named)
        if self.overrules is not None:
            self.overrules.check_exams({item.exam_id for item in named})
        for item in named:
            self._add(item, read)
            if progress is not None:
                progress(self.files, total, f"{len(self.writer.rows)} exams")
        if self.views_left_out and not self.writer.rows:
            raise CohortError(
                "a cohort must have an exam, and the overrules leave out all of "
                f"{len(named)}."
            )

    def _add(self, named: NamedExam, read: Iterator[Pixels | str]) -> None:
        """Take the images of an exam; write it if one of them is a view."""
        views: dict[ViewName, View] = {}
        doubts: dict[ViewName, dict[str, str]] = {}
        notes: list[tuple[str, str]] = []
        for row in named.exam.rows:
            self.files += 1
            file = self._name_file(row)
            pixels = next(read)
            try:
                if isinstance(pixels, str):
                    raise ExamError(pixels)
                views[row.view] = _build_view(row, pixels)
                doubts[row.view] = dict(_find_doubts(row, pixels))
            except ExamError as error:
                reason = str(error)
                self.rejected.append((file, reason))
                self.by_path.append((row.shown, reason))
                notes.append((file, f"gave no view: {reason.rstrip('.')}"))
        if not views:
            return
        exam = _build_exam(named, views, self.pseudonyms)
        missing = [name for name in ViewName if name not in views]
        if missing:
            notes.append(("", f"views missing: {', '.join(missing)}"))
        self._write(named, exam, doubts, notes)

    def _write(
        self,
        named: NamedExam,
        exam: Exam,
        doubts: Mapping[ViewName, Mapping[str, str]],
        notes: list[tuple[str, str]],
    ) -> None:
        findings = tuple(
            finding
            for finding in assess_exam(exam)
            # What are no counts cannot be few.
            if finding.check != "low-counts"
            or EIGHT_BIT not in doubts[finding.view or ViewName.LCC]
        )
        findings += tuple(
            Finding(check, name, text)
            for name in exam.present()
            for check, text in doubts[name].items()
        )
        left: Exam | None = exam
        if self.overrules is not None:
            left, findings, said = apply_overrules(exam, findings, self.overrules)
            notes += [("", note) for note in said]
        kept = left.views if left else {}
        gone = [row for row in named.exam.rows if row.view in {*exam.views} - {*kept}]
        self.views_left_out += len(gone)
        decided = "its view was left out by decision"
        notes += [(self._name_file(row), decided) for row in gone]
        if left is None:
            for file, note in notes:
                self.writer.note(file, f"exam {exam.exam_id}: {note}")
            return
        self.doubts.update(
            {text for name in left.present() for text in doubts[name].values()}
        )
        self.writer.add(
            left,
            split=named.exam.split,
            quality=join_findings(_say_once(findings, left.present())),
            time_order=named.time_order,
            notes=notes,
        )

    def _name_file(self, row: ImageRow) -> str:
        """What tables call a file: under pseudonyms its line, as paths may be names."""
        return row.shown if self.pseudonyms.key is None else f"line {row.line}"

    def count(self, remarks: tuple[str, ...]) -> Counted:
        """What the summary says beside the cohort."""
        return Counted(
            files=self.files,
            reasons=tuple(reason for _, reason in self.rejected),
            views_left_out=self.views_left_out,
            remarks=remarks,
        )

    def list_remarks(self) -> tuple[str, ...]:
        """What was taken for what the table does not say, and of how many exams."""
        return tuple(f"{text} (exams: {n})." for text, n in sorted(self.doubts.items()))


def _read(path: Path) -> Pixels | str:
    """The pixels of a file, or why there are none."""
    try:
        return read_pixels(path)
    except ExamError as reason:
        return str(reason)


def _build_view(row: ImageRow, pixels: Pixels) -> View:
    spacing_mm = row.spacing_mm or NOMINAL_SPACING_MM
    return View(
        name=row.view,
        counts=pixels.counts[None],
        spacing_mm=(spacing_mm, spacing_mm),
        duration_s=row.duration_s or NOMINAL_DURATION_S,
    )


def _find_doubts(row: ImageRow, pixels: Pixels) -> Iterator[tuple[str, str]]:
    """What the table leaves open of a view, and what its file cannot hold."""
    if pixels.bits <= 8:
        yield EIGHT_BIT, "8 bits per pixel, which are no longer counts"
    if row.spacing_mm is None:
        yield _SPACING, f"spacing not stated, taken as {NOMINAL_SPACING_MM:g} mm"
    if row.duration_s is None:
        yield _DURATION, f"duration not stated, taken as {NOMINAL_DURATION_S:g} s"


def _say_once(findings: Sequence[Finding], views: Sequence[ViewName]) -> list[Finding]:
    """Findings; those on the table that all views have are said once, of the exam."""
    said = Counter(
        (each.check, each.text) for each in findings if each.check in _OF_TABLE
    )
    shared = {what for what, number in said.items() if number == len(views)}
    apart = [each for each in findings if (each.check, each.text) not in shared]
    return apart + [
        Finding(check, None, text) for check, text in said if (check, text) in shared
    ]


def _build_exam(
    named: NamedExam, views: Mapping[ViewName, View], pseudonyms: Pseudonyms
) -> Exam:
    exam, kept = named.exam, pseudonyms.key is None
    return Exam(
        exam_id=named.exam_id,
        patient_id=named.patient_id,
        views=views,
        site=exam.site,
        # Somebody typed it, perhaps with the name of a hospital or a physicist.
        camera=name_camera(exam.camera, pseudonyms),
        dose_mbq=exam.dose_mbq,
        age_years=exam.age_years if kept else hide_age(exam.age_years),
        label=exam.label,
        label_left=exam.label_left,
        label_right=exam.label_right,
    )
