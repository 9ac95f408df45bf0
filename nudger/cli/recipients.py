"""`nudger recipients …`."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from nudger.cli.kinds import DATE, Group
from nudger.cli.people_table import export_people, import_people
from nudger.cli.person_page import past_as_data, past_as_lines
from nudger.cli.screen import as_json, plural
from nudger.cli.setup import Setup, change_ledger, read_setup
from nudger.config.tables.columns import as_hard_day, as_pause
from nudger.decisions.spans import in_words
from nudger.domain.limits import Limits
from nudger.domain.recipients import DEFAULT_MOMENTS, Pause, Recipient, ended
from nudger.domain.vocabulary import Channel
from nudger.storage.transaction import Transaction
from nudger.use_cases.person_record import PersonRecord, person_record
from nudger.wiring.clock import clock

_STYLE = click.option("--format", "style", type=click.Choice(["table", "json"]), default="table", show_default=True)


@click.group(name="recipients", cls=Group)
def command() -> None:
    """Import, list, show, stop and resume people."""


command.add_command(import_people)
command.add_command(export_people)


@command.command(name="list")
@click.option("--group", help="Only those of a group.")
@_STYLE
@click.pass_obj
def list_(config_dir: Path, group: str | None, style: str) -> None:
    """Show everybody, or a group."""
    setup = read_setup(config_dir)
    stopped = setup.suppressed()
    people = [person for person in setup.people() if group is None or group in person.groups]
    records = [_record(person, stopped) for person in people]
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
    """Show all that is kept of one person.

    Their data, what they let us know, and the last of what was sent; with --format json everything, and every word of
    it.
    """
    setup = read_setup(config_dir)
    person = setup.person(recipient_id)
    past = setup.ask_ledger(lambda transaction: person_record(transaction, person), otherwise=PersonRecord())
    record = _record(person, frozenset(stop.address for stop in past.stops))
    if style == "json":
        click.echo(json.dumps(record | past_as_data(past), indent=1, ensure_ascii=False, default=as_json))
        return
    for name, value in record.items():
        click.echo(f"{name:<20} {_spoken(value)}")
    for line in past_as_lines(past, person):
        click.echo(line)


@command.command()
@click.argument("recipient_id", metavar="ID")
@click.pass_obj
def stop(config_dir: Path, recipient_id: str) -> None:
    """Send this person nothing more, until `resume`.

    At none of the addresses that they have now, at once, and for ever if need be; whoever else has one of these gets
    nothing there either. For whoever asks you to stop: every wish to stop counts, however it is put and wherever it
    reaches you.
    """
    setup = read_setup(config_dir)
    person = setup.person(recipient_id)
    addresses = person.addresses

    def work(transaction: Transaction) -> None:
        for address in addresses:
            transaction.suppressions.add(address, "asked the operator to stop", at=clock())

    change_ledger(config_dir, work)
    click.echo(
        f"Nothing more goes to {recipient_id}'s {_named(person)}. "
        f"`nudger recipients resume {recipient_id}` takes it back."
    )
    for other in setup.people():
        if other.id != person.id and not addresses.isdisjoint(other.addresses):
            click.echo(f"{other.id} has the same address, and gets nothing there either.")


@command.command()
@click.argument("recipient_id", metavar="ID")
@click.pass_obj
def resume(config_dir: Path, recipient_id: str) -> None:
    """Send to this person again, when they asked for it.

    Only when they did so themselves.
    """
    setup = read_setup(config_dir)
    person = setup.person(recipient_id)
    stopped = person.addresses & setup.suppressed()
    if not stopped:
        click.echo(f"{recipient_id} is not stopped: nothing was changed.{_why_quiet(setup, person)}")
        return

    def work(transaction: Transaction) -> None:
        for address in stopped:
            transaction.suppressions.remove(address, at=clock())

    change_ledger(config_dir, work)
    click.echo(f"{recipient_id} gets nudges again.{_why_quiet(read_setup(config_dir), person)}")


@command.command()
@click.argument("recipient_id", metavar="ID")
@click.option("--until", "last", type=DATE, required=True, help="The last day of the pause (YYYY-MM-DD).")
@click.option("--from", "first", type=DATE, help="Its first day. [default: today, where they are]")
@click.pass_obj
def pause(config_dir: Path, recipient_id: str, last: datetime, first: datetime | None) -> None:
    """Send this person nothing for a while.

    A programme waits for them, and goes on where it was.
    """
    person = read_setup(config_dir).person(recipient_id)
    begin = first.date() if first else _today(person)
    if last.date() < begin:
        raise click.UsageError(f"--until {last.date()} lies before {begin}")
    added = Pause(first=begin, last=last.date())
    change_ledger(
        config_dir,
        lambda t: t.people.pause(person, [*t.people.pauses().get(person.id, ()), added], at=clock()),
    )
    click.echo(
        f"{recipient_id} is left in peace until {added.last}. `nudger recipients unpause {recipient_id}` ends it."
    )


@command.command()
@click.argument("recipient_id", metavar="ID")
@click.pass_obj
def unpause(config_dir: Path, recipient_id: str) -> None:
    """End a pause that was entered by command.

    Nudges go on from now.
    """
    setup = read_setup(config_dir)
    person = setup.person(recipient_id)
    nothing: tuple[Pause, ...] = ()
    by_command = setup.ask_ledger(lambda t: t.people.pauses().get(person.id, nothing), otherwise=nothing)
    left = ended(by_command, _today(person))
    if left == by_command:
        click.echo(
            f"{recipient_id} has no pause that was entered by command: nothing was changed.{_why_quiet(setup, person)}"
        )
        return
    change_ledger(
        config_dir,
        lambda t: t.people.pause(person, ended(t.people.pauses().get(person.id, ()), _today(person)), at=clock()),
    )
    after = read_setup(config_dir)
    quiet = _why_quiet(after, after.person(recipient_id))
    click.echo(f"The pause of {recipient_id} is over.{quiet}" if quiet else f"{recipient_id} gets nudges again.")


def _today(person: Recipient) -> date:
    return clock().astimezone(person.zone).date()


def _named(person: Recipient) -> str:
    """Return `number and address`, without either."""
    return " and ".join(noun for noun, address in (("number", person.sms), ("e-mail address", person.email)) if address)


def _why_quiet(setup: Setup, person: Recipient) -> str:
    """Return what else keeps a person from getting anything now; '' if nothing does."""
    parts = []
    if person.addresses <= setup.suppressed():
        parts.append(f" They have stopped: `nudger recipients resume {person.id}`, if they ask for it.")
    if (pause := person.pause_on(_today(person))) is not None:
        parts.append(f" They are paused until {pause.last}.")
    return "".join(parts)


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
        "place": person.region,
        "supporter": person.supporter,
        "goals": sorted(person.goals),
        "weekend_moments": {name: f"{wall:%H:%M}" for name, wall in person.weekend_moments},
        "weekend_quiet_hours": str(person.weekend_quiet_hours or "none"),
        "paused": [as_pause(pause) for pause in person.pauses],
        "hard_days": [as_hard_day(hard) for hard in person.hard_days],
        "limits": _limits(person.limits),
    }


def _limits(limits: Limits | None) -> dict[str, Any]:
    """Return the limits that a person has of their own."""
    if limits is None:
        return {}
    gap = in_words(limits.gap) if limits.gap else None
    own = {"per_day": limits.per_day, "per_week": limits.per_week, "gap": gap}
    return {name: value for name, value in own.items() if value is not None}


def _spoken(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')} {each}" for name, each in value.items()) or "-"
    if isinstance(value, list):
        return ", ".join(value) or "-"
    return str(value) if value is not None else "-"
