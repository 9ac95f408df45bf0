"""When a whole sender waits: it was too fast, or its account or server is in trouble.

What the provider says of the sender holds for everything that waits, so that not each nudge asks for itself. After a
pause a single attempt goes first; each success lets twice as many at once go on. The ledger keeps it, so that it
outlives a restart and holds for every daemon.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from nudger.errors import Effect

_FIRST_SLOWER = timedelta(seconds=1)
_LONGEST_SLOWER = timedelta(minutes=1)
_FIRST_DOWN = timedelta(minutes=1)
_LONGEST_DOWN = timedelta(minutes=15)
_LONGEST_WISH = timedelta(hours=1)
_JITTER = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderHealth:
    """A sender's pause: from `since` until `until`, then `width` attempts at once. All None: it is healthy."""

    since: datetime | None = None
    until: datetime | None = None
    width: int | None = None
    refusals: int = 0
    down: bool = False

    def holds(self, now: datetime) -> bool:
        """Say whether nothing may begin now. A clock that was set back ends a pause: nobody knows how long it is."""
        return self.since is not None and self.until is not None and self.since <= now < self.until

    def room(self, concurrency: int, under_way: int) -> int:
        """Return how many attempts may begin beside those under way, once it no longer holds."""
        return max(0, min(concurrency, self.width or concurrency) - under_way)

    def refused(self, effect: Effect, wish: timedelta | None, *, now: datetime, rng: Random) -> "SenderHealth":
        """Return it after a refusal of the sender. A second one in the same pause can only make it longer.

        `wish` is how long the provider wants us to wait; more than an hour is taken for a mistake.
        """
        wished = min(wish, _LONGEST_WISH) if wish else None
        if self.holds(now):
            longer = max(self.until or now, now + wished) if wished else self.until
            return replace(self, until=longer, down=self.down or effect is Effect.CHANNEL_DOWN)
        wait = wished or _pause(effect, self.refusals) * (1 + rng.uniform(-_JITTER, _JITTER))
        return SenderHealth(
            since=now,
            until=now + wait,
            width=1,
            refusals=self.refusals + 1,
            down=effect is Effect.CHANNEL_DOWN,
        )

    def at_start(self) -> "SenderHealth":
        """Return it when a process begins: a person may have mended an account or a server, so it is tried once."""
        return replace(self, since=None, until=None) if self.down else self

    def accepted(self, *, concurrency: int, now: datetime) -> "SenderHealth":
        """Return it after a success. One that was on its way when the pause began says nothing."""
        if self.width is None or self.holds(now):
            return self
        width = self.width * 2
        return HEALTHY if width >= concurrency else SenderHealth(width=width)


HEALTHY = SenderHealth()


def _pause(effect: Effect, refusals: int) -> timedelta:
    first, longest = _FIRST_SLOWER, _LONGEST_SLOWER
    if effect is Effect.CHANNEL_DOWN:
        first, longest = _FIRST_DOWN, _LONGEST_DOWN
    doubled: int = 2 ** min(refusals, 16)
    return min(first * doubled, longest)
