"""Two coordinators publish at the same moment: one publishes, the other is told, and nobody is on a shift twice."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from roster.errors import AlreadyPublished, Conflict, Stale
from roster.models import Account, Assignment, Publication, Roster
from roster.services import rosters
from tests.builders import MONDAY, a_coordinator, a_person, a_roster, a_shift, a_site, a_unit, local

NOW = local(MONDAY - timedelta(days=3), "09:00")


@pytest.fixture
def world(sessions: sessionmaker[Session]):
    """A draft of one turn, a second shift for the same person, and two who may publish."""
    with sessions() as session:
        unit = a_unit(session)
        roster, site, person = a_roster(session, unit), a_site(session, unit), a_person(session, unit)
        first, second = a_shift(session, site), a_shift(session, site, day=MONDAY + timedelta(days=1))
        one, other = a_coordinator(session, unit), a_coordinator(session, unit)
        rosters.add(session, roster.id, first.id, person.id, revision_seen=0, by=one, now=NOW)
        session.commit()
        return {"roster": roster.id, "by": (one.id, other.id), "second": second.id, "person": person.id}


def at_once(sessions: sessionmaker[Session], *actions: Callable[[Session], object]) -> list[Conflict | None]:
    """What each action was refused, all of them beginning at the same moment."""
    start = threading.Barrier(len(actions))

    def do(action: Callable[[Session], object]) -> Conflict | None:
        start.wait()
        with sessions() as session:
            try:
                action(session)
                session.commit()
            except Conflict as refusal:
                return refusal
        return None

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(do, actions))


def publishing(world, by: int) -> Callable[[Session], object]:
    def publish(session: Session) -> object:
        account = session.get_one(Account, by)
        return rosters.publish(session, world["roster"], revision_seen=1, by=account, now=NOW)

    return publish


def test_of_two_who_publish_the_same_one_is_told_that_the_other_has(world, sessions):
    refusals = at_once(sessions, *(publishing(world, by) for by in world["by"]))

    (refusal,) = [one for one in refusals if one is not None]
    assert isinstance(refusal, AlreadyPublished)
    assert (refusal.facts["number"], refusal.facts["changes"]) == (1, 1)
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(Publication)) == 1
        assert session.scalar(select(func.count()).select_from(Assignment)) == 1


def test_who_publishes_while_another_changes_the_draft_publishes_what_they_saw_or_nothing(world, sessions):
    def change(session: Session) -> object:
        by = session.get_one(Account, world["by"][1])
        return rosters.add(session, world["roster"], world["second"], world["person"], revision_seen=1, by=by, now=NOW)

    publishing_refused, change_refused = at_once(sessions, publishing(world, world["by"][0]), change)

    assert change_refused is None
    with sessions() as session:
        published = session.scalar(select(func.count()).select_from(Assignment))
        roster = session.get_one(Roster, world["roster"])
        if publishing_refused is None:
            assert (published, roster.published_revision) == (1, 1)
        else:
            assert isinstance(publishing_refused, Stale)
            assert [one["action"] for one in publishing_refused.facts["changes"]] == ["roster.add"]
            assert published == 0
