"""Tailoring variables: all that a decision may know of a person and a moment, in one table.

Each is a value with an age; one that is missing is unknown, and never guessed. To add one, add a line to the table:
conditions in YAML, `nudger why`, the decision export and the reference all read it from there.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import mean
from typing import Any, NamedTuple

from nudger.decisions.choosing.history import History
from nudger.decisions.planning.public_holidays import is_holiday
from nudger.decisions.planning.zone_positions import position_of_zone
from nudger.domain.calendar import part_of_day
from nudger.domain.feedback import Feedback, FeedbackKind
from nudger.domain.recipients import Recipient
from nudger.domain.vocabulary import PartOfDay, Practice

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_NOW = timedelta(0)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SEASONS = ("winter", "spring", "summer", "autumn")
MANY = 9_999
"""No number of ours goes beyond this."""
_TREND_NEEDS = 4
_TREND_STEP = 1
"""So far apart lie the means of the older and the newer half of the last check-ins before we call it a trend."""
_SUNRISE_DEGREES = -0.833
"""Where the sun's centre stands when its upper edge is on the horizon, refraction included."""


class Kind(StrEnum):
    """What the values of a variable look like."""

    NUMBER = "number"
    SPAN = "span of time"
    WORD = "one word"
    WORDS = "words"
    FLAG = "yes or no"


class Known(NamedTuple):
    """A value, and how old it is."""

    value: Any
    age: timedelta = _NOW


_KNOWN_WEEKDAYS = tuple(map(Known, _WEEKDAYS))
_PARTS_OF_DAY = {part: Known(part) for part in PartOfDay}
"""(Asked for with every decision, and made once.)"""


class Context(NamedTuple):
    """A person at a moment, in UTC (`now`) and where they are (`local`), and what is known of them."""

    person: Recipient
    now: datetime
    local: datetime
    history: History


def context_of(person: Recipient, now: datetime, history: History) -> Context:
    """Put a person, a moment (UTC) and what is known of them together."""
    return Context(person, now, now.astimezone(person.zone), history)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """What a variable is about, how it looks (the words of a closed list, the ends of a range), how it is found out."""

    about: str
    kind: Kind
    read: Callable[[Context], Known | None]
    words: tuple[str, ...] = ()
    low: int = 0
    high: int = MANY


def values_of(context: Context) -> dict[str, Known]:
    """Return every variable that is known."""
    found = ((name, variable.read(context)) for name, variable in VARIABLES.items())
    return {name: known for name, known in found if known is not None}


class KnownVariables(Mapping[str, Known]):
    """Variables worked out when a condition asks for them, and then kept."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._found: dict[str, Known | None] = {}

    def __getitem__(self, name: str) -> Known:
        known: Known | None = self.get(name)
        if known is None:
            raise KeyError(name)
        return known

    def get(self, name: str, default: Any = None) -> Any:
        """Return a variable's value and age, or None where it is unknown."""
        return self.found((name,))[name] or default

    def found(self, names: Iterable[str]) -> Mapping[str, Known | None]:
        """Return these variables and all that were asked for before, known or not (None)."""
        found, context = self._found, self.context
        for name in names:
            if name not in found:
                found[name] = _READ[name](context)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(values_of(self.context))

    def __len__(self) -> int:
        return len(values_of(self.context))


def _newest(history: History, now: datetime, *kinds: FeedbackKind) -> Feedback | None:
    for each in reversed(history.feedback):
        if each.kind in kinds and each.at <= now:
            return each
    return None


def _mood(context: Context) -> Known | None:
    newest = _newest(context.history, context.now, FeedbackKind.CHECK_IN)
    return None if newest is None else Known(newest.level, context.now - newest.at)


def _trend(context: Context) -> Known | None:
    found = [f for f in context.history.feedback if f.kind is FeedbackKind.CHECK_IN and f.at <= context.now][-6:]
    if len(found) < _TREND_NEEDS:
        return None
    half = len(found) // 2
    older, newer = (mean(f.level or 0 for f in part) for part in (found[:-half], found[-half:]))
    word = "rising" if newer - older >= _TREND_STEP else "falling" if older - newer >= _TREND_STEP else "steady"
    return Known(word, context.now - found[-1].at)


def _since(context: Context, *kinds: FeedbackKind) -> Known | None:
    newest = _newest(context.history, context.now, *kinds)
    return None if newest is None else Known(context.now - newest.at)


def _since_sent(context: Context) -> Known | None:
    past = [contact.at for contact in context.history.contacts if not contact.waiting and contact.at <= context.now]
    return Known(context.now - max(past)) if past else None


def _burden(context: Context, span: timedelta) -> Known:
    now = context.now
    since = now - span
    return Known(sum([not contact.waiting and since < contact.at <= now for contact in context.history.contacts]))


def _practices(context: Context, *kinds: FeedbackKind) -> Known | None:
    found = [f for f in context.history.feedback if f.kind in kinds and f.practice and f.at <= context.now]
    return Known(frozenset(f.practice for f in found), context.now - found[-1].at) if found else None


def _days_since_joined(context: Context) -> Known | None:
    joined = context.person.joined
    return None if joined is None else Known((context.local.date() - joined).days)


def _holiday(context: Context) -> Known | None:
    region = context.person.region
    return None if region is None else Known(is_holiday(region, context.local.date()))


def _season(context: Context) -> Known | None:
    """Meteorological seasons, which begin with a month; the other way round south of the equator."""
    position = position_of_zone(context.person.time_zone)
    if position is None:
        return None
    north = context.local.month % 12 // 3
    return Known(_SEASONS[north if position[0] >= 0 else (north + 2) % 4])


def _daylight(context: Context) -> Known | None:
    position = position_of_zone(context.person.time_zone)
    if position is None:
        return None
    from astral import Observer  # noqa: PLC0415 - Cold start: only a condition on daylight needs the sun
    from astral.sun import elevation  # noqa: PLC0415

    return Known(elevation(Observer(*position), context.now) > _SUNRISE_DEGREES)


_PRACTICES = tuple(Practice)
_ANY_FEEDBACK = tuple(FeedbackKind)
VARIABLES: Mapping[str, Variable] = {
    "hour": Variable(
        about="The hour of the day, 0 to 23, where the person is.",
        kind=Kind.NUMBER,
        read=lambda context: Known(context.local.hour),
        high=23,
    ),
    "part_of_day": Variable(
        about="morning 4-11, midday 11-16, evening 16-20, night 20-4.",
        kind=Kind.WORD,
        words=tuple(PartOfDay),
        read=lambda context: _PARTS_OF_DAY[part_of_day(context.local.time())],
    ),
    "weekday": Variable(
        about="The day of the week where the person is.",
        kind=Kind.WORD,
        words=_WEEKDAYS,
        read=lambda context: _KNOWN_WEEKDAYS[context.local.weekday()],
    ),
    "season": Variable(about="The season where the person is.", kind=Kind.WORD, words=_SEASONS, read=_season),
    "daylight": Variable(about="Whether the sun is up where the person is.", kind=Kind.FLAG, read=_daylight),
    "public_holiday": Variable(
        about="Whether it is a public holiday at the person's place.", kind=Kind.FLAG, read=_holiday
    ),
    "hard_day": Variable(
        about="Whether it is one of the person's hard days.",
        kind=Kind.FLAG,
        read=lambda context: Known(context.person.hard_day_on(context.local.date()) is not None),
    ),
    "days_since_joined": Variable(
        about="Days since the person joined; 0 on that day.", kind=Kind.NUMBER, read=_days_since_joined
    ),
    "mood": Variable(
        about="The last check-in, 1 (very hard) to 9 (very light).", kind=Kind.NUMBER, read=_mood, low=1, high=9
    ),
    "mood_trend": Variable(
        about="Where the last check-ins (four to six) go.",
        kind=Kind.WORD,
        words=("rising", "steady", "falling"),
        read=_trend,
    ),
    "since_check_in": Variable(
        about="Time since the last check-in.",
        kind=Kind.SPAN,
        read=lambda context: _since(context, FeedbackKind.CHECK_IN),
    ),
    "since_reply": Variable(
        about="Time since the person last let us know anything.",
        kind=Kind.SPAN,
        read=lambda context: _since(context, *_ANY_FEEDBACK),
    ),
    "since_sent": Variable(
        about="Time since the last nudge of any schedule, the first hello or a test.", kind=Kind.SPAN, read=_since_sent
    ),
    "sent_today": Variable(
        about="Nudges in the last 24 hours, the first hello and tests among them.",
        kind=Kind.NUMBER,
        read=lambda context: _burden(context, _DAY),
    ),
    "sent_this_week": Variable(
        about="Nudges in the last seven days, the first hello and tests among them.",
        kind=Kind.NUMBER,
        read=lambda context: _burden(context, _WEEK),
    ),
    "done": Variable(
        about="Practices that they said they did.",
        kind=Kind.WORDS,
        words=_PRACTICES,
        read=lambda context: _practices(context, FeedbackKind.DONE),
    ),
    "liked": Variable(
        about="Practices that helped, or that they want more of.",
        kind=Kind.WORDS,
        words=_PRACTICES,
        read=lambda context: _practices(context, FeedbackKind.HELPFUL, FeedbackKind.MORE),
    ),
    "declined": Variable(
        about="Practices that they want less of.",
        kind=Kind.WORDS,
        words=_PRACTICES,
        read=lambda context: _practices(context, FeedbackKind.LESS, FeedbackKind.NOT_THIS),
    ),
    "groups": Variable(
        about="The groups that the person is in.", kind=Kind.WORDS, read=lambda context: Known(context.person.groups)
    ),
    "goals": Variable(
        about="The person's own goals.", kind=Kind.WORDS, read=lambda context: _own(context.person.goals)
    ),
    "has_supporter": Variable(
        about="Whether they named somebody who is there for them.",
        kind=Kind.FLAG,
        read=lambda context: Known(context.person.supporter is not None),
    ),
    "language": Variable(
        about="The language of their messages.", kind=Kind.WORD, read=lambda context: Known(context.person.language)
    ),
}


_READ = {name: variable.read for name, variable in VARIABLES.items()}


def clock_values(local: datetime) -> dict[str, Known]:
    """Return what a moment, where a person is, says by itself: the hour, the part of the day and the weekday."""
    return {
        "hour": Known(local.hour),
        "part_of_day": Known(part_of_day(local.time())),
        "weekday": Known(_WEEKDAYS[local.weekday()]),
    }


def _own(words: frozenset[str]) -> Known | None:
    return Known(words) if words else None
