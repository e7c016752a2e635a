"""`bsgi study` as a user runs it: alone, in parallel, on clusters, stopped, killed."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bsgi.cli.app import run as run_program
from tests.cli.conftest import PROGRAM, Run
from tests.conftest import ROOT
from tests.training.study.conftest import write_two_sites

NETWORK = """\
name = "net"
[preprocess]
size = 32
[training]
epochs = 2
batch_size = 6
precision = "float32"
"""
PERCEPTRON = """\
name = "mlp"
[preprocess]
size = 32
[model]
name = "neural-network"
grid = 8
[training]
epochs = 2
precision = "float32"
"""
STUDY = """\
name = "small"
methods = ["mlp.toml", "net.toml"]
repeats = 2
seed = 3
"""
TIMED = ("provenance.json", "report.html")

DASK = """
import sys
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1",
        scheduler_port=int(sys.argv[1]), dashboard_address=None,
    ):
        print("ready", flush=True)
        sys.stdin.read()
"""
RAY = """
import sys
import ray
from ray.util.client.server.server import serve
ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False,
         _temp_dir=sys.argv[2])
server = serve("127.0.0.1", int(sys.argv[1]))
print("ready", flush=True)
sys.stdin.read()
server.stop(0)
ray.shutdown()
"""
WHO = """
import os, sys
from joblib import Parallel, delayed, parallel_config
from bsgi.training.study.cluster import open_cluster
with open_cluster(sys.argv[1]) as backend, parallel_config(backend.name, n_jobs=2):
    others = Parallel(batch_size=1)(delayed(os.getpid)() for _ in range(4))
    print(os.getpid() in others, backend.workers)
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cohort of 24 exams and the recipe of a study of two methods."""
    folder = tmp_path_factory.mktemp("study")
    write_two_sites(folder / "cohort", 24)
    for name, text in (("net", NETWORK), ("mlp", PERCEPTRON), ("study", STUDY)):
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def words(place: Path, out: Path, *more: object) -> list[str]:
    start = ("study", place / "cohort", "--recipe", place / "study.toml", "--out", out)
    return [str(word) for word in (*start, *more)]


@pytest.fixture(scope="module")
def alone(place: Path) -> Path:
    """The study as one process makes it."""
    out = place / "alone"
    done = subprocess.run(
        [PROGRAM, *words(place, out, "--jobs", 1)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"report: {out / 'report.html'}"
    return out


def timeless(out: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name not in TIMED
    }


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def cluster(code: str, *more: str) -> Iterator[tuple[int, int]]:
    """A cluster on this computer, a group of processes of its own; port and group."""
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "-c", code, str(port), *more], text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        try:
            ready = process.stdout.readline()
            assert ready == "ready\n", process.communicate()[1]
            yield port, process.pid
        finally:
            if process.poll() is None:
                process.communicate(timeout=60)


def assert_done_there(url: str, bsgi: Run, place: Path, alone: Path) -> None:
    who = subprocess.run(
        [sys.executable, "-c", WHO, url], capture_output=True, text=True, check=False
    )
    assert who.stdout.split() == ["False", "2"], who.stderr
    out = place / url.partition(":")[0]
    done = bsgi(*words(place, out, "--cluster", url))
    assert done.returncode == 0, done.stderr
    assert timeless(out) == timeless(alone)


def test_two_processes_give_the_bytes_of_one(
    bsgi: Run, place: Path, alone: Path
) -> None:
    done = bsgi(*words(place, place / "two", "--jobs", 2, "--json"))
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert summary["methods"] == ["mlp", "net"]
    assert (summary["runs"], summary["done_before"]) == (4, 0)
    assert timeless(place / "two") == timeless(alone)


def test_a_dask_cluster_gives_the_same_bytes(
    bsgi: Run, place: Path, alone: Path
) -> None:
    with cluster(DASK) as (port, _):
        assert_done_there(f"dask://127.0.0.1:{port}", bsgi, place, alone)


def test_a_ray_cluster_gives_the_same_bytes(
    bsgi: Run, place: Path, alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")  # it would write a key at home
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    # Not in pytest's folder: the names of sockets must be short.
    with (
        tempfile.TemporaryDirectory(prefix="ray") as folder,
        cluster(RAY, folder) as (port, _),
    ):
        assert_done_there(f"ray://127.0.0.1:{port}", bsgi, place, alone)


@pytest.mark.alone
def test_a_cluster_that_is_lost_is_one_line_and_the_study_goes_on_elsewhere(
    bsgi: Run, place: Path, tmp_path: Path
) -> None:
    long = NETWORK.replace("epochs = 2", "epochs = 60")
    (tmp_path / "net.toml").write_text(long, encoding="utf-8")
    recipe, out = tmp_path / "net.toml", tmp_path / "study"
    more = ("--recipe", recipe, "--repeats", 2)
    with cluster(DASK) as (port, group), subprocess.Popen(
        [PROGRAM, *words(place, out, *more, "--cluster", f"dask://127.0.0.1:{port}")],
        stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        wait_for(lambda: any(out.glob("runs/*/*/checkpoints/last.safetensors")))
        os.killpg(group, signal.SIGKILL)
        _, stderr = process.communicate(timeout=60)
    lines = [line for line in stderr.splitlines() if not line.startswith("study: ")]
    assert process.returncode == 1
    (line,) = lines
    assert re.match(r"bsgi: the cluster was lost \(.*\); give the same command", line)
    assert bsgi(*words(place, out, *more)).returncode == 0


def test_the_report_is_written_again_and_the_results_are_not(
    bsgi: Run, place: Path, alone: Path
) -> None:
    (alone / "report.html").unlink()
    before = {name: (alone / name).stat().st_mtime_ns for name in timeless(alone)
              if not name.startswith(("figures", "checklists", "card.md"))}  # fmt: skip
    assert bsgi(*words(place, alone, "--jobs", 2)).returncode == 0
    assert (alone / "report.html").exists()
    assert {name: (alone / name).stat().st_mtime_ns for name in before} == before


@pytest.mark.parametrize(
    ("more", "status", "says"),
    [
        (["--folds", "5", "--sizes", "4,8"], 2, "--folds and --sizes are two designs"),
        (["--folds", "sites"], 2, "--folds must be a number, site, time, or time:N"),
        (["--sizes", "8,4"], 2, "sizes must be numbers of patients that ascend"),
        (["--sizes", "4,8"], 1, "must leave 20 of each class for the test"),
        (["--threshold", "youden"], 2, 'must go with design "folds"'),
        (["--threshold", "high"], 2, "--threshold must be a number or youden"),
        (["--weights", "missing.pth"], 2, "weights must be none"),
        (["--repeats", "0"], 2, "repeats"),
        (["--jobs", "0"], 2, "jobs"),
        (["--cluster", "spark://x:1"], 2, "the cluster must be dask://HOST:PORT"),
        (["--cluster", "dask://127.0.0.1:1"], 2, "nothing answers at dask://127"),
        (["--recipe", "papr"], 2, "did you mean 'paper'"),
        (["--folds", "30"], 1, "30 folds need 30"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_leaves_nothing(
    capsys: pytest.CaptureFixture[str],
    place: Path,
    tmp_path: Path,
    more: list[str],
    status: int,
    says: str,
) -> None:
    found = run_program(words(place, tmp_path / "study", *more))
    (line,) = capsys.readouterr().err.splitlines()
    assert found == status, line
    assert re.match(f"bsgi: .*{re.escape(says)}", line), line
    assert list(tmp_path.iterdir()) == []


def wait_for(found: Callable[[], bool], limit_s: float = 60.0) -> None:
    deadline = time.monotonic() + limit_s
    while not found() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert found()


def living_members(group: int) -> list[int]:
    """Processes of a group that have not ended; the buried are waited for by others."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, own = path.read_text().rpartition(")")[2].split()[:3]
        except OSError:  # it ended meanwhile
            continue
        if int(own) == group and state != "Z":
            found.append(int(path.parent.name))
    return found


@pytest.mark.alone
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_all_workers_and_the_same_command_goes_on(
    bsgi: Run, place: Path, alone: Path, tmp_path: Path, number: signal.Signals
) -> None:
    """Ctrl-C reaches the whole group of processes, as a terminal sends it."""
    out = tmp_path / "study"
    with subprocess.Popen(
        [PROGRAM, *words(place, out, "--jobs", 2)],
        stderr=subprocess.PIPE, text=True, start_new_session=True,
    ) as process:  # fmt: skip
        if number is signal.SIGINT:  # as soon as there is a worker, to all of them
            wait_for(lambda: len(living_members(process.pid)) > 1)
            time.sleep(0.3)
            os.killpg(process.pid, number)
        else:
            wait_for(lambda: any(out.glob("runs/*/*/recipe.toml")))
            process.send_signal(number)
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    lines = [line for line in stderr.splitlines() if not line.startswith("study: ")]
    assert lines == [
        f"bsgi: stopped; what was done is kept in {out}, and the same command goes on."
    ]
    wait_for(lambda: not living_members(process.pid), 10.0)
    if number is signal.SIGTERM:
        assert bsgi(*words(place, out, "--jobs", 1)).returncode == 0
        assert timeless(out) == timeless(alone)


def test_a_killed_study_ends_as_one_that_was_left_in_peace(tmp_path: Path) -> None:
    """The small form of the script that kills 20 times."""
    done = subprocess.run(
        [sys.executable, ROOT / "runs" / "killed_study.py", "--kills", "2",
         "--exams", "12", "--repeats", "1", "--folder", tmp_path],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 kills in " in done.stdout
