"""`nudger explain`."""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from nudger.cli import coming_words as words
from nudger.cli.setup import Setup, read_setup
from nudger.config.flaws import did_you_mean
from nudger.decisions.planning.groups import build_groups
from nudger.decisions.planning.plan import slots
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import Audience, Schedule, Slot, SlotKey
from nudger.domain.vocabulary import RecipientId
from nudger.errors import NudgerError
from nudger.prose.schedule import in_english, in_short
from nudger.wiring.clock import clock, machine_time_zone

_NEXT = 5
_WIDTH = 100
"""Columns: what can be read in comfort; a narrower terminal has fewer."""
_HORIZONS = (timedelta(days=40), timedelta(days=400), timedelta(days=3700))
"""How far to look for the next times: most schedules have theirs within weeks, and a leap day's takes years."""
_ANYBODY = RecipientId("anybody")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Explanation:
    """A schedule, the person it is shown for, and their next times."""

    schedule: Schedule
    sentences: Sequence[str]
    person: Recipient
    meant: bool
    coming: Sequence[Slot]
    fates: Mapping[SlotKey, str]


@click.command(name="explain")
@click.argument("schedule_id", metavar="[SCHEDULE]", required=False)
@click.option("--recipient", "recipient_id", metavar="ID", help="Whose next times to show. [default: the first meant]")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def command(config_dir: Path, schedule_id: str | None, recipient_id: str | None, style: str) -> None:
    """Say in plain English what a schedule does, and when it falls due next. Without SCHEDULE: a line for each.

    Nothing is sent, and no connection is opened.
    """
    setup = read_setup(config_dir)
    if schedule_id is None:
        _show_all(setup, style)
        return
    explanation = _explain(setup, _schedule(setup, schedule_id), recipient_id, clock())
    if style == "json":
        click.echo(json.dumps(_record(explanation), indent=1, ensure_ascii=False))
    else:
        _show(explanation)


def _show_all(setup: Setup, style: str) -> None:
    schedules = setup.catalog.schedules
    if style == "json":
        rows = [{"schedule": each.id, "about": each.about, "in_short": in_short(each)} for each in schedules]
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    if not schedules:
        click.echo("There is no schedule yet: write schedules/*.yaml, or start with `nudger init`.")
    width = max((len(each.id) for each in schedules), default=0)
    for each in schedules:
        click.echo(f"{each.id:<{width}}  {in_short(each)}")


def _schedule(setup: Setup, schedule_id: str) -> Schedule:
    known = {str(each.id): each for each in setup.catalog.schedules}
    if schedule_id not in known:
        hint = did_you_mean(schedule_id, known) or "See `nudger explain` for those there are."
        raise NudgerError(f"there is no schedule {schedule_id!r}. {hint}")
    return known[schedule_id]


def _explain(setup: Setup, schedule: Schedule, recipient_id: str | None, now: datetime) -> _Explanation:
    person = setup.person(recipient_id) if recipient_id else _somebody(setup, schedule, now)
    meant = person.id == _ANYBODY or schedule.audience.includes(person)
    coming = _next(schedule, person, setup.settings.seed, now) if meant else []
    return _Explanation(
        schedule=schedule,
        sentences=in_english(schedule, setup.catalog.limits.tightened(person.limits)),
        person=person,
        meant=meant,
        coming=coming,
        fates=_fates(setup, person, coming, now) if coming and person.id != _ANYBODY else {},
    )


def _somebody(setup: Setup, schedule: Schedule, now: datetime) -> Recipient:
    """Return the first person whom the schedule is for, or one made up: here, new, with the usual times of day."""
    zone = machine_time_zone()
    made_up = Recipient(id=_ANYBODY, time_zone=zone)
    made_up = replace(made_up, joined=now.astimezone(made_up.zone).date())
    return next((person for person in setup.people() if schedule.audience.includes(person)), made_up)


def _next(schedule: Schedule, person: Recipient, seed: str, now: datetime) -> list[Slot]:
    roster = build_groups([replace(schedule, audience=Audience(everyone=True))], [person])
    found: list[Slot] = []
    for horizon in _HORIZONS:
        due = slots(roster, since=now, until=now + horizon, seed=seed)
        found = [slot for slot in due if person.has_joined_by(slot.local_date)]
        if len(found) >= _NEXT:
            break
    return found[:_NEXT]


def _fates(setup: Setup, person: Recipient, coming: Sequence[Slot], now: datetime) -> dict[SlotKey, str]:
    """Say what becomes of these slots as things stand, as preview does, where they do not go out at their times."""
    first, last = coming[0].local_date, min(coming[-1].local_date, (now + _HORIZONS[0]).date())
    found = {each.nudge.key: each for each in setup.outlook([person], first=first, last=last, now=now)}
    said = {key: words.held(each) or words.waits(each) for key, each in found.items()}
    return {key: fate for key, fate in said.items() if fate is not None}


def _record(explanation: _Explanation) -> dict[str, Any]:
    person = explanation.person
    return {
        "schedule": explanation.schedule.id,
        "about": explanation.schedule.about,
        "sentences": list(explanation.sentences),
        "recipient": None if person.id == _ANYBODY else person.id,
        "meant": explanation.meant,
        "time_zone": person.time_zone,
        "next": [
            {
                "due": slot.due.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "local": slot.due.astimezone(person.zone).isoformat(),
                "note": _note(slot, person),
                "outcome": explanation.fates.get(slot.key),
            }
            for slot in explanation.coming
        ],
    }


def _show(explanation: _Explanation) -> None:
    schedule, person = explanation.schedule, explanation.person
    click.echo(schedule.id)
    if schedule.about:
        click.echo(f"  {schedule.about}")
    click.echo()
    for sentence in explanation.sentences:
        click.echo(
            click.wrap_text(
                sentence,
                width=min(_WIDTH, shutil.get_terminal_size().columns),
                initial_indent="  ",
                subsequent_indent="    ",
            )
        )
    click.echo()
    whose = "somebody new here" if person.id == _ANYBODY else person.id
    if not explanation.meant:
        click.echo(f"It is not for {whose}.")
    elif not explanation.coming:
        click.echo(f"For {whose} ({person.time_zone}) it never falls due from now on.")
    else:
        click.echo(f"Next for {whose} ({person.time_zone}):")
    for slot in explanation.coming:
        local = slot.due.astimezone(person.zone)
        told = "; ".join(filter(None, (_note(slot, person), explanation.fates.get(slot.key))))
        click.echo(f"  {local:%a} {local.day:>2} {local:%b %Y}  {local:%H:%M}{f'  ({told})' if told else ''}")


def _note(slot: Slot, person: Recipient) -> str | None:
    if not slot.moved:
        return None
    return f"{slot.wall:%H:%M} does not exist that day, so it is {slot.due.astimezone(person.zone):%H:%M}"
