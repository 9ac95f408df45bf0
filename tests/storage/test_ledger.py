"""What one transaction can do, on real SQLite; `tests/system/test_postgresql.py` runs the same on PostgreSQL."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from nudger.decisions.delivering.transitions import attempt_of, begin_attempt
from nudger.domain.facts import Hold
from nudger.domain.limits import Limits
from nudger.domain.messages import Rendered
from nudger.domain.nudges import WELCOME, Decision, Nudge, NudgeState, nudge_id
from nudger.domain.recipients import HardDay, OnHardDay, Pause, QuietHours
from nudger.domain.records import Record
from nudger.domain.schedules import Priority, SlotKey
from nudger.domain.vocabulary import Channel
from nudger.errors import LedgerError
from nudger.storage.fact_codecs import GUARD, HOLD
from nudger.use_cases.people import keep_written, who_is_here
from tests.make import make_recipient, utc

NOW = utc("2026-11-23 08:30")


def make_nudge(person="sam", *, ordinal=0, message="kind/one", due=NOW, **values):
    key = SlotKey(recipient=person, schedule="kind", local_date=due.date(), ordinal=ordinal)
    decision = Decision(
        message=message,
        channel=Channel.EMAIL,
        rendered=Rendered(text="t", subject="s"),
        record=Record(seed="x"),
    )
    defaults = {"state": NudgeState.PENDING, "not_before": due, "expires_at": due + timedelta(hours=1)}
    return Nudge(id=nudge_id("test", key), key=key, due=due, decision=decision, **(defaults | values))


def test_a_nudge_is_read_back_as_it_was_written(ledger):
    nudge = make_nudge(first_attempt_at=NOW, provider="smtp", possible_duplicate=True, attempts=2, inquiries=1)
    ledger.run(lambda t: t.nudges.add([nudge], at=NOW))
    assert ledger.run(lambda t: t.nudges.get(nudge.id)) == nudge
    assert ledger.run(lambda t: t.nudges.get("other")) is None


def test_a_slot_has_one_nudge_for_ever(ledger):
    first, second = make_nudge(message="kind/one"), make_nudge(message="kind/two")
    assert ledger.run(lambda t: t.nudges.add([first, second], at=NOW)) == [first]
    assert ledger.run(lambda t: t.nudges.add([second], at=NOW)) == []
    other_installation = replace(second, id="0" * 32)
    assert ledger.run(lambda t: t.nudges.add([other_installation], at=NOW)) == []
    assert ledger.run(lambda t: t.nudges.get(first.id)) == first


def test_many_nudges_are_added_at_once(ledger):
    many = [make_nudge(ordinal=n) for n in range(1201)]
    assert len(ledger.run(lambda t: t.nudges.add(many, at=NOW))) == 1201
    assert ledger.run(lambda t: t.nudges.counts(since=NOW))[NudgeState.PENDING] == 1201


def test_a_change_is_written_only_if_nobody_was_faster(ledger):
    pending = make_nudge()
    sending = begin_attempt(pending, provider="smtp", now=NOW)
    ledger.run(lambda t: t.nudges.add([pending], at=NOW))
    ledger.run(lambda t: t.nudges.save([(pending, sending)], at=NOW))
    expired = replace(pending, state=NudgeState.EXPIRED)
    ledger.run(lambda t: t.nudges.save([(pending, expired)], at=NOW))
    assert ledger.run(lambda t: t.nudges.get(pending.id)) == sending


def test_a_step_that_no_nudge_may_take_is_a_bug(ledger):
    sent = make_nudge(state=NudgeState.SENT)
    with pytest.raises(ValueError, match="cannot go from sent"):
        ledger.run(lambda t: t.nudges.save([(sent, replace(sent, state=NudgeState.PENDING))], at=NOW))


def test_what_waits_comes_in_order_with_its_person(ledger):
    late, soon, gone = (make_nudge(p, not_before=NOW - timedelta(minutes=m)) for p, m in (("a", 1), ("b", 5), ("c", 3)))
    later = make_nudge("d", not_before=NOW + timedelta(minutes=1))
    people = [make_recipient(name) for name in "abd"]
    ledger.run(
        lambda t: (t.people.keep(people, source="import", at=NOW), t.nudges.add([late, soon, gone, later], at=NOW))
    )
    found = ledger.run(lambda t: t.waiting.due(Channel.EMAIL, now=NOW, limit=10))
    assert [(n.key.recipient, r and r.id) for n, r in found] == [("b", "b"), ("c", None), ("a", "a")]
    assert ledger.run(lambda t: t.waiting.due(Channel.SMS, now=NOW, limit=10)) == []
    assert ledger.run(lambda t: t.waiting.next_look_at()) == NOW - timedelta(minutes=5)


def test_what_has_priority_comes_first_and_hellos_last_unless_age_alone_counts(ledger):
    def waiting(name, minutes, schedule="kind", **values):
        made = make_nudge(name, not_before=NOW - timedelta(minutes=minutes), **values)
        return replace(made, key=made.key._replace(schedule=schedule), id=f"{name:0>32}")

    ledger.run(
        lambda t: t.nudges.add(
            [
                waiting("a", 9, WELCOME),
                waiting("b", 8, priority=Priority.LOW),
                waiting("c", 7),
                waiting("d", 6, WELCOME),
                waiting("e", 5, priority=Priority.HIGH),
            ],
            at=NOW,
        )
    )

    def found(limit, **how):
        waiting = ledger.run(lambda t: t.waiting.due(Channel.EMAIL, now=NOW, limit=limit, **how))
        return "".join(nudge.key.recipient for nudge, _ in waiting)

    assert [found(limit, by_age=False) for limit in (1, 2, 4, 9)] == ["e", "eb", "ebca", "ebcad"]
    assert [found(limit) for limit in (1, 9)] == ["a", "abcde"]


def begin(transaction, nudge, now=NOW, owner="here"):
    """Begin an attempt at a nudge as a daemon would; return both as they are written down."""
    sending = begin_attempt(nudge, provider="x", now=now, address=nudge.address)
    attempt = attempt_of(sending, "email/x", owner=owner)
    transaction.nudges.save([(nudge, sending)], at=now)
    transaction.attempts.begin([attempt])
    return sending, attempt


def test_an_attempt_that_never_ended_is_found(ledger):
    pending = make_nudge()
    ledger.run(lambda t: t.nudges.add([pending], at=NOW))
    ledger.run(lambda t: begin(t, pending))
    assert ledger.run(lambda t: t.waiting.interrupted(by=NOW + timedelta(minutes=14))) == []
    assert [n.id for n in ledger.run(lambda t: t.waiting.interrupted(by=NOW + timedelta(minutes=15)))] == [pending.id]
    assert len(ledger.run(lambda t: t.waiting.interrupted(by=None))) == 1


def test_what_may_have_gone_out_to_an_address_without_a_receipt_is_counted(ledger):
    sam, ann = make_recipient("sam", email="here@example.org"), make_recipient("ann", email="there@example.org")
    doubtful = [
        make_nudge(ordinal=0, state=NudgeState.UNKNOWN, ask_at=NOW),
        make_nudge(ordinal=1, address="here@example.org"),
        make_nudge(ordinal=2, state=NudgeState.PENDING, possible_duplicate=True),
        make_nudge("ann", ordinal=3, state=NudgeState.UNKNOWN, ask_at=NOW, address="here@example.org"),  # hers then
    ]
    others = [
        make_nudge(ordinal=4, state=NudgeState.SENT),
        make_nudge(ordinal=5),
        make_nudge(ordinal=6, state=NudgeState.UNKNOWN, ask_at=NOW, address="elsewhere@example.org"),
        make_nudge("ann", ordinal=7, state=NudgeState.UNKNOWN, ask_at=NOW),
        make_nudge(ordinal=8, state=NudgeState.UNKNOWN, ask_at=NOW, due=NOW - timedelta(days=3)),
    ]

    def count(transaction):
        transaction.people.keep([sam, ann], source="file", at=NOW)
        transaction.nudges.add([*doubtful, *others], at=NOW)
        begin(transaction, doubtful[1])
        return transaction.doubts.count(Channel.EMAIL, "here@example.org", since=NOW)

    assert ledger.run(count) == 4


def test_only_wordings_that_may_have_arrived_count_as_seen(ledger):
    states = list(NudgeState)
    nudges = [make_nudge(ordinal=n, message=f"kind/{s}", state=s) for n, s in enumerate(states)]
    again = make_nudge(ordinal=99, message="kind/sent", state=NudgeState.SENT, due=NOW + timedelta(days=1))
    ledger.run(lambda t: t.nudges.add([*nudges, again], at=NOW))
    seen = ledger.run(lambda t: t.histories.seen(["sam", "kim"]))
    assert set(seen["sam"]) == {"kind/pending", "kind/sending", "kind/sent", "kind/unknown"}
    assert seen["sam"]["kind/sent"] == NOW + timedelta(days=1)


def test_people_are_read_back_as_they_were_written(ledger):
    joined = date(2026, 1, 2)
    people = [
        make_recipient(
            "a",
            name="Ann",
            groups=frozenset({"x", "y"}),
            moments=(("morning", time(6, 30)),),
            prefer=Channel.SMS,
            joined=joined,
        ),
        make_recipient("b", quiet_hours=QuietHours(start=time(22), end=time(7)), joined=joined, email=None),
        make_recipient(
            "c",
            joined=joined,
            region="US-MA",
            supporter="Ana",
            goals=frozenset({"sleep", "people"}),
            weekend_moments=(("morning", time(10)),),
            weekend_quiet_hours=QuietHours(start=time(23), end=time(10)),
            pauses=(Pause(first=date(2026, 12, 1), last=date(2026, 12, 9)), Pause(last=date(2027, 1, 3))),
            hard_days=(
                HardDay(month=2, day=29, then=OnHardDay.HOLD),
                HardDay(month=3, day=1, year=2027, then=OnHardDay.GENTLE),
            ),
            limits=Limits(per_day=1, per_week=4, gap=timedelta(hours=3), gentle_days=14),
        ),
        make_recipient("d", joined=joined, weekend_quiet_hours=None),
    ]
    ledger.run(lambda t: t.people.keep(people, source="file", at=NOW))
    assert ledger.run(lambda t: t.people.everybody()) == people


def test_whoever_is_new_joins_today_where_they_are_and_pauses_by_command_stay(ledger):
    people = [make_recipient("a", time_zone="Pacific/Kiritimati"), make_recipient("b", joined=date(2025, 5, 5))]
    ledger.run(lambda t: t.people.keep(people, source="file", at=utc("2026-11-22 12:00")))
    pause = Pause(first=date(2026, 12, 1), last=date(2026, 12, 9))
    ledger.run(lambda t: t.people.pause(people[0], [pause], at=NOW))
    ledger.run(lambda t: t.people.keep(people, source="file", at=utc("2027-01-01 12:00")))
    a, b = ledger.run(lambda t: t.people.everybody())
    assert (a.joined, b.joined) == (date(2026, 11, 23), date(2025, 5, 5))
    assert a.pauses == (pause,)
    assert ledger.run(lambda t: t.people.pauses()) == {"a": (pause,)}


def test_whoever_left_the_file_gets_nothing_more_and_the_version_moves(ledger):
    a, b, c = make_recipient("a"), make_recipient("b"), make_recipient("c")
    ledger.run(lambda t: (t.people.keep([a, b], source="file", at=NOW), t.people.keep([c], source="import", at=NOW)))
    version = ledger.run(lambda t: t.people.version())
    assert ledger.run(lambda t: t.people.retire(source="file", besides={"a"})) == 1
    assert [p.id for p in ledger.run(lambda t: t.people.everybody())] == ["a", "c"]
    assert ledger.run(lambda t: t.people.version()) == version + 1
    ledger.run(lambda t: t.people.keep([b], source="file", at=NOW))
    assert [p.id for p in ledger.run(lambda t: t.people.everybody())] == ["a", "b", "c"]


def test_newcomers_are_those_to_whom_no_hello_went_out(ledger):
    ledger.run(lambda t: t.people.keep([make_recipient("a"), make_recipient("b")], source="file", at=NOW))
    hello = make_nudge("a")
    hello = replace(hello, key=hello.key._replace(schedule="welcome"))
    ledger.run(lambda t: t.nudges.add([hello], at=NOW))
    assert ledger.run(lambda t: t.hellos.unwelcomed()) == ["a", "b"]
    ledger.run(lambda t: t.nudges.save([(hello, replace(hello, state=NudgeState.SENDING))], at=NOW))
    ledger.run(
        lambda t: t.nudges.save(
            [(replace(hello, state=NudgeState.SENDING), replace(hello, state=NudgeState.SENT))], at=NOW
        )
    )
    assert ledger.run(lambda t: t.hellos.unwelcomed()) == ["b"]


def test_an_address_is_suppressed_until_somebody_allows_it(ledger):
    ledger.run(lambda t: t.suppressions.add("+1", "21610", at=NOW))
    ledger.run(lambda t: t.suppressions.add("+1", "again", at=NOW))
    assert ledger.run(lambda t: t.suppressions.addresses()) == {"+1"}
    ledger.run(lambda t: t.suppressions.remove("+1", at=NOW))
    assert ledger.run(lambda t: t.suppressions.addresses()) == frozenset()


def test_the_watermark_and_small_facts_are_kept(ledger):
    assert ledger.run(lambda t: t.planning.watermark()) is None
    ledger.run(lambda t: t.planning.set_watermark(NOW))
    assert ledger.run(lambda t: t.planning.watermark()) == NOW
    ledger.run(lambda t: t.facts.put(HOLD, Hold(since=NOW, reason="x")))
    assert ledger.run(lambda t: t.facts.get(HOLD)) == Hold(since=NOW, reason="x")
    assert ledger.run(lambda t: t.facts.get(GUARD)) is None


def test_a_transaction_that_fails_leaves_nothing(ledger):
    def work(transaction):
        transaction.planning.set_watermark(NOW)
        raise KeyError

    with pytest.raises(KeyError):
        ledger.run(work)
    assert ledger.run(lambda t: t.planning.watermark()) is None


def test_every_change_leaves_an_event(ledger):
    nudge = make_nudge()
    ledger.run(lambda t: t.nudges.add([nudge], at=NOW))
    ledger.run(lambda t: t.nudges.save([(nudge, begin_attempt(nudge, provider="smtp", now=NOW))], at=NOW))
    assert [(e.kind, e.detail.get("provider")) for e in ledger.run(lambda t: t.events.of(nudge.id))] == [
        ("pending", None),
        ("sending", "smtp"),
    ]


def test_a_database_that_cannot_be_written_is_one_clear_trouble(ledger, tmp_path):
    ledger.close()
    (tmp_path / "state" / "nudger.db").write_bytes(b"no database at all, but long enough to look like one" * 50)
    with pytest.raises(LedgerError, match="could not be used"):
        ledger.run(lambda t: t.planning.watermark())


def test_a_hello_and_a_test_are_contacts_like_any_other(ledger):
    """They reached the person: what is known at the next decision must not say that nothing was sent."""
    for number, schedule in enumerate(("welcome", "test", "kind")):
        nudge = make_nudge("sam")
        nudge = replace(nudge, id=f"{number:032}", key=nudge.key._replace(schedule=schedule))
        ledger.run(lambda t, nudge=nudge: t.nudges.add([nudge], at=NOW))
    found = ledger.run(lambda t: t.histories.contacts({"sam"}, since=NOW - timedelta(days=8)))
    assert {contact.key.schedule for contact in found["sam"]} == {"welcome", "test", "kind"}


def test_who_changed_since_a_version_is_told_and_whoever_did_not_is_not(ledger):
    a, b, c = (make_recipient(name) for name in "abc")

    def keep(*people, source="file"):
        ledger.run(lambda t: t.people.keep(people, source=source, at=NOW))

    def since(version):
        seen = ledger.read(lambda t: t.people.changed_since(version))
        return seen.version, [person.id for person in seen.people], list(seen.gone)

    keep(a, b)
    version, first, _ = since(0)
    assert first == ["a", "b"]
    keep(a, b)
    assert since(version) == (version, [], [])
    keep(a, replace(b, name="Ben"))
    keep(c, source="import")
    assert since(version) == (version + 2, ["b", "c"], [])
    ledger.run(lambda t: t.people.retire(source="file", besides={"b"}))
    ledger.run(lambda t: t.people.pause(c, [Pause(last=NOW.date())], at=NOW))
    assert since(version + 2) == (version + 4, ["c"], ["a"])
    ledger.run(lambda t: t.suppressions.remove("c@example.org", at=NOW))
    assert since(version + 4) == (version + 5, [], [])


def test_people_are_foreseen_as_they_will_be_kept(ledger):
    known, paused = make_recipient("a"), make_recipient("b", joined=NOW.date())
    ledger.run(lambda t: t.people.keep([known, paused], source="file", at=NOW - timedelta(days=9)))
    ledger.run(lambda t: t.people.pause(paused, [Pause(last=NOW.date())], at=NOW))
    coming = [known, replace(paused, name="Ben", joined=None), make_recipient("c")]
    foreseen = ledger.read(lambda t: who_is_here(t, coming, now=NOW))
    ledger.run(lambda t: keep_written(t, coming, now=NOW))
    assert foreseen == ledger.read(lambda t: t.people.everybody())
