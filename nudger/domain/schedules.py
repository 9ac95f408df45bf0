"""Schedules: when, for whom, from which messages; and slots, the single occurrences that they ask for."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from nudger.domain.recipients import Recipient
from nudger.domain.vocabulary import (
    ChannelChoice,
    Component,
    Intensity,
    LibraryId,
    Practice,
    RecipientId,
    ScheduleId,
    Situation,
)

WallTime = time | str
"""A time of day, or the name of a moment that each person has at their own time."""

DEFAULT_GRACE = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weekly:
    """On these weekdays, every week. Monday is 0."""

    weekdays: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class EveryDays:
    """Every `count` days, counted from the recurrence's first date."""

    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ByRule:
    """The dates of an RFC 5545 recurrence rule (frequency daily or rarer), anchored at the first date."""

    rule: str


DateRule = Weekly | EveryDays | ByRule


@dataclass(frozen=True, slots=True, kw_only=True)
class At:
    """At these times of day, in this order."""

    times: tuple[WallTime, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """At one minute drawn per person and day from [start, end)."""

    start: WallTime
    end: WallTime


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Times of day on the dates of a rule, from `starts` to `ends`, both inclusive."""

    dates: DateRule
    times: At | Between
    starts: date | None = None
    ends: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cron:
    """A five-field cron expression, read as each person's wall clock (Sunday is 0 or 7)."""

    expression: str
    starts: date | None = None
    ends: date | None = None


Recurrence = Calendar | Cron


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


class SlotKey(NamedTuple):
    """The natural key of a slot. The local date, never UTC: a new time zone moves a slot and cannot double it.

    (A tuple, like `Slot`: a tick may make a hundred thousand of them, and tuples are three times as cheap.)
    """

    recipient: RecipientId
    schedule: ScheduleId
    local_date: date
    ordinal: int = 0

    def __str__(self) -> str:
        return f"{self.recipient}/{self.schedule}/{self.local_date}/{self.ordinal}"


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
        return SlotKey(*self[:4])
