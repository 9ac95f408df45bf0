"""Whom to greet when: what the service writes down, and what a look ahead shows, of first hellos."""

from collections import Counter
from collections.abc import Container, Mapping
from datetime import datetime
from typing import NamedTuple

from nudger.decisions.delivering.hello import Hello
from nudger.decisions.oversight.guard import crowd_of_newcomers, held_by_guard
from nudger.decisions.points.decide import decide_welcome, hello_due
from nudger.decisions.snapshot import Snapshot
from nudger.domain.nudges import Nudge, NudgeState
from nudger.domain.reasons import ReasonCode
from nudger.domain.vocabulary import RecipientId

Hellos = Mapping[RecipientId, Hello]
"""How the first hello stands of everybody who has not had it."""


class Greetings(NamedTuple):
    """When each hello is to be said, as far as anybody can tell now, and which of them the guard holds, and why."""

    moments: Mapping[RecipientId, datetime]
    guarded: frozenset[RecipientId] = frozenset()
    why: str = ""

    def by(self, now: datetime) -> list[RecipientId]:
        """Return whose hello is to be said by a moment."""
        return [name for name, moment in self.moments.items() if moment <= now]


def greetings(
    snapshot: Snapshot,
    hellos: Hellos,
    *,
    stopped: Container[str] = (),
    moved: Container[RecipientId] = (),
    guard_is_up: bool = False,
    now: datetime,
) -> Greetings:
    """Return when to greet whom, of all people of the snapshot.

    `stopped` are addresses that may not be used: their owners are not greeted a second time. `moved` are people whose
    addresses have just changed. Many strangers at one moment are held for a person to look at, and so is whoever was
    left out by hand and is still here.
    """
    moments: dict[RecipientId, datetime] = {}
    for name, hello in hellos.items():
        person = snapshot.recipients[name]
        moment = hello_due(snapshot, person, hello, stopped=stopped, moved=name in moved, now=now)
        if moment is not None:
            moments[name] = max(moment, now)
    strangers = Counter(at for name, at in moments.items() if hellos[name].state is None)
    crowds = {at for at, count in strangers.items() if crowd_of_newcomers(count, len(snapshot.recipients) - count)}
    new = {name for name, at in moments.items() if at in crowds and hellos[name].state is None}
    kept = {name for name in moments if _stays_held(hellos[name], guard_is_up)}
    return Greetings(moments, frozenset(new | kept), _why(snapshot, moments, new, kept, now))


def greet(snapshot: Snapshot, name: RecipientId, hello: Hello, *, guarded: bool, now: datetime) -> Nudge:
    """Decide somebody's first hello, or the next one after those that came to nothing."""
    nudge = decide_welcome(snapshot, snapshot.recipients[name], ordinal=hello.ordinal + 1, now=now)
    return held_by_guard(nudge) if guarded else nudge


def _stays_held(hello: Hello, guard_is_up: bool) -> bool:
    discarded = hello.reason is not None and hello.reason.code is ReasonCode.DISCARDED
    return discarded or (guard_is_up and hello.state is NudgeState.EXPIRED)


def _why(
    snapshot: Snapshot,
    moments: Mapping[RecipientId, datetime],
    new: set[RecipientId],
    kept: set[RecipientId],
    now: datetime,
) -> str:
    strangers = sum(moments[name] <= now for name in new)
    again = sum(moments[name] <= now for name in kept)
    if strangers:
        return f"{strangers} first hellos at once, to {len(snapshot.recipients) - strangers} people known"
    return f"{again} first hellos to people who are still here" if again else ""
