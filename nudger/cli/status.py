"""`nudger status`."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import click

from nudger.cli.guard import guard_record
from nudger.cli.screen import as_json, elsewhere, in_words, local_day, plural
from nudger.cli.setup import Setup, read_setup_as_it_is
from nudger.config.values.zones import prefer_newest_time_zones
from nudger.decisions.oversight.runway import Runway, short_runways
from nudger.domain.facts import DaemonId, Serving, served_by
from nudger.domain.nudges import Nudge, NudgeState
from nudger.domain.recipients import Recipient
from nudger.errors import in_numbers
from nudger.storage.daemon_id import daemon_of
from nudger.storage.fact_codecs import SERVING
from nudger.storage.lock import Running, running_service
from nudger.storage.transaction import Transaction
from nudger.use_cases.hold import SendingBlocked, sending_blocked
from nudger.use_cases.preview import Coming
from nudger.wiring.clock import clock, machine_time_zone, uptime

_RECENT = 8
_NEXT = 8
_NAMED = 5
_LOOK_AHEAD = timedelta(days=8)
_LATELY_S = 120
_A_MOMENT = timedelta(minutes=1)
_TROUBLE = frozenset({NudgeState.FAILED, NudgeState.UNKNOWN, NudgeState.EXPIRED, NudgeState.SUPPRESSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    """What the ledger knows."""

    today: dict[str, int]
    recent: tuple[Nudge, ...]
    trouble: tuple[Nudge, ...]
    planned_until: datetime | None
    serving: Serving | None
    stopped: frozenset[str]
    """Addresses to which nothing may go."""
    still: SendingBlocked


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ahead:
    """Who is here, what is to come for them, and for whom the words end soon."""

    people: list[Recipient]
    coming: list[Coming]
    short: list[Runway]


_NOTHING = _Past(
    today={},
    recent=(),
    trouble=(),
    planned_until=None,
    serving=None,
    stopped=frozenset(),
    still=SendingBlocked.nothing(),
)


@click.command(name="status")
@click.option("--format", "style", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_obj
def command(config_dir: Path, style: str) -> None:
    """Show what went out, what did not and why, and what comes next. Changes nothing; the service may be running."""
    setup = read_setup_as_it_is(config_dir)
    now = clock()
    daemon = daemon_of(setup.settings.state)
    past = setup.ask_ledger(lambda transaction: _past(transaction, daemon, now), otherwise=_NOTHING)
    ahead = _look_ahead(setup, now)
    if style == "json":
        click.echo(json.dumps(_record(setup, past, ahead, now), indent=1, default=as_json))
    else:
        for line in _lines(setup, past, ahead, now):
            click.echo(line)


def _past(transaction: Transaction, daemon: DaemonId, now: datetime) -> _Past:
    midnight = datetime.combine(now.astimezone().date(), time.min).astimezone(UTC)
    recent = transaction.nudges.recent(since=now - timedelta(days=7), limit=500)
    return _Past(
        today={state.value: count for state, count in sorted(transaction.nudges.counts(since=midnight).items())},
        recent=tuple(recent[:_RECENT]),
        trouble=tuple(nudge for nudge in recent if nudge.state in _TROUBLE)[:_RECENT],
        planned_until=transaction.planning.watermark(),
        serving=served_by(transaction.facts.by_daemon(SERVING), daemon),
        stopped=frozenset(transaction.suppressions.addresses()),
        still=sending_blocked(transaction, now=now),
    )


def _look_ahead(setup: Setup, now: datetime) -> _Ahead:
    people = setup.people()
    snapshot = setup.snapshot(people)
    coming = setup.next_few(snapshot, count=_NEXT, within=_LOOK_AHEAD, now=now)
    short = short_runways(snapshot, snapshot.recipients, setup.histories(snapshot, now=now), now=now)
    return _Ahead(people=people, coming=coming, short=short)


def _record(setup: Setup, past: _Past, ahead: _Ahead, now: datetime) -> dict[str, Any]:
    return {
        **_service(running_service(setup.settings.state)),
        "planned_until": past.planned_until,
        "providers": _providers(setup, past),
        "configuration": {
            "taken_at": past.serving.configured_at.isoformat() if past.serving else None,
            "problems": sum(not problem.warning for problem in setup.problems),
        },
        "people": len(ahead.people),
        "paused": _paused(ahead.people, now),
        "hold": _hold(past.still),
        "guard": {**guard_record(past.still), "held": len(past.still.held)} if past.still.held else None,
        "clock": past.still.doubt or None,
        "addresses_stopped": len(past.stopped),
        "today": past.today,
        "trouble": [_nudge(nudge) for nudge in past.trouble],
        "recent": [_nudge(nudge) for nudge in past.recent],
        "next": [
            {
                "due": each.slot.due,
                "goes_out": each.goes_out,
                "recipient": each.recipient.id,
                "schedule": each.slot.schedule,
                "reason": each.nudge.decision.reason or None,
            }
            for each in ahead.coming
        ],
        "running_out": [asdict(each) for each in ahead.short],
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
        "reason": nudge.decision.reason or None,
        "attempts": nudge.attempts,
    }


def _lines(setup: Setup, past: _Past, ahead: _Ahead, now: datetime) -> list[str]:
    today = " · ".join(f"{state} {count}" for state, count in past.today.items())
    providers = " · ".join(f"{channel} by {_spoken(name)}" for channel, name in _providers(setup, past).items())
    lines = [
        _running(setup, past, now),
        f"today     {today or 'nothing yet'}",
        f"channels  {providers}",
        _people(ahead.people, past, now),
        f"clocks    times here are this machine's, {machine_time_zone()}; time zones {{}} ({{}})".format(
            *prefer_newest_time_zones()
        ),
    ]
    lines[1:1] = _standing(past.still)
    lines += _running_out(ahead.short)
    lines += _table("trouble", [_past_line(nudge) for nudge in past.trouble])
    lines += _table("recent", [_past_line(nudge) for nudge in past.recent])
    return lines + _table("next", [_next_line(each, now) for each in ahead.coming])


def _standing(still: SendingBlocked) -> list[str]:
    """Say first what keeps nudges from going out."""
    lines = []
    if still.hold:
        why = f" ({still.hold.reason})" if still.hold.reason else ""
        lines.append(
            f"ON HOLD   since {local_day(still.hold.since.astimezone())}{why}: nothing goes out. nudger release"
        )
    if still.doubt:
        lines.append(f"CLOCK     {still.doubt}: nothing goes out. nudger guard")
    if still.held:
        why = still.guard.why if still.guard else "held"
        lines.append(f"GUARD     {plural(len(still.held), 'nudge')} held: {why}. nudger guard")
    return lines


def _running_out(short: list[Runway]) -> list[str]:
    """Say who has soon seen everything, in time for somebody to write more."""
    if not short:
        return []
    when = f"in {plural(short[0].days, 'day')}" if short[0].days else "now"
    verb = "runs" if len(short) == 1 else "run"
    who = ", ".join(f"{each.recipient} ({each.schedule})" for each in short[:_NAMED])
    more = f" and {len(short) - _NAMED} more" if len(short) > _NAMED else ""
    return [f"words     {plural(len(short), 'person', 'people')} {verb} out of unseen messages {when}: {who}{more}"]


def _people(people: list[Recipient], past: _Past, now: datetime) -> str:
    stopped = plural(len(past.stopped), "address", "addresses")
    reachable = [person for person in people if not person.addresses <= past.stopped]
    paused, active = _paused(people, now), len(reachable) - _paused(reachable, now)
    return f"people    {active} active · {paused} paused · {stopped} stopped"


def _paused(people: list[Recipient], now: datetime) -> int:
    return sum(person.pause_on(now.astimezone(person.zone).date()) is not None for person in people)


def _table(heading: str, rows: list[str]) -> list[str]:
    return [f"{heading if number == 0 else '':<10}{row}" for number, row in enumerate(rows)]


def _providers(setup: Setup, past: _Past) -> dict[str, str]:
    """What the service really uses, if it ever ran; else what these settings would give it."""
    settings = setup.settings
    planned = {"sms": "twilio" if settings.sends_sms else "local", "email": "smtp" if settings.sends_email else "local"}
    return {channel.value: name for channel, name in past.serving.providers.items()} if past.serving else planned


def _spoken(provider: str) -> str:
    return "this machine only (nothing real is sent)" if provider == "local" else provider


def _running(setup: Setup, past: _Past, now: datetime) -> str:
    running = running_service(setup.settings.state)
    line = _at_work(running) if running else "not running" + _last_planned(past, now)
    # Of warnings check has more to say: it looks over the words, too.
    if errors := in_numbers(problem for problem in setup.problems if not problem.warning):
        line += f" · the configuration as it stands has {errors}: nudger check"
    return line


def _at_work(running: Running) -> str:
    """Say how a running service fares: by its own pulse, which neither the ledger nor the clock can hide."""
    process = f" (process {running.process})" if running.process else ""
    silent, pulse = running.silent_for(uptime()), running.pulse
    if silent is None or pulse is None:
        return f"running{process}"
    if running.stuck(uptime()):
        since = "no tick for" if pulse.ticked else "no tick since its start,"
        return f"STUCK{process} · {since} {round(silent.total_seconds() / 60)} min: start the service again"
    if not pulse.ticked:
        return f"running{process} · no tick yet"
    line = f"running{process} · last tick {round(silent.total_seconds())} s ago"
    return f"{line} · nothing is sent for now: {pulse.trouble}" if pulse.trouble else line


def _last_planned(past: _Past, now: datetime) -> str:
    if past.planned_until is None:
        return ""
    seconds = max(0, round((now - past.planned_until).total_seconds()))
    ago = f"{seconds} s ago" if seconds < _LATELY_S else local_day(past.planned_until.astimezone())
    return f" · last tick {ago}"


def _past_line(nudge: Nudge) -> str:
    channel = nudge.decision.channel or "-"
    what = f"{nudge.state:<10} {channel:<5}  {nudge.key.schedule}  {nudge.key.recipient}"
    remarks = "; ".join(remark for remark in (_went_out(nudge), nudge.decision.reason) if remark)
    return f"{local_day(nudge.due.astimezone()):<16}  {what}" + (f"  ({remarks})" if remarks else "")


def _went_out(nudge: Nudge) -> str:
    """Say when it really went, where that is not when it was due."""
    began = nudge.first_attempt_at
    if began is None or began - nudge.due < _A_MOMENT:
        return ""
    due, went = nudge.due.astimezone(), began.astimezone()
    when = f"{went:%H:%M}" if due.date() == went.date() else local_day(went)
    return f"sent {when}" if nudge.state is NudgeState.SENT and nudge.attempts == 1 else f"first tried {when}"


def _next_line(each: Coming, now: datetime) -> str:
    moment = each.goes_out or each.slot.due
    remarks = (in_words(moment - now), elsewhere(moment, each.recipient), each.nudge.decision.reason)
    when = "; ".join(remark for remark in remarks if remark)
    return (
        f"{local_day(moment.astimezone()):<16}  {each.nudge.decision.channel or '-':<5}  {each.slot.schedule}"
        f"  {each.recipient.id}  ({when})"
    )
