"""A stage for long stories: a service in simulated time that can be restarted, crash, and get its backup back.

The ledger is real SQLite; only its waiting for the disk is off (`synchronous=OFF`), because no story pulls the plug.
Time moves from one due moment, or next attempt, to the next; `stride` is the longest it stays away from the service.
"""

import asyncio
import shutil
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from nudger.decisions.planning.plan import slots
from nudger.decisions.snapshot import build_snapshot
from nudger.domain.catalog import Catalog
from nudger.domain.deliveries import Found, OutgoingMessage, Receipt
from nudger.domain.nudges import Nudge
from nudger.domain.vocabulary import Channel
from nudger.errors import DeliveryError, Effect
from nudger.storage.high_water import HighWater
from nudger.storage.ledger import Ledger
from nudger.use_cases.deliver_nudges import Delivery
from nudger.use_cases.ports import NothingAcceptedError
from nudger.use_cases.serve import Service
from tests.fakes import FakeClock
from tests.make import WORDS
from tests.quick_ledger import open_quickly

DAWN = datetime(1971, 1, 1, tzinfo=UTC)
FAILURES = {
    "451": Effect.TRY_AGAIN,
    "550": Effect.GIVE_UP,
    "stop": Effect.SUPPRESS,
    "down": Effect.CHANNEL_DOWN,
    "slow": Effect.SLOW_DOWN,
    "lost": Effect.UNCERTAIN,
}


@dataclass(frozen=True, slots=True)
class Sent:
    """What reached a person, when by the clock of the service, and the nudge as it was then."""

    at: datetime
    outgoing: OutgoingMessage
    nudge: Nudge


@dataclass(eq=False)
class Post:
    """A way out that remembers what it took, and can be asked for it; `mood(message)` says what becomes of a send."""

    name: str
    clock: FakeClock
    mood: Callable[[OutgoingMessage], str] = lambda _: "ok"
    tells: bool = True
    silent: bool = False
    """Whether a question never gets an answer."""
    held: list[tuple[datetime, OutgoingMessage, Receipt]] = field(default_factory=list)
    asked: list[OutgoingMessage] = field(default_factory=list)
    concurrency: int = 8
    can_be_asked: bool = True
    identity: str = ""
    stuck: int = 0

    @property
    def provider(self) -> str:
        return f"fake-{self.name}"

    async def send(self, outgoing: OutgoingMessage) -> Receipt:
        mood = self.mood(outgoing)
        if mood == "hang":
            await self._never()
        if mood == "cut off in time":
            try:
                await self._never()
            except asyncio.CancelledError:
                raise NothingAcceptedError from None
        if mood in FAILURES:
            raise DeliveryError(mood, FAILURES[mood])
        receipt = Receipt(provider=self.provider, provider_id=f"{self.name}-{len(self.held)}")
        self.held.append((self.clock.now, outgoing, receipt))
        if mood == "taken, then lost":
            raise DeliveryError("lost", Effect.UNCERTAIN)
        if mood == "taken, then silence":
            await self._never()
        return receipt

    async def _never(self) -> None:
        self.stuck += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.stuck -= 1

    async def find(self, outgoing: OutgoingMessage) -> Found:
        self.asked.append(outgoing)
        if self.silent:
            await self._never()
        if not self.tells:
            raise DeliveryError("cannot_tell", Effect.UNCERTAIN)
        wanted = (outgoing.address, outgoing.rendered)
        return Found(same=tuple(r for _, held, r in self.held if (held.address, held.rendered) == wanted))

    async def close(self) -> None:
        pass


class _SameThread:
    """Runs the ledger where it is called: nobody here has anything better to do meanwhile."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def run(self, work):
        return self._ledger.run(work)

    async def read(self, work):
        return self._ledger.read(work)


class Stage:
    """A service in simulated time. `open` and `close` are the process; the folder and the posts outlive it."""

    def __init__(self, path: Path, *, catalog: Catalog, start: datetime, stride=timedelta(days=1), marks: bool = True):
        self.path, self.catalog, self.stride, self.marks = path, catalog, stride, marks
        self.clock = FakeClock(start)
        self.email, self.sms = Post("email", self.clock), Post("sms", self.clock)
        self.posts = [self.email, self.sms]
        self.sent: list[Sent] = []
        self._looked = {post.name: 0 for post in self.posts}
        self.ledger: Ledger | None = None
        self._planned_from, self._due = None, []
        self._due_since = self._due_until = start
        self.pace = timedelta(minutes=1)
        """How often to look again while something waits that could not be dealt with at its time."""

    async def open(self, *, after_crash: bool = False) -> None:
        """Start the process."""
        engine, installation = open_quickly(self.path)
        self.ledger = Ledger(engine, installation, high_water=HighWater(self.path) if self.marks else None)
        await self.serve(after_crash=after_crash)

    async def serve(self, *, after_crash: bool = False) -> None:
        """Begin with a service that remembers nothing, on the ledger that is open."""
        thread = _SameThread(self.ledger)
        channels = zip((Channel.EMAIL, Channel.SMS), self.posts, strict=True)
        self.service = Service(
            thread,
            [Delivery(channel, post, thread, clock=self.clock, rng=Random(1)) for channel, post in channels],
            make_snapshot=lambda catalog, people: build_snapshot(
                catalog, people, words=WORDS, seed="stage", installation="stage"
            ),
            clock=self.clock,
            high_water=self.ledger.high_water,
        )
        await self.service.reload(self.catalog, after_crash=after_crash)

    async def close(self) -> None:
        """End the process as systemd would."""
        await self.service.stop(patience=timedelta(seconds=0.05))
        self._see()
        self.ledger.close()

    async def crash(self) -> None:
        """End the process as `kill -9` would: what is under way is never written down."""
        await self.kill()
        self.ledger.close()

    async def kill(self) -> None:
        """Cut off the service, and leave the ledger open."""
        self._see()
        drains = [*self.service._drains.values()]
        jobs = [job for delivery in self.service.deliveries for job in delivery._jobs]
        for task in (*drains, *jobs):
            task.cancel()
        await asyncio.gather(*drains, *jobs, return_exceptions=True)

    async def restart(self) -> None:
        await self.close()
        await self.open()

    async def tick(self) -> None:
        """Let the service look once, and wait for what it sends, but not for one who hangs."""
        await self.service.tick()
        await asyncio.sleep(0)
        for _ in range(100):
            drains = [drain for drain in self.service._drains.values() if not drain.done()]
            if not drains:
                break
            await asyncio.wait(drains, timeout=0.02)
            if any(post.stuck for post in self.posts):
                break
        self._see()

    async def until(self, moment: datetime) -> None:
        """Live to a moment."""
        for _ in range(1_000_000):
            if self.clock.now >= moment:
                return
            self.clock.now = min(moment, self._next())
            await self.tick()

    async def reload(self, catalog: Catalog) -> None:
        self.catalog = catalog
        await self.service.reload(catalog)

    async def back_up(self) -> None:
        await self._without_service(lambda: shutil.copy(self.path / "nudger.db", self.path / "backup.db"))

    async def restore(self) -> None:
        await self._without_service(lambda: shutil.copy(self.path / "backup.db", self.path / "nudger.db"))

    async def _without_service(self, work) -> None:
        await self.close()
        work()
        for leftover in ("nudger.db-wal", "nudger.db-shm"):
            (self.path / leftover).unlink(missing_ok=True)
        await self.open(after_crash=True)

    def nudges(self) -> list[Nudge]:
        """Every nudge, oldest first."""
        return self.ledger.run(lambda t: t.nudges.recent(since=DAWN, limit=10_000_000))[::-1]

    def _next(self) -> datetime:
        now, snapshot = self.clock.now, self.service.snapshot
        later = now + self.stride
        attempt = self.ledger.run(lambda t: t.waiting.next_look_at())
        if attempt is not None:
            later = min(later, attempt if attempt > now else now + self.pace)
        greets = self.service._served.greet_at
        if greets is not None and greets > now:
            later = min(later, greets)
        if snapshot is not self._planned_from or now < self._due_since or later > self._due_until:
            self._due_since, self._due_until = now, max(later, now + timedelta(days=1))
            found = slots(snapshot.roster, since=now, until=self._due_until, seed=snapshot.seed)
            self._planned_from, self._due = snapshot, sorted({slot.due for slot in found})
        place = bisect_right(self._due, now)
        return min(later, self._due[place]) if place < len(self._due) else later

    def _see(self) -> None:
        """Look up the nudges of what was newly taken, as they are now: a backup put back may forget them."""
        fresh = [item for post in self.posts for item in post.held[self._looked[post.name] :]]
        if fresh:
            self._looked = {post.name: len(post.held) for post in self.posts}
            found = self.ledger.run(lambda t: [t.nudges.get(outgoing.nudge) for _, outgoing, _ in fresh])
            self.sent += [Sent(at, outgoing, nudge) for (at, outgoing, _), nudge in zip(fresh, found, strict=True)]
