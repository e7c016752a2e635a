"""A model card: what a model is for, what it learned from, how it did, what it cannot.

Everything in it comes from files; what files cannot tell is named as missing.

References:
    Mitchell et al. 2019, Model cards for model reporting, doi 10.1145/3287560.3287596.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bsgi.files import save_text
from bsgi.reports.checklists.item import Fact, Facts
from bsgi.reports.wording import RESEARCH_ONLY

MISSING: Final = "Not told by the files; to be written by a human."
"""What stands where no file tells."""

_INTENDED: Final = (
    RESEARCH_ONLY,
    "Intended for research on breast-specific gamma images: to compare methods, and to "
    "study how well benign is told from malignant. Not intended for a decision about a "
    "patient, for screening, or for cameras and populations that were not tested.",
)
_SECTIONS: Final[tuple[tuple[str, tuple[Fact, ...]], ...]] = (
    ("Model", (Fact.MODEL, Fact.WEIGHTS, Fact.PREPROCESSING, Fact.OUTPUT)),
    ("Data", (Fact.SIMULATED, Fact.COHORT, Fact.DEVICES, Fact.CHARACTERISTICS)),
    ("Labels", (Fact.REFERENCE,)),
    ("Training and test", (Fact.DESIGN, Fact.PARTS, Fact.TRAINING)),
    ("Performance", (Fact.TESTED, Fact.THRESHOLD, Fact.RATES, Fact.AREAS)),
    ("Calls", (Fact.CALLS,)),
    ("Comparisons", (Fact.COMPARISONS,)),
    ("Operating points", (Fact.OPERATING_POINTS,)),
    ("Calibration", (Fact.CALIBRATION,)),
    ("Referring exams in doubt", (Fact.ABSTENTION,)),
    ("Hospitals and periods", (Fact.HETEROGENEITY,)),
    ("Subgroups", (Fact.SUBGROUPS,)),
    ("Limits", (Fact.LIMITS, Fact.MISSING, Fact.POWER)),
    ("Provenance", (Fact.SOFTWARE, Fact.HARDWARE, Fact.AVAILABILITY)),
)
_NEEDED: Final = ("Model", "Data", "Labels", "Training and test", "Subgroups", "Limits")
"""Sections that stand with a gap where nothing is known; others are left out."""
_BY_A_HUMAN: Final = (
    "Ethical considerations",
    "Contact, licence and citation",
)


@dataclass(frozen=True, slots=True)
class CardSection:
    """A section of a model card.

    Args:
        title: Its heading.
        paragraphs: Its texts.
    """

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A model card.

    Args:
        title: Name of the model or study.
        sections: Its sections, in order.
    """

    title: str
    sections: tuple[CardSection, ...]


def build_card(title: str, facts: Facts) -> ModelCard:
    """The card of a RUN or STUDY.

    Args:
        title: Name of the model or study.
        facts: What its files tell, see `checklists/study_facts.py`.
    """
    sections = [CardSection("Intended use", _INTENDED)]
    for name, wanted in _SECTIONS:
        known = tuple(facts[fact] for fact in wanted if facts.get(fact))
        if known or name in _NEEDED:
            sections.append(CardSection(name, known or (MISSING,)))
    sections += [CardSection(name, (MISSING,)) for name in _BY_A_HUMAN]
    return ModelCard(title, tuple(sections))


def save_card(path: Path, card: ModelCard) -> None:
    """Write a card as Markdown, such as ``card.md``.

    Args:
        path: The file to make or replace.
        card: The card.
    """
    lines = [f"# Model card: {_escape(card.title)}"]
    for section in card.sections:
        lines += ["", f"## {section.title}"]
        for paragraph in section.paragraphs:
            lines += ["", _escape(paragraph)]
    save_text(path, "\n".join(lines) + "\n")


def _escape(text: str) -> str:
    """A text as Markdown shows it, underscores and stars as they are."""
    shown = " ".join(text.split())
    for mark in ("\\", "*", "_", "<", "#", "[", "|"):
        shown = shown.replace(mark, f"\\{mark}")
    return shown
