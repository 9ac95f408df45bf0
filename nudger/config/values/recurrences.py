"""Friendly words to what recurs: days of weeks and months, `every`, counts, and the phases of a programme.

Like `words`: every function takes the text as it was written, and raises Flaw with a remedy.
"""

import re
from functools import partial
from typing import NamedTuple

from nudger.config.flaws import Flaw, did_you_mean, listed, nearest, quote, remedy, sentences, tried
from nudger.config.values import loose, loose_dates
from nudger.config.values.dates import PUBLIC_HOLIDAYS, some_dates
from nudger.config.values.loose import DAYS
from nudger.config.values.scalars import DAY_WORDS
from nudger.domain.schedules import MonthlyWeekdays, OnPublicHolidays, Weekly

DAYS_OF_A_WEEK = 7
MAX_EVERY_DAYS = 366
MAX_PROGRAMME_WEEKS = 520
MAX_PROGRAMME_DAYS = MAX_PROGRAMME_WEEKS * DAYS_OF_A_WEEK
MAX_TIMES = 24

DayRule = Weekly | MonthlyWeekdays | OnPublicHolidays
"""What one word of `days` can stand for."""

_NTH = {
    **{
        word: n
        for n, words in enumerate(("first 1st", "second 2nd", "third 3rd", "fourth 4th", "fifth 5th"), 1)
        for word in words.split()
    },
    "last": -1,
}
EVERY_PATTERN = "^[0-9]+ ?[A-Za-z]+$"
STRETCH_PATTERN = "^[0-9]+ ?((-|to) ?([0-9]+)?)?$"
NTH_PATTERN = "^([Ff]irst|1st|[Ss]econd|2nd|[Tt]hird|3rd|[Ff]ourth|4th|[Ff]ifth|5th|[Ll]ast) +[A-Za-z]+$"
_ONE_DAY = {word: min(days) for word, days in DAY_WORDS.items() if len(days) == 1}
_LONGEST = 40
_EVERY = re.compile(r"([0-9]{1,5}) ?(days?|weeks?)\Z")
_NUMBER = re.compile(r"[0-9]{1,5}\Z")
_STRETCH = re.compile(r"([0-9]{1,5}) ?(?:(-|\u2013|to) ?([0-9]{1,5})?)?\Z")
_KNOWN_DAYS = ["daily", "weekdays", "weekends", *(day[:3] for day in DAYS), "first monday", "last friday"]


def day_rule(text: str) -> DayRule:
    """Return what a word of `days` stands for: weekdays, a numbered weekday of each month, or public holidays."""
    words = text.strip().lower().split() if len(text) <= _LONGEST else []
    if " ".join(words) == PUBLIC_HOLIDAYS:
        return OnPublicHolidays()
    if len(words) == 2 and words[0] in _NTH and words[1] in _ONE_DAY:  # noqa: PLR2004 - which one, and the day
        return MonthlyWeekdays(which=frozenset({(_NTH[words[0]], _ONE_DAY[words[1]])}))
    if " ".join(words) in DAY_WORDS:
        return Weekly(weekdays=DAY_WORDS[words[0]])
    raise Flaw(f"{quote(text)} is no day", lambda: _day_remedy(text, words))


def _day_remedy(text: str, words: list[str]) -> str:
    joined = " ".join(words)
    several = _several(text) or [day[:3] for day in loose.all_but(text)]
    if found := tried(day_rule, (*loose.days(text), " ".join(reversed(words)))):
        return f"Write {found}."
    if several:
        return f"Write [{', '.join(several)}]."
    if (of_month := _OF_MONTH.fullmatch(joined)) and (number := tried(some_dates, [_number_of(of_month[1])])):
        return f"Write dates: [{number}] in place of `days`."
    if len(words) == 2 and (words[0] in _NTH or words[1] in _ONE_DAY):  # noqa: PLR2004
        near = nearest(words[0], _NTH), nearest(words[1], DAYS)
        meant = f"Did you mean '{near[0]} {near[1]}'?" if all(near) else ""
        return sentences('Write "first monday", "2nd tue" or "last friday".', meant)
    return (
        _elsewhere(joined)
        or did_you_mean(joined, [PUBLIC_HOLIDAYS])
        or sentences(listed(_KNOWN_DAYS), did_you_mean(text, _PROPOSED))
    )


def _number_of(word: str) -> str:
    return word if word == "last" else str(_NTH.get(word, word.rstrip("stndrh")))


def _elsewhere(words: str) -> str:
    """Return what to write where these are no days, but can be said with another key."""
    if re.search("[,;&/]", words):
        return "Write a list of the days' names, as in [mon, wed]."
    if dates := [each for each in (words, *loose_dates.dates(words)) if _reads_as_date(each)]:
        return f"Write dates: [{dates[0]}] in place of `days`."
    count = re.fullmatch(r"every (.*(?:days?|weeks?|fortnight))", words)
    found = tried(every, (count[1], *loose.lengths(count[1]))) if count else None
    return f"Write every: {found} and starts: 2026-01-05." if found else ""


_OF_MONTH = re.compile(
    rf"(?:on )?(?:the )?({'|'.join(_NTH)}|[0-9]{{1,2}}(?:st|nd|rd|th))"
    r"(?: day)?(?: of)?(?: the| each| every)?(?: months?)?"
)
"""A day of every month by its number, which `dates` can say."""

_PROPOSED = [*DAYS, "daily", "weekdays", "weekends"]


def _reads_as_date(text: str) -> bool:
    return any(letter.isdigit() for letter in text) and len(text) > 1 and tried(some_dates, [text]) is not None


def _several(text: str) -> list[str]:
    """Return the days of a range, or of a list in one text; none where a word among them is no day."""
    parts = loose.listed(text)
    words = parts if len(parts) > 1 or loose.spelled_out(text) else loose.plain(text).split()
    days = [day for word in words for day in loose.spelled_out(word) or _one_day(word)]
    if len(days) < 2 or "" in days:  # noqa: PLR2004 - one is not several
        return []
    return list(dict.fromkeys(day[:3] if day in DAYS else day for day in days))


def _one_day(word: str) -> list[str]:
    day = tried(day_rule, [word, *loose.days(word)]) or ""
    return [day if day in DAY_WORDS else ""]


def weekdays(text: str) -> frozenset[int]:
    """Return the weekdays (Monday is 0) that a word stands for; the phases of a programme know no other days."""
    rule = day_rule(text)
    if isinstance(rule, Weekly):
        return rule.weekdays
    raise Flaw(f"{quote(text)} is no day of a week", "Write mon, [mon, thu], weekdays or weekends.")


class Every(NamedTuple):
    """How many days lie between; `weeks` is how many weeks that is, where it was said in weeks."""

    days: int
    weeks: int | None = None


def every(text: str) -> Every:
    """Return `N days` or `N weeks`."""
    match = _EVERY.match(text.strip().lower()) if len(text) <= _LONGEST else None
    if not match:
        otherwise = 'Write "2 days" or "1 week".'
        if "month" in text.lower() or "year" in text.lower():
            otherwise = "Months and years are said with dates: [15] (every month) or dates: [12-24] (every year)."
        raise Flaw(
            f"{quote(text)} is no number of days or weeks", lambda: remedy(every, loose.lengths(text), otherwise)
        )
    count, in_weeks = int(match[1]), match[2].startswith("week")
    days = count * (DAYS_OF_A_WEEK if in_weeks else 1)
    if not 1 <= days <= MAX_EVERY_DAYS:
        raise Flaw(f"{quote(text)} is out of range", f"1 to {MAX_EVERY_DAYS} days.")
    return Every(days, count if in_weeks else None)


def number(text: str, low: int, high: int) -> int:
    """Return a whole number from `low` to `high`."""
    if not (_NUMBER.match(text.strip()) if len(text) <= _LONGEST else None):
        meant = partial(remedy, partial(number, low=low, high=high), loose.numbers(text))
        raise Flaw(f"{quote(text)} is no whole number", lambda: sentences(f"{low} to {high}.", meant()))
    if not low <= int(text) <= high:
        raise Flaw(f"{quote(text)} is out of range", f"{low} to {high}.")
    return int(text)


class Stretch(NamedTuple):
    """Days of a programme, both inclusive; `last` is None where it goes on for ever."""

    first: int
    last: int | None

    def __str__(self) -> str:
        if self.last == self.first:
            return f"day {self.first}"
        return f"days {self.first}-{self.last}" if self.last else f"days {self.first} and after"


def days_of_programme(text: str) -> Stretch:
    """Return days of a programme: `1-14`, `30`, or `15-` without end."""
    return _stretch(text, "days", MAX_PROGRAMME_DAYS)


def weeks_of_programme(text: str) -> Stretch:
    """Return weeks of a programme as days: week 1 is days 1 to 7."""
    first, last = _stretch(text, "weeks", MAX_PROGRAMME_WEEKS)
    return Stretch((first - 1) * DAYS_OF_A_WEEK + 1, last * DAYS_OF_A_WEEK if last else None)


def day_of_programme(text: str) -> Stretch:
    """Return one day of a programme."""
    day = number(text, 1, MAX_PROGRAMME_DAYS)
    return Stretch(day, day)


def _stretch(text: str, noun: str, high: int) -> Stretch:
    match = _STRETCH.match(text.strip().lower()) if len(text) <= _LONGEST else None
    if not match:
        raise Flaw(
            f"{quote(text)} are no {noun} of a programme", f'Write "1-14", "30", or "15-" for all {noun} from then.'
        )
    first = int(match[1])
    last = int(match[3]) if match[3] else None if match[2] else first
    if not 1 <= first <= high or (last is not None and last > high):
        raise Flaw(f"{quote(text)} is out of range", f"{noun} 1 to {high:,}.".capitalize())
    if last is not None and last < first:
        raise Flaw(f"{quote(text)} ends before it starts", f'Write "{last}-{first}"?')
    return Stretch(first, last)
