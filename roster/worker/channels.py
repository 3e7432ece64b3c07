"""Channels: how a written letter leaves this machine, by Apprise.

Which channels there are is read from settings, each an Apprise address. E-mail uses Apprise's address grammar and its
knowledge of providers, but speaks SMTP itself: Apprise gives every attempt a new Message-ID and keeps to itself whether
a refusal is final, and both decide here whether somebody is told twice or not at all (docs/decisions.md).
"""

import contextlib
import logging
import re
import smtplib
import ssl
from collections.abc import Callable, Mapping
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any, NoReturn, cast
from urllib.parse import quote, urlencode

from apprise import Apprise, LogCapture, NotifyFormat
from apprise.plugins.email import NotifyEmail

from roster.clock import utc_now
from roster.config import Settings
from roster.imports.fetching import Reach
from roster.letters.parts import Written
from roster.models import Channel
from roster.worker import pushing
from roster.worker.parcels import Abandoned, Doubtful, Parcel, Refused, Sender
from roster.worker.pushing import Push

PATIENCE = 20.0  # seconds for each word of a mail server
SILENCES = ("Read timed out", "RemoteDisconnected", "Connection aborted")
"""How requests says that an answer never came to what it had sent."""
STATUS = re.compile(r"error=(4\d\d)")
"""How Apprise ends what it says of a refusal that is the sender's fault, or the reader's who blocked the bot."""
BUSY = (408, 429)
"""Two of these that pass by themselves."""


class MailPolicy(EmailPolicy):
    """Mails as Python writes them, but for long subjects and names that are not ASCII: where it folds them it drops the
    space (python/cpython#92081) or adds one, and "tình nguyện cùng" came out as "tình nguyệncùng"."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name == "Subject" and not str(value).isascii():
            folded = self._encoded(name, str(value))
        elif name in ("From", "To") and not str(value).isascii() and value.addresses[0].addr_spec.isascii():
            (address,) = value.addresses
            folded = f"{self._encoded(name, address.display_name)}{self.linesep} <{address.addr_spec}>"
        else:
            return super().fold_binary(name, value)
        return f"{name}: {folded}{self.linesep}".encode("ascii")

    def _encoded(self, name: str, words: str) -> str:
        return Header(words, "utf-8", header_name=name).encode(linesep=self.linesep)


MAIL_POLICY = MailPolicy(linesep="\r\n")


class Mail:
    """E-mail by the server of an Apprise address (`mailtos://user:password@host?from=Roster<roster@example.org>`)."""

    def __init__(self, url: str) -> None:
        plugin = Apprise.instantiate(url)
        if not isinstance(plugin, NotifyEmail):
            raise ValueError("the address of the mail server is none that Apprise knows")
        self._server: Any = plugin
        name, address = cast("tuple[str, str]", self._server.from_addr)
        self._sender = Address(display_name=name or "", addr_spec=address)

    def send(self, parcel: Parcel, hand_over: Callable[[], bool]) -> None:
        message = self._message(parcel).as_bytes(policy=MAIL_POLICY)
        try:
            server = self._connected()
            try:
                self._offer(server, parcel.address)
                if not hand_over():
                    raise Abandoned
                _deliver(server, message)
            finally:
                _leave(server)
        except smtplib.SMTPResponseException as error:
            for_good = 500 <= error.smtp_code < 600 and not isinstance(error, smtplib.SMTPAuthenticationError)
            raise Refused(_said(error), for_good=for_good) from error
        except (smtplib.SMTPException, OSError) as error:
            raise Refused(type(error).__name__) from error

    def _connected(self) -> smtplib.SMTP:
        plugin, secure = self._server, str(self._server.secure_mode)
        context = ssl.create_default_context()
        # By a name of our own: smtplib would ask a name server for this machine's, and may wait seconds for it.
        where: dict[str, Any] = {"host": plugin.smtp_host, "port": plugin.port, "local_hostname": self._sender.domain}
        server: smtplib.SMTP
        if secure == "ssl":
            server = smtplib.SMTP_SSL(**where, timeout=PATIENCE, context=context)
        else:
            server = smtplib.SMTP(**where, timeout=PATIENCE)
        if secure == "starttls":
            server.starttls(context=context)
        if plugin.user and plugin.password:
            server.login(plugin.user, plugin.password)
        return server

    def _offer(self, server: smtplib.SMTP, address: str) -> None:
        """Everything up to the letter itself; each refusal here leaves nothing behind."""
        server.ehlo_or_helo_if_needed()
        for code, reply in (server.mail(self._sender.addr_spec), server.rcpt(address)):
            if code >= 300:
                raise smtplib.SMTPResponseException(code, reply)

    def _message(self, parcel: Parcel) -> EmailMessage:
        written, domain = parcel.written, self._sender.domain
        message = EmailMessage(policy=MAIL_POLICY)
        message["From"] = self._in_the_name_of(written.sender)
        message["To"] = Address(display_name=parcel.name, addr_spec=parcel.address)
        message["Subject"] = written.subject
        message["Date"] = format_datetime(utc_now())
        message["Message-ID"] = f"<{parcel.message_id}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notes, please
        message["Content-Language"] = written.language
        if written.choices:
            message["List-Unsubscribe"] = f"<{written.choices.href}>"
        message.set_content(written.text)
        message.add_alternative(written.html, subtype="html")
        return message

    def _in_the_name_of(self, unit: str) -> Address:
        """Our own address, or no mail server would take it; beside it the unit, which readers know."""
        names = (unit, self._sender.display_name)
        return Address(display_name=" · ".join(name for name in names if name), addr_spec=self._sender.addr_spec)


def _deliver(server: smtplib.SMTP, message: bytes) -> None:
    """The letter and the dot that makes it final; silence after that leaves us in doubt."""
    try:
        code, reply = server.data(message)
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        raise Doubtful("the mail server fell silent after the letter") from error
    if code != 250:
        raise smtplib.SMTPDataError(code, reply)


def _leave(server: smtplib.SMTP) -> None:
    """Whatever goes wrong now says nothing about the letter."""
    with contextlib.suppress(smtplib.SMTPException, OSError):
        server.quit()


def _said(error: smtplib.SMTPResponseException) -> str:
    """The server's words without anybody's address: replies often repeat it."""
    reply = error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
    words = " ".join(word for word in reply.split() if "@" not in word)
    return f"{error.smtp_code} {words}"[:300]


class Chat:
    """Any other Apprise service: `address_of` joins settings and a reader's address to an Apprise address.

    `longest`: characters of one message there; what is longer ends with the address of the page that has it all.
    """

    def __init__(self, address_of: Callable[[Parcel], str], *, longest: int) -> None:
        self._address_of, self._longest = address_of, longest

    def send(self, parcel: Parcel, hand_over: Callable[[], bool]) -> None:
        service = Apprise()
        if not service.add(self._address_of(parcel)):
            raise Refused("this is no address there", for_good=True)
        if not hand_over():
            raise Abandoned
        body, title = shortened(parcel.written, self._longest), parcel.written.subject
        with LogCapture(level=logging.DEBUG, fmt="%(levelname)s %(message)s") as log:  # type: ignore[no-untyped-call]
            if not service.notify(body=body, title=title, body_format=NotifyFormat.TEXT):
                _give_up(log.getvalue(), parcel.address)


def shortened(written: Written, longest: int) -> str:
    """The brief of a letter in whole lines, because half an address leads nowhere."""
    if len(written.brief) <= longest:
        return written.brief
    rest = f"… {written.page}"
    kept: list[str] = []
    for line in written.brief.splitlines():
        if sum(map(len, kept)) + len(kept) + len(line) + len(rest) > longest:
            break
        kept.append(line)
    return "\n".join((*kept, rest))


def _give_up(log: str, address: str) -> NoReturn:
    """What Apprise says of a failure, it says in its log; the fine print tells whether the other side had it all."""
    if any(sign in log for sign in SILENCES):
        raise Doubtful("the service fell silent after the message")
    warnings = [line.removeprefix("WARNING ") for line in log.splitlines() if line.startswith("WARNING ")]
    said = warnings[-1].replace(address, "…")[:300] if warnings else "refused without a word"
    status = STATUS.search(said)
    raise Refused(said, for_good=status is not None and int(status[1]) not in BUSY)


def senders_of(settings: Settings, *, reach: Reach = pushing.REACH) -> Mapping[Channel, Sender]:
    """The channels this installation can send by. `reach`: which push services may be reached."""
    senders: dict[Channel, Sender] = {}
    if settings.mail_url:
        senders[Channel.EMAIL] = Mail(settings.mail_url)
    if settings.telegram_token:
        senders[Channel.TELEGRAM] = Chat(
            lambda parcel: f"tgram://{settings.telegram_token}/{quote(parcel.address)}/", longest=3500
        )
    if settings.zalo_token:
        senders[Channel.ZALO] = Chat(
            lambda parcel: f"zalo://{settings.zalo_token}/{quote(parcel.address)}/", longest=1800
        )
    if settings.message_webhook:
        senders[Channel.WEBHOOK] = Chat(lambda parcel: _webhook(settings.message_webhook, parcel), longest=3500)
    if settings.push_key:
        senders[Channel.PUSH] = Push(settings.push_key, settings.base_url, reach=reach)
    return senders


def _webhook(url: str, parcel: Parcel) -> str:
    """A gateway's address (`jsons://host/path`), told whom the message is for and by which id to know it again."""
    facts = {":phone": parcel.address, ":language": parcel.written.language, ":id": parcel.message_id}
    return f"{url}{'&' if '?' in url else '?'}{urlencode(facts)}"
