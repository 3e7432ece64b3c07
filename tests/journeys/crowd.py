"""More of the small world than one of everything: others who could come, lists with faults, people under eighteen."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from roster.imports import people
from roster.models import (
    Account,
    Assignment,
    AssignmentState,
    Claim,
    ClaimState,
    ConfirmRules,
    Consent,
    ConsentKind,
    DraftAssignment,
    GuardianLink,
    PeopleImport,
    Person,
    Role,
    RoleKind,
    Roster,
    Round,
    RoundAnswer,
    Shift,
    Site,
    Unit,
)
from roster.services import drafts, rosters
from tests import builders

Arguments = Mapping[str, Any]
NAMES = ("Trần Thị Bình", "Lê Văn Cường", "Phạm Thị Dung", "Hoàng Văn Em", "Vũ Thị Giang", "Đặng Văn Hùng", "Bùi Hoa")
FAULTY = """Họ và tên;Số điện thoại;Đơn vị
Trần Văn Đức;0987654321;
Lê Thị Sai Số;0914;
Phạm Văn Xa;0987654322;Chi đoàn không có thật
Tổng cộng;;
"""


def others(session: Session, arguments: Arguments, _now: datetime) -> None:
    """Some could come and one could not; there is a place for each kind of claim, and one shift is short of people."""
    shift = session.get_one(Shift, arguments["shift_id"])
    unit, day = shift.site.unit, shift.starts_at.date()
    known = {"shares_name": True}
    able = [builders.a_person(session, unit, name, phone=f"+8498765430{at}", **known) for at, name in enumerate(NAMES)]
    builders.a_person(session, unit, "Ngô Thị Bận", free={})
    shift.minimum = shift.target = shift.maximum = 3
    taken, asked, free = (
        builders.a_shift(session, shift.site, shift.programme, day=day + timedelta(days=ahead)) for ahead in (1, 2, 3)
    )
    builders.a_shift(session, shift.site, shift.programme, day=day, starts="08:00")  # at the volunteer's own time
    free.minimum = free.target = 2
    session.add(_turn(taken, able[0]))
    session.add(DraftAssignment(roster_id=arguments["roster_id"], shift=taken, person=able[0]))
    claims = ((taken, ClaimState.WAITING), (asked, ClaimState.ASKED))
    session.add_all(
        Claim(shift=one, person_id=arguments["person_id"], state=state, asked_at=shift.changed_at)
        for one, state in claims
    )


def _turn(shift: Shift, person: Person) -> Assignment:
    known = {"uid": f"turn-{person.id}", "sequence": 0, "changed_at": shift.starts_at}
    return Assignment(shift=shift, person=person, state=AssignmentState.ACTIVE, **known)


def unconfirmed(session: Session, arguments: Arguments, _now: datetime) -> None:
    """The turn should have been confirmed weeks ago."""
    session.add(ConfirmRules(unit_id=arguments["unit_id"], hours=14 * 24))


def in_a_series(session: Session, arguments: Arguments, _now: datetime) -> None:
    """The shift is one of its pattern; its day is a holiday, which the pattern would have left out."""
    session.get_one(Shift, arguments["shift_id"]).pattern_id = arguments["pattern_id"]


def at_the_beginning(session: Session, arguments: Arguments, _now: datetime) -> None:
    """The unit has published nothing and asked nobody."""
    for table in (RoundAnswer, Round, DraftAssignment, Assignment):
        session.execute(delete(table))
    session.get_one(Roster, arguments["roster_id"]).published_number = 0


def nothing_set_up(session: Session, arguments: Arguments, now: datetime) -> None:
    """And neither people nor shifts are there."""
    at_the_beginning(session, arguments, now)
    session.execute(update(Person).values(unit_id=session.scalars(select(Unit.id).order_by(Unit.id)).first()))
    session.execute(update(Shift).values(starts_at=Shift.starts_at, site_id=_a_site_elsewhere(session, arguments)))


def _a_site_elsewhere(session: Session, arguments: Arguments) -> int:
    elsewhere = session.scalars(select(Site.id).where(Site.unit_id != arguments["unit_id"])).first()
    assert elsewhere is not None
    return elsewhere


def a_list_with_faults(session: Session, arguments: Arguments, now: datetime) -> None:
    """In the place of the world's list: a number cut short, a unit that is not there, a line that is no person."""
    kept = session.get_one(PeopleImport, arguments["import_id"])
    faulty = people.upload(session, kept.unit, FAULTY.encode(), "ds.csv", by=kept.asked_by, now=now)
    for column in ("cells", "header_row", "columns", "first_row", "file_name"):
        setattr(kept, column, getattr(faulty, column))
    session.delete(faulty)


def a_minor(session: Session, arguments: Arguments, now: datetime) -> None:
    """The volunteer is sixteen, and nobody was asked yet."""
    session.get_one(Person, arguments["person_id"]).birth_date = _sixteen(now)


def a_minor_asked(session: Session, arguments: Arguments, now: datetime) -> None:
    a_minor(session, arguments, now)
    known = {"token_hash": "asked", "sent_to": "cha.me@example.org", "expires_at": now + timedelta(days=9)}
    session.add(GuardianLink(person_id=arguments["person_id"], created_at=now - timedelta(days=2), **known))


def a_minor_refused(session: Session, arguments: Arguments, now: datetime) -> None:
    a_minor(session, arguments, now)
    session.add(_consent(arguments["person_id"], now, withdrawn_at=now))


def a_minor_let(session: Session, arguments: Arguments, now: datetime) -> None:
    a_minor(session, arguments, now)
    session.add(_consent(arguments["person_id"], now))


def took_consent_back(session: Session, arguments: Arguments, now: datetime) -> None:
    """The volunteer let the roster keep their data, and does so no more."""
    own = {"kind": ConsentKind.OWN, "text_version": "1", "given_at": now - timedelta(days=2)}
    session.add(Consent(person_id=arguments["person_id"], withdrawn_at=now, **own))


def guardian_agreed(session: Session, _arguments: Arguments, now: datetime) -> None:
    session.add(_consent(_child(session), now))


def guardian_refused(session: Session, _arguments: Arguments, now: datetime) -> None:
    session.add(_consent(_child(session), now, withdrawn_at=now))


def _child(session: Session) -> int:
    """Whose guardian has the world's link."""
    return session.scalars(select(GuardianLink.person_id)).one()


def _sixteen(now: datetime) -> date:
    return now.date() - timedelta(days=16 * 365)


def _consent(person_id: int, now: datetime, *, withdrawn_at: datetime | None = None) -> Consent:
    known = {"text_version": "1", "given_at": now - timedelta(days=3), "given_by": "Vũ Văn Cha", "relation": "father"}
    return Consent(person_id=person_id, kind=ConsentKind.GUARDIAN, withdrawn_at=withdrawn_at, **known)


def a_step(session: Session, arguments: Arguments, now: datetime) -> None:
    """The coordinator has put one more on the shift, which can be undone."""
    shift, roster = session.get_one(Shift, arguments["shift_id"]), session.get_one(Roster, arguments["roster_id"])
    shift.maximum = 2
    person, by = builders.a_person(session, shift.site.unit, "Trần Thị Bình"), _planner(session, arguments)
    rosters.add(session, roster.id, shift.id, person.id, revision_seen=roster.revision, by=by, now=now)


def a_step_back(session: Session, arguments: Arguments, now: datetime) -> None:
    a_step(session, arguments, now)
    roster = session.get_one(Roster, arguments["roster_id"])
    drafts.undo(session, roster.id, revision_seen=roster.revision, by=_planner(session, arguments), now=now)


def _planner(session: Session, arguments: Arguments) -> Account:
    mine = {"kind": RoleKind.COORDINATOR, "unit_id": arguments["unit_id"]}
    return session.scalars(select(Account).join(Role).filter_by(**mine)).one()
