"""Writing down later what an answer did not wait for."""

from datetime import UTC, datetime
from threading import Event, Thread

from sqlalchemy import event

from roster.extensions import db
from roster.feeds.keeper import Keeper
from roster.models import FeedKind, FeedToken
from tests.roster.feeds.conftest import on_sqlite
from tests.waiting import PATIENCE


@on_sqlite
def test_flush_waits_for_what_another_thread_is_just_writing(app, world):
    """Or a process that flushes and ends would end with the other thread's transaction open."""
    world.address(FeedKind.VOLUNTEER)
    token = world.session.query(FeedToken).one()
    world.session.commit()
    with app.app_context():
        engine = db.engine
    writing, go_on = Event(), Event()

    def hold(_connection):
        writing.set()
        assert go_on.wait(PATIENCE)

    keeper = Keeper(engine)
    keeper._fetches[token.id] = (datetime.now(UTC), "iPhone")
    event.listen(engine, "begin", hold)
    first, second = Thread(target=keeper.flush), Thread(target=keeper.flush)
    try:
        first.start()
        assert writing.wait(PATIENCE)
        second.start()
        second.join(0.2)
        returned_early = not second.is_alive()
    finally:
        go_on.set()
        first.join()
        second.join()
        event.remove(engine, "begin", hold)

    assert not returned_early
    world.session.refresh(token)
    assert token.fetched_by == "iPhone"
