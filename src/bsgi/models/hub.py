"""Weights that are fetched by name: from where, and the hash that they must have.

They are kept where PyTorch itself keeps such files, ``checkpoints`` in the folder of
`torch.hub.get_dir`; so a file that torchvision fetched before is found, and the
variables TORCH_HOME and XDG_CACHE_HOME are respected.
"""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import torch

from bsgi.errors import ConfigError, OutputError
from bsgi.files import save_bytes
from bsgi.provenance import hash_file

Progress = Callable[[int, int, str], None]
"""How far a task is: done, total, and what it is at."""

TIMEOUT_S = 30.0
"""Longest wait for a server to say anything; a firewall may never answer."""

_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file of weights on a public server.

    Args:
        url: Where it lies.
        sha256: Hash of its bytes; any other file is refused.
        size_bytes: Its length; more is never read.
    """

    url: str
    sha256: str
    size_bytes: int

    @property
    def name(self) -> str:
        """Its name on the server and in the cache."""
        return PurePosixPath(urlsplit(self.url).path).name


HUB: Mapping[str, HubFile] = MappingProxyType(
    {
        # torchvision's ResNet18_Weights.IMAGENET1K_V1. The name of the file carries the
        # first digits of its hash, by torchvision's custom.
        "resnet18-imagenet1k-v1": HubFile(
            "https://download.pytorch.org/models/resnet18-f37072fd.pth",
            "f37072fd47e89c5e827621c5baffa7500819f7896bbacec160b1a16c560e07ec",
            46_830_571,
        )
    }
)
"""Files that a recipe may call by name."""


def default_cache() -> Path:
    """Folder in which PyTorch keeps weights that were fetched."""
    return Path(torch.hub.get_dir()) / "checkpoints"


def fetch(source: HubFile, cache: Path, progress: Progress | None = None) -> Path:
    """The file in the cache, fetched if it is not there; its hash is checked each time.

    Args:
        source: What to fetch.
        cache: Folder to keep it in; made if it is missing.
        progress: Called now and then while bytes arrive.

    Raises:
        ConfigError: If the server cannot be reached, or the hash is another.
        OutputError: If the cache cannot be written.
    """
    path = cache / source.name
    if not path.exists():
        with _locked(cache):
            # asked again: another process may have fetched it meanwhile
            if not path.exists():
                content = _download(source, path, progress)
                _keep(path, content)
    try:
        found = hash_file(path)
    except OSError as reason:
        raise ConfigError(f"the weights {path} cannot be read: {reason}.") from None
    if found != source.sha256:
        raise ConfigError(
            f"{path} must have the SHA-256 {source.sha256}, got {found}; it is damaged "
            "or another file: remove it to fetch it again."
        )
    return path


def _download(source: HubFile, path: Path, progress: Progress | None) -> bytes:
    """The bytes of a file, once they are all there and have the right hash."""
    # The scheme is that of HUB, never a user's: https, or http in tests.
    request = Request(source.url, headers={"User-Agent": "bsgi"})  # noqa: S310
    content = bytearray()
    try:
        with urlopen(request, timeout=TIMEOUT_S) as stream:  # noqa: S310
            while chunk := stream.read(_CHUNK_BYTES):
                content += chunk
                if progress:
                    done = min(len(content), source.size_bytes)
                    progress(done, source.size_bytes, f"fetching {source.name}")
                if len(content) > source.size_bytes:
                    break
    except (OSError, HTTPException, ValueError) as reason:
        # Lost connections and timeouts are OSErrors; urllib may wrap them in its own.
        if isinstance(reason, HTTPError):
            reason.close()
            why: object = reason
        else:
            why = reason.args[0] if isinstance(reason, URLError) else reason
        raise ConfigError(
            f"{source.url} cannot be fetched ({_one_line(why)}); where there is a "
            f"network, download it and put it into {path.parent}, or name the file "
            "as weights."
        ) from None
    found = hashlib.sha256(content).hexdigest()
    if found != source.sha256:
        raise ConfigError(
            f"{source.url} must have the SHA-256 {source.sha256}, but {len(content)} "
            f"bytes with {found} came, which are not kept; try again, or name a file "
            "that you trust as weights."
        )
    return bytes(content)


def _keep(path: Path, content: bytes) -> None:
    try:
        save_bytes(path, content)
    except OSError as reason:
        raise OutputError(_cannot_write(path.parent, reason)) from None


@contextmanager
def _locked(cache: Path) -> Iterator[None]:
    """A block that one process at a time is in, so that several fetch a file once."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
        folder = os.open(cache, os.O_RDONLY)
    except OSError as reason:
        raise OutputError(_cannot_write(cache, reason)) from None
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _cannot_write(cache: Path, reason: OSError) -> str:
    return (
        f"the cache {cache} cannot be written: {_one_line(reason)}; set TORCH_HOME to "
        "a folder that can, or name a file as weights."
    )


def _one_line(reason: object) -> str:
    return " ".join(str(reason).split()) or type(reason).__name__
