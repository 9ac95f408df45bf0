"""The record of decisions, one row for each decision point, as a micro-randomised trial is analysed (Nahum-Shani 2018).

Its columns are one table, which the export, the reference and `nudger decisions columns` all read.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from nudger.decisions.choosing.variables import VARIABLES, Kind
from nudger.decisions.snapshot import Snapshot
from nudger.domain.feedback import ANSWER_WITHIN, ANSWERS, Feedback, FeedbackKind
from nudger.domain.nudges import Decided, Nudge, NudgeState
from nudger.domain.reasons import ReasonCode
from nudger.domain.records import PracticeChance, Record, VariableValue
from nudger.domain.vocabulary import MessageKey, Practice, RecipientId
from nudger.prose.reasons import english
from nudger.prose.records import RULES
from nudger.storage.fact_codecs import INSTALLATION
from nudger.storage.transaction import Transaction

_AT_ONCE = 200
"""So many people are read at a time: a year of them fits into memory."""

_NONE = MessageKey("")
Value = VariableValue | None


class _Said:
    """What one person let us know, ready to be asked about."""

    def __init__(self, said: Sequence[Feedback]) -> None:
        self._answers = [each for each in said if each.kind in ANSWERS]
        self._moments = [each.at for each in self._answers]
        self.helpful = frozenset(each.nudge for each in said if each.kind is FeedbackKind.HELPFUL and each.nudge)

    def within(self, start: datetime, span: timedelta) -> list[Feedback]:
        """Return the answers after `start`, up to `span` later."""
        return self._answers[bisect_right(self._moments, start) : bisect_right(self._moments, start + span)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A decision point: the nudge, when it was decided, what its person let us know, and when all this is looked at."""

    nudge: Nudge
    decided_at: datetime | None
    person: str
    snapshot: Snapshot
    said: _Said
    now: datetime

    @property
    def record(self) -> Record:
        """What the decision rested on."""
        return self.nudge.decision.record

    @property
    def available(self) -> bool:
        """Whether the decision rule was asked at all."""
        return self.record.variables is not None

    @property
    def sent_at(self) -> datetime | None:
        """When it went out, None if it did not."""
        return (self.nudge.first_attempt_at or self.nudge.due) if self.nudge.state is NudgeState.SENT else None

    @property
    def answers(self) -> list[Feedback]:
        """What came back within the time for it, counted from when the nudge went out or was due."""
        return self.said.within(self.sent_at or self.nudge.due, ANSWER_WITHIN)

    @property
    def chances(self) -> tuple[PracticeChance, ...]:
        """The options: each practice, its probability, its wordings."""
        return self.record.chances

    @property
    def practice(self) -> Practice | None:
        """The practice that was chosen, as far as the libraries still know its message."""
        topic = self.snapshot.message_index.topics.get(self.nudge.decision.message or _NONE)
        return topic.practice if topic else None


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds, in which words of the field, and how it is read off a decision point."""

    about: str
    term: str
    read: Callable[[Point], Value]


def decision_points(
    transaction: Transaction | None,
    snapshot: Snapshot,
    *,
    first: date | None = None,
    last: date | None = None,
    now: datetime,
) -> Iterator[Point]:
    """Yield every decision for a schedule's slot on local dates from `first` to `last`, person by person."""
    if transaction is None:
        return
    key = transaction.facts.get(INSTALLATION) or ""
    everybody = transaction.decisions.people()
    for start in range(0, len(everybody), _AT_ONCE):
        people = everybody[start : start + _AT_ONCE]
        decided = transaction.decisions.of(people, first=first, last=last)
        if decided:
            said = _said(transaction, people, min(each.nudge.due for each in decided))
            yield from (_point(each, snapshot, key, said, now) for each in decided)


def _said(transaction: Transaction, people: Sequence[RecipientId], since: datetime) -> dict[RecipientId, _Said]:
    found = transaction.feedback.of(people, since=since)
    return {name: _Said(found.get(name, ())) for name in people}


def _point(decided: Decided, snapshot: Snapshot, key: str, said: Mapping[RecipientId, _Said], now: datetime) -> Point:
    nudge, name = decided.nudge, decided.nudge.key.recipient
    return Point(
        nudge=nudge, decided_at=decided.at, person=pseudonym(key, name), snapshot=snapshot, said=said[name], now=now
    )


def pseudonym(installation: str, recipient: RecipientId) -> str:
    """Return who it was, without saying so: the same in every export of an installation, and in no other's."""
    return hashlib.blake2b(recipient.encode(), key=installation.encode()[:64], digest_size=8).hexdigest()


def row_of(point: Point) -> dict[str, Value]:
    """Return the row of a decision point, by column."""
    return {name: column.read(point) for name, column in COLUMNS.items()}


def _moment(at: datetime | None) -> str | None:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def _yes(so: bool) -> str:
    return "yes" if so else "no"


def _nothing(point: Point) -> float | None:
    """Return how likely it was that the rule would send nothing; certain where it had nothing that fits."""
    if not point.available:
        return None
    decision = point.nudge.decision
    drawn = decision.reason is not None and decision.reason.code is ReasonCode.ON_PURPOSE
    if decision.message is None and not drawn:
        return 1.0
    return point.record.restraint.chance if point.record.restraint is not None else 0.0


def _of_practice(point: Point) -> float | None:
    """Return how likely the chosen practice was, given that anything was sent."""
    if point.nudge.decision.message is None or not point.available:
        return None
    chances = {name: chance for name, chance, _ in point.chances}
    if not chances:
        return 1.0
    return chances.get(point.practice) if point.practice is not None else None


def _of_message(point: Point) -> float | None:
    """Return how likely this very message was, sending nothing included."""
    practice, nothing = _of_practice(point), _nothing(point)
    if practice is None or nothing is None:
        return None
    wordings = next((count for name, _, count in point.chances if name == point.practice), 1)
    return round((1 - nothing) * practice / wordings, 9)


def _component(point: Point) -> str | None:
    topic = point.snapshot.message_index.topics.get(point.nudge.decision.message or _NONE)
    return topic.component if topic else None


def _answered(point: Point) -> str:
    start = point.sent_at or point.nudge.due
    if point.answers:
        return "yes"
    return "no" if point.now >= start + ANSWER_WITHIN else "not yet"


def _next_check_in(point: Point) -> int | None:
    return next((each.level for each in point.answers if each.kind is FeedbackKind.CHECK_IN), None)


def _value(point: Point, name: str) -> Value:
    known = (point.record.variables or {}).get(name)
    return None if known is None else known.value


def _age(point: Point, name: str) -> Value:
    known = (point.record.variables or {}).get(name)
    return None if known is None else known.age_s


def _variables() -> Iterator[tuple[str, Column]]:
    for name, variable in VARIABLES.items():
        seconds = " In seconds." if variable.kind is Kind.SPAN else ""
        unknown = "Empty: unknown, or nothing asked for it."
        yield name, Column(f"{variable.about}{seconds} {unknown}", "tailoring variable", partial(_value, name=name))
        yield (
            f"{name}_age_s",
            Column(f"How old that was, in seconds ({name}).", "tailoring variable", partial(_age, name=name)),
        )


COLUMNS: Mapping[str, Column] = {
    "nudge": Column("The id of the row in the ledger.", "decision point", lambda p: p.nudge.id),
    "person": Column("Who, under a pseudonym of this installation.", "participant", lambda p: p.person),
    "schedule": Column("Whose slot it was.", "decision point", lambda p: p.nudge.key.schedule),
    "local_date": Column(
        "The date where the person is.", "decision point", lambda p: p.nudge.key.local_date.isoformat()
    ),
    "ordinal": Column("Which slot of that date, from 0.", "decision point", lambda p: p.nudge.key.ordinal),
    "decided_at": Column("When it was decided (UTC).", "decision point", lambda p: _moment(p.decided_at)),
    "due": Column("When the slot fell due (UTC).", "decision point", lambda p: _moment(p.nudge.due)),
    "available": Column(
        "Whether the rule was asked: no, when something stood in the way.", "availability", lambda p: _yes(p.available)
    ),
    "unavailable_because": Column(
        "What stood in the way.", "availability", lambda p: None if p.available else english(p.nudge.decision.reason)
    ),
    **dict(_variables()),
    "options": Column(
        "Practices that could have been chosen: name=probability/wordings.",
        "intervention options",
        lambda p: [f"{name}={chance:.6f}/{count}" for name, chance, count in p.chances],
    ),
    "rule": Column(
        "How the choice was made.", "decision rule", lambda p: RULES[p.record.rule] if p.record.rule else None
    ),
    "p_nothing": Column(
        "How likely it was that nothing would be sent; 1 where nothing fitted.", "randomisation probability", _nothing
    ),
    "p_practice": Column(
        "How likely the chosen practice was, given that anything was sent.", "randomisation probability", _of_practice
    ),
    "p_message": Column(
        "How likely this very message was: (1 - p_nothing) * p_practice / wordings.",
        "randomisation probability",
        _of_message,
    ),
    "message": Column("The message chosen; empty: nothing.", "intervention", lambda p: p.nudge.decision.message),
    "component": Column("Its part of self-compassion.", "intervention", _component),
    "practice": Column("What it suggests doing.", "intervention", lambda p: p.practice),
    "state": Column("What became of it.", "delivery", lambda p: p.nudge.state.value),
    "reason": Column("Why it stands there.", "delivery", lambda p: english(p.nudge.status_reason) or None),
    "sent_at": Column("When it went out (UTC); empty: it did not.", "delivery", lambda p: _moment(p.sent_at)),
    "channel": Column("By which channel.", "delivery", lambda p: p.nudge.decision.channel),
    "version": Column("The version of nudger that decided.", "decision rule", lambda p: p.record.version or None),
    "answered": Column(
        "Anything back within 24 hours of going out (of being due, where nothing went out): yes, no, not yet.",
        "proximal outcome",
        _answered,
    ),
    "helpful": Column(
        "Whether they said that this nudge helped.", "proximal outcome", lambda p: _yes(p.nudge.id in p.said.helpful)
    ),
    "next_check_in": Column(
        "The first check-in within the same 24 hours, 1 (very hard) to 9 (very light).",
        "proximal outcome",
        _next_check_in,
    ),
}
"""Every column of the export: the one place to add one."""
