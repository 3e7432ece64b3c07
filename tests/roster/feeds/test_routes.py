"""A calendar's address over HTTP: what every poll gets, and what it never gets."""

import gzip
import hashlib
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete

from roster.extensions import db
from roster.feeds.routes import Routes
from roster.models import FeedDocument, FeedKind, FeedToken
from roster.services import feeds
from tests.roster.feeds.conftest import on_sqlite
from tests.roster.feeds.parsers import READERS

KINDS = list(FeedKind)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_calendar_is_served_whole(world, subscriber, kind):
    answer = subscriber.get(world.address(kind))

    assert answer.status_code == 200
    assert answer.data.startswith(b"BEGIN:VCALENDAR\r\n")
    assert answer.data.endswith(b"END:VCALENDAR\r\n")
    assert answer.data.count(b"BEGIN:VEVENT") == 3


@on_sqlite
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("read", READERS)
def test_every_kind_is_read_alike_by_every_parser(world, subscriber, kind, read):
    feed = read(subscriber.get(world.address(kind)).data)

    assert sorted(event.starts for event in feed.events) == [shift.starts_at for shift in world.shifts]
    assert sorted(event.ends for event in feed.events) == [shift.ends_at for shift in world.shifts]


def test_the_headers_are_as_promised(world, subscriber):
    headers = subscriber.get(world.address(FeedKind.VOLUNTEER), accept="text/html").headers

    assert headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert headers["Cache-Control"] == "private, max-age=0, must-revalidate"
    assert headers["Vary"] == "Accept-Encoding"
    assert headers["Content-Disposition"] == 'inline; filename="volunteer.ics"'
    assert headers["X-Robots-Tag"].startswith("noindex")
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in headers
    assert "Last-Modified" in headers


def test_the_tag_is_a_hash_of_the_bytes_of_each_encoding(world, subscriber):
    path = world.address(FeedKind.SITE)

    plain, packed = subscriber.get(path), subscriber.get(path, accept_encoding="gzip")

    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["Content-Encoding"] == "gzip"
    for answer in (plain, packed):
        assert answer.headers["ETag"] == f'"{hashlib.sha256(answer.data).hexdigest()[:32]}"'
        assert int(answer.headers["Content-Length"]) == len(answer.data)


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_an_unchanged_poll_is_answered_304_with_the_same_headers(world, subscriber, encoding):
    path = world.address(FeedKind.VOLUNTEER)
    first = subscriber.get(path, accept_encoding=encoding)

    again = subscriber.get(path, accept_encoding=encoding, if_none_match=first.headers["ETag"])

    assert (again.status_code, again.data) == (304, b"")
    for name in ("ETag", "Cache-Control", "Vary"):
        assert again.headers[name] == first.headers[name]


def test_the_tag_of_one_encoding_is_not_the_other_ones(world, subscriber):
    path = world.address(FeedKind.VOLUNTEER)
    packed = subscriber.get(path, accept_encoding="gzip").headers["ETag"]

    assert subscriber.get(path, accept_encoding="identity", if_none_match=packed).status_code == 200


def test_time_alone_is_enough_for_a_304(world, subscriber):
    path = world.address(FeedKind.VOLUNTEER)
    modified = subscriber.get(path).headers["Last-Modified"]

    assert subscriber.get(path, if_modified_since=modified).status_code == 304
    assert subscriber.get(path, if_modified_since="Thu, 01 Jan 2026 00:00:00 GMT").status_code == 200 or (
        modified == "Thu, 01 Jan 2026 00:00:00 GMT"
    )


def test_head_is_get_without_the_body(world, subscriber):
    path = world.address(FeedKind.VOLUNTEER)

    got, headed = subscriber.get(path), subscriber.get(path, method="HEAD")

    assert (headed.status_code, headed.data) == (200, b"")
    assert headed.headers["Content-Length"] == str(len(got.data))
    assert headed.headers["ETag"] == got.headers["ETag"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PROPFIND", "OPTIONS"])
def test_calendars_can_only_be_read(world, subscriber, method):
    answer = subscriber.get(world.address(FeedKind.VOLUNTEER), method=method)

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"


def test_an_unknown_address_always_gets_the_same_answer(world, subscriber):
    known = world.address(FeedKind.VOLUNTEER)
    unknown = [
        "/feeds/.ics",
        "/feeds/x.ics",
        known.replace(".ics", "x.ics"),
        "/feeds/../a.ics",
        f"/feeds/{'é' * 9}.ics",
    ]

    answers = [subscriber.get(path) for path in unknown]

    assert {answer.status_code for answer in answers} == {404}
    assert len({(answer.data, str(answer.headers)) for answer in answers}) == 1


def test_a_revoked_address_is_gone(world, subscriber):
    path = world.address(FeedKind.VOLUNTEER)
    etag = subscriber.get(path).headers["ETag"]
    token = world.session.query(FeedToken).one()
    feeds.revoke(world.session, token.id, by=world.account, now=datetime.now(UTC))
    world.session.commit()

    assert subscriber.get(path).status_code == 410
    assert subscriber.get(path, if_none_match=etag).status_code == 410


def test_the_address_of_a_closed_account_is_gone(world, subscriber):
    path = world.address(FeedKind.VOLUNTEER)
    world.account.active = False
    world.session.commit()

    assert subscriber.get(path).status_code == 410


def test_the_calendar_of_a_team_that_is_no_more_is_gone(world, subscriber):
    path = world.address(FeedKind.TEAM)
    world.session.delete(world.team)
    world.session.commit()

    assert subscriber.get(path).status_code == 410


def test_a_thousand_polls_are_never_limited(world, subscriber):
    path = world.address(FeedKind.VOLUNTEER)
    etag = subscriber.get(path).headers["ETag"]

    assert {subscriber.get(path, if_none_match=etag).status_code for _ in range(1000)} == {304}


@pytest.mark.parametrize("kind", KINDS)
def test_an_address_appears_nowhere_in_what_it_leads_to(world, subscriber, kind):
    path = world.address(kind)
    token = re.search(r"/feeds/(.*)\.ics", path)[1]

    answer = subscriber.get(path)

    assert token.encode() not in answer.data
    assert token not in str(answer.headers)


def test_an_address_is_hidden_from_the_servers_log(app, world):
    seen = {}
    path = world.address(FeedKind.VOLUNTEER)
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "RAW_URI": path, "REQUEST_URI": path}

    b"".join(app.wsgi_app(environ, lambda status, headers: seen.update(status=status)))

    assert seen["status"] == "200 OK"
    assert path not in str(environ)


def test_robots_may_fetch_calendars_but_nothing_else(subscriber):
    from urllib.robotparser import RobotFileParser

    robots = RobotFileParser()
    robots.parse(subscriber.get("/robots.txt").text.splitlines())

    assert robots.can_fetch("Google-Calendar-Importer", "https://roster.example/feeds/abc.ics")
    assert not robots.can_fetch("Googlebot", "https://roster.example/people/")


def test_the_owner_sees_when_the_calendar_was_fetched_and_by_which_program(world, subscriber):
    path, before = world.address(FeedKind.VOLUNTEER), datetime.now(UTC)

    subscriber.get(path, user_agent="Mozilla/5.0 (X11; Linux x86_64) Thunderbird/128.4")
    subscriber.flush()

    world.session.expire_all()
    token = world.session.query(FeedToken).one()
    assert token.fetched_by == "Thunderbird"
    assert before <= token.fetched_at <= datetime.now(UTC)


@on_sqlite
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("events", [3, 60])
def test_a_304_costs_one_question_and_a_200_three_whatever_the_number_of_events(
    world, subscriber, statements, kind, events
):
    path = world.address(kind)
    _more_shifts(world, events - 3)

    drawn = subscriber.get(path)
    asked_to_draw = list(statements)
    statements.clear()
    unchanged = subscriber.get(path)
    asked_unchanged = list(statements)
    statements.clear()
    not_modified = subscriber.get(path, if_none_match=drawn.headers["ETag"])

    assert drawn.data.count(b"BEGIN:VEVENT") == events
    assert unchanged.data == drawn.data
    assert not_modified.status_code == 304
    assert len(asked_to_draw) == 3
    assert len(asked_unchanged) == 1
    assert len(statements) == 1


@on_sqlite
def test_one_change_of_sixty_costs_three_questions(world, subscriber, statements):
    path = world.address(FeedKind.VOLUNTEER)
    _more_shifts(world, 57)
    before = subscriber.get(path)
    world.shifts[0].note = "Mang theo áo xanh"
    world.changed(world.shifts[0])
    statements.clear()

    after = subscriber.get(path)

    assert after.data != before.data
    assert len(statements) == 3


@on_sqlite
def test_after_a_restart_a_304_still_costs_one_question_and_a_200_two(world, subscriber, app, statements):
    path = world.address(FeedKind.VOLUNTEER)
    first = subscriber.get(path, accept_encoding="gzip")
    subscriber.flush()
    app.extensions["feeds"] = app.wsgi_app = Routes(app, app.wsgi_app._following)
    statements.clear()

    assert subscriber.get(path, accept_encoding="gzip", if_none_match=first.headers["ETag"]).status_code == 304
    assert len(statements) == 1
    statements.clear()
    assert subscriber.get(path, accept_encoding="gzip").data == first.data
    assert len(statements) == 2


def test_while_the_database_is_away_the_last_good_calendar_is_served(app, world, subscriber, monkeypatch, caplog):
    path = world.address(FeedKind.VOLUNTEER)
    before = subscriber.get(path)
    subscriber.flush()
    with app.app_context():
        monkeypatch.setattr(db.engine, "raw_connection", _away)

    after = subscriber.get(path)
    polled = subscriber.get(path, if_none_match=before.headers["ETag"])

    assert (after.status_code, after.data) == (200, before.data)
    assert polled.status_code == 304
    assert "address looked up in memory" in caplog.text


def test_if_drawing_fails_the_last_good_calendar_is_served(world, subscriber, monkeypatch, caplog):
    path = world.address(FeedKind.VOLUNTEER)
    before = subscriber.get(path)
    world.shifts[0].note = "changed"
    world.changed(world.shifts[0])
    monkeypatch.setattr("roster.feeds.documents.draw", _away)

    assert subscriber.get(path).data == before.data
    assert subscriber.restarted().get(path).data == before.data
    assert "last good calendar" in caplog.text

    monkeypatch.undo()
    assert b"changed" in subscriber.get(path).data


def test_trouble_without_earlier_bytes_is_never_a_200_or_a_503(app, world, subscriber, monkeypatch, caplog):
    path = world.address(FeedKind.VOLUNTEER)
    subscriber.get("/feeds/warm.ics")
    with app.app_context():
        monkeypatch.setattr(db.engine, "raw_connection", _away)

    assert subscriber.get(path).status_code == 500


def test_a_document_that_vanished_is_like_an_unknown_address(world, subscriber):
    path = world.address(FeedKind.VOLUNTEER)
    world.session.execute(delete(FeedDocument))
    world.session.commit()

    assert subscriber.get(path).status_code == 404


def _away(*_args, **_kwargs):
    raise OSError("away")


def _more_shifts(world, number):
    from tests import builders
    from tests.roster.feeds.conftest import an_assignment

    for n in range(number):
        shift = builders.a_shift(
            world.session, world.site, world.programme, day=world.shifts[-1].starts_at.date() + timedelta(days=n + 1)
        )
        world.session.add(an_assignment(shift, world.lan))
        world.shifts.append(shift)
    feeds.shifts_changed(world.session, [shift.id for shift in world.shifts], now=datetime.now(UTC))
    world.session.commit()
