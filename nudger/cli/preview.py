"""`nudger preview`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nudger.cli import coming_words as words
from nudger.cli.kinds import DATE, Whole
from nudger.cli.screen import day as day_in_short
from nudger.cli.screen import excerpt, fitted, plural
from nudger.cli.setup import Setup, read_setup
from nudger.domain.recipients import Recipient
from nudger.domain.vocabulary import ScheduleId
from nudger.use_cases.hold import sending_blocked
from nudger.use_cases.preview import Coming, preview
from nudger.wiring.clock import clock

if TYPE_CHECKING:  # Cold start: a third of a second that only a ledger needs.
    from nudger.storage.transaction import Transaction

DEFAULT_DAYS = 7
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """Show the local dates `first` to `last`, as seen at `now`. The days before today would begin at `past_from`."""

    now: datetime
    first: date
    last: date
    past_from: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prospect:
    """What is to come for some people in a span, and what would have come before it, ready to be shown."""

    coming: Sequence[Coming]
    past: Sequence[Coming]
    setup: Setup
    people: Sequence[Recipient]
    span: _Span
    still: str

    @property
    def both(self) -> Sequence[Coming]:
        """All of it, in order."""
        return (*self.past, *self.coming)


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
    setup, now = read_setup(config_dir), clock()
    people = [setup.person(recipient_id)] if recipient_id else setup.people()
    span = _span(now, first, last, days)
    prospect = _Prospect(
        coming=setup.outlook(people, first=span.first, last=span.last, now=now),
        past=_past(setup, people, span),
        setup=setup,
        people=people,
        span=span,
        still=setup.ask_ledger(lambda transaction: _standing_still(transaction, now), otherwise=""),
    )
    _SHOW[style](prospect)


def _span(now: datetime, first: datetime | None, last: datetime | None, days: int | None) -> _Span:
    today = now.astimezone().date()
    begin = first.date() if first else today
    end = last.date() if last else begin + timedelta(days=(days or DEFAULT_DAYS) - 1)
    if end < begin:
        raise click.UsageError(f"--to {end} lies before --from {begin}")
    if first is None:
        # Where it is still yesterday, the rest of yesterday is to come, too.
        return _Span(now=now, first=begin - _DAY, last=end, past_from=None)
    before = datetime.combine(begin - _DAY, time.min, UTC)
    return _Span(now=now, first=begin, last=end, past_from=before if begin < today else None)


def _past(setup: Setup, people: list[Recipient], span: _Span) -> list[Coming]:
    """Return what would have come before now: by the files as they are, to people who had got nothing before."""
    if span.past_from is None:
        return []
    written = {person.id: person.joined for person in setup.catalog.recipients or ()}
    here = [_always_here(p, span) if p.id in written and written[p.id] is None else p for p in people]
    coming = preview(setup.snapshot(here), since=span.past_from, first=span.first, last=span.last, histories={})
    return [each for each in coming if each.slot.due <= span.now]


def _always_here(person: Recipient, span: _Span) -> Recipient:
    return replace(person, joined=span.first - _DAY)


def _standing_still(transaction: "Transaction", now: datetime) -> str:
    """Say what keeps everything from going out; '' where nothing does."""
    still = sending_blocked(transaction, now=now)
    if still.hold:
        return "Everything is on hold: nothing of this goes out until `nudger release`."
    return (
        f"The clock is not believed ({still.doubt}): nothing of this goes out. See `nudger guard`."
        if still.doubt
        else ""
    )


def _show_json(prospect: _Prospect) -> None:
    click.echo(json.dumps(_records(prospect), indent=1, ensure_ascii=False))


def _records(prospect: _Prospect) -> list[dict[str, Any]]:
    past = [_record(each) | {"would_have_been": True} for each in prospect.past]
    return past + [_record(each) | {"would_have_been": False} for each in prospect.coming]


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

    click.echo(calendar_file(prospect.both, name=prospect.setup.settings.service_name), nl=False)


def _show_page(prospect: _Prospect) -> None:
    from nudger.cli.week_page import week_page  # noqa: PLC0415 - Cold start: only a page needs it

    span = prospect.span
    page = week_page(
        [each for each in prospect.both if not each.uncalled_for],
        prospect.people,
        name=prospect.setup.settings.service_name,
        since=span.past_from or span.now,
        first=span.first,
        last=span.last,
    )
    click.echo(page, nl=False)


def _show_table(prospect: _Prospect) -> None:
    if not prospect.people:
        click.echo("There is nobody to send to yet: write recipients.yaml, or `nudger recipients import people.csv`.")
        return
    if prospect.still:
        click.echo(f"{prospect.still}\n")
    if not prospect.both:
        click.echo("Nothing is planned for these days.")
    if prospect.span.past_from is not None:
        click.echo("As it would have been, by the files as they are now (what was sent: nudger why ID DATE):\n")
        _show_people(prospect, prospect.past)
        if prospect.coming:
            click.echo("\nTo come:\n")
    _show_people(prospect, prospect.coming)
    if sometimes := sorted({each.slot.schedule for each in prospect.both} - _shown(prospect)):
        click.echo(f"\nOnly when something holds, as nudger explain says: {', '.join(sometimes)}")


def _shown(prospect: _Prospect) -> set[ScheduleId]:
    return {each.slot.schedule for each in prospect.both if not each.uncalled_for}


def _show_people(prospect: _Prospect, coming: Sequence[Coming]) -> None:
    by_person: dict[str, list[Coming]] = {}
    for each in coming:
        if not each.uncalled_for:
            by_person.setdefault(each.recipient.id, []).append(each)
    named = len(prospect.setup.people()) > 1 or any(each.local.utcoffset() != _here(each) for each in coming)
    for number, (person, theirs) in enumerate(sorted(by_person.items())):
        if named:
            click.echo(f"{chr(10) if number else ''}{person}  ({theirs[0].recipient.time_zone})")
        _show_days(theirs)
        if summary := words.summary(theirs):
            click.echo(summary)


def _here(each: Coming) -> timedelta | None:
    """Where a person's clock is not this machine's, it is said whose times these are."""
    return each.slot.due.astimezone().utcoffset()


def _show_days(theirs: Sequence[Coming]) -> None:
    width = max(len(each.slot.schedule) for each in theirs)
    days = words.contested(theirs)
    day = None
    for each in theirs:
        heading = day_in_short(each.local) if each.local.date() != day else ""
        day = each.local.date()
        channel = "–" if each.goes_out is None else each.nudge.decision.channel
        start = f"{heading:<10}  {each.local:%H:%M}  {channel:<5}  {each.slot.schedule:<{width}}  "
        click.echo(fitted(start + _words(each, days), indent=len(start)))


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
