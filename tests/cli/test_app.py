import json

import pytest

from bsgi.cli import app as program
from bsgi.errors import BsgiError, ConfigError, LabelTableError
from tests.cli.conftest import Run


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"]])
def test_help_lists_every_command(bsgi: Run, words: list[str]) -> None:
    done = bsgi(*words)
    assert done.returncode == 0
    for command, _ in program.COMMANDS:
        assert command.__name__.rstrip("_") in done.stdout


@pytest.mark.parametrize(
    "name", [command.__name__.rstrip("_") for command, _ in program.COMMANDS]
)
def test_help_of_a_command_has_an_example(bsgi: Run, name: str) -> None:
    done = bsgi(name, "--help")
    assert done.returncode == 0
    assert f"Example: bsgi {name} " in done.stdout


def test_version(bsgi: Run) -> None:
    assert bsgi("--version").stdout.startswith("bsgi 0.")


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [
        (BsgiError("a\nb"), 1, "bsgi: a b\n"),
        (ConfigError("x"), 2, "bsgi: x\n"),
        (LabelTableError("x"), 2, "bsgi: x\n"),
        (OSError(28, "No space left on device"), 1, "bsgi: the disk is full; "),
        (PermissionError(13, "Permission denied", "f"), 1, "bsgi: Permission denied"),
        (MemoryError(), 1, "bsgi: there is not enough memory"),
        (KeyError("x"), 1, "bsgi: a defect in bsgi: KeyError"),
    ],
)
def test_an_error_is_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    status: int,
    says: str,
) -> None:
    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(program, "app", fail)
    assert program.run([]) == status
    written = capsys.readouterr().err
    assert written.startswith(says)
    assert written.count("\n") == 1


def test_json_is_for_machines(bsgi: Run, tmp_path: object) -> None:
    done = bsgi("simulate", f"{tmp_path}/sim", "--exams", "2", "--json")
    assert done.returncode == 0
    assert isinstance(json.loads(done.stdout), dict)
