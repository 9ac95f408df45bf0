"""The pulse of a service at work, as anybody beside it can feel it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

STUCK = timedelta(minutes=2)
"""A service that has not ticked for so long is stuck: it means to every thirty seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """The last tick: when by the clock on the wall, at which uptime of the machine, and what was wrong, if anything."""

    at: datetime
    uptime: timedelta
    ticked: bool = True
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A service at work. `process` is 0, and `pulse` None, while it has not said so yet."""

    process: int
    pulse: Pulse | None

    def silent_for(self, uptime: timedelta) -> timedelta | None:
        """Return how long ago the last tick (before the first one, the start) was, at this uptime of the machine."""
        return None if self.pulse is None else max(timedelta(), uptime - self.pulse.uptime)

    def stuck(self, uptime: timedelta) -> bool:
        """Say whether it should have ticked by now, and has not. The clock on the wall has no say in it."""
        return (self.silent_for(uptime) or timedelta()) > STUCK
