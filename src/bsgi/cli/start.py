"""Where the program `bsgi` begins.

Until the commands are loaded a signal ends the process as it ends any other, without a
traceback: nothing has been begun that would have to be cleaned up.
"""

import signal

STOPS = (signal.SIGINT, signal.SIGTERM)
"""A polite kill leaves as little behind as Ctrl-C does."""


def main() -> None:
    """Load the commands, run the one that was asked for, leave with its status."""
    wanted = [n for n in STOPS if signal.getsignal(n) is not signal.SIG_IGN]
    for number in wanted:
        signal.signal(number, signal.SIG_DFL)

    import sys

    from bsgi.cli.app import run, stop

    for number in wanted:
        signal.signal(number, stop)
    sys.exit(run())
