"""What an import keeps outside of the cohort: keys, and refused files by path."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from bsgi.cohort.writer import save_rejected
from bsgi.dicom.pseudonyms import Pseudonyms, load_key, make_key
from bsgi.errors import CohortError, ConfigError


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


def list_outside(
    out: Path, rejected: Mapping[str, str], pseudonyms: Pseudonyms
) -> None:
    """List refused files by path beside a cohort that must not hold these paths.

    Args:
        out: The cohort.
        rejected: The reason of each refused file, by its path.
        pseudonyms: How the cohort names patients; where ids are kept, its own tables
            have the paths and no other list is made.
    """
    path = _rejected_path(out)
    if rejected and pseudonyms.key is not None:
        save_rejected(path, rejected.items())
    else:
        path.unlink(missing_ok=True)


def report_nothing(
    source: Path, out: Path, rejected: Mapping[str, str], kind: str
) -> None:
    """Say that no file gave a view, with the reasons in a table.

    Args:
        source: Folder or table that was imported.
        out: The cohort that is not made.
        rejected: The reason of each refused file, by its path.
        kind: What the files should be, such as ``"DICOM files"``.

    Raises:
        CohortError: Always.
    """
    path = _rejected_path(out)
    save_rejected(path, rejected.items())
    if not rejected:
        raise CohortError(f"{source} must hold {kind}, and there is no file in it.")
    reason, count = Counter(rejected.values()).most_common(1)[0]
    raise CohortError(
        f"{source} must hold BSGI views, and none of its {len(rejected)} files gives "
        f"one ({count} times: {reason.rstrip('.')}); see {path} for each file."
    )


def _rejected_path(out: Path) -> Path:
    return out.with_name(f"{out.name}.rejected.csv")
