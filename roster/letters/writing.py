"""Writing a letter: its parts, then its text for mail and chats and its simple HTML."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy.orm import Session

from roster import paths
from roster.letters import senders, words
from roster.letters.desk import Desk
from roster.letters.parts import Action, Part, Written
from roster.models import AnswerPurpose, Letter
from roster.services import contacts
from roster.services.contacts import Reader
from roster.vietnam import names

CHOICES_LAST = timedelta(days=90)


def write(session: Session, letter: Letter, *, base_url: str, now: datetime) -> tuple[Reader, Written | None]:
    """The letter as its reader gets it now, with fresh links; None if nothing is left to say."""
    reader = contacts.reader_of(session, letter)
    desk = Desk(session, reader, now, base_url, letter.id)
    parts = words.parts_of(desk, letter.messages)
    return reader, _written(desk, letter, parts) if parts else None


def _written(desk: Desk, letter: Letter, parts: Sequence[Part]) -> Written:
    """`letter.sent_to` is read by somebody who has no account here: nothing to choose, no page of their own."""
    own = letter.sent_to is None
    sender = senders.sender_of(desk, letter)
    written = Written(
        language=desk.reader.language,
        subject=desk.subject(parts),
        greeting=_greeting(desk),
        parts=parts,
        sender=sender.unit,
        signature=sender.signature,
        footer=sender.reasons,
        choices=_choices(desk) if own else None,
        page=desk.address(f"/inbox/{letter.messages[0].id}") if own else _first_address(desk, parts),
    )
    return replace(
        written,
        text=_drawn("letter.txt", written),
        html=_drawn("letter.html", written),
        brief=_drawn("brief.txt", written),
    )


def _first_address(desk: Desk, parts: Sequence[Part]) -> str:
    return next((action.href for part in parts for action in part.actions), desk.address("/"))


def _greeting(desk: Desk) -> str:
    name = names.given_name(desk.reader.name) if desk.reader.person else desk.reader.name
    return desk.gettext("Hello %(name)s,", name=name) if name else desk.gettext("Hello,")


def _choices(desk: Desk) -> Action | None:
    """A way to say how one wants to be told, without signing in."""
    person = desk.reader.person
    if person is None:
        return Action(desk.gettext("Choose which messages you get"), desk.address("/account/messages"))
    href = desk.link(AnswerPurpose.CHOICES, person.id, until=desk.now + CHOICES_LAST)
    return Action(desk.gettext("Choose which messages you get"), href) if href else None


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(paths.TEMPLATES / "emails"),
        undefined=StrictUndefined,
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )


def _drawn(template: str, written: Written) -> str:
    return _templates().get_template(template).render(letter=written).strip() + "\n"
