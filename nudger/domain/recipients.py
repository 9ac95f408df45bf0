"""A person who gets nudges: where they are, how to reach them, and when to leave them in peace."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from types import MappingProxyType
from zoneinfo import ZoneInfo

from nudger.domain.calendar import resolve
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

    def end_after(self, now: datetime, zone: tzinfo) -> datetime:
        """Return the next instant (UTC) at which the window ends, for a `now` inside it."""
        today = now.astimezone(zone).date()
        for day in (today, today + timedelta(days=1), today + timedelta(days=2)):
            instant = resolve(day, self.end, zone)
            if instant is not None and instant.at > now:
                return instant.at
        raise AssertionError("a daily time comes back within two days")


DEFAULT_QUIET_HOURS = QuietHours(start=time(21), end=time(8))
"""Outside 8-21 at the called party's place, 47 CFR 64.1200(c)(1) forbids solicitations; we take it for every nudge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A person. `time_zone` is an IANA name; `moments` holds only the moments that differ from the default."""

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

    @property
    def zone(self) -> ZoneInfo:
        """The time zone itself."""
        return ZoneInfo(self.time_zone)

    def moment(self, name: str) -> time:
        """Return the person's own time for a named moment; raise KeyError for a name that is no moment."""
        return dict(self.moments).get(name) or DEFAULT_MOMENTS[name]

    def address(self, channel: Channel) -> str | None:
        """Return the address for a channel, or None."""
        return self.sms if channel is Channel.SMS else self.email

    def channel_for(self, choice: ChannelChoice) -> Channel | None:
        """Return the channel to use: the one asked for, or the preferred one with the other as fall-back."""
        if choice is not ChannelChoice.PREFERRED:
            channel = Channel(choice.value)
            return channel if self.address(channel) else None
        wish = self.prefer or Channel.EMAIL
        return next((c for c in (wish, *Channel) if self.address(c)), None)
