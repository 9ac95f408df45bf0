"""Trying the schedules on made-up people: the plan and the choices of the daemon, over a virtual clock, and counts.

People are made up, rehearsed and forgotten a few at a time, so that many need no more memory than a few.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby, islice, pairwise
from zoneinfo import ZoneInfo

from nudger.decisions.coming import Coming
from nudger.decisions.draw import random_from, seed_of
from nudger.decisions.snapshot import Snapshot, with_recipients
from nudger.domain import legal_hours
from nudger.domain.reasons import Reason, ReasonCode
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import Schedule
from nudger.domain.vocabulary import Channel, MessageKey, RecipientId, ScheduleId
from nudger.use_cases.preview import rehearse

SOME_ZONES = (
    *("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Sao_Paulo"),
    *("Europe/London", "Europe/Berlin", "Africa/Lagos", "Asia/Kolkata", "Asia/Tokyo"),
    *("Australia/Sydney", "Pacific/Auckland"),
)
"""Where made-up people live, unless the real ones say."""

ON_TIME, LATER = "on time", "later"
"""What becomes of a nudge that goes out; of any other, the name of its state."""

_AT_A_TIME = 100
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SHORTEST, _LONGEST = 3, 12
_WEEK = 7
_NUMBERS = 1000


@dataclass(slots=True, kw_only=True)
class Tally:
    """What became of everybody's nudges, as counts that grow from person to person."""

    days: int
    people: int = 0
    outcomes: Counter[tuple[ScheduleId, str]] = field(default_factory=Counter)
    held: Counter[Reason] = field(default_factory=Counter)
    """How many were held back, by reason."""
    weekly: Counter[int] = field(default_factory=Counter)
    """How many weeks of a person had so many nudges."""
    repeats: Counter[int] = field(default_factory=Counter)
    """How many wordings came again after so many days."""
    silences: Counter[int] = field(default_factory=Counter)
    """How many people heard nothing for so many days, at the longest."""
    segments: int = 0
    runway: dict[ScheduleId, int] = field(default_factory=dict)
    """After how many days the first person had seen all words of a schedule; not there: nobody had."""

    def add(self, theirs: Sequence[Coming], *, first: date, segments: Callable[[str], int]) -> None:
        """Count what comes to one person in the days from `first` on."""
        self.people += 1
        for each in theirs:
            self.outcomes[each.slot.schedule, _outcome(each)] += 1
            if each.goes_out is None and each.nudge.status_reason is not None:
                self.held[each.nudge.status_reason] += 1
            if _has_seen_all(each):
                day = (each.slot.local_date - first).days
                self.runway[each.slot.schedule] = min(day, self.runway.get(each.slot.schedule, day))
        out = _going_out(theirs)
        self._count_days([day for day, _ in out], first)
        self._count_repeats(out)
        self.segments += sum(_segments(each, segments) for _, each in out)

    def _count_days(self, days: Sequence[date], first: date) -> None:
        per_week = Counter((day - first).days // _WEEK for day in days)
        self.weekly.update(per_week[week] for week in range(max(1, self.days // _WEEK)))
        marks = (first, *days, first + timedelta(days=self.days))
        self.silences[max((after - before).days for before, after in pairwise(marks))] += 1

    def _count_repeats(self, out: Sequence[tuple[date, Coming]]) -> None:
        seen: dict[MessageKey, date] = {}
        for day, each in out:
            message = each.nudge.decision.message
            if message is None:
                continue
            if message in seen:
                self.repeats[(day - seen[message]).days] += 1
            seen[message] = day


def simulate(
    snapshot: Snapshot, people: Iterable[Recipient], *, since: datetime, days: int, segments: Callable[[str], int]
) -> Tally:
    """Return what so many days from `since` (UTC) on would bring these people, who got nothing before.

    The snapshot's own people do not matter; `segments` says how many SMS a text makes.
    """
    tally = Tally(days=days)
    waiting = iter(people)
    while some := list(islice(waiting, _AT_A_TIME)):
        theirs = _rehearsed(snapshot, some, since, since + timedelta(days=days))
        for person in some:
            first = since.astimezone(person.zone).date()
            tally.add(theirs.get(person.id, ()), first=first, segments=segments)
    return tally


def _rehearsed(
    snapshot: Snapshot, people: Sequence[Recipient], since: datetime, until: datetime
) -> dict[RecipientId, Sequence[Coming]]:
    coming = rehearse(with_recipients(snapshot, people), since=since, until=until, histories={})
    return {name: list(theirs) for name, theirs in groupby(coming, key=lambda each: each.recipient.id)}


def _outcome(each: Coming) -> str:
    if each.goes_out is None:
        return each.nudge.state.value
    return ON_TIME if each.goes_out == each.slot.due else LATER


def _has_seen_all(each: Coming) -> bool:
    decision = each.nudge.decision
    ended = decision.reason is not None and decision.reason.code is ReasonCode.SERIES_ENDED
    return decision.record.unseen == 0 or ended


def _going_out(theirs: Iterable[Coming]) -> list[tuple[date, Coming]]:
    """Return what goes out, in order, with its local date."""
    moments = ((each.goes_out, each) for each in theirs)
    out = sorted(((at, each) for at, each in moments if at is not None), key=lambda pair: pair[0])
    return [(at.astimezone(each.recipient.zone).date(), each) for at, each in out]


def _segments(each: Coming, segments: Callable[[str], int]) -> int:
    decision = each.nudge.decision
    return segments(decision.rendered.text) if decision.channel is Channel.SMS and decision.rendered else 0


def made_up_people(
    schedules: Iterable[Schedule], *, count: int, zones: Sequence[str], seed: str, since: datetime
) -> Iterator[Recipient]:
    """Yield people who join at `since`, spread over the zones and the schedules' groups (and none); half want SMS."""
    groups = ("", *sorted({group for schedule in schedules for group in schedule.audience.groups}))
    for number in range(count):
        # Two of each group, one for each channel, then the next group; only the zone is left to chance.
        prefer = Channel.SMS if number % 2 else Channel.EMAIL
        yield _made_up(number, groups[number // 2 % len(groups)], prefer, zones, seed, since)


def _made_up(number: int, group: str, prefer: Channel, zones: Sequence[str], seed: str, since: datetime) -> Recipient:
    rng = random_from(seed_of(seed, number))
    zone = rng.choice(zones)
    name = "".join(rng.choice(_LETTERS) for _ in range(rng.randint(_SHORTEST, _LONGEST))).capitalize()
    # Numbers kept for films and stories (NANPA: 555-0100 to 0199; Ofcom: 07700 900000 to 900999): nobody has them.
    american = legal_hours.regions(None, None, zone)
    sms = f"+120255501{number % 100:02}" if american else f"+447700900{number % _NUMBERS:03}"
    return Recipient(
        id=RecipientId(f"made-up-{number + 1}"),
        time_zone=zone,
        name=name,
        sms=sms,
        email=f"made-up-{number + 1}@example.org",
        prefer=prefer,
        groups=frozenset({group} if group else ()),
        joined=since.astimezone(ZoneInfo(zone)).date(),
    )
