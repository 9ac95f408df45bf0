"""What `nudger status` shows on a terminal."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from nudger.config.values.zones import prefer_newest_time_zones
from nudger.decisions.coming import Coming
from nudger.decisions.oversight.runway import Runway
from nudger.domain.nudges import Nudge, NudgeState
from nudger.domain.pulse import Running
from nudger.domain.vocabulary import Channel
from nudger.errors import Problem, in_numbers
from nudger.prose.english import elsewhere, local_day, plural, time_until
from nudger.prose.reasons import english
from nudger.use_cases.hold import SendingBlocked
from nudger.use_cases.status import Past, Status
from nudger.wiring.clock import machine_time_zone

_NAMED = 5
_LATELY_S = 120
_A_MOMENT = timedelta(minutes=1)


def status_lines(
    found: Status,
    running: Running | None,
    problems: Sequence[Problem],
    *,
    planned: Mapping[Channel, str],
    uptime: timedelta,
) -> list[str]:
    """Return it line by line; `planned` are the providers by today's settings, `problems` those of the files."""
    past, now = found.past, found.now
    today = " · ".join(f"{state.value} {count}" for state, count in past.today.items())
    ways = " · ".join(f"{channel} by {_spoken(name)}" for channel, name in providers(found, planned).items())
    lines = [
        _running(running, problems, past, now, uptime),
        f"today     {today or 'nothing yet'}",
        f"channels  {ways}",
        people_line(found),
        f"clocks    times here are this machine's, {machine_time_zone()}; time zones {{}} ({{}})".format(
            *prefer_newest_time_zones()
        ),
    ]
    lines[1:1] = _standing(found.blocked)
    lines += _running_out(found.short)
    lines += _table("trouble", [past_line(nudge) for nudge in past.trouble])
    lines += _table("recent", [past_line(nudge) for nudge in past.recent])
    return lines + _table("next", [_next_line(each, now) for each in found.coming])


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


def _running_out(short: Sequence[Runway]) -> list[str]:
    """Say who has soon seen everything, in time for somebody to write more."""
    if not short:
        return []
    when = f"in {plural(short[0].days, 'day')}" if short[0].days else "now"
    verb = "runs" if len(short) == 1 else "run"
    who = ", ".join(f"{each.recipient} ({each.schedule})" for each in short[:_NAMED])
    more = f" and {len(short) - _NAMED} more" if len(short) > _NAMED else ""
    return [f"words     {plural(len(short), 'person', 'people')} {verb} out of unseen messages {when}: {who}{more}"]


def people_line(found: Status) -> str:
    """Return how many can be reached, how many are paused, and how many addresses may not be used."""
    stopped = plural(len(found.past.suppressed), "address", "addresses")
    return f"people    {found.active} active · {found.paused} paused · {stopped} stopped"


def _table(heading: str, rows: list[str]) -> list[str]:
    return [f"{heading if number == 0 else '':<10}{row}" for number, row in enumerate(rows)]


def providers(found: Status, planned: Mapping[Channel, str]) -> dict[str, str]:
    """Return what the service really uses, if it ever ran; else what it would use as `planned`."""
    names = found.past.serving.providers if found.past.serving else planned
    return {channel.value: name for channel, name in names.items()}


def _spoken(provider: str) -> str:
    return "this machine only (nothing real is sent)" if provider == "local" else provider


def _running(running: Running | None, problems: Sequence[Problem], past: Past, now: datetime, uptime: timedelta) -> str:
    line = _at_work(running, uptime) if running else "not running" + _last_planned(past, now)
    # Of warnings check has more to say: it looks over the words, too.
    if errors := in_numbers(problem for problem in problems if not problem.warning):
        line += f" · the configuration as it stands has {errors}: nudger check"
    return line


def _at_work(running: Running, uptime: timedelta) -> str:
    """Say how a running service fares: by its own pulse, which neither the ledger nor the clock can hide."""
    process = f" (process {running.process})" if running.process else ""
    silent, pulse = running.silent_for(uptime), running.pulse
    if silent is None or pulse is None:
        return f"running{process}"
    if running.stuck(uptime):
        since = "no tick for" if pulse.ticked else "no tick since its start,"
        return f"STUCK{process} · {since} {round(silent.total_seconds() / 60)} min: start the service again"
    if not pulse.ticked:
        return f"running{process} · no tick yet"
    line = f"running{process} · last tick {round(silent.total_seconds())} s ago"
    return f"{line} · nothing is sent for now: {pulse.trouble}" if pulse.trouble else line


def _last_planned(past: Past, now: datetime) -> str:
    if past.planned_until is None:
        return ""
    seconds = max(0, round((now - past.planned_until).total_seconds()))
    ago = f"{seconds} s ago" if seconds < _LATELY_S else local_day(past.planned_until.astimezone())
    return f" · last tick {ago}"


def past_line(nudge: Nudge) -> str:
    """Return what became of a nudge, on a line."""
    channel = nudge.decision.channel or "-"
    what = f"{nudge.state:<10} {channel:<5}  {nudge.key.schedule}  {nudge.key.recipient}"
    remarks = "; ".join(remark for remark in (_went_out(nudge), english(nudge.status_reason)) if remark)
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
    remarks = (time_until(moment - now), elsewhere(moment, each.recipient), english(each.nudge.status_reason))
    when = "; ".join(remark for remark in remarks if remark)
    return (
        f"{local_day(moment.astimezone()):<16}  {each.nudge.decision.channel or '-':<5}  {each.slot.schedule}"
        f"  {each.recipient.id}  ({when})"
    )
