"""Open shifts: the places a volunteer could take, what keeps them from others, and where they wait."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from roster.models import (
    KEEPS_PLACE,
    Assignment,
    AssignmentState,
    Claim,
    ClaimState,
    Period,
    Person,
    Roster,
    Shift,
    Site,
    Team,
    TeamMember,
    Unit,
)
from roster.planning import scope, snapshot, staffing
from roster.planning.scope import LONGEST
from roster.planning.staffing import Refusal
from roster.queries import questions
from roster.queries.publications import Place
from roster.queries.turns import place_of
from roster.wanted import Wanted, still_wanted


@dataclass(frozen=True, slots=True)
class OpenShift:
    """A shift where somebody is still `wanted`, places kept for others aside, or a full one to wait for.

    `unit`: whose site it is at. `refusals`: what keeps the reader from it. `claim_id`, `claim`: the reader's open
    claim, `position` in the list; `waiting`: how many wait in all. `only_not_free`: the reader could come if they said
    so, being merely not free.
    """

    place: Place
    unit: Unit
    address: str
    programme: str
    wanted: Wanted
    refusals: tuple[Refusal, ...]
    claim_id: int | None = None
    claim: ClaimState | None = None
    position: int = 0
    waiting: int = 0

    @property
    def is_full(self) -> bool:
        return not any(self.wanted)

    @property
    def only_not_free(self) -> bool:
        return bool(self.refusals) and all(one.rule == "availability" for one in self.refusals)


def open_shifts(session: Session, person: Person, *, now: datetime) -> Sequence[OpenShift]:
    """The published shifts to come that the person belongs to and is not on, in time order.

    Those with a place left, and full ones that the person could take or waits for already.
    """
    groups = _groups(session, person)
    found: list[OpenShift] = []
    for roster in _rosters_around(session, groups, now):
        shifts = [shift for shift in _to_come(session, roster, now) if groups & set(snapshot.pool_of(shift))]
        found += _open_in(session, roster, shifts, person, now)
    return sorted(found, key=lambda one: (one.place.starts, one.place.site_name, one.place.shift_id))


def _groups(session: Session, person: Person) -> set[str]:
    """The person's groups, as demand names them: units from the home upwards, teams, and the teams' units."""
    rows = session.execute(
        select(Team.id, Unit.path).join(TeamMember.team).join(Team.unit).where(TeamMember.person_id == person.id)
    ).all()
    units = {*person.unit.line, *(int(part) for _, path in rows for part in path.split("/") if part)}
    return {f"unit:{unit_id}" for unit_id in units} | {f"team:{team_id}" for team_id, _ in rows}


def _rosters_around(session: Session, groups: set[str], now: datetime) -> Sequence[Roster]:
    """The published rosters of the person's units whose period is not over."""
    units = [int(group.partition(":")[2]) for group in groups if group.startswith("unit:")]
    today = now.date() - timedelta(days=1)
    query = select(Roster).join(Roster.period).where(Period.unit_id.in_(units), Roster.published_number > 0)
    rosters = session.scalars(query.where(Period.first_day > today - timedelta(days=LONGEST)).order_by(Roster.id))
    return [one for one in rosters if one.period.first_day + timedelta(days=one.period.days) >= today]


def _to_come(session: Session, roster: Roster, now: datetime) -> Sequence[Shift]:
    query: Select[Shift] = scope.open_shifts_in(scope.of(roster.period)).where(Shift.starts_at > now)
    loading = (joinedload(Shift.site).joinedload(Site.unit), joinedload(Shift.programme))
    return session.scalars(query.options(*loading)).unique().all()


def _open_in(
    session: Session, roster: Roster, shifts: Sequence[Shift], person: Person, now: datetime
) -> Iterable[OpenShift]:
    ids = [shift.id for shift in shifts]
    serving = _counts(session, select(Assignment.shift_id).where(Assignment.state == AssignmentState.ACTIVE), ids)
    held = _counts(session, select(Claim.shift_id).where(KEEPS_PLACE), ids)
    waiting = _counts(session, select(Claim.shift_id).where(Claim.state == ClaimState.WAITING), ids)
    mine = _claims_of(session, person, ids)
    positions = questions.positions(session, [claim.shift_id for claim in mine.values()])
    about = staffing.of_published(session, roster, ids, [person.id], now=now)
    if not about.knows(person.id):
        return
    for shift in shifts:
        claim, taken = mine.get(shift.id), serving.get(shift.id, 0) + held.get(shift.id, 0)
        wanted = still_wanted(taken, shift.minimum, shift.target)
        places = sum(wanted)
        refusals = tuple(about.refusals(person.id, shift.id, overriding_pin=False))
        if places and (kept := about.keeps(shift.id, person.id, places)):
            refusals = (*refusals, kept)
        if not places:
            refusals = tuple(one for one in refusals if one.rule != "capacity")
        if about.is_on(person.id, shift.id) or (not places and refusals and claim is None):
            continue
        yield OpenShift(
            place=place_of(shift),
            unit=shift.site.unit,
            address=shift.site.address,
            programme=shift.programme.name,
            wanted=wanted,
            refusals=refusals,
            claim_id=claim.id if claim else None,
            claim=claim.state if claim else None,
            position=positions.get(claim.id, 0) if claim else 0,
            waiting=waiting.get(shift.id, 0),
        )


def _counts(session: Session, rows: Select[int], shift_ids: Sequence[int]) -> dict[int, int]:
    column = rows.selected_columns[0]
    counted = rows.where(column.in_(shift_ids)).add_columns(func.count()).group_by(column)
    return dict(session.execute(counted).all())


def _claims_of(session: Session, person: Person, shift_ids: Sequence[int]) -> dict[int, Claim]:
    open_ones = (ClaimState.WAITING, ClaimState.OFFERED, ClaimState.ASKED)
    mine = (Claim.person_id == person.id, Claim.shift_id.in_(shift_ids), Claim.state.in_(open_ones))
    return {claim.shift_id: claim for claim in session.scalars(select(Claim).where(*mine))}
