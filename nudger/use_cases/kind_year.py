"""The coming year of one kind of person: which schedules reach them at least once, and what keeps the others away."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple

from nudger.decisions.choosing.foresight import ANSWERS, PROFILE, SENT, asked_in, can_let_through, feared, hoped
from nudger.decisions.choosing.history import MEMORY, NO_HISTORY, History
from nudger.decisions.choosing.moods import FINE_DAY, LOW_DAY
from nudger.decisions.coming import Coming
from nudger.decisions.planning.plan import crowds
from nudger.decisions.snapshot import Snapshot, with_recipients
from nudger.domain.conditions import Test
from nudger.domain.feedback import Feedback, FeedbackKind
from nudger.domain.reasons import Reason, ReasonCode
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import At, Calendar, Schedule
from nudger.domain.vocabulary import ScheduleId
from nudger.use_cases.preview import rehearse

YEAR = timedelta(days=367)
_DAY = timedelta(days=1)
_FIRST_LOOK = 8 * _DAY
_WARM_UP = MEMORY + _DAY
"""What went out before a moment makes a difference to it for so long."""
_STEPS = (timedelta(0), 9 * _DAY, 40 * _DAY, 130 * _DAY, YEAR)
_FEW, _MANY = 100, 3_000
"""Slots: so many are a first look; with more than so many in one look, nothing is said."""

PATIENCE = 3
_MOODS = (None, LOW_DAY - 2, (LOW_DAY + FINE_DAY) // 2, FINE_DAY)
"""Ways a person may feel that make a difference to what is chosen: nobody knows, low, so-so, fine."""


class Question(NamedTuple):
    """Does it ever go out? `ordinal` is one of several times of day; None stands for any of them."""

    schedule: ScheduleId
    ordinal: int | None = None


Reasons = Counter[Reason]
"""Why slots came to nothing, as it was decided; none of them: there is no slot."""


class SeriesEnd(NamedTuple):
    """A series said its last word on a date, after `said` messages."""

    said: int
    last: date


@dataclass(slots=True)
class Budget:
    """How many slots may still be decided."""

    left: int

    def spend(self, slots: int) -> None:
        """Take some out."""
        self.left -= slots


@dataclass(slots=True)
class KindYear:
    """One person's year, from `now` on. What they feel and say is unknown, and so is what nobody wrote down yet."""

    base: Snapshot
    person: Recipient
    now: datetime
    budget: Budget
    unwritten: bool = False
    """Whether the person is made up, and nothing is known of them but their groups."""
    reached: set[Question] = field(default_factory=set)
    held: Reasons = field(default_factory=Counter)
    """What was held back in the first days."""
    looked: int = 0
    """How many slots there were in the first days."""
    crowded: set[ScheduleId] = field(default_factory=set)
    """What would go out, but found no room among the others as often as was looked."""

    until: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.until = self.now + YEAR
        if self.person.joined is not None:
            self.now = min(max(self.now, _start(self.person.joined)), self.until)

    @property
    def meant(self) -> list[Schedule]:
        """The schedules that are for the person."""
        return [each for each in self.base.schedules.values() if each.audience.includes(self.person)]

    def sure(self) -> list[Schedule]:
        """Return those of which it is known when they come, whatever people answer."""
        open_ended = any(asked_in(each.only_if, each.skip_if) & self._unknown for each in self.meant)
        unknown = self._unknown | (SENT if open_ended else frozenset())
        return [each for each in self.meant if not asked_in(each.only_if, each.skip_if) & unknown]

    @property
    def _unknown(self) -> frozenset[str]:
        return ANSWERS | PROFILE | {"days_since_joined"} if self.unwritten else ANSWERS

    def first_days(self) -> None:
        """Live the first days, which answer most questions."""
        snapshot = self._snapshot(self.sure())
        coming = self._run(snapshot, None, self.now, self._until(snapshot, self.now, self.now + _FIRST_LOOK, _FEW))
        self.looked = len(coming)
        for each in coming:
            if each.goes_out is not None:
                self._reach(each)
            elif each.nudge.status_reason is not None:
                self.held[each.nudge.status_reason] += 1

    def weeks(self, count: int) -> list[Coming]:
        """Live some weeks of what is known to come; nothing, where that is too much."""
        snapshot, until = self._snapshot(self.sure()), self.now + 7 * count * _DAY
        fits = self._until(snapshot, self.now, until, _MANY) == until
        return self._run(snapshot, None, self.now, until) if fits else []

    def possible(self, schedule: Schedule) -> bool:
        """Say whether a schedule's conditions can ever hold together."""
        return can_let_through(schedule.only_if, schedule.skip_if)

    def never(self, schedule: Schedule, *, patience: int = PATIENCE) -> dict[Question, Reasons] | None:
        """Return what of a schedule never goes out, with the reasons; None where that was too much to look at.

        So many times it may find no room among the others, until it is given up as `crowded`.
        """
        open_ = {each for each in questions(schedule) if each not in self.reached}
        reasons: dict[Question, Reasons] = {each: Counter() for each in open_}
        if not self.possible(schedule):
            return reasons
        variants = list(self._variants(schedule)) if open_ else []
        for begin, end in pairwise(_STEPS):
            for variant, mood in variants:
                tries = self._live(variant, mood, (self._day(begin), self._day(end)), reasons)
                if tries is None:
                    return None
                patience -= tries
                if patience < 0:
                    self.crowded.add(schedule.id)
                    return None
                if open_ <= self.reached:
                    return {}
        return {each: reasons[each] for each in questions(schedule) if each not in self.reached}

    def _day(self, after: timedelta) -> datetime:
        return min(self.now + after, self.until)

    def _live(
        self, schedule: Schedule, mood: int | None, span: tuple[datetime, datetime], reasons: dict[Question, Reasons]
    ) -> int | None:
        """Look at a schedule's dates until it went out; return how often others were in its way.

        None: that was too much to look at.
        """
        # What it asks of other nudges has its answer among them alone: by itself, it would never know.
        by_itself = _as_needed(schedule, SENT) if self._depends(schedule) else schedule
        alone, (since, until) = self._snapshot([by_itself]), span
        looked_until, tries = since, 0
        if self.budget.left < 0 or self._until(alone, since, until, _MANY) < until:
            return None
        for each in self._run(alone, mood, since, until):
            if each.goes_out is None:
                _count(reasons, each)
            elif not self._depends(schedule):
                self._reach(each)
            elif each.slot.due > looked_until and not set(_asked(each)) & reasons.keys() <= self.reached:
                looked_until = self._among_others(schedule, mood, each.slot.due, reasons)
                tries += not set(_asked(each)) & reasons.keys() <= self.reached
        return tries

    def _depends(self, schedule: Schedule) -> bool:
        """Say whether other nudges can make a difference to this schedule's."""
        if self.unwritten:
            return False  # nobody knows what else people get who are not there yet
        restrained = self.base.limits_of(self.person).restrain
        return restrained or bool(asked_in(schedule.only_if, schedule.skip_if) & SENT)

    def _among_others(
        self, schedule: Schedule, mood: int | None, due: datetime, reasons: dict[Question, Reasons]
    ) -> datetime:
        """Live the days up to a date, with all that is known to come; return until when was looked."""
        others = [each for each in self.sure() if each.id != schedule.id]
        snapshot, until = self._snapshot([*others, schedule]), due + _DAY
        since = max(self.now, due - _WARM_UP)
        while since < due - timedelta(hours=1) and self._until(snapshot, since, until, _MANY) < until:
            since = due - (due - since) / 2
        for each in self._run(snapshot, mood, since, until):
            if each.slot.due < due and since > self.now:
                continue  # what went before it is not all known
            if each.goes_out is not None:
                self._reach(each)
            elif each.slot.schedule == schedule.id:
                _count(reasons, each)
        return until

    def has_dates(self, schedule: Schedule) -> bool:
        """Say whether a schedule has any date for the person in the year."""
        roster = self._snapshot([schedule]).roster
        return next(crowds(roster, since=self.now, until=self.until, seed=self.base.seed), None) is not None

    def series_end(self, schedule: Schedule) -> SeriesEnd | None:
        """Return when a series says its last word while its dates go on; None where it does not."""
        hopeful = next(self._variants(schedule))[0]
        alone = self._snapshot([hopeful])
        said: list[Coming] = []
        for end in (_FIRST_LOOK, *_STEPS[1:]):
            until = self._day(end)
            if self._until(alone, self.now, until, _MANY) < until or self.budget.left < 0:
                return None
            coming = self._run(alone, None, self.now, until)
            said = [each for each in coming if each.goes_out is not None]
            if any(map(_at_an_end, coming)):
                break
        else:
            return None
        if not said or (self._depends(schedule) and not self._ends_among_others(hopeful)):
            return None
        return SeriesEnd(len(said), said[-1].slot.local_date)

    def _ends_among_others(self, schedule: Schedule) -> bool:
        others = [each for each in self.sure() if each.id != schedule.id]
        coming = self._run(self._snapshot([*others, schedule]), None, self.now, self.until)
        return any(each.slot.schedule == schedule.id and _at_an_end(each) for each in coming)

    def _variants(self, schedule: Schedule) -> Iterator[tuple[Schedule, int | None]]:
        """Yield the schedule with what is unknown ahead taken as it would need it, for each way of feeling."""
        asked = asked_in(schedule.only_if, schedule.skip_if)
        unknown = asked & self._unknown
        if unknown or (asked & SENT and schedule not in self.sure()):
            unknown |= asked & SENT
        for mood in _MOODS if "mood" in asked else _MOODS[:1]:
            only_if = feared(schedule.only_if, _asks_for_today) if mood is None else schedule.only_if
            yield _as_needed(replace(schedule, only_if=only_if), unknown if mood is None else unknown - {"mood"}), mood

    def _snapshot(self, schedules: Iterable[Schedule]) -> Snapshot:
        return with_recipients(replace(self.base, schedules={each.id: each for each in schedules}), [self.person])

    def _until(self, snapshot: Snapshot, since: datetime, until: datetime, most: int) -> datetime:
        """Return `until`, or an earlier moment up to which there are hardly more slots than `most`."""
        count = 0
        for _, due, members in crowds(snapshot.roster, since=since, until=until, seed=snapshot.seed):
            count += members
            if count > most:
                return max(since, min(due, since + (until - since) / 8))
        return until

    def _run(self, snapshot: Snapshot, mood: int | None, since: datetime, until: datetime) -> list[Coming]:
        history = NO_HISTORY if mood is None else _feeling(self.person, mood, since, until)
        coming = list(rehearse(snapshot, since=since, until=until, histories={self.person.id: history}))
        self.budget.spend(len(coming))
        return coming

    def _reach(self, each: Coming) -> None:
        self.reached.update(_asked(each))


def _as_needed(schedule: Schedule, variables: Collection[str]) -> Schedule:
    """Return a schedule with every question about some variables answered as it would need it."""

    def unanswered(test: Test) -> bool:
        return test.variable in variables

    return replace(schedule, only_if=hoped(schedule.only_if, unanswered), skip_if=feared(schedule.skip_if, unanswered))


def questions(schedule: Schedule) -> list[Question]:
    """Return what can be asked of a schedule: as a whole, and of each of several times of day."""
    recurrence = schedule.recurrence
    times = recurrence.times.times if isinstance(recurrence, Calendar) and isinstance(recurrence.times, At) else ()
    single = [Question(schedule.id, ordinal) for ordinal in range(len(times))] if len(times) > 1 else []
    return [Question(schedule.id), *single]


def _asked(each: Coming) -> tuple[Question, Question]:
    return Question(each.slot.schedule), Question(each.slot.schedule, each.slot.ordinal)


def _at_an_end(each: Coming) -> bool:
    reason = each.nudge.decision.reason
    return reason is not None and reason.code is ReasonCode.SERIES_ENDED


def _count(reasons: dict[Question, Reasons], each: Coming) -> None:
    for question in _asked(each):
        if question in reasons and each.nudge.status_reason is not None:
            reasons[question][each.nudge.status_reason] += 1


def _asks_for_today(test: Test) -> bool:
    """Say whether a question about how somebody feels is answered only while that counts for the choice, too."""
    return test.variable == "mood" and test.within is not None and test.within <= _DAY


def _feeling(person: Recipient, level: int, since: datetime, until: datetime) -> History:
    """Return the history of somebody who says several times a day how they feel."""
    step, count = timedelta(hours=8), (until - since) // timedelta(hours=8) + 4
    return History(
        feedback=tuple(
            Feedback(recipient=person.id, at=since + (n - 2) * step, kind=FeedbackKind.CHECK_IN, level=level)
            for n in range(count)
        )
    )


def _start(day: date) -> datetime:
    """Return a moment before the day begins anywhere."""
    return datetime.combine(day - _DAY, time.min, UTC)
