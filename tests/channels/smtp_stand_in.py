"""A real SMTP server (aiosmtpd) that can be told to fail, mail by mail.

In a test:      async with SmtpStandIn(faults=["rcpt-450", "drop-dot"]) as smtp: ... smtp.port ... smtp.mails
As a program:   python tests/channels/smtp_stand_in.py --port 2525 --log accepted.jsonl --latency 5-60

The log gets one line of JSON for each accepted mail, written before the 250 is sent.

Faults, one for each mail in turn (each MAIL command starts one), then none: `ok`; `mail-CODE`, `rcpt-CODE`,
`data-CODE`, `dot-CODE` (the reply at that place; nothing accepted; 421 also hangs up); `drop-mail`, `drop-rcpt`,
`drop-data` (hang up there; nothing accepted), `drop-dot` (accepted, then hangs up); `hang-mail`, `hang-rcpt`, `hang-data`,
`hang-dot` (accepted, never answered); `late-dot:SECONDS` (accepted, answered late).
"""

import argparse
import asyncio
import hashlib
import json
import random
import ssl
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "kind", "a-password-of-the-login"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail that was accepted."""

    sender: str
    recipient: str
    content: bytes
    encrypted: bool
    login: bool
    options: tuple[str, ...]

    @property
    def parsed(self) -> EmailMessage:
        message = message_from_bytes(self.content, policy=default)
        assert isinstance(message, EmailMessage)
        return message


class SmtpStandIn:
    """A submission server on loopback. `starttls` or `tls` is the server's context."""

    def __init__(
        self,
        *,
        faults: Iterable[str] = (),
        starttls: ssl.SSLContext | None = None,
        tls: ssl.SSLContext | None = None,
        login: bool = False,
        smtputf8: bool = False,
        mails_per_connection: int = 1_000_000,
        latency: tuple[float, float] = (0, 0),
        log: Path | None = None,
        port: int = 0,
    ) -> None:
        self.mails: list[Mail] = []
        self.faults = deque(faults)
        self.connections = 0
        self.starttls, self.tls, self.login, self.smtputf8 = starttls, tls, login, smtputf8
        self.mails_per_connection = mails_per_connection
        self.latency = latency
        self.port = port
        self._log = log
        self._random = random.Random(20261122)
        self._open: set[asyncio.BaseTransport] = set()

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Dialogue(self), "127.0.0.1", self.port, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.hang_up()
        await self._server.wait_closed()
        await asyncio.sleep(0.01)

    def hang_up(self) -> None:
        """Close every connection, as a server that restarts does."""
        for transport in self._open:
            transport.close()

    async def wait(self) -> None:
        await asyncio.sleep(self._random.uniform(*self.latency) / 2)

    def accept(self, mail: Mail) -> str:
        self.mails.append(mail)
        if self._log is not None:
            _append(self._log, mail)
        return f"250 2.0.0 Ok: queued as {hashlib.sha256(mail.content).hexdigest()[:11].upper()}"


class _Dialogue(SMTP):
    """One connection."""

    def __init__(self, stand_in: SmtpStandIn) -> None:
        self.stand_in = stand_in
        self.fault = "ok"
        self.begun = 0
        super().__init__(
            _Handler(self),
            hostname="mail.example.org",
            tls_context=stand_in.starttls,
            require_starttls=stand_in.starttls is not None,
            # aiosmtpd knows TLS from the first byte only from outside, and warns of a login that it deems in clear.
            auth_required=stand_in.login and stand_in.tls is None,
            auth_require_tls=stand_in.tls is None,
            authenticator=_authenticate,
            enable_SMTPUTF8=stand_in.smtputf8,
            loop=asyncio.get_running_loop(),
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if transport not in self.stand_in._open:
            self.stand_in.connections += not self.stand_in._open or self._tls_protocol is None
            self.stand_in._open.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self.transport is not None:
            self.stand_in._open.discard(self.transport)
        super().connection_lost(error)

    async def fails(self, place: str) -> str | None:
        """Do what the script says at this place; return the reply to give instead of the usual one."""
        kind, _, detail = self.fault.partition("-")
        if kind == "drop" and detail == place:
            self.transport.abort()
            await asyncio.sleep(3600)
        if kind == "hang" and detail == place:
            await asyncio.sleep(3600)
        if kind == "late" and detail.startswith(place):
            await asyncio.sleep(float(detail.partition(":")[2]))
        return self.refuses(detail) if kind == place else None

    def refuses(self, code: str) -> str:
        if code == "421":
            self.loop.call_later(0.01, self.transport.close)
        enhanced = {"550": " 5.1.1", "450": " 4.2.1"}.get(code, "")
        return f"{code}{enhanced} <sam@example.org>: as the script says"

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        reply = await self.fails("data")
        if reply is not None:
            await self.push(reply)
            return
        await super().smtp_DATA(arg)


class _Handler:
    """aiosmtpd calls these by SMTP's own names."""

    def __init__(self, dialogue: _Dialogue) -> None:
        self.dialogue = dialogue
        self.stand_in = dialogue.stand_in

    async def handle_MAIL(  # noqa: N802
        self, _s: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        dialogue = self.dialogue
        dialogue.begun += 1
        if dialogue.begun > self.stand_in.mails_per_connection:
            return dialogue.refuses("421")
        dialogue.fault = self.stand_in.faults.popleft() if self.stand_in.faults else "ok"
        if reply := await dialogue.fails("mail"):
            return reply
        envelope.mail_from, envelope.mail_options = address, options
        return "250 2.1.0 Ok"

    async def handle_RCPT(self, _s: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any) -> str:  # noqa: N802
        if reply := await self.dialogue.fails("rcpt"):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, _s: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        await self.stand_in.wait()
        if self.dialogue.fault.startswith("dot-"):
            return self.dialogue.refuses(self.dialogue.fault[4:])
        assert isinstance(envelope.content, bytes)
        answer = self.stand_in.accept(
            Mail(
                sender=envelope.mail_from or "",
                recipient=envelope.rcpt_tos[0],
                content=envelope.content,
                encrypted=session.ssl is not None or self.stand_in.tls is not None,
                login=bool(session.authenticated),
                options=tuple(envelope.mail_options),
            )
        )
        await self.stand_in.wait()
        await self.dialogue.fails("dot")
        return answer


def _authenticate(_s: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and data == LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=good, handled=False)


def _append(log: Path, mail: Mail) -> None:
    line = {
        "message_id": mail.parsed["Message-ID"],
        "to": mail.recipient,
        "subject": mail.parsed["Subject"],
        "sha256": hashlib.sha256(mail.content).hexdigest(),
        "accepted_at": time.time(),
    }
    with log.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")


async def _serve(options: argparse.Namespace) -> None:
    low, _, high = options.latency.partition("-")
    async with SmtpStandIn(
        faults=filter(None, options.faults.split(",")),
        latency=(float(low) / 1000, float(high or low) / 1000),
        log=options.log,
        port=options.port,
    ) as smtp:
        print(smtp.port, flush=True)
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description="An SMTP server that can be told to fail.")
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port; the port is the first line printed")
    parser.add_argument("--log", type=Path, help="append one line of JSON for each accepted mail")
    parser.add_argument("--latency", default="0", help="milliseconds per mail, or a range such as 5-60")
    parser.add_argument("--faults", default="", help="comma-separated, one for each mail in turn")
    asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()
