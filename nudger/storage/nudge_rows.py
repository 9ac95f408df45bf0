"""The nudges of the ledger, inside a transaction.

Every nudge that changes leaves an event behind in the same transaction, so the past explains the present.
Many rows are written at a time: one by one, a commit for each, is twenty times slower and a hundred on a slow disk.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    update,
)

from nudger.decisions.choosing.history import Contact, begun
from nudger.decisions.delivering.hello import UNSAID, Hello
from nudger.decisions.delivering.transitions import ASK_ON, INQUIRIES, LEASE, ONLY_TOO_LATE
from nudger.domain.nudges import MAY_HAVE_BEEN_SEEN, TEST, WELCOME, Nudge, NudgeState, Receipt, may_become
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import Priority, SlotKey
from nudger.domain.vocabulary import Channel, MessageKey, NudgeId, RecipientId
from nudger.storage.pages import Pages, batches
from nudger.storage.rows import nudge_of, nudge_row, recipient_of
from nudger.storage.tables import events, nudges, recipients

_SEEN = [state.value for state in MAY_HAVE_BEEN_SEEN]


class Nudges(Pages):
    """Writing nudges down, and finding them again."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.wrote_nudges = False
        """Whether anything of a nudge was written: what a ledger without it might do again."""

    def add(self, new: Sequence[Nudge], *, at: datetime) -> list[Nudge]:
        """Write down nudges whose slots have none yet; return those. A slot that has one keeps it, for ever."""
        statement = self._upsert(nudges).on_conflict_do_nothing().returning(nudges.c.id)
        added: set[str] = set()
        first_of_each = {nudge.id: nudge for nudge in reversed(new)}
        for batch in batches(reversed(first_of_each.values())):
            rows = [nudge_row(nudge, at=at) for nudge in batch]
            added.update(self._connection.execute(statement, rows).scalars())
        fresh = [nudge for nudge in reversed(first_of_each.values()) if nudge.id in added]
        self._tell(fresh, at=at)
        self.wrote_nudges = self.wrote_nudges or bool(fresh)
        return fresh

    def save(self, changes: Sequence[tuple[Nudge, Nudge]], *, at: datetime) -> None:
        """Write down (before, after) pairs; a nudge that is no longer as it was before is left alone."""
        for before, after in changes:
            if before.state is not after.state and not may_become(before.state, after.state):
                raise ValueError(f"a nudge cannot go from {before.state} to {after.state}")
        if changes:
            rows = [{**_changeable(after, at), "_id": after.id, "_before": before.state} for before, after in changes]
            self._connection.execute(_SAVE, rows)
            self.wrote_nudges = True
            self._tell([after for _, after in changes], at=at)

    def waiting(
        self, state: NudgeState, channel: Channel, *, now: datetime, limit: int, by_age: bool = True
    ) -> list[tuple[Nudge, Recipient | None]]:
        """Return nudges to look at again by `now`, the longest waiting first, each with its person if still here.

        Unless it goes `by_age` alone, what has priority comes before the rest, and first hellos after it. On PostgreSQL
        they stay locked until the transaction ends, and rows locked by another daemon are skipped.
        """
        found: list[tuple[Nudge, Recipient | None]] = []
        for lane in (and_(True),) if by_age else _LANES:
            if len(found) < limit:
                statement = (
                    _WITH_RECIPIENT.where(nudges.c.state == state.value, nudges.c.channel == channel.value, lane)
                    .where(nudges.c.next_attempt_at <= now)
                    .order_by(nudges.c.next_attempt_at, nudges.c.priority.desc(), nudges.c.due_at, *_KEY)
                    .limit(limit - len(found))
                    .with_for_update(skip_locked=True, of=nudges)
                )
                found += [_with_recipient(row) for row in self._connection.execute(statement).mappings()]
        return found

    def next_attempt(self) -> datetime | None:
        """Return when the first waiting nudge wants to be looked at, or None."""
        first: datetime | None = self._connection.scalar(_NEXT_ATTEMPT)
        return first

    def interrupted(self, *, by: datetime | None) -> list[Nudge]:
        """Return nudges whose attempt should have ended by a moment (None: every one under way), but did not."""
        statement = select(nudges).where(nudges.c.state == NudgeState.SENDING.value, _WAITING)
        if by is not None:
            statement = statement.where(nudges.c.next_attempt_at <= by)
        return self._read(statement)

    def known(self, ids: Iterable[NudgeId]) -> set[NudgeId]:
        """Return which of these nudges are written down already."""
        found: set[NudgeId] = set()
        for batch in batches(ids):
            found.update(self._connection.execute(select(nudges.c.id).where(nudges.c.id.in_(batch))).scalars())
        return found

    def pending(self, *, by: datetime) -> list[Nudge]:
        """Return nudges that wait, and that wanted to be looked at by a moment."""
        return self._nudges(nudges.c.state == NudgeState.PENDING.value, _WAITING, nudges.c.next_attempt_at <= by)

    def overdue(self, *, now: datetime) -> list[Nudge]:
        """Return nudges that wait or are held, and may no longer go out."""
        waiting = nudges.c.state.in_([NudgeState.PENDING.value, NudgeState.HELD.value])
        return self._nudges(waiting, _WAITING, nudges.c.next_attempt_at <= now, nudges.c.expires_at < now)

    def held(self) -> list[Nudge]:
        """Return what the guard holds."""
        return self._nudges(nudges.c.state == NudgeState.HELD.value, _WAITING)

    def _nudges(self, *conditions: ColumnElement[bool]) -> list[Nudge]:
        statement = select(nudges).where(*conditions).order_by(nudges.c.due_at, *_KEY)
        return self._read(statement)

    def _read(self, statement: Select[Any]) -> list[Nudge]:
        return [nudge_of(row) for row in self._connection.execute(statement).mappings()]

    def reopen(self, *, now: datetime, at: datetime) -> int:
        """Take back what was decided and never tried for slots whose time is yet to come; return for how many.

        Also what was only written off as too late, and is not. The one way in which a row is ever deleted: the clock
        was wrong. The events stay.
        """
        written_off = and_(nudges.c.state.in_(_WRITTEN_OFF), nudges.c.expires_at >= now)
        yet_to_come = and_(nudges.c.state.in_(_UNTRIED), nudges.c.due_at > now)
        statement = delete(nudges).where(nudges.c.attempts == 0, or_(written_off, yet_to_come)).returning(nudges.c.id)
        taken = list(self._connection.execute(statement).scalars())
        if taken:
            rows = [{"at": at, "nudge": each, "kind": "reopened", "detail": "{}"} for each in taken]
            self._connection.execute(insert(events), rows)
            self.wrote_nudges = True
        return len(taken)

    def bring_back(self, *, ahead: timedelta, cannot_be_asked: Collection[str], now: datetime) -> None:
        """Let nothing wait for a time of a clock that was `ahead`: it is looked at now, and decided by this clock.

        What was tried and then was too late is tried again if it is not; what may have gone out may have done so
        earlier than was written down. Rows of a future that was lived by mistake keep their own time.
        """
        fallen_due = nudges.c.due_at <= now
        in_time = nudges.c.expires_at >= now
        stranded = nudges.c.next_attempt_at > now
        changes = (
            (_PENDING, fallen_due & stranded, {"next_attempt_at": now}),
            (_SENDING, nudges.c.next_attempt_at > now + LEASE, {"next_attempt_at": now + LEASE}),
            (NudgeState.EXPIRED.value, in_time & (nudges.c.attempts > 0), _once_again(now)),
            (_UNKNOWN, _NOT_ASKED & in_time & _ONLY_TOO_LATE & _of(cannot_be_asked), _once_again(now)),
            (_UNKNOWN, stranded, {"next_attempt_at": now + _SOON}),
        )
        for state, which, values in changes:
            self._connection.execute(update(nudges).where(nudges.c.state == state, which).values(values))
        self._backdate(ahead)
        self.wrote_nudges = True

    def _backdate(self, ahead: timedelta) -> None:
        """Say of what is in doubt, or under way, that it may have begun by the right clock."""
        doubtful = nudges.c.state.in_([_UNKNOWN, _SENDING, _PENDING]) & (nudges.c.channel == Channel.SMS.value)
        begun = select(nudges.c.id, nudges.c.first_attempt_at).where(doubtful, nudges.c.first_attempt_at.is_not(None))
        rows = [{"_id": row.id, "at": row.first_attempt_at - ahead - _SOON} for row in self._connection.execute(begun)]
        if rows:
            statement = update(nudges).where(nudges.c.id == bindparam("_id"))
            self._connection.execute(statement.values(first_attempt_at=bindparam("at")), rows)

    def ask_again(self, *, cannot_be_asked: Collection[str], since: datetime, now: datetime) -> None:
        """Ask now about every doubt of nudges due since a moment, unless it is too young to be asked about.

        Also where somebody had given up asking, as long as there is any use in it.
        """
        in_doubt = (nudges.c.state == _UNKNOWN) & (nudges.c.due_at >= since) & ~_of(cannot_be_asked)
        of_use = nudges.c.expires_at >= now - ASK_ON
        old_enough = nudges.c.inquiries >= len(INQUIRIES)
        for which in (_NOT_ASKED & of_use, old_enough & (nudges.c.next_attempt_at > now)):
            self._connection.execute(update(nudges).where(in_doubt, which).values(next_attempt_at=now))

    def contacts(self, people: Collection[RecipientId], *, since: datetime) -> dict[RecipientId, list[Contact]]:
        """Return, for each person, the nudges due since a moment that reached them or are on their way."""
        found: dict[RecipientId, list[Contact]] = defaultdict(list)
        for batch in batches(sorted(people)):
            statement = _CONTACTS.where(nudges.c.recipient.in_(batch), nudges.c.due_at >= since)
            # Tens of thousands of rows in a busy tick: by position, and no call for each.
            for person, schedule, day, ordinal, at, due, message, state, priority in self._connection.execute(
                statement
            ):
                key = SlotKey(person, schedule, day, ordinal)
                found[person].append(
                    Contact(
                        begun(at) if state == _SENDING else at,
                        key,
                        message,
                        state == _PENDING,
                        _PRIORITIES[priority],
                        due,
                    )
                )
        return found

    def bound(self, receipts: Iterable[Receipt]) -> set[Receipt]:
        """Return which of the receipts belong to a nudge already. One without a provider's id belongs to none."""
        by_id = {receipt.provider_id: receipt for receipt in receipts if receipt.provider_id is not None}
        statement = select(nudges.c.provider_id).where(nudges.c.provider_id.in_(by_id))
        return {by_id[taken] for taken in self._connection.execute(statement).scalars()} if by_id else set()

    def doubtful(self, channel: Channel, address: str, *, since: datetime) -> int:
        """Return how many nudges to an address may have gone out without a receipt, at a moment or later.

        They are under way, in doubt, or wait to be sent once more because the provider did not have them.
        """
        in_time = (nudges.c.channel == channel.value) & (nudges.c.expires_at >= since)
        once_more = (nudges.c.state == _PENDING) & nudges.c.possible_duplicate.is_(True)
        went_there = select(nudges.c.id).where(in_time, _WAITING, nudges.c.address == address)
        went_there = went_there.where(or_(nudges.c.state.in_([_SENDING, _UNKNOWN]), once_more))
        # Two questions, for each has an index of its own: this one is asked for each answer of a provider.
        theirs = recipients.c.sms if channel is Channel.SMS else recipients.c.email
        owners = select(recipients.c.id).where(theirs == address)
        goes_there = select(nudges.c.id).where(in_time, nudges.c.address.is_(None), nudges.c.recipient.in_(owners))
        goes_there = goes_there.where(nudges.c.due_at >= since - _LONGEST_LIFE)
        goes_there = goes_there.where(or_(nudges.c.state.in_([_SENDING, _UNKNOWN]), once_more))
        return len({*self._connection.scalars(went_there), *self._connection.scalars(goes_there)})

    def nudge(self, nudge_id: NudgeId) -> Nudge | None:
        """Return one nudge."""
        row = self._connection.execute(select(nudges).where(nudges.c.id == nudge_id)).mappings().one_or_none()
        return None if row is None else nudge_of(row)

    def beginning(self, start: str, *, limit: int) -> list[Nudge]:
        """Return nudges whose id begins so."""
        statement = select(nudges).where(nudges.c.id.startswith(start, autoescape=True)).order_by(nudges.c.id)
        return self._read(statement.limit(limit))

    def of_person(self, recipient: str, *, since: datetime, until: datetime) -> list[Nudge]:
        """Return one person's nudges due from a moment until before another, oldest first."""
        return self._nudges(nudges.c.recipient == recipient, nudges.c.due_at >= since, nudges.c.due_at < until)

    def waiting_now(self) -> list[Nudge]:
        """Return all that waits for its moment, for the provider's word or for somebody's, oldest first."""
        return self._nudges(nudges.c.state.in_(_WAITS), _WAITING)

    def ungreeted(self, people: Collection[RecipientId]) -> dict[RecipientId, Hello]:
        """Return, for those of these people who have not had the first hello, how it stands.

        Whoever got a nudge of a schedule is no stranger, whatever became of the hello in their time.
        """
        found: dict[RecipientId, Hello] = {}
        for batch in batches(sorted(people)):
            # Nearly everybody has had it, and each turn of a delivery asks: for them, this question alone.
            greeted = set(self._connection.scalars(_GREETED.where(nudges.c.recipient.in_(batch))))
            if strangers := [name for name in batch if name not in greeted]:
                found |= self._unsaid(strangers)
        return found

    def _unsaid(self, people: Collection[RecipientId]) -> dict[RecipientId, Hello]:
        hellos = dict.fromkeys(people, UNSAID)
        for row in self._connection.execute(_HELLOS.where(nudges.c.recipient.in_(people))):
            if row.ordinal > hellos[row.recipient].ordinal:
                hellos[row.recipient] = Hello(NudgeState(row.state), *row[2:])
        known = set(self._connection.scalars(_NO_STRANGERS.where(nudges.c.recipient.in_(people))))
        return {name: hello for name, hello in hellos.items() if name not in known}

    def seen(self, people: Collection[RecipientId]) -> dict[RecipientId, dict[MessageKey, datetime]]:
        """Return, for each person, the wordings they may have seen, and when last."""
        found: dict[RecipientId, dict[MessageKey, datetime]] = defaultdict(dict)
        for batch in batches(sorted(people)):
            statement = (
                select(nudges.c.recipient, nudges.c.message, func.max(nudges.c.due_at).label("last"))
                .where(nudges.c.recipient.in_(batch), nudges.c.message.is_not(None), nudges.c.state.in_(_SEEN))
                .group_by(nudges.c.recipient, nudges.c.message)
            )
            for recipient, message, last in self._connection.execute(statement):
                found[recipient][message] = last
        return found

    def recent(self, *, since: datetime, recipient: str | None = None, limit: int = 50) -> list[Nudge]:
        """Return the newest nudges due since a moment, newest first."""
        statement = select(nudges).where(nudges.c.due_at >= since)
        if recipient is not None:
            statement = statement.where(nudges.c.recipient == recipient)
        statement = statement.order_by(nudges.c.due_at.desc(), nudges.c.id).limit(limit)
        return self._read(statement)

    def counts(self, *, since: datetime) -> Counter[NudgeState]:
        """Return how many nudges due since a moment stand in each state."""
        statement = select(nudges.c.state, func.count()).where(nudges.c.due_at >= since).group_by(nudges.c.state)
        return Counter({NudgeState(state): count for state, count in self._connection.execute(statement)})

    def _tell(self, changed: Sequence[Nudge], *, at: datetime) -> None:
        if changed:
            rows = [{"at": at, "nudge": n.id, "kind": n.state.value, "detail": _detail(n)} for n in changed]
            self._connection.execute(insert(events), rows)


_SOON = timedelta(minutes=1)
_LONGEST_LIFE = timedelta(days=8)
"""No nudge may go out so long after it fell due: a first hello has three days, a slot its grace of one."""
_UNKNOWN = NudgeState.UNKNOWN.value
_ONLY_TOO_LATE = or_(*(nudges.c.reason.startswith(reason) for reason in ONLY_TOO_LATE))
_NOT_ASKED = nudges.c.next_attempt_at.is_(None)
_PENDING = NudgeState.PENDING.value
_SENDING = NudgeState.SENDING.value
_PRIORITIES = {int(priority): priority for priority in Priority}
_WRITTEN_OFF = [NudgeState.MISSED.value, NudgeState.EXPIRED.value]
_UNTRIED = [*_WRITTEN_OFF, NudgeState.WITHHELD.value, NudgeState.PENDING.value, NudgeState.HELD.value]
_KEY = (nudges.c.recipient, nudges.c.schedule, nudges.c.local_date, nudges.c.ordinal)
# Of several attempts the last one counts; when it ended is when the row last changed. While one is under way,
# `next_attempt_at` is the end of its lease.
_CONTACT_AT = func.coalesce(
    case(
        (nudges.c.state.in_([_PENDING, _SENDING]), nudges.c.next_attempt_at),
        (nudges.c.attempts > 1, nudges.c.updated_at),
        else_=nudges.c.first_attempt_at,
    ),
    nudges.c.due_at,
)
_CONTACTS: Select[Any] = select(
    *_KEY, _CONTACT_AT, *(nudges.c[name] for name in ("due_at", "message", "state", "priority"))
).where(nudges.c.state.in_(_SEEN))
_SENT = NudgeState.SENT.value
_WAITS = [_PENDING, NudgeState.HELD.value, NudgeState.UNKNOWN.value]
# In the order of the fields of a Hello, after the person.
_HELLOS: Select[Any] = select(
    *(nudges.c[name] for name in ("recipient", "state", "ordinal", "reason", "next_attempt_at", "updated_at")),
    nudges.c.expires_at,
).where(nudges.c.schedule == WELCOME)
_GREETED = select(nudges.c.recipient).where(nudges.c.schedule == WELCOME, nudges.c.state == _SENT)
_NO_STRANGERS = (
    select(nudges.c.recipient).where(nudges.c.state == _SENT, nudges.c.schedule.not_in((TEST, WELCOME))).distinct()
)
_WAITING = nudges.c.next_attempt_at.is_not(None)
_NEXT_ATTEMPT = select(func.min(nudges.c.next_attempt_at)).where(_WAITING)
_LANES: tuple[ColumnElement[bool], ...] = (
    and_(text("nudges.priority > 0"), nudges.c.schedule != WELCOME),
    and_(text("nudges.priority <= 0"), nudges.c.schedule != WELCOME),
    and_(nudges.c.schedule == WELCOME),
)
_WITH_RECIPIENT: Select[Any] = select(
    nudges, *(column.label(f"recipient_{column.name}") for column in recipients.c)
).select_from(nudges.outerjoin(recipients, and_(recipients.c.id == nudges.c.recipient, recipients.c.active.is_(True))))
_CHANGEABLE = (
    "state", "reason", "attempts", "inquiries", "possible_duplicate", "resends", "first_attempt_at",
    "next_attempt_at", "provider", "provider_id", "address", "updated_at",
)  # fmt: skip
_SAVE = (
    update(nudges)
    .where(nudges.c.id == bindparam("_id"), nudges.c.state == bindparam("_before"))
    .values({name: bindparam(name) for name in _CHANGEABLE})
)


def _of(providers: Collection[str]) -> ColumnElement[bool]:
    return nudges.c.provider.in_(sorted(providers))


def _once_again(now: datetime) -> dict[str, Any]:
    return {"state": _PENDING, "next_attempt_at": now, "reason": "too late only by a clock that was wrong"}


def _changeable(nudge: Nudge, at: datetime) -> dict[str, Any]:
    row = nudge_row(nudge, at=at)
    return {name: row[name] for name in _CHANGEABLE}


def _detail(nudge: Nudge) -> str:
    detail = {
        "reason": nudge.decision.reason,
        "attempts": nudge.attempts,
        "provider": nudge.provider,
        "provider_id": nudge.provider_id,
    }
    return json.dumps({name: value for name, value in detail.items() if value})


def _with_recipient(row: Mapping[Any, Any]) -> tuple[Nudge, Recipient | None]:
    person = {name.removeprefix("recipient_"): value for name, value in row.items() if name.startswith("recipient_")}
    return nudge_of(row), recipient_of(person) if person["id"] is not None else None
