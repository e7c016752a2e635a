"""The figures of a study report: drawn, saved beside the page, and put into it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bsgi.cohort.folds import Fold
from bsgi.cohort.split import Part
from bsgi.cohort.store import Cohort
from bsgi.evaluation.audit.published import FIGURES
from bsgi.evaluation.design import Design
from bsgi.evaluation.operating_points.roc_band import build_roc_band
from bsgi.evaluation.repeats import AverageMetrics, collect_repeats
from bsgi.reports.bars import BarGroup, draw_bars
from bsgi.reports.curves import RocLine, draw_roc
from bsgi.reports.history import load_history
from bsgi.reports.learning_curve import LearningLine, draw_learning
from bsgi.reports.map_pictures import ExamPictures, picture_heat_maps
from bsgi.reports.paper_table import find_paper_figures
from bsgi.reports.reconstruction import (
    Reconstruction,
    describe_reconstruction,
    draw_reconstruction,
    load_reconstruction,
    name_exams,
)
from bsgi.reports.results import pick_rows
from bsgi.reports.run_folder import find_heat_maps
from bsgi.reports.study_folder import StudyFolder, StudyMethod
from bsgi.reports.study_tables import name_reach
from bsgi.reports.style import Picture, load_picture, save_picture, save_svg
from bsgi.reports.training_curves import draw_training, list_graphs
from bsgi.reports.wording import (
    area_with_interval,
    capitalize_first,
    count_of,
    interval_title,
    with_interval,
)


@dataclass(frozen=True, slots=True)
class MethodPictures:
    """Figures of one method.

    Args:
        title: A reader's name of it.
        pictures: The figures.
        note: What stands below them.
    """

    title: str
    pictures: tuple[Picture, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class MappedRun:
    """The run whose heat maps are shown.

    Args:
        title: A reader's name of the method.
        which: Repeat and fold, in words.
        exams: The exams.
    """

    title: str
    which: str
    exams: tuple[ExamPictures, ...]


def list_averages(
    study: StudyFolder,
) -> Iterator[tuple[StudyMethod, AverageMetrics]]:
    """The methods with their results averaged over the repeats, where these have any.

    Args:
        study: The study.
    """
    for method in study.methods:
        average = study.results(method).average
        if average is not None:
            yield method, average


def picture_bars(study: StudyFolder, *, simulated: bool) -> Picture | None:
    """Accuracy, sensitivity and specificity of the methods; None without averages.

    Args:
        study: The study, into whose folder of figures it is saved.
        simulated: Whether its exams are simulated.
    """
    groups = []
    for method, average in list_averages(study):
        paper = find_paper_figures(method.name, study.metrics.level)
        values = {} if paper is None else paper.values
        marks = tuple(
            values[name].value if name in values else None for name in FIGURES
        )
        rates = average.accuracy, average.sensitivity, average.specificity
        groups.append(BarGroup(method.title, rates, marks))
    if not groups:
        return None
    path = study.folder / "figures" / "rates.svg"
    quantities = [name.capitalize() for name in FIGURES]
    figure = draw_bars(quantities, groups, "the paper's patients, labels put right")
    told = "; ".join(
        f"{group.name}: {name} {with_interval(rate)}"
        for group in groups
        for name, rate in zip(FIGURES, group.rates, strict=True)
    )
    marked = any(mark is not None for group in groups for mark in group.marks)
    caption = (
        f"Mean over the repeats ({_count_tested(study)}), with the "
        f"{interval_title(study.metrics.level)} that the number of patients allows."
    )
    if marked:
        caption += (
            " Diamonds: what the paper prints of its patients, 17 malignant and 28 "
            "benign, sensitivity and specificity under their right names."
        )
    return save_picture(path, figure, f"Bars of {told}.", caption, simulated=simulated)


def picture_bands(study: StudyFolder, *, simulated: bool) -> Picture | None:
    """ROC curves of the methods with bands; None where the test has one label only.

    Args:
        study: The study, into whose folder of figures it is saved.
        simulated: Whether its exams are simulated.
    """
    lines = []
    for method, average in list_averages(study):
        line = _draw_line(study, method, average)
        if line is not None:
            lines.append(line)
    if not lines:
        return None
    path = study.folder / "figures" / "roc.svg"
    told = "; ".join(f"{line.name} {area_with_interval(line.auc)}" for line in lines)
    level = interval_title(study.metrics.level)
    return save_picture(
        path,
        draw_roc(lines),
        f"ROC curves of the test patients with bands. AUC: {told}.",
        f"{capitalize_first(_count_tested(study))}. Mean over the repeats at each "
        "false positive rate; the pale band is its "
        f"pointwise {level}, which knows that repeats share their patients. The dot is "
        "the threshold, the grey dashed line pure chance. In the legend the mean AUC "
        f"with its {level}.",
        simulated=simulated,
    )


def picture_learning(study: StudyFolder, *, simulated: bool) -> Picture | None:
    """The learning curve; None where folds are no sizes of a training set.

    Args:
        study: The study, into whose folder of figures it is saved.
        simulated: Whether its exams are simulated.
    """
    if study.design is not Design.SIZES:
        return None
    sizes = list_sizes(study.folds)
    lines = [
        LearningLine(
            method.title,
            sizes,
            tuple(point.average.auc for point in study.results(method).by_fold),
        )
        for method in study.methods
    ]
    path = study.folder / "figures" / "learning-curve.svg"
    told = "; ".join(
        f"{line.name} "
        + ", ".join(
            f"{area_with_interval(area)} after {number} patients"
            for number, area in zip(line.patients, line.areas, strict=True)
        )
        for line in lines
    )
    tested = study.results(study.methods[0]).by_fold[0].average
    return save_picture(
        path,
        draw_learning(lines),
        f"AUC against the number of training patients: {told}.",
        f"AUC on the same test patients ({tested.malignant:,} malignant, "
        f"{tested.benign:,} benign), mean over the repeats, with its "
        f"{interval_title(study.metrics.level)}{name_reach(study)}. The axis of "
        "patients is logarithmic; points of several methods stand a little apart.",
        simulated=simulated,
    )


def list_sizes(folds: Sequence[Fold]) -> tuple[int, ...]:
    """Training patients of each size of a learning curve, in its first repeat.

    Args:
        folds: The splits of a study of the design sizes.
    """
    return tuple(
        len({r.patient_id for r in fold.split.rows if r.part is Part.TRAIN})
        for fold in folds
        if fold.repeat == 0
    )


def picture_courses(
    study: StudyFolder, *, simulated: bool
) -> tuple[MethodPictures, ...]:
    """The training of each method, all its runs in one graph for each quantity.

    Args:
        study: The study, into whose folder of figures they are saved.
        simulated: Whether its exams are simulated.
    """
    shown = []
    for method in study.methods:
        runs = [study.run(method.name, fold) for fold in study.folds]
        pictures = []
        for graph in list_graphs([load_history(run / "history.csv") for run in runs]):
            name = f"training-{method.name}-{graph.key}.svg"
            path = study.folder / "figures" / name
            text = graph.describe()
            pictures.append(
                save_picture(
                    path,
                    draw_training(graph),
                    f"{method.title}. {text}",
                    text,
                    simulated=simulated,
                )
            )
        shown.append(MethodPictures(method.title, tuple(pictures)))
    return tuple(shown)


def picture_rebuilt(study: StudyFolder) -> tuple[MethodPictures, ...]:
    """What each autoencoder keeps of some test exams, in its first run.

    Args:
        study: The study, into whose folder of figures they are saved.
    """
    shown = []
    for method in study.methods:
        runs = [study.run(method.name, fold) for fold in study.folds]
        found = [one for run in runs if (one := load_reconstruction(run)) is not None]
        if not found:
            continue
        path = study.folder / "figures" / f"reconstruction-{method.name}.svg"
        names = name_exams(found[0], study.predictions)
        save_svg(path, draw_reconstruction(found[0], method.settings, names))
        alt = (
            f"{method.title}: test exams in rows; the original images, those of the "
            "autoencoder, and those of principal components of equal code length."
        )
        picture = load_picture(path, alt, describe_reconstruction(found[0]))
        shown.append(MethodPictures(method.title, (picture,), _compare_all(found)))
    return tuple(shown)


def picture_mapped_run(study: StudyFolder, cohort: Cohort) -> MappedRun | None:
    """Heat maps of the first run that has any; None if no method makes them.

    Args:
        study: The study, into whose folder of figures they are saved.
        cohort: Where the exams lie.
    """
    for method in study.methods:
        for fold in study.folds:
            paths = find_heat_maps(study.run(method.name, fold) / "maps")
            if not paths:
                continue
            rows = pick_rows(study.predictions, method.name, fold.repeat, fold.fold)
            result = next(
                one
                for one in study.results(method).repeats
                if (one.repeat, one.fold) == (fold.repeat, fold.fold)
            )
            exams = picture_heat_maps(
                rows,
                paths,
                cohort,
                settings=method.settings,
                threshold=result.threshold,
                figures=study.folder / "figures",
            )
            several = len({one.fold for one in study.folds}) > 1
            which = f"repeat {fold.repeat + 1}" + f", {fold.title}" * several
            return MappedRun(method.title, which, exams)
    return None


def _count_tested(study: StudyFolder) -> str:
    """How many patients rates and curves are of; all methods test the same."""
    (_, average), *_ = list_averages(study)
    return (
        f"{count_of(average.malignant, 'malignant patient')} and "
        f"{count_of(average.benign, 'benign patient')} in the test"
    )


def _draw_line(
    study: StudyFolder, method: StudyMethod, average: AverageMetrics
) -> RocLine | None:
    """One method's mean curve; None where there is none to draw."""
    rows = [row for row in study.predictions if row.method == method.name]
    scores = collect_repeats(rows)
    if average.auc is None or not scores.is_complete:
        return None
    band = build_roc_band(
        scores.labels,
        scores.scores,
        patients=scores.patients,
        level=study.metrics.level,
    )
    counts = average.confusion
    return RocLine(
        name=method.title,
        across=band.false_positive_rate,
        up=band.mean,
        auc=average.auc,
        operating_point=(counts.fp / counts.benign, counts.tp / counts.malignant),
        band=(band.lower, band.upper),
    )


def _compare_all(found: Sequence[Reconstruction]) -> str:
    """How all runs stand against principal components; empty with one run."""
    ratios = [one.error_autoencoder / one.error_pca for one in found if one.error_pca]
    if len(ratios) < 2:
        return ""
    return (
        f"The images are those of the first run. Over all {len(ratios)} runs the error "
        f"is {min(ratios):.2f} to {max(ratios):.2f} times that of the principal "
        "components."
    )
