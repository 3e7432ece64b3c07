"""The crowd of `tests/changing.py` over HTTP: each thing is a click that somebody could make, on a page already stale.

What a click aims at is read beforehand from a snapshot, as a page would have shown it; whether it may still happen is
the service's to say, to 20 at once.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random
from typing import Any

from flask import Flask
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from roster.models import (
    Account,
    Assignment,
    AssignmentState,
    Claim,
    ClaimState,
    CoverAsk,
    CoverCall,
    Swap,
    SwapState,
)
from tests.changing import Week

Fields = Mapping[str, Any]
Post = Callable[[int, str, Fields], int]
"""Account id, address and fields sent; the status that came back."""
Click = tuple[int, str, Fields] | None

BUSY = 503


@dataclass
class ClickingCrowd:
    """Clients that click on one random thing after another. `answers`: (what, status) of each click."""

    url: str
    week: Week
    post: Post
    answers: list[tuple[str, int]] = field(default_factory=list)

    def at_once(self, clients: int, clicks: int) -> None:
        engine = create_engine(self.url, pool_size=clients, execution_options={"read_only": True})
        pages = sessionmaker(engine)
        with ThreadPoolExecutor(clients) as pool:
            list(pool.map(lambda seed: self._click(pages, seed, clicks // clients), range(clients)))
        engine.dispose()

    def _click(self, pages: sessionmaker[Session], seed: int, times: int) -> None:
        dice, clicked = Random(seed), 0
        while clicked < times:
            aim = dice.choice(CLICKS)
            with pages() as session:
                click = aim(self.week, session, dice)
            if click is not None:
                clicked += 1
                self.answers.append((aim.__name__, self.post(*click)))

    def counted(self) -> dict[str, int]:
        """How often each thing was done, and how often it was refused, by status."""
        return dict(Counter(what if status < 400 else str(status) for what, status in self.answers))

    @property
    def broken(self) -> list[tuple[str, int]]:
        return [one for one in self.answers if one[1] >= 500 and one[1] != BUSY]


def through_flask(app: Flask) -> Post:
    """Clicks answered in this process, without a socket between."""

    def post(account_id: int, address: str, fields: Fields) -> int:
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = f"{account_id}.0"
        return client.post(address, data=fields).status_code

    return post


def claim(week: Week, session: Session, dice: Random) -> Click:
    return dice.choice(week.accounts), f"/me/open/{dice.choice(week.shifts)}", {}


def withdraw(week: Week, session: Session, dice: Random) -> Click:
    turn, account = _turn(session, dice)
    return (account, f"/me/turns/{turn.id}/withdraw", {"reason": ""}) if turn else None


def confirm(week: Week, session: Session, dice: Random) -> Click:
    turn, account = _turn(session, dice)
    return (account, f"/me/shifts/{turn.id}/confirm", {}) if turn else None


def answer_offer(week: Week, session: Session, dice: Random) -> Click:
    offer = session.scalars(select(Claim).filter_by(state=ClaimState.OFFERED).order_by(func.random())).first()
    answer = dice.choice(["yes", "no"])
    return (_account(session, offer.person_id), f"/me/claims/{offer.id}/{answer}", {}) if offer else None


def ask_cover(week: Week, session: Session, dice: Random) -> Click:
    return week.coordinator, f"/places/{dice.choice(week.shifts)}/cover", {"person_id": dice.sample(week.people, 3)}


def ask_standin(week: Week, session: Session, dice: Random) -> Click:
    turn, account = _turn(session, dice)
    asked = {"person_id": dice.sample(week.people, 3)}
    return (account, f"/me/turns/{turn.id}/stand-in", asked) if turn else None


def answer_cover(week: Week, session: Session, dice: Random) -> Click:
    asks = select(CoverAsk).join(CoverAsk.call).where(CoverCall.closed_at.is_(None)).order_by(func.random())
    ask = session.scalars(asks).first()
    answer = "yes" if dice.random() < 0.8 else "no"
    return (_account(session, ask.person_id), f"/me/asks/{ask.id}/{answer}", {}) if ask else None


def propose_swap(week: Week, session: Session, dice: Random) -> Click:
    (mine, account), (theirs, _) = _turn(session, dice), _turn(session, dice)
    if mine is None or theirs is None or mine.id == theirs.id:
        return None
    return account, f"/me/turns/{mine.id}/swap", {"wanted": theirs.id}


def answer_swap(week: Week, session: Session, dice: Random) -> Click:
    swap = session.scalars(select(Swap).filter_by(state=SwapState.PROPOSED).order_by(func.random())).first()
    return (_account(session, swap.other_id), f"/me/swaps/{swap.id}/yes", {}) if swap else None


def put(week: Week, session: Session, dice: Random) -> Click:
    return week.coordinator, f"/places/{dice.choice(week.shifts)}/people/{dice.choice(week.people)}/put", {}


def take_off(week: Week, session: Session, dice: Random) -> Click:
    turn, _ = _turn(session, dice)
    return (week.coordinator, f"/places/{turn.shift_id}/people/{turn.person_id}/off", {}) if turn else None


CLICKS: Sequence[Callable[[Week, Session, Random], Click]] = (
    *(claim, claim, claim, claim, claim, claim, withdraw, confirm, answer_offer, ask_cover, ask_standin, answer_cover),
    *(answer_cover, propose_swap, propose_swap, answer_swap, answer_swap, put, take_off),
)


def _turn(session: Session, dice: Random) -> tuple[Assignment | None, int]:
    """A turn that is served, and whose account."""
    turns = session.scalars(select(Assignment).filter_by(state=AssignmentState.ACTIVE).order_by(Assignment.id)).all()
    turn = dice.choice(turns) if turns else None
    return turn, _account(session, turn.person_id) if turn else 0


def _account(session: Session, person_id: int) -> int:
    return session.scalars(select(Account.id).filter_by(person_id=person_id)).one()
