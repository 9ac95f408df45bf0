"""Deciding: may we, what fits, and which of it."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudger.decisions.choosing.choose import choose
from nudger.decisions.choosing.history import Contact, History
from nudger.decisions.choosing.options import index_options
from nudger.decisions.choosing.rotation import Rotation
from nudger.decisions.points.availability import Available, Deferred, Refused, Request, availability
from nudger.decisions.points.decide import decide_slot, decide_welcome
from nudger.domain.limits import Limits
from nudger.domain.messages import Review
from nudger.domain.nudges import NudgeState
from nudger.domain.recipients import DEFAULT_QUIET_HOURS, Pause, QuietHours
from nudger.domain.schedules import Selection, Slot, SlotKey
from nudger.domain.vocabulary import (
    Channel,
    ChannelChoice,
    Component,
    Intensity,
    PartOfDay,
    Practice,
    Purpose,
    ReviewState,
    Situation,
)
from nudger.prose.reasons import english
from tests.make import make_message, make_recipient, make_schedule, make_snapshot, utc

DUE = utc("2026-11-23 08:30")


def slot(person="sam", schedule="kind", due=DUE):
    return Slot(person, schedule, due.date(), 0, due, due.time())


def decide(*, schedule=None, person=None, messages=None, seen=None, suppressed=(), now=DUE):
    snapshot = make_snapshot(
        schedules=[schedule or make_schedule()],
        recipients=[person or make_recipient()],
        messages=messages if messages is not None else [make_message()],
    )
    return decide_slot(snapshot, slot(), History(seen=seen or {}), suppressed=suppressed, now=now)


def test_a_slot_becomes_a_pending_nudge_with_words_and_reasons():
    nudge = decide(person=make_recipient(name="Sam"), messages=[make_message(sms="Hi {name|you}.", email=None)])
    # No email words: the person prefers email, so nothing fits.
    assert nudge.state is NudgeState.WITHHELD
    nudge = decide(person=make_recipient(name="Sam", prefer=Channel.SMS), messages=[make_message(sms="Hi {name|you}.")])
    assert nudge.state is NudgeState.PENDING
    assert nudge.decision.rendered.text == "Hi Sam."
    assert nudge.next_look_at == DUE
    assert nudge.decision.record.options == 1


@pytest.mark.parametrize("last", [date.max, date.max - timedelta(days=1)])
@pytest.mark.parametrize("time_zone", ["Pacific/Kiritimati", "UTC", "Pacific/Pago_Pago"])
def test_a_pause_to_the_end_of_the_calendar_stops_nobody_elses_nudges(last, time_zone):
    person = make_recipient(pauses=(Pause(last=last),), time_zone=time_zone)
    assert decide(person=person).state is NudgeState.WITHHELD
    hello = make_message("hello", purpose=Purpose.WELCOME)
    nudge = decide_welcome(make_snapshot(recipients=[person], messages=[hello]), person, now=DUE)
    assert nudge.state is NudgeState.WITHHELD


def test_a_hello_waits_for_the_end_of_a_pause_however_far_that_is():
    person = make_recipient(pauses=(Pause(last=date(2099, 12, 31)),))
    hello = make_message("hello", purpose=Purpose.WELCOME)
    nudge = decide_welcome(make_snapshot(recipients=[person], messages=[hello]), person, now=DUE)
    assert (nudge.state, nudge.next_look_at) == (NudgeState.PENDING, utc("2100-01-01 00:00"))


@pytest.mark.parametrize(
    ("late", "state"),
    [(timedelta(minutes=60), NudgeState.PENDING), (timedelta(minutes=60, seconds=1), NudgeState.MISSED)],
)
def test_a_slot_found_late_goes_out_within_its_grace_and_is_missed_after_it(late, state):
    assert decide(now=DUE + late).state is state


@pytest.mark.parametrize(
    ("quiet", "grace", "state", "until"),
    [
        (QuietHours(start=time(21), end=time(9)), timedelta(hours=1), NudgeState.PENDING, utc("2026-11-23 09:00")),
        (QuietHours(start=time(21), end=time(10)), timedelta(hours=1), NudgeState.WITHHELD, None),
        (DEFAULT_QUIET_HOURS, timedelta(hours=1), NudgeState.PENDING, DUE),
        (None, timedelta(hours=1), NudgeState.PENDING, DUE),
    ],
)
def test_in_quiet_hours_it_waits_if_it_can_and_is_withheld_if_not(quiet, grace, state, until):
    nudge = decide(person=make_recipient(quiet_hours=quiet), schedule=make_schedule(grace=grace))
    assert (nudge.state, nudge.next_look_at) == (state, until)


def test_an_address_that_may_not_be_used_is_not_used():
    assert decide(suppressed={"sam@example.org"}).state is NudgeState.SUPPRESSED
    assert decide(suppressed={"+14135550123"}).state is NudgeState.PENDING


@pytest.mark.parametrize(
    ("choice", "person", "expected"),
    [
        (ChannelChoice.PREFERRED, {}, Channel.EMAIL),
        (ChannelChoice.PREFERRED, {"prefer": Channel.SMS}, Channel.SMS),
        (ChannelChoice.PREFERRED, {"email": None}, Channel.SMS),
        (ChannelChoice.PREFERRED, {"prefer": Channel.SMS, "sms": None}, Channel.EMAIL),
        (ChannelChoice.SMS, {}, Channel.SMS),
        (ChannelChoice.SMS, {"sms": None}, None),
        (ChannelChoice.EMAIL, {"prefer": Channel.SMS}, Channel.EMAIL),
    ],
)
def test_the_channel_is_the_schedules_wish_or_the_persons(choice, person, expected):
    nudge = decide(schedule=make_schedule(channel=choice), person=make_recipient(**person))
    assert nudge.decision.channel is expected
    assert (nudge.state is NudgeState.WITHHELD) == (expected is None)


FITS = make_message(
    component=Component.MINDFULNESS,
    practice=Practice.JOURNAL,
    situations=frozenset({Situation.LOW}),
    parts_of_day=frozenset({PartOfDay.MORNING}),
)


@pytest.mark.parametrize(
    ("selection", "fits"),
    [
        (Selection(), True),
        (Selection(libraries=frozenset({"kind"})), True),
        (Selection(libraries=frozenset({"other"})), False),
        (Selection(components=frozenset({Component.MINDFULNESS})), True),
        (Selection(components=frozenset({Component.SELF_KINDNESS})), False),
        (Selection(practices=frozenset({Practice.JOURNAL, Practice.SUPPORT})), True),
        (Selection(practices=frozenset({Practice.SUPPORT})), False),
        (Selection(situations=frozenset({Situation.LOW, Situation.FINE})), True),
        (Selection(situations=frozenset({Situation.FINE})), False),
        (Selection(intensities=frozenset({Intensity.GENTLE})), True),
        (Selection(intensities=frozenset({Intensity.DEEP})), False),
    ],
)
def test_a_schedule_chooses_only_from_what_it_asks_for(selection, fits):
    nudge = decide(schedule=make_schedule(selection=selection), messages=[FITS])
    assert (nudge.state is NudgeState.PENDING) == fits


@pytest.mark.parametrize(
    "message",
    [
        make_message(parts_of_day=frozenset({PartOfDay.NIGHT})),
        make_message(language="es"),
        make_message(email=None),
        make_message(purpose=Purpose.WELCOME),
        make_message(review=Review(state=ReviewState.RETIRED)),
    ],
)
def test_words_that_do_not_fit_the_moment_or_the_person_are_never_chosen(message):
    nudge = decide(messages=[message])
    assert nudge.state is NudgeState.WITHHELD
    assert "no en message fits" in english(nudge.status_reason)


def test_words_of_a_language_serve_its_regions():
    nudge = decide(person=make_recipient(language="es-MX"), messages=[make_message(language="es")])
    assert nudge.state is NudgeState.PENDING


@given(st.integers(2, 12), st.integers(0, 2**32))
def test_no_wording_comes_back_before_the_pool_is_used_and_then_the_longest_unseen_does(size, seed):
    pool = [make_message(f"m{n}") for n in range(size)]
    seen, order = {}, []
    for day in range(3 * size):
        chosen = choose(index_options(pool), Rotation(seen=seen), seed=f"{seed}/{day}").message.key
        seen[chosen] = DUE + timedelta(days=day)
        order.append(chosen)
    assert set(order[:size]) == {message.key for message in pool}
    assert order[:size] == order[size : 2 * size] == order[2 * size :]


def test_the_same_slot_is_decided_the_same_for_ever():
    messages = [make_message(f"m{n}") for n in range(50)]
    first = decide(messages=messages)
    assert decide(messages=messages) == first
    assert decide(messages=list(reversed(messages))) == first


def test_different_slots_draw_differently():
    messages = [make_message(f"m{n}") for n in range(50)]
    snapshot = make_snapshot(schedules=[make_schedule()], recipients=[make_recipient()], messages=messages)
    chosen = {
        decide_slot(snapshot, slot(due=DUE + timedelta(days=n)), History(), now=DUE).decision.message for n in range(30)
    }
    assert len(chosen) > 15


HELLO = make_message(
    "hello", purpose=Purpose.WELCOME, sms="{service}: {frequency}. {crisis_line} {contact|the person who set this up}"
)


def test_the_first_hello_says_how_often_and_where_help_is():
    snapshot = make_snapshot(
        schedules=[make_schedule()], recipients=[make_recipient(prefer=Channel.SMS)], messages=[HELLO]
    )
    nudge = decide_welcome(snapshot, snapshot.recipients["sam"], now=DUE)
    assert nudge.decision.rendered.text == "nudger: about 7 notes a week. Call 988. help@example.org"
    assert nudge.state is NudgeState.PENDING


def test_the_first_hello_waits_for_the_morning():
    snapshot = make_snapshot(recipients=[make_recipient(quiet_hours=DEFAULT_QUIET_HOURS)], messages=[HELLO])
    nudge = decide_welcome(snapshot, snapshot.recipients["sam"], now=utc("2026-11-23 23:00"))
    assert nudge.next_look_at == utc("2026-11-24 08:00")


def test_the_first_hello_has_one_key_for_ever():
    snapshot = make_snapshot(recipients=[make_recipient(joined=date(2026, 1, 1))], messages=[HELLO])
    first = decide_welcome(snapshot, snapshot.recipients["sam"], now=DUE)
    again = decide_welcome(snapshot, make_recipient(joined=date(2026, 5, 5)), now=DUE + timedelta(days=100))
    assert first.key == again.key
    assert first.id == again.id


@given(
    start=st.times(), end=st.times(), zone=st.sampled_from(["America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]),
    minutes=st.integers(0, 60 * 24 * 365), grace=st.integers(0, 24 * 60),
)  # fmt: skip
def test_nothing_is_ever_allowed_inside_quiet_hours_nor_deferred_into_them(start, end, zone, minutes, grace):
    person = make_recipient(time_zone=zone, quiet_hours=QuietHours(start=start, end=end))
    now = utc("2026-01-01 00:00") + timedelta(minutes=minutes)
    request = Request(recipient=person, channel=Channel.EMAIL, expires_at=now + timedelta(minutes=grace))
    verdict = availability(request, now=now)
    moment = now if isinstance(verdict, Available) else verdict.until if isinstance(verdict, Deferred) else None
    if moment is None:
        assert isinstance(verdict, Refused)
    else:
        assert not person.quiet_hours.cover(moment.astimezone(person.zone).time())
        assert now <= moment <= now + timedelta(minutes=grace)


@pytest.mark.parametrize(
    ("ahead", "waiting", "free"),
    [
        (timedelta(hours=-30), False, False),
        (timedelta(hours=30), False, False),
        (timedelta(hours=30), True, True),
        (timedelta(days=-7), False, True),
    ],
    ids=["went out", "went out by a clock that was ahead", "waits for a later day", "a week ago"],
)
def test_a_week_counts_whatever_went_out_in_it(ahead, waiting, free):
    person = make_recipient(quiet_hours=None)
    contact = Contact(DUE + ahead, SlotKey(person.id, "other", date(2026, 11, 1)), None, waiting)
    request = Request(person, Channel.EMAIL, DUE + timedelta(hours=1), contacts=(contact,), limits=Limits(per_week=1))
    assert isinstance(availability(request, now=DUE), Available if free else Refused)


QUIET = QuietHours(start=time(20), end=time(9))


@pytest.mark.parametrize(
    ("bounds", "grace", "reason"),
    [
        ({"per_week": 1}, 13, "at most 1 in seven days"),  # quiet hours alone would let it go at nine
        ({}, 11, "quiet hours 20:00-09:00"),
        ({"per_day": 1}, 11, "at most 1 a day"),
        ({"per_day": 1, "per_week": 1}, 11, "at most 1 in seven days"),
    ],
)
def test_of_several_hindrances_the_one_is_named_without_which_it_would_go_out(bounds, grace, reason):
    now = DUE.replace(hour=21 if "per_day" not in bounds else 19, minute=0)
    contact = Contact(now - timedelta(hours=1), SlotKey("sam", "other", date(2026, 11, 1)), None)
    request = Request(
        make_recipient(quiet_hours=QUIET),
        Channel.EMAIL,
        now + timedelta(hours=grace),
        contacts=(contact,),
        limits=Limits(**bounds),
    )
    verdict = availability(request, now=now)
    assert isinstance(verdict, Refused)
    assert (verdict.state, english(verdict.reason)) == (NudgeState.WITHHELD, reason)


def test_what_waits_says_all_that_it_waits_for_in_order():
    now = DUE.replace(hour=21, minute=0)
    contact = Contact(now + timedelta(hours=11), SlotKey("sam", "other", date(2026, 11, 1)), None)
    request = Request(
        make_recipient(quiet_hours=QUIET),
        Channel.EMAIL,
        now + timedelta(hours=20),
        contacts=(contact,),
        limits=Limits(gap=timedelta(hours=3)),
    )
    verdict = availability(request, now=now)
    assert isinstance(verdict, Deferred)
    assert verdict.until == now + timedelta(hours=14)
    assert english(verdict.reason) == "quiet hours 20:00-09:00, then at least 3 h after another"
