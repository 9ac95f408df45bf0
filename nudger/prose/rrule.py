"""Recurrence rules in plain English, where they are of a common kind."""

import re
from datetime import date

from nudger.prose.english import MONTHS, any_day, day_in_words, day_names, listed, month_days, nth_days

_RULE_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_RULE_DAY = re.compile(r"([+-]?[0-9]+)?([A-Z]{2})\Z")
_MAY_LACK = 29
"""From this day on, a month may not have it."""

_COMMON_PARTS = frozenset({"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "COUNT", "WKST"})


def rule_in_words(text: str, anchor: date) -> str | None:
    """Return the words for a common rule (RFC 5545, 3.3.10) that counts from `anchor`; None for any other."""
    parts = _parts(text)
    if not parts.keys() <= _COMMON_PARTS or ("BYDAY" in parts and "BYMONTHDAY" in parts):
        return None
    days = _rule_days(parts.get("BYDAY", ""))
    numbers = [int(number) for number in parts.get("BYMONTHDAY", "").split(",") if number]
    months = [int(number) for number in parts.get("BYMONTH", "").split(",") if number]
    said = _rule_said(parts["FREQ"], int(parts.get("INTERVAL", "1")), days, numbers, months, anchor)
    if said is None:
        return None
    count = f", {parts['COUNT']} times in all" if "COUNT" in parts else ""
    counted = f", counted from {day_in_words(anchor)}" if parts.get("INTERVAL", "1") != "1" or count else ""
    return f"{said}{count}{counted}"


def weeks_of_rule_begin_on(text: str) -> int | None:
    """Return on which weekday (Monday is 0) the weeks begin that a rule counts (WKST); None where it counts none."""
    parts = _parts(text)
    if parts["FREQ"] != "WEEKLY" or parts.get("INTERVAL", "1") == "1":
        return None
    return _RULE_DAYS.index(parts.get("WKST", "MO"))


def counts_from_first_date(text: str) -> bool:
    """Say whether other dates follow from another first date: from its interval, its number, or what it leaves open."""
    parts = _parts(text)
    named = {"BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYEASTER"} & parts.keys()
    return parts.get("INTERVAL", "1") != "1" or "COUNT" in parts or (parts["FREQ"] != "DAILY" and not named)


def lacks_days(text: str) -> bool:
    """Say whether it names days of the month that not every month has."""
    days = _parts(text).get("BYMONTHDAY", "").split(",")
    return any(day.lstrip("+").isdecimal() and int(day) >= _MAY_LACK for day in days)


def _parts(text: str) -> dict[str, str]:
    return dict(piece.split("=", 1) for piece in text.upper().split(";"))


def _rule_days(text: str) -> list[tuple[int, int]]:
    """Return (nth, weekday) pairs; 0 where no number is given."""
    found = (_RULE_DAY.match(piece) for piece in text.split(",") if piece)
    return [(int(match[1] or 0), _RULE_DAYS.index(match[2])) for match in found if match]


def _rule_said(
    frequency: str, interval: int, days: list[tuple[int, int]], numbers: list[int], months: list[int], anchor: date
) -> str | None:
    within = f" of {listed(MONTHS[month - 1] for month in months)}" if months else ""
    season = f", in {listed(MONTHS[month - 1] for month in months)}" if months else ""
    plain = [weekday for nth, weekday in days if not nth]
    match frequency:
        case "DAILY" if not numbers:
            only = f", if it is a {any_day(frozenset(plain))}" if plain else ""
            return f"{_every(interval, 'day')}{only}{season}"
        case "WEEKLY" if not numbers:
            return f"{_every(interval, 'week')} on {day_names(plain or [anchor.weekday()])}{season}"
        case "MONTHLY":
            on = month_days(numbers or [anchor.day]) if not days else nth_days(days)
            return f"{_every(interval, 'month')} on {on}{season}"
        case "YEARLY" if months and (numbers or days):
            on = month_days(numbers) if numbers else nth_days(days)
            return f"{_every(interval, 'year')} on {on}{within}"
        case _:
            return None


def _every(interval: int, noun: str) -> str:
    return f"every {noun}" if interval == 1 else f"every {interval} {noun}s"
