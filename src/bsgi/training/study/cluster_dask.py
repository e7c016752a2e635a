"""An existing Dask cluster, for joblib; only who has one needs `distributed`."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from distributed import Client
from joblib import register_parallel_backend
from joblib._dask import DaskDistributedBackend

from bsgi.errors import ConfigError
from bsgi.training.study.cluster import Address, Backend


class _Backend(DaskDistributedBackend):  # type: ignore[misc]
    """joblib's own, but for a cluster of one worker: joblib would not use it at all."""

    def effective_n_jobs(self, n_jobs: int) -> int:
        return max(2, int(super().effective_n_jobs(n_jobs)))


@contextmanager
def connect(address: Address, timeout_s: float) -> Iterator[Backend]:
    """A block in which joblib reaches the cluster.

    Args:
        address: Its scheduler.
        timeout_s: Longest wait for an answer.

    Yields:
        What joblib needs to know of it.

    Raises:
        ConfigError: If what listens there is no scheduler of a version that fits.
    """
    _silence()
    host = f"[{address.host}]" if ":" in address.host else address.host
    url = f"{host}:{address.port}"
    try:
        client: Any = Client(  # type: ignore[no-untyped-call]
            f"tcp://{url}", timeout=timeout_s
        )
    except (OSError, ImportError, ValueError) as reason:
        raise ConfigError(
            f"no Dask scheduler answers at {url} ({type(reason).__name__}); check the "
            "address, and that both sides have the same version of distributed."
        ) from None
    try:
        register_parallel_backend("bsgi-dask", _Backend)
        yield Backend("bsgi-dask", sum(client.ncores().values()))
    finally:
        client.close(timeout=timeout_s)


def _silence() -> None:
    """What Dask says of lost connections, in tracebacks, is for its own developers."""
    known = list(logging.root.manager.loggerDict)
    for name in {"distributed", "tornado", "asyncio", *known}:
        if name.partition(".")[0] in ("distributed", "tornado", "asyncio"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
