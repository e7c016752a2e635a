"""One bar for all runs of a study, wherever they are done.

Runs say how far they are in small files; a thread of the study reads them. Each counts
by the time that it is expected to take, so that the time left can be believed where
methods differ much. The bar never goes back: what was done stays done, and the runs and
what follows them share its hundred per cent.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bsgi.training.loop import Progress
from bsgi.training.run_folder import is_finished
from bsgi.training.study.work import read_share

POLL_S = 1.0
"""Time between two looks at the runs."""

RUNS_END = 95
"""Per cent of the bar at which all runs are done, where heat maps are measured then."""

_MINUTE_S = 60
_HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class Watched:
    """A run to look at.

    Args:
        run: Its folder.
        cost_s: Time that it is expected to take, from its begin, on one core.
    """

    run: Path
    cost_s: float


def take_share(
    progress: Progress | None, begin: int, end: int, name: str = ""
) -> Progress | None:
    """A part of a bar of a hundred per cent, for one stage of several.

    Args:
        progress: The whole bar; None if nobody looks.
        begin: Per cent at the beginning of the stage.
        end: Per cent at its end.
        name: What counts in the stage, such as ``exams``, to be said beside the per
            cent; empty if its text says all.

    Returns:
        Progress of the stage.
    """
    if progress is None:
        return None

    def update(done: int, total: int, text: str) -> None:
        share = min(max(done / max(total, 1), 0.0), 1.0)
        counted = f"percent; {text}, {done} of {total} {name}" if name else text
        progress(begin + int((end - begin) * share), 100, counted)

    return update


@contextmanager
def watch_runs(runs: Sequence[Watched], progress: Progress | None) -> Iterator[None]:
    """A block in which progress is told of all runs together.

    Args:
        runs: All runs of the study, finished ones too.
        progress: Called with the share done in per cent; nothing is watched if None.
    """
    if progress is None:
        yield
        return
    ended = threading.Event()
    thread = threading.Thread(target=_watch, args=(runs, progress, ended), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _watch(runs: Sequence[Watched], progress: Progress, ended: threading.Event) -> None:
    total_s = sum(run.cost_s for run in runs) or 1.0
    open_runs = list(runs)
    reached = {run.run: 0.0 for run in runs}
    begun_s = time.monotonic()
    first: float | None = None
    while not ended.wait(POLL_S):
        # A finished run stays finished, so its files are not asked for again.
        open_runs = [run for run in open_runs if not is_finished(run.run)]
        for run in open_runs:
            # A run that reads its exams again, or ends just now, says less than before.
            reached[run.run] = max(reached[run.run], read_share(run.run))
        left_s = sum(run.cost_s * (1 - reached[run.run]) for run in open_runs)
        share = 1 - left_s / total_s
        first = share if first is None else first
        text = f"percent; {len(runs) - len(open_runs)} of {len(runs)} runs done"
        text += tell_time_left(time.monotonic() - begun_s, share - first, 1 - share)
        progress(int(100 * share), 100, text)


def tell_time_left(spent_s: float, done: float, left: float) -> str:
    """What is left in words, once enough was done to say; else nothing.

    Args:
        spent_s: Time since the begin of this session.
        done: Share of the work that was done in it.
        left: Share that is left.
    """
    if done < 0.005 or left <= 0:
        return ""
    left_s = spent_s * left / done
    if left_s < _MINUTE_S:
        return ", less than a minute left"
    if left_s < 2 * _HOUR_S:
        return f", about {round(left_s / _MINUTE_S)} min left"
    return f", about {left_s / _HOUR_S:.1f} h left"
