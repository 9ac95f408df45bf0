"""What will be sent on some days, to everybody or one person, and what would have been before today."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from nudger.decisions.coming import Coming
from nudger.decisions.snapshot import Snapshot, with_recipients
from nudger.domain.recipients import Recipient
from nudger.use_cases.hold import SendingBlocked, sending_blocked
from nudger.use_cases.outlook import outlook, standing
from nudger.use_cases.people import named, who_is_here
from nudger.use_cases.preview import preview

if TYPE_CHECKING:  # Cold start: a third of a second that only a ledger needs.
    from nudger.storage.transaction import Transaction

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Show the local dates `first` to `last`, as seen at `now`. The days before today would begin at `past_from`."""

    now: datetime
    first: date
    last: date
    past_from: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What is to come for some `people` of `everybody` in a span, and what would have come before it, in order."""

    span: Span
    everybody: int
    people: Sequence[Recipient]
    past: Sequence[Coming]
    coming: Sequence[Coming]
    blocked: SendingBlocked

    @property
    def both(self) -> Sequence[Coming]:
        """All of it, in order."""
        return (*self.past, *self.coming)


def span_of(now: datetime, *, first: date | None, last: date) -> Span:
    """Return the span from one local date (None: today) to another."""
    today = now.astimezone().date()
    if first is None:
        # Where it is still yesterday, the rest of yesterday is to come, too.
        return Span(now=now, first=today - _DAY, last=last, past_from=None)
    before = datetime.combine(first - _DAY, time.min, UTC)
    return Span(now=now, first=first, last=last, past_from=before if first < today else None)


def prospect(
    transaction: "Transaction | None",
    written: Sequence[Recipient] | None,
    snapshot_of: Callable[[Sequence[Recipient]], Snapshot],
    span: Span,
    *,
    only: str | None = None,
) -> Prospect:
    """Return what is to come for everybody here, or for the `only` one with an id.

    `written` are the people of recipients.yaml. Raises NudgerError if nobody has the id.
    """
    everybody = who_is_here(transaction, written, now=span.now)
    people = everybody if only is None else [named(everybody, only)]
    snapshot = snapshot_of(people)
    at = standing(transaction, snapshot, everybody, with_histories=True, now=span.now)
    return Prospect(
        span=span,
        everybody=len(everybody),
        people=people,
        past=_past(snapshot, written or (), people, span),
        coming=outlook(snapshot, at, first=span.first, last=span.last),
        blocked=sending_blocked(transaction, now=span.now),
    )


def _past(
    snapshot: Snapshot, written: Sequence[Recipient], people: Sequence[Recipient], span: Span
) -> Sequence[Coming]:
    """Return what would have come before now: by the files as they are, to people who had got nothing before."""
    if span.past_from is None:
        return ()
    undated = {person.id for person in written if person.joined is None}
    always = span.first - _DAY
    here = [replace(person, joined=always) if person.id in undated else person for person in people]
    coming = preview(
        with_recipients(snapshot, here), since=span.past_from, first=span.first, last=span.last, histories={}
    )
    return [each for each in coming if each.slot.due <= span.now]
