"""A year in the life of the service, in an hour or so: many people in many zones, restarts, outages, wrong clocks, edits.

`python tests/virtual_year.py` lives it and prints a page; `live(people=…, zones=…, days=…, seed=…)` returns the page's
numbers. At the end everything that reached anybody, and everything that should have, is looked at again, by rules
written down here a second time and not by the ones that decided.

For speed: SQLite does not wait for the disk, moments are met to within four minutes (less than what counts as late),
and all but one restart in twenty keeps the database open. What is in memory is lost at every one of them.
"""

import asyncio
import logging
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic

import structlog

sys.path.insert(0, str(Path(__file__).parents[1]))

from nudger.decisions.planning.groups import build_groups
from nudger.decisions.planning.plan import slots
from nudger.domain.catalog import Catalog
from nudger.domain.limits import Limits
from nudger.domain.nudges import NudgeState
from nudger.domain.recipients import HardDay, OnHardDay, Pause, QuietHours, Recipient
from nudger.domain.schedules import Schedule, Selection
from nudger.domain.vocabulary import Channel
from nudger.prose.reasons import english
from nudger.use_cases.hold import release_held, sending_blocked
from tests import spoken
from tests.make import make_message
from tests.stage import Stage

START = datetime(2026, 1, 5, 0, 30, tzinfo=UTC)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
GRID = 4 * MINUTE
POOL = 40
LIMITS = Limits(per_day=3, per_week=12, gap=90 * MINUTE, gentle_days=7)

ZONES = """America/New_York Europe/Berlin America/Chicago Asia/Kolkata Pacific/Auckland America/Los_Angeles
Europe/London Australia/Lord_Howe Asia/Tokyo America/St_Johns Africa/Cairo Asia/Kathmandu Asia/Beirut
America/Sao_Paulo Pacific/Chatham Europe/Athens Australia/Sydney Pacific/Honolulu Asia/Tehran America/Havana
Africa/Casablanca Pacific/Apia America/Santiago Europe/Lisbon""".split()  # noqa: SIM905 - names read better so

PLACES = {
    "America/New_York": ("US-FL", "+13055550{:03}", {None: (8, 20)}),
    "America/Chicago": ("US-TX", "+15125550{:03}", {None: (9, 21), 6: (12, 21)}),
    "America/Los_Angeles": ("US-WA", "+12065550{:03}", {None: (8, 20)}),
    "Europe/Berlin": ("DE-BY", "+49151234560{:03}", {}),
}
"""Position, numbers, and the hours of that place (by weekday; None is any other), as the law tells them."""

SCHEDULES = [
    {"id": "morning", "when": {"at": "morning"}, "late": "2 hours"},
    {"id": "walk", "when": {"days": "weekdays", "at": "12:00", "except": ["public holidays"]}},
    {"id": "check-in", "when": {"days": ["mon", "thu"], "at": "17:00"}, "priority": "high", "late": "3 hours"},
    {"id": "breathe", "when": {"days": ["tue", "sat"], "between": ["13:00", "16:00"]}, "missed": "one"},
    {"id": "evening", "when": {"at": "evening"}, "priority": "low", "late": "12 hours"},
    {"id": "look-back", "when": {"days": ["last friday"], "at": "16:00"}, "priority": "high", "channel": "email"},
    {"id": "free", "when": {"days": "public holidays", "at": "10:00", "jitter": "20 minutes"}},
    {"id": "course", "when": {"programme": [{"weeks": "1-4", "every": "2 days"}, {"weeks": "5-"}], "at": "09:00"}},
    {"id": "month-end", "when": {"dates": ["last day"], "at": "19:00"}, "missed": "skip"},
    {"id": "text", "when": {"days": "sat", "at": "11:00"}, "channel": "sms", "held": "drop", "late": "4 hours"},
]
EDITS = [
    ("walk", {"when": {"days": "weekdays", "at": "12:30"}}),
    ("evening", {"when": {"at": "19:15"}}),
    ("morning", {"when": {"at": "morning", "spread": "20 minutes"}}),
    ("check-in", {"when": {"days": ["tue", "fri"], "at": "17:00"}}),
    ("walk", {"when": {"days": "daily", "at": "11:00"}}),
]


@dataclass(kw_only=True)
class Page:
    """What came of it. Every number under `wrong` has to be zero."""

    counts: Counter = field(default_factory=Counter)
    states: Counter = field(default_factory=Counter)
    wrong: Counter = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def blame(self, what: str, example: object) -> None:
        self.wrong[what] += 1
        if self.wrong[what] <= 3:
            self.examples.append(f"{what}: {example}")

    def __str__(self) -> str:
        lines = [f"{name:.<42}{count:.>10,}" for name, count in sorted(self.counts.items())]
        lines += ["", *(f"{f'nudges {state}':.<42}{count:.>10,}" for state, count in self.states.most_common())]
        lines += ["", *(f"{f'WRONG: {what}':.<42}{count:.>10,}" for what, count in self.wrong.items())]
        lines += self.examples
        verdict = "Something is wrong." if self.wrong else "Nothing twice, nothing at the wrong hour, nothing missing."
        return "\n".join(["A virtual year", "", *lines, verdict, f"Lived in {self.seconds:.0f} seconds."])


@dataclass(frozen=True, slots=True)
class Epoch:
    """From when a configuration was in force."""

    since: datetime
    schedules: tuple[Schedule, ...]
    people: dict[str, Recipient]


def live(*, people: int = 200, zones: int = 24, days: int = 365, seed: int = 1, show: bool = False) -> Page:
    """Live the days; return what was found."""
    began = monotonic()
    with TemporaryDirectory(prefix="virtual-year-") as folder:
        year = Year(Path(folder), people=people, zones=ZONES[:zones], days=days, rng=Random(seed), show=show)
        page = asyncio.run(year.live())
    page.seconds = monotonic() - began
    return page


def make_person(number: int, zones: list[str], rng: Random) -> Recipient:
    zone = zones[number % len(zones)]
    place, phones, _ = PLACES.get(zone, (None, "+4915198760{:03}", {}))
    texts = number % 3 != 0
    return Recipient(
        id=f"p{number:03}",
        time_zone=zone,
        region=place,
        email=None if number % 7 == 1 and texts else f"p{number}@example.org",
        sms=phones.format(number) if texts else None,
        prefer=Channel.SMS if number % 3 == 2 else None,
        quiet_hours=[QuietHours(start=time(21), end=time(8)), QuietHours(start=time(19), end=time(9, 30)), None][
            number % 3
        ],
        weekend_quiet_hours=QuietHours(start=time(20), end=time(10)) if number % 5 == 0 else "same",
        moments=(("morning", time(7 + number % 4, 15)),) if number % 2 else (),
        joined=(START + timedelta(days=7 * rng.randrange(-2, 2))).date(),
        pauses=(_pause(rng),) if number % 9 == 0 else (),
        hard_days=(HardDay(month=1 + number % 12, day=12, then=[*OnHardDay][number % 2]),) if number % 4 == 0 else (),
        limits=Limits(per_day=1, gap=4 * HOUR) if number % 6 == 0 else None,
    )


def _pause(rng: Random) -> Pause:
    first = (START + timedelta(days=rng.randrange(1, 300))).date()
    return Pause(first=first, last=first + timedelta(days=rng.randrange(1, 20)))


def make_schedule(given: dict) -> Schedule:
    return replace(spoken.schedule(given), selection=Selection(libraries=frozenset({given["id"]})))


class Year:
    def __init__(self, path: Path, *, people: int, zones: list[str], days: int, rng: Random, show: bool) -> None:
        self.rng, self.days, self.zones, self.shown = rng, days, zones, show
        self.page = Page()
        self.people = {p.id: p for p in (make_person(n, zones, rng) for n in range(people))}
        self.schedules = {each["id"]: each for each in SCHEDULES}
        self.stage = Stage(path, catalog=self.catalog(), start=START, marks=False)
        self.epochs: list[Epoch] = []
        self.looked, self.month = 0, ""
        self.stopped: set[str] = set()
        self.down_until = START
        for post in self.stage.posts:
            post.concurrency, post.mood = 60, self.mood

    def catalog(self) -> Catalog:
        texts = tuple(
            replace(make_message(f"{name}-{n}"), library=name) for name in self.schedules for n in range(POOL)
        )
        schedules = tuple(map(make_schedule, self.schedules.values()))
        return Catalog(schedules=schedules, messages=texts, recipients=tuple(self.people.values()), limits=LIMITS)

    def mood(self, _) -> str:
        if self.stage.clock.now < self.down_until:
            return "down"
        draw = self.rng.random()
        for limit, mood in ((0.02, "451"), (0.022, "550"), (0.025, "lost"), (0.028, "taken, then lost")):
            if draw < limit:
                self.page.counts[f"provider: {mood}"] += 1
                return mood
        return "ok"

    @property
    def now(self) -> datetime:
        return self.stage.clock.now

    async def live(self) -> Page:
        await self.stage.open()
        self.note_epoch()
        for moment, deed in self.plot():
            await self.until(moment)
            self.show()
            self.page.counts[deed.__name__.replace("_", " ").strip()] += 1
            await deed()
            await self.tick()
        await self.until(START + self.days * DAY)
        self.check_end()
        await self.stage.close()
        return self.page

    def plot(self):
        """What happens when: the trouble of a year, or as much of it as fits the days."""
        hours = self.days * 24
        plot = [(h, self.restart) for h in range(5, hours, 5)]
        plot += [(h, self.crash) for h in range(37, hours, 61)]
        plot += [(h, self.reload) for h in range(50, hours, max(48, hours // 10))]
        plot += [(h, self.move_away) for h in range(30, hours, 75)]
        plot += [(h, self.pause) for h in range(20, hours, 90)]
        plot += [(h, self.unpause) for h in range(110, hours, 270)]
        plot += [(h, self.provider_down) for h in range(44, hours, 350)]
        plot += [(h, self.stop_one) for h in range(60, hours, 800)]
        plot += [(h, self.clock_back) for h in range(70, hours, 500)]
        plot += [(h, self.clock_ahead) for h in range(130, hours, 900)]
        plot += [(h, self.clock_far_ahead) for h in range(150, hours, 2000)]
        plot += [(hours // 2, self.outage)] if hours > 8 * 24 else []
        return [(START + h * HOUR + 7 * MINUTE, deed) for h, deed in sorted(plot, key=lambda each: each[0])]

    def show(self) -> None:
        """Say how far the year has come, each month: all of it takes an hour or so."""
        month = f"{self.now:%Y-%m}"
        if month != self.month and self.shown:
            self.month = month
            print(f"{month}  {self.page.counts['sent']:,} sent", file=sys.stderr)

    async def until(self, moment: datetime) -> None:
        for _ in range(1_000_000):
            if self.now >= moment:
                return
            due = self.stage._next()
            late = GRID - (due - START) % GRID
            self.stage.clock.now = min(moment, due + late % GRID)
            await self.tick()

    async def tick(self) -> None:
        self.page.counts["ticks"] += 1
        await self.stage.tick()
        for sent in self.stage.sent[self.looked :]:
            self.check_hour(sent)
        self.looked = len(self.stage.sent)
        if self.page.counts["ticks"] % 50 == 0:
            self.release_guard()

    def release_guard(self) -> None:
        if self.read(lambda t: sending_blocked(t, now=self.now)).guard:
            self.page.counts["guard released"] += 1
            self.read(lambda t: release_held(t, now=self.now))

    def read(self, work):
        return self.stage.ledger.run(work)

    def note_epoch(self) -> None:
        people = {person.id: person for person in self.read(lambda t: t.people.everybody())}
        self.epochs.append(Epoch(self.now, self.stage.catalog.schedules, people))

    # What happens

    async def restart(self) -> None:
        if self.page.counts["restart"] % 20 == 0:
            await self.stage.restart()
        else:
            await self.stage.service.stop(patience=timedelta(seconds=1))
            await self.stage.serve()

    async def crash(self) -> None:
        """Wait for somebody's nudge, and cut it off: before the wire, or after the provider took it."""
        moods = self.rng.choice(["hang", "taken, then silence"])
        for post in self.stage.posts:
            post.mood = lambda _: moods
        end = self.now + 3 * HOUR
        while self.now < end and not any(post.stuck for post in self.stage.posts):
            self.stage.clock.now = min(end, self.stage._next())
            await self.tick()
        self.page.counts["cut off in mid-send"] += sum(post.stuck for post in self.stage.posts)
        await self.stage.kill()
        for post in self.stage.posts:
            post.mood = self.mood
        await self.stage.serve(after_crash=True)

    async def load(self) -> None:
        await self.stage.reload(self.catalog())
        self.note_epoch()

    async def reload(self) -> None:
        name, change = EDITS[self.page.counts["reload"] % len(EDITS)]
        self.schedules[name] = self.schedules[name] | change
        await self.load()

    async def move_away(self) -> None:
        person = self.rng.choice([*self.people.values()])
        if person.time_zone not in PLACES:
            zone = self.rng.choice([zone for zone in self.zones if zone not in PLACES])
            self.people[person.id] = replace(person, time_zone=zone)
            await self.load()

    async def pause(self) -> None:
        person = self.rng.choice([*self.people.values()])
        today = self.now.astimezone(person.zone).date()
        pause = Pause(first=today, last=today + timedelta(days=self.rng.randrange(1, 12)))
        self.read(lambda t: t.people.pause(person, [*t.people.pauses().get(person.id, ()), pause], at=self.now))
        await self.tick()
        self.note_epoch()

    async def unpause(self) -> None:
        for name, _ in list(self.read(lambda t: t.people.pauses()).items())[-1:]:
            self.read(lambda t, name=name: t.people.pause(self.people[name], [], at=self.now))
            await self.tick()
            self.note_epoch()

    async def provider_down(self) -> None:
        self.down_until = self.now + 2 * HOUR

    async def stop_one(self) -> None:
        person = self.rng.choice([p for p in self.people.values() if p.email])
        self.stopped.add(person.email)
        self.read(lambda t: t.suppressions.add(person.email, "asked to", at=self.now))

    async def clock_back(self) -> None:
        true = self.now
        self.stage.clock.now = true - self.rng.choice([9 * MINUTE, HOUR, 5 * HOUR])
        await self.tick()
        await self.until(true)

    async def clock_ahead(self) -> None:
        await self.wrong_clock(self.rng.choice([2 * HOUR, 26 * HOUR, 70 * HOUR]))

    async def clock_far_ahead(self) -> None:
        await self.wrong_clock(3652 * DAY)

    async def wrong_clock(self, ahead: timedelta) -> None:
        true = self.now
        self.stage.clock.now = true + ahead
        await self.tick()
        self.stage.clock.now = true + MINUTE

    async def outage(self) -> None:
        self.stage.clock.now += 3 * DAY
        await self.stage.restart()

    # What is looked at again

    def check_hour(self, sent) -> None:
        """Look at one that has just gone out, as the configuration is now."""
        self.page.counts["sent"] += 1
        person = self.epochs[-1].people[sent.nudge.key.recipient]
        local = sent.at.astimezone(person.zone)
        where = f"{person.id} {sent.nudge.key.schedule} {local}"
        if _in_window(quiet_of(person, local.date()), local.time()):
            self.page.blame("in quiet hours", where)
        if any(pause.first <= local.date() <= pause.last for pause in person.pauses):
            self.page.blame("in a pause", where)
        if any(h.then is OnHardDay.HOLD and (h.month, h.day) == (local.month, local.day) for h in person.hard_days):
            self.page.blame("on a hard day", where)
        if sent.outgoing.channel is Channel.SMS and not _lawful(person, local):
            self.page.blame("outside legal hours", where)
        if sent.outgoing.address in self.stopped:
            self.page.blame("after a stop", where)

    def check_end(self) -> None:
        nudges = self.stage.nudges()
        self.page.states = Counter(nudge.state.value for nudge in nudges)
        self.page.counts |= {"people": len(self.people), "days": self.days, "zones": len(self.zones)}
        by_person = defaultdict(list)
        for sent in self.stage.sent:
            by_person[sent.nudge.key.recipient].append(sent)
        self.check_twice(by_person, nudges)
        for name, all_sent in by_person.items():
            self.check_restraint(self.people[name], sorted(all_sent, key=lambda sent: sent.at))
        self.check_missing({nudge.key for nudge in nudges})
        self.check_waiting(nudges)

    def check_twice(self, by_person, nudges) -> None:
        maybe_sent = Counter((n.key.recipient, n.key.schedule) for n in nudges if n.state is NudgeState.UNKNOWN)
        for name, all_sent in by_person.items():
            keys = Counter(sent.nudge.key for sent in all_sent)
            for key, times in keys.items():
                if times > 1:
                    self.page.blame("one slot twice", (key, times))
            pools = defaultdict(list)
            for sent in all_sent:
                pools[sent.nudge.key.schedule].append(sent.outgoing.rendered.text)
            for schedule, texts in pools.items():
                # What may have gone out has been used, too, and is not among what certainly did.
                first = [text.partition("About")[0] for text in texts][: POOL - maybe_sent[name, schedule]]
                if len(set(first)) < len(first):
                    self.page.blame("a text again before the pool was used up", f"{name} {schedule} {first}")

    def check_restraint(self, person: Recipient, all_sent: list) -> None:
        limits = LIMITS.tightened(person.limits)
        moved = len({epoch.people[person.id].time_zone for epoch in self.epochs if person.id in epoch.people}) > 1
        for one, other in pairwise(all_sent):
            if other.at - one.at < limits.gap:
                self.page.blame("too soon after another", f"{person.id} {one.at} {other.at}")
        if moved:
            return  # the local dates of what went out before the journey are another matter
        days = Counter(sent.at.astimezone(person.zone).date() for sent in all_sent)
        for day, count in days.items():
            if count > limits.per_day:
                self.page.blame("too many on a day", f"{person.id} {day} {count}")
            week = sum(days[day - timedelta(days=n)] for n in range(7))
            if week > limits.per_week:
                self.page.blame("too many in seven days", f"{person.id} {day} {week}")

    def check_missing(self, keys: set) -> None:
        """Plan every span between two changes anew, in one piece: each slot that was owed must be on record."""
        ends = [epoch.since for epoch in self.epochs[1:]] + [self.now]
        for epoch, end in zip(self.epochs, ends, strict=True):
            roster = build_groups(epoch.schedules, epoch.people.values())
            for slot in slots(roster, since=epoch.since, until=end, seed="stage"):
                joined = epoch.people[slot.recipient].joined
                if joined is None or slot.local_date >= joined:
                    self.page.counts["slots planned anew"] += 1
                    if slot.key not in keys:
                        self.page.blame("missing in silence", f"{slot.key} due {slot.due}")

    def check_waiting(self, nudges) -> None:
        for nudge in nudges:
            lively = nudge.state in (NudgeState.PENDING, NudgeState.SENDING, NudgeState.HELD)
            if lively and nudge.expires_at < self.now - HOUR:
                self.page.blame("left lying", f"{nudge.key} {nudge.state}")
            if not lively and nudge.state is not NudgeState.SENT and not english(nudge.status_reason):
                self.page.blame("without a reason", f"{nudge.key} {nudge.state}")


def quiet_of(person: Recipient, day: date) -> QuietHours | None:
    weekend = day.weekday() >= 5 and person.weekend_quiet_hours != "same"
    return person.weekend_quiet_hours if weekend else person.quiet_hours


def _in_window(quiet: QuietHours | None, wall: time) -> bool:
    if quiet is None:
        return False
    if quiet.start < quiet.end:
        return quiet.start <= wall < quiet.end
    return not quiet.end <= wall < quiet.start


def _lawful(person: Recipient, local: datetime) -> bool:
    hours = PLACES.get(person.time_zone, (None, None, {}))[2]
    if person.time_zone == "Pacific/Honolulu":
        hours = {None: (8, 21)}
    first, last = hours.get(local.weekday(), hours.get(None, (0, 24)))
    return first <= local.hour < last


def silence() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


if __name__ == "__main__":
    silence()
    found = live(show=True)
    print(found)
    sys.exit(bool(found.wrong))
