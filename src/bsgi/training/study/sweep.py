"""What killed processes have left in a STUDY is removed, and nothing of others."""

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePath
from typing import Final

from bsgi.training.folder_lock import sweep_lock
from bsgi.training.run_folder import LAST_CHECKPOINT, PROVENANCE, RESULTS
from bsgi.training.study.folder import MAPS, METRICS, PREDICTIONS, SPLITS, STUDY
from bsgi.training.study.plan import Task
from bsgi.training.study.work import SESSION, STEPS

_OF_STUDY: Final = (STUDY, SPLITS, PREDICTIONS, METRICS, MAPS, PROVENANCE)
_OF_RUN: Final = (
    *RESULTS, LAST_CHECKPOINT, "maps", "reconstruction.json", "reconstruction.npz",
    PROVENANCE,
)  # fmt: skip


def sweep_study(out: Path, tasks: Sequence[Task]) -> None:
    """Remove files and folders of ours that were begun and not ended.

    Args:
        out: The STUDY; nobody else may work in it.
        tasks: All its runs.
    """
    _remove(out, (*_partials(_OF_STUDY), SESSION))
    for task in tasks:
        run = out / task.place
        _remove(run, (*_partials(_OF_RUN), STEPS))
        sweep_lock(run)


def _partials(names: Iterable[str]) -> list[str]:
    """The names under which our writers begin what is then renamed."""
    paths = map(PurePath, names)
    return [str(path.with_name(f".{path.name}.partial")) for path in paths]


def _remove(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
