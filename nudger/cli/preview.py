"""`nudger preview`."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from nudger.cli.kinds import DATE, Whole
from nudger.cli.preview_table import preview_table
from nudger.decisions.coming import Coming
from nudger.prose import coming as words
from nudger.prose.reasons import english
from nudger.use_cases.prospect import Prospect, Span, prospect, span_of
from nudger.wiring.clock import clock
from nudger.wiring.installation import Installation

DEFAULT_DAYS = 7


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
    Whoever is new is shown with their first hello; nobody gets anything before it, or before the day they join.

    Days before today are shown as they would have been, as if nothing had been sent before them. Nobody gets anything
    before their date of joining there either; who has none in the files is shown as if they had always been here.
    What was really sent: nudger why ID DATE.

    --format html writes one page for any browser, a week at a time: nudger preview --format html > week.html
    """
    if days is not None and last is not None:
        raise click.UsageError("--days and --to say the same thing twice: give one of them")
    installation = Installation(config_dir)
    written = installation.catalog.recipients
    span = _span(clock(), first, last, days)
    with installation.read() as transaction:
        found = prospect(transaction, written, installation.snapshot, span, only=recipient_id)
    _SHOW[style](found, installation.settings.service_name)


def _span(now: datetime, first: datetime | None, last: datetime | None, days: int | None) -> Span:
    begin = first.date() if first else now.astimezone().date()
    end = last.date() if last else begin + timedelta(days=(days or DEFAULT_DAYS) - 1)
    if end < begin:
        raise click.UsageError(f"--to {end} lies before --from {begin}")
    return span_of(now, first=first and first.date(), last=end)


def _show_table(found: Prospect, _service: str) -> None:
    for line in preview_table(found):
        click.echo(line)


def _show_json(found: Prospect, _service: str) -> None:
    click.echo(json.dumps(_records(found), indent=1, ensure_ascii=False))


def _show_calendar(found: Prospect, service: str) -> None:
    # Cold start: the table needs no calendar library.
    from nudger.cli.calendar_file import calendar_file  # noqa: PLC0415

    click.echo(calendar_file(found.both, name=service), nl=False)


def _show_page(found: Prospect, service: str) -> None:
    from nudger.prose.week_page import week_page  # noqa: PLC0415 - Cold start: only a page needs it

    span = found.span
    page = week_page(
        [each for each in found.both if not each.uncalled_for],
        found.people,
        name=service,
        since=span.past_from or span.now,
        first=span.first,
        last=span.last,
    )
    click.echo(page, nl=False)


def _records(found: Prospect) -> list[dict[str, Any]]:
    past = [_record(each) | {"would_have_been": True} for each in found.past]
    return past + [_record(each) | {"would_have_been": False} for each in found.coming]


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
        "reason": english(each.nudge.status_reason) or None,
        "not_before": _utc(each.goes_out) if waits else None,
        "note": words.note(each),
    }


def _utc(moment: datetime | None) -> str | None:
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")


_SHOW: dict[str, Callable[[Prospect, str], None]] = {
    "table": _show_table,
    "json": _show_json,
    "ics": _show_calendar,
    "html": _show_page,
}
