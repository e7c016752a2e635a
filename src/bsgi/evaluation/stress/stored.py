"""`stress.json`: what each stress does to each method, as a file."""

from pathlib import Path
from typing import Final

from bsgi.evaluation.stored import POSITIVE, StoredKind
from bsgi.evaluation.stress.summary import StressMetrics

_KIND: Final = StoredKind(
    StressMetrics,
    maker="bsgi stress",
    remedy="give the same command with another --out",
    marks=POSITIVE,
)


def save_stress(path: Path, metrics: StressMetrics) -> None:
    """Write `stress.json`; what is undefined is null.

    Args:
        path: The file to make or replace.
        metrics: What to write.
    """
    _KIND.save(path, metrics)


def load_stress(path: Path) -> StressMetrics:
    """Read `stress.json`.

    Args:
        path: The file.

    Raises:
        RunError: If it is missing, of another version, or not as it was written.
    """
    return _KIND.load(path)
