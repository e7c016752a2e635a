"""Fetching weights from a real server on this machine, a lying one, and none."""

import hashlib
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch

from bsgi.errors import ConfigError, OutputError
from bsgi.models import hub
from bsgi.models.hub import HUB, HubFile, default_cache, fetch

CONTENT = bytes(range(256)) * 9000  # 2.3 MB, more than one chunk
DIGEST = hashlib.sha256(CONTENT).hexdigest()


class Server(ThreadingHTTPServer):
    """Serves one file, and counts how often."""

    served = 0
    content = CONTENT
    length: int | None = None
    status = 200

    def handle_error(self, *_: object) -> None:
        """Nothing: a client may hang up."""

    @property
    def file(self) -> HubFile:
        """The file as the hub would list it."""
        url = f"http://127.0.0.1:{self.server_port}/models/weights-{DIGEST[:8]}.pth"
        return HubFile(url, DIGEST, len(CONTENT))


class Handler(BaseHTTPRequestHandler):
    """Answers as its server says."""

    server: Server

    def do_GET(self) -> None:
        self.server.served += 1
        self.send_response(self.server.status)
        length = self.server.length or len(self.server.content)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(self.server.content)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_a_file_is_fetched_once_and_kept(server: Server, tmp_path: Path) -> None:
    cache, seen = tmp_path / "deep" / "cache", []
    path = fetch(server.file, cache, lambda *step: seen.append(step))
    assert path == cache / f"weights-{DIGEST[:8]}.pth"
    assert path.read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), len(CONTENT), f"fetching {path.name}")
    assert fetch(server.file, cache) == path
    assert server.served == 1
    assert list(cache.iterdir()) == [path]


def test_several_at_once_fetch_it_once(server: Server, tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: fetch(server.file, tmp_path), range(4)))
    assert len(set(found)) == 1
    assert server.served == 1


@pytest.mark.parametrize("content", [CONTENT[:-1], CONTENT[:-1] + b"x", CONTENT + b"x"])
def test_other_bytes_are_refused_and_not_kept(
    server: Server, content: bytes, tmp_path: Path
) -> None:
    server.content = content
    with pytest.raises(ConfigError, match=f"must have the SHA-256 {DIGEST}"):
        fetch(server.file, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_endless_answer_is_not_read_to_its_end(
    server: Server, tmp_path: Path
) -> None:
    server.content = CONTENT * 40  # 92 MB
    with pytest.raises(ConfigError, match=r"but \d{7} bytes"):
        fetch(server.file, tmp_path)


def test_a_lost_connection_is_refused(server: Server, tmp_path: Path) -> None:
    server.content, server.length = CONTENT[:-1000], len(CONTENT)
    with pytest.raises(ConfigError, match="try again"):
        fetch(server.file, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_cache_with_another_hash_is_refused(
    server: Server, tmp_path: Path
) -> None:
    path = tmp_path / server.file.name
    path.write_bytes(CONTENT[:-1])
    with pytest.raises(ConfigError, match=r"damaged or another file: remove it"):
        fetch(server.file, tmp_path)
    assert path.read_bytes() == CONTENT[:-1]
    assert server.served == 0


def test_without_a_network_one_line_says_what_to_do(tmp_path: Path) -> None:
    file = HubFile(f"http://127.0.0.1:{closed_port()}/a.pth", DIGEST, 1)
    with pytest.raises(ConfigError) as refused:
        fetch(file, tmp_path)
    message = str(refused.value)
    assert "\n" not in message
    assert "Connection refused" in message
    assert f"download it and put it into {tmp_path}" in message
    assert "or name the file as weights" in message


def test_a_file_that_is_not_there(server: Server, tmp_path: Path) -> None:
    server.status = 404
    with pytest.raises(ConfigError, match="404"):
        fetch(server.file, tmp_path)


def test_a_server_that_never_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "TIMEOUT_S", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/a.pth"
        with pytest.raises(ConfigError, match="timed out"):
            fetch(HubFile(url, DIGEST, 1), tmp_path)


def test_a_cache_that_cannot_be_written(server: Server, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file")
    with pytest.raises(OutputError, match="set TORCH_HOME"):
        fetch(server.file, taken)


def test_the_cache_is_pytorchs_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(torch.hub, "_hub_dir", None)
    assert default_cache() == tmp_path / "hub" / "checkpoints"


@pytest.mark.parametrize("name", HUB)
def test_names_of_files_carry_their_hash(name: str) -> None:
    file = HUB[name]
    assert file.url.startswith("https://")
    assert len(file.sha256) == 64
    assert file.name.endswith(f"-{file.sha256[:8]}.pth")
    assert replace(file, url=file.url + "?x=1").name == file.name
