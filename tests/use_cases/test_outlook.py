"""What comes next, where hardly anything does: the look is bounded, and holds up nobody."""

from datetime import timedelta

from nudger.decisions.choosing.history import NO_HISTORY
from nudger.domain.schedules import Cron
from nudger.use_cases.outlook import Standing, next_few
from tests.make import make_message, make_recipient, make_schedule, make_snapshot, utc

NOW = utc("2026-11-23 10:00")


def test_where_nothing_goes_out_the_look_is_given_up_soon():
    """Slots by the minute for people who asked us to stop: eight days of them are no reason to keep anybody waiting."""
    people = [make_recipient(name, quiet_hours=None) for name in ("sam", "kim")]
    snapshot = make_snapshot(
        schedules=[make_schedule(recurrence=Cron(expression="* * * * *"))],
        messages=[make_message()],
        recipients=people,
    )
    stopped = frozenset(address for person in people for address in (person.sms, person.email) if address)
    asked = []

    def histories(names):
        asked.append(len(names))
        return dict.fromkeys(names, NO_HISTORY)

    at = Standing(now=NOW, planned=NOW, suppressed=stopped)
    found = next_few(snapshot, at, histories, count=3, within=timedelta(days=8))

    assert found == []
    assert len(asked) == 2
