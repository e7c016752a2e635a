"""Every snippet of the docs runs, every command in them exists, every link leads on."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from bsgi.cli.app import COMMANDS, app
from tests.conftest import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^ *```(\w+)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)


def _page(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _snippets(path: Path, language: str) -> list[str]:
    found = FENCE.findall(path.read_text(encoding="utf-8"))
    return [body for kind, body in found if kind == language]


@pytest.mark.parametrize("path", PAGES, ids=_page)
def test_python_snippets_run_and_print_what_they_say(path: Path) -> None:
    for code in _snippets(path, "python"):
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        said = re.findall(r"print\(.*\) +# ([^:\n]+)", code)
        printed = done.stdout.splitlines()
        assert [line.strip() for line in said] == printed[: len(said)]


@pytest.mark.parametrize("path", PAGES, ids=_page)
def test_commands_in_the_docs_can_be_parsed(path: Path) -> None:
    program = get_command(app)
    for snippet in _snippets(path, "console"):
        for line in re.findall(r"^ *\$ bsgi (.*)", snippet.replace("\\\n", " "), re.M):
            name, *words = shlex.split(line, comments=True)
            command = program.get_command(typer.Context(program), name)  # type: ignore[attr-defined]
            assert command is not None, name
            command.make_context(name, words)


@pytest.mark.parametrize("path", PAGES, ids=_page)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (path.parent / target).exists(), target


def test_every_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for command, _ in COMMANDS:
        assert f"bsgi {command.__name__.rstrip('_')}" in readme


def test_no_path_of_a_machine_stands_in_the_docs() -> None:
    for path in PAGES:
        assert not re.search(r"(?<![\w.])/(work|home|root|tmp)/", path.read_text())
