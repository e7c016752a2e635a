"""`contact-sheet.html`: every view of a cohort on one page, to look at its quality.

Blind: no label is shown. The exam that is most in doubt comes first, and beside its
views stands what is doubted, so that a physicist can look, and overrule in a file.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

import numpy as np

from bsgi.cohort.check.doubts import group_findings, list_doubts
from bsgi.cohort.store import Cohort
from bsgi.exam.orientation import find_pose, view_image
from bsgi.exam.quality.catalogue import CHECKS
from bsgi.exam.quality.finding import Finding
from bsgi.exam.quality.look import take_look
from bsgi.exam.record import Exam, View, ViewName
from bsgi.files import save_text
from bsgi.reports.page import render_page
from bsgi.reports.view_pixels import NORMAL_IN_BLACK, encode_view, find_black
from bsgi.reports.wording import count_of

Progress = Callable[[int, int, str], None]

EXAMS_PER_PAGE: Final = 200
"""Exams of one page: some megabytes, which every browser opens."""

PIXELS_PER_MM: Final = 1.55
"""Size of the views on the page, one scale for all cameras whose field fits."""

WIDEST, HIGHEST = 244, 420
"""Pixels of the page that a view may take; four stand beside each other."""

OVERRULE_COLUMNS: Final = ("exam_id", "view", "check", "decision", "by", "reason")
"""What the file of a physicist's decisions must have."""

_URGENT: Final = tuple(CHECKS)[: tuple(CHECKS).index("missing-view")]
"""Checks whose findings make a view useless or poor, as a page marks them."""


@dataclass(frozen=True, slots=True)
class ShownView:
    """One view as the page shows it.

    Args:
        name: Which view.
        source: Its picture as a data address; empty if it is missing.
        width: Of the picture, in pixels of the page.
        height: The same.
        caption: Counts and time, as far as they are known.
        alt: What a reader who cannot see it should know.
        doubted: Whether something urgent is doubted about it.
    """

    name: str
    source: str
    width: int
    height: int
    caption: str
    alt: str
    doubted: bool


@dataclass(frozen=True, slots=True)
class ShownDoubt:
    """What one check doubts about an exam.

    Args:
        check: Its name.
        texts: What it found, view by view.
        urgent: Whether that makes a view useless or poor.
    """

    check: str
    texts: tuple[str, ...]
    urgent: bool


@dataclass(frozen=True, slots=True)
class ShownExam:
    """One exam as the page shows it.

    Args:
        exam_id: Its name.
        about: Camera and scale.
        views: Its views in canonical order, with places for missing ones.
        doubts: What is doubted, the most urgent first.
    """

    exam_id: str
    about: str
    views: tuple[ShownView, ...]
    doubts: tuple[ShownDoubt, ...]


def write_contact_sheet(
    cohort: Cohort,
    folder: Path,
    *,
    progress: Progress | None = None,
    exams_per_page: int = EXAMS_PER_PAGE,
) -> tuple[Path, ...]:
    """Write the contact sheet of a cohort, in parts if it is large.

    Args:
        cohort: The cohort; it is not changed.
        folder: Where ``contact-sheet.html`` goes, and ``contact-sheet-2.html`` and so
            on. Parts of an earlier one that are no longer needed are removed.
        progress: Called after each exam.
        exams_per_page: Exams of one part.

    Returns:
        The pages.

    Raises:
        CohortError: If an exam cannot be read.
        ValueError: If there is to be no exam on a page.
    """
    if exams_per_page < 1:
        raise ValueError(f"a page must have at least one exam, got {exams_per_page}.")
    findings = {doubt.exam_id: doubt.findings for doubt in list_doubts(cohort.rows)}
    names = [*findings, *(r.exam_id for r in cohort.rows if r.exam_id not in findings)]
    number = -(-len(names) // exams_per_page)
    paths = tuple(folder / _name_page(page) for page in range(number))
    for page, path in enumerate(paths):
        begin = page * exams_per_page
        shown = []
        for name in names[begin : begin + exams_per_page]:
            shown.append(show_exam(cohort.load_exam(name), findings.get(name, ())))
            if progress is not None:
                progress(begin + len(shown), len(names), "contact sheet")
        text = render_page(
            "contact.html",
            kind="Contact sheet",
            title=f"The views of {count_of(len(names), 'exam')}",
            simulated=cohort.simulated,
            exams=shown,
            columns=OVERRULE_COLUMNS,
            doubtful=len(findings),
            total=len(names),
            span=(begin + 1, begin + len(shown)),
            pages=[(each.name, each == path) for each in paths],
        )
        save_text(path, text)
    for old in folder.glob("contact-sheet*.html"):
        if old not in paths:
            old.unlink()
    return paths


def _name_page(page: int) -> str:
    return f"contact-sheet{f'-{page + 1}' if page else ''}.html"


def show_exam(exam: Exam, findings: Sequence[Finding]) -> ShownExam:
    """An exam as the page shows it, all its views on one scale of counts.

    Args:
        exam: The exam.
        findings: What is doubted about it.
    """
    checks = {each.check for each in findings}
    images = {name: view_image(exam.views[name]) for name in exam.present()}
    black, capped = find_black(list(images.values()), _find_normal(exam))
    doubted = {each.view for each in findings if each.check in _URGENT}
    sizes = _choose_sizes(exam, to_scale="spacing" not in checks)
    width = max(each[0] for each in sizes.values())
    height = max(each[1] for each in sizes.values())
    shown = []
    for name in ViewName:
        if name in images:
            told = _tell_view(exam.views[name], checks)
            alt = f"{name} of exam {exam.exam_id}: {told}."
            source = encode_view(images[name], black)
            wide, high = sizes[name]
        else:
            told, alt, source, wide, high = "", "", "", width, height
        shown.append(
            ShownView(name.value, source, wide, high, told, alt, name in doubted)
        )
    return ShownExam(
        exam_id=exam.exam_id,
        about="; ".join(
            filter(None, (exam.camera, _tell_scale(black, capped, checks)))
        ),
        views=tuple(shown),
        doubts=tuple(
            ShownDoubt(check, group_findings(own), check in _URGENT)
            for check, own in groupby(findings, key=lambda each: each.check)
        ),
    )


def _find_normal(exam: Exam) -> float:
    """Counts per pixel of normal tissue, the median of the views; 0 without any."""
    found = [take_look(exam.views[name]).normal for name in exam.present()]
    return float(np.median(found))


def _tell_scale(black: float, capped: bool, checks: Collection[str]) -> str:
    """What black means, in the caption of an exam."""
    level = f"{black:,.0f} counts per pixel"
    if "eight-bit" in checks:
        level = f"a grey value of {black:,.0f}"
    if capped:
        return f"black is {level} and more, {NORMAL_IN_BLACK:g} times normal uptake"
    return f"black is {level}"


def _tell_view(view: View, checks: Collection[str]) -> str:
    """Counts and time of a view, as far as they are known."""
    if "eight-bit" in checks:
        told = "grey values of 8 bits"
    else:
        told = _count(view.total_counts)
    return told if "duration" in checks else f"{told}, {view.duration_s:.0f} s"


def _choose_sizes(exam: Exam, *, to_scale: bool) -> dict[ViewName, tuple[int, int]]:
    """Width and height of each view on the page, all by one factor.

    Args:
        exam: The exam.
        to_scale: Whether its lengths are known; otherwise the views fill their places.
    """
    sizes_mm = {name: _measure(exam.views[name]) for name in exam.present()}
    widest_mm = max(width for width, _ in sizes_mm.values())
    highest_mm = max(height for _, height in sizes_mm.values())
    factor = min(WIDEST / widest_mm, HIGHEST / highest_mm)
    if to_scale:
        factor = min(factor, PIXELS_PER_MM)
    return {
        name: (max(round(width * factor), 1), max(round(height * factor), 1))
        for name, (width, height) in sizes_mm.items()
    }


def _measure(view: View) -> tuple[float, float]:
    """Width and height of a view as it lies on the page, in mm."""
    pose = find_pose(view)
    rows, cols = view.counts.shape[1:]
    if pose.transpose:
        rows, cols = cols, rows
    down_mm, along_mm = pose.spacing_mm(view)
    return cols * along_mm, rows * down_mm


def _count(counts: int) -> str:
    """Counts as a caption has them."""
    if counts < 1000:
        return count_of(counts, "count")
    return f"{counts / 1000:,.0f} k counts"
