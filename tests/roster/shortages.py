"""A week with one short place, for the tests of its cause and of what fills it."""

from datetime import timedelta

from sqlalchemy.orm import Session

from roster.models import Account, DraftAssignment, Half, Level, Person, Roster, Shift
from tests.builders import (
    MONDAY,
    a_coordinator,
    a_person,
    a_programme,
    a_roster,
    a_shift,
    a_site,
    a_unit,
    local,
)

NOW = local(MONDAY - timedelta(days=3), "09:00")
MORNINGS = {(weekday, Half.MORNING): Level.AVAILABLE for weekday in range(7)}


class Week:
    """Two mornings at one desk, each for one person. An serves on the first; her limit of one turn keeps her there.

    Bình is free in no morning. So the second morning is short, and the two shifts draw on An alone.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        root = a_unit(session, "Tỉnh đoàn Bình Định")
        self.unit = a_unit(session, "Đoàn Trường Đại học Quy Nhơn", parent=root)
        self.neighbours = a_unit(session, "Xã đoàn Hoài Tân", parent=root)
        self.site, self.programme = a_site(session, self.unit), a_programme(session, self.unit)
        self.an = self.person("Trần Văn An", max_turns=1)
        self.binh = self.person("Lê Thị Bình", free={(0, Half.EVENING): Level.AVAILABLE})
        self.first, self.second = self.shift(MONDAY), self.shift(MONDAY + timedelta(days=1))
        self.by: Account = a_coordinator(session, root)
        self.roster: Roster = a_roster(session, root)
        self.serves(self.an, self.first)

    def person(self, name: str, **columns: object) -> Person:
        return a_person(self.session, **{"unit": self.unit, "full_name": name, "free": MORNINGS, **columns})

    def shift(self, day, **columns: object) -> Shift:
        return a_shift(self.session, self.site, self.programme, day=day, **columns)

    def serves(self, person: Person, shift: Shift) -> None:
        self.session.add(DraftAssignment(roster_id=self.roster.id, shift_id=shift.id, person_id=person.id))
        self.session.flush()
