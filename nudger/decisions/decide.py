"""From a slot to a nudge: availability, then choice, with the reasons. Preview and daemon both come here."""

from collections.abc import Container
from dataclasses import replace
from datetime import date, datetime, timedelta

from nudger.decisions.agenda import Agenda
from nudger.decisions.availability import Deferred, Refused, availability
from nudger.decisions.choose import Choice, Seen, choose, eligible
from nudger.decisions.draw import random_from, seed_of
from nudger.decisions.wording import message_values
from nudger.domain.calendar import part_of_day
from nudger.domain.messages import Message
from nudger.domain.nudges import WELCOME, Decision, Nudge, NudgeState, nudge_id
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import Schedule, Slot, SlotKey
from nudger.domain.vocabulary import Channel, ChannelChoice, ScheduleId

WELCOME_GRACE = timedelta(days=3)


def decide_slot(agenda: Agenda, slot: Slot, seen: Seen, *, suppressed: Container[str] = (), now: datetime) -> Nudge:
    """Decide one slot at `now`, which may be later than its due time; `suppressed` holds addresses not to be used.

    Returns a nudge in one of the states PENDING (to be sent), MISSED, WITHHELD or SUPPRESSED.
    """
    schedule = agenda.schedules[slot.schedule]
    recipient = agenda.recipients[slot.recipient]
    blank = _blank(agenda, slot.key, slot.due, slot.due + schedule.grace)
    if now > blank.expires_at:
        return _ended(blank, NudgeState.MISSED, "fell due while the service was down")
    channel = recipient.channel_for(schedule.channel)
    if channel is None:
        return _ended(blank, NudgeState.WITHHELD, f"no address for {schedule.channel}")
    moment = max(now, slot.due)
    verdict = availability(
        recipient,
        suppressed=recipient.address(channel) in suppressed,
        expires_at=blank.expires_at,
        now=moment,
    )
    if isinstance(verdict, Refused):
        return _ended(blank, verdict.state, verdict.reason)
    if isinstance(verdict, Deferred):
        moment = verdict.until
    return _chosen(agenda, blank, recipient, schedule, channel, seen, moment)


def decide_welcome(agenda: Agenda, recipient: Recipient, *, now: datetime) -> Nudge:
    """Decide the first hello: who we are, how often, how to stop, where help is (CTIA opt-in confirmation)."""
    key = SlotKey(recipient=recipient.id, schedule=ScheduleId(WELCOME), local_date=date.min)
    blank = _blank(agenda, key, now, now + WELCOME_GRACE)
    channel = recipient.channel_for(ChannelChoice.PREFERRED)
    if channel is None:
        return _ended(blank, NudgeState.WITHHELD, "no address")
    verdict = availability(recipient, suppressed=False, expires_at=blank.expires_at, now=now)
    moment = verdict.until if isinstance(verdict, Deferred) else now
    message = agenda.shelf.welcome(recipient.language, channel)
    if message is None:
        return _ended(blank, NudgeState.WITHHELD, "no welcome message")
    return _pending(agenda, blank, recipient, channel, message, (("rule", "the first hello"),), moment)


def _chosen(
    agenda: Agenda,
    blank: Nudge,
    recipient: Recipient,
    schedule: Schedule,
    channel: Channel,
    seen: Seen,
    moment: datetime,
) -> Nudge:
    part = part_of_day(moment.astimezone(recipient.zone).time())
    options = eligible(agenda.shelf, schedule.selection, language=recipient.language, channel=channel, part_of_day=part)
    seed = seed_of(agenda.seed, blank.key)
    choice = choose(options, seen, rng=random_from(seed))
    if choice is None:
        return _ended(blank, NudgeState.WITHHELD, f"no {recipient.language} message fits ({channel}, {part})")
    return _pending(agenda, blank, recipient, channel, choice.message, _facts(choice, seed), moment)


def _facts(choice: Choice, seed: str) -> tuple[tuple[str, str | int], ...]:
    return (("rule", choice.rule), ("seed", seed), ("options", choice.options), ("unseen", choice.unseen))


def _blank(agenda: Agenda, key: SlotKey, due: datetime, expires_at: datetime) -> Nudge:
    return Nudge(
        id=nudge_id(agenda.installation, key),
        key=key,
        due=due,
        expires_at=expires_at,
        state=NudgeState.PENDING,
        decision=Decision(message=None, channel=None, rendered=None, reason=""),
    )


def _ended(blank: Nudge, state: NudgeState, reason: str) -> Nudge:
    return replace(blank, state=state, decision=replace(blank.decision, reason=reason))


def _pending(
    agenda: Agenda,
    blank: Nudge,
    recipient: Recipient,
    channel: Channel,
    message: Message,
    facts: tuple[tuple[str, str | int], ...],
    moment: datetime,
) -> Nudge:
    decision = Decision(
        message=message.key,
        channel=channel,
        rendered=message.render(channel, message_values(agenda, recipient, moment)),
        reason="",
        facts=facts,
    )
    return replace(blank, decision=decision, next_attempt_at=moment)
