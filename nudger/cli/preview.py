"""`nudger preview`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import click

from nudger.cli.screen import excerpt, plural
from nudger.cli.setup import Setup, read_setup
from nudger.domain.recipients import Recipient
from nudger.domain.vocabulary import Channel
from nudger.files.sms_length import segments
from nudger.use_cases.preview import Coming, preview
from nudger.wiring.clock import clock

DEFAULT_DAYS = 7
_DATE = click.DateTime(["%Y-%m-%d"])
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """Decide from `since` on, and show the local dates `first` to `last`."""

    since: datetime
    first: date
    last: date


@click.command(name="preview")
@click.option("--days", type=click.IntRange(1, 3660), help="How many days, today included. [default: 7]")
@click.option("--from", "first", type=_DATE, help="First local date (YYYY-MM-DD). [default: today]")
@click.option("--to", "last", type=_DATE, help="Last local date, instead of --days.")
@click.option("--recipient", "recipient_id", metavar="ID", help="One person only. [default: everybody]")
@click.option("--format", "style", type=click.Choice(["table", "json", "ics"]), default="table", show_default=True)
@click.pass_obj
def command(
    config_dir: Path,
    days: int | None,
    first: datetime | None,
    last: datetime | None,
    recipient_id: str | None,
    style: str,
) -> None:
    """Show what will be sent: when, to whom, in which words. Nothing is sent, and no connection is opened.

    The same code plans here and in the service, so this is what people get, to the minute and the word,
    unless the files, the people or what they have seen change before.
    """
    if days is not None and last is not None:
        raise click.UsageError("--days and --to say the same thing twice: give one of them")
    setup = read_setup(config_dir)
    people = [setup.person(recipient_id)] if recipient_id else setup.people()
    span = _span(clock(), first, last, days)
    _SHOW[style](_look_ahead(setup, people, span), setup)


def _span(now: datetime, first: datetime | None, last: datetime | None, days: int | None) -> _Span:
    today = now.astimezone().date()
    begin = first.date() if first else today
    end = last.date() if last else begin + timedelta(days=(days or DEFAULT_DAYS) - 1)
    if end < begin:
        raise click.UsageError(f"--to {end} lies before --from {begin}")
    if first is None:
        # Where it is still yesterday, the rest of yesterday is to come, too.
        return _Span(since=now, first=begin - _DAY, last=end)
    # A past day is shown as it would have been; a coming one depends on the choices between now and then.
    return _Span(since=min(now, datetime.combine(begin - _DAY, time.min, UTC)), first=begin, last=end)


def _look_ahead(setup: Setup, people: list[Recipient], span: _Span) -> list[Coming]:
    # A past day is shown as if everybody had been here by then.
    agenda = setup.agenda(
        [replace(person, joined=_by(person.joined, span.since.astimezone(person.zone).date())) for person in people]
    )
    return preview(
        agenda,
        since=span.since,
        first=span.first,
        last=span.last,
        histories=setup.histories(agenda, now=span.since),
        suppressed=setup.suppressed(),
    )


def _by(joined: date | None, first: date) -> date | None:
    return joined and min(joined, first)


def _show_json(coming: Sequence[Coming], _setup: Setup) -> None:
    click.echo(json.dumps([_record(each) for each in coming], indent=1, ensure_ascii=False))


def _record(each: Coming) -> dict[str, Any]:
    decision = each.nudge.decision
    rendered = decision.rendered
    return {
        "recipient": each.slot.recipient,
        "schedule": each.slot.schedule,
        "date": each.slot.local_date.isoformat(),
        "due": each.slot.due.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "local": each.local.isoformat(),
        "channel": decision.channel,
        "message": decision.message,
        "subject": rendered.subject if rendered else None,
        "text": rendered.text if rendered else None,
        "state": each.nudge.state,
        "reason": decision.reason or None,
        "not_before": _deferred_to(each),
        "note": _note(each),
    }


def _deferred_to(each: Coming) -> str | None:
    moment = each.nudge.next_attempt_at
    return None if moment is None or moment == each.slot.due else moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _note(each: Coming) -> str | None:
    if not each.slot.moved:
        return None
    return f"{each.slot.wall:%H:%M} does not exist on {each.slot.local_date}, so it is {each.local:%H:%M}"


def _show_calendar(coming: Sequence[Coming], setup: Setup) -> None:
    # Cold start: 45 ms for one format of three.
    from nudger.cli.calendar_file import calendar_file  # noqa: PLC0415

    click.echo(calendar_file(coming, name=setup.settings.service_name), nl=False)


def _show_table(coming: Sequence[Coming], setup: Setup) -> None:
    people = setup.people()
    if not people:
        click.echo("There is nobody to send to yet: write recipients.yaml, or `nudger recipients import people.csv`.")
        return
    if not coming:
        click.echo("Nothing is planned for these days.")
    by_person: dict[str, list[Coming]] = {}
    for each in coming:
        by_person.setdefault(each.recipient.id, []).append(each)
    for number, (person, theirs) in enumerate(sorted(by_person.items())):
        if len(people) > 1:
            click.echo(f"{chr(10) if number else ''}{person}  ({theirs[0].recipient.time_zone})")
        _show_days(theirs)


def _show_days(theirs: Sequence[Coming]) -> None:
    width = max(len(each.slot.schedule) for each in theirs)
    day = None
    for each in theirs:
        heading = f"{each.local:%a %d %b}" if each.local.date() != day else ""
        day = each.local.date()
        click.echo(
            f"{heading:<10}  {each.local:%H:%M}  {_channel(each):<5}  {each.slot.schedule:<{width}}  {_words(each)}"
        )


def _channel(each: Coming) -> str:
    return each.nudge.decision.channel or "-"


def _words(each: Coming) -> str:
    rendered = each.nudge.decision.rendered
    if rendered is None:
        return f"not sent: {each.nudge.decision.reason}"
    notes = [note for note in (_note(each), _waits(each), _length(each)) if note]
    return f"{excerpt(rendered.subject or rendered.text)}" + (f"  ({'; '.join(notes)})" if notes else "")


def _waits(each: Coming) -> str | None:
    moment = each.nudge.next_attempt_at
    if moment is None or moment == each.slot.due:
        return None
    return f"waits for the end of quiet hours, {moment.astimezone(each.recipient.zone):%H:%M}"


def _length(each: Coming) -> str | None:
    if each.nudge.decision.channel is not Channel.SMS or each.nudge.decision.rendered is None:
        return None
    return plural(segments(each.nudge.decision.rendered.text).segments, "segment")


_SHOW = {"table": _show_table, "json": _show_json, "ics": _show_calendar}
