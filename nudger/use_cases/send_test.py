"""Sending one nudge to one person now, for a test: written down like any other, sent at once."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from random import Random

from nudger.decisions.choosing.options import Requirements
from nudger.decisions.delivering.transitions import after_attempt, attempt_of, begin_attempt, ended
from nudger.decisions.points.availability import Available, Request, availability
from nudger.decisions.snapshot import Snapshot
from nudger.decisions.wording import MessageValues, other_language
from nudger.domain.calendar import part_of_day
from nudger.domain.deliveries import Attempt, Receipt, Sender
from nudger.domain.facts import NO_DAEMON
from nudger.domain.messages import Message
from nudger.domain.nudges import TEST, Decision, Nudge, NudgeState, nudge_id
from nudger.domain.recipients import Recipient
from nudger.domain.records import Record, Rule
from nudger.domain.schedules import Selection, SlotKey
from nudger.domain.vocabulary import Channel, ChannelChoice, ScheduleId
from nudger.errors import DeliveryError, Effect, NudgerError
from nudger.prose.reasons import english
from nudger.storage.thread import LedgerThread
from nudger.storage.transaction import Transaction
from nudger.use_cases.outgoing import outgoing_message
from nudger.use_cases.ports import ChannelPort

_GRACE = timedelta(minutes=15)
_LATER = (Effect.TRY_AGAIN, Effect.SLOW_DOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class TestNudge:
    """What to send to whom. `anyway` sends in quiet hours, too; after an opt-out nothing does."""

    recipient: Recipient
    channel: Channel
    message: Message
    anyway: bool


def choose_test(
    snapshot: Snapshot, person: Recipient, wish: ChannelChoice, key: str | None, *, anyway: bool, now: datetime
) -> TestNudge:
    """Return what to send to a person: the message with this key, else the first that fits now.

    Raises NudgerError where they have no address for the channel, or there is no such message.
    """
    way = person.channel_for(wish)
    if way is None:
        raise NudgerError(f"{person.id} has no address for {None if wish is ChannelChoice.PREFERRED else wish.value}")
    message = _fitting(snapshot, person, way, now) if key is None else _called(snapshot, person, way, key)
    return TestNudge(recipient=person, channel=way, message=message, anyway=anyway)


def _fitting(snapshot: Snapshot, person: Recipient, channel: Channel, now: datetime) -> Message:
    part = part_of_day(now.astimezone(person.zone).time())
    requirements = Requirements(language=person.language, channel=channel, part_of_day=part)
    fitting = snapshot.message_index.options(Selection(), requirements).messages
    if not fitting:
        raise NudgerError(f"no message fits {person.id} now")
    return fitting[0]


def _called(snapshot: Snapshot, person: Recipient, channel: Channel, key: str) -> Message:
    found = [message for message in snapshot.message_index.messages if message.key == key and message.speaks(channel)]
    if not found:
        raise NudgerError(f"there is no message {key!r} with words for {channel}")
    return next((message for message in found if message.language == person.language), found[0])


async def send_test(
    wanted: TestNudge, snapshot: Snapshot, port: ChannelPort, ledger: LedgerThread, *, clock: Callable[[], datetime]
) -> Nudge:
    """Send one nudge and return it as it stands afterwards. Raises NudgerError when it may not be sent now."""
    now = clock()
    sender = Sender(channel=wanted.channel, provider=port.provider, identity=port.identity)
    nudge, attempt = await ledger.run(lambda transaction: _write_down(transaction, wanted, snapshot, sender, now))
    result: Receipt | DeliveryError
    try:
        result = await port.send(outgoing_message(nudge, wanted.recipient))
    except DeliveryError as error:
        # Nobody waits for another try of a test.
        result = DeliveryError(error.code, Effect.GIVE_UP) if error.effect in _LATER else error
    now = clock()
    asked = port.can_be_asked
    after = after_attempt(nudge, result, now=now, rng=Random(0), can_be_asked=asked)  # noqa: S311 - nothing to spread
    if after.state is NudgeState.PENDING:
        doubtful = isinstance(result, DeliveryError) and result.effect is Effect.UNCERTAIN
        state = NudgeState.UNKNOWN if doubtful else NudgeState.FAILED
        after = replace(after, state=state, not_before=None)

    def record(transaction: Transaction) -> None:
        transaction.nudges.save([(nudge, after)], at=now)
        transaction.attempts.end([ended(attempt, result, now=now)])

    await ledger.run(record)
    return after


def _write_down(
    transaction: Transaction, wanted: TestNudge, snapshot: Snapshot, sender: Sender, now: datetime
) -> tuple[Nudge, Attempt]:
    person = wanted.recipient
    suppressed = person.address(wanted.channel) in transaction.suppressions.addresses()
    at_peace = replace(person, quiet_hours=None, weekend_quiet_hours="same", pauses=(), hard_days=())
    request = Request(
        recipient=at_peace if wanted.anyway else person, channel=wanted.channel, expires_at=now, suppressed=suppressed
    )
    verdict = availability(request, now=now)
    if not isinstance(verdict, Available):
        where = "" if suppressed else f" where {person.id} is"
        hint = "" if suppressed or wanted.anyway else ". Add --anyway to send it nevertheless"
        raise NudgerError(f"not sent: {english(verdict.reason)}{where}{hint}")
    for ordinal in count():
        pending = _pending(wanted, snapshot, ordinal, now)
        if transaction.nudges.add([pending], at=now):
            break
    sending = begin_attempt(pending, provider=sender.provider, address=person.address(wanted.channel), now=now)
    attempt = attempt_of(sending, sender.id, owner=NO_DAEMON)
    transaction.nudges.save([(pending, sending)], at=now)
    transaction.attempts.begin([attempt])
    return sending, attempt


def _pending(wanted: TestNudge, snapshot: Snapshot, ordinal: int, now: datetime) -> Nudge:
    person = wanted.recipient
    local_date = now.astimezone(person.zone).date()
    key = SlotKey(recipient=person.id, schedule=ScheduleId(TEST), local_date=local_date, ordinal=ordinal)
    rendered = wanted.message.render(wanted.channel, MessageValues(snapshot, person, now, wanted.message.language))
    return Nudge(
        id=nudge_id(snapshot.installation, key),
        key=key,
        due=now,
        expires_at=now + _GRACE,
        state=NudgeState.PENDING,
        decision=Decision(
            message=wanted.message.key,
            channel=wanted.channel,
            rendered=rendered,
            record=Record(rule=Rule.BY_HAND, language=other_language(wanted.message, person)),
        ),
        not_before=now + _GRACE,
    )
