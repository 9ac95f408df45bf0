"""A person who gets nudges: where they are, how to reach them, and when to leave them in peace."""

from calendar import isleap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

from nudger.domain.calendar import resolve
from nudger.domain.limits import Limits
from nudger.domain.vocabulary import Channel, ChannelChoice, RecipientId

DEFAULT_MOMENTS: Mapping[str, time] = MappingProxyType(
    {"morning": time(8, 30), "midday": time(12, 30), "evening": time(18, 30), "night": time(20, 30)}
)
"""The named moments; each person may move their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """A daily window in the person's own time with no sending; end exclusive; may wrap midnight."""

    start: time
    end: time

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"

    def cover(self, wall: time) -> bool:
        """Say whether `wall` lies inside."""
        if self.start <= self.end:
            return self.start <= wall < self.end
        return wall >= self.start or wall < self.end


DEFAULT_QUIET_HOURS = QuietHours(start=time(21), end=time(8))
"""Outside 8-21 at the called party's place, 47 CFR 64.1200(c)(1) forbids solicitations; we take it for every nudge."""


WEEKEND = frozenset({5, 6})
"""The weekdays (Monday is 0) on which a person's weekend hours count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Nothing is sent from `first` to `last`, local dates, both inclusive. `first` is None where nobody said."""

    last: date
    first: date | None = None

    def covers(self, day: date) -> bool:
        """Say whether the date lies inside."""
        return day <= self.last and (self.first is None or day >= self.first)


def ended(pauses: Iterable[Pause], today: date) -> tuple[Pause, ...]:
    """Return the pauses as they are after the person came back today: past days stay paused, coming ones do not."""
    yesterday = today - timedelta(days=1)
    cut = (replace(pause, last=min(pause.last, yesterday)) for pause in pauses)
    return tuple(pause for pause in cut if pause.first is None or pause.first <= pause.last)


def joins_on(person: "Recipient", noted: Mapping[RecipientId, date | None], *, now: datetime) -> date | None:
    """Return the day on which a person joins: the written one, else the one that was noted, else today, where they are.

    `noted` has everybody who is or was known; None there is for whoever was always here.
    """
    if person.joined is not None or person.id in noted:
        return person.joined or noted[person.id]
    return now.astimezone(person.zone).date()


class OnHardDay(StrEnum):
    """What to do on a day that is hard for a person."""

    HOLD = "hold"
    """Send nothing."""

    GENTLE = "gentle"
    """Send only the gentlest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HardDay:
    """A day of every year that is hard for a person, such as an anniversary; of one `year` only, where it is given."""

    month: int
    day: int
    then: OnHardDay
    year: int | None = None

    def falls_on(self, date_: date) -> bool:
        """Say whether it is this date. 29 February is kept on the 28th in years without one: too early beats never."""
        if self.year is not None and self.year != date_.year:
            return False
        if (self.month, self.day) == (2, 29) and not isleap(date_.year):
            return (date_.month, date_.day) == (2, 28)
        return (date_.month, date_.day) == (self.month, self.day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A person. `time_zone` is an IANA name; `moments` holds only the moments that differ from the default.

    `place` is an ISO 3166 code (`US`, `US-MA`): for public holidays and legal hours. `supporter` is how they call
    somebody who is there for them.
    """

    id: RecipientId
    time_zone: str
    name: str | None = None
    sms: str | None = None
    email: str | None = None
    prefer: Channel | None = None
    language: str = "en"
    groups: frozenset[str] = frozenset()
    moments: tuple[tuple[str, time], ...] = ()
    quiet_hours: QuietHours | None = field(default=DEFAULT_QUIET_HOURS)
    joined: date | None = None
    region: str | None = None
    weekend_moments: tuple[tuple[str, time], ...] = ()
    weekend_quiet_hours: QuietHours | Literal["same"] | None = "same"
    pauses: tuple[Pause, ...] = ()
    hard_days: tuple[HardDay, ...] = ()
    limits: Limits | None = None
    supporter: str | None = None
    goals: frozenset[str] = frozenset()
    """The person's own goals, in words of the operator's, for conditions."""

    @property
    def zone(self) -> ZoneInfo:
        """The time zone itself."""
        return ZoneInfo(self.time_zone)

    def has_joined_by(self, day: date) -> bool:
        """Say whether the person is here on a local date; whoever has no date of joining always was."""
        return self.joined is None or day >= self.joined

    def moment(self, name: str, *, weekend: bool = False) -> time:
        """Return the person's own time for a named moment; raise KeyError for a name that is no moment."""
        own = dict(self.moments) | (dict(self.weekend_moments) if weekend else {})
        return own.get(name) or DEFAULT_MOMENTS[name]

    def quiet_hours_on(self, day: date) -> QuietHours | None:
        """Return the quiet hours that count on a local date, for its morning as for its night."""
        if self.weekend_quiet_hours != "same" and day.weekday() in WEEKEND:
            return self.weekend_quiet_hours
        return self.quiet_hours

    def quiet_at(self, now: datetime) -> QuietHours | None:
        """Return the quiet hours that an instant lies in, or None."""
        local = now.astimezone(self.zone)
        quiet = self.quiet_hours_on(local.date())
        return quiet if quiet is not None and quiet.cover(local.time()) else None

    def quiet_until(self, now: datetime) -> datetime:
        """Return the first instant (UTC) after `now` that is not in quiet hours."""
        today = now.astimezone(self.zone).date()
        ends = []
        for day in (today + timedelta(days=n) for n in range(4)):
            quiet = self.quiet_hours_on(day)
            local_times = (time.min, quiet.end) if quiet else (time.min,)
            ends += [instant.at for wall in local_times if (instant := resolve(day, wall, self.zone))]
        return next(end for end in sorted(ends) if end > now and self.quiet_at(end) is None)

    def pause_on(self, day: date) -> Pause | None:
        """Return the pause that a local date lies in, or None; of several the one that ends last."""
        if not self.pauses:
            return None
        return max((pause for pause in self.pauses if pause.covers(day)), key=lambda pause: pause.last, default=None)

    def hard_day_on(self, day: date) -> OnHardDay | None:
        """Return what to do on a local date because it is hard for them, or None."""
        if not self.hard_days:
            return None
        found = {hard.then for hard in self.hard_days if hard.falls_on(day)}
        return OnHardDay.HOLD if OnHardDay.HOLD in found else next(iter(found), None)

    def programme_day(self, day: date) -> int | None:
        """Return which day of a programme a local date is: 1 on the day after joining; None before, and in a pause.

        Days of a pause whose beginning is known are not counted: the programme waits.
        """
        if self.joined is None or day <= self.joined or self.pause_on(day) is not None:
            return None
        return (day - self.joined).days - self._paused_days(self.joined, day)

    def _paused_days(self, after: date, before: date) -> int:
        paused: set[date] = set()
        for pause in self.pauses:
            if pause.first is not None:
                first, last = max(pause.first, after + timedelta(days=1)), min(pause.last, before)
                paused |= {first + timedelta(days=n) for n in range((last - first).days + 1)}
        return len(paused)

    def address(self, channel: Channel) -> str | None:
        """Return the address for a channel, or None."""
        return self.sms if channel is Channel.SMS else self.email

    @property
    def addresses(self) -> frozenset[str]:
        """Return the number and the address, as far as there are any."""
        return frozenset(address for address in (self.sms, self.email) if address)

    def channel_for(self, choice: ChannelChoice) -> Channel | None:
        """Return the channel to use: the one asked for, or the preferred one with the other as fall-back."""
        if choice is not ChannelChoice.PREFERRED:
            channel = Channel(choice.value)
            return channel if self.address(channel) else None
        wish = self.prefer or Channel.EMAIL
        if self.address(wish):
            return wish
        return next((c for c in Channel if self.address(c)), None)
