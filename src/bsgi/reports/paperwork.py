"""Flow diagram, checklists and model card of a RUN or STUDY, beside its page."""

from dataclasses import dataclass
from pathlib import Path

from bsgi.reports.checklists.fill import (
    FilledChecklist,
    fill_checklists,
    save_checklists,
)
from bsgi.reports.checklists.item import Facts
from bsgi.reports.flow import Flow
from bsgi.reports.flow_diagram import picture_flow
from bsgi.reports.model_card import ModelCard, build_card, save_card
from bsgi.reports.style import Picture


@dataclass(frozen=True, slots=True)
class Paperwork:
    """What a page shows of them.

    Args:
        flow: The flow diagram.
        checklists: The reporting checklists, filled in as far as files tell.
        card: The model card.
    """

    flow: Picture
    checklists: tuple[FilledChecklist, ...]
    card: ModelCard


def write_paperwork(
    folder: Path, title: str, facts: Facts, flow: Flow, *, simulated: bool
) -> Paperwork:
    """Write `card.md`, `checklists/*.csv` and `figures/flow.svg` with its table.

    Args:
        folder: The RUN or STUDY.
        title: A reader's name of it.
        facts: What its files tell, see `checklists/study_facts.py`.
        flow: Exams in and out, see `flow.count_flow`.
        simulated: Whether its exams are simulated.
    """
    card = build_card(title, facts)
    save_card(folder / "card.md", card)
    save_checklists(folder / "checklists", facts)
    path = folder / "figures" / "flow.svg"
    return Paperwork(
        flow=picture_flow(flow, path, simulated=simulated),
        checklists=fill_checklists(facts),
        card=card,
    )
