"""Friendly words to values: times, days, durations, dates, quiet hours, ids.

Every function takes the text as it was written, returns the value, and raises Flaw with a remedy otherwise.
Patterns are flat: none can be made to take long.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, time, timedelta
from enum import StrEnum
from functools import partial
from typing import Literal, TypeVar

from nudger.config.flaws import Flaw, as_written, did_you_mean, listed, quote, remedy, sentences, tried
from nudger.config.values import aliases, loose, loose_dates
from nudger.config.values.loose import DAYS
from nudger.config.yaml import lookalikes
from nudger.domain.recipients import DEFAULT_MOMENTS, QuietHours
from nudger.domain.schedules import Priority, WallTime
from nudger.domain.vocabulary import MessageKey

DAY_WORDS = {
    **{day[:3]: frozenset({number}) for number, day in enumerate(DAYS)},
    **{day: frozenset({number}) for number, day in enumerate(DAYS)},
    "daily": frozenset(range(7)),
    "weekdays": frozenset(range(5)),
    "weekends": frozenset({5, 6}),
}
ID_PATTERN = r"^[a-z0-9][a-z0-9-]{0,59}$"
KEY_PATTERN = r"^[a-z0-9][a-z0-9-]{0,59}/[a-z0-9][a-z0-9-]{0,59}$"
DAYS_PATTERN = r"^([0-9]+ ?(days?|weeks?)|none)$"
MONTH_PATTERN = r"^[0-9]{4}-[0-9]{2}$"
TIME_PATTERN = r"^([01]?[0-9]|2[0-3]):[0-5][0-9]$"
EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)
MAX_DAYS = 366
MAX_GRACE = timedelta(hours=24)
MAX_LONG_DURATION = timedelta(days=3650)
_A_MINUTE = timedelta(minutes=1)
_LONGEST_DURATION = 80

_ID = re.compile(ID_PATTERN.removesuffix("$") + r"\Z")
KEY = re.compile(KEY_PATTERN.removesuffix("$") + r"\Z")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})\Z")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})\Z")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])\Z")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-(?:[A-Za-z]{2}|[0-9]{3}))?\Z")
_DAYS = re.compile(r"([0-9]{1,5}) ?(days?|weeks?)\Z")
_HOURS = re.compile(r"([0-9]{1,5}) ?(hours?|hrs?|h|minutes?|mins?|m)")
_WEEKS = re.compile(r"([0-9]{1,5}) ?(weeks?|w|days?|d|hours?|hrs?|h|minutes?|mins?|m)")
_MINUTES = {"w": 10_080, "d": 1440, "h": 60, "m": 1}
_IN_DAYS = re.compile(r"[0-9]{1,5} ?(days?|weeks?|months?|years?)\Z")
_RANGE = re.compile(r"(.{1,12}?) ?[-\u2013\u2014] ?(.{1,12})\Z", re.DOTALL)

Word = TypeVar("Word", bound=StrEnum)


def identifier(text: str) -> str:
    """Return the text if it can be an id."""
    if _ID.match(text):
        return text
    letters = "Small letters" if text.isascii() else "Small letters (a to z)"
    alphabet = f"{letters}, digits and hyphens, at most 60."
    if odd := lookalikes.first(text):
        what = f"{quote(text)} is no id: {odd} is in it"
        slug = _slug(lookalikes.latin(text))
    else:
        what, slug = f"{quote(text)} is no id", _slug(text)
    raise Flaw(what, sentences(alphabet, f"Write '{slug}'." if slug and _ID.match(slug) else ""))


_SPELLED = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "œ": "oe", "\u0131": "i", "þ": "th"})


def _slug(text: str) -> str:
    """Return a text as an id; '' where a letter of it would be lost."""
    bare = unicodedata.normalize("NFKD", text[:80].casefold().translate(_SPELLED))
    letters = "".join(letter for letter in bare if not unicodedata.combining(letter))
    if any(letter.isalnum() and not letter.isascii() for letter in letters):
        return ""
    return re.sub(r"[^a-z0-9]+", "-", letters)[:60].strip("-")


def choice(text: str, words: type[Word], noun: str) -> Word:
    """Return the word of a closed list."""
    try:
        return words(text)
    except ValueError:
        known = [word.value for word in words]
        raise Flaw(
            f"{quote(text)} is no {noun}",
            lambda: _known_or(known, text, partial(choice, words=words, noun=noun), _other_words(text, noun)),
        ) from None


def _known_or(known: Collection[str], text: str, read: Callable[[str], object], proposals: Iterable[str]) -> str:
    """Return the words that there are, and which of them is meant."""
    meant = tried(read, proposals)
    return sentences(listed(known), f"Write {meant}." if meant else did_you_mean(text, known))


def _other_words(text: str, noun: str) -> Iterator[str]:
    """Yield what a word of a closed list may be in other words."""
    yield loose.plain(text)
    yield loose.plain(text).replace(" ", "-").replace("_", "-")
    if noun == "channel":
        yield from filter(None, [aliases.channel(text)])
        if loose.plain(text) in {"any", "both", "either", "all", "default", "sms or email", "sms, email", "auto"}:
            yield "preferred"
    if noun == "part of the day":
        yield from loose.moments(text)


def wall_time(text: str) -> time:
    """Return a time of day."""
    match = _TIME.match(text)
    if match and int(match[1]) <= 23 and int(match[2]) <= 59:  # noqa: PLR2004 - a day has 24 hours
        return time(int(match[1]), int(match[2]))
    if text == "24:00":
        raise Flaw("'24:00' is the end of a day, not a time of it", 'Write "23:59", or "00:00" for the start of a day.')
    raise Flaw(f"{quote(text)} is no time of day", lambda: _time_remedy(text))


def _time_remedy(text: str) -> str:
    if zoneless := tried(wall_time, [loose.without_zone(text)]):
        return f'Write "{zoneless}": each person has their own clock, and their zone stands with the person.'
    several = [tried(wall_time, loose.times(word)) for word in loose.listed(text)]
    if len(several) > 1 and all(several):
        return f"Write a list: [{', '.join(map(as_written, filter(None, several)))}]."
    span = next(loose.hours(text), "")
    if match := _RANGE.match(span):
        return f'Write between: ["{match[1]}", "{match[2]}"] in place of `at`.'
    return remedy(wall_time, loose.times(text), 'Write hours and minutes, 00:00 to 23:59, as in "08:30".')


def moment(text: str) -> str:
    """Return the name of a moment that each person has at their own time."""
    if text in DEFAULT_MOMENTS:
        return text
    raise Flaw(f"{quote(text)} is no moment", lambda: _moment_remedy(text))


def _moment_remedy(text: str) -> str:
    several = [tried(time_or_moment, [word, *loose.moments(word), *loose.times(word)]) for word in loose.listed(text)]
    if len(several) > 1 and all(several):
        return f"Write a list: [{', '.join(map(as_written, filter(None, several)))}]."
    return _known_or(DEFAULT_MOMENTS, text, moment, loose.moments(text))


def time_or_moment(text: str) -> WallTime:
    """Return a time of day, or the name of a moment."""
    looks_like_name = text[:1].isalpha() and not any(letter.isdigit() for letter in text[:20])
    if looks_like_name and text.strip().lower() not in {"noon", "midnight"}:
        return moment(text)
    return wall_time(text)


def duration(text: str) -> timedelta:
    """Return how long: `2 hours`, `up to 2 hours`, `1 hour 30 minutes`, `2h`, `90m`."""
    words = _one_line(text).removeprefix("up to ")
    if _IN_DAYS.match(words):
        raise Flaw(f"{quote(text)} is out of range", "1 minute to 24 hours.")
    length = _length(words, _HOURS) if len(text) <= _LONGEST_DURATION else None
    if length is None:
        otherwise = 'Write "45 minutes", "2 hours" or "1 hour 30 minutes".'
        raise Flaw(f"{quote(text)} is no length of time", lambda: remedy(duration, loose.lengths(text), otherwise))
    if not _A_MINUTE <= length <= MAX_GRACE:
        raise Flaw(f"{quote(text)} is out of range", "1 minute to 24 hours.")
    return length


def long_duration(text: str) -> timedelta:
    """Return how long, also in days: `3 days`, `1 day 4 hours`, `90 minutes`, `2 weeks`."""
    length = _length(_one_line(text), _WEEKS) if len(text) <= _LONGEST_DURATION else None
    if length is None:
        otherwise = 'Write "3 days", "12 hours" or "90 minutes".'
        raise Flaw(f"{quote(text)} is no length of time", lambda: remedy(long_duration, loose.lengths(text), otherwise))
    if not _A_MINUTE <= length <= MAX_LONG_DURATION:
        raise Flaw(f"{quote(text)} is out of range", f"1 minute to {MAX_LONG_DURATION.days:,} days.")
    return length


def _one_line(text: str) -> str:
    return " ".join(text[:_LONGEST_DURATION].lower().split())


def _length(words: str, units: re.Pattern[str]) -> timedelta | None:
    """Return the sum of all numbers with a unit; None where there is none, or anything but "and" between them."""
    parts = units.findall(words)
    if not parts or units.sub("", words).replace("and", "").replace(",", "").strip():
        return None
    return timedelta(minutes=sum(int(number) * _MINUTES[unit[0]] for number, unit in parts))


def length_in_days(text: str) -> int:
    """Return `7 days`, `1 week` or `none` as a number of days."""
    word = text.strip().lower() if len(text) <= _LONGEST_DURATION else ""
    match = _DAYS.match(word)
    if word != "none" and not match:
        otherwise = 'Write "7 days", "1 week" or none.'
        raise Flaw(
            f"{quote(text)} is no number of days", lambda: remedy(length_in_days, loose.lengths(text), otherwise)
        )
    days = int(match[1]) * (7 if match[2].startswith("week") else 1) if match else 0
    if days > MAX_DAYS:
        raise Flaw(f"{quote(text)} is out of range", f"0 to {MAX_DAYS} days.")
    return days


def calendar_date(text: str) -> date:
    """Return a date written as YYYY-MM-DD."""
    match = _DATE.match(text)
    if not match:
        raise Flaw(f"{quote(text)} is no date", lambda: _date_remedy(text))
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise Flaw(f"{quote(text)} is a date that does not exist", "Year, month, day.") from None
    if not EARLIEST <= day <= LATEST:
        raise Flaw(f"{quote(text)} is out of range", f"{EARLIEST} to {LATEST}.")
    return day


def _date_remedy(text: str) -> str:
    found = tried(calendar_date, loose_dates.dates(text))
    return f"Write {found} (year-month-day)." if found else "Write year-month-day, as in 2026-01-05."


def month(text: str) -> str:
    """Return a month written as YYYY-MM."""
    if not _MONTH.match(text):
        otherwise = "Write year-month, as in 2027-11."
        raise Flaw(f"{quote(text)} is no month", lambda: remedy(month, loose_dates.months(text), otherwise))
    return text


def language(text: str) -> str:
    """Return a language tag in its usual spelling: `en`, `pt-BR`, `zh-Hant`."""
    if not _LANGUAGE.match(text) or (len(text) <= 3 and aliases.language(text)):  # noqa: PLR2004 - eng, which is en
        proposals = [aliases.language(text) or "", text.strip().replace("_", "-").partition(".")[0]]
        otherwise = "Write a tag such as en, de or pt-BR."
        raise Flaw(f"{quote(text)} is no language tag", lambda: remedy(language, proposals, otherwise))
    first, *rest = text.split("-")
    return "-".join([first.lower(), *(part.title() if len(part) > 3 else part.upper() for part in rest)])  # noqa: PLR2004


def quiet_hours(text: str) -> QuietHours | None:
    """Return the daily window in which nothing is sent, or None for `none`."""
    if text.strip().lower() == "none":
        return None
    match = _RANGE.match(text.strip())
    try:
        start, end = (wall_time(match[1]), wall_time(match[2])) if match else (None, None)
    except Flaw:
        start, end = None, None
    if start is None or end is None:
        off = ["none"] if loose.plain(text) in {"no", "off", "never", "nothing", "null", "false", "0", "-"} else []
        proposals = (*loose.hours(text), *off)
        otherwise = 'Write "21:00-08:00", or none.'
        raise Flaw(f"{quote(text)} are no quiet hours", lambda: remedy(quiet_hours, proposals, otherwise))
    if start == end:
        raise Flaw(f"{quote(text)} starts when it ends", 'Write "21:00-08:00", or none for no quiet hours.')
    return QuietHours(start=start, end=end)


def yes_or_no(text: str) -> bool:
    """Return whether it is yes."""
    word = text.strip().lower()
    if word in {"yes", "true"}:
        return True
    if word in {"no", "false"}:
        return False
    raise Flaw(f"{quote(text)} is neither yes nor no", lambda: remedy(yes_or_no, loose.answers(text), _YES_OR_NO))


_YES_OR_NO = "Write yes or no."


def priority(text: str) -> Priority:
    """Return how much a schedule matters beside others."""
    known = [each.name.lower() for each in Priority]
    if text in known:
        return Priority[text.upper()]
    levels = {"urgent": "high", "important": "high", "medium": "normal", "default": "normal", "highest": "high"}
    proposals = [loose.plain(text), levels.get(loose.plain(text), "")]
    raise Flaw(f"{quote(text)} is no priority", lambda: _known_or(known, text, priority, proposals))


def message_key(text: str) -> MessageKey:
    """Return the key of a message, `library/message`."""
    if KEY.match(text):
        return MessageKey(text)
    raise Flaw(f"{quote(text)} names no message", "Write library/message, as in self-kindness/friends-voice.")


def weekend_quiet_hours(text: str) -> QuietHours | Literal["same"] | None:
    """Return the quiet hours of weekends: a window, `same` as on other days, or None for `none`."""
    return "same" if text == "same" else quiet_hours(text)


def everyone(text: str) -> str:
    """Return 'everyone', the one word that `to` may be."""
    if text != "everyone":
        raise Flaw(f"{quote(text)} is nobody", lambda: _whom(text))
    return text


_EVERYONE = frozenset(
    {"all", "everybody", "anyone", "anybody", "any", "each", "todos", "alle", "all people", "all recipients", "*"}
)


def _whom(text: str) -> str:
    name = tried(identifier, [text.strip(), _slug(text)])
    if loose.plain(text) in _EVERYONE or not name:
        return "Write everyone."
    return did_you_mean(text, ["everyone"]) or f"Write everyone, {{group: {name}}} or {{recipient: {name}}}."
