"""A published week to change: one unit, a Monday and a Tuesday shift, people with accounts of their own."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.models import Account, Assignment, Message, MessageKind, Person, Role, RoleKind, Shift, TurnRules
from roster.services import rosters, shifts
from roster.services.demand import Demand
from roster.services.shifts import ShiftDetails
from tests.builders import MONDAY, a_coordinator, a_person, a_roster, a_shift, a_site, a_unit, an_account, local

NOW = local(MONDAY - timedelta(days=3), "09:00")
LATER = NOW + timedelta(hours=1)
TOO_LATE = local(MONDAY, "06:00")


class PublishedWeek:
    """Lan serves on Monday morning (two wanted), Hà on Tuesday morning (one wanted); Minh has no turn yet."""

    def __init__(self, session: Session, *, monday: date = MONDAY, published_at: datetime = NOW) -> None:
        self.session = session
        self.unit = a_unit(session)
        self.roster = a_roster(session, self.unit, first_day=monday)
        self.by = a_coordinator(session, self.unit)
        self.site = a_site(session, self.unit)
        self.monday = a_shift(session, self.site, day=monday, minimum=2, maximum=2)
        self.tuesday = a_shift(session, self.site, self.monday.programme, day=monday + timedelta(days=1))
        self.lan, self.ha, self.minh = (
            self.somebody(name) for name in ("Nguyễn Thị Lan", "Trần Thị Hà", "Lê Quang Minh")
        )
        self.publish((self.monday, self.lan), (self.tuesday, self.ha), now=published_at)

    def somebody(self, name: str = "Phạm Thuỷ", **columns: object) -> Person:
        """A volunteer of the unit with an account."""
        person = a_person(self.session, self.unit, name, **columns)
        an_account(self.session, Role(kind=RoleKind.VOLUNTEER, unit=self.unit), person=person)
        return person

    def publish(self, *turns: tuple[Shift, Person], now: datetime = NOW) -> None:
        for shift, person in turns:
            seen = self.roster.revision
            rosters.add(self.session, self.roster.id, shift.id, person.id, revision_seen=seen, by=self.by, now=now)
        rosters.publish(self.session, self.roster.id, revision_seen=self.roster.revision, by=self.by, now=now)
        self.session.flush()

    def move(self, shift: Shift, *, days: int = 2, now: datetime) -> None:
        """Have the shift so many days later, at the same hours."""
        zone = self.unit.zone
        starts, ends = shift.starts_at.astimezone(zone), shift.ends_at.astimezone(zone)
        day, demand = starts.date() + timedelta(days=days), Demand(minimum=shift.minimum, target=shift.target)
        details = ShiftDetails(shift.programme_id, day, starts.time(), ends.time(), shift.note, demand)
        shifts.change(self.session, shift.id, details, by=self.by, now=now)

    def rules(self, **columns: object) -> None:
        """What the unit lets volunteers do by themselves."""
        values = {"withdraw_hours": 24, "answer_hours": 12, "claims_agreed": False, "swaps_agreed": False}
        self.session.add(TurnRules(unit_id=self.unit.id, **(values | columns)))
        self.session.flush()

    def account(self, person: Person) -> Account:
        return self.session.scalars(select(Account).filter_by(person_id=person.id)).one()

    def turn(self, shift: Shift, person: Person) -> Assignment:
        mine = {"shift_id": shift.id, "person_id": person.id}
        return self.session.scalars(select(Assignment).filter_by(**mine)).one()

    def told(self, person: Person) -> list[MessageKind]:
        """What the person was told, in order."""
        self.session.flush()
        rows = select(Message.kind).where(Message.person_id == person.id).order_by(Message.id)
        return [kind for kind in self.session.scalars(rows) if kind is not MessageKind.PUBLISHED]

    def told_coordinator(self) -> list[MessageKind]:
        self.session.flush()
        rows = select(Message.kind).where(Message.account_id == self.by.id).order_by(Message.id)
        return list(self.session.scalars(rows))
