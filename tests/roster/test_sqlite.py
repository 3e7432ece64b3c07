"""Writers on SQLite wait for each other instead of failing or losing updates."""

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from roster.models import Job, JobState

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def a_job() -> Job:
    return Job(kind="count", payload={"n": 0}, state=JobState.QUEUED, run_after=NOW, created_at=NOW)


@pytest.fixture
def job(engine: Engine) -> int:
    with Session(engine) as session:
        job = a_job()
        session.add(job)
        session.commit()
        return job.id


def test_no_update_is_lost_between_writers_that_read_first(engine, job):
    def count_up():
        for _ in range(50):
            with Session(engine) as session:
                row = session.get(Job, job, with_for_update=True)
                row.payload = {"n": row.payload["n"] + 1}
                session.commit()

    writers = [threading.Thread(target=count_up) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    with Session(engine) as session:
        assert session.get(Job, job).payload == {"n": 200}


def test_a_row_cannot_point_at_nothing(engine):
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text("INSERT INTO periods (unit_id, first_day, days) VALUES (999, '2026-11-23', 7)"))


def test_a_reader_sees_one_snapshot_while_a_writer_works(sqlite_url):
    engine = create_engine(sqlite_url)
    count = text("SELECT count(*) FROM jobs")
    with engine.connect().execution_options(read_only=True) as reader:
        before = reader.scalar(count)
        with Session(engine) as writer:
            writer.add(a_job())
            writer.commit()

        assert (before, reader.scalar(count)) == (0, 0)
        reader.rollback()
        assert reader.scalar(count) == 1
    engine.dispose()


def test_a_read_only_connection_cannot_write_and_a_later_one_can(sqlite_url):
    engine = create_engine(sqlite_url, pool_size=1, max_overflow=0)
    drop = text("DELETE FROM units")
    reader = engine.connect().execution_options(read_only=True)
    with reader, pytest.raises(OperationalError, match="readonly"):
        reader.execute(drop)

    with engine.begin() as writer:
        writer.execute(drop)
    engine.dispose()
