"""The first hello: whoever has not had it gets nothing else, and it is said again until they have had it.

What became of one that did not go out decides when it is said again:
  expired      at once: three days without a connection are long enough
  suppressed   as soon as the address may be used again
  failed, or left out   after a day, and after twice as long each time, up to a month: an address that refuses us is
               not asked daily. At once, when the person's addresses change
  in doubt     when its three days are over, and nobody is asked any more: until then the provider's word may come, and
               nobody is greeted twice
  held         not by itself: a person releases it, or leaves it out
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from nudger.decisions.delivering.transitions import ASK_ON
from nudger.domain.nudges import WELCOME, Nudge, NudgeState
from nudger.domain.reasons import Reason, ReasonCode, because

_MINUTE = timedelta(minutes=1)
_AGAIN, _LONGEST = timedelta(days=1), timedelta(days=30)
_UNDER_WAY = frozenset({NudgeState.PENDING, NudgeState.SENDING, NudgeState.HELD})
_REFUSED = frozenset({NudgeState.FAILED, NudgeState.WITHHELD, NudgeState.SUPPRESSED})


class Hello(NamedTuple):
    """How the first hello stands of somebody who has not had it.

    `state` is None where none was written down yet; `changed_at` is when it came to its state.
    """

    state: NudgeState | None = None
    ordinal: int = -1
    reason: Reason | None = None
    next_at: datetime | None = None
    changed_at: datetime | None = None
    expires_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether something still becomes of it by itself, or by somebody's word."""
        return self.next_at is not None or self.state in _UNDER_WAY


UNSAID = Hello()


def hello_of(nudge: Nudge, *, at: datetime) -> Hello:
    """Return how a hello stands that came to its state at a moment."""
    return Hello(nudge.state, nudge.key.ordinal, nudge.status_reason, nudge.next_look_at, at, nudge.expires_at)


def after(hello: Hello | None, nudge: Nudge) -> Hello | None:
    """Return how somebody's hello stands after a nudge of theirs changed; None: they had it."""
    if nudge.key.schedule != WELCOME:
        return hello
    return None if nudge.state is NudgeState.SENT else hello_of(nudge, at=nudge.next_look_at or nudge.due)


def follows_at(hello: Hello, *, now: datetime) -> datetime:
    """Return the first moment at which something else may follow, as far as anybody can tell now."""
    if hello.state is NudgeState.SENDING:
        return now + _MINUTE
    expected = again_at(hello) or hello.next_at or hello.expires_at or now
    return max(expected, now) + _MINUTE


def why_not_yet(hello: Hello) -> Reason:
    """Say why nothing else may go out."""
    if hello.state is NudgeState.UNKNOWN:
        return Reason(ReasonCode.HELLO_FIRST, {"may_have": True})
    return Reason(ReasonCode.HELLO_FIRST, because=because(hello.reason))


def again_at(hello: Hello, *, addresses_changed: bool = False) -> datetime | None:
    """Return when a hello that came to nothing is to be said again; None for one that is under way, or not yet said.

    A moment long gone means now.
    """
    if hello.changed_at is None or hello.state in _UNDER_WAY:
        return None
    if hello.state is NudgeState.UNKNOWN and hello.expires_at is not None:
        still_asked = hello.next_at is not None
        return hello.expires_at + (ASK_ON if still_asked else timedelta(0))
    if hello.state not in _REFUSED or hello.state is NudgeState.SUPPRESSED or addresses_changed:
        return hello.changed_at
    return hello.changed_at + min(_AGAIN * (1 << min(max(hello.ordinal, 0), 10)), _LONGEST)
