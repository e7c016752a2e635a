"""A PACS to test with: an empty Orthanc on free ports of this machine."""

import base64
import json
import secrets
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")


@dataclass(frozen=True, slots=True)
class Server:
    """A PACS that is running: its addresses, and where it sends to."""

    dicom_port: int
    receiver_port: int
    address: str
    password: str

    def ask(self, path: str, content: bytes | None = None) -> tuple[bytes, str]:
        """The answer to a request, and its type."""
        request = urllib.request.Request(f"{self.address}/{path}", content)  # noqa: S310
        login = base64.b64encode(f"test:{self.password}".encode()).decode()
        request.add_header("Authorization", f"Basic {login}")
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            return answer.read(), answer.headers["Content-Type"]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def running(command: list[str], port: int, folder: Path) -> Iterator[None]:
    """A server as long as the block lasts, once its port answers."""
    with (folder / f"{Path(command[0]).name}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        try:
            end = time.monotonic() + 30
            while True:
                assert process.poll() is None, Path(log.name).read_text()[-2000:]
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                assert time.monotonic() < end, "the server does not answer"
                time.sleep(0.05)
            yield
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def running_orthanc(program: str, folder: Path) -> Iterator[Server]:
    """An empty Orthanc as long as the block lasts; its files lie in a new folder."""
    dicom, http, receiver = free_port(), free_port(), free_port()
    password = secrets.token_hex(8)
    folder.mkdir()
    settings = {
        "Name": "test",
        "StorageDirectory": str(folder / "storage"),
        "IndexDirectory": str(folder / "storage"),
        "DicomAet": "ORTHANC",
        "DicomPort": dicom,
        "HttpPort": http,
        "RemoteAccessAllowed": False,
        "RegisteredUsers": {"test": password},
        "DicomModalities": {"receiver": ["RECEIVER", "127.0.0.1", receiver]},
        "DicomAlwaysAllowGet": True,
        "DicomAlwaysAllowMove": True,
        "UnknownSopClassAccepted": True,
        "Plugins": [str(PLUGIN)] if PLUGIN.exists() else [],
        "DicomWeb": {"Enable": True},
    }
    (folder / "orthanc.json").write_text(json.dumps(settings))
    command = [program, str(folder / "orthanc.json")]
    with running(command, http, folder):
        yield Server(dicom, receiver, f"http://127.0.0.1:{http}", password)
