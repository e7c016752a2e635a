"""Runs pieces of work in their order, in this process or in several."""

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any

from bsgi.errors import BsgiError


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work that another process can do.

    Args:
        name: What it is, for people.
        function: A function of a module.
        arguments: What it is called with.
    """

    name: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()

    def run(self) -> Any:  # noqa: ANN401 - the caller knows what it asked for
        """Do it here and now."""
        return self.function(*self.arguments)


def run_jobs(jobs: Sequence[Job], processes: int) -> Iterator[tuple[Job, Any]]:
    """Each job with its result, in the order of the jobs.

    Args:
        jobs: What to do.
        processes: How many at the same time.

    Yields:
        A job and what its function returned.

    Raises:
        BsgiError: If a process was ended from outside.
    """
    if processes == 1 or len(jobs) == 1:
        for job in jobs:
            yield job, job.run()
        return
    # Spawned and not forked: a fork copies the locks of threads that it has not.
    pool = ProcessPoolExecutor(
        min(processes, len(jobs)),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_ignore_interrupts,
    )
    try:
        yield from zip(jobs, pool.map(_run, jobs), strict=True)
    except BrokenProcessPool:
        raise BsgiError(
            "a process of the acceptance tests was ended from outside, perhaps for "
            "lack of memory; start again with fewer processes."
        ) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _run(job: Job) -> Any:  # noqa: ANN401
    return job.run()


def _ignore_interrupts() -> None:
    """Ctrl-C is for the first process, which then ends the others in order."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
