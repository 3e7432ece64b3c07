"""A real mail server for tests: what it accepted can be read, and it can be told to refuse."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.ports import a_port
from tests.waiting import PATIENCE


class Mailbox:
    """Everything the server took; `refusals` are replies to the next letters instead of taking them."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.refusals: list[str] = []
        self.url = ""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.refusals:
            return self.refusals.pop(0)
        message = message_from_bytes(cast(bytes, envelope.content), policy=policy.default)
        self.messages.append(cast(EmailMessage, message))
        self.recipients += envelope.rcpt_tos
        return "250 OK"


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return cast(str, body.get_content())


def html_of(message: EmailMessage) -> str:
    body = message.get_body(("html",))
    assert body is not None
    return cast(str, body.get_content())


@contextmanager
def a_mail_server() -> Iterator[Mailbox]:
    mailbox = Mailbox()
    with a_port() as port:
        controller = Controller(
            mailbox, hostname="127.0.0.1", port=port, server_hostname="localhost", ready_timeout=PATIENCE
        )
        controller.start()
        mailbox.url = f"mailto://127.0.0.1:{port}?from=Lịch trực<roster@example.vn>&mode=insecure"
        try:
            yield mailbox
        finally:
            controller.stop()
