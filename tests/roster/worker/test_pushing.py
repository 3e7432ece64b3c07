"""Notices to devices, by a real HTTP server as push service and a browser's half of the encryption."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from roster import webpush
from roster.imports.fetching import PUBLIC
from roster.models import Account, Delivery, DeliveryState, PushDevice
from roster.services import devices
from roster.services.letters import RETRIES
from roster.worker import channels
from tests.browsers import Browser, signed_claims
from tests.gateways import SILENCE, Gateway, a_gateway
from tests.told import NOW, Clock, Week, a_post, run_after

KEY = webpush.encoded(bytes(range(32)))


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with a_gateway(usual=201) as gateway:
        yield gateway


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def week(session) -> Week:
    return Week(session)


@pytest.fixture
def post(sessions, clock):
    return a_post(sessions, clock, push_key=KEY)


class Phones:
    """Lan's devices, by the path under which the push service knows each."""

    def __init__(self, session, gateway, lan) -> None:
        self.session, self.gateway = session, gateway
        self.account = session.scalars(select(Account).where(Account.person_id == lan.id)).one()
        self.browsers: dict[str, Browser] = {}

    def add(self, path: str) -> PushDevice:
        browser = self.browsers[path] = Browser()
        asked = browser.subscribes(f"{self.gateway.url}{path}")
        device = PushDevice(
            account_id=self.account.id,
            endpoint=asked.endpoint,
            p256dh=asked.p256dh,
            auth=asked.auth,
            label="Chrome · Android",
            created_at=NOW,
        )
        self.session.add(device)
        self.session.commit()
        return device

    def shown(self) -> list[tuple[str, str]]:
        """Where something appeared, and its first line."""
        return [(one.path, self.browsers[one.path].reads(one.body)["title"]) for one in self.gateway.taken]

    def deliveries(self) -> list[tuple[DeliveryState, int]]:
        found = self.session.scalars(select(Delivery).order_by(Delivery.id)).all()
        states = [(one.state, one.attempts) for one in found]
        self.session.rollback()  # on SQLite whoever only reads keeps the post waiting too
        return states


@pytest.fixture
def lan(week):
    return week.person()


@pytest.fixture
def phones(session, gateway, lan) -> Phones:
    return Phones(session, gateway, lan)


def test_a_notice_says_what_is_new_in_the_readers_language_and_leads_to_the_answer(week, lan, phones, post, clock):
    phones.add("/phone")
    week.publishes((0, lan))

    run_after(post, clock)

    taken = phones.gateway.taken[0]
    notice = phones.browsers["/phone"].reads(taken.body)
    assert notice["title"] == "Bạn có ca trực Thứ Hai 23/11"
    assert "07:30–11:30, Trung tâm" in notice["body"]
    assert notice["href"].startswith("https://roster.example.vn/a/")
    assert notice["lang"] == "vi"
    assert (taken.headers["Content-Encoding"], int(taken.headers["TTL"])) == ("aes128gcm", 2 * 24 * 60 * 60)
    claims = signed_claims(taken.headers["Authorization"], webpush.public_key(KEY))
    assert (claims["aud"], claims["sub"]) == (phones.gateway.url, "http://127.0.0.1:8000")


def test_what_needs_several_answers_leads_to_the_page_with_all_of_them(week, lan, phones, post, clock):
    phones.add("/phone")
    week.publishes((0, lan), (1, lan))

    run_after(post, clock)

    notice = phones.browsers["/phone"].reads(phones.gateway.taken[0].body)
    assert notice["href"].startswith("https://roster.example.vn/inbox/")
    assert notice["body"].count("\n") == 1


def test_one_device_that_fails_does_not_have_the_other_told_twice(week, lan, phones, post, clock):
    phones.add("/phone")
    phones.add("/laptop")
    week.publishes((0, lan))
    phones.gateway.answers = [429, 201, 503]

    run_after(post, clock)
    for pause in RETRIES[:2]:
        run_after(post, clock, pause)

    assert sorted(where for where, _ in phones.shown()) == ["/laptop", "/phone"]
    assert sorted(phones.deliveries()) == [(DeliveryState.SENT, 1), (DeliveryState.SENT, 3)]


def test_a_device_that_is_gone_is_told_nothing_more_and_stays_on_its_owners_list(week, lan, phones, post, clock):
    phones.add("/phone")
    phones.gateway.answers = [410]
    week.publishes((0, lan))
    run_after(post, clock)

    week.publishes((1, lan), now=clock.now)
    run_after(post, clock)

    assert phones.deliveries() == [(DeliveryState.FAILED, 1)]
    (device,) = devices.of_account(phones.session, phones.account)
    assert device.gone_at is not None
    assert phones.gateway.taken == []


def test_a_push_service_that_falls_silent_may_have_told_and_is_not_asked_again(week, lan, phones, post, clock):
    phones.add("/phone")
    phones.gateway.answers = [SILENCE]
    week.publishes((0, lan))

    run_after(post, clock)
    run_after(post, clock, RETRIES[0])

    assert phones.deliveries() == [(DeliveryState.UNSURE, 1)]


def test_no_device_leads_into_our_own_network(week, lan, phones, post, clock):
    phones.add("/phone")
    post.senders = {channel: channels.Push(KEY, "https://roster.example.vn", reach=PUBLIC) for channel in post.senders}
    week.publishes((0, lan))

    run_after(post, clock)

    assert phones.deliveries() == [(DeliveryState.FAILED, 1)]
    assert phones.gateway.taken == []
