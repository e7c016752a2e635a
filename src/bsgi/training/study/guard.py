"""Workers end when their study ends, however it does.

A process that is killed cannot tell its workers. So each of them looks now and then
whether it still has the parent that it began with.
"""

import os
import signal
import threading
import time

CHECK_EVERY_S = 0.5
"""Time between two looks at the parent."""


def follow_parent(parent: int) -> None:
    """Let this process end within a second of its parent, and no sooner.

    Ctrl-C reaches every process of a terminal; here it is left to the parent, which
    ends its workers itself.

    Args:
        parent: Number of the process that this one works for.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_after, args=(parent,), daemon=True).start()


def _end_after(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(CHECK_EVERY_S)
    os._exit(1)
