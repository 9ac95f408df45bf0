"""From a slot to a nudge: availability, then choice, with the reasons. Preview and daemon both come here."""

from collections.abc import Container, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from nudger.decisions.choosing.history import Contact, History
from nudger.decisions.delivering.hello import Hello, again_at
from nudger.decisions.delivering.transitions import begin_attempt
from nudger.decisions.points.availability import Deferred, Refused, Request, availability
from nudger.decisions.points.select import DecisionPoint, failed_condition, select
from nudger.decisions.snapshot import Snapshot
from nudger.decisions.wording import MessageValues, other_language
from nudger.domain.calendar import start_of_day
from nudger.domain.messages import Message
from nudger.domain.nudges import TEST, WELCOME, Decision, Nudge, NudgeState, nudge_id
from nudger.domain.reasons import Reason, ReasonCode
from nudger.domain.recipients import Recipient
from nudger.domain.records import NO_RECORD, Record, Rule
from nudger.domain.schedules import Priority, Schedule, Slot, SlotKey, WhenMissed
from nudger.domain.vocabulary import Channel, ChannelChoice, Purpose, RecipientId, ScheduleId

WELCOME_GRACE = timedelta(days=3)
"""How long after its first possible moment the first hello may go out."""

_A_DAY = timedelta(days=1)
_NEVER = datetime(9999, 12, 1, tzinfo=UTC)
"""So long a first hello waits for the end of a pause, and goes out sooner when somebody takes it back."""

LATE = timedelta(minutes=5)
"""Decided later than this after its due time, a slot was missed: the service was down or asleep, or its clock wrong."""

Reserved = Sequence[tuple[datetime, ScheduleId]]
"""When which schedules fall due for a person later on."""


def decide_slot(
    snapshot: Snapshot,
    slot: Slot,
    history: History,
    *,
    suppressed: Container[str] = (),
    ahead: Reserved = (),
    now: datetime,
) -> Nudge:
    """Decide one slot at `now`, which may be later than its due time; `suppressed` holds addresses not to be used.

    Returns a nudge in one of the states PENDING (to be sent), MISSED, WITHHELD or SUPPRESSED.
    """
    schedule = snapshot.schedules[slot.schedule]
    recipient = snapshot.recipients[slot.recipient]
    case = _case_of(snapshot, slot)
    if (over := _over(case, schedule, history, now)) is not None:
        return _ended(snapshot, case, *over)
    channel = recipient.channel_for(schedule.channel)
    if channel is None:
        return _ended(
            snapshot, case, NudgeState.WITHHELD, Reason(ReasonCode.NO_ADDRESS, {"channel": schedule.channel.value})
        )
    waits_for = None
    point = DecisionPoint(case.key, schedule, recipient, channel, history, max(now, slot.due))
    values = point.variables()
    if (no := failed_condition(snapshot, point, values)) is not None:
        return _ended(snapshot, case, NudgeState.WITHHELD, no.reason, no.record)
    request = _request(snapshot, case, recipient, channel, history, suppressed, ahead, moment=point.at)
    verdict = availability(request, now=point.at)
    if isinstance(verdict, Refused):
        return _ended(snapshot, case, verdict.state, verdict.reason)
    if isinstance(verdict, Deferred):
        # Another decision point: by then other things may be known.
        point, waits_for = point._replace(at=verdict.until), verdict.reason
        values = point.variables()
        no = failed_condition(snapshot, point, values)
    selected = no or select(snapshot, point, values)
    if selected.message is None:
        return _ended(snapshot, case, NudgeState.WITHHELD, selected.reason, selected.record)
    words = _Words(recipient, channel, selected.message, waits_for, selected.record)
    return _pending(snapshot, case, words, point.at)


def _over(case: "_Case", schedule: Schedule, history: History, now: datetime) -> tuple[NudgeState, Reason] | None:
    """Say why nothing comes of a slot, whatever else holds; None where something may."""
    if now > case.expires_at:
        return NudgeState.MISSED, Reason(ReasonCode.MISSED_WHILE_DOWN)
    if now > case.due + LATE and schedule.when_missed is WhenMissed.SKIP:
        return NudgeState.MISSED, Reason(ReasonCode.NOT_SENT_LATE)
    if any(_is_twin(case, each) for each in history.contacts):
        return NudgeState.WITHHELD, Reason(ReasonCode.SAME_INSTANT)
    return None


def _is_twin(case: "_Case", contact: Contact) -> bool:
    """Say whether a nudge of the same schedule has the very instant: a journey or an edit can bring that about."""
    return contact.due == case.due and contact.key.schedule == case.key.schedule and contact.key != case.key


def decide_welcome(snapshot: Snapshot, recipient: Recipient, *, ordinal: int = 0, now: datetime) -> Nudge:
    """Decide the first hello: who we are, how often, how to stop, where help is (CTIA opt-in confirmation).

    However long it has to wait for the end of a pause, it has its three days from then on. `ordinal` counts how often
    it was said to no avail.
    """
    key = hello_key(recipient.id, ordinal)
    channel = recipient.channel_for(ChannelChoice.PREFERRED)
    message = None if channel is None else snapshot.message_for(Purpose.WELCOME, recipient, channel)
    if channel is None or message is None:
        case = _Case(key, now, now + WELCOME_GRACE, Priority.NORMAL)
        code = ReasonCode.NO_WELCOME if channel else ReasonCode.NO_ADDRESS
        return _ended(snapshot, case, NudgeState.WITHHELD, Reason(code))
    verdict = availability(Request(recipient=recipient, channel=channel, expires_at=_NEVER), now=now)
    if isinstance(verdict, Refused):
        case = _Case(key, now, now + WELCOME_GRACE, Priority.NORMAL)
        return _ended(snapshot, case, verdict.state, verdict.reason)
    moment, waits_for = (verdict.until, verdict.reason) if isinstance(verdict, Deferred) else (now, None)
    # What waits for the end of a pause falls due then.
    due = now if moment - now < _A_DAY else moment
    case = _Case(key, due, moment + WELCOME_GRACE, Priority.NORMAL)
    words = _Words(recipient, channel, message, waits_for, Record(rule=Rule.FIRST_HELLO))
    return _pending(snapshot, case, words, moment)


def hello_key(name: RecipientId, ordinal: int) -> SlotKey:
    """Return the key of somebody's first hello; the ordinal counts those that came to nothing."""
    return SlotKey(name, ScheduleId(WELCOME), date.min, ordinal)


def is_to_be_greeted(snapshot: Snapshot, recipient: Recipient) -> bool:
    """Say whether there are words for a first hello to this person: where there are none, nobody waits for it."""
    channel = recipient.channel_for(ChannelChoice.PREFERRED)
    return channel is not None and snapshot.message_for(Purpose.WELCOME, recipient, channel) is not None


def hello_due(
    snapshot: Snapshot,
    recipient: Recipient,
    hello: Hello,
    *,
    stopped: Container[str] = (),
    moved: bool = False,
    now: datetime,
) -> datetime | None:
    """Return from when on the first hello is to be said to somebody who has not had it; None while it is under way.

    Nobody is greeted before the day on which they join, nor a second time at an address that may not be used
    (`stopped`): that would come to nothing at once, and again. `moved` says that their addresses have just changed.
    """
    channel = recipient.channel_for(ChannelChoice.PREFERRED)
    if hello.state is not None and channel is not None and recipient.address(channel) in stopped:
        return None
    begins = now
    if recipient.joined is not None and not recipient.has_joined_by(now.astimezone(recipient.zone).date()):
        begins = start_of_day(recipient.joined, recipient.zone)
    if hello.state is None:
        return begins
    if not is_to_be_greeted(snapshot, recipient):
        return None
    again = again_at(hello, addresses_changed=moved)
    return again and max(again, begins)


def sooner(snapshot: Snapshot, recipient: Recipient, nudge: Nudge, *, now: datetime) -> Nudge:
    """Return a hello that waits for something that is over by now (a pause was taken back) as it goes out sooner."""
    if nudge.state is not NudgeState.PENDING or nudge.attempts or nudge.not_before is None:
        return nudge
    anew = decide_welcome(snapshot, recipient, ordinal=nudge.key.ordinal, now=now)
    if anew.not_before is None or anew.not_before >= nudge.not_before:
        return nudge
    return replace(_changed(nudge, NudgeState.PENDING, anew.status_reason), not_before=anew.not_before)


def missed_for_one(snapshot: Snapshot, slot: Slot) -> Nudge:
    """Return the nudge of a slot that a newer one of the same schedule stands for, after an outage."""
    reason = Reason(ReasonCode.ONE_FOR_ALL_MISSED)
    return _ended(snapshot, _case_of(snapshot, slot), NudgeState.MISSED, reason)


def missed_by_edit(snapshot: Snapshot, slot: Slot) -> Nudge:
    """Return the nudge of a slot that an edit moved, while the service was down, to when nobody would look again."""
    return _ended(snapshot, _case_of(snapshot, slot), NudgeState.MISSED, Reason(ReasonCode.MOVED_BY_EDIT))


def recheck(
    snapshot: Snapshot,
    nudge: Nudge,
    recipient: Recipient | None,
    history: History,
    *,
    suppressed: Container[str],
    provider: str,
    ahead: Reserved = (),
    now: datetime,
) -> Nudge:
    """Look once more, just before the wire, whether a waiting nudge may go out.

    Returns it as begun (SENDING), as waiting longer (PENDING), or as ended with the reason.
    """
    channel = nudge.decision.channel
    if recipient is None or channel is None or not recipient.address(channel):
        return _changed(nudge, NudgeState.WITHHELD, Reason(ReasonCode.NO_LONGER_HERE))
    schedule = snapshot.schedules.get(nudge.key.schedule)
    if nudge.key.schedule not in (WELCOME, TEST) and (schedule is None or not schedule.audience.includes(recipient)):
        return _changed(nudge, NudgeState.WITHHELD, Reason(ReasonCode.SCHEDULE_GONE))
    case = _Case(nudge.key, nudge.due, nudge.expires_at, nudge.priority)
    moment = nudge.not_before or now
    request = _request(snapshot, case, recipient, channel, history, suppressed, ahead, moment=moment)
    verdict = availability(request, now=now)
    if isinstance(verdict, Refused):
        return _changed(nudge, verdict.state, verdict.reason)
    if isinstance(verdict, Deferred):
        waiting = _changed(nudge, NudgeState.PENDING, verdict.reason)
        return replace(waiting, not_before=verdict.until)
    return begin_attempt(nudge, provider=provider, address=recipient.address(channel), now=now)


def _case_of(snapshot: Snapshot, slot: Slot) -> "_Case":
    schedule = snapshot.schedules[slot.schedule]
    return _Case(slot.key, slot.due, slot.due + schedule.grace, schedule.priority)


class _Case(NamedTuple):
    """A slot's nudge before anything is decided about it."""

    key: SlotKey
    due: datetime
    expires_at: datetime
    priority: Priority


class _Words(NamedTuple):
    """The message that goes to a person, and why this one, and what it has to wait for."""

    recipient: Recipient
    channel: Channel
    message: Message
    waits_for: Reason | None
    record: Record


def _request(
    snapshot: Snapshot,
    case: _Case,
    recipient: Recipient,
    channel: Channel,
    history: History,
    suppressed: Container[str],
    ahead: Reserved,
    *,
    moment: datetime,
) -> Request:
    schedule = snapshot.schedules.get(case.key.schedule)
    limits = snapshot.limits_of(recipient)
    suppress = recipient.address(channel) in suppressed
    if schedule is None:  # the first hello and tests: no schedule of the operator's limits them
        return Request(recipient=recipient, channel=channel, expires_at=case.expires_at, suppressed=suppress)
    hello = history.hello if history.hello is not None and is_to_be_greeted(snapshot, recipient) else None
    before: tuple[Contact, ...] = ()
    reserved: tuple[tuple[datetime, ScheduleId], ...] = ()
    if limits.restrain:
        mine = Contact(moment, case.key, None, True, schedule.priority, case.due)
        before = tuple(each for each in history.contacts if _goes_before(each, mine))
        reserved = tuple((due, each) for due, each in ahead if snapshot.schedules[each].priority > schedule.priority)
    return Request(
        recipient=recipient,
        channel=channel,
        expires_at=case.expires_at,
        suppressed=suppress,
        contacts=before,
        limits=limits,
        reserved=reserved,
        when_blocked=schedule.when_blocked,
        hello=hello,
    )


def _goes_before(contact: Contact, mine: Contact) -> bool:
    """Say whether a contact has to be reckoned with: a hello always goes first, and no limit counts tests."""
    if contact.key == mine.key or contact.key.schedule == TEST:
        return False
    return not contact.waiting or contact.key.schedule == WELCOME or contact.goes_before(mine)


def _nudge(
    snapshot: Snapshot, case: _Case, state: NudgeState, decision: Decision, not_before: datetime | None
) -> Nudge:
    return Nudge(
        id=nudge_id(snapshot.installation, case.key),
        key=case.key,
        due=case.due,
        expires_at=case.expires_at,
        state=state,
        priority=case.priority,
        decision=decision,
        status_reason=decision.reason,
        not_before=not_before,
    )


def _ended(
    snapshot: Snapshot, case: _Case, state: NudgeState, reason: Reason | None, record: Record = NO_RECORD
) -> Nudge:
    decision = Decision(message=None, channel=None, rendered=None, reason=reason, record=record)
    return _nudge(snapshot, case, state, decision, None)


def _pending(snapshot: Snapshot, case: _Case, words: _Words, moment: datetime) -> Nudge:
    values = MessageValues(snapshot, words.recipient, moment, words.message.language)
    language = other_language(words.message, words.recipient)
    decision = Decision(
        message=words.message.key,
        channel=words.channel,
        rendered=words.message.render(words.channel, values),
        reason=words.waits_for,
        record=words.record if language is None else replace(words.record, language=language),
    )
    return _nudge(snapshot, case, NudgeState.PENDING, decision, moment)


def _changed(nudge: Nudge, state: NudgeState, reason: Reason | None) -> Nudge:
    return replace(nudge, state=state, status_reason=reason, not_before=None)
