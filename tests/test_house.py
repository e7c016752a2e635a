"""The rules of the house that are not a linter's: wings, sizes, addresses, start-up."""

import ast
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT

SOURCE = ROOT / "src" / "bsgi"
CLINIC = (
    "errors", "files", "provenance", "exam", "evaluation", "dicom", "physics",
    "cohort", "intake", "runtime", "reports",
)  # fmt: skip
MODULES = sorted(SOURCE.rglob("*.py"))


def _name(path: Path) -> str:
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


@pytest.mark.parametrize("room", CLINIC)
def test_no_module_of_the_clinic_wing_loads_pytorch(room: str) -> None:
    names = [_name(path) for path in MODULES if _name(path).split(".")[1:2] == [room]]
    assert names
    code = (
        "import importlib, json, sys\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        "print(json.dumps([m for m in ('torch', 'monai') if m in sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == []


def test_the_program_loads_no_room_to_print_its_help() -> None:
    code = (
        "import json, sys\n"
        "from bsgi.cli.app import run\n"
        "run(['--help'])\n"
        "heavy = ('numpy', 'scipy', 'torch', 'pydicom', 'matplotlib', 'pydantic')\n"
        "print(json.dumps([m for m in heavy if m in sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout.splitlines()[-1]) == []


@pytest.mark.alone
def test_help_answers_in_under_400_ms() -> None:
    program = Path(sys.executable).with_name("bsgi")
    seconds = []
    for _ in range(7):
        begun = time.perf_counter()
        subprocess.run([program, "--help"], capture_output=True, check=True)
        seconds.append(time.perf_counter() - begun)
    assert statistics.median(seconds) < 0.4


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_file_is_one_idea(path: Path) -> None:
    """At most 350 lines, functions of at most 60; raising it needs a decision."""
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 350
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= 60, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("__init__.py")), ids=_name)
def test_a_room_re_exports_nothing(path: Path) -> None:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    assert len(body) == 1
    assert isinstance(body[0], ast.Expr)


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_lazy_imports_stand_only_in_the_commands(path: Path) -> None:
    if path.is_relative_to(SOURCE / "cli"):
        return
    for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(function, ast.FunctionDef):
            inner = [
                node
                for node in ast.walk(function)
                if isinstance(node, ast.Import | ast.ImportFrom)
            ]
            assert not inner, f"{function.name} imports inside"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_public_things_are_documented(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            public = not node.name.startswith("_")
            assert not public or ast.get_docstring(node), node.name
