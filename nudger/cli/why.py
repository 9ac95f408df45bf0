"""`nudger why`."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import click

from nudger.cli.screen import as_json, long_day, plural
from nudger.cli.setup import Setup, read_setup_as_it_is
from nudger.decisions.points.replay import replay
from nudger.domain.nudges import TEST, WELCOME, Nudge
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import Schedule
from nudger.errors import NudgerError
from nudger.prose.why import Explanation, Happening, why
from nudger.storage.transaction import Transaction
from nudger.wiring.clock import clock

_ID = re.compile(r"[0-9a-f]{4,32}\Z")
_DAY = timedelta(days=1)
_MANY = 2
_NEAR = {"yesterday": -1, "today": 0, "tomorrow": 1}


class _Day(click.ParamType[date | int]):
    """A date, or a word for one near today, as so many days from it: today is another for each person."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date | int:
        """Read it; end with wrong usage where it is neither."""
        if value in _NEAR:
            return _NEAR[value]
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no date: write 2027-01-03, yesterday, today or tomorrow", param, ctx)


class _Told(NamedTuple):
    """A nudge, what happened to it, and whether it was decided, or is only foreseen."""

    nudge: Nudge
    happened: tuple[Happening, ...]
    decided: bool = True


@click.command(name="why")
@click.argument("whose", metavar="NUDGE|RECIPIENT")
@click.argument("day", metavar="[DATE]", required=False, type=_Day())
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def command(config_dir: Path, whose: str, day: date | int | None, style: str) -> None:
    """Show why somebody got a nudge, or did not.

    NUDGE is its id, or the beginning of it. With the id of a person: all that was decided for a local date (today,
    unless you name one: 2027-01-03, yesterday, today, tomorrow), and what is foreseen for the rest of it.
    """
    setup = read_setup_as_it_is(config_dir)
    people: dict[str, Recipient] = {person.id: person for person in setup.people()}
    told, heading = _find(setup, people, whose, day)
    told = sorted(told, key=lambda each: (each.nudge.due, each.nudge.key))
    schedules = {schedule.id: schedule for schedule in setup.catalog.schedules}
    if style == "json":
        records = [_record(each, people.get(each.nudge.key.recipient), schedules) for each in told]
        click.echo(json.dumps(records, indent=1, ensure_ascii=False, default=as_json))
        return
    click.echo(heading)
    for each in told:
        person = people.get(each.nudge.key.recipient)
        click.echo("\n".join(_explain(each, person, schedules).lines()))


def _find(setup: Setup, people: Mapping[str, Recipient], whose: str, day: date | int | None) -> tuple[list[_Told], str]:
    person = people.get(whose)
    if person is not None:
        today = day if isinstance(day, date) else clock().astimezone(person.zone).date() + (day or 0) * _DAY
        told = _of_person(setup, person, today)
        what = plural(len(told), "nudge") if told else "nothing was or will be due"
        return told, f"{person.id}, {long_day(today)} ({person.time_zone}): {what}"
    if not _ID.match(whose):
        raise NudgerError(f"{whose!r} is neither a person nor a nudge here: see `nudger recipients list`")
    if day is not None:
        raise click.UsageError("a date goes with a person, not with a nudge")
    nothing: list[_Told] = []
    found = setup.ask_ledger(lambda transaction: _beginning(transaction, whose), otherwise=nothing)
    if not found:
        raise NudgerError(f"no nudge here has an id that begins with {whose!r}: see `nudger status --format json`")
    if len(found) >= _MANY:
        raise NudgerError(f"more than one nudge has an id that begins with {whose!r}: give more of it")
    nudge = found[0].nudge
    return found, f"nudge {nudge.id} for {nudge.key.recipient}, {long_day(_local_date(nudge, people))}"


def _beginning(transaction: Transaction, start: str) -> list[_Told]:
    return [_told(transaction, nudge) for nudge in transaction.nudges.beginning(start, limit=_MANY)]


def _told(transaction: Transaction, nudge: Nudge) -> _Told:
    events = transaction.events.of(nudge.id)
    return _Told(nudge, tuple(Happening(event.at, event.kind, event.detail) for event in events))


def _of_person(setup: Setup, person: Recipient, day: date) -> list[_Told]:
    """Return what was decided for a person's local date, and what is foreseen for it."""
    midnight = datetime.combine(day, time.min, UTC)

    def ask(transaction: Transaction) -> list[_Told]:
        near = transaction.nudges.of_person(person.id, since=midnight - _DAY, until=midnight + 2 * _DAY)
        return [_told(transaction, nudge) for nudge in near if _local_date(nudge, {person.id: person}) == day]

    nothing: list[_Told] = []
    past = setup.ask_ledger(ask, otherwise=nothing)
    known = {each.nudge.key for each in past}
    return past + [_Told(nudge, (), decided=False) for nudge in _foreseen(setup, person, day) if nudge.key not in known]


def _local_date(nudge: Nudge, people: Mapping[str, Recipient]) -> date:
    """Return the local date of a nudge; a hello's key has none, and it is in UTC for whoever is no longer here."""
    if nudge.key.schedule in (WELCOME, TEST):
        person = people.get(nudge.key.recipient)
        return nudge.due.astimezone(person.zone if person else UTC).date()
    return nudge.key.local_date


def _foreseen(setup: Setup, person: Recipient, day: date) -> list[Nudge]:
    return [each.nudge for each in setup.outlook([person], first=day, last=day, now=clock())]


def _explain(each: _Told, person: Recipient | None, schedules: dict[Any, Schedule]) -> Explanation:
    schedule = schedules.get(each.nudge.key.schedule)
    return why(each.nudge, person, schedule, each.happened, decided=each.decided)


def _record(each: _Told, person: Recipient | None, schedules: dict[Any, Schedule]) -> dict[str, Any]:
    nudge = each.nudge
    return {
        "nudge": nudge.id if each.decided else None,
        "recipient": nudge.key.recipient,
        "schedule": nudge.key.schedule,
        "date": nudge.key.local_date,
        "due": nudge.due,
        "state": nudge.state if each.decided else "foreseen",
        "reason": nudge.decision.reason or None,
        "channel": nudge.decision.channel,
        "message": nudge.decision.message,
        "facts": dict(nudge.decision.facts),
        "explanation": asdict(_explain(each, person, schedules)),
        "replay": asdict(replay(nudge)),
        "events": [{"at": event.at, "kind": event.kind, **event.detail} for event in each.happened],
    }
