"""Writing down what somebody let us know, on paper, by phone or face to face, until replies arrive by themselves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from nudger.decisions.snapshot import Snapshot
from nudger.domain.consent import Source
from nudger.domain.feedback import LEVELS, Feedback, FeedbackKind, LastSent
from nudger.domain.nudges import NudgeState
from nudger.domain.vocabulary import MessageKey, NudgeId, Practice, RecipientId
from nudger.errors import NudgerError
from nudger.storage.transaction import Transaction

LAST = "last"
"""Names the last nudge that went out to the person by the moment of the entry."""

_OF_PRACTICES = (FeedbackKind.MORE, FeedbackKind.LESS)
_OF_NUDGES = (FeedbackKind.DONE, FeedbackKind.HELPFUL, FeedbackKind.NOT_THIS)
"""What is said of a nudge: of the last one, where nobody says of which."""

_A_YEAR = 366
_WENT_OUT = (NudgeState.SENT, NudgeState.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What somebody let us know, as it is entered: `at` a moment (UTC), None for now; `nudge` is an id or `last`."""

    recipient: RecipientId
    kind: FeedbackKind
    at: datetime | None = None
    level: int | None = None
    nudge: str | None = None
    practice: Practice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why an entry is not taken: the field at fault, what is wrong with it, and what was expected."""

    field: str
    what: str
    expected: str = ""


def record(
    transaction: Transaction, entries: Iterable[Entry], snapshot: Snapshot, *, source: Source, now: datetime
) -> int:
    """Write entries down, all or none; return how many are new. The same entry twice is kept once.

    Raises NudgerError for the first one that cannot be right.
    """
    count, refusals = record_all(transaction, list(entries), snapshot, source=source, now=now)
    for refusal in refusals.values():
        raise NudgerError(f"{refusal.what}. {refusal.expected}".strip())
    return count


def record_all(
    transaction: Transaction,
    entries: Sequence[Entry],
    snapshot: Snapshot,
    *,
    source: Source,
    now: datetime,
    look_only: bool = False,
) -> tuple[int, dict[int, Refusal]]:
    """Write entries down unless anything is wrong with any of them; return how many are new, and all that is wrong."""
    found = _without_contradiction(transaction, [understand(transaction, each, snapshot, now=now) for each in entries])
    refusals = {place: each for place, each in enumerate(found) if isinstance(each, Refusal)}
    if refusals or look_only:
        return 0, refusals
    return transaction.feedback.add([each for each in found if isinstance(each, Feedback)], source=str(source)), {}


def understand(transaction: Transaction, entry: Entry, snapshot: Snapshot, *, now: datetime) -> Feedback | Refusal:
    """Return what an entry says, with message, practice and theme of the nudge that it names; or why it cannot be."""
    at = entry.at or now
    if refusal := _refused(entry, snapshot, at, now):
        return refusal
    nudge = _nudge(transaction, entry, at)
    if isinstance(nudge, Refusal):
        return nudge
    practice, theme = _about(snapshot, nudge.message if nudge else None)
    practice = entry.practice or practice
    if entry.kind in _OF_PRACTICES and practice is None:
        return Refusal(field="practice", what=f"'{entry.kind}' needs a practice", expected=_ONE_PRACTICE)
    return Feedback(
        recipient=entry.recipient,
        at=at,
        kind=entry.kind,
        level=entry.level,
        nudge=nudge.nudge if nudge else None,
        message=nudge.message if nudge else None,
        practice=practice,
        theme=theme,
    )


def _without_contradiction(transaction: Transaction, found: Sequence[Feedback | Refusal]) -> list[Feedback | Refusal]:
    """Refuse a check-in where the person has one of another level at the same moment, kept or in the same file."""
    check_ins = [each for each in found if isinstance(each, Feedback) and each.kind is FeedbackKind.CHECK_IN]
    if not check_ins:
        return list(found)
    since, people = min(each.at for each in check_ins), {each.recipient for each in check_ins}
    kept = chain.from_iterable(transaction.feedback.of(people, since=since).values())
    levels = {(each.recipient, each.at): each.level for each in kept if each.kind is FeedbackKind.CHECK_IN}
    return [
        _TWO_LEVELS
        if isinstance(each, Feedback)
        and each.kind is FeedbackKind.CHECK_IN
        and levels.setdefault((each.recipient, each.at), each.level) != each.level
        else each
        for each in found
    ]


_TWO_LEVELS = Refusal(
    field="level",
    what="this person has another level at the same moment",
    expected="One of them is wrong. `nudger record ID --take-back` takes the last entry of a person back.",
)


def early(entries: Iterable[Entry], snapshot: Snapshot, *, now: datetime) -> list[Entry]:
    """Return the entries from before the person joined: they are taken, and somebody should know.

    Not those of who joined today: people come with what they said before, and it may be nobody's wish that day counts.
    """
    return [
        each
        for each in entries
        if each.at is not None
        and _days_early(snapshot, each, each.at) > 0
        and snapshot.recipients[each.recipient].has_joined_by(now.date() - timedelta(days=1))
    ]


def _days_early(snapshot: Snapshot, entry: Entry, at: datetime) -> int:
    """Return how many days before joining an entry lies; 0 or less for none."""
    person = snapshot.recipients[entry.recipient]
    return (person.joined - at.astimezone(person.zone).date()).days if person.joined else 0


def take_back(transaction: Transaction, person: RecipientId, *, now: datetime) -> Feedback | None:
    """Forget the last thing (by its moment) that a person let us know, and return it; None if there is nothing.

    For what was entered wrongly: what was decided by it stands. Only that it was taken back is written down.
    """
    taken = transaction.feedback.take_back(person)
    if taken is not None:
        transaction.events.add("feedback_taken_back", {"recipient": person, "kind": taken.kind.value}, at=now)
    return taken


_ONE_PRACTICE = f"One of: {', '.join(Practice)}; or name a nudge."
_DIGIT = f"One digit from {LEVELS[0]} (very hard) to {LEVELS[-1]} (very light) is expected."


def _refused(entry: Entry, snapshot: Snapshot, at: datetime, now: datetime) -> Refusal | None:
    """Say what is wrong with an entry by itself. No level is repeated: it is nobody else's business."""
    if entry.recipient not in snapshot.recipients:
        return Refusal(
            field="recipient",
            what=f"nobody here has the id '{entry.recipient}'",
            expected="See `nudger recipients list`.",
        )
    if at > now:
        return Refusal(field="at", what=f"{at:%Y-%m-%d %H:%M} UTC lies ahead", expected="A moment that has passed.")
    if _days_early(snapshot, entry, at) > _A_YEAR:
        joined = snapshot.recipients[entry.recipient].joined
        what = f"{at:%Y-%m-%d} lies more than a year before '{entry.recipient}' joined ({joined})"
        return Refusal(field="at", what=what, expected="Is it the right year?")
    if entry.kind is FeedbackKind.CHECK_IN and entry.level not in LEVELS:
        return Refusal(field="level", what="a check-in needs a level", expected=_DIGIT)
    if entry.kind is not FeedbackKind.CHECK_IN and entry.level is not None:
        return Refusal(field="level", what=f"'{entry.kind}' has no level", expected="Only a check-in has one.")
    return None


def _nudge(transaction: Transaction, entry: Entry, at: datetime) -> LastSent | Refusal | None:
    """Return the nudge that an entry is about; None where it is about none."""
    if entry.nudge is not None and entry.nudge != LAST:
        return _named(transaction, entry, NudgeId(entry.nudge), at)
    if entry.nudge is None and entry.kind not in _OF_NUDGES:
        return None
    last = transaction.outcomes.last_sent(entry.recipient, by=at)
    if last is None and (entry.nudge == LAST or entry.kind is FeedbackKind.NOT_THIS):
        what = f"no nudge went out to '{entry.recipient}' by then"
        expected = "A first hello and a test do not count. Name the nudge, or a later moment."
        return Refusal(field="nudge", what=what, expected=expected)
    return last


def _named(transaction: Transaction, entry: Entry, name: NudgeId, at: datetime) -> LastSent | Refusal:
    nudge = transaction.nudges.get(name)
    if nudge is None or nudge.key.recipient != entry.recipient:
        expected = "Leave it out, or write 'last': the last one that went out. `nudger status --format json` has ids."
        return Refusal(field="nudge", what=f"no nudge of '{entry.recipient}' has this id", expected=expected)
    if nudge.state not in _WENT_OUT or (nudge.first_attempt_at or nudge.due) > at:
        return Refusal(
            field="nudge", what="this nudge had not gone out by then", expected="Name another, or a later moment."
        )
    return LastSent(nudge.id, nudge.decision.message)


def _about(snapshot: Snapshot, message: MessageKey | None) -> tuple[Practice | None, str]:
    """Return the practice and the theme of a message; nothing for one that is gone from the libraries."""
    topic = snapshot.message_index.topics.get(message) if message else None
    return (None, "") if topic is None else (topic.practice, topic.theme)
