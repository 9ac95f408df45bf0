"""Small pieces of plain English, for operators: counts, lists, spans of time, days and moments."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from nudger.domain.recipients import Recipient

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_NTH = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last", -2: "second to last"}
_MINUTE = timedelta(minutes=1)
ALL_WEEK = frozenset(range(7))
WEEKDAYS = frozenset(range(5))
WEEKEND = frozenset({5, 6})


def plural(count: int, noun: str, many: str = "") -> str:
    """Return `1 segment`, `2 segments`, `3 people`."""
    return f"{count} {noun if count == 1 else many or noun + 's'}"


def listed(words: Iterable[str], last: str = "and") -> str:
    """Return `a`, `a and b`, `a, b and c`."""
    *first, end = words
    return f"{', '.join(first)} {last} {end}" if first else end


def span_in_words(span: timedelta) -> str:
    """Return `1 hour 30 minutes`, `2 days`, `45 seconds`."""
    return " ".join(_parts(span)) or "no time"


def roughly(span: timedelta) -> str:
    """Return a span by its two largest units: `3 days`, `1 day 4 hours`, `20 minutes`, `less than a minute`."""
    return " ".join(_parts(span // _MINUTE * _MINUTE)[:2]) or "less than a minute"


def _parts(span: timedelta) -> list[str]:
    minutes, seconds = divmod(span // timedelta(seconds=1), 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    counts = ((days, "day"), (hours, "hour"), (minutes, "minute"), (seconds, "second"))
    return [plural(count, noun) for count, noun in counts if count]


def day_in_words(day: date) -> str:
    """Return `5 January 2026`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def day_names(weekdays: Iterable[int]) -> str:
    """Return `Monday and Friday`."""
    return listed(DAYS[day] for day in sorted(weekdays))


def nth_in_words(number: int) -> str:
    """Return `first`, `12th`, `last`, `second to last` for a place counted from the start, or (below 0) the end."""
    return _NTH.get(number) or (_ordinal(number) if number > 0 else f"{_ordinal(-number)} to last")


def nth_days(which: Iterable[tuple[int, int]]) -> str:
    """Return `the first Monday and every Friday` for (nth, weekday) pairs; an nth of 0 means every."""
    return listed(
        f"the {nth_in_words(nth)} {DAYS[weekday]}" if nth else f"every {DAYS[weekday]}" for nth, weekday in which
    )


def _ordinal(number: int) -> str:
    teen = 10 < number % 100 < 14  # noqa: PLR2004 - 11th, 12th, 13th
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def month_days(days: Iterable[int]) -> str:
    """Return `the 1st and the last day`; days from the end come last."""
    ordered = sorted(days, key=lambda day: (day < 0, abs(day)))
    return listed(f"the {_ordinal(day)}" if day > 0 else f"the {nth_in_words(day)} day" for day in ordered)


def any_day(weekdays: frozenset[int]) -> str:
    """Return `weekday`, or `Monday or Friday`."""
    return "weekday" if weekdays == WEEKDAYS else listed((DAYS[day] for day in sorted(weekdays)), "or")


def time_until(span: timedelta) -> str:
    """Return `in 10 h 12 min`, or `now`."""
    minutes = round(span.total_seconds() / 60)
    if minutes < 1:
        return "now"
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [
        f"{days} d" if days else "",
        f"{hours} h" if hours else "",
        f"{minutes} min" if minutes and not days else "",
    ]
    return "in " + " ".join(part for part in parts if part)


def day(moment: date) -> str:
    """Return `Mon 2 Nov`."""
    return f"{moment:%a} {moment.day} {moment:%b}"


def long_day(moment: date) -> str:
    """Return `Monday 2 November 2026`."""
    return f"{moment:%A} {day_in_words(moment)}"


def local_day(moment: datetime) -> str:
    """Return `Mon 2 Nov 08:30`."""
    return f"{day(moment)} {moment:%H:%M}"


def elsewhere(moment: datetime, person: Recipient) -> str:
    """Return `08:00 where sam is`, for a time by this machine's clock; '' where the clocks there show the same."""
    here, there = moment.astimezone(), moment.astimezone(person.zone)
    if here.utcoffset() == there.utcoffset():
        return ""
    other_day = "" if here.date() == there.date() else f"{day(there)} "
    return f"{other_day}{there:%H:%M} where {person.id} is"
