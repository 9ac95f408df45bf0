"""The snapshot: one person's change costs that person and their groups, and what is no longer served from goes."""

import gc
import weakref
from datetime import date, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from nudger.decisions.choosing.options import Requirements
from nudger.decisions.planning.plan import next_due, slots
from nudger.decisions.snapshot import AHEAD, build_snapshot, upcoming_priority_slots
from nudger.domain.catalog import Catalog
from nudger.domain.limits import Limits
from nudger.domain.recipients import Pause
from nudger.domain.schedules import At, Audience, Calendar, Phase, Priority, Programme
from nudger.domain.vocabulary import Channel, PartOfDay
from tests.make import DAILY, WORDS, between, make_message, make_recipient, make_schedule, utc

NOW, DAY = utc("2026-11-23 08:00"), timedelta(days=1)
SCHEDULES = (
    make_schedule("morning", recurrence=Calendar(dates=DAILY, times=At(times=("morning",))), priority=Priority.HIGH),
    make_schedule("drawn", recurrence=between("09:00", "11:00")),
    make_schedule("spread", recurrence=Calendar(dates=DAILY, times=At(times=(time(22),), spread=timedelta(hours=3)))),
    make_schedule(
        "programme",
        recurrence=Calendar(dates=Programme(phases=(Phase(first=1),)), times=At(times=(time(18),))),
        audience=Audience(groups=frozenset({"course"})),
    ),
)
MESSAGES = (make_message("a"), make_message("b"))

persons = st.builds(
    make_recipient,
    st.sampled_from(["ann", "ben", "cas", "dee", "eli"]),
    time_zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York"]),
    moments=st.sampled_from([(), (("morning", time(7)),)]),
    groups=st.sampled_from([frozenset(), frozenset({"course"})]),
    joined=st.sampled_from([None, date(2026, 11, 20)]),
    pauses=st.sampled_from([(), (Pause(first=date(2026, 11, 22), last=date(2026, 11, 23)),)]),
    limits=st.sampled_from([None, Limits(per_day=1)]),
)
edits = st.lists(st.tuples(st.lists(persons, max_size=3), st.sets(st.sampled_from(["ann", "ben", "zoe"]))), max_size=5)


def snapshot_of(people):
    catalog = Catalog(schedules=SCHEDULES, messages=MESSAGES)
    return build_snapshot(catalog, people, words=WORDS, seed="s", installation="i")


def planned(snapshot, *, days=3):
    return sorted(slots(snapshot.roster, since=NOW, until=NOW + days * DAY, seed="s"))


@settings(max_examples=60, deadline=None)
@given(st.lists(persons, max_size=5), edits)
def test_any_changes_one_after_the_other_are_the_people_built_anew(first, edits):
    snapshot = snapshot_of(first)
    for people, gone in edits:
        planned(snapshot)  # what is worked out and then carried over must be the same as well
        changed = {person.id: person for person in people}
        stay = {name: person for name, person in snapshot.recipients.items() if name not in gone}
        snapshot = snapshot.with_changes(changed.values(), gone=gone - changed.keys())
        built = snapshot_of({**stay, **changed}.values())
        assert snapshot.recipients == built.recipients
        assert planned(snapshot) == planned(built)
        assert snapshot.restrained == built.restrained
        for name in snapshot.recipients:
            ahead = upcoming_priority_slots(snapshot, name, now=NOW)
            theirs = slots(snapshot.urgent, since=NOW, until=NOW + AHEAD, seed="s")
            assert ahead == [(slot.due, slot.schedule) for slot in theirs if slot.recipient == name]


def test_a_pause_moves_nobody_and_new_hours_move_one():
    crowd = [make_recipient(f"p{n}") for n in range(50)]
    snapshot = snapshot_of(crowd)
    planned(snapshot)
    paused = snapshot.with_recipient(make_recipient("p7", pauses=(Pause(last=date(2026, 12, 1)),)))
    assert list(paused.roster) == list(snapshot.roster)
    early = snapshot.with_recipient(make_recipient("p7", moments=(("morning", time(7)),)))
    stayed = [group for group in early.roster if group in list(snapshot.roster)]
    assert [group.schedule.id for group in stayed] == ["drawn", "spread"]
    assert [len(group.members) for group in early.roster if group.schedule.id == "morning"] == [49, 1]
    assert snapshot.with_recipient(crowd[3]) is snapshot
    assert snapshot.without("nobody") is snapshot


def test_what_a_group_drew_is_kept_when_somebody_comes():
    snapshot = snapshot_of([make_recipient(f"p{n}") for n in range(50)])
    planned(snapshot)
    after = snapshot.with_recipient(make_recipient("new")).without("p3")
    drawn = next(group for group in after.roster if group.schedule.id == "drawn")
    assert drawn.drawn_alone
    assert planned(after) == planned(snapshot_of(after.recipients.values()))


def test_a_snapshot_that_nobody_serves_from_any_more_goes_at_once():
    gone = []
    snapshot = snapshot_of([make_recipient(f"p{n}", limits=Limits(per_day=1)) for n in range(5)])
    gc.collect()
    gc.disable()  # without its help: what is frozen, as a service's memory is, it would never look at
    try:
        for n in range(5):
            next_due(snapshot.roster, since=NOW, until=NOW + DAY, seed="s")
            planned(snapshot)
            upcoming_priority_slots(snapshot, "p1", now=NOW)
            index = snapshot.message_index
            asked = Requirements(language="en", channel=Channel.EMAIL, part_of_day=PartOfDay.MORNING)
            assert index.options(SCHEDULES[0].selection, asked) is index.options(SCHEDULES[0].selection, asked)
            index.keys(SCHEDULES[0].selection, "en", Channel.EMAIL)
            gone += map(weakref.ref, (snapshot, index, *snapshot.roster))
            snapshot = snapshot_of([make_recipient(f"p{n}") for n in range(n + 5)])
        del index
        assert [each() for each in gone] == [None] * len(gone)
    finally:
        gc.enable()
