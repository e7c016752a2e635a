import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bsgi.errors import BsgiError, ConfigError, RunError
from bsgi.training.study import execute
from bsgi.training.study.cluster import Backend
from bsgi.training.study.execute import Workers, run_all


class LostError(Exception):
    """As a cluster raises it: no kin of anything."""


LOST = (
    LostError("key-1 cancelled.\nand more"),
    ConnectionResetError(errno.ECONNRESET, "reset"),
    OSError("in <TCP local=...>: Stream is closed"),
    EOFError(),
)
OTHERS = (
    RunError("run mlp, repeat 0, fold 0: the loss must stay finite"),
    ConfigError("every worker must have torch 2"),
    OSError(errno.ENOSPC, "No space left on device"),
)


def fail_with(reason: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def open_cluster(url: str) -> Iterator[Backend]:
        yield Backend("sequential", 1)
        raise reason

    monkeypatch.setattr(execute, "open_cluster", open_cluster)
    run_all([], Workers(cluster="dask://head:1"))


@pytest.mark.parametrize("reason", LOST)
def test_a_lost_cluster_is_one_line_with_the_way_on(
    reason: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    says = rf"^the cluster was lost \({type(reason).__name__}: [^\n]*\); give the same "
    with pytest.raises(RunError, match=says):
        fail_with(reason, monkeypatch)


@pytest.mark.parametrize("reason", OTHERS)
def test_what_a_run_says_is_passed_on(
    reason: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises((BsgiError, OSError), match=re.escape(str(reason))) as caught:
        fail_with(reason, monkeypatch)
    assert caught.value is reason
