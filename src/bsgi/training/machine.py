"""The machine as a training wants it: threads fixed, arithmetic repeatable.

PyTorch's settings are restored afterwards, since other code in the process may rely on
them.
"""

import ctypes
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import torch
from torch import nn

_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_KEEP_UP_TO_BYTES = 1 << 30
_TRIM_ABOVE_BYTES = (1 << 31) - 1


def count_threads(wanted: int) -> int:
    """Threads that a training uses, a fixed number for a given machine.

    Args:
        wanted: What the recipe says; 0 stands for every core of this process.
    """
    if wanted:
        return wanted
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def repeatable_arithmetic(threads: int) -> Iterator[None]:
    """A block in which the same numbers give the same results, bit for bit.

    The number of threads decides in which order sums are made, so it is part of the
    result and is recorded.

    Args:
        threads: Threads of every operation.
    """
    strict = torch.are_deterministic_algorithms_enabled()
    warn_only = torch.is_deterministic_algorithms_warn_only_enabled()
    deterministic: Any = torch.utils.deterministic
    fill = deterministic.fill_uninitialized_memory
    before = torch.get_num_threads()
    try:
        torch.use_deterministic_algorithms(mode=True)
        # Filling fresh memory guards against reading it by mistake and costs a pass
        # over every tensor; nothing here reads what it has not written.
        deterministic.fill_uninitialized_memory = False
        torch.set_num_threads(threads)
        yield
    finally:
        torch.use_deterministic_algorithms(mode=strict, warn_only=warn_only)
        deterministic.fill_uninitialized_memory = fill
        torch.set_num_threads(before)


def lay_out_channels_last(network: nn.Module) -> None:
    """Arrange a network's weights for images whose channels lie together in memory.

    It changes no name, no shape and, but for the last digits, no result.

    Args:
        network: A network, changed in place.
    """
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


@cache
def keep_memory_between_steps() -> bool:
    """Ask the C library to keep freed memory, which every training step needs again.

    Without it the largest maps (17 MB each) go back to the system after each step and
    are paged in again, which took 6 % of a bfloat16 step and 20 % of a float32 step. It
    holds for the whole process and changes no result.

    Returns:
        Whether the C library can be asked; only glibc can.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    set_option = ctypes.CDLL(None).mallopt
    kept = set_option(_M_MMAP_THRESHOLD, _KEEP_UP_TO_BYTES)
    return bool(kept and set_option(_M_TRIM_THRESHOLD, _TRIM_ABOVE_BYTES))
