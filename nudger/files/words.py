"""Friendly words to values: times, days, durations, dates, quiet hours, ids.

Every function takes the text as it was written, returns the value, and raises Flaw with a remedy otherwise.
Patterns are flat: none can be made to take long.
"""

import re
import unicodedata
from datetime import date, time, timedelta
from enum import StrEnum
from typing import TypeVar

from nudger.domain.recipients import DEFAULT_MOMENTS, QuietHours
from nudger.domain.schedules import EveryDays, WallTime
from nudger.files.flaws import Flaw, did_you_mean, listed, quote, sentences

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_WORDS = {
    **{day[:3]: frozenset({number}) for number, day in enumerate(DAYS)},
    **{day: frozenset({number}) for number, day in enumerate(DAYS)},
    "daily": frozenset(range(7)),
    "weekdays": frozenset(range(5)),
    "weekends": frozenset({5, 6}),
}
ID_PATTERN = r"^[a-z0-9][a-z0-9-]{0,59}$"
TIME_PATTERN = r"^([01]?[0-9]|2[0-3]):[0-5][0-9]$"
EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)
MAX_EVERY_DAYS = 366
MAX_GRACE = timedelta(hours=24)
_LONGEST_DURATION = 80

_ID = re.compile(ID_PATTERN.removesuffix("$") + r"\Z")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})\Z")
_LOOSE_TIME = re.compile(r"([0-9]{1,2})(?:[:.h ]?([0-9]{2}))?(?::[0-9]{2})? ?([ap])?\.?(?:m\.?)?\Z")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})\Z")
_LOOSE_DATE = re.compile(r"([0-9]{1,4})[-/. ]([0-9]{1,2})[-/. ]([0-9]{1,4})\Z")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])\Z")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-(?:[A-Za-z]{2}|[0-9]{3}))?\Z")
_EVERY = re.compile(r"([0-9]{1,5}) ?(days?|weeks?)\Z")
_DURATION_PART = re.compile(r"([0-9]{1,5}) ?(hours?|hrs?|h|minutes?|mins?|m)")
_RANGE = re.compile(r"(.{1,12}?) ?[-\u2013\u2014] ?(.{1,12})\Z", re.DOTALL)

Word = TypeVar("Word", bound=StrEnum)


def identifier(text: str) -> str:
    """Return the text if it can be an id."""
    if _ID.match(text):
        return text
    plain = unicodedata.normalize("NFKD", text[:60].lower()).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    write = f" Write '{slug}'." if slug else ""
    raise Flaw(f"{quote(text)} is no id", f"Small letters, digits and hyphens, at most 60.{write}")


def choice(text: str, words: type[Word], noun: str) -> Word:
    """Return the word of a closed list."""
    try:
        return words(text)
    except ValueError:
        known = [word.value for word in words]
        raise Flaw(f"{quote(text)} is no {noun}", sentences(listed(known), did_you_mean(text, known))) from None


def wall_time(text: str) -> time:
    """Return a time of day."""
    match = _TIME.match(text)
    if match and int(match[1]) <= 23 and int(match[2]) <= 59:  # noqa: PLR2004 - a day has 24 hours
        return time(int(match[1]), int(match[2]))
    if text == "24:00":
        raise Flaw("'24:00' is the end of a day, not a time of it", 'Write "23:59", or "00:00" for the start of a day.')
    raise Flaw(f"{quote(text)} is no time of day", _time_remedy(text))


def _time_remedy(text: str) -> str:
    match = _LOOSE_TIME.match(text.strip().lower())
    named = {"noon": "12:00", "midday": "12:00", "midnight": "00:00"}.get(text.strip().lower())
    if match:
        hour, minute = int(match[1]), int(match[2] or 0)
        hour = hour % 12 + (12 if match[3] == "p" else 0) if match[3] else hour
        named = f"{hour:02}:{minute:02}" if hour <= 23 and minute <= 59 else None  # noqa: PLR2004
    return f'Write "{named}".' if named else 'Write hours and minutes, 00:00 to 23:59, as in "08:30".'


def moment(text: str) -> str:
    """Return the name of a moment that each person has at their own time."""
    if text in DEFAULT_MOMENTS:
        return text
    expected = sentences(listed(DEFAULT_MOMENTS), did_you_mean(text, DEFAULT_MOMENTS))
    raise Flaw(f"{quote(text)} is no moment", expected)


def time_or_moment(text: str) -> WallTime:
    """Return a time of day, or the name of a moment."""
    looks_like_name = text[:1].isalpha() and not any(letter.isdigit() for letter in text[:20])
    if looks_like_name and text.strip().lower() not in {"noon", "midnight"}:
        return moment(text)
    return wall_time(text)


def weekdays(text: str) -> frozenset[int]:
    """Return the weekdays (Monday is 0) that a word stands for."""
    days = DAY_WORDS.get(text.strip().lower())
    if days is None:
        known = ["daily", "weekdays", "weekends", *(day[:3] for day in DAYS)]
        hint = "Write a list: [mon, wed]." if re.search(r"[,;&/ ]", text.strip()) else ""
        hint = hint or sentences(listed(known), did_you_mean(text, DAY_WORDS))
        raise Flaw(f"{quote(text)} is no day", hint)
    return days


def every(text: str) -> EveryDays:
    """Return `N days` or `N weeks` as days."""
    match = _EVERY.match(text.strip().lower())
    if not match:
        raise Flaw(f"{quote(text)} is no number of days or weeks", 'Write "2 days" or "1 week".')
    days = int(match[1]) * (7 if match[2].startswith("week") else 1)
    if not 1 <= days <= MAX_EVERY_DAYS:
        raise Flaw(f"{quote(text)} is out of range", f"1 to {MAX_EVERY_DAYS} days.")
    return EveryDays(count=days)


def duration(text: str) -> timedelta:
    """Return how long: `2 hours`, `up to 2 hours`, `1 hour 30 minutes`, `2h`, `90m`."""
    words = " ".join(text[:_LONGEST_DURATION].lower().split()).removeprefix("up to ")
    parts = _DURATION_PART.findall(words)
    rest = _DURATION_PART.sub("", words).replace("and", "").replace(",", "").strip()
    if not parts or rest or len(text) > _LONGEST_DURATION:
        raise Flaw(f"{quote(text)} is no length of time", 'Write "45 minutes", "2 hours" or "1 hour 30 minutes".')
    minutes = sum(int(number) * (60 if unit.startswith("h") else 1) for number, unit in parts)
    length = timedelta(minutes=minutes)
    if not timedelta(minutes=1) <= length <= MAX_GRACE:
        raise Flaw(f"{quote(text)} is out of range", "1 minute to 24 hours.")
    return length


def calendar_date(text: str) -> date:
    """Return a date written as YYYY-MM-DD."""
    match = _DATE.match(text)
    if not match:
        raise Flaw(f"{quote(text)} is no date", _date_remedy(text))
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise Flaw(f"{quote(text)} is a date that does not exist", "Year, month, day.") from None
    if not EARLIEST <= day <= LATEST:
        raise Flaw(f"{quote(text)} is out of range", f"{EARLIEST} to {LATEST}.")
    return day


def _date_remedy(text: str) -> str:
    match = _LOOSE_DATE.match(text.strip())
    if match and len(match[1]) == 4:  # noqa: PLR2004 - a year; any other order would be a guess
        return f"Write {match[1]}-{int(match[2]):02}-{int(match[3]):02} (year-month-day)."
    return "Write year-month-day, as in 2026-01-05."


def month(text: str) -> str:
    """Return a month written as YYYY-MM."""
    if not _MONTH.match(text):
        raise Flaw(f"{quote(text)} is no month", "Write year-month, as in 2027-11.")
    return text


def language(text: str) -> str:
    """Return a language tag in its usual spelling: `en`, `pt-BR`, `zh-Hant`."""
    if not _LANGUAGE.match(text):
        raise Flaw(f"{quote(text)} is no language tag", "Write a tag such as en, de or pt-BR.")
    first, *rest = text.split("-")
    return "-".join([first.lower(), *(part.title() if len(part) > 3 else part.upper() for part in rest)])  # noqa: PLR2004


def quiet_hours(text: str) -> QuietHours | None:
    """Return the daily window in which nothing is sent, or None for `none`."""
    if text.strip().lower() == "none":
        return None
    match = _RANGE.match(text.strip())
    if not match:
        raise Flaw(f"{quote(text)} are no quiet hours", 'Write "21:00-08:00", or none.')
    start, end = wall_time(match[1]), wall_time(match[2])
    if start == end:
        raise Flaw(f"{quote(text)} starts when it ends", 'Write "21:00-08:00", or none for no quiet hours.')
    return QuietHours(start=start, end=end)


def everyone(text: str) -> str:
    """Return 'everyone', the one word that `to` may be."""
    if text != "everyone":
        name = quote(text)[1:-1]
        hint = did_you_mean(text, ["everyone"]) or f"Write everyone, {{group: {name}}} or {{recipient: {name}}}."
        raise Flaw(f"{quote(text)} is nobody", hint)
    return text


def yes_or_no(text: str) -> bool:
    """Return whether it says yes."""
    answer = {"yes": True, "true": True, "no": False, "false": False}.get(text.strip().lower())
    if answer is None:
        raise Flaw(f"{quote(text)} is neither yes nor no", "Write yes or no.")
    return answer


def line(text: str, limit: int) -> str:
    """Return a text of one line."""
    if "\n" in text.strip() or "\r" in text:
        raise Flaw("one line is expected here, not several", "Put it on one line.")
    return words_of_at_most(text, limit)


def words_of_at_most(text: str, limit: int) -> str:
    """Return a text that is not empty and not longer than `limit`."""
    if not text.strip():
        raise Flaw("there is no text here", "Write some, or leave the key out.")
    if len(text) > limit:
        raise Flaw(f"the text has {len(text):,} characters", f"At most {limit:,}.")
    return text.strip()
