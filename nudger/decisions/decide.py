"""From a slot to a nudge: availability, then choice, with the reasons. Preview and daemon both come here."""

from collections.abc import Container, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from nudger.decisions.agenda import Agenda
from nudger.decisions.availability import Deferred, Refused, Request, availability
from nudger.decisions.history import Contact, History
from nudger.decisions.select import Moment, no_occasion, select
from nudger.decisions.settle import begin_attempt
from nudger.decisions.wording import MessageValues, other_language
from nudger.domain.messages import Message
from nudger.domain.nudges import TEST, WELCOME, Decision, Facts, Nudge, NudgeState, nudge_id
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import Priority, Schedule, Slot, SlotKey, WhenMissed
from nudger.domain.vocabulary import Channel, ChannelChoice, Purpose, ScheduleId

WELCOME_GRACE = timedelta(days=3)

LATE = timedelta(minutes=5)
"""Decided later than this after its due time, a slot was missed: the service was down or asleep, or its clock wrong."""

Reserved = Sequence[tuple[datetime, ScheduleId]]
"""When which schedules fall due for a person later on."""


def decide_slot(
    agenda: Agenda,
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
    schedule = agenda.schedules[slot.schedule]
    recipient = agenda.recipients[slot.recipient]
    case = _case_of(agenda, slot)
    if missed := _missed(case, schedule, now):
        return _ended(agenda, case, NudgeState.MISSED, missed)
    channel = recipient.channel_for(schedule.channel)
    if channel is None:
        return _ended(agenda, case, NudgeState.WITHHELD, f"no address for {schedule.channel}")
    moment, waits_for = max(now, slot.due), ""
    point = Moment(case.key, schedule, recipient, channel, moment)
    if (no := no_occasion(agenda, point, history)) is not None:
        return _ended(agenda, case, NudgeState.WITHHELD, no.reason, no.facts)
    request = _request(agenda, case, recipient, channel, history, suppressed, ahead, moment=moment)
    verdict = availability(request, now=moment)
    if isinstance(verdict, Refused):
        return _ended(agenda, case, verdict.state, verdict.reason)
    if isinstance(verdict, Deferred):
        moment, waits_for = verdict.until, verdict.reason
        point = point._replace(at=moment)
    selected = select(agenda, point, history)
    if selected.message is None:
        return _ended(agenda, case, NudgeState.WITHHELD, selected.reason, selected.facts)
    words = _Words(recipient, channel, selected.message, waits_for, selected.facts)
    return _pending(agenda, case, words, moment)


def _missed(case: "_Case", schedule: Schedule, now: datetime) -> str:
    """Say why it is too late for a slot; '' where it is not."""
    if now > case.expires_at:
        return "fell due while the service was down"
    if now > case.due + LATE and schedule.when_missed is WhenMissed.SKIP:
        return "fell due while the service was down, and is not sent late"
    return ""


def decide_welcome(agenda: Agenda, recipient: Recipient, *, now: datetime) -> Nudge:
    """Decide the first hello: who we are, how often, how to stop, where help is (CTIA opt-in confirmation)."""
    key = SlotKey(recipient=recipient.id, schedule=ScheduleId(WELCOME), local_date=date.min)
    case = _Case(key, now, now + WELCOME_GRACE, Priority.NORMAL)
    channel = recipient.channel_for(ChannelChoice.PREFERRED)
    if channel is None:
        return _ended(agenda, case, NudgeState.WITHHELD, "no address")
    verdict = availability(Request(recipient=recipient, channel=channel, expires_at=case.expires_at), now=now)
    moment, waits_for = (verdict.until, verdict.reason) if isinstance(verdict, Deferred) else (now, "")
    message = agenda.shelf.for_purpose(Purpose.WELCOME, recipient.language, channel)
    if message is None:
        return _ended(agenda, case, NudgeState.WITHHELD, "no welcome message")
    words = _Words(recipient, channel, message, waits_for, (("rule", "the first hello"),))
    return _pending(agenda, case, words, moment)


def missed_for_one(agenda: Agenda, slot: Slot) -> Nudge:
    """Return the nudge of a slot that a newer one of the same schedule stands for, after an outage."""
    reason = "fell due while the service was down; one goes out for all that were missed"
    return _ended(agenda, _case_of(agenda, slot), NudgeState.MISSED, reason)


def missed_by_edit(agenda: Agenda, slot: Slot) -> Nudge:
    """Return the nudge of a slot that an edit moved, while the service was down, to when nobody would look again."""
    return _ended(agenda, _case_of(agenda, slot), NudgeState.MISSED, "an edit moved it to before the service came back")


def recheck(
    agenda: Agenda,
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
        return _changed(nudge, NudgeState.WITHHELD, "no longer a recipient, or without an address")
    schedule = agenda.schedules.get(nudge.key.schedule)
    if nudge.key.schedule not in (WELCOME, TEST) and (schedule is None or not schedule.audience.includes(recipient)):
        return _changed(nudge, NudgeState.WITHHELD, "the schedule is gone, or no longer for this person")
    case = _Case(nudge.key, nudge.due, nudge.expires_at, nudge.priority)
    moment = nudge.next_attempt_at or now
    request = _request(agenda, case, recipient, channel, history, suppressed, ahead, moment=moment)
    verdict = availability(request, now=now)
    if isinstance(verdict, Refused):
        return _changed(nudge, verdict.state, verdict.reason)
    if isinstance(verdict, Deferred):
        waiting = _changed(nudge, NudgeState.PENDING, verdict.reason)
        return replace(waiting, next_attempt_at=verdict.until)
    return begin_attempt(nudge, provider=provider, now=now)


def _case_of(agenda: Agenda, slot: Slot) -> "_Case":
    schedule = agenda.schedules[slot.schedule]
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
    waits_for: str
    facts: Facts


def _request(
    agenda: Agenda,
    case: _Case,
    recipient: Recipient,
    channel: Channel,
    history: History,
    suppressed: Container[str],
    ahead: Reserved,
    *,
    moment: datetime,
) -> Request:
    schedule = agenda.schedules.get(case.key.schedule)
    limits = agenda.limits_of(recipient)
    suppress = recipient.address(channel) in suppressed
    if schedule is None:  # the first hello and tests: no schedule of the operator's limits them
        return Request(recipient=recipient, channel=channel, expires_at=case.expires_at, suppressed=suppress)
    before: tuple[Contact, ...] = ()
    reserved: tuple[tuple[datetime, ScheduleId], ...] = ()
    if limits.restrain:
        mine = Contact(moment, case.key, None, True, schedule.priority, case.due)
        before = tuple(c for c in history.contacts if c.key != case.key and (not c.waiting or c.goes_before(mine)))
        reserved = tuple((due, each) for due, each in ahead if agenda.schedules[each].priority > schedule.priority)
    return Request(
        recipient=recipient,
        channel=channel,
        expires_at=case.expires_at,
        suppressed=suppress,
        contacts=before,
        limits=limits,
        reserved=reserved,
        when_held=schedule.when_held,
    )


def _nudge(
    agenda: Agenda, case: _Case, state: NudgeState, decision: Decision, next_attempt_at: datetime | None
) -> Nudge:
    return Nudge(
        id=nudge_id(agenda.installation, case.key),
        key=case.key,
        due=case.due,
        expires_at=case.expires_at,
        state=state,
        priority=case.priority,
        decision=decision,
        next_attempt_at=next_attempt_at,
    )


def _ended(agenda: Agenda, case: _Case, state: NudgeState, reason: str, facts: Facts = ()) -> Nudge:
    decision = Decision(message=None, channel=None, rendered=None, reason=reason, facts=facts)
    return _nudge(agenda, case, state, decision, None)


def _pending(agenda: Agenda, case: _Case, words: _Words, moment: datetime) -> Nudge:
    values = MessageValues(agenda, words.recipient, moment, words.message.language)
    decision = Decision(
        message=words.message.key,
        channel=words.channel,
        rendered=words.message.render(words.channel, values),
        reason=words.waits_for,
        facts=words.facts + other_language(words.message, words.recipient),
    )
    return _nudge(agenda, case, NudgeState.PENDING, decision, moment)


def _changed(nudge: Nudge, state: NudgeState, reason: str) -> Nudge:
    return replace(nudge, state=state, decision=replace(nudge.decision, reason=reason), next_attempt_at=None)
