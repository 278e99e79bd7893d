"""The audit trail in words: every action that the code can enter is collected from it, and has its words."""

import ast
import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from bot.domain.vocabulary import Language
from bot.rendering import Renderer

ROOT = Path(__file__).parents[2]
NEVER_ENTERED = frozenset({"approval_waiting", "approval_expired", "promise_open"})
"""States that nobody's act leads to: requests begin as waiting, and expire by themselves."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Carrier:
    """A function of a module that puts one of its parameters into an entry's action."""

    module: str
    function: str
    place: int
    parameter: str


class Collector:
    def __init__(self) -> None:
        paths = sorted((ROOT / "bot").rglob("*.py"))
        self.trees = {
            ".".join(path.relative_to(ROOT).with_suffix("").parts): ast.parse(path.read_text()) for path in paths
        }
        self.calls = list(self._calls())
        self.imported = {
            (module, node.module, one.name)
            for module, tree in self.trees.items()
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for one in node.names
        }
        self.actions: set[str] = set()
        self.seen: set[Carrier] = set()

    def collect(self) -> set[str]:
        for module, function, call in self.calls:
            if isinstance(call.func, ast.Name) and call.func.id == "AuditEntry":
                given = next(keyword.value for keyword in call.keywords if keyword.arg == "action")
                self._take(module, function, given)
        return self.actions

    def _take(self, module: str, function: Function, given: ast.expr, prefix: str = "") -> None:
        """The actions that an expression stands for; a parameter is followed to where it is given."""
        for value in self._values(module, function, given):
            if isinstance(value, str):
                self.actions.add(prefix + value)
            else:
                self._follow(value[0], prefix + value[1])

    def _values(self, module: str, function: Function, given: ast.expr) -> "list[str | tuple[Carrier, str]]":
        match given:
            case ast.Constant(value=str(text)):
                return [text]
            case ast.IfExp():
                return [*self._values(module, function, given.body), *self._values(module, function, given.orelse)]
            case ast.JoinedStr():
                parts = [
                    self._values(module, function, getattr(one, "value", one))
                    if isinstance(one, ast.FormattedValue)
                    else self._values(module, function, one)
                    for one in given.values
                ]
                if isinstance(parts[-1][0], tuple):
                    return [(parts[-1][0][0], "".join(str(one[0]) for one in parts[:-1]))]
                return ["".join(map(str, texts)) for texts in product(*parts)]
            case ast.Attribute(value=ast.Name(id=name), attr="value"):
                kind = next(one.annotation for one in _parameters(function) if one.arg == name)
                assert isinstance(kind, ast.Name)
                return [member.value for member in getattr(importlib.import_module(module), kind.id)]
            case ast.Name(id=name):
                place = [one.arg for one in _parameters(function)].index(name)
                return [(Carrier(module, function.name, place, name), "")]
        raise AssertionError(f"an action that this test cannot read: {module}: {ast.unparse(given)}")

    def _follow(self, carrier: Carrier, prefix: str) -> None:
        if carrier in self.seen:
            return
        self.seen.add(carrier)
        for module, function, call in self.calls:
            named = isinstance(call.func, ast.Name) and call.func.id == carrier.function
            is_known = module == carrier.module or (module, carrier.module, carrier.function) in self.imported
            if named and is_known:
                by_name = [keyword.value for keyword in call.keywords if keyword.arg == carrier.parameter]
                self._take(module, function, by_name[0] if by_name else call.args[carrier.place], prefix)

    def _calls(self) -> Iterator[tuple[str, Function, ast.Call]]:
        for module, tree in self.trees.items():
            for function in ast.walk(tree):
                if isinstance(function, Function):
                    yield from ((module, function, one) for one in ast.walk(function) if isinstance(one, ast.Call))


def _parameters(function: Function) -> list[ast.arg]:
    return [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]


def test_every_action_of_the_audit_has_its_words_in_three_languages() -> None:
    entered = Collector().collect() - NEVER_ENTERED
    assert {"joined", "promise_kept", "approval_partly", "complaint_closed", "playbook_hidden", "grade_set"} <= entered
    for language in Language:
        actions = Renderer().texts("replies/audit_words", language).actions
        assert {str(one) for one in actions} == entered
        assert len({str(words) for words in actions.values()}) == len(actions)
