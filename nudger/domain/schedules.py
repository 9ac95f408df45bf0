"""Schedules: when, for whom, from which messages; and slots, the single occurrences that they ask for.

Longer than most modules: it is one small noun after another, and whoever looks for one finds all of them here.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import IntEnum, StrEnum
from typing import NamedTuple

from nudger.domain.conditions import Condition
from nudger.domain.messages import Message
from nudger.domain.recipients import Recipient
from nudger.domain.vocabulary import (
    ChannelChoice,
    Component,
    Intensity,
    LibraryId,
    MessageKey,
    Practice,
    Purpose,
    RecipientId,
    ScheduleId,
    Situation,
)

WallTime = time | str
"""A time of day, or the name of a moment that each person has at their own time."""

DEFAULT_GRACE = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weekly:
    """On these weekdays (Monday is 0), every so many `weeks`, counted from the week of the first date."""

    weekdays: frozenset[int]
    weeks: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class EveryDays:
    """Every `count` days, counted from the recurrence's first date."""

    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyWeekdays:
    """On the nth such weekday of each month: (nth, weekday) pairs; -1 is the last. A month without a fifth has none."""

    which: frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDates:
    """On these dates, these (month, day) pairs of every year, these days of every month (-1 is the last).

    A date that a year or a month does not have is left out, as in RFC 5545, 3.3.10.
    """

    dates: frozenset[date] = frozenset()
    yearly: frozenset[tuple[int, int]] = frozenset()
    monthly: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class OnPublicHolidays:
    """On the public holidays of each person's place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ByRule:
    """The dates of an RFC 5545 recurrence rule (frequency daily or rarer), anchored at the first date."""

    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A part of a programme: from day `first` to `last` (None: without end), every so many days, on these weekdays."""

    first: int
    last: int | None = None
    every: int = 1
    weekdays: frozenset[int] = frozenset(range(7))

    def includes(self, day: int, weekday: int) -> bool:
        """Say whether the programme's day, which is such a weekday, is one of this phase."""
        within = day >= self.first and (self.last is None or day <= self.last)
        return within and (day - self.first) % self.every == 0 and weekday in self.weekdays


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """Days counted for each person from the day they joined: day 1 is the day after, week 1 is days 1 to 7.

    The count waits while the person is paused, so that nothing of the programme is lost to a pause.
    """

    phases: tuple[Phase, ...]


DateRule = Weekly | EveryDays | MonthlyWeekdays | OnDates | OnPublicHolidays | ByRule | Programme


@dataclass(frozen=True, slots=True, kw_only=True)
class At:
    """At these times of day, in this order, each up to `jitter` later.

    `jitter` is drawn anew for each person and day; `spread` gives each person a place of their own that stays.
    """

    times: tuple[WallTime, ...]
    jitter: timedelta = timedelta(0)
    spread: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """At `count` minutes drawn per person and day from [start, end), at least `apart` from each other."""

    start: WallTime
    end: WallTime
    count: int = 1
    apart: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exceptions:
    """Dates on which nothing happens: single ones, spans (both ends inclusive), yearly ones, public holidays."""

    dates: frozenset[date] = frozenset()
    spans: tuple[tuple[date, date], ...] = ()
    yearly: frozenset[tuple[int, int]] = frozenset()
    public_holidays: bool = False

    def cover(self, day: date) -> bool:
        """Say whether the date is an exception; public holidays need a place, and are asked about elsewhere."""
        return (
            day in self.dates
            or (day.month, day.day) in self.yearly
            or any(first <= day <= last for first, last in self.spans)
        )


NO_EXCEPTIONS = Exceptions()


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Times of day on the dates of a rule, from `starts` to `ends`, both inclusive, but for the exceptions."""

    dates: DateRule
    times: At | Between
    starts: date | None = None
    ends: date | None = None
    exceptions: Exceptions = NO_EXCEPTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Cron:
    """A five-field cron expression, read as each person's wall clock (Sunday is 0 or 7)."""

    expression: str
    starts: date | None = None
    ends: date | None = None
    exceptions: Exceptions = NO_EXCEPTIONS


Recurrence = Calendar | Cron


def asks_for_holidays(recurrence: Recurrence) -> bool:
    """Say whether the dates depend on the public holidays of a person's place."""
    if recurrence.exceptions.public_holidays:
        return True
    return isinstance(recurrence, Calendar) and isinstance(recurrence.dates, OnPublicHolidays)


def is_programme(recurrence: Recurrence) -> bool:
    """Say whether the dates count from the day a person joined."""
    return isinstance(recurrence, Calendar) and isinstance(recurrence.dates, Programme)


class Priority(IntEnum):
    """Which of two nudges goes first where a person cannot get both."""

    LOW = -1
    NORMAL = 0
    HIGH = 1


class WhenMissed(StrEnum):
    """What becomes of slots that fell due while the service was down or asleep."""

    SEND = "send"
    """Each still goes out within its grace."""

    ONE = "one"
    """Only the newest of them goes out, within its grace; the others are recorded as missed."""

    SKIP = "skip"
    """None goes out late."""


class WhenBlocked(StrEnum):
    """What becomes of a nudge that may not go out at its time (quiet hours, a gap to keep, a full day)."""

    WAIT = "wait"
    """It waits for the first moment at which it may, within its grace."""

    DROP = "drop"
    """It is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who gets it: everyone, or whoever is named or in one of the groups."""

    everyone: bool = False
    groups: frozenset[str] = frozenset()
    recipients: frozenset[RecipientId] = frozenset()

    def includes(self, recipient: Recipient) -> bool:
        """Say whether the person is meant."""
        return self.everyone or recipient.id in self.recipients or not self.groups.isdisjoint(recipient.groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which messages a schedule may choose from. An empty set means any."""

    libraries: frozenset[LibraryId] = frozenset()
    components: frozenset[Component] = frozenset()
    practices: frozenset[Practice] = frozenset()
    situations: frozenset[Situation] = frozenset()
    intensities: frozenset[Intensity] = frozenset()
    messages: tuple[MessageKey, ...] = ()
    in_order: bool = False
    """A series: one message after the other, in the order of `messages`, or of their ids; it ends with the last."""

    def takes(self, message: Message) -> bool:
        """Say whether the message is one to choose from, whoever gets it, over whichever channel, at whatever hour."""
        return (
            message.purpose is Purpose.NUDGE
            and (not self.messages or message.key in self.messages)
            and (not self.libraries or message.library in self.libraries)
            and (not message.only_when_named or bool(self.messages) or bool(self.libraries))
            and (not self.components or message.component in self.components)
            and (not self.practices or message.practice in self.practices)
            and (not self.intensities or message.intensity in self.intensities)
            and (not self.situations or not self.situations.isdisjoint(message.situations))
            and not message.retired
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A rule of the operator's. `grace` is how late after its due time a slot may still go out."""

    id: ScheduleId
    audience: Audience
    recurrence: Recurrence
    about: str = ""
    selection: Selection = Selection()
    channel: ChannelChoice = ChannelChoice.PREFERRED
    grace: timedelta = DEFAULT_GRACE
    priority: Priority = Priority.NORMAL
    when_missed: WhenMissed = WhenMissed.SEND
    when_blocked: WhenBlocked = WhenBlocked.WAIT
    only_if: Condition | None = None
    skip_if: Condition | None = None


class SlotKey(NamedTuple):
    """The natural key of a slot. The local date, never UTC: a new time zone moves a slot and cannot double it.

    (A tuple, like `Slot`: a tick may make a hundred thousand of them, and tuples are three times as cheap.)
    """

    recipient: RecipientId
    schedule: ScheduleId
    local_date: date
    ordinal: int = 0

    def __str__(self) -> str:
        return f"{self.recipient}/{self.schedule}/{self.local_date.isoformat()}/{self.ordinal}"


class Slot(NamedTuple):
    """One occurrence of one schedule for one recipient: in JITAI words, a decision point.

    The first four make its key. `due` is UTC; `wall` is the local time that was asked for, which a clock change may
    have `moved`.
    """

    recipient: RecipientId
    schedule: ScheduleId
    local_date: date
    ordinal: int
    due: datetime
    wall: time
    moved: bool = False

    @property
    def key(self) -> SlotKey:
        """What tells it from every other slot, for ever."""
        return SlotKey(self.recipient, self.schedule, self.local_date, self.ordinal)
