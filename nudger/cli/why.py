"""`nudger why`."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click

from nudger.cli.screen import as_json
from nudger.decisions.points.replay import replay
from nudger.domain.schedules import Schedule
from nudger.domain.vocabulary import ScheduleId
from nudger.prose.english import long_day, plural
from nudger.prose.reasons import english
from nudger.prose.records import as_facts
from nudger.prose.replay import replay_in_words
from nudger.prose.why import Explanation, Happening, why
from nudger.use_cases.why import Account, Accounts, DateBesideNudgeError, account_for
from nudger.wiring.clock import clock
from nudger.wiring.installation import Installation

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
    installation = Installation(config_dir, as_it_is=True)
    catalog = installation.catalog
    try:
        with installation.read() as transaction:
            found = account_for(transaction, catalog.recipients, installation.snapshot, whose, day, now=clock())
    except DateBesideNudgeError as error:
        raise click.UsageError(str(error)) from None
    schedules = {schedule.id: schedule for schedule in catalog.schedules}
    if style == "json":
        records = [_record(each, schedules) for each in found.accounts]
        click.echo(json.dumps(records, indent=1, ensure_ascii=False, default=as_json))
        return
    click.echo(_heading(found))
    for each in found.accounts:
        click.echo("\n".join(_explain(each, schedules).lines()))


def _heading(found: Accounts) -> str:
    if found.person is None:
        nudge = found.accounts[0].nudge
        return f"nudge {nudge.id} for {nudge.key.recipient}, {long_day(found.day)}"
    what = plural(len(found.accounts), "nudge") if found.accounts else "nothing was or will be due"
    return f"{found.person.id}, {long_day(found.day)} ({found.person.time_zone}): {what}"


def _explain(each: Account, schedules: Mapping[ScheduleId, Schedule]) -> Explanation:
    schedule = schedules.get(each.nudge.key.schedule)
    return why(each.nudge, each.person, schedule, each.happened, decided=each.decided)


def _record(each: Account, schedules: Mapping[ScheduleId, Schedule]) -> dict[str, Any]:
    nudge, again = each.nudge, replay(each.nudge)
    return {
        "nudge": nudge.id if each.decided else None,
        "recipient": nudge.key.recipient,
        "schedule": nudge.key.schedule,
        "date": nudge.key.local_date,
        "due": nudge.due,
        "state": nudge.state if each.decided else "foreseen",
        "reason": english(nudge.status_reason) or None,
        "channel": nudge.decision.channel,
        "message": nudge.decision.message,
        "facts": as_facts(nudge.decision.record),
        "explanation": asdict(_explain(each, schedules)),
        "replay": {"agrees": again.agrees, "version": again.version, "words": replay_in_words(again)},
        "events": [_event(event) for event in each.happened],
    }


def _event(event: Happening) -> dict[str, Any]:
    reason = {"reason": english(event.reason)} if event.reason is not None else {}
    return {"at": event.at, "kind": event.kind, **reason, **event.detail}
