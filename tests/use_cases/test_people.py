"""Who is here is said by one rule, before a start and after it; wishes keep how and when they reached us."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from nudger.domain.consent import Source, Wish
from nudger.domain.recipients import Pause
from nudger.errors import NudgerError
from nudger.use_cases.people import (
    end_pause,
    keep_written,
    leave_in_peace,
    reach,
    stop_using,
    use_again,
    who_is_here,
)
from tests.make import make_recipient

NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
WISH = Wish(source=Source.COMMAND, at=NOW, wording="please stop")
ANA = make_recipient("ana", sms=None, email="ana@example.org", joined=None)
BEN = make_recipient("ben", sms=None, email="ben@example.org", joined=None)
CAL = make_recipient("cal", sms=None, email="cal@example.org", joined=date(2026, 10, 1))


def test_before_the_first_start_everybody_of_the_file_joins_today():
    assert who_is_here(None, [BEN, ANA], now=NOW) == [replace(each, joined=NOW.date()) for each in (ANA, BEN)]
    assert who_is_here(None, None, now=NOW) == []


@pytest.mark.parametrize(
    ("kept", "written"),
    [
        ([], [ANA, BEN]),
        ([ANA], [ANA, BEN]),
        ([ANA, BEN], [BEN]),
        ([ANA, BEN], []),
        ([ANA, BEN], None),
        ([ANA, CAL], [replace(CAL, joined=None, name="Carl"), BEN]),
        ([BEN], [replace(BEN, pauses=(Pause(last=date(2027, 1, 1)),))]),
    ],
)
@pytest.mark.parametrize("left", [False, True])
def test_who_is_here_is_who_the_next_start_writes_down(ledger, kept, written, left):
    def live(transaction):
        transaction.people.keep([CAL, replace(ANA, name="Imported")], source="import", at=NOW - timedelta(days=9))
        keep_written(transaction, kept, now=NOW)
        leave_in_peace(transaction, CAL, Pause(first=date(2026, 12, 1), last=date(2026, 12, 9)), WISH)
        if left:  # everybody of the file was gone for a while: the day on which they joined stays
            keep_written(transaction, [], now=NOW + timedelta(days=1))
        before = who_is_here(transaction, written, now=LATER)
        keep_written(transaction, written, now=LATER)
        return before, transaction.people.everybody()

    before, after = ledger.run(live)
    assert before == after


def test_whoever_has_an_address_that_is_stopped_is_named_and_all_of_it_is_written_down(ledger):
    twin = make_recipient("twin", sms=None, email="ana@example.org")

    def live(transaction):
        concerned = stop_using(transaction, [ANA, BEN, twin], ANA.addresses, WISH)
        stopped = reach(transaction, [ANA, BEN, twin], "ana", now=NOW)
        back = use_again(transaction, [ANA, BEN, twin], "ana", stopped.suppressed, replace(WISH, wording=""))
        leave_in_peace(transaction, BEN, Pause(first=NOW.date(), last=LATER.date()), WISH)
        paused = reach(transaction, [ANA, BEN], "ben", now=NOW)
        again = end_pause(transaction, [ANA, BEN], "ben", WISH)
        rows = transaction.connection.execute(text("select kind, detail from events order by id")).all()
        return concerned, stopped, back, paused, again, rows

    concerned, stopped, back, paused, again, rows = ledger.run(live)
    assert concerned == ["ana", "twin"]
    assert stopped.stopped
    assert not back.stopped
    assert (paused.pause is not None, paused.can_unpause) == (True, True)
    assert (again.pause, again.can_unpause) == (None, False)
    details = [(kind, json.loads(detail)) for kind, detail in rows]
    assert [kind for kind, _ in details] == ["suppressed", "allowed", "paused", "paused"]
    assert details[0][1] == {"reason": "asked the operator to stop", "source": "command", "wording": "please stop"}
    assert details[1][1] == {"source": "command"}
    assert all(detail["source"] == "command" for _, detail in details)


def test_nobody_is_stopped_by_a_name_that_nobody_has():
    with pytest.raises(NudgerError, match="nobody here has the id 'dora'"):
        reach(None, [ANA], "dora", now=NOW)
