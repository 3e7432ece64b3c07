"""No line of a rule and no weight can be lost: every mutant of a module in `solver/rules` fails on some witness.

A mutant is a rule's module with one statement taken out, one question always given the lenient answer, or
one weight made 1. It is put in the rule's place, and the witnesses of the rule are solved with it: the referee must
object, or the roster must be worth something else than the true optimum.
"""

from __future__ import annotations

import ast
import importlib
import threading
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

from solver import floors, rules, starts
from solver.check import check
from solver.effort import left_behind
from solver.engine import solve
from tests.solver import literal
from tests.solver.witnesses import HARD, SOFT, Witness
from tests.waiting import PATIENCE, eventually

FOLDER = Path(rules.__file__).parent
ALWAYS = [(-(10**9), 10**9)]  # one stretch of minutes that holds every shift
LENIENT = {"fits": True, "near": True, "clash": False, "too_late": False, "joined": ALWAYS}
GOES_ON = "the_test_goes_on"
MUTANTS_SECONDS = 4.0  # a few contradict themselves and are never proved; the true rules take milliseconds


class Mutant(NamedTuple):
    rule: str
    line: int
    what: str
    source: str

    @property
    def name(self) -> str:
        return f"{self.rule}:{self.line} {self.what}"


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Every mutant of a module, each by its line."""
    text = path.read_text(encoding="utf-8")
    for number, node in enumerate(ast.walk(ast.parse(text))):
        changed = _changed(node)
        if changed is not None:
            tree = ast.parse(text)
            mutated = _Ending().visit(_Replace(number, tree, changed).visit(tree))
            source = ast.unparse(ast.fix_missing_locations(mutated))
            yield Mutant(path.stem, node.lineno, ast.unparse(node).partition("\n")[0], source)  # type: ignore[attr-defined]


def _changed(node: ast.AST) -> ast.AST | None:
    """What stands in a mutant where this node was; None if it is left alone."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call | ast.Yield | ast.YieldFrom | ast.IfExp):
        return ast.Pass()
    if isinstance(node, ast.AugAssign):
        return ast.Pass()
    if isinstance(node, ast.FunctionDef) and node.name in LENIENT:
        body: list[ast.stmt] = [ast.Return(ast.Constant(LENIENT[node.name]))]
        return ast.FunctionDef(node.name, node.args, body, [], None)
    if isinstance(node, ast.Attribute) and (node.attr == "weight" or _is_weights(node.value)):
        return ast.Constant(1)
    return None


def _is_weights(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "weights"


class _Replace(ast.NodeTransformer):
    """Puts another node in the place of the so-many-th."""

    def __init__(self, number: int, tree: ast.AST, new: ast.AST) -> None:
        self.old, self.new = list(ast.walk(tree))[number], new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else super().visit(node)


class _Ending(ast.NodeTransformer):
    """Makes every loop end with its test, or a search would be left behind in one for as long as the process lives."""

    def visit_While(self, loop: ast.While) -> ast.While:
        self.generic_visit(loop)
        loop.test = ast.BoolOp(ast.And(), [ast.parse(f"{GOES_ON}()", mode="eval").body, loop.test])
        return loop


MUTANTS = [mutant for path in sorted(FOLDER.glob("[a-z]*.py")) for mutant in mutants_of(path)]


@pytest.fixture(autouse=True)
def by_cp_sat_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first rosters and the floors know most rules by themselves and would hide what the rest forgets."""
    monkeypatch.setattr(starts, "relaxation", lambda *_given, **_more: None)
    monkeypatch.setattr(starts, "_fill", lambda *_given: None)
    monkeypatch.setattr(floors, "can_hold", lambda *_given: True)


WITNESSES = {witness.name: witness for witness in (*HARD, *SOFT)}


def value(witness: Witness, seconds: float) -> list[int] | None:
    """What the engine's rosters are truly worth; None if it fails, does not prove them, or the referee objects."""
    found: list[int] = []
    for problem in (witness.problem, witness.without):
        try:
            solution = solve(problem, seconds=seconds, workers=1)
        except Exception:
            return None
        if solution.status != "optimal" or not check(problem, solution).ok:
            return None
        found += literal.values(problem, frozenset(solution.assignments))
    return found


@cache
def optimum(name: str) -> list[int] | None:
    return value(WITNESSES[name], seconds=PATIENCE)


@pytest.fixture
def put_in_place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Mutant], None]]:
    over = threading.Event()
    yield lambda mutant: _put_in_place(mutant, monkeypatch, lambda: not over.is_set())
    over.set()
    eventually(lambda: not left_behind())


def _put_in_place(mutant: Mutant, monkeypatch: pytest.MonkeyPatch, goes_on: Callable[[], bool]) -> None:
    module = importlib.import_module(f"solver.rules.{mutant.rule}")
    mutated = ModuleType(module.__name__)
    setattr(mutated, GOES_ON, goes_on)
    exec(compile(mutant.source, mutant.name, "exec"), mutated.__dict__)  # noqa: S102  our own source
    for name, thing in vars(mutated).items():
        if callable(thing) and getattr(thing, "__module__", "") == module.__name__:
            monkeypatch.setattr(module, name, thing)
    for table, entry in ((rules.CONSTRAIN, "constrain"), (rules.COST, "cost")):
        if mutant.rule in table:
            monkeypatch.setitem(table, mutant.rule, getattr(mutated, entry))  # type: ignore[arg-type]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_witness_notices_what_a_rule_has_lost(mutant: Mutant, put_in_place: Callable[[Mutant], None]) -> None:
    witnesses = [witness for witness in WITNESSES.values() if witness.subject == mutant.rule]
    optima = [optimum(witness.name) for witness in witnesses]
    assert None not in optima

    put_in_place(mutant)

    assert any(value(witness, MUTANTS_SECONDS) != best for witness, best in zip(witnesses, optima, strict=True))
