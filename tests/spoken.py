"""From the mappings of a scenario to values of the domain. Text comes in, as close to the operator's files as can be."""

from dataclasses import replace
from datetime import date, timedelta

from nudger.domain.limits import Limits
from nudger.domain.messages import EmailText
from nudger.domain.recipients import DEFAULT_QUIET_HOURS, HardDay, OnHardDay, Pause, Recipient
from nudger.domain.schedules import (
    DEFAULT_GRACE,
    At,
    Audience,
    Between,
    ByRule,
    Calendar,
    Cron,
    EveryDays,
    Exceptions,
    MonthlyWeekdays,
    OnDates,
    OnPublicHolidays,
    Phase,
    Priority,
    Programme,
    Schedule,
    Selection,
    Weekly,
    WhenHeld,
    WhenMissed,
)
from nudger.domain.vocabulary import Channel, ChannelChoice, Intensity, PartOfDay
from nudger.files import words
from tests.make import make_message

NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}
DAILY = words.DAY_WORDS["daily"]


def several(value):
    return value if isinstance(value, list) else [value]


class Keys(dict):
    """A mapping of which every key must be taken: a misspelt one is an error, not a promise that is never tested."""

    def take(self, key, read=str, default=None):
        return read(self.pop(key)) if key in self else default

    def done(self, what):
        assert not self, f"{what}: unknown keys {sorted(self)}"


def person(given) -> Recipient:
    keys = Keys(given)
    name = keys.take("id")
    weekend = Keys(keys.take("weekend", dict, {}))
    sms, email = keys.take("sms"), keys.take("email")
    made = Recipient(
        id=name,
        time_zone=keys.take("time_zone", default="UTC"),
        name=keys.take("name"),
        sms=sms,
        email=email or (None if sms else f"{name}@example.org"),
        prefer=keys.take("prefer", Channel),
        language=keys.take("language", default="en"),
        groups=keys.take("groups", frozenset, frozenset()),
        moments=keys.take("moments", moments, ()),
        quiet_hours=keys.take("quiet_hours", words.quiet_hours, DEFAULT_QUIET_HOURS),
        joined=keys.take("joined", date.fromisoformat),
        place=keys.take("place"),
        weekend_moments=weekend.take("moments", moments, ()),
        weekend_quiet_hours=weekend.take("quiet_hours", words.quiet_hours, "same"),
        pauses=keys.take("pause", lambda value: tuple(map(pause, several(value))), ()),
        hard_days=keys.take("hard_days", lambda value: tuple(map(hard_day, value)), ()),
        limits=keys.take("limits", limits),
    )
    weekend.done(f"{name}, weekend")
    keys.done(name)
    return made


def moments(given):
    return tuple((name, words.wall_time(wall)) for name, wall in given.items())


def pause(given) -> Pause:
    return Pause(first=date.fromisoformat(given["from"]), last=date.fromisoformat(given["until"]))


def hard_day(given) -> HardDay:
    *year, month, day = given["on"].split("-")
    return HardDay(
        month=int(month), day=int(day), year=int(year[0]) if year else None, then=OnHardDay(given.get("then", "hold"))
    )


def limits(given) -> Limits:
    keys = Keys(given)
    made = Limits(
        per_day=keys.take("per_day", int),
        per_week=keys.take("per_week", int),
        gap=keys.take("gap", words.duration, timedelta(0)),
        gentle_days=keys.take("gentle_days", int, 7),
    )
    keys.done("limits")
    return made


def schedule(given) -> Schedule:
    keys = Keys(given)
    name = keys.take("id")
    made = Schedule(
        id=name,
        audience=keys.take("to", audience, Audience(everyone=True)),
        recurrence=recurrence(Keys(keys.take("when", dict))),
        selection=keys.take("send", selection, Selection()),
        channel=keys.take("channel", ChannelChoice, ChannelChoice.PREFERRED),
        grace=keys.take("late", words.duration, DEFAULT_GRACE),
        priority=keys.take("priority", lambda word: Priority[word.upper()], Priority.NORMAL),
        when_missed=keys.take("missed", WhenMissed, WhenMissed.SEND),
        when_held=keys.take("held", WhenHeld, WhenHeld.WAIT),
    )
    keys.done(name)
    return made


def audience(given) -> Audience:
    if given == "everyone":
        return Audience(everyone=True)
    groups = [*several(given.get("groups", [])), *several(given.get("group", []))]
    people = [*several(given.get("recipients", [])), *several(given.get("recipient", []))]
    return Audience(groups=frozenset(groups), recipients=frozenset(people))


def selection(given) -> Selection:
    keys = Keys(given)
    made = Selection(
        libraries=keys.take("libraries", frozenset, frozenset()),
        intensities=keys.take("intensities", lambda value: frozenset(map(Intensity, value)), frozenset()),
        messages=keys.take("messages", lambda value: tuple(f"kind/{each}" for each in value), ()),
        in_order=keys.take("in_order", lambda word: word == "yes", default=False),
    )
    keys.done("send")
    return made


def recurrence(keys: Keys) -> Calendar | Cron:
    span = {
        "starts": keys.take("starts", date.fromisoformat),
        "ends": keys.take("ends", date.fromisoformat),
        "exceptions": keys.take("except", exceptions, Exceptions()),
    }
    expression = keys.take("cron")
    made = Cron(expression=expression, **span) if expression else Calendar(dates=dates(keys), times=times(keys), **span)
    keys.done("when")
    return made


def times(keys: Keys) -> At | Between:
    if "between" in keys:
        start, end = map(words.time_or_moment, keys.pop("between"))
        return Between(
            start=start,
            end=end,
            count=keys.take("times", int, 1),
            apart=keys.take("apart", words.duration, timedelta(0)),
        )
    return At(
        times=keys.take("at", lambda value: tuple(map(words.time_or_moment, several(value)))),
        jitter=keys.take("jitter", words.duration, timedelta(0)),
        spread=keys.take("spread", words.duration, timedelta(0)),
    )


def dates(keys: Keys):
    if "rrule" in keys:
        return ByRule(rule=keys.take("rrule"))
    if "programme" in keys:
        return Programme(phases=tuple(phase(Keys(each)) for each in keys.pop("programme")))
    if "dates" in keys:
        return on_dates(several(keys.pop("dates")))
    return on_days(keys)


def on_days(keys: Keys):
    days, every = several(keys.take("days", list_of, ["daily"])), keys.take("every")
    if days == ["public holidays"]:
        return OnPublicHolidays()
    if days[0].split()[0] in NTH:
        return MonthlyWeekdays(which=frozenset(nth_weekday(each) for each in days))
    if every and "day" in every:
        return EveryDays(count=int(every.split()[0]))
    return Weekly(weekdays=weekdays(days), weeks=int(every.split()[0]) if every else 1)


def list_of(value):
    return value


def weekdays(given):
    return frozenset().union(*(words.DAY_WORDS[each] for each in several(given)))


def nth_weekday(text):
    nth, weekday = text.split()
    (number,) = words.DAY_WORDS[weekday]
    return NTH[nth], number


def on_dates(given) -> OnDates:
    """`2026-12-24`, `12-24` of every year, `day 15` of every month, `last day` of every month."""
    days = [each for each in given if each.startswith(("day ", "last day"))]
    single = [each for each in given if each.count("-") == 2]
    return OnDates(
        dates=frozenset(map(date.fromisoformat, single)),
        yearly=frozenset(month_and_day(each) for each in given if each.count("-") == 1),
        monthly=frozenset(-1 if each == "last day" else int(each.split()[1]) for each in days),
    )


def month_and_day(text):
    month, day = text.split("-")
    return int(month), int(day)


def exceptions(given) -> Exceptions:
    given = several(given)
    spans = [each.split(" to ") for each in given if " to " in each]
    others = [each for each in given if " to " not in each and each != "public holidays"]
    found = on_dates(others)
    return Exceptions(
        dates=found.dates,
        yearly=found.yearly,
        spans=tuple((date.fromisoformat(first), date.fromisoformat(last)) for first, last in spans),
        public_holidays="public holidays" in given,
    )


def phase(keys: Keys) -> Phase:
    """`days: 3`, `days: 1-7`, `days: 15-` (without end), or the same in `weeks`; `every: 2 days`; `on: [mon]`."""
    unit = "weeks" if "weeks" in keys else "days"
    first, dash, last = keys.take(unit).partition("-")
    size = 7 if unit == "weeks" else 1
    end = int(last) * size if last else None if dash else int(first) * size
    made = Phase(
        first=(int(first) - 1) * size + 1,
        last=end,
        every=keys.take("every", lambda text: int(text.split()[0]) * (7 if "week" in text else 1), 1),
        weekdays=keys.take("on", weekdays, DAILY),
    )
    keys.done("phase")
    return made


def messages(given):
    """Make so many gentle messages, `m0` and on, or those that are described."""
    if isinstance(given, str):
        return tuple(make_message(f"m{n}") for n in range(int(given)))
    return tuple(message(Keys(each)) for each in given)


def message(keys: Keys):
    made = make_message(
        keys.take("id"),
        intensity=keys.take("intensity", Intensity, Intensity.GENTLE),
        language=keys.take("language", default="en"),
        parts_of_day=keys.take("parts_of_day", lambda value: frozenset(map(PartOfDay, value)), frozenset()),
    )
    only = keys.take("only")
    if only == "sms":
        made = replace(made, email=None)
    if only == "email":
        made = replace(made, sms=None)
    words_ = keys.take("text")
    if words_:
        made = replace(made, sms=words_, email=EmailText(subject=words_, body=words_))
    keys.done(made.id)
    return made
