"""From a slot to a nudge: availability, then choice, with the reasons. Preview and daemon both come here."""

from collections.abc import Container, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from nudger.decisions.agenda import Agenda
from nudger.decisions.availability import Deferred, Refused, Request, availability
from nudger.decisions.history import Contact, History
from nudger.decisions.select import Moment, select
from nudger.decisions.settle import begin_attempt
from nudger.decisions.wording import MessageValues
from nudger.domain.messages import Message
from nudger.domain.nudges import TEST, WELCOME, Decision, Facts, Nudge, NudgeState, nudge_id
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import Slot, SlotKey, WhenMissed
from nudger.domain.vocabulary import Channel, ChannelChoice, Purpose, ScheduleId

WELCOME_GRACE = timedelta(days=3)

LATE = timedelta(minutes=5)
"""Decided later than this after its due time, a slot was missed: the service was down or asleep, or its clock wrong."""

"""Why nothing comes to a person who got every message of a series."""

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
    blank = _blank(agenda, slot.key, slot.due, slot.due + schedule.grace)
    if now > blank.expires_at:
        return _ended(blank, NudgeState.MISSED, "fell due while the service was down")
    if now > slot.due + LATE and schedule.when_missed is WhenMissed.SKIP:
        return _ended(blank, NudgeState.MISSED, "fell due while the service was down, and is not sent late")
    channel = recipient.channel_for(schedule.channel)
    if channel is None:
        return _ended(blank, NudgeState.WITHHELD, f"no address for {schedule.channel}")
    moment = max(now, slot.due)
    verdict = availability(
        _request(agenda, blank, recipient, channel, history, suppressed, ahead, moment=moment), now=moment
    )
    if isinstance(verdict, Refused):
        return _ended(blank, verdict.state, verdict.reason)
    if isinstance(verdict, Deferred):
        moment = verdict.until
        blank = _ended(blank, NudgeState.PENDING, verdict.reason)
    point = Moment(key=blank.key, schedule=schedule, person=recipient, channel=channel, at=moment)
    selected = select(agenda, point, history)
    if selected.message is None:
        return _ended(blank, NudgeState.WITHHELD, selected.reason, selected.facts)
    return _pending(agenda, blank, recipient, channel, selected.message, selected.facts, moment)


def decide_welcome(agenda: Agenda, recipient: Recipient, *, now: datetime) -> Nudge:
    """Decide the first hello: who we are, how often, how to stop, where help is (CTIA opt-in confirmation)."""
    key = SlotKey(recipient=recipient.id, schedule=ScheduleId(WELCOME), local_date=date.min)
    blank = _blank(agenda, key, now, now + WELCOME_GRACE)
    channel = recipient.channel_for(ChannelChoice.PREFERRED)
    if channel is None:
        return _ended(blank, NudgeState.WITHHELD, "no address")
    verdict = availability(Request(recipient=recipient, channel=channel, expires_at=blank.expires_at), now=now)
    moment = verdict.until if isinstance(verdict, Deferred) else now
    message = agenda.shelf.for_purpose(Purpose.WELCOME, recipient.language, channel)
    if message is None:
        return _ended(blank, NudgeState.WITHHELD, "no welcome message")
    return _pending(agenda, blank, recipient, channel, message, (("rule", "the first hello"),), moment)


def missed_for_one(agenda: Agenda, slot: Slot) -> Nudge:
    """Return the nudge of a slot that a newer one of the same schedule stands for, after an outage."""
    blank = _blank(agenda, slot.key, slot.due, slot.due + agenda.schedules[slot.schedule].grace)
    return _ended(
        blank, NudgeState.MISSED, "fell due while the service was down; one goes out for all that were missed"
    )


def recheck(
    agenda: Agenda,
    nudge: Nudge,
    recipient: Recipient | None,
    history: History,
    *,
    suppressed: Container[str],
    provider: str,
    now: datetime,
) -> Nudge:
    """Look once more, just before the wire, whether a waiting nudge may go out.

    Returns it as begun (SENDING), as waiting longer (PENDING), or as ended with the reason.
    """
    channel = nudge.decision.channel
    if recipient is None or channel is None or not recipient.address(channel):
        return _ended(nudge, NudgeState.WITHHELD, "no longer a recipient, or without an address")
    schedule = agenda.schedules.get(nudge.key.schedule)
    if nudge.key.schedule not in (WELCOME, TEST) and (schedule is None or not schedule.audience.includes(recipient)):
        return _ended(nudge, NudgeState.WITHHELD, "the schedule is gone, or no longer for this person")
    verdict = availability(
        _request(agenda, nudge, recipient, channel, history, suppressed, (), moment=nudge.next_attempt_at or now),
        now=now,
    )
    if isinstance(verdict, Refused):
        return _ended(nudge, verdict.state, verdict.reason)
    if isinstance(verdict, Deferred):
        waiting = _ended(nudge, NudgeState.PENDING, verdict.reason)
        return replace(waiting, next_attempt_at=verdict.until)
    return begin_attempt(nudge, provider=provider, now=now)


def _request(
    agenda: Agenda,
    nudge: Nudge,
    recipient: Recipient,
    channel: Channel,
    history: History,
    suppressed: Container[str],
    ahead: Reserved,
    *,
    moment: datetime,
) -> Request:
    schedule = agenda.schedules.get(nudge.key.schedule)
    limits = agenda.limits_of(recipient)
    suppress = recipient.address(channel) in suppressed
    if schedule is None:  # the first hello and tests: no schedule of the operator's limits them
        return Request(recipient=recipient, channel=channel, expires_at=nudge.expires_at, suppressed=suppress)
    before: tuple[Contact, ...] = ()
    reserved: tuple[tuple[datetime, ScheduleId], ...] = ()
    if limits.restrain:
        mine = Contact(moment, nudge.key, None, True, schedule.priority, nudge.due)
        before = tuple(c for c in history.contacts if c.key != nudge.key and (not c.waiting or c.goes_before(mine)))
        reserved = tuple((due, each) for due, each in ahead if agenda.schedules[each].priority > schedule.priority)
    return Request(
        recipient=recipient,
        channel=channel,
        expires_at=nudge.expires_at,
        suppressed=suppress,
        history=History(contacts=before),
        limits=limits,
        reserved=reserved,
        when_held=schedule.when_held,
    )


def _blank(agenda: Agenda, key: SlotKey, due: datetime, expires_at: datetime) -> Nudge:
    return Nudge(
        id=nudge_id(agenda.installation, key),
        key=key,
        due=due,
        expires_at=expires_at,
        state=NudgeState.PENDING,
        priority=agenda.priority_of(key.schedule),
        decision=Decision(message=None, channel=None, rendered=None, reason=""),
    )


def _ended(nudge: Nudge, state: NudgeState, reason: str, facts: Facts | None = None) -> Nudge:
    decision = replace(nudge.decision, reason=reason, facts=nudge.decision.facts if facts is None else facts)
    return replace(nudge, state=state, decision=decision, next_attempt_at=None)


def _pending(
    agenda: Agenda,
    blank: Nudge,
    recipient: Recipient,
    channel: Channel,
    message: Message,
    facts: Facts,
    moment: datetime,
) -> Nudge:
    decision = Decision(
        message=message.key,
        channel=channel,
        rendered=message.render(channel, MessageValues(agenda, recipient, moment)),
        reason=blank.decision.reason,
        facts=facts,
    )
    return replace(blank, decision=decision, next_attempt_at=moment)
