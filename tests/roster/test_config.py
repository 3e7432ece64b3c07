"""Settings: checked when read, with a secret that is made once and never has a default."""

import stat
import threading
from pathlib import Path

import pytest

from roster.config import BadSetting, from_environment


def test_two_first_starts_agree_on_one_secret(tmp_path: Path):
    found: list[str] = []
    together = threading.Barrier(8)

    def start() -> None:
        together.wait()
        found.append(from_environment({"ROSTER_HOME": str(tmp_path)}).secret_key)

    starts = [threading.Thread(target=start) for _ in range(8)]
    for each in starts:
        each.start()
    for each in starts:
        each.join()

    assert len(found) == 8
    assert set(found) == {(tmp_path / "secret_key").read_text()}
    assert len(found[0]) >= 48


def test_the_secret_is_kept_for_the_next_start_and_from_other_users(tmp_path: Path):
    first = from_environment({"ROSTER_HOME": str(tmp_path)})
    second = from_environment({"ROSTER_HOME": str(tmp_path)})

    assert (first.secret_key, first.push_key) == (second.secret_key, second.push_key)
    kept = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert kept == {"secret_key": 0o600, "push_key": 0o600}


def test_two_installations_never_share_a_secret(tmp_path: Path):
    one = from_environment({"ROSTER_HOME": str(tmp_path / "one")})
    other = from_environment({"ROSTER_HOME": str(tmp_path / "other")})

    assert one.secret_key != other.secret_key


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ROSTER_PLAN_SECONDS", "soon"),
        ("ROSTER_PLAN_SECONDS", "0"),
        ("ROSTER_PLAN_WORKERS", "-1"),
        ("ROSTER_TRUSTED_PROXIES", "many"),
        ("ROSTER_BASE_URL", "roster.example"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_by_name(tmp_path: Path, name: str, value: str):
    with pytest.raises(BadSetting, match=name):
        from_environment({"ROSTER_HOME": str(tmp_path), name: value})


@pytest.mark.parametrize(("address", "secure"), [("https://roster.example/", True), ("http://10.0.0.5:8000", False)])
def test_cookies_are_secure_exactly_where_people_come_by_https(tmp_path: Path, address: str, secure: bool):
    settings = from_environment({"ROSTER_HOME": str(tmp_path), "ROSTER_BASE_URL": address})

    assert settings.secure_cookies is secure
    assert settings.base_url == address.rstrip("/")


def test_a_key_of_web_push_that_is_none_is_named_at_the_start(tmp_path: Path):
    with pytest.raises(BadSetting, match="ROSTER_PUSH_KEY"):
        from_environment({"ROSTER_HOME": str(tmp_path), "ROSTER_PUSH_KEY": "secret"})
