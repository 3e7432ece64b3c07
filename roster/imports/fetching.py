"""Fetching an address that a stranger typed, without becoming their hand inside our own network.

Every name is looked up here, all its addresses must be public, and the connection goes to the very address that was
looked at, so that a second answer of the name server changes nothing. Redirects are followed by the same rules. An
answer is taken only up to a size and within a time.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from roster.errors import FieldError

MOST_REDIRECTS = 3
CONNECT_SECONDS = 8.0
WHOLE_SECONDS = 25.0
LONGEST_ADDRESS = 1000
PORTS = {"http": 80, "https": 443}
REDIRECTS = (301, 302, 303, 307, 308)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Reach:
    """What may be reached. The default is the public internet; only tests widen it, to servers of their own."""

    private: bool = False
    any_port: bool = False
    whole_seconds: float = WHOLE_SECONDS


PUBLIC = Reach()


def normalised(text: str) -> str:
    """A link as it is kept: webcal becomes https. Raises FieldError on `url`: `missing`, `not_a_link`, `too_long`."""
    typed = text.strip()
    if not typed:
        raise _refused("missing")
    if len(typed) > LONGEST_ADDRESS:
        raise _refused("too_long", longest=LONGEST_ADDRESS, length=len(typed))
    if typed.lower().startswith(("webcal://", "webcals://")):
        typed = "https://" + typed.partition("://")[2]
    parts = _split(typed)
    if parts.username or parts.password:
        raise _refused("not_a_link", value=typed[:100])
    return parts._replace(fragment="").geturl()


def fetch(url: str, *, most_bytes: int, reach: Reach = PUBLIC) -> bytes:
    """The body behind an http or https address.

    Raises FieldError on `url`: `not_a_link`, `private_address`, `no_such_host`, `not_reached`, `answered` (fact
    `status`), `too_many_redirects`, `calendar_too_large` (fact `most`, in MB).
    """
    deadline = time.monotonic() + reach.whole_seconds
    for _ in range(MOST_REDIRECTS + 1):
        connection, path = _connection(url, deadline, reach)
        # Timeouts of a socket begin anew with each byte; this one ends even an answer that drips.
        cut = threading.Timer(deadline - time.monotonic(), connection.cut)
        cut.start()
        try:
            with _answer(connection, path) as answer:
                if answer.status not in REDIRECTS:
                    return _body(answer, most_bytes, deadline)
                url = urljoin(url, answer.getheader("Location", ""))
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise _refused("not_reached") from error
        finally:
            cut.cancel()
            connection.close()
    raise _refused("too_many_redirects")


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, last_moment: Callable[[], None], reach: Reach = PUBLIC
) -> int:
    """The status that an address answered to what was posted there; no redirect is followed.

    `last_moment` is called once there is a connection, before the first byte. Raises FieldError on `url` as `fetch`
    before that; afterwards whoever fell silent may have it all: `fell_silent`.
    """
    deadline = time.monotonic() + reach.whole_seconds
    connection, path = _connection(url, deadline, reach)
    cut = threading.Timer(deadline - time.monotonic(), connection.cut)
    cut.start()
    try:
        _connect(connection)
        last_moment()
        connection.request("POST", path, body=body, headers={"User-Agent": "volunteer-roster", **headers})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise _refused("fell_silent") from error
    finally:
        cut.cancel()
        connection.close()


def _connect(connection: "_Pinned") -> None:
    try:
        connection.connect()
    except OSError as error:
        raise _refused("not_reached") from error


def _refused(reason: str, **facts: Any) -> FieldError:
    return FieldError(field="url", reason=reason, **facts)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise _refused("not_a_link", value=url[:100]) from None
    if parts.scheme not in PORTS or not parts.hostname or any(char <= " " for char in url):
        raise _refused("not_a_link", value=url[:100])
    return parts


def _connection(url: str, deadline: float, reach: Reach) -> tuple["_Pinned", str]:
    """A connection not yet made, to an address that was looked at, and the path to ask it for."""
    parts = _split(url)
    port = parts.port or PORTS[parts.scheme]
    if port not in PORTS.values() and not reach.any_port:
        raise _refused("not_a_link", value=url[:100])
    host = parts.hostname or ""
    left = deadline - time.monotonic()
    if left <= 0:
        raise _refused("not_reached")
    address = _public_address(host, port, reach)
    path = quote(parts._replace(scheme="", netloc="").geturl() or "/", safe="/?&=%:;+,@!$'()*~-._[]")
    return _Pinned(host, port, address, tls=parts.scheme == "https", seconds=min(left, CONNECT_SECONDS)), path


def _answer(connection: "_Pinned", path: str) -> http.client.HTTPResponse:
    # Without compression: what a hundred bytes may unpack to is not for us to find out.
    headers = {"User-Agent": "volunteer-roster", "Accept": "text/calendar, */*;q=0.1", "Accept-Encoding": "identity"}
    connection.request("GET", path, headers=headers)
    return connection.getresponse()


def _body(answer: http.client.HTTPResponse, most_bytes: int, deadline: float) -> bytes:
    if answer.status != http.client.OK:
        raise _refused("answered", status=answer.status)
    body = answer.read(most_bytes + 1)
    if len(body) > most_bytes:
        raise _refused("calendar_too_large", most=most_bytes // 1024 // 1024)
    if time.monotonic() >= deadline:
        raise _refused("not_reached")  # what was cut off looks like an answer that ended
    return body


def _public_address(host: str, port: int, reach: Reach) -> str:
    """The first address of the host. All must be public: one that is not shows that somebody tries something."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise _refused("no_such_host") from error
    addresses = [str(sockaddr[0]) for *_, sockaddr in found]
    if not addresses:
        raise _refused("no_such_host")
    if not reach.private and not all(is_public(address) for address in addresses):
        raise _refused("private_address")
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the internet at large, seen through every way of writing IPv4 inside IPv6."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour or (parsed.teredo[1] if parsed.teredo else None)
        if parsed in NAT64:
            inner = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved


class _Pinned(http.client.HTTPConnection):
    """A connection to an address already looked at, under the name that was asked for."""

    def __init__(self, host: str, port: int, address: str, *, tls: bool, seconds: float) -> None:
        super().__init__(host, port, timeout=seconds)
        self._address, self._tls = address, tls
        self._socket: socket.socket | None = None
        self._over = False

    def connect(self) -> None:
        self.sock = self._socket = socket.create_connection((self._address, self.port), self.timeout)
        if self._tls:
            context = ssl.create_default_context()
            # The handshake comes after the socket is known: it may drip, too.
            wrapped = context.wrap_socket(self._socket, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = self._socket = wrapped
            self._cut_if_over()
            wrapped.do_handshake()
        self._cut_if_over()

    def cut(self) -> None:
        """End whatever is being read, or will be; http.client forgets the socket of an answer, we do not."""
        self._over = True
        self._cut_if_over()

    def _cut_if_over(self) -> None:
        if self._over and self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


def host_of(url: str) -> str:
    """What a link is called: its host, because its path is often a secret."""
    return urlsplit(url).hostname or ""
