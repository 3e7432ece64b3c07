"""Searches: what runs, what-ifs and repairs have in common, a row that a worker answers."""

from datetime import datetime

from sqlalchemy.orm import Session

from roster.models import JobState, Repair, Run, RunState, WhatIf
from roster.services import jobs


def stop(session: Session, row: Run | WhatIf | Repair, *, now: datetime) -> None:
    """End one that waits, or ask its worker to keep the best it has. One that is over stays as it is."""
    if row.state.is_over:
        return
    state = jobs.request_cancel(session, row.job_id, now=now) if row.job_id else None
    if state is not JobState.RUNNING:
        row.state, row.finished_at = RunState.CANCELLED, now
