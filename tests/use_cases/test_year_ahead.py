"""The rehearsal of the coming year says neither more nor less than a preview of it, and costs what kinds cost."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nudger.decisions.snapshot import build_snapshot
from nudger.domain.catalog import Catalog
from nudger.domain.conditions import AllOf, Not
from nudger.domain.conditions import Test as Asked
from nudger.domain.limits import NO_LIMITS, Limits
from nudger.domain.reasons import Reason, ReasonCode
from nudger.domain.recipients import DEFAULT_QUIET_HOURS, QuietHours
from nudger.domain.schedules import Audience, Calendar, Priority, Selection, Weekly, WhenBlocked
from nudger.domain.vocabulary import Channel, ChannelChoice, Intensity, PartOfDay
from nudger.use_cases import year_ahead
from nudger.use_cases.kind_year import YEAR
from nudger.use_cases.preview import rehearse
from nudger.use_cases.year_ahead import Why, look_ahead, why
from tests import strategies
from tests.make import WORDS, cron, make_message, make_recipient, make_schedule, utc

NOW = utc("2026-11-25 16:00")
TODAY = NOW.date()
GENTLE = [make_message(f"g{n}") for n in range(12)]
DEEP = [make_message(f"d{n}", intensity=Intensity.DEEP, library="deep") for n in range(5)]
NIGHT = [make_message(f"n{n}", library="night", parts_of_day=frozenset({PartOfDay.NIGHT})) for n in range(5)]
SPANISH = [make_message(f"s{n}", library="es", language="es", email=None) for n in range(5)]
MESSAGES = (*GENTLE, *DEEP, *NIGHT, *SPANISH)

hours = st.sampled_from([time(3), time(7, 30), time(9), time(12), time(20, 30), time(22, 30)])
weekdays = st.frozensets(st.integers(0, 6), min_size=1)
recurrences = strategies.recurrences(TODAY + timedelta(days=12)) | st.builds(
    Calendar,
    dates=st.builds(Weekly, weekdays=weekdays),
    times=st.builds(
        lambda local_times: strategies.At(times=tuple(local_times)),
        st.lists(hours, min_size=1, max_size=2, unique=True),
    ),
)
tests = st.sampled_from(
    [
        Asked(variable="weekday", words=frozenset({"sun"})),
        Asked(variable="weekday", words=frozenset({"mon", "tue"})),
        Asked(variable="hour", below=8),
        Asked(variable="part_of_day", words=frozenset({"night"})),
        Asked(variable="since_sent", below=timedelta(hours=3)),
        Asked(variable="sent_today", above=0),
        Asked(variable="days_since_joined", below=30),
        Asked(variable="days_since_joined", above=300),
        Asked(variable="season", words=frozenset({"summer"})),
        Asked(variable="goals", words=frozenset({"sleep"})),
        Asked(variable="hard_day", flag=True),
    ]
)
conditions = st.none() | tests | tests.map(Not) | st.builds(lambda *parts: AllOf(parts), tests, tests)
audiences = st.sampled_from([Audience(everyone=True), Audience(groups=frozenset({"daily"}))])


@st.composite
def schedules(draw):
    found = [
        make_schedule(
            f"s{n}",
            recurrence=draw(recurrences),
            audience=draw(audiences),
            only_if=draw(conditions),
            skip_if=draw(conditions),
            priority=draw(st.sampled_from(Priority)),
            when_blocked=draw(st.sampled_from(WhenBlocked)),
            grace=draw(st.sampled_from([timedelta(minutes=10), timedelta(hours=1), timedelta(hours=12)])),
            channel=draw(st.sampled_from(ChannelChoice)),
            selection=draw(
                st.sampled_from([Selection(), *(Selection(libraries=frozenset({x})) for x in ("deep", "night"))])
            ),
        )
        for n in range(draw(st.integers(1, 3)))
    ]
    return tuple(found)


@st.composite
def somebody(draw, name):
    return make_recipient(
        name,
        time_zone=draw(st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata"])),
        quiet_hours=draw(st.sampled_from([None, DEFAULT_QUIET_HOURS, QuietHours(start=time(8), end=time(21))])),
        groups=draw(st.sampled_from([frozenset(), frozenset({"daily"})])),
        language=draw(st.sampled_from(["en", "es"])),
        sms=draw(st.sampled_from([None, "+4915112345678"])),
        prefer=draw(st.sampled_from([None, Channel.EMAIL])),
        joined=TODAY + timedelta(days=draw(st.sampled_from([-400, -3, 0, 30, 500]))),
        goals=draw(st.sampled_from([frozenset(), frozenset({"sleep"})])),
        limits=draw(st.sampled_from([None, Limits(per_day=1, gentle_days=0)])),
        pauses=draw(st.just(()) | strategies.pauses(TODAY)),
    )


limits = st.sampled_from([NO_LIMITS, Limits(per_day=1), Limits(per_week=2, gap=timedelta(hours=20))])
people = st.tuples(somebody("p0"), somebody("p1")).map(list)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(schedules(), people, limits)
def test_what_never_goes_out_is_what_a_preview_of_the_year_does_not_have(found, those, everyones):
    catalog = Catalog(schedules=found, messages=MESSAGES, limits=everyones)
    outlook = look_ahead(catalog, those, now=NOW, seed="s")
    snapshot = build_snapshot(catalog, those, words=WORDS, seed="s", installation="")
    coming = [
        each for each in rehearse(snapshot, since=NOW, until=NOW + YEAR, histories={}) if each.goes_out is not None
    ]
    got = {(each.slot.schedule, each.recipient.id) for each in coming}
    never = {
        (each.question.schedule, person.id)
        for each in outlook.nevers
        if each.question.ordinal is None and not each.kind.made_up and each.question.schedule not in newcomers(found)
        for person in each.kind.people
    }
    assert never.isdisjoint(got), "what goes out is said to go out"
    for schedule in found:
        meant = [person.id for person in those if schedule.audience.includes(person)]
        if meant and not any((schedule.id, name) in got for name in meant):
            told = [each for each in outlook.nevers if each.question.schedule == schedule.id]
            assert told, f"nobody gets {schedule.id}, and nothing is said"
    for kind in outlook.silent:
        assert not any(name == person.id for _, name in got for person in kind.people)


def newcomers(found):
    """Programmes are judged by people who begin them, whoever is in the middle of one."""
    return {each.id for each in found if isinstance(getattr(each.recurrence, "dates", None), strategies.Programme)}


ORDINARY = Catalog(
    schedules=(
        make_schedule("daily", audience=Audience(groups=frozenset({"daily"}))),
        make_schedule("all", at=["12:00", "18:00"]),
        make_schedule("asked", at="10:00", only_if=Asked(variable="mood", below=4)),
    ),
    messages=MESSAGES,
    limits=Limits(per_day=3),
)


def crowd(count):
    zones, groups = ("Europe/Berlin", "America/New_York"), (frozenset(), frozenset({"daily"}))
    return [
        make_recipient(
            f"p{n}",
            time_zone=zones[n % 2],
            groups=groups[n // 2 % 2],
            name=f"Name {n}",
            joined=date(2024, 1, 1) + timedelta(days=n % 500),
            sms=None,
        )
        for n in range(count)
    ]


def lived(monkeypatch, catalog, those):
    """Return how many years were lived for whom, and what came of it."""
    names = []
    real = year_ahead.KindYear

    def counted(base, person, *rest, **more):
        names.append(person.id)
        return real(base, person, *rest, **more)

    with monkeypatch.context() as patch:
        patch.setattr(year_ahead, "KindYear", counted)
        return look_ahead(catalog, those, now=NOW), names


def test_a_hundred_thousand_people_cost_no_more_than_their_kinds(monkeypatch):
    few, names = lived(monkeypatch, ORDINARY, crowd(4))
    many, more = lived(monkeypatch, ORDINARY, crowd(100_000))
    assert len(few.kinds) == len(many.kinds) == 4
    assert len(more) == len(names)
    assert [kind.count for kind in many.kinds] == [25_000] * 4
    assert many.nevers == ()


def test_so_many_kinds_are_looked_at_and_the_others_are_counted(monkeypatch):
    monkeypatch.setattr(year_ahead, "MANY_KINDS", 3)
    outlook = look_ahead(ORDINARY, [replace(p, limits=Limits(per_day=n + 1)) for n, p in enumerate(crowd(9))], now=NOW)
    assert (len(outlook.kinds), outlook.unseen) == (3, 6)


def test_single_days_of_people_do_not_make_many_kinds(monkeypatch):
    those = [
        replace(person, pauses=(strategies.Pause(first=date(2027, 1, 1), last=date(2027, 1, 1 + n % 27)),))
        for n, person in enumerate(crowd(2_000))
    ]
    monkeypatch.setattr(year_ahead, "MANY_KINDS", 50)
    assert len(look_ahead(ORDINARY, those, now=NOW).kinds) == 4


def test_a_sound_configuration_costs_few_decisions():
    """What has gone out once is not asked again: a year of three schedules is a thousand slots."""
    year = year_ahead._Year(ORDINARY, NOW, "")
    before = year._budget.left
    outlook = look_ahead(ORDINARY, crowd(1), now=NOW)
    assert outlook.nevers == ()
    (kind,) = outlook.kinds
    year.live(kind)
    assert before - year._budget.left < 150


@pytest.mark.parametrize(
    ("code", "sort"),
    [
        (ReasonCode.QUIET_HOURS, Why.QUIET),
        (ReasonCode.LEGAL_HOURS, Why.LEGAL),
        (ReasonCode.KEPT_FOR_OTHER, Why.LIMITS),
        (ReasonCode.TOO_SOON_AFTER, Why.GAP),
        (ReasonCode.ONLY_IF, Why.ONLY_IF),
        (ReasonCode.NOT_IF, Why.SKIP_IF),
        (ReasonCode.NO_WORDS, Why.WORDS),
        (ReasonCode.NO_ADDRESS, Why.ADDRESS),
        (ReasonCode.PAUSED, Why.PAUSED),
        (ReasonCode.SERIES_ENDED, Why.SERIES),
        (ReasonCode.HARD_DAY, Why.HARD_DAY),
        (ReasonCode.RECORDED_TEXT, Why.OTHER),
    ],
)
def test_reasons_are_known_by_their_codes(code, sort):
    assert why(Reason(code)) is sort


def test_the_reasons_of_real_decisions_are_all_known():
    odd = (
        make_schedule("quiet", at="23:00"),
        make_schedule("limits", at="12:00"),
        make_schedule("first", at="11:59", priority=Priority.HIGH),
        make_schedule("night", selection=Selection(libraries=frozenset({"night"}))),
        make_schedule("condition", only_if=Asked(variable="weekday", words=frozenset())),
        make_schedule("sms", channel=ChannelChoice.SMS),
    )
    person = make_recipient(sms=None, quiet_hours=DEFAULT_QUIET_HOURS, joined=TODAY)
    catalog = Catalog(schedules=odd, messages=MESSAGES, limits=Limits(per_day=1))
    found = look_ahead(catalog, [person], now=NOW).nevers
    assert {each.question.schedule: why(each.reason) for each in found if each.question.schedule != "first"} == {
        "quiet": Why.QUIET,
        "limits": Why.LIMITS,
        "night": Why.WORDS,
        "sms": Why.ADDRESS,
    } | {each.question.schedule: Why.LIMITS for each in found if each.question.schedule == "condition"}
    assert not any(why(reason) is Why.OTHER for each in found for reason in each.reasons)


def test_a_moment_is_enough_for_whoever_answers_and_none_for_what_contradicts_itself():
    low, high = Asked(variable="mood", below=3), Asked(variable="mood", above=6)
    both = make_schedule("both", only_if=AllOf((low, high)))
    found = look_ahead(
        Catalog(schedules=(both, make_schedule("low", only_if=low)), messages=MESSAGES), crowd(1), now=NOW
    )
    assert [(each.question.schedule, each.impossible) for each in found.nevers] == [("both", True)]


def test_the_year_is_lived_from_now_on():
    soon = make_schedule("soon", recurrence=Calendar(
        dates=strategies.OnDates(dates=frozenset({datetime(2026, 11, 26).date()})),
        times=strategies.At(times=(time(9),)),
    ))  # fmt: skip
    catalog = Catalog(schedules=(soon,), messages=MESSAGES)
    assert look_ahead(catalog, crowd(1), now=NOW).nevers == ()
    (never,) = look_ahead(catalog, crowd(1), now=NOW + timedelta(days=2)).nevers
    assert never.question.schedule == "soon"


def test_what_asks_how_long_ago_another_note_went_out_is_asked_among_the_others():
    hours = Not(Asked(variable="since_sent", below=timedelta(hours=3)))
    night = cron("*/30 1-3 * * *")
    later = replace(night, starts=TODAY + timedelta(days=12))
    found = (make_schedule("asks", recurrence=later, only_if=hours), make_schedule("others", recurrence=night))
    sam = make_recipient(joined=TODAY - timedelta(days=400))
    outlook = look_ahead(Catalog(schedules=found, messages=MESSAGES), [sam], now=NOW, seed="s")
    assert [each.question.schedule for each in outlook.nevers if not each.kind.made_up] == []
