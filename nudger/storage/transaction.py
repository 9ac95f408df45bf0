"""What can be asked of the ledger and written to it, inside one transaction.

Every nudge that changes leaves an event behind in the same transaction, so the past explains the present.
Many rows are written at a time: one by one, a commit for each, is twenty times slower and a hundred on a slow disk.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from nudger.decisions.history import Contact
from nudger.domain.nudges import MAY_HAVE_BEEN_SEEN, TEST, WELCOME, Nudge, NudgeState, Receipt, may_become
from nudger.domain.recipients import Pause, Recipient
from nudger.domain.schedules import Priority, SlotKey
from nudger.domain.vocabulary import Channel, MessageKey, NudgeId, RecipientId
from nudger.storage.rows import nudge_of, nudge_row, pauses_of, pauses_text, recipient_of, recipient_row
from nudger.storage.tables import events, meta, nudges, recipients, suppressions

Item = TypeVar("Item")
_BATCH = 500
_SEEN = [state.value for state in MAY_HAVE_BEEN_SEEN]
_WATERMARK = "planned_until"
_VERSION = "recipients_version"
HOLD = "hold"
"""Under this, `remember` keeps who stopped everything and why; nothing is kept when it was released."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened, and when. `kind` is the state that a nudge came to, or a word for what else it was."""

    at: datetime
    kind: str
    detail: Mapping[str, Any]


class Transaction:
    """One transaction on the ledger."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._upsert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        self.planned_until: datetime | None = None
        self.wrote_nudges = False

    # The watermark

    def watermark(self) -> datetime | None:
        """Return the instant up to which every slot has its nudge, or None at the very first start."""
        found = self._meta(_WATERMARK)
        return None if found is None else datetime.fromisoformat(found)

    def set_watermark(self, moment: datetime) -> None:
        """Say that every slot up to `moment` has its nudge."""
        self._set_meta(_WATERMARK, moment.isoformat())
        self.planned_until = moment

    # Nudges

    def add(self, new: Sequence[Nudge], *, at: datetime) -> list[Nudge]:
        """Write down nudges whose slots have none yet; return those. A slot that has one keeps it, for ever."""
        statement = self._upsert(nudges).on_conflict_do_nothing().returning(nudges.c.id)
        added: set[str] = set()
        first_of_each = {nudge.id: nudge for nudge in reversed(new)}
        for batch in _batches(reversed(first_of_each.values()), _BATCH):
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
            self._tell([after for _, after in changes], at=at)

    def waiting(
        self, state: NudgeState, channel: Channel, *, now: datetime, limit: int
    ) -> list[tuple[Nudge, Recipient | None]]:
        """Return nudges to look at again by `now`, the longest waiting first, each with its person if still here.

        On PostgreSQL they stay locked until the transaction ends, and rows locked by another daemon are skipped.
        """
        statement = (
            _WITH_RECIPIENT.where(nudges.c.state == state.value, nudges.c.channel == channel.value)
            .where(nudges.c.next_attempt_at <= now)
            .order_by(nudges.c.next_attempt_at, nudges.c.priority.desc(), nudges.c.due_at, *_KEY)
            .limit(limit)
            .with_for_update(skip_locked=True, of=nudges)
        )
        return [_with_recipient(row) for row in self._connection.execute(statement).mappings()]

    def next_attempt(self) -> datetime | None:
        """Return when the first waiting nudge wants to be looked at, or None."""
        first: datetime | None = self._connection.scalar(_NEXT_ATTEMPT)
        return first

    def interrupted(self, *, by: datetime | None) -> list[Nudge]:
        """Return nudges whose attempt should have ended by a moment (None: every one under way), but did not."""
        statement = select(nudges).where(nudges.c.state == NudgeState.SENDING.value, _WAITING)
        if by is not None:
            statement = statement.where(nudges.c.next_attempt_at <= by)
        return [nudge_of(row) for row in self._connection.execute(statement).mappings()]

    def known(self, ids: Iterable[NudgeId]) -> set[NudgeId]:
        """Return which of these nudges are written down already."""
        found: set[NudgeId] = set()
        for batch in _batches(ids, _BATCH):
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
        return len(taken)

    def gate(self) -> tuple[datetime | None, bool]:
        """Return the watermark, and whether everything is on hold: what every claim has to know."""
        rows = self._connection.execute(select(meta.c.key, meta.c.value).where(meta.c.key.in_([_WATERMARK, HOLD])))
        found = {row.key: row.value for row in rows}
        watermark = found.get(_WATERMARK)
        return (datetime.fromisoformat(watermark) if watermark else None), bool(json.loads(found.get(HOLD, "{}")))

    def contacts(self, people: Collection[RecipientId], *, since: datetime) -> dict[RecipientId, list[Contact]]:
        """Return, for each person, the nudges due since a moment that reached them or are on their way; no tests."""
        found: dict[RecipientId, list[Contact]] = defaultdict(list)
        for batch in _batches(sorted(people), _BATCH):
            statement = _CONTACTS.where(nudges.c.recipient.in_(batch), nudges.c.due_at >= since)
            for row in self._connection.execute(statement):
                found[row.recipient].append(_contact(row))
        return found

    def bound(self, receipts: Iterable[Receipt]) -> set[Receipt]:
        """Return which of the receipts belong to a nudge already. One without a provider's id belongs to none."""
        by_id = {receipt.provider_id: receipt for receipt in receipts if receipt.provider_id is not None}
        statement = select(nudges.c.provider_id).where(nudges.c.provider_id.in_(by_id))
        return {by_id[taken] for taken in self._connection.execute(statement).scalars()} if by_id else set()

    def nudge(self, nudge_id: NudgeId) -> Nudge | None:
        """Return one nudge."""
        row = self._connection.execute(select(nudges).where(nudges.c.id == nudge_id)).mappings().one_or_none()
        return None if row is None else nudge_of(row)

    def seen(self, people: Collection[RecipientId]) -> dict[RecipientId, dict[MessageKey, datetime]]:
        """Return, for each person, the wordings they may have seen, and when last."""
        found: dict[RecipientId, dict[MessageKey, datetime]] = defaultdict(dict)
        for batch in _batches(sorted(people), _BATCH):
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
        return [nudge_of(row) for row in self._connection.execute(statement).mappings()]

    def counts(self, *, since: datetime) -> Counter[NudgeState]:
        """Return how many nudges due since a moment stand in each state."""
        statement = select(nudges.c.state, func.count()).where(nudges.c.due_at >= since).group_by(nudges.c.state)
        return Counter({NudgeState(state): count for state, count in self._connection.execute(statement)})

    # People

    def keep_recipients(self, people: Iterable[Recipient], *, source: str, at: datetime) -> None:
        """Write people down, new or changed. `source` says where they came from: file or import.

        Whoever is new and has no date of joining joins today, where they are. Pauses entered by command stay.
        """
        statement = self._upsert(recipients)
        own = {column.name: statement.excluded[column.name] for column in recipients.c if column.name not in _KEPT}
        joined = func.coalesce(statement.excluded.joined, recipients.c.joined)
        statement = statement.on_conflict_do_update(index_elements=["id"], set_={**own, "joined": joined})
        for batch in _batches(people, _BATCH):
            here = self._known_people([person.id for person in batch])
            rows = [recipient_row(p if p.id in here else _joining(p, at), source) for p in batch]
            self._connection.execute(statement, rows)
        self._people_changed()

    def _known_people(self, ids: Collection[RecipientId]) -> set[RecipientId]:
        return set(self._connection.execute(select(recipients.c.id).where(recipients.c.id.in_(ids))).scalars())

    def _people_changed(self) -> None:
        self._set_meta(_VERSION, str(self.recipients_version() + 1))

    def pause(self, recipient: RecipientId, pauses: Iterable[Pause], *, at: datetime) -> None:
        """Write down a person's pauses as entered by command, in place of those before."""
        text = pauses_text(pauses)
        self._connection.execute(update(recipients).where(recipients.c.id == recipient).values(paused=text))
        self.note("paused", {"recipient": recipient, "pauses": text}, at=at)
        self._people_changed()

    def pauses(self) -> dict[RecipientId, tuple[Pause, ...]]:
        """Return the pauses that were entered by command."""
        rows = self._connection.execute(select(recipients.c.id, recipients.c.paused).where(recipients.c.paused != ""))
        return {row.id: pauses_of(row.paused) for row in rows}

    def retire_recipients(self, *, source: str, besides: Collection[RecipientId]) -> int:
        """Make inactive whoever came from `source` and is not among `besides`; return how many."""
        here = set(
            self._connection.execute(select(recipients.c.id).where(_active, recipients.c.source == source)).scalars()
        )
        gone = sorted(here - set(besides))
        for batch in _batches(gone, _BATCH):
            self._connection.execute(update(recipients).where(recipients.c.id.in_(batch)).values(active=False))
        if gone:
            self._people_changed()
        return len(gone)

    def recipients(self, *, source: str | None = None) -> list[Recipient]:
        """Return everybody active, or only those who came from one source."""
        statement = select(recipients).where(_active).order_by(recipients.c.id)
        if source is not None:
            statement = statement.where(recipients.c.source == source)
        return [recipient_of(row) for row in self._connection.execute(statement).mappings()]

    def unwelcomed(self) -> list[Recipient]:
        """Return everybody active who has not had the first hello."""
        hello = select(nudges.c.id).where(nudges.c.recipient == recipients.c.id, nudges.c.schedule == WELCOME)
        statement = select(recipients).where(_active, ~hello.exists()).order_by(recipients.c.id)
        return [recipient_of(row) for row in self._connection.execute(statement).mappings()]

    def recipients_version(self) -> int:
        """Return a number that grows whenever people were written down or retired."""
        return int(self._meta(_VERSION) or 0)

    # What the running service tells about itself

    def remember(self, key: str, value: Mapping[str, Any]) -> None:
        """Keep a small fact for other commands to read."""
        self._set_meta(key, json.dumps(value))

    def recall(self, key: str) -> dict[str, Any]:
        """Return a fact kept by `remember`, or an empty one."""
        recalled: dict[str, Any] = json.loads(self._meta(key) or "{}")
        return recalled

    # Suppressions

    def suppressed(self) -> frozenset[str]:
        """Return the addresses that may not be used."""
        return frozenset(self._connection.execute(select(suppressions.c.address)).scalars())

    def suppress(self, address: str, reason: str, *, at: datetime) -> None:
        """Never use an address again, until somebody says otherwise. The first reason stays."""
        values = {"address": address, "reason": reason, "at": at}
        self._connection.execute(self._upsert(suppressions).values(values).on_conflict_do_nothing())
        self.note("suppressed", {"reason": reason}, at=at)

    def allow(self, address: str, *, at: datetime) -> None:
        """Let an address be used again."""
        self._connection.execute(delete(suppressions).where(suppressions.c.address == address))
        self.note("allowed", {}, at=at)

    # The past

    def history(self, nudge: NudgeId) -> list[Event]:
        """Return what happened to a nudge, oldest first."""
        rows = self._connection.execute(select(events).where(events.c.nudge == nudge).order_by(events.c.id))
        return [Event(at=row.at, kind=row.kind, detail=json.loads(row.detail)) for row in rows]

    def note(self, kind: str, detail: Mapping[str, Any], *, at: datetime, nudge: NudgeId | None = None) -> None:
        """Write down something that happened."""
        self._connection.execute(insert(events).values(at=at, nudge=nudge, kind=kind, detail=json.dumps(detail)))

    def _meta(self, key: str) -> str | None:
        return self._connection.scalar(select(meta.c.value).where(meta.c.key == key))

    def _set_meta(self, key: str, value: str) -> None:
        statement = self._upsert(meta).values(key=key, value=value)
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["key"], set_={"value": statement.excluded.value})
        )

    def _tell(self, changed: Sequence[Nudge], *, at: datetime) -> None:
        if changed:
            rows = [{"at": at, "nudge": n.id, "kind": n.state.value, "detail": _detail(n)} for n in changed]
            self._connection.execute(insert(events), rows)


def _joining(person: Recipient, at: datetime) -> Recipient:
    return person if person.joined else replace(person, joined=at.astimezone(person.zone).date())


def _contact(row: Any) -> Contact:
    waiting = row.state == NudgeState.PENDING.value
    at = row.next_attempt_at if waiting else row.first_attempt_at
    key = SlotKey(row.recipient, row.schedule, row.local_date, row.ordinal)
    return Contact(at or row.due_at, key, row.message, waiting, Priority(row.priority), row.due_at)


_KEPT = ("id", "joined", "paused")
_WRITTEN_OFF = [NudgeState.MISSED.value, NudgeState.EXPIRED.value]
_UNTRIED = [*_WRITTEN_OFF, NudgeState.WITHHELD.value, NudgeState.PENDING.value, NudgeState.HELD.value]
_KEY = (nudges.c.recipient, nudges.c.schedule, nudges.c.local_date, nudges.c.ordinal)
_CONTACTS = select(
    *_KEY,
    *(nudges.c[name] for name in ("due_at", "first_attempt_at", "next_attempt_at", "message", "state", "priority")),
).where(nudges.c.state.in_(_SEEN), nudges.c.schedule.not_in((TEST, WELCOME)))
_active = recipients.c.active.is_(True)
_WAITING = nudges.c.next_attempt_at.is_not(None)
_NEXT_ATTEMPT = select(func.min(nudges.c.next_attempt_at)).where(_WAITING)
_WITH_RECIPIENT: Select[Any] = select(
    nudges, *(column.label(f"recipient_{column.name}") for column in recipients.c)
).select_from(nudges.outerjoin(recipients, and_(recipients.c.id == nudges.c.recipient, _active)))
_CHANGEABLE = (
    "state", "reason", "attempts", "inquiries", "possible_duplicate", "first_attempt_at", "next_attempt_at",
    "provider", "provider_id", "updated_at",
)  # fmt: skip
_SAVE = (
    update(nudges)
    .where(nudges.c.id == bindparam("_id"), nudges.c.state == bindparam("_before"))
    .values({name: bindparam(name) for name in _CHANGEABLE})
)


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


def _batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
