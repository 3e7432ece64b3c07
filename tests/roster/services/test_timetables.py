"""Timetables: their owner's alone, read once however often the job comes, and read anew every day if they are links."""

import http.server
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from roster.errors import FieldError, NotAllowed, NotFound
from roster.imports import timetables as reading
from roster.imports.class_tables import ClassHours
from roster.imports.fetching import Reach
from roster.models import Account, BusyTime, Job, JobState, Person, Role, RoleKind, Roster, Timetable, TimetableState
from roster.planning import snapshot
from roster.services import timetables
from roster.worker.process import HANDLERS
from tests import builders
from tests.builders import MONDAY
from tests.waiting import PATIENCE

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
OWN_SERVERS = Reach(private=True, any_port=True, whole_seconds=PATIENCE)
CLASS = """BEGIN:VCALENDAR\r
BEGIN:VEVENT\r
UID:1\r
DTSTART;TZID=Asia/Ho_Chi_Minh:20261123T{starts}\r
DTEND;TZID=Asia/Ho_Chi_Minh:20261123T{ends}\r
SUMMARY:Giải tích\r
END:VEVENT\r
END:VCALENDAR\r
"""
MORNING = CLASS.format(starts="090000", ends="103000").encode()
WHOLE_DAY = b"""BEGIN:VCALENDAR\r
BEGIN:VEVENT\r
UID:2\r
DTSTART;VALUE=DATE:20261123\r
SUMMARY:Thi\r
END:VEVENT\r
END:VCALENDAR\r
"""


@pytest.fixture
def lan(session: Session) -> Person:
    return builders.a_person(session, builders.a_unit(session))


@pytest.fixture
def account(session: Session, lan: Person) -> Account:
    return builders.an_account(session, Role(kind=RoleKind.VOLUNTEER, unit=lan.unit), person=lan)


@pytest.fixture
def university() -> Iterator["University"]:
    with University() as server:
        yield server


class University:
    """A web server with one calendar, which may change or be gone."""

    def __init__(self) -> None:
        self.body, self.status = MORNING, 200
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(outer.status)
                self.end_headers()
                self.wfile.write(outer.body)

            def log_message(self, *_: object) -> None:
                """Nothing on the test's output."""

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/tkb.ics"

    def __enter__(self) -> "University":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def read(sessions: sessionmaker[Session], session: Session, timetable: Timetable, *, now: datetime = NOW) -> Timetable:
    timetable_id, turn = timetable.id, timetable.turn
    session.commit()
    reading.read(sessions, timetable_id, turn, reach=OWN_SERVERS, clock=lambda: now)
    session.expire_all()
    return session.get_one(Timetable, timetable_id)


def busy_count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(BusyTime)) or 0


def free_on_monday(session: Session, lan: Person) -> list[tuple[int, int]]:
    """What the solver hears of Lan's Monday, in minutes after midnight."""
    roster = builders.a_roster(session, lan.unit)
    builders.a_shift(session, builders.a_site(session, lan.unit))
    problem = snapshot.build(session, roster, now=NOW)
    return [(offer.start, offer.end) for offer in problem.volunteers[0].available]


def test_a_class_is_cut_out_of_what_the_solver_hears_and_nothing_else_of_it_is_told(
    session: Session, sessions: sessionmaker[Session], lan: Person, account: Account
):
    found = reading.upload(session, lan, MORNING, "tkb.ics", by=account, now=NOW)
    found = read(sessions, session, found)

    assert (found.state, found.source) == (TimetableState.READ, None)
    roster = builders.a_roster(session, lan.unit)
    builders.a_shift(session, builders.a_site(session, lan.unit))
    problem = snapshot.build(session, roster, now=NOW)
    offers = [(offer.start, offer.end) for offer in problem.volunteers[0].available]
    assert offers == [(6 * 60, 9 * 60), (10 * 60 + 30, 22 * 60)]
    assert "Giải tích".encode() not in snapshot.to_bytes(problem)


def test_whole_days_keep_busy_unless_their_owner_says_otherwise(
    session: Session, sessions: sessionmaker[Session], lan: Person, account: Account
):
    found = reading.upload(session, lan, WHOLE_DAY, "thi.ics", by=account, now=NOW)
    found = read(sessions, session, found)
    timetables.count_whole_days(session, found.id, False, by=account, now=NOW)
    assert free_on_monday(session, lan)

    timetables.count_whole_days(session, found.id, True, by=account, now=NOW)

    problem = snapshot.build(session, session.scalars(select(Roster)).one(), now=NOW)
    assert problem.volunteers[0].available == ()


def test_a_link_is_read_anew_a_day_later_and_what_was_moved_moves(
    session: Session, sessions: sessionmaker[Session], lan: Person, account: Account, university: University
):
    found = reading.link(session, lan, university.url, by=account, now=NOW)
    found = read(sessions, session, found)
    waiting = session.scalars(select(Job).where(Job.state == JobState.QUEUED, Job.run_after == NOW + timedelta(days=1)))
    assert [job.payload for job in waiting] == [{"timetable_id": found.id, "turn": found.turn}]

    university.body = CLASS.format(starts="130000", ends="150000").encode()
    read(sessions, session, found, now=NOW + timedelta(days=1))

    starts = session.scalars(select(BusyTime.starts_at)).all()
    assert starts == [builders.local(MONDAY, "13:00")]


def test_a_job_that_comes_twice_reads_once(
    session: Session, sessions: sessionmaker[Session], lan: Person, account: Account, university: University
):
    found = reading.link(session, lan, university.url, by=account, now=NOW)
    timetable_id, turn = found.id, found.turn
    read(sessions, session, found)
    jobs_after_one = session.scalar(select(func.count()).select_from(Job))
    session.commit()

    reading.read(sessions, timetable_id, turn, reach=OWN_SERVERS, clock=lambda: NOW)

    assert session.scalar(select(func.count()).select_from(Job)) == jobs_after_one


def test_a_link_that_fails_once_keeps_what_was_read_and_is_tried_again_today(
    session: Session, sessions: sessionmaker[Session], lan: Person, account: Account, university: University
):
    found = read(sessions, session, reading.link(session, lan, university.url, by=account, now=NOW))
    university.status = 503

    found = read(sessions, session, found)

    assert (found.state, busy_count(session)) == (TimetableState.REFUSED, 1)
    assert found.report["problems"] == [{"reason": "answered", "facts": {"status": 503}}]
    again = session.scalars(select(Job.run_after).order_by(Job.id.desc())).first()
    assert again == NOW + timedelta(hours=6)


def test_a_link_into_our_own_network_is_refused_by_the_worker_as_it_ships(
    session: Session, sessions: sessionmaker[Session], lan: Person, account: Account
):
    found = reading.link(session, lan, "http://127.0.0.1/tkb.ics", by=account, now=NOW)
    payload = {"timetable_id": found.id, "turn": found.turn}
    session.commit()

    HANDLERS[timetables.KIND].work(sessions, payload, should_stop=lambda: False)

    session.expire_all()
    assert session.get_one(Timetable, payload["timetable_id"]).report["problems"][0]["reason"] == "private_address"


def test_a_pasted_table_counts_at_once_and_says_what_it_could_not_read(session: Session, lan: Person, account: Account):
    text = "Thứ 2 tiết 1-3 Giải tích\nGiải phẫu 101"
    last = MONDAY + timedelta(days=30)

    made = reading.paste(session, lan, text, last_day=last, hours=ClassHours(), by=account, now=NOW)

    assert (made.state, busy_count(session)) == (TimetableState.READ, 5)
    assert [one["facts"] for one in made.report["problems"]] == [{"line": "Giải phẫu 101"}]


def test_nobody_else_sees_changes_or_brings_somebodys_timetable(session: Session, lan: Person, account: Account):
    coordinator = builders.a_coordinator(session, lan.unit)
    found = reading.link(session, lan, "https://tkb.example.org/a", by=account, now=NOW)

    for forbidden in (
        lambda: timetables.get(session, found.id, by=coordinator),
        lambda: timetables.drop(session, found.id, by=coordinator, now=NOW),
        lambda: timetables.read_again(session, found.id, by=coordinator, now=NOW),
    ):
        with pytest.raises(NotFound):
            forbidden()
    with pytest.raises(NotAllowed):
        reading.link(session, lan, "https://tkb.example.org/b", by=coordinator, now=NOW)


def test_a_dropped_timetable_leaves_nothing(session: Session, lan: Person, account: Account):
    made = reading.paste(session, lan, "Thứ 2 tiết 1", last_day=MONDAY, hours=ClassHours(), by=account, now=NOW)

    timetables.drop(session, made.id, by=account, now=NOW)
    session.flush()

    assert busy_count(session) == 0
    assert session.scalars(select(Timetable)).all() == []


def test_nobody_keeps_more_than_a_handful(session: Session, lan: Person, account: Account):
    for number in range(timetables.MOST):
        reading.link(session, lan, f"https://tkb.example.org/{number}", by=account, now=NOW)

    with pytest.raises(FieldError):
        reading.link(session, lan, "https://tkb.example.org/more", by=account, now=NOW)
