"""A task in several processes, its results in order and few of them waiting."""

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing.process import BaseProcess
from typing import Final, TypeVar

from bsgi.errors import OutputError

Item = TypeVar("Item")
Result = TypeVar("Result")

_AHEAD: Final = 4
"""Tasks that are begun for each process before the first of them is asked for."""


def map_in_order(
    work: Callable[[Item], Result], items: Iterable[Item], processes: int, what: str
) -> Generator[Result, None, None]:
    """What a function makes of each item, in the order of the items.

    No more results wait than a few for each process, so that the memory does not grow
    with the number of items. With one process everything happens in this one.

    Args:
        work: A function of a module, so that another process can find it.
        items: What it is called with.
        processes: How many are worked on at the same time.
        what: What is at work, for messages, such as ``"simulation"``.

    Yields:
        The results. When the generator is closed, no process is left.

    Raises:
        OutputError: If a process is ended from outside.
    """
    if processes == 1:
        yield from map(work, items)
        return
    others = set(multiprocessing.active_children())
    # Spawned and not forked: a fork copies the locks of threads that it has not.
    pool = ProcessPoolExecutor(
        processes,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_ignore_interrupts,
    )
    finished = False
    waiting: deque[Future[Result]] = deque()
    rest = iter(items)
    try:
        for item in islice(rest, _AHEAD * processes):
            waiting.append(pool.submit(work, item))
        while waiting:
            result = waiting.popleft().result()
            waiting.extend(pool.submit(work, item) for item in islice(rest, 1))
            yield result
        finished = True
    except BrokenProcessPool:
        raise OutputError(
            f"a process of the {what} was ended from outside, perhaps for lack of "
            "memory; start again with fewer processes."
        ) from None
    finally:
        if not finished:
            _end_processes(set(multiprocessing.active_children()) - others)
        pool.shutdown(wait=finished, cancel_futures=True)


def _end_processes(processes: Iterable[BaseProcess]) -> None:
    """End processes at once, and wait until they are gone."""
    running = list(processes)
    for process in running:
        process.terminate()
    for process in running:
        process.join()


def _ignore_interrupts() -> None:
    """Leave Ctrl-C to the main process, which ends the others in order."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
