"""Benchmarks run and compare like with like; how fast they are is not judged here."""

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
