"""Chats and gateways, each against a real server: what they are told, and what becomes of it when they fail."""

import json
from collections.abc import Iterator

import pytest
from apprise.plugins.telegram import NotifyTelegram
from apprise.plugins.zalo import NotifyZalo
from sqlalchemy import select

from roster.letters.parts import Written
from roster.models import Channel, ContactChoice, Delivery, DeliveryState
from roster.services.letters import RETRIES
from roster.worker.channels import shortened
from tests.gateways import SILENCE, Gateway, a_gateway
from tests.told import NOW, Clock, Week, a_post, run_after

PHONE, CHAT = "+84912345678", "246813579"
TOKEN = "123456789:abcdefghijklmnopqrstuvwxyzABCDEFGHI"


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with a_gateway(reply=b'{"ok": true, "result": {}}') as gateway:
        yield gateway


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def week(session) -> Week:
    return Week(session)


@pytest.fixture(params=[Channel.WEBHOOK, Channel.TELEGRAM, Channel.ZALO])
def channel(request, gateway, monkeypatch) -> tuple[Channel, dict[str, str]]:
    """A channel, and the settings that lead it to our own server."""
    monkeypatch.setattr(NotifyTelegram, "notify_url", f"{gateway.url}/bot")
    monkeypatch.setattr(NotifyZalo, "notify_url", f"{gateway.url}/bot{{token}}/sendMessage")
    settings = {
        Channel.WEBHOOK: {"message_webhook": gateway.url.replace("http:", "json:") + "/zalo"},
        Channel.TELEGRAM: {"telegram_token": TOKEN},
        Channel.ZALO: {"zalo_token": TOKEN},
    }
    return request.param, settings[request.param]


@pytest.fixture
def told(week, channel, session):
    """Lan, who wants to be told by that channel alone, has a shift."""
    lan = week.person(phone=PHONE)
    choice = ContactChoice(person_id=lan.id, channels=[channel[0].value], telegram=CHAT, zalo=CHAT, changed_at=NOW)
    session.add(choice)
    week.publishes((0, lan))
    return lan


@pytest.fixture
def post(sessions, clock, channel):
    return a_post(sessions, clock, **channel[1])


def the_delivery(session) -> Delivery:
    found = session.scalars(select(Delivery)).one()
    session.expunge_all()
    session.rollback()  # on SQLite whoever only reads keeps the post waiting too
    return found


def test_each_channel_brings_the_words_and_the_links_to_the_reader(told, post, clock, channel, gateway, session):
    run_after(post, clock)

    posted, name = gateway.taken[0], channel[0]
    said = json.loads(posted.body)
    assert the_delivery(session).state is DeliveryState.SENT
    assert len(gateway.taken) == 1
    assert "Thứ Hai 23/11" in posted.body.decode("unicode_escape", "ignore") or "Thứ Hai 23/11" in str(said)
    assert "https://roster.example.vn/a/" in str(said)
    address = {"phone": PHONE} if name is Channel.WEBHOOK else {"chat_id": CHAT}
    assert {key: str(said[key]) for key in address} == address


def test_a_channel_that_is_busy_is_asked_again_later_and_told_once(told, post, clock, gateway, session):
    gateway.answers = [429, 500]

    run_after(post, clock)
    first = the_delivery(session)
    for pause in RETRIES[:3]:
        run_after(post, clock, pause)

    delivery = the_delivery(session)
    assert (first.state, first.attempts) == (DeliveryState.WAITING, 1)
    assert "429" in first.error
    assert (delivery.state, delivery.attempts) == (DeliveryState.SENT, 3)
    assert len(gateway.taken) == 1


def test_a_channel_that_falls_silent_may_have_told_and_is_not_asked_again(told, post, clock, gateway, session):
    gateway.answers = [SILENCE]

    run_after(post, clock)
    for pause in RETRIES:
        run_after(post, clock, pause)

    assert the_delivery(session).state is DeliveryState.UNSURE
    assert len(gateway.taken) == 1


def test_a_reader_who_blocked_the_bot_is_not_asked_again_and_the_reason_names_no_address(
    told, post, clock, gateway, session
):
    gateway.answers = [403] * 3

    run_after(post, clock)

    delivery = the_delivery(session)
    assert (delivery.state, delivery.attempts) == (DeliveryState.FAILED, 1)
    assert CHAT not in delivery.error
    assert PHONE not in delivery.error
    assert TOKEN not in delivery.error


def test_a_gateway_gets_the_readers_language_and_an_id_to_know_the_message_again(week, sessions, clock, session):
    with a_gateway() as gateway:
        lan = week.person(phone=PHONE)
        session.add(ContactChoice(person_id=lan.id, channels=[Channel.WEBHOOK.value], changed_at=NOW))
        week.publishes((0, lan))
        gateway.answers = [500]

        post = a_post(sessions, clock, message_webhook=gateway.url.replace("http:", "json:"))
        run_after(post, clock)
        run_after(post, clock, RETRIES[0])

    said = json.loads(gateway.taken[0].body)
    assert (said["language"], said["id"]) == ("vi", the_delivery(session).message_id)


def test_a_long_message_is_cut_between_lines_and_ends_with_where_the_rest_is():
    brief = "\n".join(f"Ca {number}: https://roster.example.vn/a/{number:043}" for number in range(60))
    page = "https://roster.example.vn/inbox/7"
    written = Written("vi", "Lịch", "Chào", [], [], None, page, brief=brief)

    cut = shortened(written, 1800).splitlines()

    assert len("\n".join(cut)) <= 1800
    assert cut[-1] == f"… {page}"
    assert set(cut[:-1]) <= set(brief.splitlines())
    assert shortened(written, 10_000) == brief
