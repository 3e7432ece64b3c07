"""Who did not confirm in time, as coordinators read it: many of one evening are one matter, not one each."""

from collections.abc import Sequence
from itertools import groupby

from roster.letters.desk import Desk
from roster.letters.parts import Action, Line, Part
from roster.models import Message, MessageKind


def parts_of(desk: Desk, messages: Sequence[Message]) -> list[Part]:
    """At most two: those who keep the place, whom to ask, and those whose place is open again."""
    late = [message for message in messages if message.kind is MessageKind.UNCONFIRMED]
    groups = [[message for message in late if bool(message.facts.get("opened")) is opened] for opened in (False, True)]
    return [_part(desk, group) for group in groups if group]


def _part(desk: Desk, messages: Sequence[Message]) -> Part:
    opened = bool(messages[0].facts.get("opened"))
    if len(messages) == 1:
        heading, words = _of_one(desk, desk.person_name(messages[0].facts["person_id"]), opened)
        button = desk.page(messages[0], desk.gettext("Open the page"))
    else:
        heading, words = _of_many(desk, len(messages), opened)
        button = [Action(desk.gettext("Open the page"), desk.address("/attention"), main=True)]
    return Part(heading, sentences=[words], lines=_lines(desk, messages), actions=button)


def _of_one(desk: Desk, name: str, opened: bool) -> tuple[str, str]:
    if opened:
        heading = desk.gettext("Taken off, not having confirmed: %(name)s", name=name)
        return heading, desk.gettext("%(name)s did not confirm in time. The place is open again.", name=name)
    words = desk.gettext("%(name)s has not confirmed yet. Ask, or look for somebody else.", name=name)
    return desk.gettext("Not confirmed: %(name)s", name=name), words


def _of_many(desk: Desk, people: int, opened: bool) -> tuple[str, str]:
    if opened:
        heading = desk.ngettext(
            "%(num)d person taken off, not having confirmed", "%(num)d people taken off, not having confirmed", people
        )
        return heading, desk.gettext("Their places are open again.")
    heading = desk.ngettext("%(num)d person has not confirmed", "%(num)d people have not confirmed", people)
    return heading, desk.gettext("Ask them, or look for somebody else.")


def _lines(desk: Desk, messages: Sequence[Message]) -> list[Line]:
    """Each shift once, with the names where the heading has none."""

    def shift_id(message: Message) -> int:
        return int(message.facts["shift_id"])

    lines = []
    for id, group in groupby(sorted(messages, key=shift_id), key=shift_id):
        shift = desk.shift(id)
        names = ", ".join(desk.person_name(message.facts["person_id"]) for message in group)
        lines.append((shift.starts_at, Line(desk.when(shift), desk.where(shift), note=names if messages[1:] else "")))
    return [line for _starts, line in sorted(lines, key=lambda one: one[0])]
