"""Settings: read once from the environment, checked, frozen.

Everything the service keeps lives in one folder, `ROSTER_HOME`: database, keys, demo links. The secret key
and that of web push are made on first start and never have a default, so that no two installations share one.
"""

import contextlib
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
"""What the service speaks, by code, each named in itself; the first to whoever chose none."""
DEFAULT_LANGUAGE = next(iter(LANGUAGES))


class BadSetting(ValueError):
    """An environment variable holds a value that makes no sense; the message names it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How one process of the service runs.

    home: the folder of everything kept; database_url: an SQLAlchemy address; secret_key: signs sessions and
    tokens; base_url: how people reach the service, for links in feeds; secure_cookies: send cookies over
    HTTPS only; timezone: the local time of units that name none; plan_seconds: the longest solve;
    plan_workers: solver threads per run; rate_limits: off only in tests; argon2_time_cost: lower only in tests;
    broker_url: a Celery broker, empty for local worker processes; trusted_proxies: how many proxies of our own stand in
    front, whose word on a visitor's address is taken.

    Messages leave by whatever is configured: mail_url, an Apprise address of the mail server
    (`mailtos://user:password@host?from=Roster<roster@example.org>`); telegram_token and zalo_token, of a bot there;
    message_webhook, an Apprise address (`jsons://host/path`) of a gateway that reaches people by phone number;
    push_key, which signs what goes to browsers (256 random bits in base64url; without one nothing goes there).
    """

    home: Path
    database_url: str
    secret_key: str
    base_url: str = "http://127.0.0.1:8000"
    secure_cookies: bool = False
    timezone: str = "Asia/Ho_Chi_Minh"
    plan_seconds: int = 120
    plan_workers: int = 2
    rate_limits: bool = True
    argon2_time_cost: int = 3
    broker_url: str = ""
    trusted_proxies: int = 0
    mail_url: str = ""
    telegram_token: str = ""
    zalo_token: str = ""
    message_webhook: str = ""
    push_key: str = ""


def from_environment(environ: Mapping[str, str] | None = None) -> Settings:
    """Read `ROSTER_*` variables; raises BadSetting naming the variable. Makes the home folder."""
    env = os.environ if environ is None else environ
    home = Path(env.get("ROSTER_HOME") or "instance").resolve()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    base_url = env.get("ROSTER_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
    if not base_url.startswith(("http://", "https://")):
        raise BadSetting("ROSTER_BASE_URL must start with http:// or https://")
    return Settings(
        home=home,
        database_url=env.get("ROSTER_DATABASE_URL") or f"sqlite:///{home / 'roster.db'}",
        secret_key=env.get("ROSTER_SECRET_KEY") or _kept_secret(home / "secret_key", 48),
        base_url=base_url,
        secure_cookies=base_url.startswith("https://"),
        timezone=env.get("ROSTER_TIMEZONE", "Asia/Ho_Chi_Minh"),
        plan_seconds=_whole(env, "ROSTER_PLAN_SECONDS", 120),
        plan_workers=_whole(env, "ROSTER_PLAN_WORKERS", 2),
        argon2_time_cost=_whole(env, "ROSTER_ARGON2_TIME_COST", 3),
        broker_url=env.get("ROSTER_BROKER_URL", ""),
        trusted_proxies=_whole(env, "ROSTER_TRUSTED_PROXIES", 0, least=0),
        mail_url=env.get("ROSTER_MAIL_URL", ""),
        telegram_token=env.get("ROSTER_TELEGRAM_TOKEN", ""),
        zalo_token=env.get("ROSTER_ZALO_TOKEN", ""),
        message_webhook=env.get("ROSTER_MESSAGE_WEBHOOK", ""),
        push_key=_push_key(env.get("ROSTER_PUSH_KEY") or _kept_secret(home / "push_key", 32)),
    )


def _whole(env: Mapping[str, str], name: str, default: int, *, least: int = 1) -> int:
    text = env.get(name, "")
    if not text:
        return default
    if not text.isdigit() or int(text) < least:
        raise BadSetting(f"{name} must be a whole number from {least} up, not {text!r}")
    return int(text)


def _push_key(text: str) -> str:
    if len(text) != 43 or not re.fullmatch("[A-Za-z0-9_-]+", text):
        raise BadSetting("ROSTER_PUSH_KEY must be 32 octets in base64url, 43 signs long")
    return text


def _kept_secret(path: Path, octets: int) -> str:
    """A secret of the installation, made once. It is put in place whole, so that two first starts agree on one."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(octets))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text(encoding="ascii")
