"""A week that is published and told of: its people, a clock that can be put forward, and a post with real channels."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from apprise.url import URLBase
from sqlalchemy import delete

from roster.config import Settings
from roster.imports.fetching import Reach
from roster.models import DraftAssignment
from roster.services import outbox, rosters
from roster.worker import channels
from roster.worker.post import Post
from tests.builders import (
    MONDAY,
    a_coordinator,
    a_person,
    a_programme,
    a_roster,
    a_shift,
    a_site,
    a_unit,
    an_account,
)
from tests.waiting import PATIENCE

# Servers of a test answer in its own process, which may have to wait for its turn.
channels.PATIENCE = URLBase.socket_connect_timeout = URLBase.socket_read_timeout = PATIENCE

OWN_SERVERS = Reach(private=True, any_port=True, whole_seconds=PATIENCE)
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def a_post(sessions, clock, **channel) -> Post:
    settings = Settings(home=Path(), database_url="", secret_key="", **channel)
    senders = channels.senders_of(settings, reach=OWN_SERVERS)
    return Post(sessions, senders, base_url="https://roster.example.vn", clock=clock)


class Week:
    """A roster of one coordinator with shifts on its first days, and people to put on them."""

    def __init__(self, session) -> None:
        self.session, self.unit = session, a_unit(session)
        site, programme = a_site(session, self.unit), a_programme(session, self.unit)
        self.shifts = [a_shift(session, site, programme, day=MONDAY + timedelta(days=day)) for day in range(3)]
        self.roster, self.coordinator = a_roster(session, self.unit), a_coordinator(session, self.unit)

    def person(self, name="Nguyễn Thị Lan", *, language="vi", **columns):
        person = a_person(self.session, self.unit, name, max_turns=None, **columns)
        an_account(self.session, person_id=person.id, language=language)
        return person

    def publishes(self, *turns, now=NOW) -> None:
        """Each turn: the day's number and the person."""
        self.session.execute(delete(DraftAssignment))
        for day, person in turns:
            self.session.add(
                DraftAssignment(roster_id=self.roster.id, shift_id=self.shifts[day].id, person_id=person.id)
            )
        self.session.flush()
        rosters.publish(self.session, self.roster.id, revision_seen=self.roster.revision, by=self.coordinator, now=now)
        self.session.commit()


def run_after(post, clock, pause=outbox.GATHERING) -> None:
    clock.now += pause
    post.drain()
