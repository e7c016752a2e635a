"""What an import keeps outside of the cohort: keys, and refused files by path."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bsgi.cohort.writer import save_rejected
from bsgi.dicom.pseudonyms import Pseudonyms, load_key, make_key
from bsgi.errors import CohortError, ConfigError, RunError
from bsgi.provenance import load_provenance

DEIDENTIFIED: Final = "bsgi deidentify"
_OWN_TABLES: Final = frozenset(
    {"labels.csv", "notes.csv", "provenance.json", "rejected.csv"}
)
"""What `bsgi deidentify` writes beside the files."""


def choose_pseudonyms(key: Path | None, *, keep_ids: bool) -> Pseudonyms:
    """The names of patients: by the key of a file, a new key, or as they are.

    Args:
        key: File of the key, made if it is missing; None makes one and forgets it.
        keep_ids: Whether ids stay as they are.

    Raises:
        ConfigError: If a key is given for ids that are kept, or cannot be read.
        OutputError: If a new key cannot be written.
    """
    if not keep_ids:
        return Pseudonyms(make_key() if key is None else load_key(key))
    if key is not None:
        raise ConfigError("a key is for pseudonyms: give a key or keep ids, not both.")
    return Pseudonyms(None)


def check_apart(out: Path, source: Path) -> None:
    """Refuse an output inside of the folder that is read.

    The next import would read it, and what must not be passed on would lie in it.

    Args:
        out: The folder to make.
        source: The folder that is read.

    Raises:
        ConfigError: If `source` holds `out`.
    """
    if out.resolve().is_relative_to(source.resolve()):
        raise ConfigError(f"{out} must lie outside of {source}; choose another place.")


def is_own_table(path: Path, source: Path) -> bool:
    """Whether a file is one that `bsgi deidentify` wrote beside those of patients.

    Args:
        path: A file of the folder.
        source: The folder that is read.
    """
    if path.name not in _OWN_TABLES or path.parent != source:
        return False
    try:
        return load_provenance(source).command == DEIDENTIFIED
    except RunError:
        return False


def list_outside(
    out: Path, rejected: Sequence[tuple[str, str]], pseudonyms: Pseudonyms
) -> None:
    """List refused files by path beside a cohort that must not hold these paths.

    Args:
        out: The cohort.
        rejected: The path of each refused file, and why.
        pseudonyms: How the cohort names patients; where ids are kept, its own tables
            have the paths and no other list is made.
    """
    path = _rejected_path(out)
    if rejected and pseudonyms.key is not None:
        save_rejected(path, rejected)
    else:
        path.unlink(missing_ok=True)


def report_nothing(
    source: Path, out: Path, rejected: Sequence[tuple[str, str]], kind: str
) -> None:
    """Say that no file gave a view, with the reasons in a table.

    Args:
        source: Folder or table that was imported.
        out: The cohort that is not made.
        rejected: The path of each refused file, and why.
        kind: What the files should be, such as ``"DICOM files"``.

    Raises:
        CohortError: Always.
    """
    path = _rejected_path(out)
    save_rejected(path, rejected)
    if not rejected:
        raise CohortError(f"{source} must hold {kind}, and there is no file in it.")
    reason, count = Counter(why for _, why in rejected).most_common(1)[0]
    raise CohortError(
        f"{source} must hold BSGI views, and none of its {len(rejected)} files gives "
        f"one ({count} times: {reason.rstrip('.')}); see {path} for each file."
    )


def _rejected_path(out: Path) -> Path:
    return out.with_name(f"{out.name}.rejected.csv")
