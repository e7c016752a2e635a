"""Whether a study that is killed again and again ends as one that is left in peace.

    .venv/bin/python runs/killed_study.py
    .venv/bin/python runs/killed_study.py --kills 3 --exams 20 --repeats 1

Runs a small study once without interruption. Then kills the same study with SIGKILL at
random moments, spread over its length (start, training, results, report), and gives the
same command again, until all kills are spent. Every study must end with the bytes of
the first, the provenance and the page that prints it apart; what was finished before a
kill must not be touched afterwards; and no worker may outlive its study. Exit status 1
if anything differs. Takes some five minutes on two cores.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from bsgi.cohort.writer import CohortWriter
from bsgi.physics.population.population import Population
from bsgi.physics.simulate import simulate_exam

PROGRAM = Path(sys.executable).with_name("bsgi")
TIMED = ("provenance.json", "report.html")
"""What holds dates, and the page that shows it."""

ORPHANS_END_S = 5.0
"""Workers look twice a second whether their study is alive."""

PATIENCE = 10.0
"""A study that takes so many times the length of the first hangs."""

EARLIER = 0.8
"""A moment that no study reached is tried again at this share of it."""

NETWORK = """\
name = "network"
[preprocess]
size = 64
[training]
batch_size = 6
epochs = 3
precision = "float32"
"""
AUTOENCODER = """\
name = "coder"
[preprocess]
size = 64
[model]
name = "stacked-autoencoder"
grid = 32
patch = 8
hidden = 16
code = 4
[pretraining]
optimizer = "adamw"
epochs = 3
[training]
optimizer = "adamw"
epochs = 3
precision = "float32"
"""
STUDY = """\
name = "killed"
methods = ["coder.toml", "network.toml"]
repeats = {repeats}
design = "folds"
folds = 2
"""

Snapshot = dict[str, tuple[int, bytes]]
"""When each file was written, and what is in it, by its place in the study."""


@dataclass(slots=True)
class Trial:
    """The study, its command, and what was found so far."""

    folder: Path
    jobs: int
    limit_s: float = 1800.0
    studies: int = 0
    kills: int = 0
    faults: list[str] = field(default_factory=list)

    def command(self, out: Path) -> list[str]:
        """The words of the command, the same each time."""
        words = (
            PROGRAM, "study", self.folder / "cohort", "--recipe",
            self.folder / "study.toml", "--out", out, "--jobs", self.jobs,
        )  # fmt: skip
        return [str(word) for word in words]


def main() -> int:
    """Read the command line, kill, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1, help="seed of the moments")
    parser.add_argument("--exams", type=int, default=24)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where to work; else temporary")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as name:
        trial = Trial(Path(name), chosen.jobs)
        prepare(trial.folder, chosen.exams, chosen.repeats)
        moments = draw_moments(chosen.kills, chosen.seed)
        kill_all(trial, moments)
    print(f"{trial.kills} kills in {trial.studies} studies")
    for fault in trial.faults:
        print(f"FAULT: {fault}")
    print("all as without interruption" if not trial.faults else "NOT the same")
    return 1 if trial.faults else 0


def prepare(folder: Path, exams: int, repeats: int) -> None:
    """A simulated cohort, written without DICOM files, and the recipes.

    Args:
        folder: Where to.
        exams: Number of exams, a third of them malignant.
        repeats: Repeats of the study.
    """
    population = Population("easy", "dilon-6800-gp", exams, exams // 3, 740.0, seed=1)
    with CohortWriter(folder / "cohort") as writer:
        for place in range(exams):
            writer.add(*simulate_exam(population, place))
        writer.finish()
    (folder / "network.toml").write_text(NETWORK, encoding="utf-8")
    (folder / "coder.toml").write_text(AUTOENCODER, encoding="utf-8")
    text = STUDY.format(repeats=repeats)
    (folder / "study.toml").write_text(text, encoding="utf-8")


def draw_moments(kills: int, seed: int) -> list[float]:
    """When to kill, as shares of the study's length: one in each of as many parts."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    shares = [(part + rng.random()) / kills for part in range(kills)]
    rng.shuffle(shares)
    return shares


def kill_all(trial: Trial, moments: list[float]) -> None:
    """Kill one study after the other at the moments, and compare each at its end.

    A moment that comes after the end of a study that had been killed before is taken
    up in a new one, and if that ends before it too, a little earlier; so every moment
    is met, and the kills come to an end. The first fault ends them too.
    """
    reference = trial.folder / "unbroken"
    begun_s = time.monotonic()
    run_to_end(trial, reference)
    length_s = time.monotonic() - begun_s
    trial.limit_s = max(60.0, PATIENCE * length_s)
    print(f"one study takes {length_s:.0f} s", flush=True)
    wanted = read_files(reference)
    waiting = list(moments)
    while waiting and not trial.faults:
        out = trial.folder / f"killed-{trial.studies}"
        trial.studies += 1
        before = len(waiting)
        while waiting and run_until(trial, out, waiting[0] * length_s):
            share = waiting.pop(0)
            trial.kills += 1
            print(f"killed at {share:.0%}: {tell_state(out)}", flush=True)
        if len(waiting) == before:
            waiting[0] *= EARLIER
        run_to_end(trial, out)
        compare(trial, out, wanted)


def run_until(trial: Trial, out: Path, after_s: float) -> bool:
    """Give the command and kill it; False if it ended before."""
    before = finished_files(out)
    with subprocess.Popen(
        trial.command(out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            process.wait(after_s)
        except subprocess.TimeoutExpired:
            workers = find_children(process.pid)
            process.send_signal(signal.SIGKILL)
            process.wait()
            check_untouched(trial, out, before)
            check_gone(trial, workers)
            return True
    check_untouched(trial, out, before)
    if process.returncode != 0:
        trial.faults.append(f"{out.name}: exit status {process.returncode}")
    return False


def run_to_end(trial: Trial, out: Path) -> None:
    """Give the command and let it end."""
    before = finished_files(out)
    try:
        done = subprocess.run(
            trial.command(out), capture_output=True, text=True, check=False,
            timeout=trial.limit_s,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        trial.faults.append(f"{out.name}: no end in {trial.limit_s:.0f} s")
        return
    check_untouched(trial, out, before)
    if done.returncode != 0:
        trial.faults.append(f"{out.name}: {done.stderr.strip()}")


def finished_files(out: Path) -> Snapshot:
    """Every file of the runs that are finished."""
    runs = [mark.parent for mark in out.glob("runs/*/*/provenance.json")]
    return {
        str(path.relative_to(out)): (path.stat().st_mtime_ns, path.read_bytes())
        for run in runs
        for path in sorted(run.rglob("*"))
        if path.is_file() and path.suffix != ".partial" and path.name != ".lock"
    }


def read_files(out: Path) -> dict[str, bytes]:
    """Every file of a study that must be the same each time."""
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name not in TIMED
    }


def check_untouched(trial: Trial, out: Path, before: Snapshot) -> None:
    """Nobody may have written into a run that was finished."""
    after = finished_files(out)
    touched = [name for name, content in before.items() if after.get(name) != content]
    if touched:
        trial.faults.append(f"{out.name}: written again: {touched[0]}")


def check_gone(trial: Trial, workers: list[int]) -> None:
    """The workers of a killed study must end by themselves."""
    deadline = time.monotonic() + ORPHANS_END_S
    while any(map(is_alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.1)
    left = [worker for worker in workers if is_alive(worker)]
    if left:
        trial.faults.append(f"{len(left)} workers outlived their study")


def compare(trial: Trial, out: Path, wanted: dict[str, bytes]) -> None:
    """A study that was killed must have the files of the unbroken one.

    Where a recipe leaves the precision open, each study measures it once, and two may
    decide differently on a busy machine; then nothing else can be compared.
    """
    found = read_files(out)
    decided = [read_decisions(files) for files in (wanted, found)]
    if decided[0] != decided[1]:
        trial.faults.append(
            f"{out.name}: another precision was decided, {decided[1]} and not "
            f"{decided[0]}; name it in the recipes to compare studies"
        )
        return
    for name in sorted(wanted.keys() | found.keys()):
        if wanted.get(name) != found.get(name):
            trial.faults.append(f"{out.name}: {name} differs")


def read_decisions(files: dict[str, bytes]) -> dict[str, str]:
    """The precision of each method of a study."""
    text = files.get("study.toml", b"").decode()
    decided = tomllib.loads(text).get("decided", {})
    return {method: each["precision"] for method, each in decided.items()}


def find_children(parent: int) -> list[int]:
    """All processes that descend from one."""
    parents: dict[int, int] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        parents[int(status.parent.name)] = int(fields[1])
    found = [parent]
    for each in found:
        found.extend(child for child, own in parents.items() if own == each)
    return found[1:]


def is_alive(process: int) -> bool:
    """Whether a process is there and not merely waiting to be buried."""
    try:
        text = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return text.rpartition(")")[2].split()[0] != "Z"


def tell_state(out: Path) -> str:
    """How far a study had come."""
    if (out / "provenance.json").exists():
        return "report"
    done = len(list(out.glob("runs/*/*/provenance.json")))
    begun = len(list(out.glob("runs/*/*/recipe.toml")))
    if (out / "predictions.csv").exists():
        return "results"
    return f"{done} runs finished, {begun - done} begun" if begun else "start"


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    sys.exit(main())
