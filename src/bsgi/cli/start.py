"""Where the program `bsgi` begins, and what a signal does to it.

Until the commands are loaded a signal ends the process as it ends any other, without a
traceback: nothing has been begun that would have to be cleaned up.
"""

import signal
import sys
from types import FrameType

STOPS = (signal.SIGINT, signal.SIGTERM)
"""A polite kill leaves as little behind as Ctrl-C does."""


def main() -> None:
    """Load the commands, run the one that was asked for, leave with its status."""
    wanted = [n for n in STOPS if signal.getsignal(n) is not signal.SIG_IGN]
    for number in wanted:
        signal.signal(number, signal.SIG_DFL)

    from bsgi.cli.app import run

    for number in wanted:
        signal.signal(number, stop)
    sys.exit(run())


def stop(number: int, frame: FrameType | None) -> None:
    """Begin to clean up, once: a second Ctrl-C must not stop that halfway.

    Args:
        number: The signal.
        frame: Where it came; not used.

    Raises:
        KeyboardInterrupt: Always.
    """
    for each in STOPS:
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt
