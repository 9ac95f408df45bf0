"""A way out that keeps what it was given, and fails as it is told; a clock that a test moves."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from nudger.domain.deliveries import Found, OutgoingMessage, Receipt
from nudger.errors import DeliveryError, Effect


@dataclass
class FakeClock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span) -> None:
        self.now += timedelta(**span)


@dataclass(eq=False)
class FakeChannel:
    """`script` holds what the next sends end in; then every send succeeds."""

    script: list[DeliveryError | Exception | str] = field(default_factory=list)
    findings: list[Found | tuple[Receipt, ...]] = field(default_factory=list)
    sent: list[OutgoingMessage] = field(default_factory=list)
    asked: list[OutgoingMessage] = field(default_factory=list)
    provider: str = "fake"
    identity: str = ""
    concurrency: int = 3
    can_be_asked: bool = True
    most_at_once: int = 0
    gate: asyncio.Event | None = None
    """What sends wait for, where it is set."""
    refuses: DeliveryError | None = None
    """What every question is answered with."""
    _now: int = 0

    async def send(self, outgoing: OutgoingMessage) -> Receipt:
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            await (self.gate.wait() if self.gate else asyncio.sleep(0))
            step = self.script.pop(0) if self.script else "ok"
            if step == "hang":
                await asyncio.sleep(3600)
            if isinstance(step, Exception):
                raise step
            self.sent.append(outgoing)
            return Receipt(provider=self.provider, provider_id=f"id-{len(self.sent)}")
        finally:
            self._now -= 1

    async def find(self, outgoing: OutgoingMessage) -> Found:
        self.asked.append(outgoing)
        if self.refuses:
            raise self.refuses
        if not self.findings:
            raise DeliveryError("cannot_tell", Effect.UNCERTAIN)
        found = self.findings.pop(0)
        return found if isinstance(found, Found) else Found(same=found)

    async def close(self) -> None:
        pass
