"""No page asks the database more often because there is more to show.

Every page is asked in the small world of `world.py`, and again with more of everything that pages list: a query for
each row would show as a handful of queries more.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from roster.extensions import db
from roster.models import (
    Account,
    AskState,
    Assignment,
    AssignmentState,
    AuditEntry,
    Claim,
    ClaimState,
    CoverAsk,
    CoverCall,
    DraftAssignment,
    FeedKind,
    FeedToken,
    Message,
    MessageKind,
    Person,
    Role,
    RoleKind,
    Roster,
    Shift,
    Site,
    Swap,
    SwapState,
    Team,
    Unit,
    Withdrawal,
    WithdrawalState,
)
from tests import builders
from tests.architecture.test_access import RULES, routes
from tests.architecture.world import CENTER, COORDINATOR, VOLUNTEER, build

MORE = 6  # of everything
AT_MOST = 3  # queries more: something is shown that was not there before, but not once for each
ASKING = (COORDINATOR, VOLUNTEER, CENTER)


@pytest.fixture
def asked(app: Flask) -> Iterator[list[str]]:
    """The statements sent so far."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def test_no_page_asks_more_often_because_there_is_more_to_show(app: Flask, asked: list[str]):
    with app.app_context():
        accounts, arguments = build(db.session, datetime.now(UTC))
        db.session.commit()
    few = _counted(app, asked, accounts, arguments)
    with app.app_context():
        _grow(db.session, arguments, datetime.now(UTC))
        db.session.commit()

    many = _counted(app, asked, accounts, arguments)

    grown = {page: (few[page], many[page]) for page in few if many[page] > few[page] + AT_MOST}
    assert grown == {}, "queries before and after"
    assert len(few) > 60


def _counted(app: Flask, asked: list[str], accounts: dict[str, int], arguments: dict[str, object]) -> dict[str, int]:
    """How many queries each page takes, asked by somebody whom it is for."""
    counts: dict[str, int] = {}
    for rule in routes(app):
        role = next((role for role in ASKING if role in RULES.get(rule.endpoint, ())), None)
        if role is None or "GET" not in (rule.methods or ()):
            continue
        with _signed_in(app, accounts[role]) as client:
            asked.clear()
            status = client.get(_address(app, rule, arguments)).status_code
        if status == 200:
            counts[rule.endpoint] = len(asked)
    return counts


@contextmanager
def _signed_in(app: Flask, account_id: int) -> Iterator[Any]:
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = f"{account_id}.0"
    yield client


def _address(app: Flask, rule: Rule, arguments: dict[str, object]) -> str:
    values = {name: arguments[name] for name in rule.arguments}
    return app.url_map.bind("localhost").build(rule.endpoint, values, "GET")


def _grow(session: Session, arguments: dict[str, Any], now: datetime) -> None:
    """More of everything in the unit: people who serve, branches, sites with shifts, teams, messages."""
    unit, site = session.get_one(Unit, arguments["unit_id"]), session.get_one(Site, arguments["site_id"])
    team, roster = session.get_one(Team, arguments["team_id"]), session.get_one(Roster, arguments["roster_id"])
    shift, me = session.get_one(Shift, arguments["shift_id"]), session.get_one(Person, arguments["person_id"])
    by = session.scalars(select(Role).where(Role.kind == RoleKind.COORDINATOR, Role.unit_id == unit.id)).one().account
    for number in range(MORE):
        branch = builders.a_unit(session, f"Chi đoàn số {number}", parent=unit)
        trained = builders.a_qualification(session, f"skill{number}")
        person = builders.a_person(
            session, branch, f"Trần Văn Số {number}", phone=f"+8498765432{number}", qualifications=[trained]
        )
        account = builders.an_account(session, Role(kind=RoleKind.VOLUNTEER, unit=branch), person=person)
        builders.a_team(session, unit, person, me, name=f"Tổ số {number}")
        team.members.append(builders.TeamMember(person=person))
        place = builders.a_site(session, branch, f"Nhà văn hóa số {number}")
        programme = builders.a_programme(session, unit, f"Chương trình số {number}")
        later = shift.starts_at.astimezone(builders.ZONE).date() + timedelta(days=number % 5)
        for where, what in ((site, shift.programme), (place, programme)):
            other = builders.a_shift(
                session, where, what, day=later, starts=f"{8 + number:02}:00", ends=f"{9 + number:02}:00"
            )
            for who in (person, me):
                session.add(DraftAssignment(roster_id=roster.id, shift=other, person=who))
                session.add(_turn(other, who, now))
        session.add(_turn(shift, person, now))
        session.flush()
        _ask_of_each_other(session, me, person, (shift, other), by, now)
        session.add(
            FeedToken(account=by, kind=FeedKind.TEAM, target_id=team.id, token_hash=f"hash {number}", created_at=now)
        )
        facts = {"shift_id": shift.id, "reason": ""}
        for reader in ({"person_id": me.id}, {"account_id": by.id}):
            session.add(Message(kind=MessageKind.TURN_ADDED, facts=facts, created_at=now, due_at=now, **reader))
        session.add(
            AuditEntry(
                at=now,
                account_id=account.id,
                unit_id=unit.id,
                action="person.change",
                subject=f"person:{person.id}",
                facts={},
            )
        )
    session.flush()


def _ask_of_each_other(
    session: Session, me: Person, person: Person, shifts: tuple[Shift, Shift], by: Account, now: datetime
) -> None:
    """Whatever waits for a volunteer's answer, or for their coordinator's."""
    first, second = shifts
    call = CoverCall(shift=second, leaving=person, asked_by=by, text="", asked_at=now)
    call.asks = [
        CoverAsk(person=me, state=AskState.ASKED, asked_at=now),
        CoverAsk(person=person, state=AskState.AGREED, asked_at=now),
    ]
    free = CoverCall(shift=second, leaving=None, asked_by=by, text="", asked_at=now)
    free.asks = [CoverAsk(person=me, state=AskState.ASKED, asked_at=now)]
    pair = {"person": person, "shift": second, "other": me, "wanted": first, "proposed_at": now}
    late = now + timedelta(days=1)
    session.add_all(
        [
            *(Withdrawal(shift=second, person=who, state=WithdrawalState.ASKED, asked_at=now) for who in (me, person)),
            *(Claim(shift=second, person=who, state=ClaimState.ASKED, asked_at=now) for who in (me, person)),
            Claim(shift=second, person=me, state=ClaimState.OFFERED, asked_at=now, answer_by=late),
            *(call, free),
            *(Swap(**pair, state=state) for state in (SwapState.PROPOSED, SwapState.AGREED)),
        ]
    )


def _turn(shift: Shift, person: Person, now: datetime) -> Assignment:
    uid = f"{shift.id}-{person.id}"
    return Assignment(shift=shift, person=person, state=AssignmentState.ACTIVE, uid=uid, sequence=0, changed_at=now)
