"""A real HTTP server that messages are posted to, and that can be told to refuse or to fall silent."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message

SILENCE = 0
"""As an answer: none at all, though the whole message was taken."""


@dataclass(frozen=True)
class Posted:
    path: str
    headers: Message
    body: bytes


class Gateway(http.server.ThreadingHTTPServer):
    """Whatever is posted ends in `taken`; `answers` are the statuses of the next requests instead of `usual`."""

    daemon_threads = True

    def __init__(self, *, usual: int = 200, reply: bytes = b"{}") -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.taken: list[Posted] = []
        self.answers: list[int] = []
        self.usual, self.reply = usual, reply

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = self.server.answers.pop(0) if self.server.answers else self.server.usual
        if status == SILENCE:
            self.server.taken.append(Posted(self.path, self.headers, body))
            self.close_connection = True
            return
        if 200 <= status < 300:
            self.server.taken.append(Posted(self.path, self.headers, body))
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(self.server.reply)))
        self.end_headers()
        self.wfile.write(self.server.reply)

    def log_message(self, *_words: object) -> None:
        pass


@contextmanager
def a_gateway(*, usual: int = 200, reply: bytes = b"{}") -> Iterator[Gateway]:
    server = Gateway(usual=usual, reply=reply)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
