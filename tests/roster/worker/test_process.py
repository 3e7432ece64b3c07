"""A worker process does all that a clock asks for; without it nobody would be reminded, and no error would say so."""

import os
import sys
from inspect import unwrap
from pathlib import Path

import pytest

from roster.config import Settings
from roster.models import Channel
from roster.services import confirming, consents, imports, keeping, outbox, places, tries
from roster.worker import process


def test_a_worker_reminds_asks_chases_passes_places_on_and_forgets_what_is_old(tmp_path: Path):
    settings = Settings(home=tmp_path, database_url="sqlite://", secret_key="secret")

    post = process.post_of(settings)

    forgetting = {imports.forget_old, tries.forget_old, consents.forget_unanswered, outbox.forget_old_logins}
    forgetting.add(keeping.forget_old)
    asking = {confirming.remind, confirming.ask_again, confirming.chase}
    assert set(map(unwrap, post.chores)) == {*asking, places.pass_on} | forgetting


def test_a_worker_takes_nobody_off_by_a_channel_it_cannot_send_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    settings = Settings(home=tmp_path, database_url="sqlite://", secret_key="secret", telegram_token="token")
    seen: list[list[Channel]] = []
    monkeypatch.setattr(confirming, "chase", lambda _session, _now, *, available: seen.append(list(available)))

    for chore in process.post_of(settings).chores:
        if unwrap(chore) is confirming.chase:
            chore(None, None)

    assert Channel.TELEGRAM in seen[0]
    assert Channel.EMAIL not in seen[0]


def test_a_worker_with_a_search_it_could_not_stop_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    settings = Settings(home=tmp_path, database_url="sqlite://", secret_key="secret")
    begun: list[object] = []
    monkeypatch.setattr(os, "execv", lambda *command: begun.append(command))
    monkeypatch.setattr(process.Worker, "run", lambda _worker: None)
    monkeypatch.setattr(process, "stop_on_signals", lambda _worker: None)

    process.serve(settings)

    assert begun == [(sys.executable, sys.orig_argv)]


def test_a_worker_told_to_end_does_not_begin_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    settings = Settings(home=tmp_path, database_url="sqlite://", secret_key="secret")
    monkeypatch.setattr(os, "execv", lambda *_command: pytest.fail("began anew"))
    monkeypatch.setattr(process.Worker, "run", process.Worker.stop)
    monkeypatch.setattr(process, "stop_on_signals", lambda _worker: None)

    process.serve(settings)
