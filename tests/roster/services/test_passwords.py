"""Passwords are hashed with argon2id, and an unknown login takes as long as a wrong password."""

import pytest
from argon2 import PasswordHasher, extract_parameters

from roster.errors import FieldError
from roster.services.accounts import normalised_login
from roster.services.passwords import Passwords, require_good


def test_a_hash_is_argon2id_salted_and_tells_nothing_of_the_password():
    passwords = Passwords(time_cost=1)

    one, two = passwords.hash("một câu dễ nhớ"), passwords.hash("một câu dễ nhớ")

    assert one.startswith("$argon2id$")
    assert one != two
    assert passwords.matches(one, "một câu dễ nhớ")
    assert not passwords.matches(one, "một câu dễ quên")


def test_nobody_s_password_is_never_right():
    assert not Passwords(time_cost=1).matches(None, "nobody's password")


def test_a_check_without_a_hash_costs_a_whole_hash(monkeypatch: pytest.MonkeyPatch):
    passwords = Passwords(time_cost=2)
    kept = passwords.hash("một câu dễ nhớ")

    checked: list[str] = []
    monkeypatch.setattr(PasswordHasher, "verify", lambda _hasher, hashed, _password: checked.append(hashed))

    passwords.matches(kept, "another password")
    passwords.matches(None, "another password")

    one, nobodys = (extract_parameters(hashed) for hashed in checked)
    assert nobodys == one


def test_a_hash_of_another_cost_is_renewed():
    kept = Passwords(time_cost=1).hash("một câu dễ nhớ")

    assert Passwords(time_cost=2).is_outdated(kept)
    assert not Passwords(time_cost=1).is_outdated(kept)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "missing"),
        ("ngắn quá", None),
        ("ngắn", "too_short"),
        ("x" * 201, "too_long"),
        ("MatKhau123", "too_common"),
        ("lan@example.org", "same_as_login"),
    ],
)
def test_a_password_is_refused_only_for_being_guessable(password: str, reason: str | None):
    if reason is None:
        require_good(password, login="lan@example.org")
        return
    with pytest.raises(FieldError) as refusal:
        require_good(password, login="lan@example.org")
    assert refusal.value.facts["reason"] == reason


def test_ones_own_phone_number_is_no_password():
    with pytest.raises(FieldError):
        require_good("0912345678", login="+84912345678")


@pytest.mark.parametrize(
    ("typed", "login"),
    [
        ("0912 345 678", "+84912345678"),
        ("+84 912 345 678", "+84912345678"),
        (" Lan@Example.org", "lan@example.org"),
        ("lan", None),
        ("", None),
        ("lan@example", None),
        ("a@b.c d@e.f", None),
    ],
)
def test_a_login_is_one_phone_number_or_one_address(typed: str, login: str | None):
    assert normalised_login(typed) == login
