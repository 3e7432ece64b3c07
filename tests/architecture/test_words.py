"""Every refusal and every change on the audit trail has words: what code raises, people can read."""

import ast
from collections.abc import Iterator
from pathlib import Path

from roster import errors
from roster.web.audit_words import ACTIONS
from roster.web.errors import REASONS, REFUSALS

SOURCES = list(Path(errors.__file__).parent.rglob("*.py"))
# Made from the purpose of a link, so that no source holds them whole.
COMPOSED = {"link.invitation", "link.password"}


def test_every_reason_of_a_refused_field_has_words_and_no_words_are_left_over():
    raised = {
        keyword.value.value
        for call in _calls("FieldError")
        for keyword in call.keywords
        if keyword.arg == "reason" and isinstance(keyword.value, ast.Constant)
    }
    # Modules that refuse one field often have a function of their own for it.
    raised |= {
        argument.value
        for call in _calls("_refused")
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }

    assert raised - REASONS.keys() == set(), "Give these reasons words in roster/web/errors.py"
    assert REASONS.keys() - raised == set(), "No code gives these reasons any more"


def test_every_action_on_the_audit_trail_has_words_and_no_words_are_left_over():
    recorded = {
        constant.value
        for source in SOURCES
        if source.parent.name in ("services", "planning")
        for constant in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(constant, ast.Constant) and _is_action(constant.value)
    }

    assert recorded | COMPOSED == ACTIONS.keys(), "Keep ACTIONS in roster/web/audit_words.py in step with the services"


def test_every_refusal_has_words_of_its_own():
    worded_by_their_facts = {errors.FieldError, errors.RuleBroken, errors.Stale}

    wordless = set(_descendants(errors.RosterError)) - REFUSALS.keys() - worded_by_their_facts
    assert wordless == set(), "Give these refusals words in roster/web/errors.py"


def _calls(name: str) -> Iterator[ast.Call]:
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                yield node


def _is_action(value: object) -> bool:
    if not isinstance(value, str):
        return False
    subject, dot, verb = value.partition(".")
    return bool(dot and subject.isidentifier() and verb.isidentifier() and value.islower())


def _descendants(kind: type[errors.RosterError]) -> Iterator[type[errors.RosterError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _descendants(child)
