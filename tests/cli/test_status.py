"""What `nudger status` shows of the past, and by whose clock."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from nudger.cli import screen
from nudger.cli.status_text import past_line, people_line
from nudger.domain.nudges import Decision, Nudge, NudgeState, nudge_id
from nudger.domain.schedules import SlotKey
from nudger.prose.english import elsewhere
from nudger.use_cases.hold import SendingBlocked
from nudger.use_cases.status import Past, Status
from tests.make import make_recipient

DUE = datetime(2026, 12, 2, 9, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _on_a_machine_in_utc(monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def due_nudge(**values):
    key = SlotKey(recipient="sam", schedule="kind", local_date=DUE.date(), ordinal=0)
    decision = Decision(message="library/one", channel="sms", rendered=None)
    return Nudge(
        id=nudge_id("x", key), key=key, due=DUE, expires_at=DUE + timedelta(days=2), decision=decision, **values
    )


@pytest.mark.parametrize(
    ("state", "attempts", "later", "said"),
    [
        (NudgeState.SENT, 1, timedelta(seconds=20), None),
        (NudgeState.SENT, 1, timedelta(hours=9, minutes=28), "sent 18:29"),
        (NudgeState.SENT, 1, timedelta(hours=23), "sent Thu 3 Dec 08:01"),
        (NudgeState.SENT, 3, timedelta(hours=1), "first tried 10:01"),
        (NudgeState.UNKNOWN, 1, timedelta(hours=1), "first tried 10:01"),
    ],
)
def test_when_it_was_due_and_when_it_went_are_told_apart(state, attempts, later, said):
    nudge = due_nudge(state=state, attempts=attempts, first_attempt_at=DUE + later)
    line = past_line(nudge)
    assert line.startswith("Wed 2 Dec 09:01 ")
    assert (f"({said}" in line) if said else ("(" not in line)


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("UTC", ""),
        ("Africa/Abidjan", ""),
        ("America/New_York", "04:01 where sam is"),
        ("Pacific/Auckland", "22:01 where sam is"),
        ("Pacific/Kiritimati", "23:01 where sam is"),
        ("Pacific/Pago_Pago", "Tue 1 Dec 22:01 where sam is"),
    ],
)
def test_a_time_of_this_machine_is_told_by_the_persons_clock_too(zone, said):
    assert elsewhere(DUE, make_recipient("sam", time_zone=zone)) == said


def test_every_moment_in_json_has_one_form():
    assert screen.as_json(DUE + timedelta(milliseconds=630)) == "2026-12-02T09:01:00Z"
    assert screen.as_json(DUE.date()) == "2026-12-02"


def test_whoever_has_stopped_is_not_counted_among_the_active():
    people = [
        make_recipient("ana", sms="+14135550123", email="ana@example.org"),
        make_recipient("bo", sms=None, email="bo@example.org"),
        make_recipient("chi", sms=None, email="chi@example.org"),
    ]
    stopped = frozenset({"ana@example.org", "bo@example.org"})
    blocked = SendingBlocked(hold=None, guard=None, held=(), doubt="")
    found = Status(now=DUE, past=Past(suppressed=stopped), blocked=blocked, people=people, coming=(), short=())
    assert people_line(found) == "people    2 active · 0 paused · 2 addresses stopped"
