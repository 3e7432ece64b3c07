"""Many change one published week at the same moment: nothing is overbooked, lost or done twice, on either engine.

The full size (200 people over HTTP, 1,000 operations by 20 clients) is `python -m tests.benchmarks.races`.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random
from threading import Barrier

import pytest
import time_machine
from flask import Flask
from sqlalchemy import create_engine, delete, select
from sqlalchemy.orm import Session, sessionmaker

from roster.app import create_app
from roster.config import Settings
from roster.errors import RuleBroken
from roster.extensions import db
from roster.models import Agreement, AgreementKind, Pin, Roster
from roster.planning import snapshot, staffing
from roster.planning.snapshot import person_key, shift_key
from roster.services import turns
from roster.services.turns import Way
from solver import check
from solver.problem import Assignment
from tests.changing import Crowd, Week, a_week, published, require_whole
from tests.clicking import ClickingCrowd, through_flask
from tests.published import LATER, PublishedWeek

CLAIMANTS, CLIENTS, ACTIONS, CLICKS, CHANGES = 12, 6, 60, 42, 50


def test_of_many_who_claim_the_last_places_at_once_over_http_exactly_as_many_get_one(
    settings: Settings, database_url: str
):
    app = create_app(replace(settings, database_url=database_url))
    app.config["WTF_CSRF_ENABLED"] = False  # see tests/architecture/test_forged_requests.py
    with app.app_context():
        week = PublishedWeek(db.session)
        week.monday.minimum = week.monday.target = week.monday.maximum = 3  # Lan has the first
        accounts = [week.account(week.somebody(f"Người Thứ {number}")).id for number in range(CLAIMANTS)]
        shift_id = week.monday.id
        db.session.commit()

    with time_machine.travel(LATER, tick=False):
        locations = claim_at_once(app, shift_id, accounts)

    assert sorted(locations) == ["/me/"] * 2 + ["/me/open"] * (CLAIMANTS - 2)
    with app.app_context():
        serving = {person for shift, person in published(db.session) if shift == shift_id}
        db.session.remove()
        db.engine.dispose()
    assert len(serving) == 3


def claim_at_once(app: Flask, shift_id: int, accounts: list[int]) -> list[str | None]:
    """Where each was sent: to their shifts with a place, else to the open shifts on the waiting list."""
    start = Barrier(len(accounts))

    def claim(account_id: int) -> str | None:
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = f"{account_id}.0"
        start.wait()
        return client.post(f"/me/open/{shift_id}").location

    with ThreadPoolExecutor(len(accounts)) as pool:
        return list(pool.map(claim, accounts))


def test_whatever_many_click_at_once_over_http_the_week_passes_the_referee_and_no_change_is_lost(
    settings: Settings, database_url: str
):
    app = create_app(replace(settings, database_url=database_url))
    app.config["WTF_CSRF_ENABLED"] = False  # see tests/architecture/test_forged_requests.py
    with app.app_context():
        week = a_week(db.session, Random(7), people=14, shifts=8)
    crowd = ClickingCrowd(database_url, week, through_flask(app))

    with time_machine.travel(LATER, tick=False):
        crowd.at_once(CLIENTS, CLICKS)

    assert crowd.broken == []
    assert len({what for what, status in crowd.answers if status == 303}) >= 4, crowd.counted()
    with app.app_context():
        require_whole(db.session, week)
        db.session.remove()
        db.engine.dispose()


def test_whatever_many_do_at_once_the_week_passes_the_referee_and_no_change_is_lost(sessions: sessionmaker[Session]):
    with sessions() as session:
        week = a_week(session, Random(7), people=14, shifts=8)
    crowd = Crowd(sessions, week)

    crowd.at_once(CLIENTS, ACTIONS)

    assert crowd.broken == []
    assert len(crowd.done) > ACTIONS // 4
    with sessions() as session:
        require_whole(session, week)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one writer at a time
def test_two_who_wrote_something_about_a_roster_before_they_change_it_do_not_wait_for_each_other(
    sessions: sessionmaker[Session],
):
    """A foreign key holds its row until the commit, so both hold the roster when each asks for it alone."""
    with sessions() as session:
        week = a_week(session, Random(7), people=2, shifts=1)
    both_wrote = Barrier(2)

    def agree_and_lock(person_id: int) -> None:
        with sessions() as session:
            key = {"roster_id": week.roster, "person_id": person_id, "shift_id": week.shifts[0]}
            session.add(Agreement(**key, kind=AgreementKind.HOURS, noted_at=LATER))
            session.flush()
            both_wrote.wait()
            turns.lock(session, week.shifts)
            session.commit()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(agree_and_lock, week.people))

    with sessions() as session:
        assert len(session.scalars(select(Agreement)).all()) == 2


@pytest.mark.parametrize("seed", range(2))
def test_a_change_is_allowed_exactly_when_the_referee_finds_nothing_broken_after_it(sqlite_session: Session, seed: int):
    dice, session = Random(seed), sqlite_session
    week, allowed = a_week(session, dice, people=10, shifts=6), 0
    for _ in range(CHANGES):
        joining, leaving = a_change(session, dice, week)
        expected = is_whole_after(session, week, joining, leaving)
        happened = try_to_change(session, joining, leaving)
        assert happened == expected, (joining, leaving)
        session.execute(delete(Pin))  # a coordinator lifts them: who left may come back
        allowed += happened

    assert CHANGES / 8 < allowed < CHANGES * 7 / 8, "the test would show nothing"


@pytest.fixture
def sqlite_session(sqlite_url: str) -> Iterator[Session]:
    engine = create_engine(sqlite_url)
    with Session(engine) as session:
        yield session
    engine.dispose()


def try_to_change(session: Session, joining, leaving) -> bool:
    try:
        turns.change(session, joining=joining, leaving=leaving, way=Way.REPAIRED, by=None, now=LATER)
    except RuleBroken:
        return False
    return True


def a_change(session: Session, dice: Random, week: Week):
    """Somebody comes, goes, is relieved, or swaps."""
    there = sorted(published(session))
    kind = dice.choice(["come", "come", "go", "cover", "swap"]) if len(there) > 1 else "come"
    if kind == "go":
        return [], [dice.choice(there)]
    if kind == "swap":
        (one, lan), (other, ha) = dice.sample(there, 2)
        if one != other and not {(other, lan), (one, ha)} & set(there):
            return [(other, lan), (one, ha)], [(one, lan), (other, ha)]
    free = [(shift, person) for shift in week.shifts for person in week.people if (shift, person) not in there]
    come = dice.choice(free)
    relieved = [turn for turn in there if turn[0] == come[0]]
    return [come], [dice.choice(relieved)] if kind == "cover" and relieved else []


def is_whole_after(session: Session, week: Week, joining, leaving) -> bool:
    """The referee on everybody's turns; a list of who may take one place now must agree where only one comes."""
    roster = session.get_one(Roster, week.roster)
    problem = snapshot.build(session, roster, now=LATER)
    after = (published(session) - set(leaving)) | set(joining)
    turns = [Assignment(person_key(person), shift_key(shift)) for shift, person in after]
    whole = not check.broken_rules(problem, check.Roster(problem, turns))
    if not leaving:
        ((shift, person),) = joining
        about = staffing.of_published(session, roster, [shift], [person], now=LATER)
        assert bool(about.refusals(person, shift, overriding_pin=False)) != whole
    return whole
