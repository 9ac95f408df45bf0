"""`nudger send`."""

import asyncio
from pathlib import Path

import click

from nudger.cli.setup import Setup, read_setup
from nudger.decisions.choosing.options import Requirements, options_for
from nudger.decisions.snapshot import Snapshot
from nudger.domain.calendar import part_of_day
from nudger.domain.messages import Message
from nudger.domain.nudges import Nudge, NudgeState
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import Selection
from nudger.domain.vocabulary import Channel, ChannelChoice
from nudger.errors import NudgerError
from nudger.storage.thread import LedgerThread
from nudger.use_cases.send_test import TestNudge, send_test
from nudger.wiring.clock import clock
from nudger.wiring.ledger import open_ledger
from nudger.wiring.reading import make_snapshot
from nudger.wiring.sending import make_channels


@click.command(name="send")
@click.argument("recipient_id", metavar="RECIPIENT")
@click.option("--message", "key", metavar="LIBRARY/ID", help="Which message. [default: the first that fits now]")
@click.option("--channel", type=click.Choice([channel.value for channel in Channel]), help="[default: as they prefer]")
@click.option("--anyway", is_flag=True, help="Also in their quiet hours. (Never after they asked us to stop.)")
@click.pass_obj
def command(config_dir: Path, recipient_id: str, key: str | None, channel: str | None, anyway: bool) -> None:
    """Send one nudge to one person now, for a test. It is real, and it is written down."""
    setup = read_setup(config_dir, to_send=True)
    requirements = _wanted(setup, recipient_id, key, channel, anyway=anyway)
    nudge = asyncio.run(_send(setup, requirements))
    provider = (
        "shown and kept on this machine (no real provider is configured)"
        if nudge.provider == "local"
        else nudge.provider
    )
    if nudge.state is not NudgeState.SENT:
        raise NudgerError(f"{nudge.state}: {nudge.decision.reason} ({provider})")
    click.echo(f"sent: {nudge.decision.message} to {recipient_id} by {nudge.decision.channel}, {provider}")


def _wanted(setup: Setup, recipient_id: str, key: str | None, channel: str | None, *, anyway: bool) -> TestNudge:
    person = setup.person(recipient_id)
    way = person.channel_for(ChannelChoice(channel) if channel else ChannelChoice.PREFERRED)
    if way is None:
        raise NudgerError(f"{recipient_id} has no address for {channel}")
    message = _message(setup.snapshot([person]), person, way, key)
    return TestNudge(recipient=person, channel=way, message=message, anyway=anyway)


def _message(snapshot: Snapshot, person: Recipient, channel: Channel, key: str | None) -> Message:
    if key is None:
        part = part_of_day(clock().astimezone(person.zone).time())
        requirements = Requirements(language=person.language, channel=channel, part_of_day=part)
        fitting = options_for(snapshot.message_index, Selection(), requirements).messages
        if not fitting:
            raise NudgerError(f"no message fits {person.id} now")
        return fitting[0]
    found = [message for message in snapshot.message_index.messages if message.key == key and message.speaks(channel)]
    if not found:
        raise NudgerError(f"there is no message {key!r} with words for {channel}")
    return next((message for message in found if message.language == person.language), found[0])


async def _send(setup: Setup, requirements: TestNudge) -> Nudge:
    ledger = open_ledger(setup.settings)
    thread = LedgerThread(ledger)
    port = make_channels(setup.settings, show=click.echo)[requirements.channel]
    snapshot = make_snapshot(setup.settings, ledger.installation)(setup.catalog, [requirements.recipient])
    try:
        return await send_test(requirements, snapshot, port, thread, clock=clock)
    finally:
        await port.close()
        thread.close()
