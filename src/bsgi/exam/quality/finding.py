"""A doubt about an exam, and what only its files know."""

from dataclasses import dataclass

from bsgi.exam.record import ViewName


@dataclass(frozen=True, slots=True)
class Finding:
    """One doubt about a view or an exam.

    Args:
        check: Name of the check that found it, such as ``"low-counts"``.
        view: The view; None for the exam as a whole.
        text: The doubt in words, without the view: ``"61,200 counts, fewer than
            100,000"``. It holds no semicolon, which parts findings in tables.
    """

    check: str
    view: ViewName | None
    text: str

    def __str__(self) -> str:
        return self.text if self.view is None else f"{self.view}: {self.text}"


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What the file of a view says that the view itself does not keep.

    Args:
        motion_mm: Largest shift between parts of a dynamic acquisition; None for a
            static one.
        isotope: ``"Tc-99m"``, ``"another than Tc-99m"``, or empty if not stated.
    """

    motion_mm: float | None = None
    isotope: str = ""
