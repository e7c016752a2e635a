"""What a command shows: progress on standard error, its result on standard output."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, ClassVar

import typer

from bsgi.errors import BsgiError

Progress = Callable[[int, int, str], None]
"""How far a task is: done, total, and what it is at."""

MAX_SEED = 2**63 - 1
"""The greatest seed that every library takes."""

QUIET_S = 2.0
"""A task that ends sooner shows no bar."""

LINE_EVERY_S = 15.0
"""Where nobody watches, as in a log file, a line now and then."""

Json = Annotated[
    bool, typer.Option("--json", help="Print the result as JSON, for machines.")
]


class StoppedError(BsgiError):
    """A command was stopped and something of it is kept, which its message says."""

    exit_status: ClassVar[int] = 130


@dataclass(frozen=True, slots=True)
class ReportSummary:
    """Where a report lies.

    Args:
        report: The HTML file.
    """

    report: Path


@contextmanager
def progress_bar(title: str) -> Iterator[Progress]:
    """A bar with the time left, on a terminal; lines now and then elsewhere.

    Args:
        title: What is done, in a word or two.

    Yields:
        A function to call with done, total and a short text.
    """
    if sys.stderr.isatty():
        yield from _draw_bar(title)
    else:
        yield _print_lines(title)


def _draw_bar(title: str) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bar

    bar = Bar(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TimeRemainingColumn(), TextColumn("{task.fields[text]}"),
        console=Console(stderr=True), transient=True,
    )  # fmt: skip
    begun = time.monotonic()
    task = bar.add_task(title, total=None, text="")

    def update(done: int, total: int, text: str = "") -> None:
        if not bar.live.is_started and time.monotonic() - begun > QUIET_S:
            bar.start()
        bar.update(task, completed=done, total=total, text=text)

    try:
        yield update
    finally:
        bar.stop()


def _print_lines(title: str) -> Progress:
    last = time.monotonic()

    def update(done: int, total: int, text: str = "") -> None:
        nonlocal last
        if time.monotonic() - last >= LINE_EVERY_S:
            last = time.monotonic()
            sys.stderr.write(f"{title}: {done} of {total} {text}".rstrip() + "\n")
            sys.stderr.flush()

    return update


def show(result: object, text: str, *, as_json: bool) -> None:
    """Print the result of a command.

    Args:
        result: A record (a dataclass) with all there is to know.
        text: The same for a reader, in a few lines.
        as_json: Whether a machine reads it.
    """
    typer.echo(json.dumps(_plain(result), indent=2) if as_json else text)


def _plain(value: object) -> Any:  # noqa: ANN401 - JSON has no narrower type
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Path):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
