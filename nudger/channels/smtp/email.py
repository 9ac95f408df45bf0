"""Email over SMTP submission (RFC 6409): one mail per person, over a few kept connections."""

import asyncio
import re
import ssl
from datetime import timedelta
from pathlib import Path

from nudger.channels.smtp import mime
from nudger.channels.smtp.connection import STANDARD, Envelope, Limits, Server, SmtpConnection
from nudger.channels.smtp.headers import on_the_wire
from nudger.domain.deliveries import Found, OutgoingMessage, Receipt
from nudger.domain.transport_security import SmtpSecurity, is_loopback
from nudger.errors import DeliveryError, Effect, SettingsError

_KEPT = timedelta(seconds=60)  # some servers hang up after a minute; RFC 5321, 4.5.3.2.7 asks for five
_PROBE = timedelta(seconds=5)
_QUEUED = re.compile(r"(?:queued as |id=)([0-9A-Za-z-]{4,40})(?![\w@.])", re.ASCII)


class SmtpEmail:
    """Hands mail to one server. Connections are opened when needed, kept a minute, and replaced when they broke."""

    provider = "smtp"
    concurrency = 4
    can_be_asked = False

    def __init__(
        self,
        *,
        host: str,
        port: int = 587,
        security: str = SmtpSecurity.STARTTLS,
        username: str | None = None,
        password: str | None = None,
        sender: str,
        service_name: str = "nudger",
        contact: str | None = None,
        ca_file: Path | None = None,
        limits: Limits = STANDARD,
    ) -> None:
        self._head = mime.letterhead(sender, service_name=service_name, contact=contact)
        self._limits = limits
        self._server = Server(
            host=host,
            port=port,
            security=_checked(security, host),
            username=username,
            password=password,
            tls=_trust(ca_file),
            hello=self._head.domain,  # a name of the sender's own, rather than this machine's
            limits=limits,
        )
        self._kept: list[tuple[float, SmtpConnection]] = []
        self._keeps = True
        self._slots = asyncio.Semaphore(self.concurrency)

    @property
    def identity(self) -> str:
        """The address that mails are from."""
        return self._head.address

    async def send(self, outgoing: OutgoingMessage) -> Receipt:
        """Return the server's queue id, where it names one. Raises DeliveryError, and nothing else."""
        mail = mime.build_mail(outgoing, self._head)
        envelope = Envelope(sender=self._head.address, recipient=on_the_wire(outgoing.address))
        self._keeps = True
        async with self._slots:
            words = await self._exchange(envelope, mail)
        queued = _QUEUED.search(words)
        return Receipt(provider=self.provider, provider_id=queued[1] if queued else None)

    async def find(self, outgoing: OutgoingMessage) -> Found:  # noqa: ARG002 - the port's signature
        """Raise DeliveryError: SMTP has no way to ask. A second copy carries the same Message-ID, Date and words."""
        raise DeliveryError("cannot_tell", Effect.UNCERTAIN)

    async def close(self) -> None:
        """Say goodbye on every kept connection; those in use close when they are done. A later send opens new ones."""
        self._keeps = False
        kept, self._kept = self._kept, []
        await asyncio.gather(*(line.quit() for _, line in kept))

    async def _exchange(self, envelope: Envelope, mail: bytes) -> str:
        line = await self._begun(envelope)
        try:
            return await line.hand_over(envelope, mail)
        finally:
            await self._keep(line)

    async def _begun(self, envelope: Envelope) -> SmtpConnection:
        """Return a line on which MAIL was accepted: a kept one, or else, once, a new one.

        A kept connection may have been closed, or be silently dead: until MAIL is answered nothing is at stake.
        """
        line = self._take()
        if line is not None:
            try:
                await line.begin(envelope, limit=min(_PROBE, self._limits.command))
            except DeliveryError:
                if line.usable:
                    await self._keep(line)
                    raise
            else:
                return line
        line = SmtpConnection(self._server)
        await line.open()
        try:
            await line.begin(envelope, limit=self._limits.command)
        except DeliveryError:
            await self._keep(line)
            raise
        return line

    def _take(self) -> SmtpConnection | None:
        """Return the kept line that was used last, if it is still good; forget those that are not."""
        now = asyncio.get_running_loop().time()
        while self._kept:
            since, line = self._kept.pop()
            if line.usable and now - since < _KEPT.total_seconds():
                return line
            line.drop()
        return None

    async def _keep(self, line: SmtpConnection) -> None:
        if not self._keeps:
            await line.quit()
        elif await line.settle():
            self._kept.append((asyncio.get_running_loop().time(), line))


def _checked(security: str, host: str) -> SmtpSecurity:
    if security not in tuple(SmtpSecurity):
        raise SettingsError(f"NUDGER_SMTP_SECURITY must be one of {', '.join(SmtpSecurity)}.")
    if security == SmtpSecurity.NONE and not is_loopback(host):
        raise SettingsError("NUDGER_SMTP_SECURITY=none is for a server on this machine itself; use starttls or tls.")
    return SmtpSecurity(security)


def _trust(ca_file: Path | None) -> ssl.SSLContext:
    """Trust the given authorities and no others, or else the system's. Certificate and name are always checked."""
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError):
        raise SettingsError(f"NUDGER_SMTP_CA_FILE: no certificates can be read from {ca_file}.") from None
