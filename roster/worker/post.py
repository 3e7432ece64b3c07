"""The post: gathers what the outbox holds, writes letters and hands them over, while other threads plan rosters.

Each channel has lanes of its own, or one push service that takes its time would keep mails waiting. One thread claims
for all of them, and only what a lane is free for. Any number of workers may do this side by side. What happens to a
letter whose worker dies is told in `services/letters.py`.
"""

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from roster.clock import utc_now
from roster.letters import writing
from roster.models import Channel, Delivery, PushDevice
from roster.services import contacts, devices, letters
from roster.services.letters import Claim
from roster.webpush import Subscription
from roster.worker.parcels import Abandoned, Doubtful, Parcel, Refused, Sender

log = structlog.get_logger()

POLL = 1.0  # seconds between looks at an empty outbox
CHORES_EVERY = timedelta(seconds=30)
LANES: Mapping[Channel, int] = {channel: 4 if channel is Channel.PUSH else 1 for channel in Channel}
"""Letters under way at once. Each browser's maker has a push service of its own; of all else there is one server."""
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
        self._over, self._changed = threading.Event(), threading.Event()
        self._under_way: Counter[Channel] = Counter()  # changed under the lock only: lanes end side by side
        self._lock = threading.Lock()
        self._chores_at: datetime | None = None
        self._gathered_at = 0.0

    def run(self) -> None:
        """Until `stop`: whatever waits, then a look each second."""
        with _lanes() as lanes:
            while not self._over.is_set():
                try:
                    busy = self._turn(lanes)
                except SQLAlchemyError as error:  # a database away for a moment must not end the post for good
                    log.error("post interrupted", error=repr(error))
                    busy = False
                if not busy:
                    self._pause()

    def stop(self) -> None:
        self._over.set()
        self._changed.set()

    def drain(self) -> None:
        """Everything that is due now."""
        with _lanes() as lanes:
            while True:
                idle = not self._under_way.total()  # asked first: a lane that ends meanwhile may leave more to do
                if self._turn(lanes):
                    continue
                if idle:
                    return
                self._pause()

    def _turn(self, lanes: Executor) -> bool:
        """The clock's work, then one delivery on its way, or new letters. Whether there was anything to do."""
        self._do_chores(self.clock())
        return self._start_next(lanes) or self._gather()

    def _pause(self) -> None:
        """Until a lane is free again, or the next look."""
        self._changed.wait(POLL)
        self._changed.clear()

    def _gather(self) -> bool:
        """While letters are under way only now and then: a publication of thousands is not counted anew for each."""
        if self._under_way.total() and time.monotonic() < self._gathered_at + POLL:
            return False
        self._gathered_at = time.monotonic()
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
            try:
                with self.sessions() as session:
                    chore(session, now)
                    session.commit()
            except Exception as error:  # what one stumbles over must keep neither the others nor the letters waiting
                log.error("chore failed", chore=chore.__name__, exc_info=error)

    def _start_next(self, lanes: Executor) -> bool:
        with self._lock:
            free = [channel for channel in Channel if self._under_way[channel] < LANES[channel]]
        if not free:
            return False
        with self.sessions() as session:
            claim = letters.claim(session, free, now=self.clock())
            session.commit()
        if claim is None:
            return False
        with self._lock:
            self._under_way[claim.channel] += 1
        lanes.submit(self._deliver, claim)
        return True

    def _deliver(self, claim: Claim) -> None:
        """One delivery, in its lane. Whatever the database refuses here is done again when the claim has run out."""
        try:
            self._send(claim)
        except Exception as error:
            log.error("letter failed", delivery=claim.delivery_id, exc_info=error)
            with contextlib.suppress(SQLAlchemyError):
                reason = type(error).__name__
                self._say(lambda session: letters.stumble(session, claim, error=reason, now=self.clock()))
        finally:
            with self._lock:
                self._under_way[claim.channel] -= 1
            self._changed.set()

    def _send(self, claim: Claim) -> None:
        channel, parcel = claim.channel, self._parcel(claim)
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

    def _parcel(self, claim: Claim) -> Parcel | None:
        """What is to be sent, its links committed before anybody can follow them; None if there is nothing to send."""
        with self.sessions() as session:
            delivery = session.get_one(Delivery, claim.delivery_id)
            channel, now = claim.channel, self.clock()
            until = letters.not_before(session, delivery.letter, contacts.reader_of(session, delivery.letter), now=now)
            if until > now:  # a worker that stood still, a mail server that was away: none of it is worth a night
                letters.postpone(session, claim, until=until)
                session.commit()
                return None
            reader, written = writing.write(session, delivery.letter, base_url=self.base_url, now=now)
            subscription = _subscription(delivery.device)
            address = subscription.endpoint if subscription else reader.addresses.get(channel)
            if written is None or address is None or channel not in self.senders:
                letters.drop(session, claim, why="nothing to say" if written is None else "no address", now=now)
                session.commit()
                return None
            tag = f"letter-{delivery.letter_id}"
            parcel = Parcel(written, reader.name, address, delivery.message_id, tag, subscription)
            session.commit()
            return parcel

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


def _lanes() -> Executor:
    return ThreadPoolExecutor(sum(LANES.values()), thread_name_prefix="lane")


def _subscription(device: PushDevice | None) -> Subscription | None:
    """None too for a device that is gone: whatever waits for it is dropped."""
    if device is None or device.gone_at is not None:
        return None
    return Subscription(device.endpoint, device.p256dh, device.auth)
