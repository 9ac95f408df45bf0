"""Taking people from a list: what it would change, and what it does."""

import io
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from nudger.config.tables.columns import COLUMNS, exported
from nudger.config.tables.people import PeopleFile
from nudger.domain.limits import Limits
from nudger.domain.messages import Purpose
from nudger.domain.recipients import HardDay, OnHardDay, Pause
from nudger.domain.schedules import Audience
from nudger.use_cases.import_people import compare, keep
from nudger.use_cases.queue_nudges import queue_welcomes
from tests.make import make_message, make_recipient, make_schedule, make_snapshot, utc

HELLO = make_message("hello", purpose=Purpose.WELCOME)
NOW = utc("2026-11-25 12:00")
BEN = make_recipient("ben", groups=frozenset({"a", "b"}), joined=date(2026, 11, 1))


FOR_ALL = make_schedule()


def import_(ledger, text, *, dry_run=False, schedules=(FOR_ALL,), written=()):
    table = PeopleFile(Path("people.csv"), file=io.BytesIO(text.encode()), written=written)
    found = ledger.run(lambda t: compare(t, table.people, schedules, now=NOW))
    if not dry_run and not table.wrong:
        ledger.run(lambda t: keep(t, found, now=NOW))
    return found, table


def kept(ledger):
    return {person.id: person for person in ledger.run(lambda t: t.people.everybody())}


def keep_ben(ledger, person=BEN):
    ledger.run(lambda t: t.people.keep([person], source="import", at=NOW))


def test_it_tells_new_from_changed_from_the_same(ledger):
    keep_ben(ledger)
    found, _ = import_(ledger, "id,time_zone,email\nben,UTC,ben@example.net\nana,UTC,ana@example.org\n")
    assert (found.new, found.changed, found.same) == (1, 1, 0)
    assert [(each.recipient, each.fields) for each in found.changes] == [("ben", ("email",))]
    again, _ = import_(ledger, "id,time_zone,email\nben,UTC,ben@example.net\nana,UTC,ana@example.org\n")
    assert (again.new, again.changed, again.same) == (0, 0, 2)


def test_a_missing_column_leaves_the_value_alone_and_an_empty_cell_takes_it_away(ledger):
    keep_ben(ledger)
    import_(ledger, "id,email\nben,new@example.org\n")
    assert kept(ledger)["ben"] == replace(BEN, email="new@example.org")
    import_(ledger, "id,groups,sms\nben,,\n")
    assert kept(ledger)["ben"] == replace(BEN, email="new@example.org", groups=frozenset(), sms=None)
    import_(ledger, "id,sms,groups\nben\n")  # a short line: what is not there is left alone, too
    assert kept(ledger)["ben"].email == "new@example.org"


def test_a_dry_run_changes_nothing(ledger):
    keep_ben(ledger)
    found, _ = import_(ledger, "id,email\nben,new@example.org\n", dry_run=True)
    assert found.changed == 1
    assert kept(ledger) == {"ben": BEN}


def test_one_mistake_and_nobody_is_taken(ledger):
    keep_ben(ledger)
    found, table = import_(ledger, "id,time_zone,email\nana,UTC,ana@example.org\nben,Nowhere,b@example.org\n")
    assert (found.new, table.refused) == (1, 1)
    assert kept(ledger) == {"ben": BEN}


def test_what_a_value_needs_is_looked_at_in_the_whole_person(ledger):
    """The file alone is fine; with the number taken away there is nothing left to prefer."""
    keep_ben(ledger, replace(BEN, prefer="sms"))
    _, table = import_(ledger, "id,sms\nben,\n")
    assert [problem.what for problem in table.problems] == ["prefers sms, and there is no number"]


def test_whoever_stands_in_recipients_yaml_is_refused_with_the_place(ledger):
    _, table = import_(ledger, "id,time_zone,email\nana,UTC,ana@example.org\n", written={"ana"})
    (problem,) = table.problems
    assert (problem.line, problem.column) == (2, 1)
    assert problem.what == "'ana' stands in recipients.yaml, which counts"
    assert kept(ledger) == {}


def test_somebody_new_without_a_time_zone_is_told_once(ledger):
    keep_ben(ledger)
    rows = "".join(f"p{number},p{number}@example.org\n" for number in range(300))
    _, table = import_(ledger, "id,email\nben,ben@example.net\n" + rows)
    assert [(p.line, p.what) for p in table.problems] == [
        (1, "there is no column time_zone, and 'p0' in line 3 is new")
    ]


@pytest.mark.parametrize("count", [20, 21, 200])
def test_first_hellos_that_the_guard_will_hold_are_announced_as_many_as_it_holds(ledger, count):
    """The service itself is asked afterwards."""
    keep_ben(ledger)
    ledger.run(lambda t: queue_welcomes(t, make_snapshot(messages=[HELLO], recipients=[BEN]), providers={}, now=NOW))
    rows = "".join(f"p{number},UTC,p{number}@example.org\n" for number in range(count))
    found, _ = import_(ledger, "id,time_zone,email\n" + rows)
    ledger.run(
        lambda t: queue_welcomes(
            t, make_snapshot(messages=[HELLO], recipients=t.people.everybody()), providers={}, now=NOW
        )
    )
    assert found.hellos_held == len(ledger.run(lambda t: t.waiting.held()))
    assert bool(found.hellos_held) == (count > 20)


def test_who_joins_later_is_counted_as_of_that_day(ledger):
    keep_ben(ledger)
    ledger.run(lambda t: queue_welcomes(t, make_snapshot(messages=[HELLO], recipients=[BEN]), providers={}, now=NOW))
    rows = "".join(f"p{number},UTC,p{number}@example.org,2026-12-24\n" for number in range(100))
    found, _ = import_(ledger, "id,time_zone,email,joined\n" + rows)
    ledger.run(
        lambda t: queue_welcomes(
            t, make_snapshot(messages=[HELLO], recipients=t.people.everybody()), providers={}, now=NOW
        )
    )
    assert ledger.run(lambda t: t.waiting.held()) == []
    then = utc("2026-12-24 12:00")
    ledger.run(
        lambda t: queue_welcomes(
            t, make_snapshot(messages=[HELLO], recipients=t.people.everybody()), providers={}, now=then
        )
    )
    assert found.hellos_held == len(ledger.run(lambda t: t.waiting.held())) == 100


def test_who_would_get_nothing_is_named(ledger):
    keep_ben(ledger)
    ledger.run(lambda t: [t.suppressions.add(each, "asked to stop", at=NOW) for each in (BEN.email, BEN.sms)])
    some = make_schedule(audience=Audience(groups=frozenset({"daily"})))
    text = "id,time_zone,email,groups\nana,UTC,ana@example.org,daily\nkim,UTC,kim@example.org,other\n"
    found, _ = import_(ledger, text + f"old,UTC,{BEN.email},daily\n", schedules=[some])
    assert (found.unreached_ids, found.silenced) == (["kim"], 1)


def test_a_new_address_of_somebody_who_stopped_is_told(ledger):
    keep_ben(ledger)
    ledger.run(lambda t: [t.suppressions.add(each, "asked to stop", at=NOW) for each in (BEN.email, BEN.sms)])
    found, _ = import_(ledger, "id,email\nben,new@example.org\n", dry_run=True)
    assert found.woken_ids == ["ben"]


def test_the_export_imports_to_the_same(ledger):
    everything = make_recipient(
        "all",
        name='=Ann, "the" first',
        prefer="sms",
        language="pt-BR",
        groups=frozenset({"x", "y"}),
        moments=(("morning", utc("2026-01-01 06:30").time()),),
        joined=date(2026, 1, 2),
        region="US-MA",
        weekend_moments=(("night", utc("2026-01-01 21:15").time()),),
        weekend_quiet_hours=None,
        pauses=(Pause(first=date(2026, 12, 20), last=date(2027, 1, 3)), Pause(last=date(2027, 5, 1))),
        hard_days=(HardDay(month=11, day=3, then=OnHardDay.HOLD), HardDay(month=2, day=29, then=OnHardDay.GENTLE)),
        limits=Limits(per_day=1, per_week=3, gap=timedelta(minutes=95), gentle_days=0),
        supporter="my sister Ana",
        goals=frozenset({"sleep"}),
    )
    ledger.run(lambda t: t.people.keep([BEN, everything], source="import", at=NOW))
    before = kept(ledger)
    lines = ledger.run(lambda t: [exported(person) for person in t.people.everybody_imported()])
    quoted = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in cells) for cells in (COLUMNS, *lines))
    found, table = import_(ledger, quoted + "\n")
    assert [problem for problem in table.problems if not problem.warning] == []
    assert (found.new, found.changed, found.same) == (0, 0, 2)
    assert not any(cell.startswith(("=", "+", "-", "@")) for cells in lines for cell in cells)
    import_(ledger, quoted.replace("UTC", "Europe/Rome") + "\n")
    assert kept(ledger) == {name: replace(person, time_zone="Europe/Rome") for name, person in before.items()}


def test_a_pause_entered_by_command_is_no_part_of_the_list(ledger):
    keep_ben(ledger)
    ledger.run(lambda t: t.people.pause(BEN, [Pause(last=date(2027, 1, 1))], at=NOW))
    found, _ = import_(ledger, "id,email\nben,ben@example.org\n")
    assert found.same == 1
    import_(ledger, "id,email\nben,other@example.org\n")
    assert kept(ledger)["ben"].pauses == (Pause(last=date(2027, 1, 1)),)
