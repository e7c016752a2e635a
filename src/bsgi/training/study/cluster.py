"""A cluster by its address: ``dask://host:port`` or ``ray://host:port``.

The cluster exists already, its computers have the same packages, and they see cohort
and study under the same paths, on a file system that they share.
"""

import importlib
import importlib.util
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from bsgi.errors import ConfigError

TIMEOUT_S: Final = 15.0
"""A cluster that does not answer in this time is not there."""

PACKAGES: Final = {"dask": "distributed", "ray": "ray"}
"""What each kind of cluster needs to be installed."""

_URL: Final = re.compile(r"(\w+)://(\[[0-9a-fA-F:]+\]|[\w.-]+):(\d{1,5})/?")


@dataclass(frozen=True, slots=True)
class Backend:
    """A cluster that is connected.

    Args:
        name: What joblib calls it.
        workers: How many runs it can do at a time.
    """

    name: str
    workers: int


@dataclass(frozen=True, slots=True)
class Address:
    """Where a cluster listens.

    Args:
        kind: ``dask`` or ``ray``.
        host: Name or number of the computer.
        port: Number of the port.
    """

    kind: str
    host: str
    port: int


def parse_cluster(url: str) -> Address:
    """The parts of a cluster's address.

    Args:
        url: Such as ``dask://head:8786`` or ``ray://head:10001``.

    Raises:
        ConfigError: If it is no such address.
    """
    found = _URL.fullmatch(url)
    if not found or found[1] not in PACKAGES or not 0 < int(found[3]) < 1 << 16:
        raise ConfigError(
            "the cluster must be dask://HOST:PORT (Dask's scheduler, usually port "
            f"8786) or ray://HOST:PORT (Ray's client server, 10001), got {url!r}."
        )
    return Address(found[1], found[2].strip("[]"), int(found[3]))


@contextmanager
def open_cluster(url: str) -> Iterator[Backend]:
    """A block in which joblib can use a cluster.

    Args:
        url: Its address.

    Yields:
        What joblib needs to know of it.

    Raises:
        ConfigError: If the address is wrong, a package is missing, nothing answers
            there, or the cluster has no worker.
    """
    address = parse_cluster(url)
    check_cluster(url)  # the clients themselves try for long
    # Asked for by name, since only those who have a cluster install its package.
    room = importlib.import_module(f"{__name__}_{address.kind}")
    with room.connect(address, TIMEOUT_S) as backend:
        if backend.workers < 1:
            raise ConfigError(
                f"{url} must have workers, got none; start some and try again."
            )
        yield backend


def check_cluster(url: str) -> None:
    """Say early that a cluster cannot be used, before anything is read or written.

    Args:
        url: Its address.

    Raises:
        ConfigError: If the address is wrong, a package is missing, or nothing answers
            there.
    """
    address = parse_cluster(url)
    package = PACKAGES[address.kind]
    if importlib.util.find_spec(package) is None:
        raise ConfigError(
            f"{url} needs the package {package}, which is not installed; install "
            "bsgi[cluster] here and on every worker."
        )
    try:
        with socket.create_connection((address.host, address.port), TIMEOUT_S):
            pass
    except OSError as reason:
        raise ConfigError(
            f"nothing answers at {url} ({reason.strerror or reason}); check host and "
            "port, and that the cluster runs."
        ) from None
