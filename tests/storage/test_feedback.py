"""What came back from people, in the ledger; `tests/system/test_postgresql.py` runs the same on PostgreSQL."""

from datetime import timedelta

import pytest
from sqlalchemy import create_engine, inspect

from nudger.domain.feedback import Feedback, FeedbackKind
from nudger.domain.nudges import NudgeState
from nudger.domain.vocabulary import Practice
from nudger.storage.database import open_database
from nudger.storage.ledger import Ledger
from nudger.storage.tables import metadata
from tests.make import make_recipient
from tests.old_ledgers import lay_down, old_ledger
from tests.storage.test_ledger import NOW, make_nudge

DAY = timedelta(days=1)


def said(person="sam", kind="reply", ago=timedelta(0), **values):
    return Feedback(recipient=person, at=NOW - ago, kind=FeedbackKind(kind), **values)


def add(ledger, *entries):
    return ledger.run(lambda t: t.feedback.add(entries, source="command"))


def heard(ledger, *people, since=NOW - 120 * DAY):
    return ledger.run(lambda t: t.feedback.of(people, since=since))


def test_what_was_said_is_read_back_oldest_first(ledger):
    all_of_it = Feedback(
        recipient="sam",
        at=NOW,
        kind=FeedbackKind.HELPFUL,
        nudge="n",
        message="kind/one",
        practice=Practice.SUPPORT,
        theme="rest",
    )
    mood = said(kind="check-in", level=3, ago=DAY)
    assert add(ledger, all_of_it, mood, said("ben")) == 3
    assert heard(ledger, "sam", "nobody") == {"sam": [mood, all_of_it]}


def test_the_same_is_kept_once(ledger):
    mood = said(kind="check-in", level=3)
    assert add(ledger, mood, mood) == 1
    assert add(ledger, mood, said(kind="check-in", level=4)) == 1


def test_more_of_two_practices_at_once_is_two_things(ledger):
    assert add(ledger, *(said(kind="more", practice=each) for each in (Practice.SUPPORT, Practice.JOURNAL))) == 2


def test_long_ago_is_forgotten_but_not_what_they_never_want_again(ledger):
    never = said(kind="not-this", message="kind/one", ago=900 * DAY)
    add(ledger, never, said(kind="reply", ago=121 * DAY), said(ago=DAY))
    assert heard(ledger, "sam") == {"sam": [never, said(ago=DAY)]}


def test_more_people_than_one_question_bears_are_heard(ledger):
    people = [f"p{n}" for n in range(1100)]
    assert add(ledger, *map(said, people)) == 1100
    assert len(heard(ledger, *people)) == 1100


@pytest.mark.parametrize(
    ("kind", "after", "counts"),
    [
        ("reply", timedelta(minutes=1), True),
        ("done", timedelta(hours=24), True),
        ("more", timedelta(hours=23), True),
        ("check-in", timedelta(hours=2), True),
        ("reply", timedelta(hours=24, seconds=1), False),
        ("reply", -timedelta(seconds=1), False),
        ("less", timedelta(hours=1), False),
        ("not-this", timedelta(hours=1), False),
    ],
)
def test_an_answer_is_anything_but_a_no_within_a_day(ledger, kind, after, counts):
    sent = make_nudge(due=NOW - 3 * DAY, state=NudgeState.SENT, first_attempt_at=NOW - 3 * DAY)
    ledger.run(lambda t: t.nudges.add([sent], at=NOW))
    add(ledger, said(kind=kind, ago=3 * DAY - after, level=5 if kind == "check-in" else None))
    span = {"since": NOW - 9 * DAY, "until": NOW - DAY}
    assert ledger.run(lambda t: t.outcomes.of(None, **span)) == [(None, "kind/one", 1, int(counts))]
    assert ledger.run(lambda t: t.outcomes.of(["sam", "ben"], **span)) == [("sam", "kind/one", 1, int(counts))]


def test_only_what_went_out_long_enough_ago_has_an_outcome(ledger):
    went_out = [
        make_nudge(due=NOW - 2 * DAY, state=NudgeState.WITHHELD, ordinal=1),
        make_nudge(due=NOW - DAY / 2, state=NudgeState.SENT, first_attempt_at=NOW - DAY / 2, ordinal=2),
    ]
    ledger.run(lambda t: t.nudges.add(went_out, at=NOW))
    assert ledger.run(lambda t: t.outcomes.of(None, since=NOW - 9 * DAY, until=NOW - DAY)) == []


def test_the_last_nudge_is_the_last_by_that_moment(ledger):
    older, newer = (
        make_nudge(due=NOW - n * DAY, state=NudgeState.SENT, first_attempt_at=NOW - n * DAY, message=f"kind/{n}")
        for n in (2, 1)
    )
    ledger.run(lambda t: t.nudges.add([older, newer, make_nudge(state=NudgeState.WITHHELD)], at=NOW))
    assert ledger.run(lambda t: t.outcomes.last_sent("sam", by=NOW)) == (newer.id, "kind/1")
    assert ledger.run(lambda t: t.outcomes.last_sent("sam", by=NOW - 1.5 * DAY)) == (older.id, "kind/2")
    assert ledger.run(lambda t: t.outcomes.last_sent("sam", by=NOW - 3 * DAY)) is None


def test_goals_are_read_back(ledger):
    person = make_recipient(goals=frozenset({"sleep", "friends"}), joined=NOW.date())
    ledger.run(lambda t: t.people.keep([person], source="file", at=NOW))
    assert ledger.run(lambda t: t.people.everybody()) == [person]


def test_an_older_ledger_gets_what_a_new_one_has(tmp_path):
    url = f"sqlite:///{tmp_path}/old.db"
    lay_down(old_ledger("0002"), url)
    engine = create_engine(url)
    Ledger(*open_database(url, state_dir=tmp_path)).close()
    found = inspect(engine)
    assert {c["name"] for c in found.get_columns("feedback")} == {c.name for c in metadata.tables["feedback"].c}
    assert [index["name"] for index in found.get_indexes("feedback")] == ["feedback_of_person"]
    engine.dispose()
