"""Restraint: what nobody ever gets, whatever the schedules, the limits, and the way in which the service was run."""

import asyncio
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from nudger.decisions.planning.plan import next_due
from nudger.domain import legal_hours
from nudger.domain.catalog import Catalog
from nudger.domain.limits import Limits
from nudger.domain.nudges import WELCOME, NudgeState
from nudger.domain.recipients import HardDay, OnHardDay, QuietHours
from nudger.domain.schedules import At, Calendar, Priority, Weekly, WhenBlocked
from nudger.domain.vocabulary import Channel
from nudger.prose.reasons import english
from nudger.use_cases.preview import preview, rehearse
from tests import strategies as our
from tests.make import make_message, make_recipient, make_schedule, utc
from tests.world import World

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
WORDS = tuple(make_message(f"m{n}") for n in range(6))  # without a hello, which no limit holds back
quiet = st.none() | st.builds(QuietHours, start=our.local_times, end=our.local_times)
limits = st.builds(
    Limits,
    per_day=st.none() | st.integers(1, 3),
    per_week=st.none() | st.integers(1, 6),
    gap=st.sampled_from([timedelta(0), timedelta(minutes=45), timedelta(hours=5)]),
)


@st.composite
def lives(draw, most_people=2):
    """A configuration, and when somebody begins to live with it."""
    since = draw(our.near_changes(years=range(2025, 2028)))  # a clock before 2024 is not believed
    day = our.local_day(since)
    hard = st.builds(
        lambda d, then: HardDay(month=d.month, day=d.day, then=then), our.days_near(day, 6), st.sampled_from(OnHardDay)
    )
    people = [
        make_recipient(
            f"p{n}",
            time_zone=draw(our.zones),
            prefer=draw(st.sampled_from(Channel)),
            region=draw(st.sampled_from([None, "US-RI", "US-TX", "DE"])),
            quiet_hours=draw(quiet),
            weekend_quiet_hours=draw(st.just("same") | quiet),
            pauses=draw(our.pauses(day)),
            hard_days=tuple(draw(st.lists(hard, max_size=2))),
            joined=date(2000, 1, 1),
            limits=draw(st.none() | limits),
        )
        for n in range(draw(st.integers(1, most_people)))
    ]
    schedules = [
        make_schedule(
            f"s{n}",
            recurrence=draw(our.recurrences(day)),
            priority=draw(st.sampled_from(Priority)),
            when_blocked=draw(st.sampled_from(WhenBlocked)),
            grace=draw(st.sampled_from([timedelta(minutes=30), timedelta(hours=2), timedelta(hours=23)])),
        )
        for n in range(draw(st.integers(1, 4)))
    ]
    return schedules, people, draw(limits), since


def snapshot_of(schedules, people, bounds):
    return World("", people=people, schedules=schedules, limits=bounds, messages=WORDS).snapshot(
        Catalog(schedules=tuple(schedules), messages=WORDS, recipients=tuple(people), limits=bounds), people
    )


def assert_restrained(snapshot, sends):
    """`sends` holds (recipient, when, channel) of everything that went out."""
    by_person = {}
    for name, at, channel in sends:
        person = snapshot.recipients[name]
        local = at.astimezone(person.zone)
        window = person.quiet_hours_on(local.date())
        assert window is None or not window.cover(local.time()), "quiet hours"
        assert person.pause_on(local.date()) is None, "paused"
        assert person.hard_day_on(local.date()) is not OnHardDay.HOLD, "a hard day"
        if channel is Channel.SMS:
            regions = legal_hours.regions(person.region, person.sms, person.time_zone)
            assert legal_hours.allowed(regions, local), "legal hours"
        by_person.setdefault(name, []).append((at, local.date()))
    for name, theirs in by_person.items():
        bounds, days = snapshot.limits_of(snapshot.recipients[name]), [day for _, day in theirs]
        moments = sorted(at for at, _ in theirs)
        assert all(b - a >= bounds.gap for a, b in pairwise(moments)), "the gap"
        for day in set(days):
            assert bounds.per_day is None or days.count(day) <= bounds.per_day, "a day"
            week = sum(day - 7 * DAY < each <= day for each in days)
            assert bounds.per_week is None or week <= bounds.per_week, "seven days"


def rehearsed(snapshot, since, until):
    return list(rehearse(snapshot, since=since, until=until, histories={}))


def sends_of(coming):
    return [(c.slot.recipient, c.goes_out, c.nudge.decision.channel) for c in coming if c.goes_out is not None]


@settings(max_examples=30)
@given(lives())
def test_what_is_rehearsed_keeps_to_every_restraint(life):
    schedules, people, bounds, since = life
    snapshot = snapshot_of(schedules, people, bounds)
    coming = rehearsed(snapshot, since, since + 9 * DAY)
    assert_restrained(snapshot, sends_of(coming))
    for each in coming:
        graced = each.slot.due + snapshot.schedules[each.slot.schedule].grace
        assert each.goes_out is None or each.slot.due <= each.goes_out <= graced


@settings(max_examples=40)
@given(lives(), st.data())
def test_no_day_goes_to_one_that_matters_less_while_one_that_matters_more_is_to_come(life, data):
    schedules, people, _, since = life
    bounds = Limits(per_day=data.draw(st.integers(1, 2)))
    people = [make_recipient(p.id, time_zone=p.time_zone, joined=p.joined) for p in people]
    snapshot = snapshot_of(schedules, people, bounds)
    coming = rehearsed(snapshot, since, since + 5 * DAY)
    for lost in coming:
        day = lost.local.date()
        if lost.goes_out is not None or not english(lost.nudge.status_reason).startswith("at most"):
            continue
        for other in coming:
            if other.slot.recipient == lost.slot.recipient and other.goes_out is not None:
                same_day = other.goes_out.astimezone(other.recipient.zone).date() == day
                assert not same_day or other.nudge.priority >= lost.nudge.priority, (lost.slot, other.slot)


@settings(max_examples=20)
@given(lives())
def test_a_preview_of_some_days_is_that_part_of_the_rehearsal(life):
    schedules, people, bounds, since = life
    snapshot = snapshot_of(schedules, people, bounds)
    first, last = our.local_day(since), our.local_day(since) + 3 * DAY
    shown = {c.slot.key: c.nudge for c in preview(snapshot, since=since, first=first, last=last, histories={})}
    whole = {c.slot.key: c.nudge for c in rehearsed(snapshot, since, since + 9 * DAY)}
    assert shown.items() <= whole.items()


def test_at_the_end_of_a_rehearsal_too_a_nudge_gives_way_to_one_that_matters_more():
    less = make_schedule("less", at="22:00", priority=Priority.LOW, when_blocked=WhenBlocked.DROP)
    more = make_schedule("more", at="01:00", priority=Priority.HIGH)
    snapshot = snapshot_of([less, more], [make_recipient()], Limits(gap=timedelta(hours=5)))
    coming = rehearsed(snapshot, utc("2026-11-23 12:00"), utc("2026-11-23 23:00"))
    assert [c.goes_out for c in coming] == [None]


# Lived through

LENGTH = 2 * DAY


async def live(world, until, disturb):
    """Tick at every due moment and next attempt; before each, `disturb` may say tick, restart or reload."""
    await world.reload()
    while True:
        snapshot, now = world.service.snapshot, world.clock.now
        due = next_due(snapshot.roster, since=now, until=until, seed=snapshot.seed)
        attempt = world.ledger.run(lambda t: t.waiting.next_look_at())
        moments = [at for at in (due, attempt) if at is not None and now < at <= until]
        if not moments:
            return
        following = min(moments)
        for share, what in disturb():
            world.clock.now = max(world.clock.now, now + (following - now) * share)
            if what == "restart":
                world.start()
            if what in ("restart", "reload"):
                await world.reload()
            await world.tick()
        world.clock.now = following
        await world.tick()


def lived(path, life, disturb):
    schedules, people, bounds, since = life
    world = World(path, people=people, schedules=schedules, limits=bounds, messages=WORDS, start=since)
    world.start()
    asyncio.run(asyncio.wait_for(live(world, since + LENGTH + DAY, disturb), timeout=120))
    snapshot, nudges = world.service.snapshot, world.nudges()
    world.ledger.close()
    rows = [n for n in nudges if n.key.schedule != WELCOME]
    return snapshot, rows


def outcome_of_rows(rows, until):
    """Return when each went out, with which words; None for those that did not."""
    return {
        n.key: (n.first_attempt_at, n.decision.rendered.text) if n.state is NudgeState.SENT else None
        for n in rows
        if n.due <= until
    }


def outcome_of_rehearsal(coming):
    return {
        c.slot.key: (c.goes_out, c.nudge.decision.rendered.text) if c.goes_out is not None else None for c in coming
    }


steps = st.lists(st.tuples(st.sampled_from([0, 0.3, 0.9]), st.sampled_from(["tick", "restart", "reload"])), max_size=2)


@settings(max_examples=10)
@given(lives(most_people=1), st.data())
def test_what_is_rehearsed_is_what_is_lived_however_often_looked_at_restarted_and_reloaded(
    tmp_path_factory, life, data
):
    disturbing = data.draw(st.booleans())
    plan = data.draw(st.lists(steps, min_size=1, max_size=8)) if disturbing else [[]]
    count = iter(range(10**6))
    snapshot, rows = lived(tmp_path_factory.mktemp("life"), life, lambda: sorted(plan[next(count) % len(plan)]))
    since = life[3]
    assert_restrained(
        snapshot,
        [(n.key.recipient, n.first_attempt_at, n.decision.channel) for n in rows if n.state is NudgeState.SENT],
    )
    coming = rehearsed(snapshot, since, since + LENGTH)
    assert outcome_of_rows(rows, since + LENGTH) == outcome_of_rehearsal(coming)


@settings(max_examples=10)
@given(lives(), st.lists(st.integers(1, 240), min_size=3, max_size=40))
def test_looking_seldom_and_late_breaks_no_restraint(tmp_path_factory, life, minutes):
    schedules, people, bounds, since = life
    world = World(tmp_path_factory.mktemp("late"), people=people, schedules=schedules, limits=bounds, messages=WORDS)
    world.clock.now = since
    world.start()

    async def story():
        await world.reload()
        for step in minutes:
            await world.tick(minutes=step)

    asyncio.run(asyncio.wait_for(story(), timeout=120))
    sent = [n for n in world.nudges() if n.state is NudgeState.SENT]
    assert_restrained(world.service.snapshot, [(n.key.recipient, n.first_attempt_at, n.decision.channel) for n in sent])
    world.ledger.close()


@settings(max_examples=3)
@given(lives(most_people=1))
def test_ticks_every_half_minute_send_what_was_rehearsed(tmp_path_factory, life):
    schedules, people, bounds, since = life
    # Seconds are drawn by jitter and spread alone, and looked at half a minute later at most.
    schedules = [s for s in schedules if not isinstance(getattr(s.recurrence, "times", None), At)] or [make_schedule()]
    world = World(tmp_path_factory.mktemp("half"), people=people, schedules=schedules, limits=bounds, messages=WORDS)
    world.clock.now = since
    world.start()

    async def story():
        await world.reload()
        for _ in range(240):
            await world.tick(seconds=30)

    asyncio.run(asyncio.wait_for(story(), timeout=120))
    coming = rehearsed(world.service.snapshot, since, world.clock.now)
    rows = [n for n in world.nudges() if n.key.schedule != WELCOME and n.state is not NudgeState.PENDING]
    expected = outcome_of_rehearsal(coming)
    assert outcome_of_rows(rows, world.clock.now) == {n.key: expected[n.key] for n in rows}
    world.ledger.close()


# Journeys


@settings(max_examples=10)
@given(st.lists(st.tuples(our.zones, st.integers(1, 2000)), min_size=1, max_size=3), st.data())
def test_a_traveller_has_every_slot_of_every_local_date_once(tmp_path_factory, legs, data):
    local_times = data.draw(st.lists(our.local_times, min_size=1, max_size=3, unique=True))
    schedule = make_schedule(
        recurrence=Calendar(dates=Weekly(weekdays=frozenset(range(7))), times=At(times=tuple(local_times)))
    )
    home = data.draw(our.zones)
    since = our.datetime(2026, 6, 1, tzinfo=our.UTC)  # no clock changes then in these zones: dates stay whole

    def person(zone):
        return make_recipient(time_zone=zone, joined=date(2000, 1, 1))

    world = World(tmp_path_factory.mktemp("way"), people=[person(home)], schedules=[schedule], messages=WORDS)
    world.clock.now = since
    world.start()

    async def story():
        await world.reload()
        for zone, minutes in [*legs, (None, 3000)]:
            for _ in range(4):
                await world.tick(minutes=minutes / 4)
            if zone:
                world.catalog = Catalog(schedules=(schedule,), messages=WORDS, recipients=(person(zone),))
                await world.reload()

    asyncio.run(asyncio.wait_for(story(), timeout=120))
    rows = [n.key for n in world.nudges() if n.key.schedule != WELCOME]
    assert len(rows) == len(set(rows))
    days = {our.local_day(since) + n * DAY for n in range(2, (world.clock.now - since) // DAY - 1)}
    missing = {(day, n) for day in days for n in range(len(local_times))} - {(k.local_date, k.ordinal) for k in rows}
    assert not missing, (home, legs, local_times)
    sent = [p.nudge for p in world.email.sent]
    assert len(sent) == len(set(sent))
    world.ledger.close()
