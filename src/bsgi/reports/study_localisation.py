"""Whether the heat maps of a STUDY find the lesions, as a section of its report."""

from bsgi.evaluation.localisation.searches import load_searches
from bsgi.reports.localisation import (
    build_localisation,
    describe_localisation,
    draw_localisation,
)
from bsgi.reports.sections import Section, SectionPart
from bsgi.reports.study_folder import SEARCHES, StudyFolder
from bsgi.reports.style import save_picture


def list_localisation(study: StudyFolder, *, simulated: bool) -> tuple[Section, ...]:
    """LROC and FROC of the methods with maps; nothing where no truth is known.

    Args:
        study: The STUDY.
        simulated: Whether its exams are simulated.

    Raises:
        RunError: If `searches.csv` is damaged.
    """
    found = study.metrics.localisation
    if not found:
        return ()
    titles = {method.name: method.title for method in study.methods}
    searches = load_searches(study.folder / SEARCHES)
    malignant = {one.method: one.malignant for one in study.metrics.methods}
    shown = {titles[name]: own for name, own in found.items()}
    repeats = max(one.repeats for one in shown.values())
    means = f", means over {repeats} repeats" if repeats > 1 else ""
    text = (
        "Left the free-response curve (FROC), right the localisation curve (LROC) of "
        f"the peaks of the heat maps for malignant{means}."
    )
    told = "; ".join(
        describe_localisation({title: one}, {})[-1].rstrip(".")
        for title, one in shown.items()
    )
    picture = save_picture(
        study.folder / "figures" / "localisation.svg",
        draw_localisation({titles[n]: own for n, own in searches.items()}, shown),
        f"{text} {told}.",
        text,
        simulated=simulated,
    )
    part = SectionPart(
        "",
        describe_localisation(shown, {titles[n]: malignant[n] for n in found}),
        (picture,),
        (build_localisation(shown),),
    )
    return (Section("localisation", "Do the maps find the lesions?", (part,)),)
