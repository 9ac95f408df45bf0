"""What keeps something from going out, in words for whoever wrote it, and what they can do about it."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from nudger.decisions.choosing.foresight import asked_in
from nudger.decisions.planning.dates import dates_for
from nudger.decisions.points.availability import quiet_hours
from nudger.domain.reasons import Reason
from nudger.domain.recipients import QuietHours, Recipient
from nudger.domain.schedules import Calendar, OnDates, Schedule, WhenBlocked, asks_for_holidays
from nudger.prose.english import day_in_words
from nudger.prose.reasons import asked, english
from nudger.use_cases.year_ahead import Never, Why, why

_DAY = timedelta(days=1)
_FAR = timedelta(days=3700)
_LONGEST_WAIT = timedelta(days=1)


class _Saying(NamedTuple):
    """What is said of one kind of reason: its words, the key of the schedule where it lies, and what can be done."""

    words: Callable[[Reason, str], str]
    key: str
    remedy: str = ""


_WAIT = "Give it priority: high or another time, or ask for less beside it."
_CONDITION = "Change the condition, or the days and times."
_SAYINGS: Mapping[Why, _Saying] = {
    Why.QUIET: _Saying(lambda reason, often: f"{often} in quiet hours ({_hours(reason)})", "when"),
    Why.LEGAL: _Saying(lambda reason, often: f"{often} outside {english(reason)}", "when", "Give it another time."),
    Why.LIMITS: _Saying(lambda reason, often: f"{often} held back, {english(reason)}", "when", _WAIT),
    Why.GAP: _Saying(lambda reason, often: f"{often} held back, {english(reason)}", "when", _WAIT),
    Why.ONLY_IF: _Saying(lambda reason, _: _only_if(reason), "only_if", _CONDITION),
    Why.SKIP_IF: _Saying(
        lambda reason, _: f"it does not come if {asked(reason)}, and that is always so when it is due",
        "skip_if",
        _CONDITION,
    ),
    Why.WORDS: _Saying(lambda reason, _: english(reason), "send", "Write some that fit, or ask for less in 'send'."),
    Why.ADDRESS: _Saying(
        lambda reason, _: f"there is {english(reason)}",
        "channel",
        "Leave 'channel' out, and everyone gets it where they can.",
    ),
    Why.PAUSED: _Saying(lambda reason, often: f"{often} {english(reason)}", "to"),
    Why.HARD_DAY: _Saying(lambda reason, often: f"{often} {english(reason)}", "to"),
}
_OTHER = _Saying(lambda reason, _: english(reason), "when")


def _hours(reason: Reason) -> str:
    return "{start}-{end}".format_map(reason.params)


def _only_if(reason: Reason) -> str:
    so = "not known" if reason.params.get("unknown") else "never so when it is due"
    return f"it comes only if {asked(reason)}, and that is {so}"


def why_never(never: Never, schedule: Schedule, *, today: date) -> str:
    """Say what is in the way: `always in quiet hours (21:00-08:00)`."""
    if never.impossible:
        same = schedule.only_if is not None and schedule.only_if == schedule.skip_if
        return "'only_if' and 'skip_if' ask the same" if same else "its conditions contradict each other"
    if never.over:
        return "the programme is over for whoever is here, and waits for new people"
    if never.reason is None:
        return _no_dates(schedule, never.kind.example, today)
    often = "always" if len({why(reason) for reason in never.deciding}) == 1 else "mostly"
    return _SAYINGS.get(why(never.reason), _OTHER).words(never.reason, often)


def _no_dates(schedule: Schedule, person: Recipient, today: date) -> str:
    recurrence = schedule.recurrence
    if recurrence.ends is not None and recurrence.ends < today:
        return f"it ended on {day_in_words(recurrence.ends)}"
    if person.joined is not None and person.joined > today + 366 * _DAY:
        return f"they join on {day_in_words(person.joined)}"
    if isinstance(recurrence, Calendar):
        if coming := dates_for(recurrence, person, today, today + _FAR)[:1]:
            return f"its first date is {day_in_words(coming[0])}"
        dates = recurrence.dates
        if isinstance(dates, OnDates) and dates.dates and max(dates.dates) < today:
            return f"its last date was {day_in_words(max(dates.dates))}"
    if recurrence.exceptions.dates or recurrence.exceptions.spans or recurrence.exceptions.yearly:
        return "every date of it is left out by 'except'"
    return "it has no date"


def said_elsewhere(never: Never, schedule: Schedule) -> bool:
    """Say whether it is for want of a place that nothing comes: of public holidays it is said that nobody knows."""
    if never.kind.example.region is not None or never.impossible:
        return False
    asked = asked_in(schedule.only_if, schedule.skip_if)
    unknown = "public_holiday" in asked and never.reason is not None and never.reason.params.get("unknown") is True
    return unknown or (not never.reasons and asks_for_holidays(schedule.recurrence))


def keys_of(never: Never, schedule: Schedule, *, today: date) -> tuple[str, ...]:
    """Return the keys of the schedule that lead to what is in the way."""
    if never.impossible:
        return ("only_if" if schedule.only_if is not None else "skip_if",)
    if never.over or not never.reasons:
        return ("when", _key_of_dates(schedule, today))
    return (_SAYINGS.get(why(never.reason), _OTHER).key,)


def _key_of_dates(schedule: Schedule, today: date) -> str:
    recurrence = schedule.recurrence
    if recurrence.ends is not None and recurrence.ends < today:
        return "ends"
    if recurrence.starts is not None and recurrence.starts > today:
        return "starts"
    if isinstance(recurrence, Calendar) and isinstance(recurrence.dates, OnDates):
        return "dates"
    return "except"


def remedy(never: Never, schedule: Schedule) -> str:
    """Say what would let it through; '' where we do not know."""
    if never.impossible:
        return "Change one of them, or leave it out."
    if not never.reasons:
        return "" if never.over else "Give it dates to come, or take it out."
    if why(never.reason) is Why.QUIET:
        return _remedy_for_quiet(never, schedule)
    return _SAYINGS.get(why(never.reason), _OTHER).remedy


def _remedy_for_quiet(never: Never, schedule: Schedule) -> str:
    quiet = never.kind.example.quiet_hours
    if quiet is None or never.reason != quiet_hours(quiet):
        return "Give it another time."
    earlier = f"Give it a time from {quiet.end:%H:%M} on and before {quiet.start:%H:%M}"
    wait = _longest_wait(schedule, never.kind.example, quiet)
    if wait is None or wait > _LONGEST_WAIT or schedule.when_blocked is WhenBlocked.DROP:
        return f"{earlier}."
    hours = -(-wait // timedelta(hours=1))
    return f"{earlier}, or late: {hours} hours, and it comes at {quiet.end:%H:%M}."


def _longest_wait(schedule: Schedule, person: Recipient, quiet: QuietHours) -> timedelta | None:
    """Return how long its times have to wait for the quiet hours to end; None where they are not written down."""
    recurrence = schedule.recurrence
    times = getattr(recurrence.times, "times", ()) if isinstance(recurrence, Calendar) else ()
    local_times = [wall if isinstance(wall, time) else person.moment(wall) for wall in times]
    waits = [_wait(wall, quiet.end) for wall in local_times if quiet.cover(wall)]
    return max(waits, default=None)


def _wait(since: time, until: time) -> timedelta:
    day = date(2024, 1, 1)
    wait = datetime.combine(day, until) - datetime.combine(day, since)
    return wait if wait > timedelta(0) else wait + _DAY


def gets(count: int) -> str:
    """Return the verb for so many people."""
    return "gets" if count == 1 else "get"
