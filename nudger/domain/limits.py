"""Restraint: how much one person may get, over all schedules and both channels."""

from dataclasses import dataclass, replace
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """At most so many nudges on a local date and in any seven local dates, and at least `gap` between two.

    None means no such limit. For the first `gentle_days` after joining, only gentle messages are chosen: kindness can
    bring distress first (backdraft: Germer; Cai 2024).
    """

    per_day: int | None = None
    per_week: int | None = None
    gap: timedelta = timedelta(0)
    gentle_days: int = 7

    @property
    def restrain(self) -> bool:
        """Whether there is anything to keep to that depends on what else was sent."""
        return self.per_day is not None or self.per_week is not None or bool(self.gap)

    def tightened(self, own: "Limits | None") -> "Limits":
        """Return these limits together with a person's own: the stricter of each."""
        if own is None:
            return self
        return replace(
            self,
            per_day=_fewer(self.per_day, own.per_day),
            per_week=_fewer(self.per_week, own.per_week),
            gap=max(self.gap, own.gap),
            gentle_days=max(self.gentle_days, own.gentle_days),
        )


NO_LIMITS = Limits()


def _fewer(one: int | None, other: int | None) -> int | None:
    given = [number for number in (one, other) if number is not None]
    return min(given, default=None)
