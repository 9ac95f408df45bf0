"""What people write for dates, and what may be meant; as `loose`, whose proposals these are."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from nudger.config.values.loose import parted, plain

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january enero januar ene janvier",
            "feb february febrero februar",
            "mar march marzo marz mars",
            "apr april abril abr",
            "may mayo mai",
            "jun june junio juni juin",
            "jul july julio juli juillet",
            "aug august agosto ago",
            "sep sept september septiembre",
            "oct october octubre oktober okt",
            "nov november noviembre",
            "dec december diciembre dezember dic dez",
        ),
        1,
    )
    for name in names.split()
}
_FEASTS = {
    "christmas": "12-25",
    "christmas day": "12-25",
    "xmas": "12-25",
    "christmas eve": "12-24",
    "navidad": "12-25",
    "nochebuena": "12-24",
    "weihnachten": "12-25",
    "boxing day": "12-26",
    "new year": "01-01",
    "new years day": "01-01",
    "ano nuevo": "01-01",
    "new years eve": "12-31",
    "nochevieja": "12-31",
    "silvester": "12-31",
    "halloween": "10-31",
    "valentines day": "02-14",
}
_THE_24TH = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th|\.)?\Z")
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_NUMERIC_DATE = re.compile(r"([0-9]{1,4})[-/. ]+([0-9]{1,2})[-/. ]+([0-9]{1,4})\Z")
_LAST_MONTH = 12
_A_YEAR = 4
_DOTS = 2
"""In 1.12.2026: whoever writes a date with dots has the day first."""


def dates(text: str) -> Iterator[str]:
    """Yield `2026-12-24` for 24.12.2026 or December 24, 2026, and `12-24` for 24 December; nothing that is a guess."""
    said = plain(text).replace(",", " ").replace(" of ", " ").replace(" de ", " ").removeprefix("the ")
    if timed := re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[t ][0-9]{1,2}:[0-9:.]+ ?(?:z|[+-][0-9:]+)?", said):
        yield timed[1]
    if re.fullmatch("[0-9]{8}", said):
        yield f"{said[:4]}-{said[4:6]}-{said[6:]}"
    if match := _NUMERIC_DATE.match(said):
        yield from _numeric(match[1], match[2], match[3], dotted=said.count(".") == _DOTS)
    if match := re.fullmatch(r"([0-9]{1,2})[./ ]([0-9]{1,2})\.?", said):
        yield from _of_every_year(int(match[1]), int(match[2]))
    yield from _in_letters(said.split())
    if feast := _FEASTS.get(said.replace("'", "").replace("\u2019", "")):
        yield feast


def _of_every_year(first: int, second: int) -> Iterator[str]:
    """Yield MM-DD where only one of the two can be the month."""
    if first > _LAST_MONTH >= second:
        yield f"{second:02}-{first:02}"
    elif second > _LAST_MONTH >= first:
        yield f"{first:02}-{second:02}"


def _numeric(first: str, second: str, third: str, *, dotted: bool) -> Iterator[str]:
    if len(first) == _A_YEAR:
        yield f"{first}-{int(second):02}-{int(third):02}"
    elif len(third) == _A_YEAR and (dotted or int(first) > _LAST_MONTH) and int(second) <= _LAST_MONTH:  # day first
        yield f"{third}-{int(second):02}-{int(first):02}"
    elif len(third) == _A_YEAR and int(second) > _LAST_MONTH >= int(first):  # month, day, year
        yield f"{third}-{int(first):02}-{int(second):02}"


def _in_letters(words: Sequence[str]) -> Iterator[str]:
    months = [_MONTHS[word.strip(".")] for word in words if word.strip(".") in _MONTHS]
    days = [int(match[1]) for word in words if (match := _THE_24TH.match(word))]
    years = [word for word in words if re.fullmatch("(19|20|21)[0-9]{2}", word)]
    if len(months) == len(days) == 1 and len(words) == 2 + len(years):
        yield f"{years[0]}-{months[0]:02}-{days[0]:02}" if years else f"{months[0]:02}-{days[0]:02}"


def spans(text: str) -> Iterator[str]:
    """Yield `2026-12-20 to 2027-01-03` for two dates with anything between them."""
    found = re.findall(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}", text[:100])
    yield from (f"{_padded(first)} to {_padded(last)}" for first, last in pairwise(found[:2]))
    ends = parted(text)
    yield from (f"{first} to {last}" for first in dates(ends[0]) for last in dates(ends[1])) if ends else ()


def _padded(day: str) -> str:
    year, month, number = day.split("-")
    return f"{year}-{int(month):02}-{int(number):02}"


def months(text: str) -> Iterator[str]:
    """Yield `2027-11` for 2027/11, 11/2027, Nov 2027 or a whole date."""
    said = plain(text)
    if match := re.fullmatch(r"([0-9]{4})[-/. ]([0-9]{1,2})(?:[-/. ][0-9]{1,2})?", said):
        yield f"{match[1]}-{int(match[2]):02}"
    if match := re.fullmatch(r"([0-9]{1,2})[-/. ]([0-9]{4})", said):
        yield f"{match[2]}-{int(match[1]):02}"
    words = said.replace(",", " ").split()
    if len(words) == 2 and words[0] in _MONTHS:  # noqa: PLR2004 - month and year
        yield f"{words[1]}-{_MONTHS[words[0]]:02}"
