"""What a running service asks of its ledger costs the same however long its past is: no question reads all nudges."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import event

from nudger.domain.catalog import Catalog
from nudger.domain.deliveries import Found
from nudger.domain.limits import Limits
from nudger.domain.vocabulary import ChannelChoice, Purpose
from tests.make import make_message, make_recipient, make_schedule, utc
from tests.stage import Stage

START = utc("2026-11-23 08:00")
SAM = make_recipient("sam", email=None, sms="+4930000001")
KIM = make_recipient("kim", sms=None)
GENTLE = Limits(per_day=3, gap=timedelta(minutes=5))


def test_a_tick_a_delivery_and_a_question_read_no_more_of_the_nudges_than_they_need(tmp_path):
    messages = (make_message("hello", purpose=Purpose.WELCOME), *(make_message(f"m{n}") for n in range(9)))
    schedules = tuple(
        make_schedule(f"k{hour}", at=f"{hour:02}:00", channel=ChannelChoice.PREFERRED) for hour in (9, 11)
    )
    catalog = Catalog(schedules=schedules, messages=messages, recipients=(SAM, KIM), limits=GENTLE)
    stage = Stage(tmp_path, catalog=catalog, start=START, stride=timedelta(minutes=30))
    asked: dict[str, object] = {}

    async def story():
        await stage.open()
        await stage.tick()
        event.listen(stage.ledger._engine, "before_cursor_execute", keep)
        _answer_without_words(stage.sms)
        await stage.until(START + timedelta(hours=4))
        event.remove(stage.ledger._engine, "before_cursor_execute", keep)
        assert stage.sms.asked
        plans = stage.ledger.run(lambda t: [_plan(t.connection, *each) for each in asked.items()])
        await stage.close()
        return [(statement, step) for statement, steps in plans for step in steps if _reads_all(step)]

    def keep(_connection, _cursor, statement, parameters, _context, many):
        asked.setdefault(statement, parameters[0] if many else parameters)

    assert asyncio.run(asyncio.wait_for(story(), timeout=60)) == []
    assert any("coalesce(nudges.not_before" in statement for statement in asked)  # the limits were asked for
    assert any("address IS NULL" in statement for statement in asked)  # and what is in doubt was counted


def _answer_without_words(post):
    """Take all, lose each answer, and list what was taken without a word of it."""
    find = post.find

    async def without_words(outgoing):
        found = await find(outgoing)
        return Found(blank=tuple(replace(receipt) for receipt in found.same))

    post.mood = lambda _: "taken, then lost"
    post.find = without_words


def _plan(connection, statement, parameters):
    if not statement.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE")):
        return statement, []
    return statement, [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]


def _reads_all(step):
    """Whether a step reads all nudges or attempts: of the index of attempts under way, all is little."""
    return step.startswith(("SCAN nudges", "SCAN attempts")) and "attempts_under_way" not in step
