"""`nudger recipients …`."""

import json
from datetime import datetime
from pathlib import Path

import click

from nudger.cli.kinds import DATE, Group
from nudger.cli.people_table import export_people, import_people
from nudger.cli.person_page import past_as_data, past_as_lines, person_as_data, spoken
from nudger.cli.screen import as_json
from nudger.domain.consent import Source, Wish
from nudger.domain.recipients import Pause, Recipient
from nudger.prose.english import plural
from nudger.use_cases.people import (
    Reach,
    end_pause,
    leave_in_peace,
    named,
    reach,
    stop_using,
    suppressed,
    use_again,
    who_is_here,
)
from nudger.use_cases.person_record import person_record
from nudger.wiring.clock import clock
from nudger.wiring.installation import Installation

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
    installation, now = Installation(config_dir), clock()
    written = installation.catalog.recipients
    with installation.read() as transaction:
        here = who_is_here(transaction, written, now=now)
        stopped = suppressed(transaction)
    people = [person for person in here if group is None or group in person.groups]
    records = [person_as_data(person, stopped) for person in people]
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
    installation, now = Installation(config_dir), clock()
    written = installation.catalog.recipients
    with installation.read() as transaction:
        person = named(who_is_here(transaction, written, now=now), recipient_id)
        past = person_record(transaction, person)
    record = person_as_data(person, frozenset(stop.address for stop in past.stops))
    if style == "json":
        click.echo(json.dumps(record | past_as_data(past), indent=1, ensure_ascii=False, default=as_json))
        return
    for name, value in record.items():
        click.echo(f"{name:<20} {spoken(value)}")
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
    installation = Installation(config_dir)
    person = _reach(installation, recipient_id).person
    written, addresses = installation.catalog.recipients, person.addresses
    concerned = installation.change(lambda transaction: stop_using(transaction, written, addresses, _wish()))
    click.echo(
        f"Nothing more goes to {recipient_id}'s {_named(person)}. "
        f"`nudger recipients resume {recipient_id}` takes it back."
    )
    for other in concerned:
        if other != person.id:
            click.echo(f"{other} has the same address, and gets nothing there either.")


@command.command()
@click.argument("recipient_id", metavar="ID")
@click.pass_obj
def resume(config_dir: Path, recipient_id: str) -> None:
    """Send to this person again, when they asked for it.

    Only when they did so themselves.
    """
    installation = Installation(config_dir)
    before = _reach(installation, recipient_id)
    if not before.suppressed:
        click.echo(f"{recipient_id} is not stopped: nothing was changed.{_why_quiet(before)}")
        return
    written = installation.catalog.recipients
    after = installation.change(
        lambda transaction: use_again(transaction, written, recipient_id, before.suppressed, _wish())
    )
    click.echo(f"{recipient_id} gets nudges again.{_why_quiet(after)}")


@command.command()
@click.argument("recipient_id", metavar="ID")
@click.option("--until", "last", type=DATE, required=True, help="The last day of the pause (YYYY-MM-DD).")
@click.option("--from", "first", type=DATE, help="Its first day. [default: today, where they are]")
@click.pass_obj
def pause(config_dir: Path, recipient_id: str, last: datetime, first: datetime | None) -> None:
    """Send this person nothing for a while.

    A programme waits for them, and goes on where it was.
    """
    installation = Installation(config_dir)
    found = _reach(installation, recipient_id)
    begin = first.date() if first else found.today
    if last.date() < begin:
        raise click.UsageError(f"--until {last.date()} lies before {begin}")
    added = Pause(first=begin, last=last.date())
    installation.change(lambda transaction: leave_in_peace(transaction, found.person, added, _wish()))
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
    installation = Installation(config_dir)
    before = _reach(installation, recipient_id)
    if not before.can_unpause:
        quiet = _why_quiet(before)
        click.echo(f"{recipient_id} has no pause that was entered by command: nothing was changed.{quiet}")
        return
    written = installation.catalog.recipients
    after = installation.change(lambda transaction: end_pause(transaction, written, recipient_id, _wish()))
    quiet = _why_quiet(after)
    click.echo(f"The pause of {recipient_id} is over.{quiet}" if quiet else f"{recipient_id} gets nudges again.")


def _reach(installation: Installation, recipient_id: str) -> Reach:
    written = installation.catalog.recipients
    with installation.read() as transaction:
        return reach(transaction, written, recipient_id, now=clock())


def _wish() -> Wish:
    """Return that somebody entered it here, for the person, just now."""
    return Wish(source=Source.COMMAND, at=clock())


def _named(person: Recipient) -> str:
    """Return `number and address`, without either."""
    return " and ".join(noun for noun, address in (("number", person.sms), ("e-mail address", person.email)) if address)


def _why_quiet(now: Reach) -> str:
    """Return what else keeps a person from getting anything now; '' if nothing does."""
    parts = []
    if now.stopped:
        parts.append(f" They have stopped: `nudger recipients resume {now.person.id}`, if they ask for it.")
    if now.pause is not None:
        parts.append(f" They are paused until {now.pause.last}.")
    return "".join(parts)
