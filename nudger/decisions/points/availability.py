"""Availability: may we intervene now at all? Asked when a slot is planned, and again just before each attempt.

Each rule looks at one moment, and says what stands in the way and until when. A nudge that may wait goes out at the
first moment at which nothing does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from nudger.decisions.choosing.history import Contact, local_dates
from nudger.decisions.delivering.hello import Hello, follows_at, why_not_yet
from nudger.domain import legal_hours
from nudger.domain.calendar import start_of_day
from nudger.domain.limits import NO_LIMITS, Limits
from nudger.domain.nudges import NudgeState
from nudger.domain.reasons import Reason, ReasonCode
from nudger.domain.recipients import OnHardDay, QuietHours, Recipient
from nudger.domain.schedules import WhenBlocked
from nudger.domain.vocabulary import Channel

_DAY = timedelta(days=1)
_END = datetime.max.replace(tzinfo=UTC)
_WEEK_DAYS = 7
_TURNS = 50
"""Each turn moves at least to the end of one hindrance; a grace of a day holds far fewer."""


@dataclass(frozen=True, slots=True)
class Available:
    """Now is fine."""


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not now, but still in time at `until`."""

    until: datetime
    reason: Reason


@dataclass(frozen=True, slots=True)
class Refused:
    """Not at all: the nudge ends in `state`."""

    state: NudgeState
    reason: Reason


Availability = Available | Deferred | Refused


class Request(NamedTuple):
    """A nudge that wants to go out, and what stands beside it.

    `contacts` are those that go before it; `reserved` are moments at which nudges that matter more fall due
    (with the name of their schedule); `hello` is the first hello of somebody who has not had it.
    """

    recipient: Recipient
    channel: Channel
    expires_at: datetime
    suppressed: bool = False
    contacts: tuple[Contact, ...] = ()
    limits: Limits = NO_LIMITS
    reserved: tuple[tuple[datetime, str], ...] = ()
    when_blocked: WhenBlocked = WhenBlocked.WAIT
    hello: Hello | None = None


@dataclass(frozen=True, slots=True)
class _Hindrance:
    """What stands in the way at a moment, and until when."""

    reason: Reason
    until: datetime


class _Way(NamedTuple):
    """What stood in the way, in order, each reason once, and when nothing does any more (None: not in time)."""

    reasons: tuple[Reason, ...]
    free_at: datetime | None


def availability(request: Request, *, now: datetime) -> Availability:
    """Say whether a nudge may go out at `now`.

    Never after an opt-out or too late; not before the first hello, in a pause, on a hard day, in quiet hours, outside
    legal hours, too soon after another, or beyond what a day and a week may bring.
    """
    if request.suppressed:
        return Refused(NudgeState.SUPPRESSED, Reason(ReasonCode.ADDRESS_STOPPED))
    if now > request.expires_at:
        return Refused(NudgeState.EXPIRED, Reason(ReasonCode.TOO_LATE))
    way = _way(request, now)
    if way.free_at is None:
        return Refused(NudgeState.WITHHELD, _deciding(request, now, way.reasons))
    if not way.reasons:
        return Available()
    first, *more = way.reasons
    return Deferred(way.free_at, Reason(ReasonCode.ONE_AFTER_ANOTHER, because=way.reasons) if more else first)


def _way(request: Request, now: datetime, *, without: Reason | None = None) -> _Way:
    """Go from one hindrance to the next, leaving one out."""
    moment = now
    reasons: list[Reason] = []
    for _ in range(_TURNS):
        hindrance = next((each for each in _hindrances(request, now, moment) if each.reason != without), None)
        if hindrance is None:
            return _Way(tuple(reasons), moment)
        if hindrance.reason not in reasons:
            reasons.append(hindrance.reason)
        moment = hindrance.until
        if moment > request.expires_at or request.when_blocked is WhenBlocked.DROP:
            break
    return _Way(tuple(reasons), None)


def _deciding(request: Request, now: datetime, reasons: tuple[Reason, ...]) -> Reason:
    """Return, of several reasons, the first without which it would go out; where no single one decides, the last."""
    if len(reasons) == 1:
        return reasons[0]
    alone = (reason for reason in reasons if _way(request, now, without=reason).free_at is not None)
    return next(alone, reasons[-1])


def _hindrances(request: Request, now: datetime, moment: datetime) -> Iterator[_Hindrance]:
    person = request.recipient
    if request.hello is not None and moment < (follows := follows_at(request.hello, now=now)):
        yield _Hindrance(why_not_yet(request.hello), follows)
    local = moment.astimezone(person.zone)
    today = local.date()
    yield from _of_the_day(person, today)
    quiet = person.quiet_hours_on(today)
    if quiet is not None and quiet.cover(local.time()):
        yield _Hindrance(quiet_hours(quiet), person.quiet_until(moment))
    if request.channel is Channel.SMS:
        yield from _of_the_law(person, local, moment)
    if request.limits.restrain:
        yield from _of_the_limits(request, today, moment)


def quiet_hours(quiet: QuietHours) -> Reason:
    """Return the reason that quiet hours are."""
    return Reason(ReasonCode.QUIET_HOURS, {"start": f"{quiet.start:%H:%M}", "end": f"{quiet.end:%H:%M}"})


def _of_the_day(person: Recipient, today: date) -> Iterator[_Hindrance]:
    if pause := person.pause_on(today):
        yield _Hindrance(Reason(ReasonCode.PAUSED, {"until": pause.last.isoformat()}), _after(pause.last, person))
    if person.hard_day_on(today) is OnHardDay.HOLD:
        yield _Hindrance(Reason(ReasonCode.HARD_DAY), _after(today, person))


def _of_the_law(person: Recipient, local: datetime, moment: datetime) -> Iterator[_Hindrance]:
    regions = legal_hours.regions(person.region, person.sms, person.time_zone)
    if not legal_hours.allowed(regions, local):
        opening = legal_hours.next_opening(regions, moment, person.zone)
        yield _Hindrance(legal_hours.reason(regions, local), opening or moment + _DAY)


def _of_the_limits(request: Request, today: date, moment: datetime) -> Iterator[_Hindrance]:
    person, limits, contacts = request.recipient, request.limits, request.contacts
    if limits.gap:
        yield from _of_the_gap(limits.gap, contacts, request.reserved, moment)
    if limits.per_day is None and limits.per_week is None:
        return
    days = local_dates(person, contacts)
    if limits.per_week is not None:
        # What went out has counted since then, also with a date to come: the clock was ahead.
        by_now = [day for contact, day in zip(contacts, days, strict=True) if day <= today or not contact.waiting]
        week = sorted(day for day in by_now if day > today - _WEEK_DAYS * _DAY)
        if len(week) >= limits.per_week:
            room = week[len(week) - limits.per_week] + _WEEK_DAYS * _DAY
            reason = Reason(ReasonCode.MOST_A_WEEK, {"most": limits.per_week})
            yield _Hindrance(reason, start_of_day(room, person.zone))
    if limits.per_day is not None:
        kept = [name for at, name in request.reserved if at > moment and at.astimezone(person.zone).date() == today]
        if days.count(today) >= limits.per_day:
            yield _Hindrance(Reason(ReasonCode.MOST_A_DAY, {"most": limits.per_day}), _after(today, person))
        elif days.count(today) + len(kept) >= limits.per_day:
            reason = Reason(ReasonCode.KEPT_FOR_OTHER, {"most": limits.per_day, "schedule": kept[0]})
            yield _Hindrance(reason, _after(today, person))


def _of_the_gap(
    gap: timedelta, contacts: tuple[Contact, ...], reserved: tuple[tuple[datetime, str], ...], moment: datetime
) -> Iterator[_Hindrance]:
    minutes = gap // timedelta(minutes=1)
    for contact in contacts:
        if contact.at - gap < moment < contact.at + gap:
            yield _Hindrance(Reason(ReasonCode.TOO_SOON_AFTER, {"minutes": minutes}), contact.at + gap)
    for at, name in reserved:
        if at - gap < moment < at:
            reason = Reason(ReasonCode.TOO_SOON_BEFORE, {"minutes": minutes, "schedule": name})
            yield _Hindrance(reason, at + gap)


def _after(day: date, person: Recipient) -> datetime:
    """Return the first instant after a local date; of the calendar's last day, its end: there is no day after it."""
    try:
        return start_of_day(day + _DAY, person.zone)
    except OverflowError:
        return _END
