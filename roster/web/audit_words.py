"""The audit trail in words: what was done, and the facts beside it as their reader would say them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import format_date, format_datetime
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from roster.models import ConsentKind, FeedKind
from roster.queries.audit import AuditRow
from roster.services.turns import Way
from roster.web import roster_words, wording

# What each action of `services/` is called; an architecture test finds those without words.
ACTIONS: dict[str, Any] = {
    "account.change_password": _l("changed the password of"),
    "account.rename": _l("changed the name of"),
    "account.change_reach": _l("changed the phone number or e-mail address of"),
    "assignment.confirm": _l("confirmed a turn"),
    "attendance.count": _l("counted who came to"),
    "attendance.answer": _l("left noted as missing, having looked again:"),
    "attendance.came": _l("noted as there after all:"),
    "attendance.missed": _l("noted as missing:"),
    "attendance.object": _l("was there though noted as missing, in their own words:"),
    "availability.exception": _l("noted an exception to the usual week of"),
    "availability.exception_dropped": _l("dropped an exception to the usual week of"),
    "availability.limits": _l("changed the limits of"),
    "availability.week": _l("changed the usual week of"),
    "claim.ask": _l("asked for a place on"),
    "claim.let_go": _l("gave up waiting for a place on"),
    "claim.refuse": _l("refused somebody a place on"),
    "claim.wait": _l("went on the waiting list of"),
    "confirm.rules": _l("changed by when shifts must be confirmed in"),
    "contact.choose": _l("chose how to be told:"),
    "cover.accept": _l("offered to stand in on"),
    "cover.ask": _l("asked people to stand in on"),
    "cover.decline": _l("cannot stand in on"),
    "cover.refuse": _l("refused a stand-in on"),
    "consent.ask": _l("made a link for the guardian of"),
    "consent.give": _l("noted a consent for"),
    "consent.refuse": _l("noted that consent was refused for"),
    "consent.withdraw": _l("noted a consent taken back for"),
    "device.off": _l("stopped notices on a device of"),
    "device.on": _l("asked for notices on a device of"),
    "door.close": _l("closed the poster's door of"),
    "door.enter": _l("came in by the poster:"),
    "door.open": _l("opened a poster's door for"),
    "feed.create": _l("made a calendar address"),
    "feed.revoke": _l("ended a calendar address"),
    "holiday.add": _l("added a special day"),
    "holiday.drop": _l("dropped a special day"),
    "holiday.keep": _l("kept the shifts of a late holiday"),
    "holiday.propose": _l("had the holidays proposed for"),
    "import.cancel": _l("stopped bringing in a list of people"),
    "import.confirm": _l("brought in a list of people"),
    "link.invitation": _l("made an invitation for"),
    "link.password": _l("made a password link for"),
    "link.use": _l("set a password by link:"),
    "message.again": _l("had a message sent again to"),
    "pattern.change": _l("changed a demand pattern"),
    "pattern.create": _l("added a demand pattern"),
    "pattern.end": _l("ended a demand pattern"),
    "period.open": _l("opened a week for planning"),
    "person.activate": _l("took back into planning"),
    "person.change": _l("changed the details of"),
    "person.create": _l("added the person"),
    "person.deactivate": _l("took out of planning"),
    "person.erase": _l("erased"),
    "person.shares_name": _l("changed who sees the name of"),
    "programme.change": _l("changed a programme"),
    "programme.create": _l("added a programme"),
    "qualification.change": _l("renamed a qualification"),
    "qualification.create": _l("added a qualification"),
    "qualification.grant": _l("granted a qualification to"),
    "qualification.withdraw": _l("withdrew a qualification from"),
    "role.grant": _l("gave a role to"),
    "role.revoke": _l("took a role from"),
    "roster.add": _l("put somebody on a shift of"),
    "roster.agree": _l("noted that somebody agreed to serve on a shift of"),
    "roster.copy": _l("copied another week into"),
    "roster.hand_over": _l("moved shifts into or out of"),
    "roster.move": _l("moved somebody to another shift of"),
    "roster.pin": _l("pinned somebody in"),
    "roster.plan": _l("had the solver plan anew"),
    "roster.publish": _l("published a roster"),
    "roster.redo": _l("did again a step of"),
    "roster.remedy": _l("filled a short place of"),
    "roster.remove": _l("took somebody off a shift of"),
    "roster.take_back": _l("took back what somebody had agreed to in"),
    "roster.undo": _l("took back a step of"),
    "roster.unpin": _l("unpinned somebody in"),
    "round.answer": _l("said when they can come:"),
    "round.ask": _l("asked everybody when they can come for"),
    "round.remind": _l("reminded those who had not answered for"),
    "run.cancel": _l("cancelled a planning run"),
    "run.start": _l("started a planning run"),
    "shift.cancel": _l("cancelled a shift"),
    "shift.change": _l("changed a shift"),
    "shift.create": _l("added a shift"),
    "shift.restore": _l("restored a shift"),
    "site.change": _l("changed the site"),
    "site.create": _l("added the site"),
    "swap.agree": _l("agreed to a swap of"),
    "swap.decline": _l("declined a swap of"),
    "swap.propose": _l("proposed a swap of"),
    "swap.refuse": _l("refused a swap of"),
    "swap.take_back": _l("took back a swap of"),
    "team.add_member": _l("added a member to"),
    "team.add_members": _l("added members to"),
    "team.create": _l("added the team"),
    "team.remove_member": _l("removed a member from"),
    "team.rename": _l("renamed the team"),
    "team.set_lead": _l("changed who leads"),
    "timetable.add": _l("added a timetable of"),
    "timetable.change": _l("changed a timetable of"),
    "timetable.drop": _l("dropped a timetable of"),
    "turn.leave": _l("changed who serves: somebody left"),
    "turn.take": _l("changed who serves: somebody came,"),
    "turn_rules.change": _l("changed what volunteers may do in"),
    "unit.change": _l("changed the unit"),
    "unit.create": _l("added the unit"),
    "unit.found": _l("founded the unit"),
    "withdrawal.ask": _l("asked to be let off"),
    "withdrawal.refuse": _l("did not let somebody off"),
    "withdrawal.take_back": _l("can come after all to"),
}
FACTS: dict[str, Any] = {
    "added": _l("Added"),
    "after": _l("After"),
    "answer_hours": _l("Hours to answer"),
    "asked": _l("People asked"),
    "before": _l("Before"),
    "came": _l("People who came"),
    "claims_agreed": _l("Places need consent"),
    "code": _l("Code"),
    "copied": _l("Copied"),
    "day": _l("Day"),
    "email_changed": _l("Other e-mail address"),
    "first_day": _l("First day"),
    "from_shift": _l("From"),
    "hours": _l("Hours"),
    "kind": _l("Kind"),
    "leads": _l("Leads the team"),
    "left": _l("Left out"),
    "login_changed": _l("Signs in otherwise now"),
    "name": _l("Name"),
    "number": _l("Publication"),
    "opens": _l("Opens by itself"),
    "other": _l("With"),
    "people": _l("People"),
    "person": _l("Person"),
    "phone_changed": _l("Other phone number"),
    "reason": _l("Reason"),
    "removed": _l("Removed"),
    "rule": _l("Rule"),
    "shares": _l("Given name shown"),
    "shift": _l("Shift"),
    "shifts": _l("Shifts"),
    "site": _l("Site"),
    "step": _l("Step"),
    "swaps_agreed": _l("Swaps need consent"),
    "target": _l("Of"),
    "wanted_shift": _l("For the shift"),
    "way": _l("Way"),
    "withdraw_hours": _l("Hours to leave"),
}

"""What the facts beside an action are called. Numbers by which only the service knows something are left out."""
INTERNAL = frozenset({"from_roster_id", "revision", "round_id", "run_id"})
WAYS: Mapping[str, Any] = {
    Way.WITHDRAWN: _l("Could not come"),
    Way.CLAIMED: _l("Took an open place"),
    Way.PROMOTED: _l("From the waiting list"),
    Way.COVERED: _l("A stand-in"),
    Way.SWAPPED: _l("A swap"),
    Way.REPAIRED: _l("A repair"),
    Way.REARRANGED: _l("Turns rearranged"),
    Way.UNCONFIRMED: _l("Not confirmed in time"),
    Way.FORGOTTEN: _l("Asked to be forgotten"),
    Way.ELSEWHERE: _l("Other plans by now"),
    Way.BY_HAND: _l("By hand"),
}
KINDS: Mapping[str, Any] = {
    **{str(kind): words for kind, words in (wording.ROLE_KINDS | wording.DAY_KINDS).items()},
    ConsentKind.OWN: _l("Their own"),
    ConsentKind.GUARDIAN: _l("Their guardian's"),
    FeedKind.VOLUNTEER: _l("Volunteer"),
    FeedKind.SITE: _l("Site"),
    FeedKind.TEAM: _l("Team"),
    FeedKind.UNIT: _l("Unit"),
}
WORDS: Mapping[str, Mapping[str, Any]] = {
    "kind": KINDS,
    "rule": roster_words.RULES,
    "step": {**ACTIONS, **roster_words.CHANGES},
    "way": WAYS,
}
"""Facts that are one of a few codes."""


def details(row: AuditRow) -> list[tuple[str, str]]:
    """The facts of one change, each with its name."""
    return [(str(FACTS.get(name, name)), _said(name, value)) for name, value in row.facts if name not in INTERNAL]


def _said(name: str, value: object) -> str:
    """A fact as people read it: moments, kept in ISO 8601, by the reader's clock."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return " – ".join(_said(name, one) for one in value)
    text = str(value)
    if text in WORDS.get(name, {}):
        return str(WORDS[name][text])
    try:
        if "T" in text:
            return str(format_datetime(datetime.fromisoformat(text), "short"))
        return str(format_date(date.fromisoformat(text), "short")) if len(text) == len("2026-11-23") else text
    except ValueError:
        return text
