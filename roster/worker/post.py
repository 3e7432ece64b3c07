"""The post: gathers what the outbox holds, writes letters and hands them over, while other threads plan rosters.

Any number of workers may do this side by side. What happens to a letter whose worker dies is told in
`services/letters.py`.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from roster.letters import writing
from roster.models import Channel, Delivery, PushDevice
from roster.services import contacts, devices, letters
from roster.services.letters import Claim
from roster.webpush import Subscription
from roster.worker.leases import utc_now
from roster.worker.parcels import Abandoned, Doubtful, Parcel, Refused, Sender

log = structlog.get_logger()

POLL = 1.0  # seconds between looks at an empty outbox
CHORES_EVERY = timedelta(seconds=30)
Chore = Callable[[Session, datetime], None]
"""Something a clock asks for: now and then, in a transaction of its own."""


class Post:
    """One worker's post office. `clock` is for tests that cannot wait for tomorrow's reminders."""

    def __init__(
        self,
        sessions: sessionmaker[Session],
        senders: Mapping[Channel, Sender],
        *,
        base_url: str,
        chores: Sequence[Chore] = (),
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.sessions, self.senders, self.base_url = sessions, senders, base_url
        self.chores, self.clock = chores, clock
        self._over = threading.Event()
        self._chores_at: datetime | None = None

    def run(self) -> None:
        """Until `stop`: whatever waits, then a look each second."""
        while not self._over.is_set():
            try:
                busy = self.round()
            except SQLAlchemyError as error:  # a database away for a moment must not end the post for good
                log.error("post interrupted", error=repr(error))
                busy = False
            if not busy:
                self._over.wait(POLL)

    def stop(self) -> None:
        self._over.set()

    def drain(self) -> None:
        """Everything that is due now."""
        while self.round():
            pass

    def round(self) -> bool:
        """The clock's work, then one delivery; new letters only when none waits, so that a publication of thousands
        is not counted anew for each. Whether there was anything to do."""
        self._do_chores(self.clock())
        return self._send_next() or self._gather()

    def _gather(self) -> bool:
        with self.sessions() as session:
            letters.sweep(session, now=self.clock())
            gathered = letters.gather(session, self.senders, now=self.clock())
            session.commit()
        return gathered > 0

    def _do_chores(self, now: datetime) -> None:
        if self._chores_at is not None and now < self._chores_at + CHORES_EVERY:
            return
        self._chores_at = now
        for chore in self.chores:
            with self.sessions() as session:
                chore(session, now)
                session.commit()

    def _send_next(self) -> bool:
        with self.sessions() as session:
            claim = letters.claim(session, now=self.clock())
            session.commit()
        if claim is None:
            return False
        try:
            self._send(claim)
        except Exception as error:
            log.error("letter failed", delivery=claim.delivery_id, exc_info=error)
            self._failed(claim, type(error).__name__, for_good=False)
        return True

    def _send(self, claim: Claim) -> None:
        channel, parcel = self._parcel(claim)
        if parcel is None:
            return
        try:
            self.senders[channel].send(parcel, lambda: self._hands_over(claim))
        except Refused as refusal:
            log.warning("letter refused", delivery=claim.delivery_id, error=str(refusal))
            self._failed(claim, str(refusal), for_good=refusal.for_good, gone=refusal.gone)
        except Doubtful as doubt:
            reason = str(doubt)
            self._say(lambda session: letters.doubt(session, claim, error=reason, now=self.clock()))
        except Abandoned:
            log.warning("letter left to another worker", delivery=claim.delivery_id)
        else:
            self._say(lambda session: letters.sent(session, claim, now=self.clock()))
            log.info("letter sent", delivery=claim.delivery_id, channel=channel.value)

    def _parcel(self, claim: Claim) -> tuple[Channel, Parcel | None]:
        """What is to be sent, its links committed before anybody can follow them; None if there is nothing to send."""
        with self.sessions() as session:
            delivery = session.get_one(Delivery, claim.delivery_id)
            channel, now = delivery.channel, self.clock()
            until = letters.not_before(session, delivery.letter, contacts.reader_of(session, delivery.letter), now=now)
            if until > now:  # a worker that stood still, a mail server that was away: none of it is worth a night
                letters.postpone(session, claim, until=until)
                session.commit()
                return channel, None
            reader, written = writing.write(session, delivery.letter, base_url=self.base_url, now=now)
            subscription = _subscription(delivery.device)
            address = subscription.endpoint if subscription else reader.addresses.get(channel)
            if written is None or address is None or channel not in self.senders:
                letters.drop(session, claim, why="nothing to say" if written is None else "no address", now=now)
                session.commit()
                return channel, None
            tag = f"letter-{delivery.letter_id}"
            parcel = Parcel(written, reader.name, address, delivery.message_id, tag, subscription)
            session.commit()
            return channel, parcel

    def _hands_over(self, claim: Claim) -> bool:
        return self._say(lambda session: letters.hand_over(session, claim, now=self.clock()))

    def _failed(self, claim: Claim, error: str, *, for_good: bool, gone: bool = False) -> None:
        def fail(session: Session) -> bool:
            if gone:
                devices.gone(session, session.get_one(Delivery, claim.delivery_id).device_id, now=self.clock())
            return letters.fail(session, claim, error=error, for_good=for_good, now=self.clock())

        self._say(fail)

    def _say(self, change: Callable[[Session], bool]) -> bool:
        with self.sessions() as session:
            held = change(session)
            session.commit()
        return held


def _subscription(device: PushDevice | None) -> Subscription | None:
    """None too for a device that is gone: whatever waits for it is dropped."""
    if device is None or device.gone_at is not None:
        return None
    return Subscription(device.endpoint, device.p256dh, device.auth)
