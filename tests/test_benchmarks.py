"""Benchmarks run and compare like with like; how fast they are is not judged here."""

import json
import subprocess
import sys
from collections.abc import Callable

from tests.conftest import ROOT

BENCHMARKS = ROOT / "benchmarks"


def test_delong_finds_what_proc_finds(require_program: Callable[[str], str]) -> None:
    """The script refuses to time R's pROC where the two statistics differ."""
    require_program("Rscript")
    done = subprocess.run(
        [sys.executable, BENCHMARKS / "statistics.py", "--exams=3000", "--runs=1"],
        capture_output=True, text=True, check=False, timeout=100,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert "must be pROC's" not in done.stderr
    assert "ratio ours / pROC" in done.stdout
    assert "10,000 draws of 231 patients" in done.stdout


def test_scripts_beside_it_find_the_standard_librarys_statistics() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(BENCHMARKS)!r})\n"
        "import statistics; print(statistics.median([1, 2, 4]), statistics.__file__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    middle, path = done.stdout.split()
    assert middle == "2"
    assert not path.startswith(str(BENCHMARKS))


def test_the_import_is_timed_against_loops_over_the_same_files() -> None:
    """It says at which part of their rate it runs; the bound is judged elsewhere."""
    done = subprocess.run(
        [sys.executable, BENCHMARKS / "import.py", "--exams=4", "--repeats=2",
         "--json"],
        capture_output=True, text=True, check=False, timeout=200,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    result = json.loads(done.stdout)
    assert result["files"] == 16
    assert set(result["rates"]) == {"bare", "plain", "import"}
    assert done.returncode == int(result["missed"])
    assert result["missed"] == (result["against_plain"]["median"] < 0.7)


def test_the_memory_of_an_import_is_watched_while_it_goes_on() -> None:
    done = subprocess.run(
        [sys.executable, BENCHMARKS / "import.py", "--memory=64", "--json"],
        capture_output=True, text=True, check=False, timeout=100,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    result = json.loads(done.stdout)
    assert list(result["peak_mb"]) == ["16", "32", "64"]
    assert 10 < result["finished_mb"] < 1000
