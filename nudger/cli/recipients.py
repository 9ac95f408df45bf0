"""`nudger recipients …`."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from nudger.cli.kinds import DATE, Group
from nudger.cli.screen import plural
from nudger.cli.setup import change_ledger, read_setup
from nudger.domain.limits import Limits
from nudger.domain.recipients import DEFAULT_MOMENTS, Pause, Recipient, ended
from nudger.domain.vocabulary import Channel
from nudger.files.people_csv import read_people
from nudger.files.report import as_text
from nudger.files.zones import prefer_newest_time_zones
from nudger.storage.transaction import Transaction
from nudger.wiring.clock import clock

_STYLE = click.option("--format", "style", type=click.Choice(["table", "json"]), default="table", show_default=True)


@click.group(name="recipients", cls=Group)
def command() -> None:
    """Import, list, show, stop and resume people."""


@command.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_context
def import_(ctx: click.Context, file: Path) -> None:
    """Take people from a CSV file: new ones are added, known ones changed, nobody is removed.

    The header names the columns, as in recipients.yaml: id, name, time_zone, sms, email, prefer, language, groups,
    morning, midday, evening, night, quiet_hours, joined. All or nothing: one mistake, and nobody is taken.
    A running service says hello to the new ones at its next tick.
    """
    prefer_newest_time_zones()
    people, problems = read_people(file)
    if problems:
        click.echo(as_text(problems, files=1), err=any(not problem.warning for problem in problems))
    if any(not problem.warning for problem in problems):
        ctx.exit(1)
    change_ledger(ctx.obj, lambda transaction: transaction.keep_recipients(people, source="import", at=clock()))
    click.echo(f"{plural(len(people), 'person', 'people')} taken from {file}.")


@command.command(name="list")
@_STYLE
@click.pass_obj
def list_(config_dir: Path, style: str) -> None:
    """Show everybody."""
    setup = read_setup(config_dir)
    stopped = setup.suppressed()
    records = [_record(person, stopped) for person in setup.people()]
    if style == "json":
        click.echo(json.dumps(records, indent=1, ensure_ascii=False))
        return
    for record in records:
        groups = ", ".join(record["groups"]) or "-"
        mark = "  stopped" if record["stopped"] else ""
        click.echo(f"{record['id']:<20}  {record['channel'] or '-':<5}  {record['time_zone']:<24}  {groups}{mark}")
    click.echo(plural(len(records), "person", "people"))


@command.command()
@click.argument("recipient_id", metavar="ID")
@_STYLE
@click.pass_obj
def show(config_dir: Path, recipient_id: str, style: str) -> None:
    """Show all that is known of one person."""
    setup = read_setup(config_dir)
    record = _record(setup.person(recipient_id), setup.suppressed())
    if style == "json":
        click.echo(json.dumps(record, indent=1, ensure_ascii=False))
        return
    for name, value in record.items():
        click.echo(f"{name:<20} {_spoken(value)}")


@command.command()
@click.argument("recipient_id", metavar="ID")
@click.pass_obj
def stop(config_dir: Path, recipient_id: str) -> None:
    """Send this person nothing more, at any of their addresses, until `resume`. At once, and for ever if need be.

    For whoever asks you to stop: every wish to stop counts, however it is put and wherever it reaches you.
    """

    def work(transaction: Transaction, addresses: list[str]) -> None:
        for address in addresses:
            transaction.suppress(address, "asked the operator to stop", at=clock())

    _change(config_dir, recipient_id, work)
    click.echo(f"{recipient_id} gets nothing more. `nudger recipients resume {recipient_id}` takes it back.")


@command.command()
@click.argument("recipient_id", metavar="ID")
@click.pass_obj
def resume(config_dir: Path, recipient_id: str) -> None:
    """Send to this person again: only when they asked for it themselves."""

    def work(transaction: Transaction, addresses: list[str]) -> None:
        for address in addresses:
            transaction.allow(address, at=clock())

    _change(config_dir, recipient_id, work)
    click.echo(f"{recipient_id} gets nudges again.")


@command.command()
@click.argument("recipient_id", metavar="ID")
@click.option("--until", "last", type=DATE, required=True, help="The last day of the pause (YYYY-MM-DD).")
@click.option("--from", "first", type=DATE, help="Its first day. [default: today, where they are]")
@click.pass_obj
def pause(config_dir: Path, recipient_id: str, last: datetime, first: datetime | None) -> None:
    """Send this person nothing for a while. A programme waits for them, and goes on where it was."""
    person = read_setup(config_dir).person(recipient_id)
    begin = first.date() if first else clock().astimezone(person.zone).date()
    if last.date() < begin:
        raise click.UsageError(f"--until {last.date()} lies before {begin}")
    added = Pause(first=begin, last=last.date())
    change_ledger(
        config_dir,
        lambda t: t.pause(person, [*t.pauses().get(person.id, ()), added], at=clock()),
    )
    click.echo(
        f"{recipient_id} is left in peace until {added.last}. `nudger recipients unpause {recipient_id}` ends it."
    )


@command.command()
@click.argument("recipient_id", metavar="ID")
@click.pass_obj
def unpause(config_dir: Path, recipient_id: str) -> None:
    """End a pause that was entered by command: nudges go on from now."""
    person = read_setup(config_dir).person(recipient_id)
    today = clock().astimezone(person.zone).date()
    change_ledger(config_dir, lambda t: t.pause(person, ended(t.pauses().get(person.id, ()), today), at=clock()))
    click.echo(f"{recipient_id} gets nudges again.")


def _change(config_dir: Path, recipient_id: str, work: Callable[[Transaction, list[str]], None]) -> None:
    setup = read_setup(config_dir)
    person = setup.person(recipient_id)
    addresses = [address for address in (person.sms, person.email) if address]
    change_ledger(config_dir, lambda transaction: work(transaction, addresses))


def _record(person: Recipient, stopped: frozenset[str]) -> dict[str, Any]:
    addresses = {channel: person.address(channel) for channel in Channel}
    return {
        "id": person.id,
        "name": person.name,
        **{channel.value: address for channel, address in addresses.items()},
        "channel": next((c.value for c in (person.prefer or Channel.EMAIL, *Channel) if addresses[c]), None),
        "stopped": sorted(channel.value for channel, address in addresses.items() if address in stopped),
        "time_zone": person.time_zone,
        "language": person.language,
        "groups": sorted(person.groups),
        "moments": {name: f"{person.moment(name):%H:%M}" for name in DEFAULT_MOMENTS},
        "quiet_hours": str(person.quiet_hours or "none"),
        "joined": person.joined.isoformat() if person.joined else None,
        "place": person.place,
        "supporter": person.supporter,
        "goals": sorted(person.goals),
        "weekend_moments": {name: f"{wall:%H:%M}" for name, wall in person.weekend_moments},
        "weekend_quiet_hours": str(person.weekend_quiet_hours or "none"),
        "paused": [f"{pause.first or ''} to {pause.last}".strip() for pause in person.pauses],
        "hard_days": [
            f"{hard.year or 'every year'} {hard.month:02}-{hard.day:02} {hard.then}" for hard in person.hard_days
        ],
        "limits": _limits(person.limits),
    }


def _limits(limits: Limits | None) -> dict[str, Any]:
    if limits is None:
        return {}
    return {"per_day": limits.per_day, "per_week": limits.per_week, "gap": str(limits.gap)}


def _spoken(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {each}" for name, each in value.items()) or "-"
    if isinstance(value, list):
        return ", ".join(value) or "-"
    return str(value) if value is not None else "-"
