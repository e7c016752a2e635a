"""Heat maps of `bsgi explain` as figures, beside the arrays they are drawn from."""

from pathlib import Path

from bsgi.cohort.store import load_cohort
from bsgi.errors import RunError
from bsgi.reports.heat_maps import draw_heat_maps, shared_top
from bsgi.reports.run_folder import find_heat_maps, load_heat_map, load_settings
from bsgi.reports.style import save_svg


def write_map_figures(run: Path, cohort: Path, maps: Path) -> tuple[Path, ...]:
    """Draw all heat maps of a folder, on one scale of colours.

    Args:
        run: The RUN whose network made them; its recipe has the preprocessing.
        cohort: The cohort that has the exams.
        maps: Folder with one ``<exam_id>.npz`` per exam; the figures go there too.

    Returns:
        The SVG files: per exam the views, the evidence for malignant and for benign.

    Raises:
        RunError: If there is no heat map, or one is broken.
        CohortError: If the cohort lacks an exam.
    """
    paths = find_heat_maps(maps)
    if not paths:
        raise RunError(f"{maps} must hold heat maps (*.npz); run bsgi explain first.")
    settings = load_settings(run)
    opened = load_cohort(cohort)
    found = {exam_id: load_heat_map(path) for exam_id, path in paths.items()}
    top = shared_top(list(found.values()))
    written = []
    for exam_id, heat in found.items():
        exam, truth = opened.load_exam(exam_id), opened.load_truth(exam_id)
        figures = draw_heat_maps(exam, truth, heat, settings, top)
        for name, figure in figures.named():
            path = maps / f"{exam_id}-{name}.svg"
            save_svg(path, figure)
            written.append(path)
    return tuple(written)
