"""`stress.json`: what each stress does to each method, as a file."""

from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from bsgi.errors import RunError
from bsgi.evaluation.stress.summary import StressMetrics
from bsgi.files import load_json, save_json

_ADAPTER: Final[TypeAdapter[StressMetrics]] = TypeAdapter(StressMetrics)


def save_stress(path: Path, metrics: StressMetrics) -> None:
    """Write `stress.json`; what is undefined is null.

    Args:
        path: The file to make or replace.
        metrics: What to write.
    """
    content: dict[str, Any] = _ADAPTER.dump_python(metrics, mode="json")
    save_json(path, {"positive": "malignant", **content})


def load_stress(path: Path) -> StressMetrics:
    """Read `stress.json`.

    Args:
        path: The file.

    Raises:
        RunError: If it is missing, of another version, or not as it was written.
    """
    content = load_json(path, RunError)
    own = {
        key: value
        for key, value in content.items()
        if key not in ("format_version", "positive")
    }
    if content.get("positive") != "malignant":
        raise RunError(
            f"{path} must have positive malignant, got {content.get('positive')!r}."
        )
    try:
        return _ADAPTER.validate_python(own)
    except ValidationError as invalid:
        first = invalid.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise RunError(
            f"{path} must be as bsgi stress wrote it, but {place}: {first['msg']}; "
            "give the same command with another --out."
        ) from None
