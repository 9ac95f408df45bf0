"""A service over a real ledger, fake ways out, and a clock that the test moves; it can be restarted at any moment."""

from datetime import timedelta
from random import Random

from nudger.decisions.snapshot import build_snapshot
from nudger.domain.catalog import Catalog
from nudger.domain.limits import NO_LIMITS
from nudger.domain.vocabulary import Channel, Purpose
from nudger.storage.high_water import HighWater
from nudger.storage.ledger import Ledger
from nudger.storage.thread import LedgerThread
from nudger.use_cases.deliver_nudges import Delivery
from nudger.use_cases.serve import Service
from tests.fakes import FakeChannel, FakeClock
from tests.make import WORDS, make_message, make_recipient, make_schedule, utc
from tests.quick_ledger import open_quickly

START = utc("2026-11-23 08:00")
HELLO = make_message("hello", purpose=Purpose.WELCOME)
MESSAGES = (HELLO, *(make_message(f"m{n}") for n in range(40)))


class World:
    """A service that can be restarted, on a ledger that stays."""

    def __init__(self, path, *, people=None, schedules=None, limits=NO_LIMITS, messages=MESSAGES, start=START):
        self.path = path
        self.clock = FakeClock(start)
        self.email, self.sms = FakeChannel(), FakeChannel()
        self.catalog = Catalog(
            schedules=tuple(schedules or [make_schedule(at=["08:30", "12:00"])]),
            messages=tuple(messages),
            recipients=tuple(people if people is not None else [make_recipient()]),
            limits=limits,
        )
        self.ledger = self.service = None

    def start(self):
        """Open the ledger as a new process would."""
        if self.ledger is not None:
            self.ledger.close()
        engine, installation = open_quickly(self.path)
        self.ledger = Ledger(engine, installation, high_water=self.high_water(installation))
        thread = LedgerThread(self.ledger)
        deliveries = [
            Delivery(channel, port, thread, clock=self.clock, rng=Random(1))
            for channel, port in ((Channel.EMAIL, self.email), (Channel.SMS, self.sms))
        ]
        self.service = Service(
            thread, deliveries, make_snapshot=self.snapshot, clock=self.clock, high_water=self.ledger.high_water
        )

    def high_water(self, installation):
        return HighWater(self.path, cache_dir=self.path.parent / "cache", installation=installation)

    def snapshot(self, catalog, people):
        return build_snapshot(catalog, people, words=WORDS, seed="s", installation="i")

    async def reload(self):
        return await self.service.reload(self.catalog, after_crash=True)

    async def tick(self, **forward):
        self.clock.forward(**forward)
        wake = await self.service.tick()
        await self.service.settle()
        return wake

    def nudges(self):
        """Every nudge, oldest first."""
        return self.ledger.run(lambda t: t.nudges.recent(since=self.clock.now - timedelta(days=9999), limit=100_000))[
            ::-1
        ]

    def states(self, schedule="kind"):
        return [n.state.value for n in self.nudges() if n.key.schedule == schedule]

    def nudge(self, schedule="kind"):
        return next(n for n in reversed(self.nudges()) if n.key.schedule == schedule)
