"""Friendly words to dates: single ones, yearly and monthly ones, spans, pauses and hard days.

Like `words`: every function takes the text as it was written, and raises Flaw with a remedy.
"""

import re
from calendar import month_name, monthrange
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import NamedTuple

from nudger.config.flaws import Flaw, did_you_mean, quote, remedy, sentences, tried
from nudger.config.values import loose_dates
from nudger.config.values.scalars import DAY_WORDS, calendar_date
from nudger.domain.recipients import Pause
from nudger.domain.schedules import Exceptions, OnDates

PUBLIC_HOLIDAYS = "public holidays"
LAST = -1
"""The last day of a month, as `OnDates.monthly` has it."""
MONTH_DAY_PATTERN = r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
DATE_PATTERN = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
DAY_OF_MONTH_PATTERN = "^[0-9]{1,2}(st|nd|rd|th)?$"
_LEAP_YEAR = 2024
_LAST_WORDS = frozenset({"last", "last day"})
_MONTH_DAY = re.compile(r"([0-9]{1,2})-([0-9]{1,2})\Z")
_NUMBERED_DAY = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?\Z")
_SPAN = re.compile(r"(.{1,40}?) (to|until|till|-|\u2013|\u2014) (.{1,40})\Z", re.DOTALL)
_A_DATE = 'Write 2026-12-24, 12-24 (every year), 15 (every month) or "last".'
_AN_EXCEPTION = "Write 2026-12-24, 12-24 (every year), 2026-12-20 to 2027-01-03, or public holidays."
_A_PAUSE = "Write until 2027-01-03, or 2026-12-20 to 2027-01-03."


class MonthDay(NamedTuple):
    """A day of every year."""

    month: int
    day: int

    def __str__(self) -> str:
        return f"{self.month:02}-{self.day:02}"


class HardDate(NamedTuple):
    """A day of every year, or of one."""

    month: int
    day: int
    year: int | None = None


def month_day(text: str) -> MonthDay:
    """Return a day of every year, written as MM-DD; 29 February is one."""
    match = _MONTH_DAY.match(text.strip())
    if not match:
        raise Flaw(f"{quote(text)} is no day of a year", "Write month-day, as in 12-24.")
    month, day = int(match[1]), int(match[2])
    if _exists(month, day) and len(text.strip()) < len("MM-DD"):
        raise Flaw(
            f"{quote(text)} is no day of a year",
            f"Month first: write {month:02}-{day:02} for {day} {month_name[month]}.",
        )
    if _exists(month, day):
        return MonthDay(month, day)
    remedy = f"Month first: write {day:02}-{month:02}." if _exists(day, month) else "Write month-day, as in 12-24."
    raise Flaw(f"{quote(text)} is a day that no year has", remedy)


def _exists(month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= monthrange(_LEAP_YEAR, month)[1]  # noqa: PLR2004 - months of a year


def some_dates(text: str) -> OnDates:
    """Return one date, one day of every year, or one day of every month, as what happens then."""
    word = " ".join(text[:40].lower().split()) if len(text) <= 40 else ""  # noqa: PLR2004 - no such word is longer
    if word in _LAST_WORDS:
        return OnDates(monthly=frozenset({LAST}))
    if numbered := _NUMBERED_DAY.match(word):
        return OnDates(monthly=frozenset({_day_of_a_month(text, int(numbered[1]))}))
    if _MONTH_DAY.match(word):
        return OnDates(yearly=frozenset({month_day(word)}))
    if _SPAN.match(text[:100]):
        raise Flaw(f"{quote(text)} is a span", "Use days: daily with starts and ends, or list its dates one by one.")
    return OnDates(dates=frozenset({_date(text, _A_DATE, some_dates)}))


def _day_of_a_month(text: str, day: int) -> int:
    if 1 <= day <= 31:  # noqa: PLR2004 - the longest month
        return day
    raise Flaw(f"{quote(text)} is a day that no month has", '1 to 31, or "last".')


def exception(text: str) -> Exceptions:
    """Return what one entry of `except` leaves out."""
    word = " ".join(text[:80].lower().split())
    if word == PUBLIC_HOLIDAYS:
        return Exceptions(public_holidays=True)
    if len(word) <= 40 and _MONTH_DAY.match(word):  # noqa: PLR2004 - no such word is longer
        return Exceptions(yearly=frozenset({month_day(word)}))
    if word in DAY_WORDS:
        raise Flaw(f"{quote(text)} is no exception", "Leave such days out of `days` instead.")
    if _SPAN.match(text[:100]):
        return Exceptions(spans=(span(text),))
    return Exceptions(dates=frozenset({_date(text, sentences(_AN_EXCEPTION, _near(word)), exception)}))


def _near(word: str) -> str:
    return did_you_mean(word, [PUBLIC_HOLIDAYS]) if len(word) > 5 else ""  # noqa: PLR2004 - shorter is like nothing


def span(text: str) -> tuple[date, date]:
    """Return the first and the last date of `2026-12-20 to 2027-01-03`."""
    match = _SPAN.match(text.strip()) if len(text) <= 100 else None  # noqa: PLR2004 - no span is longer
    if not match:
        otherwise = "Write 2026-12-20 to 2027-01-03."
        raise Flaw(f"{quote(text)} is no span of dates", lambda: remedy(span, loose_dates.spans(text), otherwise))
    if any(_MONTH_DAY.match(end.strip()) for end in (match[1], match[3])):
        raise Flaw(f"{quote(text)} is a span without its years", "Write 2026-12-20 to 2027-01-03.")
    try:
        first, last = calendar_date(match[1].strip()), calendar_date(match[3].strip())
    except Flaw as flaw:
        raise Flaw(flaw.what, partial(_span_remedy, text, flaw)) from None
    if match[2] != "to":
        raise Flaw(f"{quote(text)} is no span of dates", f"Write {first} to {last}.")
    if last < first:
        raise Flaw(f"{quote(text)} ends before it starts", f"The earlier date first: write {last} to {first}.")
    return first, last


def _span_remedy(text: str, flaw: Flaw) -> str:
    return remedy(span, loose_dates.spans(text), flaw.expected)


def pause(text: str) -> Pause:
    """Return a pause: `until DATE`, `DATE to DATE`, or one date."""
    words = " ".join(text[:100].split())
    if len(text) > 100 or words.lower().startswith(("from ", "since ")):  # noqa: PLR2004 - no pause is longer
        endless = "" if any(loose_dates.spans(text)) else ": it has no last day"
        raise Flaw(f"{quote(text)} is no pause{endless}", lambda: remedy(pause, loose_dates.spans(text), _A_PAUSE))
    until, _, last_day = words.partition(" ")
    if until.lower() == "until":
        return Pause(last=_date(last_day, _A_PAUSE, calendar_date, "until "))
    if until.lower() in _UNTIL:
        proposals = [f"until {each}" for each in (last_day, *loose_dates.dates(last_day))]
        raise Flaw(f"{quote(text)} is no pause", lambda: remedy(pause, proposals, _A_PAUSE))
    if _SPAN.match(words):
        first, last = span(words)
        return Pause(first=first, last=last)
    once = _date(words, _A_PAUSE, pause)
    return Pause(first=once, last=once)


_UNTIL = frozenset({"till", "til", "to", "through", "thru", "hasta", "bis", "up"})


def hard_date(text: str) -> HardDate:
    """Return a day that is hard: `11-03` of every year, or `2027-02-14`."""
    if len(text) <= 10 and _MONTH_DAY.match(text.strip()):  # noqa: PLR2004 - the length of a date
        return HardDate(*month_day(text))
    day = _date(text, "Write 11-03 for every year, or 2027-02-14 for one.", hard_date)
    return HardDate(day.month, day.day, day.year)


def _date(text: str, otherwise: str, read: Callable[[str], object], before: str = "") -> date:
    """Return a date; where it is none, say what `read` would take in its place, after the words `before` it."""
    said = text.strip()
    if len(text) <= 40 and loose_dates.ISO_DATE.match(said):  # noqa: PLR2004 - no date is longer
        return calendar_date(said)
    raise Flaw(f"{quote(text)} is no date", lambda: _date_remedy(text, otherwise, read, before))


def _date_remedy(text: str, otherwise: str, read: Callable[[str], object], before: str) -> str:
    found = tried(read, (*loose_dates.dates(text), *loose_dates.spans(text)))
    return f"Write {before}{found}." if found else otherwise
