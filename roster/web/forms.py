"""Forms: what was typed stays typed, and what is wrong is said beside its field.

A view gives `submitted` the one service call of its form. If the service refuses a field, the view draws its page
again with the form: values as typed, words per field (templates/components/inputs.html shows them). Every other
refusal goes on to `web/errors.py`. Checking is the service's, because imports bring the same values.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from flask import request

from roster.errors import AlreadyExists, EndsBeforeStart, FieldError, NoOccurrence, RosterError
from roster.extensions import db
from roster.web.errors import words_of

Result = TypeVar("Result")

# Where a refusal belongs that has no `field` among its facts.
FIELDS: dict[type[RosterError], str] = {EndsBeforeStart: "ends", NoOccurrence: "rule"}
# A password is typed again rather than sent back.
SECRETS = frozenset({"csrf_token", "password", "old", "new", "repeated"})


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What somebody else did to a field while its form was open: what stood there, what stands there now.

    `yours`: the reader typed something there as well, and it is theirs that the form shows.
    """

    was: str | Sequence[str]
    now: str | Sequence[str]
    yours: bool


@dataclass(frozen=True, slots=True)
class Form:
    """What a form shows: its values by field name, the words about those that were refused, and those that somebody
    else has changed (`web/meanwhile.py`).
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    meanwhile: Mapping[str, Meanwhile] = field(default_factory=dict)

    def value(self, name: str) -> Any:
        return self.values.get(name, "")

    def error(self, name: str) -> str:
        return self.errors.get(name, "")


@dataclass(frozen=True, slots=True)
class Submission(Generic[Result]):
    """How a form fared: a result, or None and the form to draw again."""

    result: Result | None
    form: Form

    @property
    def status(self) -> int:
        """What a form that comes back is answered with."""
        return 409 if self.form.meanwhile else 422


def submitted(action: Callable[[], Result], *also: type[RosterError]) -> Submission[Result]:
    """Call the service; a refused field ends the transaction and comes back with what was typed.

    `also`: refusals of the whole that are told above the form, so that its ticks are not lost.
    """
    told_here: tuple[type[RosterError], ...] = (FieldError, AlreadyExists, EndsBeforeStart, NoOccurrence, *also)
    try:
        return Submission(action(), Form(typed()))
    except told_here as refusal:
        db.session.rollback()
        others = refusal.others if isinstance(refusal, FieldError) else ()
        return Submission(None, Form(typed(), {_field(one): words_of(one) for one in (refusal, *others)}))


def _field(refusal: RosterError) -> str:
    return str(refusal.facts.get("field") or FIELDS.get(type(refusal), ""))


def typed() -> dict[str, Any]:
    """The form as sent, without its secrets. A field sent more than once is a list."""
    sent = {name: values if len(values) > 1 else values[0] for name, values in request.form.lists()}
    return {name: value for name, value in sent.items() if name not in SECRETS}
