"""A process that publishes or sends, made to be killed: python -m tests.roster.worker.posting DATABASE_URL MAIL_URL.

It stays behind and forks one worker for each line it reads ("publish", "post"), so that a test can kill many without
waiting for as many starts. Waits are short: nobody watches a test for minutes.
"""

import os
import signal
import sys
import time
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import create_engine, select, update
from sqlalchemy.orm import Session, sessionmaker

from roster.config import Settings
from roster.models import Account, DraftAssignment, Role, RoleKind, Roster, Shift
from roster.services import letters, outbox, rosters
from roster.worker import channels
from roster.worker.post import Post
from tests.roster.worker.leases import LONG

PAUSE = 0.05  # seconds


def publish_again_and_again(sessions: sessionmaker[Session]) -> None:
    """Move everybody one shift on and publish, until killed; between that others may write."""
    while True:
        time.sleep(PAUSE)
        with sessions() as session:
            roster = session.scalars(select(Roster)).one()
            by = session.scalars(select(Account).join(Account.roles).where(Role.kind == RoleKind.COORDINATOR)).one()
            move_everybody(session)
            rosters.publish(session, roster.id, revision_seen=roster.revision, by=by, now=datetime.now(UTC))
            session.commit()


def move_everybody(session: Session) -> None:
    """One shift on, in the only draft there is."""
    shifts = session.scalars(select(Shift.id).order_by(Shift.id)).all()
    for draft in session.scalars(select(DraftAssignment)).all():
        where = shifts[(shifts.index(draft.shift_id) + 1) % len(shifts)]
        session.execute(update(DraftAssignment).where(DraftAssignment.id == draft.id).values(shift_id=where))
    session.expire_all()


def send_everything(sessions: sessionmaker[Session], mail_url: str) -> None:
    settings = Settings(home=Path(), database_url="", secret_key="", mail_url=mail_url)
    Post(sessions, channels.senders_of(settings), base_url="http://127.0.0.1").run()


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main(database_url: str, mail_url: str) -> None:
    outbox.GATHERING = timedelta(0)
    letters.WRITING = letters.HANDING_OVER = LONG
    channels.senders_of(Settings(home=Path(), database_url="", secret_key="", mail_url=mail_url))  # imports, once
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the killed leave no zombies
    say("ready")
    for line in sys.stdin:
        worker = os.fork()
        if worker:
            say(str(worker))
            continue
        sessions = sessionmaker(create_engine(database_url))
        if line.strip() == "publish":
            publish_again_and_again(sessions)
        send_everything(sessions, mail_url)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(*sys.argv[1:])
