"""Small facts: what a released program wrote is read for ever, and a daemon's are its own."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from nudger.decisions.choosing.learn import GroupOutcomes, Outcomes
from nudger.domain.deliveries import Sender
from nudger.domain.facts import NO_DAEMON, DaemonId, Forgotten, Guard, Hold, Reloaded, Serving, served_by
from nudger.domain.vocabulary import Channel, Practice
from nudger.storage import fact_codecs as facts
from nudger.storage.daemon_id import daemon_of, name_daemon
from nudger.storage.tables import meta
from tests.make import utc

NOW = utc("2026-11-23 08:30")
ISO = "2026-11-23T08:30:00+00:00"
SENDER = Sender(channel=Channel.EMAIL, provider="smtp")
ONE, OTHER = DaemonId("one"), DaemonId("other")


def stopped(transaction):
    """Up to when everything is planned, and whether everything is on hold, as each claim asks it."""
    return transaction.planning.sending_state(SENDER, now=NOW)[:2]


AS_RELEASED = [
    (facts.WATERMARK, NOW, ("planned_until", ISO)),
    (facts.INSTALLATION, "abc", ("installation", "abc")),
    (facts.PEOPLE_VERSION, 7, ("recipients_version", "7")),
    (facts.PLANNING_BEGAN, NOW, ("planning_began", {"at": ISO})),
    (facts.CLOCK_SET_BACK, NOW, ("clock_set_back", {"from": ISO})),
    (facts.TIMINGS, {"kind": "x"}, ("timings", {"kind": "x"})),
    (facts.HOLD, Hold(since=NOW, reason="wait"), ("hold", {"since": ISO, "reason": "wait"})),
    (facts.GUARD, Guard(since=NOW, why="many"), ("guard", {"since": ISO, "why": "many"})),
    (
        facts.FORGOTTEN,
        Forgotten(since=NOW, until=NOW, found=NOW),
        ("restored", {"since": ISO, "until": ISO, "found": ISO}),
    ),
    (
        facts.GROUP_OUTCOMES,
        GroupOutcomes(until=NOW, practices={Practice.SUPPORT: Outcomes(2, 1)}),
        ("group_outcomes", {"until": ISO, "practices": {"support": [2, 1]}}),
    ),
    (facts.FORCE_RELOAD.of(NO_DAEMON), NOW, ("force_reload", {"at": ISO})),
    (
        facts.RELOADED.of(NO_DAEMON),
        Reloaded(at=NOW, taken=True, lines=("nothing changed",)),
        ("reloaded", {"at": ISO, "taken": True, "lines": ["nothing changed"]}),
    ),
    (
        facts.SERVING.of(NO_DAEMON),
        Serving(configured_at=NOW, problems="", providers={Channel.SMS: "twilio"}),
        ("service", {"configured_at": ISO, "problems": "", "providers": {"sms": "twilio"}}),
    ),
]


@pytest.mark.parametrize(("fact", "value", "kept"), AS_RELEASED, ids=lambda each: getattr(each, "key", ""))
def test_a_fact_is_kept_as_released_programs_keep_it(ledger, fact, value, kept):
    key, said = kept
    text = said if isinstance(said, str) else json.dumps(said)
    ledger.run(lambda t: t.facts.put(fact, value))
    row = select(meta.c.key, meta.c.value).where(meta.c.key == fact.key)
    assert tuple(ledger.run(lambda t: t.connection.execute(row).one())) == (key, text)
    assert ledger.run(lambda t: t.facts.get(fact)) == value


def test_what_an_older_program_took_back_is_not_known(ledger):
    ledger.run(lambda t: t.connection.execute(insert(meta).values(key="hold", value="{}")))
    assert ledger.run(lambda t: (t.facts.get(facts.HOLD), stopped(t))) == (None, (None, False))


def test_a_hold_is_seen_by_every_claim_and_taken_back(ledger):
    ledger.run(lambda t: t.facts.put(facts.HOLD, Hold(since=NOW)))
    assert ledger.run(stopped) == (None, True)
    ledger.run(lambda t: t.facts.remove(facts.HOLD))
    assert ledger.run(stopped) == (None, False)


def test_daemons_that_share_a_ledger_do_not_overwrite_each_other(ledger):
    def word(at):
        return Serving(configured_at=at, problems="", providers={})

    ledger.run(lambda t: t.facts.put_of_daemon(facts.SERVING, ONE, word(NOW)))
    ledger.run(lambda t: t.facts.put_of_daemon(facts.SERVING, OTHER, word(NOW + timedelta(hours=1))))
    known = ledger.run(lambda t: t.facts.by_daemon(facts.SERVING))
    assert known == {ONE: word(NOW), OTHER: word(NOW + timedelta(hours=1))}
    assert served_by(known, ONE) == word(NOW)
    assert served_by(known, DaemonId("silent")) == word(NOW + timedelta(hours=1))
    assert served_by({}, ONE) is None


def test_the_word_of_force_is_taken_by_the_daemon_it_was_given_to(ledger):
    ledger.run(lambda t: t.facts.put(facts.FORCE_RELOAD.of(ONE), NOW))
    ledger.run(lambda t: t.facts.remove_of_daemon(facts.FORCE_RELOAD, OTHER))
    assert ledger.run(lambda t: t.facts.of_daemon(facts.FORCE_RELOAD, OTHER)) is None
    assert ledger.run(lambda t: t.facts.of_daemon(facts.FORCE_RELOAD, ONE)) == NOW


def test_what_an_older_program_said_of_its_daemon_is_read_until_that_daemon_says_more(ledger):
    def word(*lines):
        return Reloaded(at=NOW, taken=True, lines=lines)

    ledger.run(lambda t: t.facts.put(facts.RELOADED.of(NO_DAEMON), word("old")))
    assert ledger.run(lambda t: t.facts.of_daemon(facts.RELOADED, ONE)) == word("old")
    assert ledger.run(lambda t: t.facts.by_daemon(facts.RELOADED)) == {NO_DAEMON: word("old")}
    ledger.run(lambda t: t.facts.put_of_daemon(facts.RELOADED, ONE, word("new")))
    assert ledger.run(lambda t: t.facts.by_daemon(facts.RELOADED)) == {ONE: word("new")}


def test_a_daemon_is_named_once_for_its_state_folder(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    assert daemon_of(here) == NO_DAEMON
    named = name_daemon(here)
    assert named != NO_DAEMON
    assert name_daemon(here) == daemon_of(here) == named != name_daemon(there)


def test_a_folder_that_cannot_be_written_names_no_daemon_and_stops_nothing(tmp_path):
    assert name_daemon(tmp_path / "missing") == NO_DAEMON
