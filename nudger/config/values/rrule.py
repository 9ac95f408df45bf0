"""Recurrence rules (RFC 5545): read by dateutil, and refused first in words of our own."""

import re
from datetime import date, datetime
from typing import NamedTuple

from nudger.config.flaws import Flaw, did_you_mean, listed, quote, sentences

_LONGEST = 300
_ANCHOR = datetime(2024, 1, 1)  # noqa: DTZ001 - wall clock, as in decisions.dates

_BY_DAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)\Z")
_NUMBER = re.compile(r"[+-]?[0-9]{1,5}\Z")

# RFC 5545, 3.3.10: which parts may stand in a rule of which frequency. A daily rule with BYMONTHDAY is legal
# there, but it is a monthly rule in disguise, and clearer written as one.
_PARTS = {
    "DAILY": {"BYMONTH", "BYDAY"},
    "WEEKLY": {"BYMONTH", "BYDAY"},
    "MONTHLY": {"BYMONTH", "BYMONTHDAY", "BYDAY"},
    "YEARLY": {"BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY"},
}
_ALWAYS = {"FREQ", "INTERVAL", "COUNT", "WKST", "BYSETPOS"}
_RANGES = {
    "BYMONTH": (1, 12),
    "BYMONTHDAY": (-31, 31),
    "BYYEARDAY": (-366, 366),
    "BYWEEKNO": (-53, 53),
    "BYSETPOS": (-366, 366),
    "INTERVAL": (1, 1000),
    "COUNT": (1, 10_000),
}
_ELSEWHERE = {
    "DTSTART": "Write the first date as `starts: 2026-01-05` beside the rule.",
    "UNTIL": "Write the last date as `ends: 2026-12-31` beside the rule.",
    "BYHOUR": "Write the time as `at` beside the rule.",
    "BYMINUTE": "Write the time as `at` beside the rule.",
    "BYSECOND": "Write the time as `at` beside the rule.",
    "EXDATE": "A rule is one RRULE; dates cannot be left out of it.",
    "RDATE": "A rule is one RRULE; dates cannot be added to it.",
}
_REMEDY = {
    ("DAILY", "BYMONTHDAY"): "Write FREQ=MONTHLY with BYMONTHDAY.",
    ("DAILY", "BYYEARDAY"): "Write FREQ=YEARLY with BYYEARDAY.",
    ("WEEKLY", "BYMONTHDAY"): "Write FREQ=MONTHLY with BYMONTHDAY, or leave one of the two out.",
}


class Rule(NamedTuple):
    """A recurrence rule as it is handed on, and whether it counts from a first date."""

    text: str
    counts: str
    """Which of its parts needs a first date to count from; '' for none."""


def recurrence_rule(text: str) -> Rule:
    """Return a recurrence rule of days, weeks, months or years; raise Flaw for anything else."""
    if len(text) > _LONGEST:
        raise Flaw("this recurrence rule is too long", f"At most {_LONGEST} characters.")
    parts = _rule_parts(text)
    frequency = parts.get("FREQ", "")
    if frequency not in _PARTS:
        near = did_you_mean(frequency, _PARTS)
        what = f"FREQ={frequency} is no frequency here" if frequency else "the rule has no FREQ"
        raise Flaw(what, sentences(listed(_PARTS), near), part=frequency)
    for name, value in parts.items():
        _check_part(name, value, frequency, parts)
    return Rule(";".join(f"{name}={value}" for name, value in parts.items()), _counts(parts))


def _rule_parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    body = "".join(text.upper().split()).removeprefix("RRULE:")
    for piece in body.removesuffix(";").split(";"):
        name, equals, value = piece.partition("=")
        name = name.partition(":")[0] or name
        if name in _ELSEWHERE or ":" in piece:
            raise Flaw(
                f"{quote(name)} cannot stand in a rule here", _ELSEWHERE.get(name, "A rule is one RRULE."), part=name
            )
        if not equals or not value:
            raise Flaw(
                f"{quote(piece)} is no part of a rule",
                "A rule reads like FREQ=MONTHLY;BYDAY=-1FR; words such as weekdays belong under `days`.",
                part=piece,
            )
        if name in parts:
            raise Flaw(f"{name} is there twice", "Keep one of the two.", part=name)
        parts[name] = value
    return parts


def _check_part(name: str, value: str, frequency: str, parts: dict[str, str]) -> None:
    known = _ALWAYS | _PARTS[frequency]
    if name not in known:
        if name not in _RANGES:
            raise Flaw(f"{quote(name)} is no part of a rule", did_you_mean(name, known), part=name)
        raise Flaw(f"{name} cannot go with FREQ={frequency}", _REMEDY.get((frequency, name), ""), part=name)
    if name == "BYDAY":
        _check_days(value, frequency, parts)
    elif name == "WKST" and not (len(value) == 2 and _BY_DAY.match(value)):  # noqa: PLR2004
        raise Flaw(f"WKST={value} is no day", listed(["MO", "SU"]), part=value)
    for number in (value.split(",") if name.startswith("BY") else [value]) if name in _RANGES else []:
        _check_number(name, number, *_RANGES[name])
    if name == "BYWEEKNO" and "BYDAY" not in parts:
        raise Flaw("BYWEEKNO names weeks, and the rule names no day", "Add BYDAY.", part=name)
    if name == "BYSETPOS" and parts.keys().isdisjoint(_PARTS[frequency]):
        raise Flaw("BYSETPOS picks from a set, and the rule has none", "Add BYDAY or another BY part.", part=name)


def _check_days(value: str, frequency: str, parts: dict[str, str]) -> None:
    for day in value.split(","):
        match = _BY_DAY.match(day)
        if not match or (match[1] and not 1 <= abs(int(match[1])) <= 53):  # noqa: PLR2004 - weeks of a year
            meant = f"Write {day[:-1]}." if _BY_DAY.match(day[:-1]) else "Write MO, or -1FR for the last Friday."
            raise Flaw(f"{quote(day)} is no day", meant, part=day)
        if match[1] and (frequency not in {"MONTHLY", "YEARLY"} or "BYWEEKNO" in parts):
            raise Flaw(
                f"{quote(day)} counts days of a month or a year", f"Write {match[2]}, or FREQ=MONTHLY.", part=day
            )


def _check_number(name: str, number: str, low: int, high: int) -> None:
    if not _NUMBER.match(number) or not low <= int(number) <= high or int(number) == 0:
        from_the_end = f", or -1 to {low} from the end" if low < 0 else ""
        raise Flaw(f"{quote(number)} cannot be {name}", f"1 to {high}{from_the_end}.", part=number)


def _counts(parts: dict[str, str]) -> str:
    """Say which part of the rule means nothing without a first date."""
    if parts.get("INTERVAL", "1") != "1":
        return "INTERVAL"
    if "COUNT" in parts:
        return "COUNT"
    if parts["FREQ"] == "DAILY" or not parts.keys().isdisjoint({"BYDAY", "BYMONTHDAY", "BYYEARDAY"}):
        return ""
    return f"FREQ={parts['FREQ']} without a day"


def happens(rule: Rule, starts: date | None) -> bool:
    """Say whether a rule ever happens from `starts` on.

    dateutil looks until the year 9999, which takes it seconds for a rule such as 30 February. The calendar
    repeats every 400 years, so the same question is asked as late as the calendar goes.
    """
    # Cold start: dateutil is 10 ms that a folder without rules need not wait for.
    from dateutil.rrule import rrulestr  # noqa: PLC0415

    start = datetime.combine(starts, datetime.min.time()) if starts else _ANCHOR
    late = start.replace(year=start.year + (9999 - 60 - start.year) // 400 * 400)
    return next(iter(rrulestr(rule.text, dtstart=late)), None) is not None
