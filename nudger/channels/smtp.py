"""One SMTP connection: how it is opened, and how one mail is handed over on it."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TypedDict

import aiosmtplib

from nudger.channels.smtp_trouble import Stage, is_plain_refusal, trouble
from nudger.errors import DeliveryError, Effect

_GOODBYE = 2.0


class Security(StrEnum):
    """How words travel to the server."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"
    """In clear: to this machine itself only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The longest waits.

    RFC 5321, 4.5.3.2.6 asks for 10 minutes after the final dot, for servers that deliver before they answer.
    A submission server answers in seconds; ten minutes on one dead server would hold a connection, and a nudge,
    for twenty ticks. What giving up early can cost is a second copy under the same Message-ID.
    """

    connect: timedelta = timedelta(seconds=10)
    command: timedelta = timedelta(seconds=30)
    answer: timedelta = timedelta(seconds=60)


STANDARD = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where to connect, and as whom."""

    host: str
    port: int
    security: Security
    username: str | None
    password: str | None = field(repr=False)
    tls: ssl.SSLContext
    hello: str
    limits: Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Who hands over, and to whom."""

    sender: str
    recipient: str

    @property
    def international(self) -> bool:
        """Whether it needs SMTPUTF8 (RFC 6531)."""
        return not (self.sender + self.recipient).isascii()


class _Options(TypedDict, total=False):
    options: list[str]
    encoding: str


class Line:
    """One connection. Its methods raise DeliveryError, and nothing else, by how far the dialogue got."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._limits = server.limits
        self._stage = Stage.OPENING
        self._begun = False
        self._smtp = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            local_hostname=server.hello,
            timeout=server.limits.command.total_seconds(),
            use_tls=server.security is Security.TLS,
            start_tls=False,  # done below, where its absence can be told from other trouble
            tls_context=server.tls,
        )

    @property
    def usable(self) -> bool:
        """Whether it is open, as far as can be known without asking the server."""
        return self._smtp.is_connected

    async def open(self) -> None:
        """Connect, encrypt, log in. Never goes on in clear where TLS was asked for."""
        async with self._told(self._limits.connect + self._limits.command):
            await self._smtp.connect(timeout=self._limits.connect.total_seconds())
            await self._smtp.ehlo()
            if self._server.security is Security.STARTTLS:
                _require("starttls", met=self._smtp.supports_extension("starttls"))
                await self._smtp.starttls()
                await self._smtp.ehlo()  # what was said before TLS does not count: RFC 3207, 4.2
            if self._server.username is not None:
                _require("auth", met=bool(self._smtp.supported_auth_methods))
                await self._smtp.login(self._server.username, self._server.password or "")

    async def begin(self, envelope: Envelope, *, limit: timedelta) -> None:
        """Name the sender (MAIL): the first word of a mail, and the proof that a kept connection still works."""
        self._stage = Stage.SENDER
        self._begun = True
        async with self._told(limit):
            await self._smtp.mail(envelope.sender, **self._options(envelope))

    async def hand_over(self, envelope: Envelope, mail: bytes) -> str:
        """Name the recipient, write the mail, and return the server's words when it took it."""
        async with self._told(self._limits.command):
            self._stage = Stage.RECIPIENT
            encoding = "utf-8" if envelope.international else "ascii"
            await self._smtp.rcpt(envelope.recipient, encoding=encoding)
            self._stage = Stage.CONTENT
            _require_code(await self._smtp.execute_command(b"DATA"), 354)
        async with self._told(self._limits.answer):
            answer = await self._write(mail)
            _require_code(answer, 250)
        self._begun = False
        return answer.message

    async def settle(self) -> bool:
        """Leave no mail half begun (RSET); return whether the connection can take the next one."""
        if self._begun and self.usable:
            try:
                async with self._told(self._limits.connect):
                    await self._smtp.rset()
                self._begun = False
            except DeliveryError:
                self.drop()
        return self.usable

    async def quit(self) -> None:
        """Say goodbye and close. Never raises."""
        with suppress(Exception):
            async with asyncio.timeout(_GOODBYE):
                await self._smtp.quit()
        self.drop()

    def drop(self) -> None:
        """Close without a word."""
        self._smtp.close()

    def _options(self, envelope: Envelope) -> _Options:
        if not envelope.international:
            return {}
        if not self._smtp.supports_extension("smtputf8"):
            raise DeliveryError("no_smtputf8", Effect.GIVE_UP)
        return {"options": ["SMTPUTF8"], "encoding": "utf-8"}

    async def _write(self, mail: bytes) -> aiosmtplib.SMTPResponse:
        """Write everything up to the final dot, with leading dots doubled (RFC 5321, 4.5.2), and await the answer."""
        protocol = self._smtp.protocol
        if protocol is None:
            raise aiosmtplib.SMTPServerDisconnected("gone before the content")
        protocol.write(mail.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        self._stage = Stage.DOT
        return await protocol.read_response(timeout=self._limits.answer.total_seconds())

    @asynccontextmanager
    async def _told(self, limit: timedelta) -> AsyncIterator[None]:
        """Turn any trouble into a DeliveryError; close the connection unless the server plainly refused."""
        try:
            async with asyncio.timeout(limit.total_seconds()):
                yield
        except Exception as error:  # noqa: BLE001 - after the dot, whatever it was, the mail may be accepted
            if self._stage is Stage.OPENING or not is_plain_refusal(error):
                self.drop()
            raise trouble(self._stage, error) from None
        except BaseException:
            self.drop()
            raise


def _require_code(response: aiosmtplib.SMTPResponse, code: int) -> None:
    if response.code != code:
        raise aiosmtplib.SMTPResponseException(response.code, response.message)


def _require(what: str, *, met: bool) -> None:
    if not met:
        raise DeliveryError(f"no_{what}", Effect.CHANNEL_DOWN)
