"""What judges that nobody here wrote are asked, and the one table of where they differ from us on purpose.

A rule is drawn twice: as a schedule of ours, and in the judge's own language. Planned in UTC it gives the wall times
that it names; in its zone, our instants. From those and `DIFFERENCES` the judge's answer is predicted, to the second.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from dateutil import rrule as du

from nudger.decisions.planning.dates import ANCHOR
from nudger.decisions.planning.groups import build_groups
from nudger.decisions.planning.plan import slots
from nudger.domain.schedules import (
    At,
    ByRule,
    Calendar,
    Cron,
    EveryDays,
    Exceptions,
    MonthlyWeekdays,
    OnDates,
    Recurrence,
    Weekly,
)
from tests.make import make_recipient, make_schedule

ZONES = [
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",  # half an hour
    "America/Santiago",  # at midnight
    "Africa/Cairo",  # at midnight
    "Pacific/Apia",  # without 30 December 2011
    "Asia/Kolkata",
    "Africa/Casablanca",  # for Ramadan
    "Antarctica/Troll",  # two hours
    "Pacific/Chatham",  # at a quarter to
    "America/Havana",
    "Asia/Beirut",
]
OFF_THE_HOUR = ("Australia/Lord_Howe", "Pacific/Chatham")
"""After their changes cronsim 2.8 looks for an hour in steps that miss its beginning (`*/15 8` loses 8:00 and 8:15 for
once), so it is not asked about steps in given hours there. We use it without a zone, where it has no such trouble."""

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
MIDNIGHT = time()
_FIRST, _LAST = datetime(2011, 6, 1, tzinfo=UTC), datetime(2027, 6, 1, tzinfo=UTC)


class Kind(StrEnum):
    """What a wall time is in its zone."""

    PLAIN = "plain"
    GAP = "gap"
    AFTER_GAP = "after a gap, in the hour that it cut short"
    FOLD = "fold"
    SKIPPED = "skipped date"


class Judge(StrEnum):
    DATEUTIL = "dateutil"
    CRONSIM = "cronsim"
    CRONSIM_STAR = "cronsim, fields that begin with *"
    SYSTEMD = "systemd"


def instants(wall, zone):
    """Return the UTC instants that PEP 495 gives for fold 0 and fold 1."""
    return tuple(wall.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1))


def exists(wall, zone):
    return instants(wall, zone)[0].astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall


@lru_cache(maxsize=65536)
def kind_of(wall, zone):
    if not exists(wall, zone):
        midnight = datetime.combine(wall.date(), MIDNIGHT)
        gone = not any(exists(midnight + n * 15 * MINUTE, zone) for n in range(96))
        return Kind.SKIPPED if gone else Kind.GAP
    first, second = instants(wall, zone)
    if first != second:
        return Kind.FOLD
    return Kind.PLAIN if exists(wall.replace(minute=0), zone) else Kind.AFTER_GAP


def after_gap(wall, zone):
    """Return the first instant whose local time is not before a wall time that does not exist: a slow, plain walk."""
    at = instants(wall, zone)[1]
    while at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) < wall:
        at += MINUTE
    return at


def ours_is(wall, zone):
    """Return our policy's instants for a wall time, worked out apart from the program."""
    kind = kind_of(wall, zone)
    if kind is Kind.SKIPPED:
        return set()
    return {after_gap(wall, zone) if kind is Kind.GAP else instants(wall, zone)[0]}


@dataclass(frozen=True)
class Difference:
    """Where a judge does otherwise, what it does, what we do and why; `answer` gives the judge's instants."""

    kind: Kind
    judge: Judge
    theirs: str
    ours: str
    answer: Callable[[datetime, str], set[datetime]]
    zone: str | None = None


_ONCE_AFTER = "the first instant after the gap: a skip is a silent loss, and no later than need be"
_NO_DATE = "none: nobody lives that date, and the next one has its own"
_FIRST_ONLY = "once, the first time (RFC 5545, 3.3.5)"
_NOT_CHANGED = "the wall time exists, so it happens"

DIFFERENCES = [
    Difference(
        Kind.GAP, Judge.DATEUTIL, "shifts it by the gap's length", _ONCE_AFTER, lambda w, z: {instants(w, z)[0]}
    ),
    Difference(Kind.SKIPPED, Judge.DATEUTIL, "shifts it to the next date", _NO_DATE, lambda w, z: {instants(w, z)[0]}),
    Difference(Kind.SKIPPED, Judge.CRONSIM, "midnight of the next date", _NO_DATE, lambda w, z: {after_gap(w, z)}),
    Difference(Kind.GAP, Judge.CRONSIM_STAR, "skips it", _ONCE_AFTER, lambda w, z: set()),
    Difference(Kind.SKIPPED, Judge.CRONSIM_STAR, "skips it, as we do", _NO_DATE, lambda w, z: set()),
    Difference(Kind.FOLD, Judge.CRONSIM_STAR, "both times", _FIRST_ONLY, lambda w, z: set(instants(w, z))),
    Difference(Kind.GAP, Judge.SYSTEMD, "skips it", _ONCE_AFTER, lambda w, z: set()),
    Difference(Kind.SKIPPED, Judge.SYSTEMD, "skips it, as we do", _NO_DATE, lambda w, z: set()),
    Difference(
        Kind.AFTER_GAP, Judge.SYSTEMD, "loses it (a bug)", _NOT_CHANGED, lambda w, z: set(), zone="Pacific/Chatham"
    ),
]
"""The one table. (Two times on one instant are one for us; a judge's answers are compared as a set, so it is there.)"""


def difference(kind, judge, zone):
    return next((d for d in DIFFERENCES if (d.kind, d.judge) == (kind, judge) and d.zone in (None, zone)), None)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule in our words and in those of the judges; `systemd` holds one expression for each time of day."""

    recurrence: Recurrence
    zone: str
    lo: datetime
    hi: datetime
    dateutil: Callable[[], du.rruleset]
    systemd: tuple[str, ...] = ()
    words: str = field(default="")


def planned(rule, zone, lo, hi):
    roster = build_groups([make_schedule(recurrence=rule.recurrence)], [make_recipient(time_zone=zone)])
    return slots(roster, since=lo, until=hi, seed="s")


def disagreement(rule, judge, theirs, hi=None):
    """Say what the judge answers that the table does not predict, or '' ; and which differences came to bear."""
    hi = hi or rule.hi
    local_times = {
        slot.key: slot.due.replace(tzinfo=None) for slot in planned(rule, "UTC", rule.lo - 2 * DAY, hi + 2 * DAY)
    }
    ours = {slot.key: slot.due for slot in planned(rule, rule.zone, rule.lo, hi)}
    policy, predicted, used = set(), set(), set()
    for key, wall in local_times.items():
        kind = kind_of(wall, rule.zone)
        policy |= ours_is(wall, rule.zone)
        row = difference(kind, judge, rule.zone)
        used |= {(kind, judge)}
        predicted |= row.answer(wall, rule.zone) if row else {ours[key]} if key in ours else set()
    policy, predicted, theirs = ({at for at in found if rule.lo < at <= hi} for found in (policy, predicted, theirs))
    if set(ours.values()) != policy or len(ours) != len(policy):
        return f"{rule.words} {rule.zone}: we say {_show(set(ours.values()) ^ policy)} against our policy", used
    if predicted != theirs:
        return f"{rule.words} {rule.zone}: {judge} and we differ at {_show(predicted ^ theirs)}", used
    return "", used


def _show(moments):
    return [f"{at:%Y-%m-%d %H:%M}Z" for at in sorted(moments)[:4]]


@lru_cache
def changes(zone):
    """Return the instants just before the zone's offset changes, to the minute."""
    tz, found, at = ZoneInfo(zone), [], _FIRST
    while at < _LAST:
        then = at + 12 * 60 * MINUTE
        if at.astimezone(tz).utcoffset() != then.astimezone(tz).utcoffset():
            low, high = at, then
            while high - low > MINUTE:
                middle = low + (high - low) // MINUTE // 2 * MINUTE
                same = middle.astimezone(tz).utcoffset() == at.astimezone(tz).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            found.append(low)
        at = then
    return tuple(found)


# Drawing rules

DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
_WEEKDAYS = [du.MO, du.TU, du.WE, du.TH, du.FR, du.SA, du.SU]
_RULES = [  # as RFC 5545 writes it, and as systemd does where it can
    ("FREQ=DAILY;INTERVAL=3", None),
    ("FREQ=DAILY;COUNT=9", None),
    ("FREQ=WEEKLY;BYDAY=MO,WE,SU", "Mon,Wed,Sun *-*-*"),
    ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU", None),
    ("FREQ=MONTHLY;BYDAY=2SU", "Sun *-*-8..14"),
    ("FREQ=MONTHLY;BYDAY=-1SU", "Sun *-*~07/1"),
    ("FREQ=MONTHLY;BYDAY=-1FR,1MO", None),
    ("FREQ=MONTHLY;BYMONTHDAY=-1", "*-*~01"),
    ("FREQ=MONTHLY;BYMONTHDAY=31", "*-*-31"),
    ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", None),
    ("FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU", "Sun *-03,10~07/1"),
    ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "*-02-29"),
    ("FREQ=YEARLY;BYYEARDAY=1,100,-1", None),
    ("FREQ=YEARLY;BYWEEKNO=1,20;BYDAY=MO", None),
]
KINDS = ["weekly", "weeks", "days", "nth", "months", "last", "yearly", "dates", "rrule", "cron", "cron"]

_SPANS = {"cron": (5, 9), "weekly": (20, 40), "weeks": (20, 40), "days": (20, 40)}
"""By kind: at most how many days before the change a span begins, and how many it has."""


def draw_rule(rng, kind=None, zone=None):
    """Return a random rule whose span holds, where the zone has one, a change of clocks; times lie near it."""
    zone = zone or rng.choice(ZONES)
    near = rng.choice(changes(zone) or (datetime(2025, 3, 9, 7, tzinfo=UTC),))
    kind = kind or rng.choice(KINDS)
    before, length = _SPANS.get(kind, (25, 130))
    lo = near.replace(hour=0, minute=0) - timedelta(days=rng.randint(2, before), minutes=rng.randrange(1440))
    hi = lo + timedelta(days=length)
    day = near.astimezone(ZoneInfo(zone)).date()
    times = sorted({draw_time(rng, near, zone) for _ in range(rng.choice([1, 1, 2, 3]))})
    drawn = _draw_cron(rng, zone, day, times) if kind == "cron" else _draw_dates(rng, kind, day, times, lo)
    recurrence, judge, systemd = drawn
    return Rule(
        recurrence=recurrence,
        zone=zone,
        lo=lo,
        hi=hi,
        dateutil=lambda: judge(ZoneInfo(zone)),
        systemd=systemd,
        words=f"{recurrence}",
    )


def draw_time(rng, near, zone):
    """Half of the times lie within two hours and a half of the change; many of them on its very edges."""
    if rng.random() < 0.4:
        return time(rng.randrange(24), rng.randrange(60))
    at = near + MINUTE * rng.choice([0, 1, rng.randint(-150, 150), rng.randint(-75, 75)])
    before, after = (near + n * MINUTE for n in (0, 1))
    # A time inside a gap is named by the clock that counted before it.
    offset = rng.choice([before, after]).astimezone(ZoneInfo(zone)).utcoffset()
    return (at + offset).time().replace(tzinfo=None)


def _draw_dates(rng, kind, day, times, lo):
    starts = lo.date() + timedelta(days=rng.randint(-9, 12)) if rng.random() < 0.5 else None
    starts = lo.date() - timedelta(days=rng.randint(2, 9)) if kind == "rrule" else starts
    ends = day + timedelta(days=rng.randint(0, 20)) if rng.random() < 0.3 else None
    exceptions = Exceptions()
    if rng.random() < 0.3:
        exceptions = Exceptions(
            dates=frozenset(day + DAY * rng.randint(-5, 5) for _ in range(2)),
            spans=((day + DAY * 3, day + DAY * rng.randint(3, 9)),),
            yearly=frozenset({(day.month, rng.randint(1, 28))}),
        )
    dates, rules, spec = _draw_date_rule(rng, kind, day, starts or ANCHOR, lo)
    recurrence = Calendar(dates=dates, times=At(times=tuple(times)), starts=starts, ends=ends, exceptions=exceptions)
    bare = starts is None and ends is None and exceptions == Exceptions()
    # systemd has no first date but the time it is asked from; a bare rule of RFC 5545 counts from its own.
    bare = bare or (kind == "rrule" and ends is None and exceptions == Exceptions())
    systemd = tuple(f"{spec} {t:%H:%M}:00" for t in times) if spec and bare else ()

    def judge(tz):
        found = du.rruleset()
        for at in times:
            for make in rules:
                _add(found, make, at, tz, starts or lo.date() - 8 * DAY)
            _except(found, exceptions, at, tz)
        return found if ends is None else _until(found, ends)

    return recurrence, judge, systemd


def _add(found, make, at, tz, first):
    made = make(datetime.combine(first, at, tz))
    if isinstance(made, list):
        for moment in made:
            if moment.date() >= first:
                found.rdate(moment)
    else:
        found.rrule(made)


def _except(found, exceptions, at, tz):
    spans = [(d, d) for d in exceptions.dates] + list(exceptions.spans)
    for first, last in spans:
        for n in range((last - first).days + 1):
            found.exdate(datetime.combine(first + n * DAY, at, tz))
    for month, monthday in exceptions.yearly:
        start = datetime.combine(date(2010, 1, 1), at, tz)
        found.exrule(du.rrule(du.YEARLY, dtstart=start, bymonth=month, bymonthday=monthday))


def _until(found, ends):
    for each in found:
        if each.date() > ends:
            return
        yield each


def _draw_date_rule(rng, kind, day, anchor, lo):  # noqa: PLR0911 - one for each kind of rule
    """Return our rule, makers of dateutil's from a first moment, and systemd's dates, or None where it has none."""
    some = sorted([*rng.sample(range(7), rng.randint(1, 4)), day.weekday()])
    weekdays = [_WEEKDAYS[n] for n in some]
    count = rng.randint(2, 5)
    match kind:
        case "weekly":
            spec = f"{','.join(DAYS[n] for n in sorted(set(some)))} *-*-*"
            return Weekly(weekdays=frozenset(some)), [_rule(du.WEEKLY, byweekday=weekdays)], spec
        case "weeks":
            made = _rule(du.WEEKLY, byweekday=weekdays, interval=count, wkst=du.MO)
            return Weekly(weekdays=frozenset(some), weeks=count), [_counted(made, anchor, 7 * count, lo)], None
        case "days":
            return EveryDays(count=count), [_counted(_rule(du.DAILY, interval=count), anchor, count, lo)], None
        case "nth":
            return _draw_nth(rng, day)
        case "months":
            days = sorted({day.day, *rng.sample(range(1, 32), 2)})
            spec = f"*-*-{','.join(map(str, days))}"
            return OnDates(monthly=frozenset(days)), [_rule(du.MONTHLY, bymonthday=days)], spec
        case "last":
            return OnDates(monthly=frozenset({-1})), [_rule(du.MONTHLY, bymonthday=-1)], "*-*~01"
        case "yearly":
            pairs = {(day.month, day.day), (2, 29)}
            rules = [_rule(du.YEARLY, bymonth=month, bymonthday=monthday) for month, monthday in pairs]
            if rng.random() < 0.5:
                return OnDates(yearly=frozenset(pairs)), rules, None
            one = {(day.month, day.day)}
            made = [_rule(du.YEARLY, bymonth=day.month, bymonthday=day.day)]
            return OnDates(yearly=frozenset(one)), made, f"*-{day.month}-{day.day}"
        case "dates":
            some_days = sorted({day + DAY * rng.randint(-9, 9) for _ in range(4)} | {day})
            return OnDates(dates=frozenset(some_days)), [lambda start: _each(some_days, start)], None
    text, spec = rng.choice(_RULES)
    return ByRule(rule=text), [lambda start: du.rrulestr(text, dtstart=start)], spec


def _draw_nth(rng, day):
    nth = (day.day - 1) // 7 + 1
    which = {(nth, day.weekday()), (rng.choice([1, 2, 5, -1]), rng.randrange(7))}
    if rng.random() < 0.5:
        last = (day + 7 * DAY).month != day.month
        which = {(-1 if last else nth, day.weekday())}
    spec = None
    if len(which) == 1:
        ((n, weekday),) = which
        days = "~07/1" if n == -1 else f"-{7 * n - 6}..{min(7 * n, 31)}"
        spec = f"{DAYS[weekday]} *-*{days}"
    weekdays = [_WEEKDAYS[weekday](n) for n, weekday in which]
    return MonthlyWeekdays(which=frozenset(which)), [_rule(du.MONTHLY, byweekday=weekdays)], spec


def _rule(freq, **words):
    return lambda start: du.rrule(freq, dtstart=start, **words)


def _counted(make, anchor, period, lo):
    """Begin at a date from which counting comes out as from the anchor, not long before the span."""

    def begin(start):
        back = max(0, (anchor - (lo.date() - 8 * DAY)).days // period + 1)
        on = max(0, ((lo.date() - 8 * DAY) - anchor).days // period)
        first = anchor + timedelta(days=period * (on - back)) if anchor == ANCHOR else anchor
        return make(datetime.combine(first, start.timetz()))

    return begin


def _each(days, start):
    return [datetime.combine(each, start.timetz()) for each in days]


def _draw_cron(rng, zone, day, times):
    """Return a cron expression of one time of day or several hours; either month days or weekdays, or both (OR)."""
    minute, hours = times[0].minute, sorted({at.hour for at in times})
    form = rng.choice(["*", "days", "weekdays", "both", "month", "steps", "steps"])
    some = sorted({day.weekday(), rng.randrange(7)})
    days = sorted({day.day, rng.randint(1, 31)})
    dom = ",".join(map(str, days)) if form in ("days", "both") else "*"
    dow = ",".join(str((n + 1) % 7) for n in some) if form in ("weekdays", "both") else "*"
    month = f"{day.month}" if form == "month" else "*"
    minutes, hour_words = f"{minute}", ",".join(map(str, hours))
    minute_set, hour_set = [minute], hours
    if form == "steps":
        step = rng.choice([10, 15, 20, 30])
        minutes, minute_set = f"*/{step}", list(range(0, 60, step))
        if zone in OFF_THE_HOUR or rng.random() < 0.5:
            hour_words, hour_set = "*", list(range(24))
    systemd = ()
    if form not in ("both", "steps"):
        weekday = f"{','.join(DAYS[n] for n in some)} " if dow != "*" else ""
        systemd = tuple(f"{weekday}*-{month}-{dom} {hour}:{minute}:00" for hour in hours)

    def judge(tz):
        found = du.rruleset()
        common = {"byhour": hour_set, "byminute": minute_set, "bysecond": 0}
        common |= {"bymonth": day.month} if month != "*" else {}
        start = datetime.combine(
            date(day.year - 1, 12, 1) if day.month < 3 else date(day.year, day.month - 1, 1), MIDNIGHT, tz
        )
        if dom != "*":
            found.rrule(du.rrule(du.DAILY, dtstart=start, bymonthday=days, **common))
        if dow != "*":
            found.rrule(du.rrule(du.DAILY, dtstart=start, byweekday=[_WEEKDAYS[n] for n in some], **common))
        if dom == dow == "*":
            found.rrule(du.rrule(du.DAILY, dtstart=start, **common))
        return found

    return Cron(expression=f"{minutes} {hour_words} {dom} {month} {dow}"), judge, systemd
