"""`nudger guard …`: what the guard against storms holds."""

import json
from pathlib import Path

import click

from nudger.cli.kinds import Group
from nudger.cli.screen import as_json
from nudger.prose.english import local_day, plural
from nudger.use_cases.hold import SendingBlocked, discard_held, release_held, sending_blocked
from nudger.wiring.clock import clock
from nudger.wiring.installation import Installation


@click.group(name="guard", cls=Group, invoke_without_command=True)
@click.option("--format", "style", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_context
def command(ctx: click.Context, style: str) -> None:
    """Show what the guard holds: far more at once than the schedules imply, after an outage or a wrong clock.

    Held nudges wait for `nudger guard release` or `nudger guard discard`, until it is too late for them.
    """
    if ctx.invoked_subcommand is not None:
        return
    with Installation(ctx.obj).read() as transaction:
        still = sending_blocked(transaction, now=clock())
    if style == "json":
        held = [
            {"nudge": n.id, "recipient": n.key.recipient, "schedule": n.key.schedule, "due": n.due} for n in still.held
        ]
        click.echo(
            json.dumps({"guard": guard_record(still), "clock": still.doubt, "held": held}, indent=1, default=as_json)
        )
        return
    for line in _lines(still):
        click.echo(line)


def guard_record(still: SendingBlocked) -> dict[str, str]:
    """Return since when and why the guard holds something, for JSON; nothing where it does not."""
    return {"since": still.guard.since.isoformat(), "why": still.guard.why} if still.guard else {}


def _lines(still: SendingBlocked) -> list[str]:
    lines = [f"The clock is not believed: {still.doubt}."] if still.doubt else []
    if still.held:
        lines.append(f"{plural(len(still.held), 'nudge')} held: {still.guard.why if still.guard else 'by the guard'}.")
        lines += [f"  {local_day(n.due.astimezone())}  {n.key.schedule}  {n.key.recipient}" for n in still.held[:20]]
        lines += [f"  and {len(still.held) - 20} more"] if len(still.held) > 20 else []  # noqa: PLR2004
    return (
        [*lines, "To let it go out: nudger guard release. To leave it out: nudger guard discard."]
        if lines
        else ["The guard holds nothing."]
    )


@command.command()
@click.pass_obj
def release(config_dir: Path) -> None:
    """Let what is held go out, as far as it is still in time; believe the clock after a long silence."""
    count = Installation(config_dir).change(lambda transaction: release_held(transaction, now=clock()))
    click.echo(f"{plural(count, 'nudge')} let go.")


@command.command()
@click.pass_obj
def discard(config_dir: Path) -> None:
    """Leave what is held out, for good."""
    count = Installation(config_dir).change(lambda transaction: discard_held(transaction, now=clock()))
    click.echo(f"{plural(count, 'nudge')} left out.")
