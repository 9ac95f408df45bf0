"""The coming year, rehearsed: which schedule can never reach which kind of person, and why.

One person of each kind lives the year, by the very functions of the preview. A question that is answered is not asked
again: what has gone out once can go out, so that a sound configuration costs little. What did not go out in the first
days is looked at alone, date by date, and then, on each date on which nothing else stands in its way, among the others.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from nudger.decisions.choosing.foresight import ANSWERS, PROFILE, SENT, asked_in, feared, hoped
from nudger.decisions.choosing.kinds import Kind, kinds_of, made_up_kinds
from nudger.decisions.choosing.options import index_messages
from nudger.decisions.snapshot import OperatorWords, Snapshot, build_snapshot
from nudger.domain.catalog import Catalog
from nudger.domain.conditions import Test
from nudger.domain.messages import Message
from nudger.domain.reasons import Reason, ReasonCode
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import At, Between, Calendar, Schedule, is_programme
from nudger.domain.vocabulary import Purpose, ScheduleId
from nudger.use_cases.kind_year import PATIENCE, Budget, KindYear, Question, Reasons, SeriesEnd

MANY_KINDS = 200
"""So many kinds of person are rehearsed, those of most people first."""
_SLOTS = 30_000
"""So many slots are decided at most. What is not answered by then is not answered."""

_WORDS = OperatorWords(service="", contact="", crisis_line="")
_WEEKS = 4
_SQUEEZED = 1 / 3
"""Limits are a fence; whom they keep from so much of what is meant for them, something is not as it was meant."""
_FEW, _PATIENT = 2, 400
"""So many kinds are looked at again, up to so many times."""
_PROOF = 10
"""Where everybody draws minutes of their own, so many dates that came to nothing speak for all of a kind."""


class Why(StrEnum):
    """What kind of reason keeps a nudge from going out."""

    QUIET = "quiet hours"
    LEGAL = "legal hours"
    LIMITS = "limits"
    GAP = "gap"
    ONLY_IF = "only_if"
    SKIP_IF = "skip_if"
    WORDS = "words"
    ADDRESS = "address"
    SERIES = "series"
    PAUSED = "paused"
    HARD_DAY = "hard day"
    OTHER = "other"


_KINDS: Mapping[ReasonCode, Why] = {
    ReasonCode.QUIET_HOURS: Why.QUIET,
    ReasonCode.LEGAL_HOURS: Why.LEGAL,
    ReasonCode.MOST_A_DAY: Why.LIMITS,
    ReasonCode.MOST_A_WEEK: Why.LIMITS,
    ReasonCode.KEPT_FOR_OTHER: Why.LIMITS,
    ReasonCode.TOO_SOON_AFTER: Why.GAP,
    ReasonCode.TOO_SOON_BEFORE: Why.GAP,
    ReasonCode.ONLY_IF: Why.ONLY_IF,
    ReasonCode.NOT_IF: Why.SKIP_IF,
    ReasonCode.NO_WORDS: Why.WORDS,
    ReasonCode.NO_WELCOME: Why.WORDS,
    ReasonCode.NO_ADDRESS: Why.ADDRESS,
    ReasonCode.SERIES_ENDED: Why.SERIES,
    ReasonCode.PAUSED: Why.PAUSED,
    ReasonCode.HARD_DAY: Why.HARD_DAY,
}


def why(reason: Reason | None) -> Why:
    """Return what kind of reason it is."""
    return Why.OTHER if reason is None else _KINDS.get(reason.code, Why.OTHER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Never:
    """What never goes out to a kind of person in the coming year, and how often for which reason.

    Without reasons there are no dates, or the conditions contradict each other (`impossible`), or, for people who
    joined earlier, a programme is `over`.
    """

    question: Question
    kind: Kind
    reasons: Reasons
    impossible: bool = False
    over: bool = False

    @property
    def deciding(self) -> Reasons:
        """The reasons that decide: what stands in the way where the schedule's own conditions do not."""
        others = {reason: n for reason, n in self.reasons.items() if why(reason) not in (Why.ONLY_IF, Why.SKIP_IF)}
        return Counter(others or self.reasons)

    @property
    def reason(self) -> Reason | None:
        """The reason for most of it: the commonest of the commonest kind; None where there is none."""
        kinds = Counter[Why]()
        for reason, count in self.deciding.items():
            kinds[why(reason)] += count
        if not kinds:
            return None
        commonest = kinds.most_common(1)[0][0]
        return next(reason for reason, _ in self.deciding.most_common() if why(reason) is commonest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dry:
    """A series that ends while its dates go on."""

    schedule: ScheduleId
    kind: Kind
    end: SeriesEnd


@dataclass(frozen=True, slots=True, kw_only=True)
class Squeezed:
    """A kind of person of whose nudges limits hold back a large part: so many of so many in four weeks."""

    kind: Kind
    held: int
    meant: int
    reason: Reason
    nothing_of: tuple[ScheduleId, ...] = ()
    """What never found room in these weeks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What the coming year brings, as far as there is anything to say about it.

    `silent` are kinds of person whom no schedule reaches; `reached` are the schedules that reach somebody; `unseen`
    counts the kinds that were not looked at.
    """

    kinds: tuple[Kind, ...]
    nevers: tuple[Never, ...]
    dry: tuple[Dry, ...]
    squeezed: tuple[Squeezed, ...]
    silent: tuple[Kind, ...]
    reached: frozenset[ScheduleId]
    unseen: int


def look_ahead(catalog: Catalog, people: Iterable[Recipient], *, now: datetime, seed: str = "") -> Outlook:
    """Live the year from `now` (UTC) on, once for each kind of person."""
    today = now.date()
    people, schedules = list(people), catalog.schedules
    found = kinds_of(people, schedules, catalog.messages, today=today)
    if len(found) > MANY_KINDS:
        found = kinds_of(people, schedules, catalog.messages, today=today, fine=False)
    real = found[:MANY_KINDS]
    year = _Year(catalog, now, seed)
    for kind in real:
        year.live(kind)
    year.notify()
    for kind, theirs in made_up_kinds(real, schedules, language=_language(catalog.messages), today=today):
        year.imagine(kind, theirs)
    return year.outlook(real, unseen=len(found) - len(real))


def _language(messages: Iterable[Message]) -> str:
    """Return the language that most messages are in."""
    languages = Counter(message.language for message in messages if message.purpose is Purpose.NUDGE)
    return languages.most_common(1)[0][0] if languages else "en"


class _Year:
    """Everybody's year, and what came of it."""

    def __init__(self, catalog: Catalog, now: datetime, seed: str) -> None:
        self._now, self._budget = now, Budget(_SLOTS)
        self._base = _snapshot(catalog, ANSWERS | SENT, seed)
        asked = any(each.only_if is not None or each.skip_if is not None for each in catalog.messages)
        self._unwritten = _snapshot(catalog, ANSWERS | SENT | PROFILE, seed) if asked else self._base
        self._nevers: list[Never] = []
        self._dry: dict[tuple[object, ...], Dry | None] = {}
        self._squeezed: list[Squeezed] = []
        self._silent: list[Kind] = []
        self._unseen = 0
        self._reached: set[ScheduleId] = set()
        self._crowded: dict[ScheduleId, list[tuple[Kind, KindYear]]] = defaultdict(list)

    def outlook(self, kinds: Sequence[Kind], *, unseen: int) -> Outlook:
        return Outlook(
            kinds=tuple(kinds),
            nevers=tuple(self._nevers),
            dry=tuple(each for each in self._dry.values() if each),
            squeezed=tuple(self._squeezed),
            silent=tuple(self._silent),
            reached=frozenset(self._reached),
            unseen=unseen + self._unseen,
        )

    def live(self, kind: Kind) -> None:
        """Live the year of real people."""
        if self._budget.left < 0:
            self._unseen += 1
            return
        year = KindYear(self._base, kind.example, self._now, self._budget)
        year.first_days()
        self._weigh(kind, year)
        found = [never for schedule in year.meant for never in self._nevers_of(kind, year, schedule)]
        self._reached |= {question.schedule for question in year.reached}
        for name in year.crowded:
            self._crowded[name].append((kind, year))
        gone = {each.question.schedule for each in found if each.question.ordinal is None} | year.crowded
        if all(schedule.id in gone for schedule in year.meant):
            self._silent.append(kind)
        self._nevers += found
        for schedule in year.meant:
            self._look_for_an_end(kind, schedule)

    def notify(self) -> None:
        """Look with more patience at what found no room among the others, if nobody else gets it."""
        for name, those in self._crowded.items():
            for kind, year in [] if name in self._reached else those[:_FEW]:
                schedule = self._base.schedules[name]
                self._nevers += self._found(kind, year, schedule, patience=_PATIENT)

    def imagine(self, kind: Kind, schedules: Sequence[Schedule]) -> None:
        """Live the year of people who may come, as far as these schedules go."""
        year = KindYear(self._unwritten, kind.example, self._now, self._budget, unwritten=True)
        for schedule in schedules:
            self._nevers += self._nevers_of(kind, year, schedule)
            self._look_for_an_end(kind, schedule)

    def _nevers_of(self, kind: Kind, year: KindYear, schedule: Schedule) -> Iterator[Never]:
        if is_programme(schedule.recurrence) and _joined_before(kind.example, self._now):
            newcomer = self._newcomer(kind)
            found = list(self._found(kind, newcomer, schedule))
            if not found and not year.has_dates(schedule):
                yield Never(question=Question(schedule.id), kind=kind, reasons=Counter(), over=True)
            yield from found
        else:
            yield from self._found(kind, year, schedule)

    def _newcomer(self, kind: Kind) -> KindYear:
        person = replace(kind.example, joined=self._now.date())
        return KindYear(self._base, person, self._now, self._budget)

    def _found(self, kind: Kind, year: KindYear, schedule: Schedule, *, patience: int = PATIENCE) -> list[Never]:
        never = year.never(schedule, patience=patience)
        if never is None:
            return []
        if never and _drawn(schedule) and not self._speaks_for_all(kind, schedule, never):
            return []
        nobody = Question(schedule.id)
        if nobody in never:
            possible = year.possible(schedule)
            return [Never(question=nobody, kind=kind, reasons=never[nobody], impossible=not possible)]
        return [Never(question=each, kind=kind, reasons=reasons) for each, reasons in never.items()]

    def _speaks_for_all(self, kind: Kind, schedule: Schedule, never: dict[Question, Reasons]) -> bool:
        """Say whether the others of a kind, who have minutes of their own, fare no better."""
        if kind.count > len(kind.people) and any(0 < sum(reasons.values()) < _PROOF for reasons in never.values()):
            return False
        others = [KindYear(self._base, each, self._now, self._budget) for each in kind.people[1:]]
        return all(other.never(schedule) for other in others)

    def _weigh(self, kind: Kind, year: KindYear) -> None:
        """Note whom limits keep from a large part of what is meant for them."""
        limits = (Why.LIMITS, Why.GAP)
        if year.looked * _SQUEEZED > sum(n for reason, n in year.held.items() if why(reason) in limits):
            return
        coming = year.weeks(_WEEKS)
        held = Counter(
            each.nudge.status_reason for each in coming if each.goes_out is None and each.nudge.status_reason
        )
        by_limits = Counter({reason: n for reason, n in held.items() if why(reason) in limits})
        out = sum(each.goes_out is not None for each in coming)
        meant = out + by_limits.total()
        if by_limits and by_limits.total() >= meant * _SQUEEZED:
            reason = by_limits.most_common(1)[0][0]
            sent = {each.slot.schedule for each in coming if each.goes_out is not None}
            nothing = dict.fromkeys(each.slot.schedule for each in coming if each.slot.schedule not in sent)
            self._squeezed.append(
                Squeezed(kind=kind, held=by_limits.total(), meant=meant, reason=reason, nothing_of=tuple(nothing))
            )

    def _look_for_an_end(self, kind: Kind, schedule: Schedule) -> None:
        """Note once for each language and channel whether a series ends too early for somebody who begins it."""
        if not schedule.selection.in_order or self._budget.left < 0:
            return
        person = kind.example
        same = (schedule.id, person.language, person.channel_for(schedule.channel))
        if same not in self._dry:
            year = self._newcomer(kind) if _joined_before(person, self._now) else None
            year = year or KindYear(self._base, person, self._now, self._budget, unwritten=kind.made_up)
            end = year.series_end(schedule)
            self._dry[same] = Dry(schedule=schedule.id, kind=kind, end=end) if end else None


def _joined_before(person: Recipient, now: datetime) -> bool:
    return person.joined is not None and person.joined < now.date()


def _drawn(schedule: Schedule) -> bool:
    if not isinstance(schedule.recurrence, Calendar):
        return False
    times = schedule.recurrence.times
    return isinstance(times, Between) or (isinstance(times, At) and bool(times.jitter or times.spread))


def _snapshot(catalog: Catalog, unknown: frozenset[str], seed: str) -> Snapshot:
    """Return a snapshot without people, of whose messages those count that may pass."""

    def unanswered(test: Test) -> bool:
        return test.variable in unknown

    messages = [
        replace(each, only_if=hoped(each.only_if, unanswered), skip_if=feared(each.skip_if, unanswered))
        if (each.only_if is not None or each.skip_if is not None) and asked_in(each.only_if, each.skip_if) & unknown
        else each
        for each in catalog.messages
    ]
    snapshot = build_snapshot(replace(catalog, messages=()), (), words=_WORDS, seed=seed, installation="")
    return replace(snapshot, message_index=index_messages(messages))
