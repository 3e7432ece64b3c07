"""A link that a stranger typed is fetched only where it may lead; every server here is a real one on this machine."""

import http.server
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from roster.errors import FieldError
from roster.imports import fetching
from roster.imports.fetching import PUBLIC, Reach
from tests.ports import a_port
from tests.waiting import PATIENCE

OWN_SERVERS = Reach(private=True, any_port=True, whole_seconds=PATIENCE)
CALENDAR = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


class Portal(http.server.BaseHTTPRequestHandler):
    """A university's portal: a calendar, some redirects, and answers that nobody should wait for."""

    asked: list[str]

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        match self.path:
            case "/tkb.ics":
                self._say(200, CALENDAR)
            case "/moved":
                self._say(302, b"", Location="/tkb.ics")
            case "/loop":
                self._say(302, b"", Location="/loop")
            case "/inside":
                self._say(302, b"", Location="http://169.254.169.254/latest/meta-data/")
            case "/file":
                self._say(302, b"", Location="file:///etc/passwd")
            case "/large":
                self._say(200, b"x" * 3_000)
            case "/drip":
                self._drip()
            case _:
                self._say(404, b"no")

    def _say(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        while not self.server.over.wait(0.1):
            try:
                self.wfile.write(b".")
            except OSError:
                return

    def log_message(self, *_: object) -> None:
        """Nothing on the test's output."""


@contextmanager
def serving() -> Iterator[http.server.ThreadingHTTPServer]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Portal)
    server.asked, server.over = [], threading.Event()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def portal() -> Iterator[http.server.ThreadingHTTPServer]:
    with serving() as server:
        yield server


def address(portal: http.server.ThreadingHTTPServer, path: str = "/tkb.ics", host: str = "127.0.0.1") -> str:
    return f"http://{host}:{portal.server_port}{path}"


def refusal_of(url: str, *, reach: Reach = OWN_SERVERS, most_bytes: int = 1_000) -> str:
    with pytest.raises(FieldError) as refusal:
        fetching.fetch(url, most_bytes=most_bytes, reach=reach)
    reason: str = refusal.value.facts["reason"]
    return reason


def test_a_calendar_is_fetched_also_behind_a_redirect(portal: http.server.ThreadingHTTPServer):
    assert fetching.fetch(address(portal), most_bytes=1_000, reach=OWN_SERVERS) == CALENDAR
    assert fetching.fetch(address(portal, "/moved"), most_bytes=1_000, reach=OWN_SERVERS) == CALENDAR


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"])
def test_our_own_machine_is_never_asked_however_it_is_written(portal: http.server.ThreadingHTTPServer, host: str):
    only_ports = Reach(any_port=True)

    assert refusal_of(address(portal, host=host), reach=only_ports) in ("private_address", "no_such_host")
    assert portal.asked == []


def test_a_redirect_is_judged_like_the_link_itself(portal: http.server.ThreadingHTTPServer, monkeypatch):
    """The first server passes for a public one; where it sends us does not."""
    monkeypatch.setattr(fetching, "is_public", lambda address: address == "127.0.0.1")

    assert refusal_of(address(portal, "/inside"), reach=Reach(any_port=True)) == "private_address"
    assert refusal_of(address(portal, "/file"), reach=Reach(any_port=True)) == "not_a_link"
    assert portal.asked == ["/inside", "/file"]


def test_a_name_that_changes_its_mind_between_look_and_call_changes_nothing(
    portal: http.server.ThreadingHTTPServer, monkeypatch
):
    """DNS rebinding: the connection goes to the address that was looked at, and the name is not asked again."""
    answers = iter(["127.0.0.1", "10.0.0.1"])
    monkeypatch.setattr(fetching, "is_public", lambda address: True)
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, port, *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (_numeric(host, answers), port))],
    )

    assert (
        fetching.fetch(address(portal, host="tkb.example.org"), most_bytes=1_000, reach=Reach(any_port=True))
        == CALENDAR
    )
    assert next(answers) == "10.0.0.1"


def _numeric(host: str, answers: Iterator[str]) -> str:
    """`create_connection` looks a numeric address up as well, and gets itself."""
    return next(answers) if host == "tkb.example.org" else host


def test_answers_too_large_too_slow_or_too_many_are_cut_off(portal: http.server.ThreadingHTTPServer):
    assert refusal_of(address(portal, "/large")) == "calendar_too_large"
    assert refusal_of(address(portal, "/loop")) == "too_many_redirects"
    assert (
        refusal_of(address(portal, "/drip"), reach=Reach(private=True, any_port=True, whole_seconds=0.5))
        == "not_reached"
    )
    assert refusal_of(address(portal, "/gone")) == "answered"


def test_an_answer_that_drips_is_cut_off_though_the_time_was_up_before_it_was_asked_for(
    portal: http.server.ThreadingHTTPServer, monkeypatch
):
    monkeypatch.setattr(threading.Timer, "start", lambda timer: timer.function())

    assert refusal_of(address(portal, "/drip")) == "not_reached"


def test_nobody_at_home_is_told(portal: http.server.ThreadingHTTPServer):
    with a_port() as port:
        assert refusal_of(f"http://127.0.0.1:{port}/") == "not_reached"


def test_other_ports_are_left_alone():
    assert refusal_of("http://93.184.216.34:6379/", reach=PUBLIC) == "not_a_link"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("0.0.0.1", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::", False),
        ("not an address", False),
    ],
)
def test_only_addresses_of_the_internet_at_large_are_public(address: str, public: bool):
    assert fetching.is_public(address) is public


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("webcal://tkb.qnu.edu.vn/a.ics", "https://tkb.qnu.edu.vn/a.ics"),
        (
            " https://calendar.google.com/calendar/ical/x/basic.ics#top ",
            "https://calendar.google.com/calendar/ical/x/basic.ics",
        ),
        ("http://tkb.qnu.edu.vn/a?b=c", "http://tkb.qnu.edu.vn/a?b=c"),
    ],
)
def test_a_link_is_kept_in_one_form(typed: str, kept: str):
    assert fetching.normalised(typed) == kept


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "missing"),
        ("tkb.qnu.edu.vn", "not_a_link"),
        ("ftp://tkb.qnu.edu.vn/a.ics", "not_a_link"),
        ("file:///etc/passwd", "not_a_link"),
        ("https://me:secret@tkb.qnu.edu.vn/", "not_a_link"),
        ("https://[::1", "not_a_link"),
        ("https://tkb.qnu.edu.vn:99999/", "not_a_link"),
        ("https://tkb.qnu.edu.vn/a\r\nHost: inside", "not_a_link"),
        ("https://tkb.qnu.edu.vn/" + "a" * 1_000, "too_long"),
    ],
)
def test_what_is_no_link_is_refused(typed: str, reason: str):
    with pytest.raises(FieldError) as refusal:
        fetching.normalised(typed)

    assert refusal.value.facts["reason"] == reason
