"""The audit trail: who changed what, when, for administrators."""

from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime
from flask_babel import lazy_gettext as _

from roster import access
from roster.extensions import db
from roster.queries import audit as queries
from roster.web.paging import page_links
from roster.web.sessions import current_account

bp = Blueprint("audit", __name__, url_prefix="/audit")

# What each action of `services/` is called; an architecture test finds those without words.
ACTIONS: dict[str, Any] = {
    "account.change_password": _("changed the password of"),
    "account.rename": _("changed the name of"),
    "account.change_reach": _("changed the phone number or e-mail address of"),
    "assignment.confirm": _("confirmed a turn"),
    "attendance.count": _("counted who came to"),
    "attendance.answer": _("left noted as missing, having looked again:"),
    "attendance.came": _("noted as there after all:"),
    "attendance.missed": _("noted as missing:"),
    "attendance.object": _("was there though noted as missing, in their own words:"),
    "availability.exception": _("noted an exception to the usual week of"),
    "availability.exception_dropped": _("dropped an exception to the usual week of"),
    "availability.limits": _("changed the limits of"),
    "availability.week": _("changed the usual week of"),
    "claim.ask": _("asked for a place on"),
    "claim.let_go": _("gave up waiting for a place on"),
    "claim.refuse": _("refused somebody a place on"),
    "claim.wait": _("went on the waiting list of"),
    "confirm.rules": _("changed by when shifts must be confirmed in"),
    "contact.choose": _("chose how to be told:"),
    "cover.accept": _("offered to stand in on"),
    "cover.ask": _("asked people to stand in on"),
    "cover.decline": _("cannot stand in on"),
    "cover.refuse": _("refused a stand-in on"),
    "consent.ask": _("made a link for the guardian of"),
    "consent.give": _("noted a consent for"),
    "consent.withdraw": _("noted a consent taken back for"),
    "device.off": _("stopped notices on a device of"),
    "device.on": _("asked for notices on a device of"),
    "door.close": _("closed the poster's door of"),
    "door.enter": _("came in by the poster:"),
    "door.open": _("opened a poster's door for"),
    "feed.create": _("made a calendar address"),
    "feed.revoke": _("ended a calendar address"),
    "holiday.add": _("added a special day"),
    "holiday.drop": _("dropped a special day"),
    "holiday.keep": _("kept the shifts of a late holiday"),
    "holiday.propose": _("had the holidays proposed for"),
    "import.cancel": _("stopped bringing in a list of people"),
    "import.confirm": _("brought in a list of people"),
    "link.invitation": _("made an invitation for"),
    "link.password": _("made a password link for"),
    "link.use": _("set a password by link:"),
    "message.again": _("had a message sent again to"),
    "pattern.change": _("changed a demand pattern"),
    "pattern.create": _("added a demand pattern"),
    "pattern.end": _("ended a demand pattern"),
    "period.open": _("opened a week for planning"),
    "person.activate": _("took back into planning"),
    "person.change": _("changed the details of"),
    "person.create": _("added the person"),
    "person.deactivate": _("took out of planning"),
    "person.erase": _("erased"),
    "person.shares_name": _("changed who sees the name of"),
    "programme.change": _("changed a programme"),
    "programme.create": _("added a programme"),
    "qualification.change": _("renamed a qualification"),
    "qualification.create": _("added a qualification"),
    "qualification.grant": _("granted a qualification to"),
    "qualification.withdraw": _("withdrew a qualification from"),
    "role.grant": _("gave a role to"),
    "role.revoke": _("took a role from"),
    "roster.add": _("put somebody on a shift of"),
    "roster.agree": _("noted that somebody agreed to serve on a shift of"),
    "roster.copy": _("copied another week into"),
    "roster.hand_over": _("moved shifts into or out of"),
    "roster.move": _("moved somebody to another shift of"),
    "roster.pin": _("pinned somebody in"),
    "roster.plan": _("had the solver plan anew"),
    "roster.publish": _("published a roster"),
    "roster.redo": _("did again a step of"),
    "roster.remedy": _("filled a short place of"),
    "roster.remove": _("took somebody off a shift of"),
    "roster.take_back": _("took back what somebody had agreed to in"),
    "roster.undo": _("took back a step of"),
    "roster.unpin": _("unpinned somebody in"),
    "round.answer": _("said when they can come:"),
    "round.ask": _("asked everybody when they can come for"),
    "round.remind": _("reminded those who had not answered for"),
    "run.cancel": _("cancelled a planning run"),
    "run.start": _("started a planning run"),
    "shift.cancel": _("cancelled a shift"),
    "shift.change": _("changed a shift"),
    "shift.create": _("added a shift"),
    "shift.restore": _("restored a shift"),
    "site.change": _("changed the site"),
    "site.create": _("added the site"),
    "swap.agree": _("agreed to a swap of"),
    "swap.decline": _("declined a swap of"),
    "swap.propose": _("proposed a swap of"),
    "swap.refuse": _("refused a swap of"),
    "swap.take_back": _("took back a swap of"),
    "team.add_member": _("added a member to"),
    "team.add_members": _("added members to"),
    "team.create": _("added the team"),
    "team.remove_member": _("removed a member from"),
    "team.rename": _("renamed the team"),
    "team.set_lead": _("changed who leads"),
    "timetable.add": _("added a timetable of"),
    "timetable.change": _("changed a timetable of"),
    "timetable.drop": _("dropped a timetable of"),
    "turn.leave": _("changed who serves: somebody left"),
    "turn.take": _("changed who serves: somebody came,"),
    "turn_rules.change": _("changed what volunteers may do in"),
    "unit.change": _("changed the unit"),
    "unit.create": _("added the unit"),
    "unit.found": _("founded the unit"),
    "withdrawal.ask": _("asked to be let off"),
    "withdrawal.refuse": _("did not let somebody off"),
    "withdrawal.take_back": _("can come after all to"),
}
# What the facts beside an action are called; others are shown by the name they are kept under.
FACTS: dict[str, Any] = {
    "added": _("Added"),
    "after": _("After"),
    "answer_hours": _("Hours to answer"),
    "asked": _("People asked"),
    "before": _("Before"),
    "claims_agreed": _("Places need consent"),
    "code": _("Code"),
    "email_changed": _("Other e-mail address"),
    "kind": _("Kind"),
    "login_changed": _("Signs in otherwise now"),
    "name": _("Name"),
    "number": _("Publication"),
    "person": _("Person"),
    "phone_changed": _("Other phone number"),
    "reason": _("Reason"),
    "removed": _("Removed"),
    "revision": _("State of the draft"),
    "rule": _("Rule"),
    "run_id": _("Planning run"),
    "shift": _("Shift"),
    "shifts": _("Shifts"),
    "site": _("Site"),
    "swaps_agreed": _("Swaps need consent"),
    "way": _("Way"),
    "withdraw_hours": _("Hours to leave"),
}


@bp.get("/")
def index() -> ResponseReturnValue:
    account = current_account()
    access.require_some_administrator(account)
    listed = queries.audit_list(db.session, account, page=request.args.get("page", 1, type=int))
    return render_template(
        "audit/index.html",
        rows=listed.rows,
        actions=ACTIONS,
        facts=FACTS,
        in_words=_in_words,
        pages=page_links(listed.page, queries.PAGE_SIZE, listed.total),
    )


def _in_words(value: object) -> str:
    """A fact as people read it: moments, kept in ISO 8601, by the reader's clock."""
    if isinstance(value, list):
        return " – ".join(_in_words(one) for one in value)
    try:
        return str(format_datetime(datetime.fromisoformat(str(value)), "short")) if "T" in str(value) else str(value)
    except ValueError:
        return str(value)
