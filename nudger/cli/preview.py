"""`nudger preview`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import click

from nudger.cli import coming_words as words
from nudger.cli.kinds import DATE, Whole
from nudger.cli.screen import excerpt, plural
from nudger.cli.setup import Setup, read_setup
from nudger.domain.recipients import Recipient
from nudger.use_cases.preview import Coming, preview
from nudger.wiring.clock import clock

DEFAULT_DAYS = 7
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """Decide from `since` on, and show the local dates `first` to `last`."""

    since: datetime
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prospect:
    """What is to come for some people in a span, ready to be shown."""

    coming: Sequence[Coming]
    setup: Setup
    people: Sequence[Recipient]
    span: _Span


@click.command(name="preview")
@click.option("--days", type=Whole(1, 3660), help="How many days, today included. [default: 7]")
@click.option("--from", "first", type=DATE, help="First local date (YYYY-MM-DD). [default: today]")
@click.option("--to", "last", type=DATE, help="Last local date, instead of --days.")
@click.option("--recipient", "recipient_id", metavar="ID", help="One person only. [default: everybody]")
@click.option(
    "--format", "style", type=click.Choice(["table", "json", "ics", "html"]), default="table", show_default=True
)
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
    unless the files, the people or what they have seen change before. What is held back is shown with the reason.

    --format html writes one page for any browser, a week at a time: nudger preview --format html > week.html
    """
    if days is not None and last is not None:
        raise click.UsageError("--days and --to say the same thing twice: give one of them")
    setup = read_setup(config_dir)
    people = [setup.person(recipient_id)] if recipient_id else setup.people()
    span = _span(clock(), first, last, days)
    _SHOW[style](_Prospect(coming=_look_ahead(setup, people, span), setup=setup, people=people, span=span))


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


def _show_json(prospect: _Prospect) -> None:
    click.echo(json.dumps([_record(each) for each in prospect.coming], indent=1, ensure_ascii=False))


def _record(each: Coming) -> dict[str, Any]:
    decision = each.nudge.decision
    rendered = decision.rendered
    waits = each.goes_out is not None and each.goes_out != each.slot.due
    return {
        "recipient": each.slot.recipient,
        "schedule": each.slot.schedule,
        "date": each.slot.local_date.isoformat(),
        "due": _utc(each.slot.due),
        "local": each.local.isoformat(),
        "goes_out": _utc(each.goes_out),
        "channel": decision.channel,
        "message": decision.message,
        "subject": rendered.subject if rendered else None,
        "text": rendered.text if rendered else None,
        "segments": words.sms_segments(each),
        "priority": each.nudge.priority.name.lower(),
        "state": each.nudge.state,
        "reason": decision.reason or None,
        "not_before": _utc(each.goes_out) if waits else None,
        "note": words.note(each),
    }


def _utc(moment: datetime | None) -> str | None:
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _show_calendar(prospect: _Prospect) -> None:
    # Cold start: the table needs no calendar library.
    from nudger.cli.calendar_file import calendar_file  # noqa: PLC0415

    click.echo(calendar_file(prospect.coming, name=prospect.setup.settings.service_name), nl=False)


def _show_page(prospect: _Prospect) -> None:
    from nudger.cli.week_page import week_page  # noqa: PLC0415 - Cold start: only a page needs it

    span = prospect.span
    page = week_page(
        [each for each in prospect.coming if not each.uncalled_for],
        prospect.people,
        name=prospect.setup.settings.service_name,
        since=span.since,
        first=span.first,
        last=span.last,
    )
    click.echo(page, nl=False)


def _show_table(prospect: _Prospect) -> None:
    if not prospect.people:
        click.echo("There is nobody to send to yet: write recipients.yaml, or `nudger recipients import people.csv`.")
        return
    if not prospect.coming:
        click.echo("Nothing is planned for these days.")
    by_person: dict[str, list[Coming]] = {}
    for each in prospect.coming:
        if not each.uncalled_for:
            by_person.setdefault(each.recipient.id, []).append(each)
    several = len(prospect.setup.people()) > 1
    for number, (person, theirs) in enumerate(sorted(by_person.items())):
        if several:
            click.echo(f"{chr(10) if number else ''}{person}  ({theirs[0].recipient.time_zone})")
        _show_days(theirs)
    if sometimes := sorted({each.slot.schedule for each in prospect.coming if each.uncalled_for}):
        click.echo(f"\nOnly when something holds, as nudger explain says: {', '.join(sometimes)}")


def _show_days(theirs: Sequence[Coming]) -> None:
    width = max(len(each.slot.schedule) for each in theirs)
    days = words.contested(theirs)
    day = None
    for each in theirs:
        heading = f"{each.local:%a %d %b}" if each.local.date() != day else ""
        day = each.local.date()
        channel = "–" if each.goes_out is None else each.nudge.decision.channel
        click.echo(
            f"{heading:<10}  {each.local:%H:%M}  {channel:<5}  {each.slot.schedule:<{width}}  {_words(each, days)}"
        )


def _words(each: Coming, days: frozenset[words.PersonDay]) -> str:
    rendered = each.nudge.decision.rendered
    why_not = words.held(each)
    if why_not is not None or rendered is None:
        said, length = why_not or "held", None
    else:
        said, length = excerpt(rendered.subject or rendered.text), words.sms_segments(each)
    notes = [words.note(each), words.waits(each), words.priority(each, days), length and plural(length, "segment")]
    told = "; ".join(note for note in notes if note)
    return f"{said}  ({told})" if told else said


_SHOW = {"table": _show_table, "json": _show_json, "ics": _show_calendar, "html": _show_page}
