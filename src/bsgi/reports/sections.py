"""What `evaluation/details.py` found, as sections of a page, with their figures."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from bsgi.evaluation.calibration.decision_curve import DecisionCurve, decision_curve
from bsgi.evaluation.details import list_probabilities
from bsgi.evaluation.predictions import PredictionRow
from bsgi.evaluation.readers.rating_table import RatingTable
from bsgi.evaluation.summary import MethodMetrics, Metrics
from bsgi.reports.abstention import (
    build_abstention_table,
    build_called_table,
    build_groups_table,
    build_shift_table,
    describe_abstention,
)
from bsgi.reports.abstention_figure import draw_abstention
from bsgi.reports.calibration import (
    build_bins_table,
    build_calibration_table,
    describe_calibration,
)
from bsgi.reports.calibration_figures import draw_decision, draw_reliability
from bsgi.reports.comparison_tables import (
    build_areas_table,
    build_operating_table,
    build_power_table,
    describe_areas,
    describe_operating,
)
from bsgi.reports.reader_curves import draw_readers
from bsgi.reports.readers import (
    build_agreement,
    build_reader_areas,
    build_reader_components,
    build_reader_plan,
    build_reader_tests,
    describe_readers,
)
from bsgi.reports.style import Picture, save_picture
from bsgi.reports.subgroups import (
    build_subgroup_table,
    describe_subgroups,
    draw_subgroups,
)
from bsgi.reports.tables import BlockTable, Table


@dataclass(frozen=True, slots=True)
class SectionPart:
    """A part of a section, such as that of one method.

    Args:
        title: What it is about; empty where the section has one part.
        sentences: What is to be said.
        pictures: Figures.
        tables: Tables.
        folded: Tables that a reader opens.
    """

    title: str
    sentences: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    tables: tuple[Table | BlockTable, ...] = ()
    folded: tuple[Table | BlockTable, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a page.

    Args:
        key: Its address in the page.
        title: Its heading.
        parts: What it shows, in order.
    """

    key: str
    title: str
    parts: tuple[SectionPart, ...]


@dataclass(frozen=True, slots=True)
class _Page:
    """What all sections share."""

    metrics: Metrics
    rows: Sequence[PredictionRow]
    titles: Mapping[str, str]
    figures: Path
    simulated: bool
    slugs: Mapping[str, str]

    def save(self, name: str, figure: Figure, text: str) -> Picture:
        """Save a figure, with its data beside it, and give it as a picture."""
        path = self.figures / f"{name}.svg"
        return save_picture(path, figure, text, text, simulated=self.simulated)


def list_sections(
    metrics: Metrics,
    rows: Sequence[PredictionRow],
    titles: Mapping[str, str],
    figures: Path,
    *,
    simulated: bool,
    ratings: RatingTable | None = None,
) -> tuple[Section, ...]:
    """The sections that have something to show, their figures saved.

    Args:
        metrics: What was found.
        rows: What it was found from.
        titles: A reader's name of each method.
        figures: Folder into which figures are saved, each with its data as CSV.
        simulated: Whether the exams are simulated.
        ratings: Ratings of several readers, for their curves; None without.
    """
    names = [method.method for method in metrics.methods]
    page = _Page(metrics, rows, titles, figures, simulated, name_files(names))
    shown = [
        Section("readers", "Several readers", _show_readers(page, ratings)),
        Section("areas", "Do the areas differ?", _show_areas(page)),
        Section("operating-points", "Operating points", _show_points(page)),
        Section("calibration", "Calibration", _show_calibration(page)),
        _by_method(page, "abstention", "Benign, malignant or refer", _show_abstention),
        _by_method(page, "subgroups", "Subgroups", _show_subgroups),
        Section("power", "What so many patients can show", _show_power(page)),
    ]
    return tuple(section for section in shown if section.parts)


def name_files(names: Sequence[str]) -> dict[str, str]:
    """A name for files of each method, which any file system takes.

    Args:
        names: Names of the methods.
    """
    plain = [re.sub(r"[^A-Za-z0-9._]+", "-", name).strip("-.") for name in names]
    return {
        name: slug if slug and plain.count(slug) == 1 else f"{slug}-{number}".strip("-")
        for number, (name, slug) in enumerate(zip(names, plain, strict=True), 1)
    }


def _by_method(
    page: _Page,
    key: str,
    title: str,
    show: Callable[[_Page, MethodMetrics, str], SectionPart | None],
) -> Section:
    parts: list[SectionPart] = []
    said: set[str] = set()
    for method in page.metrics.methods:
        part = show(page, method, page.titles.get(method.method, method.method))
        if part is not None:
            # What holds for all methods is said once.
            new = tuple(text for text in part.sentences if text not in said)
            said.update(new)
            parts.append(replace(part, sentences=new))
    return Section(key, title, tuple(parts))


def _show_areas(page: _Page) -> tuple[SectionPart, ...]:
    areas = page.metrics.areas
    if not areas:
        return ()
    table = build_areas_table(areas, page.titles, page.metrics.level)
    tables = () if table is None else (table,)
    return (SectionPart("", describe_areas(areas, page.titles), tables=tables),)


def _show_points(page: _Page) -> tuple[SectionPart, ...]:
    points = {
        page.titles.get(one.method, one.method): one.operating_points
        for one in page.metrics.methods
    }
    table = build_operating_table(points, page.metrics.level)
    if table is None:
        return ()
    return (SectionPart("", describe_operating(points), tables=(table,)),)


def _show_power(page: _Page) -> tuple[SectionPart, ...]:
    power = page.metrics.power
    table = build_power_table(power, page.titles)
    if power is None or table is None:
        return ()
    return (SectionPart("", (power.words,), tables=(table,)),)


def _show_calibration(page: _Page) -> tuple[SectionPart, ...]:
    """Reliability of each method that has probabilities, then all that decide by it."""
    known = {
        page.titles.get(one.method, one.method): (one.method, one.calibration)
        for one in page.metrics.methods
        if one.calibration is not None
    }
    if not known:
        return ()
    level = page.metrics.level
    parts = []
    for title, (name, found) in known.items():
        text = f"Observed against predicted chance of malignancy, {title}."
        figure = draw_reliability(title, found)
        parts.append(
            SectionPart(
                title,
                (describe_calibration(found),),
                (page.save(f"reliability-{page.slugs[name]}", figure, text),),
                (build_bins_table(found, level),),
            )
        )
    curves = {title: _find_decisions(page, name) for title, (name, _) in known.items()}
    text = "Net benefit of acting on the probabilities, with pointwise intervals."
    decisions = page.save("decision-curve", draw_decision(curves), text)
    tables = {title: found for title, (_, found) in known.items()}
    together = build_calibration_table(tables, level)
    title = "All methods" if len(known) > 1 else "Measures and net benefit"
    return (*parts, SectionPart(title, (), (decisions,), (together,)))


def _find_decisions(page: _Page, name: str) -> DecisionCurve:
    found = list_probabilities([row for row in page.rows if row.method == name])
    if found is None:
        raise ValueError(f"{name} must have a probability of every test exam.")
    labels, chances, patients = found
    return decision_curve(
        np.array(labels, dtype=np.int64),
        np.array(chances, dtype=np.float64),
        patients,
        level=page.metrics.level,
    )


def _show_abstention(
    page: _Page, method: MethodMetrics, title: str
) -> SectionPart | None:
    found = method.abstention
    if found is None:
        return None
    tables = (build_abstention_table(found), build_called_table(found))
    folded = (build_groups_table(found), build_shift_table(found))
    return SectionPart(
        title,
        describe_abstention(title, found, simulated=page.simulated),
        (
            page.save(
                f"abstention-{page.slugs[method.method]}",
                draw_abstention(found),
                f"What becomes of the test patients of {title} if doubtful exams are "
                "referred.",
            ),
        ),
        tuple(table for table in tables if table is not None),
        tuple(table for table in folded if table is not None),
    )


def _show_subgroups(
    page: _Page, method: MethodMetrics, title: str
) -> SectionPart | None:
    parts = method.subgroups
    overall = None if method.average is None else method.average.auc
    figure = draw_subgroups(parts, overall, title=title, level=page.metrics.level)
    if figure is None:
        return None
    text = f"Area under the ROC curve of {title} in each subgroup, with its interval."
    picture = page.save(f"subgroups-{page.slugs[method.method]}", figure, text)
    table = build_subgroup_table(parts, title, page.metrics.level)
    return SectionPart(title, describe_subgroups(parts), (picture,), (), (table,))


def _show_readers(page: _Page, ratings: RatingTable | None) -> tuple[SectionPart, ...]:
    found = page.metrics.readers
    if found is None:
        return ()
    pictures: tuple[Picture, ...] = ()
    if ratings is not None:
        text = "ROC curve of every reader, and the mean curve of each modality."
        pictures = (page.save("readers", draw_readers(ratings), text),)
    tables = (
        build_reader_areas(found),
        build_reader_tests(found),
        build_reader_components(found),
        build_agreement(found),
        build_reader_plan(found),
    )
    kept = tuple(table for table in tables if table is not None)
    return (SectionPart("", describe_readers(found), pictures, kept),)
