"""Remedies: filling a short place in one step with what the solver found, and taking an agreement back.

What is chosen is looked for anew among the remedies of this moment, so nothing is done that the referee has not just
tried. Whoever was asked and said yes is noted in an agreement of this week; their own limits and times stay theirs.
All of it, turns and what had to be arranged for them, is one step of the draft, and goes back as one.
Nobody is trained by a click: that is recorded only for somebody who says so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.errors import FieldError, NotFound, RemedyGone, RuleBroken
from roster.models import Account, Agreement, AgreementKind, PinState, Qualification, Roster, Shift
from roster.planning import drafts, shortages, snapshot, staffing
from roster.planning.difference import Turn
from roster.planning.drafts import Change
from roster.planning.shortages import Finding, Repair
from roster.planning.snapshot import person_key, row_id
from roster.services import arrangements, rosters
from roster.services.arrangements import Arrangement


@dataclass(frozen=True, slots=True)
class Choice:
    """A remedy as somebody picked it: its kind and detail, and whom of its alternatives, if it has any.

    `trained`: whoever picked it says that the person has been trained; without it nobody is.
    """

    kind: str
    detail: str = ""
    person_id: int | None = None
    trained: bool = False


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of the place: people on it, and how many it wants at least."""

    kind: str
    assigned: int
    minimum: int


@dataclass(frozen=True, slots=True)
class _Picked:
    """The remedy found for a choice. `person`: the one chosen; None where all of its people come together."""

    finding: Finding
    repair: Repair
    person: str | None

    @property
    def coming(self) -> list[str]:
        """Everybody who is put on the shift."""
        if self.repair.facts.get("on_shift"):
            return []
        first = list(shortages.people_of(self.repair)) if self.person is None else [self.person]
        return [*first, *self.repair.facts.get("together", ())]

    @property
    def one(self) -> int:
        """The id of the person chosen, where one has to be."""
        assert self.person is not None
        return row_id(self.person)


def apply(
    session: Session, roster_id: int, shift_id: int, choice: Choice, *, revision_seen: int, by: Account, now: datetime
) -> Applied:
    """Do what fills the place: note what was agreed, and put people on the shift, pinned, as one step of the draft.

    Raises NotFound, NotAllowed, Stale; RemedyGone if this is no remedy any more; RuleBroken; FieldError (`trained`).
    """
    roster = rosters.to_change(session, roster_id, revision_seen, by)
    picked = _pick(session, roster, shift_id, choice, now)
    shift = session.get_one(Shift, shift_id)
    arrange = ARRANGE.get(picked.repair.kind)
    arranged = [arrange(session, roster, shift, picked, choice, now)] if arrange else []
    for one in arranged:
        arrangements.make(session, roster, one, by=by, now=now)
    session.flush()
    change = _change(shift_id, picked)
    _require_no_rule_broken(session, roster, change, now)
    action = "roster.agree" if picked.repair.kind in AGREED else "roster.remedy"
    facts = {"shift_id": shift_id, "person_id": choice.person_id}
    drafts.write(session, roster, change, action, by_id=by.id, now=now, arranged=arranged, **facts)
    return Applied(picked.repair.kind, _assigned(picked, change), shift.minimum)


def take_back(session: Session, agreement_id: int, *, revision_seen: int, by: Account, now: datetime) -> Roster:
    """End an agreement, and take the person off the shift it was for. Raises as `apply`, and NotFound."""
    agreement = session.get(Agreement, agreement_id)
    if agreement is None:
        raise NotFound(what="agreement", id=agreement_id)
    roster = rosters.to_change(session, agreement.roster_id, revision_seen, by)
    shift, turn = agreement.shift, (agreement.shift_id, agreement.person_id)
    if shift.starts_at <= now:
        raise RuleBroken(rule="past", **rosters.turn_facts(session, shift, None))
    there = drafts.drafted(session, roster, [turn])
    ended = arrangements.agreement_ended(agreement)
    arrangements.make(session, roster, ended, by=by, now=now)
    facts = {"shift_id": shift.id, "person_id": agreement.person_id}
    change = Change(removed=there, pins=dict.fromkeys(there))
    drafts.write(session, roster, change, "roster.take_back", by_id=by.id, now=now, arranged=[ended], **facts)
    return roster


def _pick(session: Session, roster: Roster, shift_id: int, choice: Choice, now: datetime) -> _Picked:
    """The remedy of this moment that was chosen. Raises RemedyGone."""
    finding = shortages.of_shift(session, roster, shift_id, now=now)
    person = None if choice.person_id is None else person_key(choice.person_id)
    for repair in finding.shortage.repairs if finding else ():
        same = (repair.kind, shortages.detail_of(repair)) == (choice.kind, choice.detail)
        if finding and same and _comes(repair, person):
            return _Picked(finding, repair, person)
    raise RemedyGone(roster_id=roster.id, shift_id=shift_id)


def _comes(repair: Repair, person: str | None) -> bool:
    """Whether the person is one of its alternatives; nobody is to be named where all come together."""
    return person is None if repair.kind in TOGETHER else person in shortages.people_of(repair)


TOGETHER = frozenset({"add", "move"})
"""Kinds whose people are no alternatives but come all."""
AGREED = frozenset({"raise_limit", "ask", "lend"})
"""Kinds that somebody has to be asked for."""


def _more(
    _session: Session, _roster: Roster, shift: Shift, picked: _Picked, _choice: Choice, _now: datetime
) -> Arrangement:
    facts = picked.repair.facts
    more = facts["to"] - facts["from"]
    return arrangements.agreement(picked.one, shift.id, AgreementKind.MORE, limit=facts["limit"], more=more)


def _hours(
    _session: Session, _roster: Roster, shift: Shift, picked: _Picked, _choice: Choice, _now: datetime
) -> Arrangement:
    hours = {"starts_at": shift.starts_at, "ends_at": shift.ends_at}
    return arrangements.agreement(picked.one, shift.id, AgreementKind.HOURS, **hours)


def _lent(
    _session: Session, _roster: Roster, shift: Shift, picked: _Picked, _choice: Choice, _now: datetime
) -> Arrangement:
    return arrangements.agreement(picked.one, shift.id, AgreementKind.LENT, group=snapshot.pool_of(shift)[0])


def _trained(
    session: Session, roster: Roster, _shift: Shift, picked: _Picked, choice: Choice, now: datetime
) -> Arrangement:
    """A training that has been: somebody has to say that it has."""
    if not choice.trained:
        raise FieldError(field="trained", reason="not_confirmed")
    code = picked.repair.facts["qualification"]
    qualification = session.scalars(select(Qualification.id).where(Qualification.code == code)).one()
    return arrangements.training(session, picked.one, qualification, roster.period.unit.day_of(now))


def _moved(
    _session: Session, _roster: Roster, shift: Shift, picked: _Picked, _choice: Choice, _now: datetime
) -> Arrangement:
    return arrangements.other_hours(shift, shortages.later(picked.repair))


ARRANGE: dict[str, Callable[[Session, Roster, Shift, _Picked, Choice, datetime], Arrangement]] = {
    "raise_limit": _more,
    "ask": _hours,
    "lend": _lent,
    "train": _trained,
    "move": _moved,
}
"""By kind of remedy, what has to be so before anybody is put on the shift; the other kinds only rearrange the draft."""


def _change(shift_id: int, picked: _Picked) -> Change:
    """Who comes and who goes."""
    added: list[Turn] = [(shift_id, row_id(person)) for person in picked.coming]
    removed: list[Turn] = []
    facts = picked.repair.facts
    if picked.repair.kind == "replace":
        removed.append((shift_id, row_id(facts["replaces"])))
    if picked.repair.kind == "swap":
        given = row_id(facts["gives"])
        removed.append((given, row_id(facts["volunteer"])))
        added.append((given, row_id(facts["to"])))
    pins = dict.fromkeys(added, PinState.ASSIGNED) | dict.fromkeys(removed, PinState.FORBIDDEN)
    return Change(added, removed, pins)


def _require_no_rule_broken(session: Session, roster: Roster, change: Change, now: datetime) -> None:
    """Raises RuleBroken about the first rule that the draft would break and does not break now."""
    about = staffing.Staffing(session, roster, snapshot.build(session, roster, now=now))
    for refusal in about.exchange(change.added, change.removed):
        where = session.get_one(Shift, refusal.facts.get("shift_id") or min(change.shifts))
        facts = rosters.turn_facts(session, where, refusal.facts.get("person_id")) | dict(refusal.facts)
        raise RuleBroken(rule=refusal.rule, detail=refusal.detail, also=[], **facts)


def _assigned(picked: _Picked, change: Change) -> int:
    shift = picked.finding.shortage.shift
    before = sum(turn.shift == shift for turn in picked.finding.draft)
    here = row_id(shift)
    return before + sum(turn[0] == here for turn in change.added) - sum(turn[0] == here for turn in change.removed)
