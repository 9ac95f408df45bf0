"""What people write for times, days and lengths where nudger has one way of writing each: what may be meant.

Nothing here is read as if it had been written well. Every function yields proposals in nudger's own words, best first,
and whoever refuses a text tries them before one is offered (`flaws.tried`).
"""

import re
import unicodedata
from collections.abc import Iterator

from nudger.config.yaml import lookalikes

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LONGEST = 80
_RANGE = re.compile(
    r"(?:from |between |von |de |del |desde )?(.{1,30}?) ?"
    r"(?:\.\.+|[-\u2010-\u2015]|\b(?:to|through|thru|until|till|til|bis|and|a|al|hasta|y)\b) ?(.{1,30})\Z"
)
_TIME = re.compile(
    r"(?:at )?([0-9]{1,2})(?:[:.,h ]?([0-9]{2}))?(?::[0-9]{2})? ?"
    r"(?:([ap])\.? ?m?\.?|h|hs|hrs?|hours?|uhr|o'?clock)?\Z"
)
_ZONED = re.compile(
    r"(.*[0-9](?: ?[ap]\.?m\.?)?)"
    r"(?: ?z| ?(?:utc|gmt)[+-][0-9]{1,2}(?::?[0-9]{2})?|\+(?:0[0-9]|1[0-4]):?[0-9]{2}"
    r"| (?:[a-z]{1,4}t|utc|msk)| [a-z]+(?:/[a-z_]+)+)\Z"
)
"""A time with a zone: behind a minus two hours may be a window, as in 09:00-11:00."""

_NAMED_TIMES = {"noon": "12:00", "midday": "12:00", "mediodia": "12:00", "midnight": "00:00", "medianoche": "00:00"}
_MOMENTS = {
    "morning": "mornings am breakfast sunrise dawn manana early morgens morgen",
    "midday": "lunch lunchtime afternoon afternoons mittags mittag",
    "evening": "evenings pm dinner sunset dusk tarde abends abend supper",
    "night": "nights bedtime bed noche nachts nacht tonight late",
}
_OTHER_DAYS = {
    "monday": "mo lunes montag lundi lunedi",
    "tuesday": "tu tues martes dienstag mardi martedi",
    "wednesday": "we weds miercoles mittwoch mercredi mercoledi",
    "thursday": "th thur thurs jueves donnerstag jeudi giovedi",
    "friday": "fr viernes freitag vendredi venerdi",
    "saturday": "sa sabado samstag samedi sabato",
    "sunday": "su domingo sonntag dimanche domenica",
    "daily": "day everyday every all any always each each_day every_day all_days all_week diario taglich alldays",
    "weekdays": "weekday workday workdays working_days business_days work_days laborables workweek werktags",
    "weekends": "weekend week_end week_ends fin_de_semana wochenende",
    "public holidays": "holiday holidays bank_holiday bank_holidays public_holiday feriados festivos feiertage",
}
_DAY_OF = {word: day for day, words in _OTHER_DAYS.items() for word in words.split()}
_FROM_TWO = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBERS = {"a": "1", "an": "1", "one": "1", **{word: str(number) for number, word in enumerate(_FROM_TWO, 2)}}


def plain(text: str) -> str:
    """Return a text in small letters, without accents and needless spaces, and short."""
    bare = unicodedata.normalize("NFKD", lookalikes.latin(text[:_LONGEST]).strip("\"' ").casefold())
    return " ".join("".join(letter for letter in bare if not unicodedata.combining(letter)).split())


def parted(text: str) -> tuple[str, str] | None:
    """Return the two ends of a range, however it is written: `a-b`, `a to b`, `from a until b`; None for no range."""
    match = _RANGE.match(plain(text)) if len(text) <= _LONGEST else None
    return (match[1].strip(), match[2].strip()) if match else None


def listed(text: str) -> list[str]:
    """Return the words of what looks like a list in one text: `mon, wed`, `mon and wed`, `mon/wed`."""
    said = plain(text).strip("[]()") if len(text) <= _LONGEST else ""
    return [word.strip() for word in re.split(r"[,;&/+|]| and | und | y ", said) if word.strip()]


def times(text: str) -> Iterator[str]:
    """Yield `08:30` for 8.30, 8:30 am, 8h30, 830, 20h."""
    said = plain(text) if len(text) <= _LONGEST else ""
    if said in _NAMED_TIMES:
        yield _NAMED_TIMES[said]
    if match := _TIME.match(said):
        hour, minute = int(match[1]), int(match[2] or 0)
        if match[3] and 1 <= hour <= 12:  # noqa: PLR2004 - on a clock
            hour = hour % 12 + (12 if match[3] == "p" else 0)
        yield f"{hour:02}:{minute:02}"


def without_zone(text: str) -> str:
    """Return `08:30` for 08:30Z, 08:30+01:00, 8:30 CET or 08:30 Europe/Berlin; '' for what names no zone."""
    match = _ZONED.match(plain(text)) if len(text) <= _LONGEST else None
    return next(times(match[1]), "") if match else ""


def moments(text: str) -> Iterator[str]:
    """Yield `morning` for mornings, in the morning, breakfast."""
    words = set(plain(text).split())
    yield from (moment for moment, others in _MOMENTS.items() if words & {moment, *others.split()})


def hours(text: str) -> Iterator[str]:
    """Yield `21:00-08:00` for 21-8, 9pm to 8am, from 21h until 8h."""
    if ends := parted(text):
        yield from (f"{start}-{end}".replace("24:00", "00:00") for start in times(ends[0]) for end in times(ends[1]))


def days(text: str) -> Iterator[str]:
    """Yield `mon` for Mondays, lunes or every Monday, `weekdays` for mon-fri, `daily` for every day."""
    several = spelled_out(text)
    named = {tuple(DAYS[:5]): "weekdays", tuple(DAYS[5:]): "weekends", DAYS: "daily"}.get(tuple(several))
    if named:
        yield named
    if day := _day(plain(text)):
        yield day


def spelled_out(text: str) -> list[str]:
    """Return the days from the first to the last of a range such as mon-thu or fri to sun; none for anything else."""
    ends = parted(text)
    first, last = (_day(end) for end in ends) if ends else ("", "")
    if first not in DAYS or last not in DAYS:
        return []
    begin, count = DAYS.index(first), (DAYS.index(last) - DAYS.index(first)) % 7 + 1
    return [DAYS[(begin + n) % 7] for n in range(count)]


def all_but(text: str) -> list[str]:
    """Return the days that are left by `daily except sunday`, `not monday` or `every day but fri`; none otherwise."""
    match = _ALL_BUT.match(plain(text)) if len(text) <= _LONGEST else None
    left_out = [spelled_out(word) or [_day(word)] for word in listed(match[1])] if match else []
    days_out = {day for days_ in left_out for day in days_}
    return [day for day in DAYS if day not in days_out] if days_out and days_out < set(DAYS) else []


_ALL_BUT = re.compile(
    r"(?:daily|every ?day|all days|all|any day)?,? ?"
    r"(?:except for|except|but not|but|not on|not|without|excluding|salvo|[!-]) ?(.+)\Z"
)


def _day(said: str) -> str:
    said = said.removeprefix("every ").removeprefix("each ").removeprefix("on ").removeprefix("the ").strip(" .")
    word = _DAY_OF.get(said.replace(" ", "_").replace("-", "_"))
    return word or next((day for day in DAYS if said in {day, day[:3], f"{day}s", f"{day[:3]}s"}), "")


def lengths(text: str) -> Iterator[str]:
    """Yield `30 minutes` for half an hour, `2 hours` for two hours or 2:00, `90 minutes` for 1.5 hours."""
    said = plain(text).removeprefix("up to ").removeprefix("every ").removeprefix("within ").removeprefix("max ")
    if match := re.fullmatch(r"([0-9]{1,2}):([0-9]{2})(?:h|:00)?", said):
        hours, minutes = int(match[1]), int(match[2])
        parts = [f"{n} {noun}" for n, noun in ((hours, "hours"), (minutes, "minutes")) if n]
        yield " ".join(parts)
    said = re.sub(r"\bhalf an hour\b|\bhalf hour\b|\bmedia hora\b", "30 minutes", said)
    said = re.sub(r"\b(an?|one) hour and a half\b|\b(one|1) and a half hours\b", "90 minutes", said)
    said = re.sub(r"\b(\w+) and a half hours\b", r"\1 hours 30 minutes", said)
    said = re.sub(r"\b(horas?|stunden?)\b", "hours", said)
    said = re.sub(r"\b(minutos?|minuten?)\b", "minutes", said)
    said = re.sub(r"\b(dias?|tage?n?)\b", "days", said)
    said = re.sub(r"\b(semanas?|wochen?)\b", "weeks", said)
    said = re.sub(r"\bfortnight(ly|s)?\b", "2 weeks", said)
    said = {"daily": "1 day", "weekly": "1 week", "day": "1 day", "week": "1 week", "hour": "1 hour"}.get(said, said)
    said = {"other day": "2 days", "other week": "2 weeks", "second day": "2 days", "hourly": "1 hour"}.get(said, said)
    said = " ".join(_number(word) for word in said.split())
    if match := re.fullmatch(r"([0-9])[.,]([0-9]{1,2}) ?(?:h|hrs?|hours?)", said):
        yield f"{round(float(f'{match[1]}.{match[2]}') * 60)} minutes"
    if match := re.fullmatch(r"([0-9]{1,3}) ?(d|w|wks?)", said):
        yield f"{match[1]} {'days' if match[2] == 'd' else 'weeks'}"
    yield said


def numbers(text: str) -> Iterator[str]:
    """Yield `2` for two, 2x, 2 times, 2/day."""
    said = plain(text)
    yield _number(said.partition(" ")[0])
    if match := re.match(r"([0-9]{1,5}) ?(?:x|times|/|per |a day|a week)", said):
        yield match[1]


def _number(word: str) -> str:
    return _NUMBERS.get(word, word)


def answers(text: str) -> Iterator[str]:
    """Yield `yes` or `no` for on, y, 1, sí and the like."""
    said = plain(text)
    if said in {"y", "on", "1", "si", "ja", "oui", "ok", "always", "enabled", "x"}:
        yield "yes"
    if said in {"n", "off", "0", "nein", "non", "never", "disabled"}:
        yield "no"
