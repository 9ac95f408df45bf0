"""`nudger status`."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from nudger.cli.guard import guard_record
from nudger.cli.screen import as_json
from nudger.cli.status_text import providers, status_lines
from nudger.config.settings.read import Settings
from nudger.config.values.zones import prefer_newest_time_zones
from nudger.domain.nudges import Nudge
from nudger.domain.pulse import Running
from nudger.domain.vocabulary import Channel
from nudger.prose.reasons import english
from nudger.use_cases.hold import SendingBlocked
from nudger.use_cases.status import Status, status
from nudger.wiring.clock import clock, uptime
from nudger.wiring.installation import Installation


@click.command(name="status")
@click.option("--format", "style", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_obj
def command(config_dir: Path, style: str) -> None:
    """Show what went out, what did not and why, and what comes next. Changes nothing; the service may be running."""
    installation = Installation(config_dir, as_it_is=True)
    written = installation.catalog.recipients
    with installation.read() as transaction:
        found = status(transaction, written, installation.snapshot, daemon=installation.daemon, now=clock())
    planned = _planned(installation.settings)
    if style == "json":
        click.echo(json.dumps(_record(found, installation, planned), indent=1, default=as_json))
        return
    for line in status_lines(found, installation.running, installation.problems, planned=planned, uptime=uptime()):
        click.echo(line)


def _planned(settings: Settings) -> Mapping[Channel, str]:
    """Return the provider that these settings would give each channel."""
    return {
        Channel.SMS: "twilio" if settings.sends_sms else "local",
        Channel.EMAIL: "smtp" if settings.sends_email else "local",
    }


def _record(found: Status, installation: Installation, planned: Mapping[Channel, str]) -> dict[str, Any]:
    past, blocked = found.past, found.blocked
    return {
        **_service(installation.running),
        "planned_until": past.planned_until,
        "providers": providers(found, planned),
        "configuration": {
            "taken_at": past.serving.configured_at.isoformat() if past.serving else None,
            "problems": sum(not problem.warning for problem in installation.problems),
        },
        "people": len(found.people),
        "paused": found.paused,
        "hold": _hold(blocked),
        "guard": {**guard_record(blocked), "held": len(blocked.held)} if blocked.held else None,
        "clock": blocked.doubt or None,
        "addresses_stopped": len(past.suppressed),
        "today": {state.value: count for state, count in past.today.items()},
        "trouble": [_nudge(nudge) for nudge in past.trouble],
        "recent": [_nudge(nudge) for nudge in past.recent],
        "next": [
            {
                "due": each.slot.due,
                "goes_out": each.goes_out,
                "recipient": each.recipient.id,
                "schedule": each.slot.schedule,
                "reason": english(each.nudge.status_reason) or None,
            }
            for each in found.coming
        ],
        "running_out": [asdict(each) for each in found.short],
        "time_zones": "{} ({})".format(*prefer_newest_time_zones()),
    }


def _service(running: Running | None) -> dict[str, Any]:
    pulse = running.pulse if running else None
    return {
        "running": running is not None,
        "stuck": running is not None and running.stuck(uptime()),
        "last_tick": pulse.at if pulse and pulse.ticked else None,
        "ledger_trouble": pulse.trouble or None if pulse else None,
    }


def _hold(still: SendingBlocked) -> dict[str, str] | None:
    return {"since": still.hold.since.isoformat(), "reason": still.hold.reason} if still.hold else None


def _nudge(nudge: Nudge) -> dict[str, Any]:
    return {
        "nudge": nudge.id,
        "due": nudge.due,
        "recipient": nudge.key.recipient,
        "schedule": nudge.key.schedule,
        "channel": nudge.decision.channel,
        "provider": nudge.provider,
        "state": nudge.state,
        "reason": english(nudge.status_reason) or None,
        "attempts": nudge.attempts,
    }
