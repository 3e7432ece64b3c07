"""What is installed is pinned by hash, and no lock says where it comes from."""

import json
import re

import pytest

import dev

LOCKS = sorted(dev.REQUIREMENTS.glob("*.txt"))
PIN = re.compile(r"^([a-z0-9][\w.-]*)(?:\[[\w,-]+\])?==(\S+)", re.MULTILINE)


def pins_of(name):
    return dict(PIN.findall((dev.REQUIREMENTS / name).read_text()))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_pin_has_a_hash_and_no_address(lock):
    text = lock.read_text()
    blocks = re.split(r"\n(?=\S)", text.strip())

    assert blocks
    assert [block for block in blocks if "--hash=sha256:" not in block] == []
    assert "://" not in text
    assert "--index" not in text


def test_the_frontend_is_pinned_by_hash_and_without_address():
    lock = json.loads((dev.FRONTEND / "package-lock.json").read_text())
    packages = {name: facts for name, facts in lock["packages"].items() if name}

    assert packages
    assert [name for name, facts in packages.items() if "integrity" not in facts] == []
    assert [name for name, facts in packages.items() if "resolved" in facts] == []


def test_a_demo_and_the_tests_agree_on_every_version():
    # dev.py relies on it: a demo then has nothing to remove from what the tests installed.
    app, development = pins_of("app.txt"), pins_of("dev.txt")

    assert app
    assert {name: development.get(name) for name in app} == app
