"""A calendar over time: what changes it, what doesn't, and that nothing is lost on the way."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from roster.extensions import db
from roster.feeds import documents
from roster.models import AssignmentState, FeedBody, FeedDocument, FeedKind, ShiftState
from roster.queries import feeds as queries
from roster.services import feeds
from tests import builders
from tests.roster.feeds.conftest import an_assignment
from tests.roster.feeds.parsers import read_with_icalendar

KINDS = list(FeedKind)


def read(subscriber, path):
    return read_with_icalendar(subscriber.get(path).data)


def event_of(subscriber, path, shift):
    """The event that starts and ends with the shift."""
    (found,) = [event for event in read(subscriber, path).events if event.uid in (shift.uid, f"turn-{shift.id}-1")]
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_unchanged_data_gives_unchanged_bytes_in_a_new_process_and_on_another_day(world, subscriber, kind):
    path = world.address(kind)
    first = subscriber.get(path)

    restarted = subscriber.restarted()
    again = restarted.get(path)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=30)):
        next_day = restarted.get(path)

    for later in (again, next_day):
        assert later.data == first.data
        assert later.headers["ETag"] == first.headers["ETag"]
        assert later.headers["Last-Modified"] == first.headers["Last-Modified"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_process_that_remembers_nothing_draws_the_same_bytes(world, subscriber, kind):
    path = world.address(kind)
    first = subscriber.get(path)
    subscriber.flush()
    world.session.execute(FeedDocument.__table__.update().values(drawn_changes=-1, etag=""))
    world.session.commit()

    assert subscriber.restarted().get(path).data == first.data


@pytest.mark.parametrize("kind", KINDS)
def test_a_moved_shift_arrives_with_the_same_uid_and_a_higher_sequence(world, subscriber, kind):
    path, shift = world.address(kind), world.shifts[0]
    before = event_of(subscriber, path, shift)

    shift.starts_at, shift.sequence = shift.starts_at + timedelta(hours=1), shift.sequence + 1
    world.changed(shift)

    after = event_of(subscriber, path, shift)
    assert (after.uid, after.sequence) == (before.uid, before.sequence + 1)
    assert after.starts == before.starts + timedelta(hours=1)
    assert after.stamp > before.stamp


@pytest.mark.parametrize("kind", KINDS)
def test_a_cancelled_shift_stays_and_says_so_and_a_restored_one_comes_back(world, subscriber, kind):
    path, shift = world.address(kind), world.shifts[0]
    before = event_of(subscriber, path, shift)

    shift.state, shift.cancel_reason, shift.sequence = ShiftState.CANCELLED, "Bão số 9", 1
    world.changed(shift)
    cancelled = event_of(subscriber, path, shift)
    shift.state, shift.cancel_reason, shift.sequence = ShiftState.OPEN, "", 2
    world.changed(shift)
    restored = event_of(subscriber, path, shift)

    assert (cancelled.status, cancelled.transparency) == ("CANCELLED", "TRANSPARENT")
    assert cancelled.summary == f"ĐÃ HỦY: {before.summary}"
    assert "Bão số 9" in cancelled.description
    assert (restored.status, restored.summary) == (before.status, before.summary)
    assert [event.sequence for event in (before, cancelled, restored)] == [0, 1, 2]
    assert {event.uid for event in (before, cancelled, restored)} == {before.uid}


def test_a_volunteer_taken_off_a_shift_sees_it_cancelled_and_is_counted_no_more(world, subscriber):
    own, site = world.address(FeedKind.VOLUNTEER), world.address(FeedKind.SITE)
    shift = world.shifts[0]
    subscriber.get(own), subscriber.get(site)
    turn = world.session.query(queries.Assignment).filter_by(shift=shift, person=world.lan).one()

    turn.state, turn.sequence, turn.changed_at = AssignmentState.CANCELLED, 1, datetime.now(UTC)
    feeds.shifts_changed(world.session, [shift.id], now=datetime.now(UTC))
    world.session.commit()

    event = event_of(subscriber, own, shift)
    assert (event.status, event.sequence) == ("CANCELLED", 1)
    assert event.summary.startswith("ĐÃ HỦY: ")
    assert ": 1/1 người" in event_of(subscriber, site, shift).summary


def test_a_shift_not_yet_confirmed_is_tentative(world, subscriber):
    path = world.address(FeedKind.VOLUNTEER)
    turn = world.session.query(queries.Assignment).filter_by(shift=world.shifts[0], person=world.lan).one()
    turn.confirmed_at, turn.changed_at = None, datetime.now(UTC)
    feeds.shifts_changed(world.session, [turn.shift_id], now=datetime.now(UTC))
    world.session.commit()

    assert event_of(subscriber, path, world.shifts[0]).status == "TENTATIVE"
    assert event_of(subscriber, path, world.shifts[1]).status == "CONFIRMED"


def test_no_other_calendar_changes_its_tag(world, subscriber):
    elsewhere = builders.a_site(world.session, world.unit, "Chợ Đầm")
    minh = builders.a_person(world.session, world.unit, "Lê Minh")
    account = builders.an_account(world.session, person=minh)
    other = builders.a_shift(world.session, elsewhere, world.programme, day=world.shifts[0].starts_at.date())
    world.session.add(an_assignment(other, minh))
    now = datetime.now(UTC)
    minhs = feeds.create(world.session, FeedKind.VOLUNTEER, minh.id, feeds.Wishes(), by=account, now=now).path
    theirs = feeds.create(world.session, FeedKind.SITE, elsewhere.id, feeds.Wishes(), by=world.account, now=now).path
    paths = {kind: world.address(kind) for kind in KINDS} | {"minh": minhs, "elsewhere": theirs}
    tags = {name: subscriber.get(path).headers["ETag"] for name, path in paths.items()}

    other.note = "Cổng sau"
    world.changed(other)

    changed = {name for name, path in paths.items() if subscriber.get(path).headers["ETag"] != tags[name]}
    assert changed == {"minh", "elsewhere", FeedKind.UNIT}


def test_the_window_moves_by_itself(world, subscriber):
    path, last = world.address(FeedKind.SITE), world.shifts[-1]
    world.shifts[0].state = ShiftState.CANCELLED
    world.changed(world.shifts[0])

    def shown_at(moment):
        with time_machine.travel(moment):
            return [event.starts for event in read(subscriber, path).events]

    starts = [shift.starts_at for shift in world.shifts]
    assert shown_at(world.shifts[0].ends_at - timedelta(minutes=1)) == starts
    assert shown_at(world.shifts[0].ends_at + timedelta(minutes=1)) == starts[1:]
    assert shown_at(last.ends_at + timedelta(days=30, minutes=-1)) == starts[2:]
    assert shown_at(last.ends_at + timedelta(days=30, minutes=1)) == []


def test_two_changes_within_one_second_reach_a_subscriber_that_goes_by_time(world, subscriber):
    path = world.address(FeedKind.VOLUNTEER)
    with time_machine.travel(
        datetime.now(UTC).replace(microsecond=100_000) + timedelta(seconds=5), tick=False
    ) as clock:
        world.shifts[0].note = "first"
        world.changed(world.shifts[0])
        modified = subscriber.get(path).headers["Last-Modified"]
        clock.shift(timedelta(milliseconds=300))
        world.shifts[0].note = "second"
        world.changed(world.shifts[0])

        answer = subscriber.get(path, if_modified_since=modified)

        assert answer.status_code == 200
        assert b"second" in answer.data
        clock.shift(timedelta(seconds=2))
        settled = subscriber.get(path).headers["Last-Modified"]
        assert subscriber.get(path, if_modified_since=settled).status_code == 304


def test_last_modified_is_never_in_the_future(world, subscriber):
    path = world.address(FeedKind.VOLUNTEER)
    now = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=5)
    with time_machine.travel(now, tick=False):
        for note in ("a", "b", "c"):
            world.shifts[0].note = note
            world.changed(world.shifts[0])
            assert subscriber.get(path).headers["Last-Modified"] == f"{now:%a, %d %b %Y %H:%M:%S GMT}"


def test_a_change_that_commits_while_another_process_draws_is_not_lost(app, world, subscriber, monkeypatch):
    path, shift = world.address(FeedKind.VOLUNTEER), world.shifts[0]
    keys_of = queries.keys_of

    def change_meanwhile(*args):
        keys = keys_of(*args)
        monkeypatch.setattr(documents.queries, "keys_of", keys_of)
        shift.note = "meanwhile"
        world.changed(shift)
        return keys

    monkeypatch.setattr(documents.queries, "keys_of", change_meanwhile)
    # The details are read after the change here, so only the next key tells; what matters is that it is asked for.
    subscriber.get(path)

    assert b"meanwhile" in subscriber.get(path).data
    assert b"meanwhile" in subscriber.restarted().get(path).data


def test_a_slow_process_never_overwrites_later_bytes(app, world, subscriber):
    path = world.address(FeedKind.VOLUNTEER)
    slow = subscriber.restarted()
    slow.get(path)
    world.shifts[0].note = "later"
    world.changed(world.shifts[0])
    subscriber.get(path)
    subscriber.flush()

    slow.flush()

    document = world.session.query(FeedDocument).one()
    body = world.session.get_one(FeedBody, document.id).body
    world.session.commit()
    assert (document.drawn_changes, document.changes) == (1, 1)
    assert b"later" in body


def test_an_empty_calendar_keeps_its_name(world, subscriber):
    huy = builders.a_person(world.session, world.unit, "Phạm Huy")
    account = builders.an_account(world.session, person=huy)
    made = feeds.create(
        world.session, FeedKind.VOLUNTEER, huy.id, feeds.Wishes(language="en"), by=account, now=datetime.now(UTC)
    )
    world.session.commit()

    feed = read(subscriber, made.path)

    assert (feed.name, feed.events) == ("My volunteer shifts", ())


@pytest.mark.parametrize(
    "text", ["one\ntwo, three; four\\", "😀" * 66, "ộ" * 200, "e\u0323\u0302" * 60, "\u202eabc\u200f", "a\tb"]
)
def test_any_site_name_leaves_every_calendar_valid(world, subscriber, text):
    world.site.name = text
    world.site.changed_at = datetime.now(UTC)
    world.changed(*world.shifts)

    for kind in KINDS:
        answer = subscriber.get(world.address(kind))
        assert answer.status_code == 200
        assert len(read_with_icalendar(answer.data).events) == 3


def test_the_shelf_drops_the_longest_unused_first():
    from roster.feeds.shelf import Shelf

    now = datetime.now(UTC)
    drawn = documents.Drawn(0, documents.Encoded.of(b"x" * 1000), now, now, {})
    shelf = Shelf(room=7_000)
    for document_id in (1, 2):
        shelf.put(document_id, replace(drawn))
    shelf.get(1)
    shelf.put(3, replace(drawn))

    assert [shelf.get(document_id) is not None for document_id in (1, 2, 3)] == [True, False, True]


def test_kept_bytes_are_read_only_with_their_own_tag(app, world, subscriber):
    path = world.address(FeedKind.VOLUNTEER)
    subscriber.get(path)
    subscriber.flush()
    with app.app_context():
        document = world.session.query(FeedDocument).one()
        world.session.commit()
        assert queries.kept_bytes(db.engine, document.id, document.etag) is not None
        assert queries.kept_bytes(db.engine, document.id, "another") is None
