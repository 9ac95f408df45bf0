"""PostgreSQL is only another URL: the ledger's own tests once more, and two services sharing one ledger."""

import asyncio
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import create_engine, text

from nudger.domain.facts import Hold
from nudger.domain.nudges import NudgeState
from nudger.domain.vocabulary import Channel
from nudger.errors import LedgerError
from nudger.storage.database import open_database, read_database
from nudger.storage.fact_codecs import HOLD
from nudger.storage.ledger import Ledger
from nudger.storage.thread import LedgerThread
from nudger.use_cases.deliver_nudges import Delivery
from tests.fakes import FakeChannel, FakeClock
from tests.make import make_message, make_recipient, make_schedule, make_snapshot
from tests.storage import test_attempts, test_feedback, test_ledger
from tests.storage.test_attempts import tried  # noqa: F401 - its fixture
from tests.storage.test_ledger import NOW, make_nudge
from tests.use_cases import test_two_daemons
from tests.use_cases.test_two_daemons import daemon  # noqa: F401 - the fixture, on this module's `ledger_url`

pytestmark = pytest.mark.system

# Everything that the ledger promises on SQLite, with this module's own `ledger`.
_SQLITE_ONLY = {
    "test_a_database_that_cannot_be_written_is_one_clear_trouble",
    "test_an_older_ledger_gets_what_a_new_one_has",
}
for module in (test_ledger, test_feedback, test_attempts, test_two_daemons):
    globals().update(
        {name: test for name, test in vars(module).items() if name.startswith("test_") and name not in _SQLITE_ONLY}
    )


@pytest.fixture
def fresh_url(postgresql_url):
    """The URL of a database with nothing in it."""
    engine = create_engine(postgresql_url)
    with engine.begin() as connection:
        connection.execute(text("drop schema public cascade"))
        connection.execute(text("create schema public"))
    engine.dispose()
    return postgresql_url


@pytest.fixture
def ledger_url(fresh_url):
    """Where the daemons of `test_two_daemons` share a ledger."""
    return fresh_url


@pytest.fixture
def ledger(fresh_url, tmp_path):
    opened = Ledger(*open_database(fresh_url, state_dir=tmp_path))
    yield opened
    opened.close()


def test_a_missing_history_is_no_fresh_start(fresh_url, tmp_path):
    Ledger(*open_database(fresh_url, state_dir=tmp_path)).close()
    engine = create_engine(fresh_url)
    with engine.begin() as connection:
        connection.execute(text("drop schema public cascade"))
        connection.execute(text("create schema public"))
    engine.dispose()
    with pytest.raises(LedgerError, match="is empty, but"):
        open_database(fresh_url, state_dir=tmp_path)


def test_a_server_that_is_not_there_is_one_clear_line(tmp_path):
    with pytest.raises(LedgerError, match="cannot be opened") as trouble:
        open_database("postgresql+psycopg://nudger:s3cret@127.0.0.1:9/nudger", state_dir=tmp_path)
    assert "s3cret" not in str(trouble.value)


def test_a_look_sees_one_moment(ledger, fresh_url):
    ledger.run(lambda t: t.facts.put(HOLD, Hold(since=NOW, reason="first")))
    looking = Ledger(read_database(fresh_url), "")
    with looking.transaction() as transaction:
        before = transaction.facts.get(HOLD)
        ledger.run(lambda t: t.facts.put(HOLD, Hold(since=NOW, reason="second")))
        assert transaction.facts.get(HOLD) == before
    assert looking.run(lambda t: t.facts.get(HOLD)).reason == "second"
    looking.close()


def test_two_services_on_one_ledger_share_the_work_and_double_nothing(fresh_url, tmp_path):
    people = [make_recipient(f"p{n}") for n in range(300)]
    snapshot = make_snapshot(schedules=[make_schedule()], messages=[make_message()], recipients=people)
    ledgers = [Ledger(*open_database(fresh_url, state_dir=tmp_path / str(n))) for n in range(2)]
    ledgers[0].run(
        lambda t: (
            t.people.keep(people, source="import", at=NOW),
            t.nudges.add([make_nudge(p.id) for p in people], at=NOW),
        )
    )
    channels = [FakeChannel(concurrency=5) for _ in ledgers]

    async def deliver(ledger, channel):
        thread = LedgerThread(ledger)
        delivery = Delivery(Channel.EMAIL, channel, thread, clock=FakeClock(NOW), rng=Random(1))
        await delivery.drain(lambda: snapshot)
        thread.close()

    async def both():
        await asyncio.gather(*(deliver(*pair) for pair in zip(ledgers, channels, strict=True)))

    asyncio.run(asyncio.wait_for(both(), timeout=60))
    sent = [outgoing.nudge for channel in channels for outgoing in channel.sent]
    assert len(sent) == len(set(sent)) == 300
    assert all(len(channel.sent) > 20 for channel in channels)
    ledger = Ledger(*open_database(fresh_url, state_dir=tmp_path / "0"))
    assert ledger.run(lambda t: t.nudges.counts(since=NOW - timedelta(days=1))) == {NudgeState.SENT: 300}
    ledger.close()
