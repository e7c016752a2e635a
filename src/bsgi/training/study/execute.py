"""Runs in parallel: in this process, on local processes, or on a cluster.

All go through joblib, so that the ways differ by the name of a backend. A run does not
depend on any other, so the results are the same for any number of processes.
"""

import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import resource_tracker

from joblib import Parallel, delayed, parallel_config
from joblib.externals.loky import get_reusable_executor

from bsgi.errors import BsgiError, RunError
from bsgi.training.machine import count_threads
from bsgi.training.study.cluster import open_cluster, parse_cluster
from bsgi.training.study.guard import follow_parent
from bsgi.training.study.work import Assignment, do_task


@dataclass(frozen=True, slots=True)
class Workers:
    """Who does the runs of a study.

    Args:
        jobs: Runs at a time; None takes one per core, or the whole cluster.
        cluster: Address of a cluster that exists; None stays on this computer. Cohort
            and study must then be on a file system that it shares.

    Raises:
        ConfigError: If the address is none.
        ValueError: If there is not even one run at a time.
    """

    jobs: int | None = None
    cluster: str | None = None

    def __post_init__(self) -> None:
        if self.jobs is not None and self.jobs < 1:
            raise ValueError(f"jobs must be at least 1, got {self.jobs}.")
        if self.cluster is not None:
            parse_cluster(self.cluster)


def run_all(assignments: Sequence[Assignment], workers: Workers) -> None:
    """Do all runs; the first that fails stops the others.

    Args:
        assignments: What is to be done, the longest first.
        workers: Who does it.

    Raises:
        BsgiError: If a run fails, a worker dies, or the cluster cannot be used.
    """
    if workers.cluster is not None:
        _run_on_cluster(assignments, workers.jobs, workers.cluster)
        return
    jobs = min(workers.jobs or count_threads(0), len(assignments))
    if jobs > 1:
        _run_locally(assignments, jobs)
    else:
        for assignment in assignments:
            do_task(assignment)


def _run_locally(assignments: Sequence[Assignment], jobs: int) -> None:
    try:
        with parallel_config(
            "loky", n_jobs=jobs, initializer=follow_parent, initargs=(os.getpid(),)
        ):
            pool = Parallel(return_as="generator_unordered", batch_size=1)
            with _children_deaf_to_ctrl_c():
                calls = pool(map(delayed(do_task), assignments))
            for _ in calls:
                pass
    except BrokenProcessPool:
        raise RunError(
            "a worker was killed by the system, perhaps for want of memory; give the "
            "same command with fewer --jobs, and it goes on."
        ) from None
    finally:
        get_reusable_executor(reuse=True).shutdown(wait=True, kill_workers=True)


@contextmanager
def _children_deaf_to_ctrl_c() -> Iterator[None]:
    """A short block whose new processes leave Ctrl-C to this one from the first moment.

    A terminal sends it to all; before `follow_parent` runs, each would print a
    traceback. Here it is held back, not lost.
    """
    # Python's own helper, begun before, since its begin lets go of what is held back.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _run_on_cluster(
    assignments: Sequence[Assignment], jobs: int | None, cluster: str
) -> None:
    with _loss_in_one_line(), open_cluster(cluster) as backend:
        number = min(jobs or backend.workers, backend.workers)
        # joblib calls a pool of one by the name of this process; so there are two, and
        # no more runs are handed out than were asked for.
        with parallel_config(backend.name, n_jobs=max(2, number)):
            calls = Parallel(batch_size=1, pre_dispatch=number)
            calls(map(delayed(do_task), assignments))


@contextmanager
def _loss_in_one_line() -> Iterator[None]:
    """A block in which whatever a cluster says of its own end becomes one line.

    Each cluster has errors of its own for it, of many kinds. An error of the system is
    of a run, such as a full disk, if it has a number and is no lost connection.
    """
    try:
        yield
    except BsgiError:
        raise
    except Exception as reason:
        of_system = isinstance(reason, OSError) and reason.errno is not None
        if of_system and not isinstance(reason, ConnectionError):
            raise
        first = next(iter(str(reason).splitlines()), "")[:200].rstrip(".")
        raise RunError(
            f"the cluster was lost ({type(reason).__name__}: {first}); give the same "
            "command again, and it goes on."
        ) from None
