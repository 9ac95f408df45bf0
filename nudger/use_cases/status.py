"""How the service stands: what went out, what did not and why, what comes next, and what somebody should see to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from nudger.decisions.coming import Coming
from nudger.decisions.oversight.runway import Runway, short_runways
from nudger.decisions.snapshot import Snapshot
from nudger.domain.facts import DaemonId, Serving, served_by
from nudger.domain.nudges import Nudge, NudgeState
from nudger.domain.recipients import Recipient
from nudger.storage.fact_codecs import SERVING
from nudger.use_cases.histories import load_histories
from nudger.use_cases.hold import SendingBlocked, sending_blocked
from nudger.use_cases.outlook import next_few, standing
from nudger.use_cases.people import who_is_here

if TYPE_CHECKING:  # Cold start: a third of a second that only a ledger needs.
    from nudger.storage.transaction import Transaction

_RECENT = 8
_NEXT = 8
_LOOK_BACK = timedelta(days=7)
_MOST = 500
"""So many of the last week's nudges are looked through for trouble."""
_LOOK_AHEAD = timedelta(days=8)
_TROUBLE = frozenset({NudgeState.FAILED, NudgeState.UNKNOWN, NudgeState.EXPIRED, NudgeState.SUPPRESSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What the ledger knows: `today` counts by state, `trouble` and `recent` are the last few, newest first."""

    today: Mapping[NudgeState, int] = field(default_factory=dict)
    recent: tuple[Nudge, ...] = ()
    trouble: tuple[Nudge, ...] = ()
    planned_until: datetime | None = None
    serving: Serving | None = None
    """What the daemon serves from, if one ever ran."""
    suppressed: frozenset[str] = frozenset()
    """Addresses to which nothing may go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """All of it, at the moment `now`."""

    now: datetime
    past: Past
    blocked: SendingBlocked
    people: Sequence[Recipient]
    coming: Sequence[Coming]
    """The next few that go out, soonest first."""
    short: Sequence[Runway]
    """Whose unseen messages end soon."""

    @property
    def paused(self) -> int:
        """How many people are paused, where they are."""
        return sum(map(self._is_paused, self.people))

    @property
    def active(self) -> int:
        """How many can be reached now: neither paused, nor stopped at every address."""
        reachable = (person for person in self.people if not person.addresses <= self.past.suppressed)
        return sum(not self._is_paused(person) for person in reachable)

    def _is_paused(self, person: Recipient) -> bool:
        return person.pause_on(self.now.astimezone(person.zone).date()) is not None


def status(
    transaction: "Transaction | None",
    written: Sequence[Recipient] | None,
    snapshot_of: Callable[[Sequence[Recipient]], Snapshot],
    *,
    daemon: DaemonId,
    now: datetime,
) -> Status:
    """Return how it stands with one daemon and everybody here; `written` are the people of recipients.yaml."""
    people = who_is_here(transaction, written, now=now)
    snapshot = snapshot_of(people)
    histories = load_histories(transaction, snapshot, snapshot.recipients, now=now)
    at = standing(transaction, snapshot, people, with_histories=False, now=now)
    return Status(
        now=now,
        past=_past(transaction, daemon, now),
        blocked=sending_blocked(transaction, now=now),
        people=people,
        coming=next_few(snapshot, at, lambda _: histories, count=_NEXT, within=_LOOK_AHEAD),
        short=short_runways(snapshot, snapshot.recipients, histories, now=now),
    )


def _past(transaction: "Transaction | None", daemon: DaemonId, now: datetime) -> Past:
    if transaction is None:
        return Past()
    midnight = datetime.combine(now.astimezone().date(), time.min).astimezone(UTC)
    recent = transaction.nudges.recent(since=now - _LOOK_BACK, limit=_MOST)
    return Past(
        today=dict(sorted(transaction.nudges.counts(since=midnight).items())),
        recent=tuple(recent[:_RECENT]),
        trouble=tuple(nudge for nudge in recent if nudge.state in _TROUBLE)[:_RECENT],
        planned_until=transaction.planning.watermark(),
        serving=served_by(transaction.facts.by_daemon(SERVING), daemon),
        suppressed=frozenset(transaction.suppressions.addresses()),
    )
