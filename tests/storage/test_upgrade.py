"""Upgrading a ledger that was lived with: nothing is lost, nothing is sent twice, what waits goes out.

What has to survive is asked as people ask it (`why`, `status`, `decisions export`, and what reaches them), so that it
holds however the rows are kept. tests/old_ledgers.py says what the old ledgers hold.
"""

import asyncio
import json
from collections import Counter
from datetime import date, timedelta
from random import Random
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from freezegun import freeze_time

from nudger.cli import nudger
from nudger.decisions.snapshot import build_snapshot
from nudger.domain.vocabulary import Channel
from nudger.storage.database import open_database
from nudger.storage.ledger import Ledger
from nudger.storage.thread import LedgerThread
from nudger.use_cases.deliver_nudges import Delivery
from nudger.use_cases.hold import release_everything, release_held, sending_blocked
from nudger.use_cases.serve import Service
from tests.fakes import FakeClock
from tests.make import WORDS, utc
from tests.old_ledgers import KILLED, SCHEMAS, lay_down, moment_of, old_ledger
from tests.stage import DAWN, Post

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


# The oldest and the newest in a save's time; those between with the slow tests.
@pytest.fixture(
    params=[
        pytest.param(each, marks=pytest.mark.slow) if each not in (SCHEMAS[0], SCHEMAS[-1]) else each
        for each in SCHEMAS
    ]
)
def old(request):
    return old_ledger(request.param)


@pytest.fixture
def url(tmp_path):
    """Where a ledger may lie that is not there yet."""
    return f"sqlite:///{tmp_path}/state/nudger.db"


@pytest.fixture
def ledger(old, url, tmp_path):
    """The old ledger, opened by the code of today."""
    lay_down(old, url)
    opened = Ledger(*open_database(url, state_dir=tmp_path / "state"))
    yield opened
    opened.close()


@pytest.fixture
def ask(ledger, url, tmp_path, monkeypatch):
    """Ask a command about the ledger; return what it says as JSON."""
    monkeypatch.setenv("NUDGER_DATABASE_URL", url)
    monkeypatch.setenv("NUDGER_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "schedules").mkdir()
    (tmp_path / "schedules/all.yaml").write_text(
        'schedules:\n  - {id: kind, to: everyone, when: {days: daily, at: ["08:30", "12:00"]}}\n'
    )
    (tmp_path / "messages").mkdir()
    (tmp_path / "messages/kind.yaml").write_text(
        "library: kind\nlanguage: en\nmessages:\n" + "".join(map(_message, range(40)))
    )

    def ask(*words):
        with freeze_time(KILLED + MINUTE):
            result = CliRunner().invoke(nudger, ["--config", str(tmp_path), *words])
        assert result.exit_code == 0, result.output
        return result.stdout

    return ask


def _message(number):
    words = f"{{subject: About m{number}, body: Longer words of m{number}.}}"
    return f"  - {{id: m{number}, component: self-kindness, practice: self-talk, sms: Words of m{number}., email: {words}}}\n"


def test_every_nudge_stands_where_it_stood_in_its_own_words(old, ledger):
    found = {nudge.id: nudge for nudge in ledger.run(lambda t: t.nudges.recent(since=DAWN, limit=10_000))}
    assert found.keys() == {row["id"] for row in old.nudges}
    for row in old.nudges:
        nudge = found[row["id"]]
        key = (nudge.key.recipient, nudge.key.schedule, str(nudge.key.local_date), nudge.key.ordinal)
        assert key == (row["recipient"], row["schedule"], row["local_date"], row["ordinal"])
        assert (nudge.due, nudge.expires_at) == (moment_of(row["due_at"]), moment_of(row["expires_at"]))
        assert (nudge.state, nudge.priority) == (row["state"], row.get("priority", 0))
        decided = nudge.decision
        assert (decided.channel, decided.message) == (row["channel"], row["message"])
        words = (None, None) if decided.rendered is None else (decided.rendered.subject, decided.rendered.text)
        assert words == (row["subject"], row["text"])


def test_why_says_of_each_nudge_what_was_written_down(old, ask):
    # One of each sort: they are many, and a question takes a while.
    sorts = {(row["state"], row["reason"], *json.loads(row["facts"])): row for row in old.nudges}
    for row in sorts.values():
        (told,) = json.loads(ask("why", row["id"], "--format", "json"))
        for name in ("recipient", "schedule", "state", "channel", "message"):
            assert told[name] == row[name], row["id"]
        assert told["reason"] == (row["reason"] or None)
        assert told["facts"] == json.loads(row["facts"])
        assert told["events"] == [
            {"at": _as_json(event["at"]), "kind": event["kind"], **json.loads(event["detail"])}
            for event in old.tables["events"]
            if event["nudge"] == row["id"]
        ]
        text = ask("why", row["id"])
        assert row["state"] not in ("sent", "pending", "sending", "unknown") or row["message"] in text
        assert row["state"] != "sent" or "sent by" in text
        if row["state"] in ("withheld", "failed", "expired", "suppressed", "unknown"):
            assert row["reason"] in text


def _as_json(given):
    return moment_of(given).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_the_export_has_each_decision_with_what_it_rested_on(old, ask):
    rows = {row["id"]: row for row in old.nudges if row["schedule"] not in ("welcome", "test")}
    lines = [json.loads(line) for line in ask("decisions", "export", "--format", "jsonl", "--people").splitlines()]
    told = {line["nudge"]: line for line in lines if "nudge" in line}
    assert told.keys() == rows.keys()
    for name, row in rows.items():
        line, facts = told[name], json.loads(row["facts"])
        kept = (row["recipient"], row["schedule"], row["state"], row["reason"] or None, row["channel"], row["message"])
        assert (
            *(line[each] for each in ("recipient", "schedule", "state")),
            line["reason"] or None,
            line["channel"],
            line["message"],
        ) == kept
        assert (line["rule"], line["version"]) == (facts.get("rule"), facts.get("version"))
        for variable, (value, age) in facts.get("variables", {}).items():
            assert (line[variable], line[f"{variable}_age_s"]) == (value, age)
        assert (line["sent_at"] is None) == (row["state"] != "sent")
    chosen = [line for line in told.values() if line["message"]]
    assert old.schema == "0001" or all(line["options"] and line["p_message"] > 0 for line in chosen)


def test_everybody_is_here_with_all_that_is_theirs(old, ledger):
    people = ledger.run(lambda t: t.people.everybody())
    assert people == sorted(old.here, key=lambda person: person.id)
    assert [p.id for p in ledger.run(lambda t: t.people.everybody(source="import"))] == [p.id for p in old.imported]
    assert ledger.run(lambda t: t.suppressions.addresses()) == {"bob@example.org"}


def test_whatever_was_tried_has_its_last_attempt_and_what_is_under_way_its_lease(old, ledger):
    tried = [row for row in old.nudges if row["attempts"]]
    assert {"sent", "sending", "unknown", "pending", "failed"} <= {row["state"] for row in tried}
    for row in tried:
        (attempt,) = ledger.run(lambda t, name=row["id"]: t.attempts.of(name))
        assert (attempt.number, attempt.provider, attempt.provider_id) == (
            row["attempts"],
            row["provider"],
            row["provider_id"],
        )
        assert (attempt.outcome == "accepted") == (row["state"] == "sent")
        if row["state"] == "sending":
            lease_ends_at = moment_of(row["next_attempt_at"])
            assert (attempt.ended_at, attempt.outcome, attempt.lease_ends_at) == (None, None, lease_ends_at)
            assert abs(attempt.began_at - (lease_ends_at - 15 * MINUTE)) < MINUTE / 1000
        else:
            assert attempt.ended_at == moment_of(row["updated_at"])
    untried = next(row for row in old.nudges if not row["attempts"])
    assert ledger.run(lambda t: t.attempts.of(untried["id"])) == []


def test_what_people_said_is_kept(old, ledger):
    said = ledger.run(lambda t: t.feedback.of(["sam", "lee", "kim"], since=DAWN))
    kept = {
        name: [(each.kind, each.level, each.message, each.practice) for each in theirs] for name, theirs in said.items()
    }
    helped = next((row["message"] for row in old.tables.get("feedback", ()) if row["kind"] == "helpful"), None)
    expected = {
        "sam": [("check-in", 7, None, None), ("helpful", None, helped, "self-talk")],
        "lee": [("reply", None, None, None), ("less", None, None, "journal")],
    }
    assert {name: sorted(each, key=str) for name, each in kept.items() if each} == (
        {name: sorted(each, key=str) for name, each in expected.items()} if old.schema >= "0003" else {}
    )


def test_what_stood_still_stands_still(old, ledger, ask):
    status = json.loads(ask("status", "--format", "json"))
    assert status["people"] == len(old.here)
    assert status["addresses_stopped"] == 1
    assert status["planned_until"] == "2026-11-23T12:00:40Z"
    assert {each["nudge"] for each in status["recent"]} <= {row["id"] for row in old.nudges}
    if old.schema == "0001":
        assert (status["hold"], status["guard"]) == (None, None)
    else:
        assert status["hold"]["reason"] == "for the upgrade"
        assert status["guard"]["held"] == 3
        still = ledger.run(lambda t: sending_blocked(t, now=KILLED))
        assert {nudge.key.recipient for nudge in still.held} == {"crowd00", "crowd01", "crowd02"}


class Life:
    """The service of today on an old ledger, a minute after the old one was killed."""

    def __init__(self, old, ledger):
        self.old, self.ledger = old, ledger
        self.clock = FakeClock(KILLED + MINUTE)
        self.email, self.sms = Post("email", self.clock, can_be_asked=False, tells=False), Post("sms", self.clock)
        for channel, outgoing, receipt in old.taken:
            (self.email if channel is Channel.EMAIL else self.sms).held.append((DAWN, outgoing, receipt))
        self.before = {post.name: len(post.held) for post in (self.email, self.sms)}

    async def start(self):
        thread = LedgerThread(self.ledger)
        ways = ((Channel.EMAIL, self.email), (Channel.SMS, self.sms))
        self.service = Service(
            thread,
            [Delivery(channel, post, thread, clock=self.clock, rng=Random(1)) for channel, post in ways],
            make_snapshot=lambda catalog, people: build_snapshot(
                catalog, people, words=WORDS, seed="old", installation="old"
            ),
            clock=self.clock,
        )
        await self.service.reload(self.old.catalog, after_crash=True)
        await self.tick()

    async def tick(self):
        await self.service.tick()
        await self.service.settle()

    async def until(self, moment):
        while self.clock.now < moment:
            self.clock.forward(minutes=5)
            await self.tick()

    @property
    def sent(self):
        """What went out since the upgrade."""
        return [outgoing for post in (self.email, self.sms) for _, outgoing, _ in post.held[self.before[post.name] :]]

    def nudge(self, row):
        return self.ledger.run(lambda t: t.nudges.get(row["id"]))


def live(old, ledger, story):
    async def told():
        life = Life(old, ledger)
        await life.start()
        await story(life)

    asyncio.run(asyncio.wait_for(told(), timeout=60))


def rows_of_the_end(old):
    """What was under way when the old service was killed."""
    return SimpleNamespace(
        again=old.nudge("sam", "2026-11-23 1"),
        cut_off=old.nudge("ann", "2026-11-23 1"),
        cut_off_late=old.nudge("lee", "2026-11-23 1"),
        went_out=old.nudge("noor", "2026-11-23 1"),
        did_not=old.nudge("kim", "2026-11-23 1"),
    )


def test_nothing_goes_out_while_it_is_on_hold_and_then_all_that_waited_goes_out_once(old, ledger):
    end = rows_of_the_end(old)

    async def story(life):
        if old.schema > "0001":
            assert life.sent == []
            ledger.run(lambda t: release_everything(t, now=life.clock.now))
        await life.until(utc("2026-11-23 13:30"))
        sent = {outgoing.nudge: outgoing for outgoing in life.sent}
        assert Counter(outgoing.nudge for outgoing in life.sent) == Counter(
            each["id"] for each in (end.again, end.cut_off, end.cut_off_late, end.did_not)
        )
        for row in (end.again, end.cut_off, end.cut_off_late, end.did_not):
            outgoing = sent[row["id"]]
            assert (outgoing.rendered.subject, outgoing.rendered.text) == (row["subject"], row["text"])
            # The Date of a mail is that of its first attempt: a second copy is the same mail.
            assert outgoing.first_attempt_at == moment_of(row["first_attempt_at"])
            assert life.nudge(row).state == "sent"
        assert sent[end.cut_off["id"]].address == "ann@example.org"

    live(old, ledger, story)


def test_a_text_in_doubt_that_went_out_is_found_and_one_that_did_not_goes_out_once_more(old, ledger):
    end = rows_of_the_end(old)

    async def story(life):
        if old.schema > "0001":
            ledger.run(lambda t: release_everything(t, now=life.clock.now))
        await life.until(utc("2026-11-23 13:30"))
        found, again = life.nudge(end.went_out), life.nudge(end.did_not)
        taken = next(receipt for _, outgoing, receipt in old.taken if outgoing.nudge == end.went_out["id"])
        assert (found.state, found.provider_id) == ("sent", taken.provider_id)
        assert not found.possible_duplicate
        assert (again.state, again.possible_duplicate) == ("sent", True)
        assert [outgoing.nudge for outgoing in life.sent].count(end.went_out["id"]) == 0

    live(old, ledger, story)


def test_what_is_past_stays_as_it_was_and_no_slot_comes_again(old, ledger):
    over = {row["id"]: row for row in old.nudges if row["state"] not in ("pending", "sending", "unknown", "held")}

    async def story(life):
        ledger.run(lambda t: (release_everything(t, now=life.clock.now), release_held(t, now=life.clock.now)))
        await life.until(utc("2026-11-24 13:30"))
        nudges = ledger.run(lambda t: t.nudges.recent(since=DAWN, limit=10_000))
        assert max(Counter(nudge.key for nudge in nudges).values()) == 1
        now = {nudge.id: nudge for nudge in nudges}
        assert {name: now[name].state for name in over} == {name: row["state"] for name, row in over.items()}
        planned = {nudge.key for nudge in nudges if nudge.due <= KILLED}
        assert len(planned) == len(old.nudges)
        times = Counter(outgoing.nudge for outgoing in life.sent)
        assert max(times.values()) == 1
        assert times.keys().isdisjoint(over)
        # The day after is an ordinary one, and brings nobody words that they have had.
        had = {(row["recipient"], row["message"]) for row in old.nudges if row["message"]}
        fresh = [n for n in nudges if n.key.local_date == date(2026, 11, 24) and n.state == "sent"]
        assert {n.key.recipient for n in fresh} >= {"sam", "lee", "noor", "ann", "kim"}
        assert had.isdisjoint((n.key.recipient, n.decision.message) for n in fresh)
        if old.schema > "0001":
            greeted = {n.key.recipient for n in nudges if n.key.schedule == "welcome" and n.state == "sent"}
            assert greeted >= {"crowd00", "crowd01", "crowd02"}
        assert "bob" not in {now[name].key.recipient for name in times}

    live(old, ledger, story)


def test_what_the_guard_held_is_still_held_until_somebody_lets_it_go(old, ledger):
    if old.schema == "0001":
        pytest.skip("there was no guard yet")

    async def story(life):
        ledger.run(lambda t: release_everything(t, now=life.clock.now))
        await life.until(utc("2026-11-23 13:30"))
        assert not [p for p in life.sent if p.address.startswith("crowd")]
        assert ledger.run(lambda t: release_held(t, now=life.clock.now)) == 3
        await life.until(utc("2026-11-23 14:00"))
        assert sorted(p.address for p in life.sent if p.address.startswith("crowd")) == [
            f"crowd0{n}@example.org" for n in range(3)
        ]

    live(old, ledger, story)


def test_opening_it_again_changes_nothing_more(old, ledger, url, tmp_path):
    def look(opened):
        nudges = opened.run(lambda t: t.nudges.recent(since=DAWN, limit=10_000))
        return nudges, {nudge.id: opened.run(lambda t, nudge=nudge: t.events.of(nudge.id)) for nudge in nudges}

    before = look(ledger)
    again = Ledger(*open_database(url, state_dir=tmp_path / "state"))
    assert look(again) == before
    assert again.installation == ledger.installation
    again.close()
