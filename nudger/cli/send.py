"""`nudger send`."""

import asyncio
from pathlib import Path

import click

from nudger.domain.nudges import NudgeState
from nudger.domain.vocabulary import Channel, ChannelChoice
from nudger.errors import NudgerError
from nudger.prose.reasons import english
from nudger.use_cases.people import named, who_is_here
from nudger.use_cases.send_test import choose_test
from nudger.wiring.clock import clock
from nudger.wiring.installation import Installation
from nudger.wiring.service import send_now


@click.command(name="send")
@click.argument("recipient_id", metavar="RECIPIENT")
@click.option("--message", "key", metavar="LIBRARY/ID", help="Which message. [default: the first that fits now]")
@click.option("--channel", type=click.Choice([channel.value for channel in Channel]), help="[default: as they prefer]")
@click.option("--anyway", is_flag=True, help="Also in their quiet hours. (Never after they asked us to stop.)")
@click.pass_obj
def command(config_dir: Path, recipient_id: str, key: str | None, channel: str | None, anyway: bool) -> None:
    """Send one nudge to one person now, for a test. It is real, and it is written down."""
    installation, now = Installation(config_dir, to_send=True), clock()
    catalog = installation.catalog
    with installation.read() as transaction:
        person = named(who_is_here(transaction, catalog.recipients, now=now), recipient_id)
    wish = ChannelChoice(channel) if channel else ChannelChoice.PREFERRED
    nudge_to_test = choose_test(installation.snapshot([person]), person, wish, key, anyway=anyway, now=now)
    nudge = asyncio.run(send_now(installation, nudge_to_test, show=click.echo))
    provider = (
        "shown and kept on this machine (no real provider is configured)"
        if nudge.provider == "local"
        else nudge.provider
    )
    if nudge.state is not NudgeState.SENT:
        raise NudgerError(f"{nudge.state}: {english(nudge.status_reason)} ({provider})")
    click.echo(f"sent: {nudge.decision.message} to {recipient_id} by {nudge.decision.channel}, {provider}")
