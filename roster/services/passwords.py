"""Passwords: argon2id hashes, and what a password must not be.

One check costs a third of a second on purpose, so nobody hashes inside a transaction that others wait for.
"""

from functools import cache, cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from roster.errors import FieldError

LEAST = 8  # characters, NIST SP 800-63B (2017) §5.1.1.2; length helps more than rules about signs
MOST = 200
# The commonest of the leaked lists and of Vietnamese keyboards that are long enough to pass the length check.
COMMON = frozenset(
    """
    12345678 123456789 1234567890 0123456789 0987654321 123123123 1234512345 11111111 00000000 88888888 66668888
    password password1 passw0rd qwertyuiop qwerty123 1q2w3e4r 1qaz2wsx abcd1234 abc12345 iloveyou matkhau123 matkhau1
    anhyeuem emyeuanh yeuanh123 vietnam123 khongbiet tinhyeu123 thanhnien thanhnien123
    """.split()  # noqa: SIM905  (a list of forty quoted words is harder to read)
)


class Passwords:
    """Makes and checks hashes at one cost. `time_cost`: passes of argon2 over its 64 MiB."""

    def __init__(self, time_cost: int) -> None:
        self._hasher = PasswordHasher(time_cost=time_cost)

    def hash(self, password: str) -> str:
        return self._hasher.hash(password)

    def matches(self, kept: str | None, password: str) -> bool:
        """Whether the password belongs to the hash. Without a hash it takes as long, and the answer is no.

        So the time of an answer does not tell whether a login exists.
        """
        try:
            return self._hasher.verify(kept or self._nobody, password) and kept is not None
        except (VerificationError, InvalidHashError):
            return False

    def is_outdated(self, kept: str) -> bool:
        """Whether the hash was made at another cost than today's."""
        return self._hasher.check_needs_rehash(kept)

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash("nobody's password")


@cache
def at_cost(time_cost: int) -> Passwords:
    return Passwords(time_cost)


def require_good(password: str, *, login: str, field: str = "password") -> None:
    """Raises FieldError: `missing`, `too_short`, `too_long`, `too_common`, `same_as_login`."""
    if not password:
        raise FieldError(field=field, reason="missing")
    if len(password) < LEAST:
        raise FieldError(field=field, reason="too_short", least=LEAST)
    if len(password) > MOST:
        raise FieldError(field=field, reason="too_long", longest=MOST, length=len(password))
    if password.casefold() in COMMON:
        raise FieldError(field=field, reason="too_common")
    if password.casefold() in (login.casefold(), login.replace("+84", "0")):
        raise FieldError(field=field, reason="same_as_login")
