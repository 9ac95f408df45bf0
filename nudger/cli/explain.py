"""`nudger explain`."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from nudger.config.flaws import did_you_mean
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import Schedule, Slot
from nudger.errors import NudgerError
from nudger.prose import coming as words
from nudger.prose.schedule import in_english, in_short
from nudger.use_cases.explain_schedule import ScheduleForPerson, explain_schedule
from nudger.wiring.clock import clock, machine_time_zone
from nudger.wiring.installation import Installation

_WIDTH = 100
"""Columns: what can be read in comfort; a narrower terminal has fewer."""


@click.command(name="explain")
@click.argument("schedule_id", metavar="[SCHEDULE]", required=False)
@click.option("--recipient", "recipient_id", metavar="ID", help="Whose next times to show. [default: the first meant]")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def command(config_dir: Path, schedule_id: str | None, recipient_id: str | None, style: str) -> None:
    """Say in plain English what a schedule does, and when it falls due next. Without SCHEDULE: a line for each.

    Nothing is sent, and no connection is opened.
    """
    installation = Installation(config_dir)
    catalog = installation.catalog
    if schedule_id is None:
        _show_all(catalog.schedules, style)
        return
    schedule = _schedule(catalog.schedules, schedule_id)
    with installation.read() as transaction:
        found = explain_schedule(
            transaction,
            catalog.recipients,
            installation.snapshot,
            schedule,
            recipient_id,
            seed=installation.settings.seed,
            time_zone=machine_time_zone(),
            now=clock(),
        )
    sentences = in_english(schedule, catalog.limits.tightened(found.person.limits))
    if style == "json":
        click.echo(json.dumps(_record(found, sentences), indent=1, ensure_ascii=False))
    else:
        _show(found, sentences)


def _show_all(schedules: Sequence[Schedule], style: str) -> None:
    if style == "json":
        rows = [{"schedule": each.id, "about": each.about, "in_short": in_short(each)} for each in schedules]
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    if not schedules:
        click.echo("There is no schedule yet: write schedules/*.yaml, or start with `nudger init`.")
    width = max((len(each.id) for each in schedules), default=0)
    for each in schedules:
        click.echo(f"{each.id:<{width}}  {in_short(each)}")


def _schedule(schedules: Sequence[Schedule], schedule_id: str) -> Schedule:
    known = {str(each.id): each for each in schedules}
    if schedule_id not in known:
        hint = did_you_mean(schedule_id, known) or "See `nudger explain` for those there are."
        raise NudgerError(f"there is no schedule {schedule_id!r}. {hint}")
    return known[schedule_id]


def _record(found: ScheduleForPerson, sentences: Sequence[str]) -> dict[str, Any]:
    person = found.person
    return {
        "schedule": found.schedule.id,
        "about": found.schedule.about,
        "sentences": list(sentences),
        "recipient": None if found.made_up else person.id,
        "meant": found.meant,
        "time_zone": person.time_zone,
        "next": [
            {
                "due": slot.due.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "local": slot.due.astimezone(person.zone).isoformat(),
                "note": _note(slot, person),
                "outcome": _fate(found, slot),
            }
            for slot in found.coming
        ],
    }


def _show(found: ScheduleForPerson, sentences: Sequence[str]) -> None:
    schedule, person = found.schedule, found.person
    click.echo(schedule.id)
    if schedule.about:
        click.echo(f"  {schedule.about}")
    click.echo()
    for sentence in sentences:
        click.echo(
            click.wrap_text(
                sentence,
                width=min(_WIDTH, shutil.get_terminal_size().columns),
                initial_indent="  ",
                subsequent_indent="    ",
            )
        )
    click.echo()
    whose = "somebody new here" if found.made_up else person.id
    if not found.meant:
        click.echo(f"It is not for {whose}.")
    elif not found.coming:
        click.echo(f"For {whose} ({person.time_zone}) it never falls due from now on.")
    else:
        click.echo(f"Next for {whose} ({person.time_zone}):")
    for slot in found.coming:
        local = slot.due.astimezone(person.zone)
        told = "; ".join(filter(None, (_note(slot, person), _fate(found, slot))))
        click.echo(f"  {local:%a} {local.day:>2} {local:%b %Y}  {local:%H:%M}{f'  ({told})' if told else ''}")


def _note(slot: Slot, person: Recipient) -> str | None:
    if not slot.moved:
        return None
    return f"{slot.wall:%H:%M} does not exist that day, so it is {slot.due.astimezone(person.zone):%H:%M}"


def _fate(found: ScheduleForPerson, slot: Slot) -> str | None:
    """Say what becomes of a slot as things stand, as preview does, where it does not go out at its time."""
    each = found.foreseen.get(slot.key)
    return None if each is None else words.held(each) or words.waits(each)
