"""How an import is done, where its user may choose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bsgi.dicom.read import ReadingRules
from bsgi.intake.found import RepeatRule
from bsgi.intake.tables.fields import TableWords


@dataclass(frozen=True, slots=True)
class ImportRules:
    """What a site has set for its imports; the defaults fit most.

    Args:
        words: What its tables call columns and labels.
        reading: How its files are read.
        repeats: Which of several acquisitions of one view is kept.
        overrule: Decisions of a physicist on doubtful views; None if there are none.
        processes: How many files are read at the same time.
        inputs: Other files that this depends on, for the provenance, by what they are.

    Raises:
        ValueError: If there are no processes.
    """

    words: TableWords = field(default_factory=TableWords)
    reading: ReadingRules = field(default_factory=ReadingRules)
    repeats: RepeatRule = RepeatRule.FIRST
    overrule: Path | None = None
    processes: int = 1
    inputs: Mapping[str, Path] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.processes < 1:
            raise ValueError(f"processes must be at least 1, got {self.processes}.")
