"""What preview shows is what is lived: newcomers, dates of joining ahead, hellos that wait or are held, and series.

The preview is asked before the first start, again once a crowd was imported and the guard holds their hellos, and again
when it was let go; each time what it shows is what goes out until the next change, to the minute and the word.
"""

import asyncio
from dataclasses import replace
from datetime import time, timedelta

import pytest

from nudger.decisions.snapshot import build_snapshot
from nudger.domain.catalog import Catalog
from nudger.domain.limits import Limits
from nudger.domain.nudges import WELCOME, NudgeState
from nudger.domain.recipients import DEFAULT_QUIET_HOURS, Pause
from nudger.domain.schedules import (
    At,
    Audience,
    Between,
    Calendar,
    Phase,
    Priority,
    Programme,
    Selection,
    WhenBlocked,
)
from nudger.domain.vocabulary import Channel, Purpose
from nudger.prose.reasons import english
from nudger.use_cases.hold import release_held
from nudger.use_cases.outlook import before_the_first_start, outlook, standing
from tests.make import DAILY, WORDS, make_message, make_recipient, make_schedule, utc
from tests.stage import Stage

NOT_YET = "the first hello has not gone out yet"

DAY = timedelta(days=1)
DAYS = 30
SERIES = tuple(f"kind/part-{n}" for n in range(5))
MESSAGES = (
    make_message("hello", purpose=Purpose.WELCOME),
    *(make_message(f"m{n}") for n in range(60)),
    *(make_message(f"part-{n}", only_when_named=True) for n in range(5)),
)
EVERYBODY = Audience(groups=frozenset({"many"}))
SCHEDULES = (
    make_schedule("twice", at=["08:00", "12:30"], audience=EVERYBODY, grace=timedelta(hours=2)),
    make_schedule("gap", at=["02:30"], audience=EVERYBODY, grace=timedelta(hours=8), priority=Priority.HIGH),
    make_schedule("owl", at=["23:30"], audience=EVERYBODY, grace=timedelta(hours=10)),
    make_schedule(
        "drawn",
        recurrence=Calendar(dates=DAILY, times=Between(start=time(9), end=time(18))),
        audience=EVERYBODY,
        when_blocked=WhenBlocked.DROP,
    ),
    make_schedule("series", at="10:15", selection=Selection(messages=SERIES, in_order=True), priority=Priority.HIGH),
    make_schedule(
        "course",
        recurrence=Calendar(
            dates=Programme(phases=(Phase(first=1, last=3), Phase(first=5, every=4))), times=At(times=(time(17),))
        ),
        audience=EVERYBODY,
    ),
)


def person(name, zone, **values):
    return make_recipient(
        name, **({"time_zone": zone, "quiet_hours": DEFAULT_QUIET_HOURS, "groups": frozenset({"many"})} | values)
    )


def people_of(zone, today):
    return (
        person("new", zone, quiet_hours=None),
        person("asleep", zone, prefer=Channel.SMS),
        person("ahead", zone, joined=today + 4 * DAY),
        person("ahead-at-night", zone, joined=today + 5 * DAY, quiet_hours=None),
        person("away", zone, pauses=(Pause(first=today - DAY, last=today + 6 * DAY),)),
        person("in-series", zone, groups=frozenset()),
    )


def crowd_of(zone):
    return [make_recipient(f"crowd{n:02}", time_zone=zone, groups=frozenset()) for n in range(23)]


def as_shown(coming):
    return {
        each.nudge.key: (
            each.goes_out,
            each.nudge.decision.channel,
            each.nudge.decision.message,
            each.nudge.decision.rendered.text,
        )
        for each in coming
        if each.goes_out is not None
    }


def as_lived(stage, since, until):
    return {
        n.key: (n.first_attempt_at, n.decision.channel, n.decision.message, n.decision.rendered.text)
        for n in stage.nudges()
        if n.state is NudgeState.SENT and since <= n.first_attempt_at < until
    }


def show(stage, catalog, now):
    """Ask as the command does, of the ledger as it is."""

    def ask(transaction):
        people = transaction.people.everybody()
        snapshot = build_snapshot(catalog, people, words=WORDS, seed="stage", installation="")
        return snapshot, standing(transaction, snapshot, people, with_histories=True, now=now)

    snapshot, at = stage.ledger.run(ask)
    return outlook(snapshot, at, first=now.date() - 2 * DAY, last=now.date() + (DAYS + 2) * DAY)


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        pytest.param("America/New_York", "2026-10-20 13:07", marks=pytest.mark.slow),  # over the autumn change
        pytest.param("Europe/Berlin", "2027-03-20 05:00", marks=pytest.mark.slow),  # over the spring change
        pytest.param("Asia/Kolkata", "2026-11-22 19:40", marks=pytest.mark.slow),
    ],
)
def test_what_is_shown_is_lived_until_something_changes(tmp_path, zone, start):
    begin = utc(start)
    catalog = Catalog(
        schedules=SCHEDULES,
        messages=MESSAGES,
        recipients=people_of(zone, begin.date()),
        limits=Limits(per_day=3, per_week=12, gap=timedelta(hours=2), gentle_days=0),
    )
    imported, released, end = begin + DAY, begin + 3 * DAY, begin + DAYS * DAY
    stage = Stage(tmp_path / "state", catalog=catalog, start=begin)

    async def live():
        here = [p if p.joined else replace(p, joined=begin.astimezone(p.zone).date()) for p in catalog.recipients]
        snapshot = build_snapshot(catalog, here, words=WORDS, seed="stage", installation="")
        at = before_the_first_start(snapshot, here, now=begin)
        before = as_shown(outlook(snapshot, at, first=begin.date() - DAY, last=end.date() + 2 * DAY))
        await stage.open()
        await stage.tick()
        await stage.until(imported)
        compare(before, begin, imported)
        stage.ledger.run(lambda t: t.people.keep(crowd_of(zone), source="import", at=imported))
        waiting = show(stage, catalog, imported)
        held = [each for each in waiting if each.nudge.state is NudgeState.HELD]
        assert {each.nudge.key.schedule for each in held} == {WELCOME}
        assert len(held) == 23
        await stage.tick()
        assert as_shown(show(stage, catalog, imported)) == as_shown(waiting)
        await stage.until(released)
        compare(as_shown(waiting), imported, released)
        withheld = [n for n in stage.nudges() if n.key.recipient == "crowd01" and n.key.schedule == "series"]
        assert withheld
        assert all(english(n.status_reason).startswith(NOT_YET) for n in withheld)
        stage.ledger.run(lambda t: release_held(t, now=released))
        after = as_shown(show(stage, catalog, released))
        await stage.tick()
        await stage.until(end)
        compare(after, released, end)
        await stage.close()

    def compare(shown, since, until):
        lived = as_lived(stage, since, until)
        assert lived == {key: told for key, told in shown.items() if since <= told[0] < until}
        assert len(lived) > 3

    asyncio.run(asyncio.wait_for(live(), timeout=120))
    assert_series_is_whole_and_hellos_come_first(stage)


def assert_series_is_whole_and_hellos_come_first(stage):
    by_person = {}
    for each in stage.sent:
        by_person.setdefault(each.nudge.key.recipient, []).append(each.nudge)
    assert len(by_person) == 6 + 23
    for theirs in by_person.values():
        assert theirs[0].key.schedule == WELCOME
        assert [n.key.schedule for n in theirs].count(WELCOME) == 1
        assert [n.decision.message for n in theirs if n.key.schedule == "series"] == list(SERIES)
