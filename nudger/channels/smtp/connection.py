"""One SMTP connection: how it is opened, and how one mail is handed over on it."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Literal

import aiosmtplib
from aiosmtplib.typing import Default

from nudger.channels.smtp.replies import Stage, is_intermediate, is_plain_refusal, is_success, trouble
from nudger.domain.transport_security import SmtpSecurity
from nudger.errors import DeliveryError, Effect
from nudger.use_cases.ports import NothingAcceptedError

_DONE: Mapping[int, int] = MappingProxyType({2: 250})
_AS_IT_IS: Mapping[int, int] = MappingProxyType({})
_AFTER_AUTH: Mapping[int, int] = MappingProxyType({2: 235, 3: 334})  # AUTH, and the lines of it (RFC 4954, 4)
_EXPECTED = MappingProxyType(
    {b"EHLO": _DONE, b"RSET": _DONE, b"MAIL": _AS_IT_IS, b"RCPT": _AS_IT_IS, b"DATA": _AS_IT_IS, b"QUIT": _AS_IT_IS}
)
"""By command: the one code that aiosmtplib takes, for each first digit."""

_GOODBYE = 0.5  # a server that does not answer QUIT must not hold up the end of the program


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
    security: SmtpSecurity
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
        """Whether it needs SMTPUTF8 (RFC 6531): what is left beyond ASCII with the domains in A-labels."""
        return not (self.sender + self.recipient).isascii()


class _Client(aiosmtplib.SMTP):
    """aiosmtplib compares whole codes. A client acts on the first digit alone (RFC 5321, 4.2.1), at any stage."""

    async def execute_command(
        self,
        *args: bytes,
        timeout: float | Literal[Default.token] | None = Default.token,  # noqa: ASYNC109 - its signature
    ) -> aiosmtplib.SMTPResponse:
        """Return the reply, its code as aiosmtplib expects it of this command where the first digit is the same."""
        response = await super().execute_command(*args, timeout=timeout)
        expected = _EXPECTED.get(args[0].upper(), _AFTER_AUTH)
        return aiosmtplib.SMTPResponse(expected.get(response.code // 100, response.code), response.message)


class SmtpConnection:
    """One connection. Its methods raise DeliveryError, and nothing else, by how far the dialogue got."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._limits = server.limits
        self._stage = Stage.OPENING
        self._begun = False
        self._smtp = _Client(
            hostname=server.host,
            port=server.port,
            local_hostname=server.hello,
            timeout=server.limits.command.total_seconds(),
            use_tls=server.security is SmtpSecurity.TLS,
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
            if self._server.security is SmtpSecurity.STARTTLS:
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
            if not envelope.international:
                await self._say(b"MAIL", f"FROM:<{envelope.sender}>")
            elif self._smtp.supports_extension("smtputf8"):
                await self._say(b"MAIL", f"FROM:<{envelope.sender}>", "SMTPUTF8")
            else:
                raise DeliveryError("no_smtputf8", Effect.GIVE_UP)

    async def hand_over(self, envelope: Envelope, mail: bytes) -> str:
        """Name the recipient, write the mail, and return the server's words when it took it."""
        async with self._told(self._limits.command):
            self._stage = Stage.RECIPIENT
            await self._say(b"RCPT", f"TO:<{envelope.recipient}>")
            self._stage = Stage.CONTENT
            await self._say(b"DATA", accepted=is_intermediate)
        async with self._told(self._limits.answer):
            answer = _accepted(await self._write(mail), is_success)
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
        try:
            with suppress(Exception):
                async with asyncio.timeout(_GOODBYE):
                    await self._smtp.quit()
        finally:
            self.drop()

    def drop(self) -> None:
        """Close without a word."""
        self._smtp.close()

    async def _say(self, verb: bytes, *words: str, accepted: Callable[[int], bool] = is_success) -> None:
        """Give one command. The addresses in it were checked when the mail was written."""
        _accepted(await self._smtp.execute_command(verb, *(word.encode() for word in words)), accepted)

    async def _write(self, mail: bytes) -> aiosmtplib.SMTPResponse:
        """Write everything up to the final dot, with leading dots doubled (RFC 5321, 4.5.2), and await the answer."""
        protocol = self._smtp.protocol
        if protocol is None:
            raise aiosmtplib.SMTPServerDisconnected("gone before the content")
        if protocol._buffer:  # noqa: SLF001 - a reply too many would pass for the answer to the dot
            raise aiosmtplib.SMTPResponseException(aiosmtplib.SMTPStatus.invalid_response, "")
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
        except asyncio.CancelledError:
            self.drop()
            if self._stage is Stage.DOT:
                raise
            raise NothingAcceptedError from None
        except BaseException:
            self.drop()
            raise


def _accepted(response: aiosmtplib.SMTPResponse, accepted: Callable[[int], bool]) -> aiosmtplib.SMTPResponse:
    if not accepted(response.code):
        raise aiosmtplib.SMTPResponseException(response.code, response.message)
    return response


def _require(what: str, *, met: bool) -> None:
    if not met:
        raise DeliveryError(f"no_{what}", Effect.CHANNEL_DOWN)
