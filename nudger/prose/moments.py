"""Small pieces of sentences for an operator: counts, days and moments."""

from datetime import date, datetime, timedelta

from nudger.domain.recipients import Recipient
from nudger.prose.spans import day_in_words


def plural(count: int, noun: str, many: str = "") -> str:
    """Return `1 segment`, `2 segments`, `3 people`."""
    return f"{count} {noun if count == 1 else many or noun + 's'}"


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
