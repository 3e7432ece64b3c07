"""Leases that run out when a test says so: by the clock, a living worker might lose its own, too, if it is starved."""

from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from roster.clock import utc_now
from roster.models import Job, JobState

LONG = timedelta(hours=1)


def run_out(sessions: sessionmaker[Session], job_id: int) -> None:
    """What time does to the lease of a worker that is dead or stands still."""
    held = update(Job).where(Job.id == job_id, Job.state == JobState.RUNNING)
    with sessions() as session:
        session.execute(held.values(lease_until=utc_now() - LONG))
        session.commit()
