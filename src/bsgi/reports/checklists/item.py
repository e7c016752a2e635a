"""What a reporting checklist is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Fact(StrEnum):
    """What files of a RUN, a STUDY or a table of scores may tell."""

    AREAS = "areas"
    ABSTENTION = "abstention"
    AVAILABILITY = "availability"
    CALIBRATION = "calibration"
    CALLS = "calls"
    CHARACTERISTICS = "characteristics"
    COHORT = "cohort"
    COMPARISONS = "comparisons"
    DESIGN = "design"
    DEVICES = "devices"
    FLOW = "flow"
    HARDWARE = "hardware"
    HETEROGENEITY = "heterogeneity"
    LIMITS = "limits"
    MAPS = "maps"
    MEASURES = "measures"
    MISSING = "missing"
    MODEL = "model"
    OPERATING_POINTS = "operating points"
    OUTPUT = "output"
    PARTS = "parts"
    POWER = "power"
    PREPROCESSING = "preprocessing"
    RATES = "rates"
    READERS = "readers"
    REFERENCE = "reference"
    REFUSED = "refused"
    SIMULATED = "simulated"
    SOFTWARE = "software"
    SUBGROUPS = "subgroups"
    TESTED = "tested"
    THRESHOLD = "threshold"
    TRAINING = "training"
    VARIABILITY = "variability"
    WEIGHTS = "weights"


Facts = Mapping[Fact, str]
"""What is known, each in a sentence or several; what is unknown is left out."""

ALL_OF_IT: Final = "all of it"
"""What is left to a human where files cannot tell."""


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One item of a checklist.

    Args:
        number: Its number in the published list, such as ``"15a"``.
        section: Part of a manuscript that it belongs to.
        asks: What it asks for, in our words.
        facts: Facts that answer it, in full or in part.
        left: What a human has to write besides; empty where facts answer in full.

    Raises:
        ValueError: If nothing answers the item and nothing is left to write.
    """

    number: str
    section: str
    asks: str
    facts: tuple[Fact, ...] = ()
    left: str = ALL_OF_IT

    def __post_init__(self) -> None:
        if not self.facts and not self.left:
            raise ValueError(f"item {self.number} must be answered by somebody.")
        if self.facts and self.left == ALL_OF_IT:
            raise ValueError(
                f"item {self.number} must say what is left to write beside its facts."
            )


@dataclass(frozen=True, slots=True)
class Checklist:
    """A published checklist, in our words.

    Args:
        key: Name for a file, such as ``"stard-ai"``.
        title: Its name.
        about: What kind of study it is for.
        source: Where it was published, with its DOI.
        verified: What of it was compared with what.
        items: The items, in their order.

    Raises:
        ValueError: If two items have one number.
    """

    key: str
    title: str
    about: str
    source: str
    verified: str
    items: tuple[ChecklistItem, ...]

    def __post_init__(self) -> None:
        numbers = [item.number for item in self.items]
        if len(set(numbers)) < len(numbers):
            raise ValueError(f"{self.title} must have each item once, got {numbers}.")
