"""The house stands as it was drawn: imports go one way, and modules stay small and explained."""

import ast
import re
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "bot").rglob("*.py"))
MODULE_LINES_MAX = 350
FUNCTION_LINES_MAX = 70
VAGUE_NAMES = {"utils", "helpers", "common", "misc"}
IGNORE = re.compile(r"# (type: ignore\[[\w, -]+\]|noqa: [A-Z0-9, ]+?)(?P<reason> (#|-) \w.*)?$")


def test_imports_go_one_way(capsys: pytest.CaptureFixture[str]) -> None:
    failed = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert failed == 0, capsys.readouterr().out


def test_a_module_is_one_idea_and_says_which() -> None:
    faults = []
    for path in MODULES:
        text = path.read_text("utf8")
        tree = ast.parse(text)
        where = str(path.relative_to(ROOT))
        if path.stem in VAGUE_NAMES:
            faults.append(f"{where}: the name says nothing")
        if len(text.splitlines()) > MODULE_LINES_MAX:
            faults.append(f"{where}: longer than {MODULE_LINES_MAX} lines")
        if tree.body and not ast.get_docstring(tree):
            faults.append(f"{where}: does not open with what it is for")
        faults += [f"{where}: {name} is longer than {FUNCTION_LINES_MAX} lines" for name in long_functions(tree)]
    assert faults == []


def long_functions(tree: ast.Module) -> list[str]:
    return [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= FUNCTION_LINES_MAX
    ]


def test_an_ignore_says_why() -> None:
    silent = []
    for path in (*MODULES, *sorted((ROOT / "tests").rglob("*.py"))):
        for number, line in enumerate(path.read_text("utf8").splitlines(), start=1):
            mark = IGNORE.search(line)
            if mark and not mark["reason"]:
                silent.append(f"{path.relative_to(ROOT)}:{number}")
    assert silent == []
