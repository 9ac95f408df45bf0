"""What may be entered, what is filled in from the nudge that it is about, and what every decision then knows."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from nudger.decisions.choosing.learn import Outcomes
from nudger.domain import conditions
from nudger.domain.feedback import FeedbackKind
from nudger.domain.nudges import NudgeState
from nudger.domain.vocabulary import Practice
from nudger.errors import NudgerError
from nudger.storage.fact_codecs import GROUP_OUTCOMES
from nudger.use_cases.histories import keep_group_outcomes, load_histories
from nudger.use_cases.record_feedback import Entry, record
from tests.make import make_message, make_recipient, make_schedule, make_snapshot
from tests.storage.test_ledger import NOW, make_nudge
from tests.world import World

DAY = timedelta(days=1)
SNAPSHOT = make_snapshot(
    schedules=[make_schedule()],
    messages=[make_message("one", practice=Practice.SUPPORT, theme="company"), make_message("two")],
    recipients=[make_recipient("sam"), make_recipient("ben")],
)
SENT = make_nudge(due=NOW - 2 * DAY, state=NudgeState.SENT, first_attempt_at=NOW - 2 * DAY)
NEWER = make_nudge(due=NOW - DAY, state=NudgeState.SENT, first_attempt_at=NOW - DAY, message="kind/two")
WITHHELD = make_nudge(state=NudgeState.WITHHELD)
OTHERS = make_nudge("ben", state=NudgeState.SENT, first_attempt_at=NOW - DAY)


@pytest.fixture
def ledger(ledger):
    ledger.run(lambda t: t.nudges.add([SENT, NEWER, WITHHELD, OTHERS], at=NOW))
    return ledger


def enter(ledger, *entries, source="command"):
    return ledger.run(lambda t: record(t, entries, SNAPSHOT, source=source, now=NOW))


def entry(kind="reply", recipient="sam", **values):
    return Entry(recipient=recipient, kind=FeedbackKind(kind), **values)


def said(ledger, name="sam"):
    return ledger.run(lambda t: t.feedback.of([name], since=NOW - 99 * DAY)).get(name, [])


@pytest.mark.parametrize(
    ("given", "message", "practice", "theme"),
    [
        (entry("done", nudge=SENT.id), "kind/one", "support", "company"),
        (entry("done", nudge="last"), "kind/two", "self-talk", ""),
        (entry("helpful"), "kind/two", "self-talk", ""),
        (entry("not-this", at=NOW - 1.5 * DAY), "kind/one", "support", "company"),
        (entry("more", nudge="last"), "kind/two", "self-talk", ""),
        (entry("less", nudge="last", practice=Practice.JOURNAL), "kind/two", "journal", ""),
        (entry("reply"), None, None, ""),
        (entry("check-in", level=9), None, None, ""),
    ],
)
def test_what_it_is_about_is_filled_in(ledger, given, message, practice, theme):
    assert enter(ledger, given) == 1
    (found,) = said(ledger)
    assert (found.message, found.practice, found.theme) == (message, practice, theme)
    assert found.at == (given.at or NOW)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (entry(recipient="zoe"), "nobody here has the id 'zoe'"),
        (entry(at=NOW + timedelta(seconds=1)), "lies ahead"),
        (entry("check-in"), "one digit from 1 [(]very hard[)] to 9 [(]very light[)]"),
        (entry("check-in", level=0), "needs a level"),
        (entry("check-in", level=10), "needs a level"),
        (entry("reply", level=4), "only a check-in has one"),
        (entry("done", nudge="0" * 32), "no nudge of 'sam' has this id"),
        (entry("done", nudge=OTHERS.id), "no nudge of 'sam' has this id"),
        (entry("done", nudge=WITHHELD.id), "had not gone out by then"),
        (entry("done", nudge=NEWER.id, at=NOW - 1.5 * DAY), "had not gone out by then"),
        (entry("done", nudge="last", at=NOW - 3 * DAY), "no nudge went out to 'sam'"),
        (entry("not-this", at=NOW - 3 * DAY), "no nudge went out to 'sam'"),
        (entry("more"), "needs a practice"),
    ],
)
def test_what_cannot_be_is_refused_in_plain_words_and_nothing_is_kept(ledger, given, words):
    with pytest.raises(NudgerError, match=f"(?i){words}"):
        enter(ledger, entry("helpful"), given)
    assert said(ledger) == []


def test_the_same_entry_twice_is_written_once(ledger):
    mood = entry("check-in", level=3, at=NOW - DAY)
    assert [enter(ledger, mood, mood), enter(ledger, mood)] == [1, 0]
    assert len(said(ledger)) == 1


def test_done_before_anything_went_out_is_kept_without_a_nudge(ledger):
    enter(ledger, entry("done", at=NOW - 3 * DAY))
    assert said(ledger)[0].nudge is None


def histories(ledger, *, learning, now=NOW):
    snapshot = replace(SNAPSHOT, learning=learning)
    return ledger.run(lambda t: load_histories(t, snapshot, ["sam", "ben"], now=now))


def test_every_history_has_feedback_and_contacts(ledger):
    enter(ledger, entry("check-in", level=3))
    found = histories(ledger, learning=False)
    assert [each.level for each in found["sam"].feedback] == [3]
    assert [contact.message for contact in found["sam"].contacts] == ["kind/one", "kind/two"]
    assert found["ben"].feedback == ()
    assert found["sam"].evidence is None


def test_evidence_is_there_only_for_learning(ledger):
    enter(ledger, entry(at=NOW - 2 * DAY + timedelta(hours=3)))
    found = histories(ledger, learning=True)
    assert found["sam"].evidence.own == {Practice.SUPPORT: (1, 1)}
    # The newer one's hour has not passed: all within one hour learn the same.
    assert found["sam"].evidence.group == {Practice.SUPPORT: (1, 1)}
    later = histories(ledger, learning=True, now=NOW + timedelta(hours=1))["ben"].evidence
    assert later.own == {Practice.SUPPORT: Outcomes(1, 0)}
    assert later.group == {Practice.SUPPORT: Outcomes(2, 1), Practice.SELF_TALK: Outcomes(1, 0)}


def test_the_group_is_counted_once_an_hour_and_looking_writes_nothing(ledger):
    snapshot = replace(SNAPSHOT, learning=True)
    later = NOW + timedelta(hours=1)
    assert histories(ledger, learning=True, now=later)
    assert ledger.run(lambda t: t.facts.get(GROUP_OUTCOMES)) is None
    ledger.run(lambda t: keep_group_outcomes(t, snapshot, now=later))
    enter(ledger, entry(at=NOW - DAY + timedelta(hours=3)))
    for minutes, answered in ((59, 0), (60, 1)):
        moment = later.replace(minute=0) + timedelta(minutes=minutes)
        ledger.run(lambda t, moment=moment: keep_group_outcomes(t, snapshot, now=moment))
        found = histories(ledger, learning=True, now=moment)
        assert found["sam"].evidence.group[Practice.SELF_TALK].answered == answered


def test_a_nudge_more_keeps_what_was_said_and_learned(ledger):
    enter(ledger, entry("check-in", level=3))
    before = histories(ledger, learning=True, now=NOW + 3 * DAY)["sam"]
    after = before.with_nudge(make_nudge(ordinal=7), SENT.priority)
    assert (after.feedback, after.evidence) == (before.feedback, before.evidence)
    assert len(after.contacts) == len(before.contacts) + 1


def test_no_mood_and_no_reply_is_in_any_log_line(tmp_path, capsys):
    """Whoever reads the log learns that nudges went out, never how anybody is."""
    low = conditions.Test(variable="mood", below=4)
    world = World(tmp_path, schedules=[make_schedule(at="08:30"), make_schedule("only-low", at="09:00", only_if=low)])
    world.start()

    async def story():
        await world.reload()
        said = [
            Entry(recipient="sam", kind=FeedbackKind.CHECK_IN, level=level, at=world.clock.now - timedelta(hours=hours))
            for level, hours in ((9, 5), (2, 4))
        ]
        snapshot = world.service.snapshot
        world.ledger.run(lambda t: record(t, said, snapshot, source="command", now=world.clock.now))
        for _ in range(3):
            await world.tick(minutes=30)
            world.ledger.run(lambda t: record(t, [entry("reply")], snapshot, source="command", now=world.clock.now))
        await world.tick(hours=24)

    asyncio.run(story())
    world.ledger.close()
    told = "".join(capsys.readouterr()).lower()
    assert "state=sent" in told
    assert not re.search(r"mood|check.in|level=|repl(y|ied)|\blow day|very (hard|light)", told)
