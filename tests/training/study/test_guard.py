"""Real processes: a worker whose parent is killed must not go on."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PARENT = """
import subprocess, sys, time
worker = subprocess.Popen([sys.executable, "-c", sys.argv[1]])
print(worker.pid, flush=True)
time.sleep(60)
"""
WORKER = """
import os, time
from bsgi.training.study.guard import follow_parent
follow_parent(os.getppid())
open(os.environ["READY"], "w").close()
time.sleep(60)
"""


def is_alive(process: int) -> bool:
    path = Path(f"/proc/{process}/stat")
    return path.exists() and path.read_text().rpartition(")")[2].split()[0] != "Z"


def test_a_worker_ends_soon_after_its_parent_was_killed(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, WORKER],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "READY": str(ready)},
    ) as parent:  # fmt: skip
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        deadline = time.monotonic() + 20
        while not ready.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        os.kill(worker, signal.SIGINT)  # Ctrl-C is the parent's affair
        time.sleep(0.7)
        assert is_alive(worker)
        parent.kill()
    deadline = time.monotonic() + 5
    while is_alive(worker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(worker)
