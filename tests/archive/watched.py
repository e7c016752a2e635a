"""Reads files one by one and prints what became of each: time, memory, reasons.

    python -m tests.archive.watched < paths

It is a process of its own, so that its memory is that of the reader.
"""

import json
import resource
import sys
import time
from pathlib import Path

from bsgi.dicom.read import read_file


def _forget_peak() -> None:
    """Begin a new peak of the resident memory (Linux)."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return


def _peak_mb() -> float:
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return next(int(x.split()[1]) for x in lines if x.startswith("VmHWM")) / 1024


def main() -> None:
    """Read every path of the standard input."""
    for line in sys.stdin.read().splitlines():
        _forget_peak()
        begun = time.process_time()
        source = read_file(Path(line))
        seconds = time.process_time() - begun
        said = {
            "path": line,
            "seconds": seconds,
            "peak_mb": _peak_mb(),
            "views": len(source.views),
            "refusals": list(source.refusals),
        }
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
