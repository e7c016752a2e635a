"""An existing Ray cluster, for joblib; only who has one needs `ray[client]`."""

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import ray
from ray.exceptions import RayTaskError
from ray.util.joblib import register_ray
from ray.util.multiprocessing.pool import ResultThread

from bsgi.errors import ConfigError
from bsgi.training.study.cluster import Address, Backend

_ATTEMPTS: Final = 3
"""Ray's client server starts a process for each client, which fails now and then."""


@contextmanager
def connect(address: Address, timeout_s: float) -> Iterator[Backend]:
    """A block in which joblib reaches the cluster.

    Args:
        address: Its client server.
        timeout_s: Longest wait for an answer; Ray has a longer one of its own.

    Yields:
        What joblib needs to know of it; what fails on a worker fails here too.

    Raises:
        ConfigError: If what listens there is no client server of the same version, or
            the cluster is too small.
        ConnectionError: If the cluster is lost.
    """
    _join(f"{address.host}:{address.port}")
    try:
        with _waking_when_lost():
            yield _describe(address)
    except RayTaskError as wrapped:
        # Its own text is the whole traceback of the worker.
        raise wrapped.cause from None
    finally:
        ray.shutdown()


def _describe(address: Address) -> Backend:
    """Make the cluster known to joblib."""
    register_ray()  # type: ignore[no-untyped-call]
    resources = ray.cluster_resources()  # type: ignore[no-untyped-call]
    workers = int(resources.get("CPU", 0))
    if workers == 1:
        raise ConfigError(
            f"the Ray cluster at {address.host} must have 2 processors or more, since "
            "joblib's pool of one would be this process; got 1."
        )
    return Backend("ray", workers)


@contextmanager
def _waking_when_lost() -> Iterator[None]:
    """A block that ends with an error when the cluster is lost, and does not hang.

    Ray's pool collects results in threads. When the connection has gone for good, some
    half a minute after the cluster, they end with an error that nobody sees, and who
    waits for a result would wait for ever. So the first of them wakes the main thread.
    The hook stays in place, since others end later and what they say helps nobody.
    """
    lost: list[str] = []
    main = threading.main_thread()
    waits = threading.current_thread() is main
    hook = threading.excepthook

    def wake(fault: threading.ExceptHookArgs) -> None:
        nonlocal waits
        if not isinstance(fault.thread, ResultThread):
            hook(fault)
            return
        lost.append(str(fault.exc_value))
        if waits and main.ident is not None:
            waits = False
            signal.pthread_kill(main.ident, signal.SIGINT)

    threading.excepthook = wake
    try:
        yield
    except (Exception, KeyboardInterrupt):
        if lost:
            raise ConnectionError(lost[0]) from None
        raise
    finally:
        waits = False


def _join(url: str) -> None:
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            ray.init(
                f"ray://{url}", logging_level=logging.CRITICAL, log_to_driver=False
            )
        except (ConnectionError, RuntimeError, ValueError) as reason:
            if attempt == _ATTEMPTS:
                raise ConfigError(
                    f"no Ray client server answers at {url} "
                    f"({type(reason).__name__}); check the address, and that both "
                    "sides have the same version of ray."
                ) from None
        else:
            return
