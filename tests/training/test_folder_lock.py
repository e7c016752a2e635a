import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from bsgi.errors import RunError
from bsgi.training.folder_lock import LOCK, lock_folder, sweep_lock

HOLD = """
import sys, time
from pathlib import Path
from bsgi.training.folder_lock import lock_folder
with lock_folder(Path(sys.argv[1]), "training"):
    (Path(sys.argv[1]) / "held").touch()
    print("held", flush=True)
    time.sleep(60)
"""


def hold(folder: Path) -> subprocess.Popen[str]:
    """Another process that holds the lock until it is killed."""
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    return child


def test_who_waits_long_says_so_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bsgi.training.folder_lock.POLL_S", 0.01)
    monkeypatch.setattr("bsgi.training.folder_lock.SILENT_S", 0.05)
    with hold(tmp_path) as child:
        threading.Timer(0.5, child.kill).start()
        with lock_folder(tmp_path, "training", wait=True):
            pass
    said = [record.getMessage() for record in caplog.records]
    assert said == [f"waiting for another training to leave {tmp_path}"]


def test_a_lock_leaves_nothing_behind(tmp_path: Path) -> None:
    with lock_folder(tmp_path / "a" / "b", "training"):
        assert (tmp_path / "a" / "b" / LOCK).exists()
    assert not (tmp_path / "a" / "b").exists()  # nothing was done in it
    with lock_folder(tmp_path / "c", "training"):
        (tmp_path / "c" / "result").touch()
    assert [entry.name for entry in (tmp_path / "c").iterdir()] == ["result"]


def test_the_lock_of_a_killed_process_is_free_and_its_file_does_no_harm(
    tmp_path: Path,
) -> None:
    with hold(tmp_path) as child:
        with (
            pytest.raises(RunError, match="is in use by another study; wait"),
            lock_folder(tmp_path, "study"),
        ):
            pass
        sweep_lock(tmp_path)
        assert (tmp_path / LOCK).exists()  # in use
        child.kill()
    assert (tmp_path / LOCK).exists()
    with lock_folder(tmp_path, "training"):
        pass
    (tmp_path / LOCK).touch()
    sweep_lock(tmp_path)
    sweep_lock(tmp_path)
    assert not (tmp_path / LOCK).exists()


def test_who_waits_gets_the_lock_at_the_others_end(tmp_path: Path) -> None:
    with hold(tmp_path) as child:
        threading.Timer(0.3, child.kill).start()
        begun = time.monotonic()
        with lock_folder(tmp_path, "training", wait=True):
            assert time.monotonic() - begun >= 0.25


def test_only_one_at_a_time_is_inside(tmp_path: Path) -> None:
    """Eight threads take turns, though each removes the file that others wait on."""
    inside, most, turns = 0, 0, 0
    guard = threading.Lock()

    def enter() -> None:
        nonlocal inside, most, turns
        with lock_folder(tmp_path / "run", "training", wait=True):
            with guard:
                inside += 1
                most, turns = max(most, inside), turns + 1
            time.sleep(0.005)
            with guard:
                inside -= 1

    threads = [threading.Thread(target=enter) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (most, turns) == (1, 8)


def test_where_no_folder_can_be_made_the_system_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (Path("/proc/bsgi"), tmp_path / "file", tmp_path / "file" / "run"):
        with pytest.raises(OSError), lock_folder(folder, "training"):  # noqa: PT011
            pass
